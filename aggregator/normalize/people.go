package normalize

import (
	"cmp"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"civicfeed/models"
)

// people tidies names and tells mail addresses from them; who has neither name nor address is
// nobody, who is told twice is one.
func people(told []models.Person, base *url.URL) []models.Person {
	var all []models.Person
	for _, p := range told {
		p = person(p, base)
		same := func(q models.Person) bool {
			return q.Role == p.Role && strings.EqualFold(q.Name, p.Name) && (q.Email == p.Email || p.Email == "") &&
				(q.URI == p.URI || p.Name != "")
		}
		if p.Name+p.Email+p.URI != "" && !slices.ContainsFunc(all, same) {
			all = append(all, p)
		}
	}
	return all
}

func person(p models.Person, base *url.URL) models.Person {
	name, address := cut(p.Name, 4<<10), fold(p.Email)
	if strings.Contains(name, "@") {
		var found string
		name, found = apart(fold(html.UnescapeString(name)))
		address = cmp.Or(address, found)
	}
	address = strings.TrimPrefix(address, "mailto:")
	if _, err := mail.ParseAddress(address); err != nil || len(address) > 254 {
		address = ""
	}
	return models.Person{
		Role:   cmp.Or(clip(fold(p.Role), maxName), "author"),
		Name:   unpadded(clip(plain(name, false), maxName)),
		Outlet: clip(plain(p.Outlet, false), maxName),
		Email:  address,
		URI:    homepage(base, p.URI),
	}
}

// homepage is a person's address; words in its place are none.
func homepage(base *url.URL, s string) string {
	if !strings.ContainsAny(s, "/.") || strings.ContainsAny(strings.TrimSpace(s), " @") {
		return ""
	}
	return absolute(base, s)
}

// apart parts "Name <mail>", "mail (Name)" and a bare mail address.
func apart(s string) (name, address string) {
	fields := strings.FieldsFunc(s, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune("<>()[]（）,;:\"", c) })
	for _, f := range fields {
		if at := strings.IndexByte(f, '@'); at > 0 && at < len(f)-1 {
			rest := strings.Trim(strings.Replace(s, f, "", 1), " <>()[]（）,;:\"")
			return fold(strings.TrimSpace(strings.TrimPrefix(rest, "mailto"))), f
		}
	}
	return s, ""
}

// unpadded joins a name of two characters that was set to the width of three: 李　伟.
func unpadded(name string) string {
	runes := []rune(name)
	if len(runes) == 3 && unicode.IsSpace(runes[1]) && unicode.Is(unicode.Han, runes[0]) && unicode.Is(unicode.Han, runes[2]) {
		return string(runes[0]) + string(runes[2])
	}
	return name
}

// categories tidies a source's headings, each once.
func categories(told []models.Category) []models.Category {
	var all []models.Category
	seen := make(map[models.Category]bool, len(told))
	for _, c := range told {
		c = models.Category{
			Term:   clip(plain(c.Term, false), maxName),
			Scheme: clip(fold(c.Scheme), maxGUID),
			Label:  clip(plain(c.Label, false), maxName),
		}
		if c.Term == "" {
			c.Term = c.Label
		}
		if c.Term != "" && !seen[c] {
			seen[c] = true
			all = append(all, c)
		}
	}
	return all
}

// media keeps the files that have an address of the web, each once.
func media(told []models.Media, base *url.URL) []models.Media {
	var all []models.Media
	for _, m := range told {
		m.URL = resource(base, m.URL)
		if m.URL == "" || slices.ContainsFunc(all, func(o models.Media) bool { return o.URL == m.URL }) {
			continue
		}
		m.Type = mediaType(m.Type, m.URL)
		m.Length = max(m.Length, 0)
		m.Title = clip(plain(m.Title, false), maxTitle)
		all = append(all, m)
	}
	return all
}
