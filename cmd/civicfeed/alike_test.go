package main

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/idna"
)

// The rules by which what was read is held against what is expected: texts by their characters once
// tags, entities and white space are resolved, addresses once case and percent escapes are.

var (
	blocks = regexp.MustCompile(`^(?:p|div|br|li|tr|td|h[1-4]|ul|ol|table|blockquote|pre|hr)$`)
	spaces = regexp.MustCompile(`[\s\x{a0}\x{3000}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{1c}-\x{1f}\x{85}]+`)
)

// dissolve parts markup into its text and the addresses in it.
func dissolve(s string) (text string, addresses []string) {
	var b strings.Builder
	z, hidden := html.NewTokenizer(strings.NewReader(s)), 0
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return b.String(), addresses
		}
		token := z.Token()
		silent := token.Data == "script" || token.Data == "style"
		switch kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			if silent && kind == html.StartTagToken {
				hidden++
			}
			for _, a := range token.Attr {
				if (a.Key == "href" || a.Key == "src") && a.Val != "" {
					addresses = append(addresses, strings.TrimSpace(a.Val))
				}
			}
			if blocks.MatchString(token.Data) {
				b.WriteByte(' ')
			}
		case html.EndTagToken:
			if silent && hidden > 0 {
				hidden--
			}
			if blocks.MatchString(token.Data) {
				b.WriteByte(' ')
			}
		case html.TextToken:
			if hidden == 0 {
				b.WriteString(token.Data)
			}
		}
	}
}

// words is a text of one line; markup in it is dissolved twice, since titles are escaped twice.
func words(s string) string {
	for range 2 {
		if strings.ContainsAny(s, "<&") {
			s, _ = dissolve(s)
		}
	}
	return strings.TrimSpace(spaces.ReplaceAllString(html.UnescapeString(s), " "))
}

// letters is a text without its white space.
func letters(s string) string { return spaces.ReplaceAllString(words(s), "") }

var addressParts = regexp.MustCompile(`^(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$`)

// address spells an address so that equal ones are equal.
func address(s string) string {
	m := addressParts.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return s
	}
	scheme, host, path, query, fragment := strings.ToLower(m[1]), strings.ToLower(m[2]), escaped(m[3]), escaped(m[4]), m[5]
	if ascii, err := idna.ToASCII(host); err == nil {
		host = ascii
	}
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	if host != "" {
		host = "//" + host
		if path == "" {
			path = "/"
		}
	}
	return strings.TrimPrefix(scheme+":"+host+path+lead("?", query)+lead("#", fragment), ":")
}

func lead(mark, s string) string {
	if s == "" {
		return ""
	}
	return mark + s
}

// escaped writes every character either as itself or as a percent escape, always in the same way.
func escaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		s = plain
	}
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c < 0x80 && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("/:@!$&'()*+,;=~-._?%", c) >= 0) {
			b.WriteByte(c)
			continue
		}
		const hex = "0123456789ABCDEF"
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

// set is a list in which neither order nor repetition counts.
func set[T any](all []T, spell func(T) string) string {
	var list []string
	for _, x := range all {
		if s := spell(x); s != "" {
			list = append(list, s)
		}
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), "\n")
}

func byName(p person) string {
	for _, s := range []string{p.Name, p.Email, p.URI} {
		if s != "" {
			return strings.ToLower(strings.TrimSpace(spaces.ReplaceAllString(s, " ")))
		}
	}
	return ""
}

func byMail(p person) string { return strings.ToLower(p.Email) }

func heading(s string) string {
	return strings.TrimSpace(spaces.ReplaceAllString(html.UnescapeString(s), " "))
}

func byAddress(a attachment) string { return address(a.URL) }

// linked is the set of the addresses in a body.
func linked(body string) string {
	_, all := dissolve(body)
	all = slices.DeleteFunc(all, func(s string) bool {
		s = strings.ToLower(s)
		return strings.HasPrefix(s, "javascript:") || strings.HasPrefix(s, "data:")
	})
	return set(all, address)
}

func language(s string) string {
	return strings.ToLower(strings.TrimSpace(strings.ReplaceAll(s, "_", "-")))
}

func either(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

// heads are the headings of a feed or entry; terms and labels are both right.
func heads(want, got *account) (string, string) {
	b := set(got.Categories, heading)
	if labels := set(want.Labels, heading); len(got.Categories) > 0 && labels == b {
		return labels, b
	}
	return set(want.Categories, heading), b
}

// compare holds an entry read against the one expected, field by field.
func (want *account) compare(got *account, tell func(field, want, got string)) {
	tell("id", strings.TrimSpace(want.ID), strings.TrimSpace(got.ID))
	tell("title", words(want.Title), words(got.Title))
	tell("link", address(want.Link), address(got.Link))
	tell("date*", either(want.Published, want.Updated), either(got.Published, got.Updated))
	tell("authors", set(want.Authors, byName), set(got.Authors, byName))
	tell("author_email", set(want.Authors, byMail), set(got.Authors, byMail))
	tell("body*", letters(either(want.Content, want.Summary)), letters(either(got.Content, got.Summary)))
	tell("body_urls*", linked(either(want.Content, want.Summary)), linked(either(got.Content, got.Summary)))
	tell("enclosures", set(want.Enclosures, byAddress), set(got.Enclosures, byAddress))
	a, b := heads(want, got)
	tell("categories", a, b)
}

// compareFeed holds what a feed says of itself against what is expected.
func (want *account) compareFeed(got *account, tell func(field, want, got string)) {
	tell("feed.id", strings.TrimSpace(want.ID), strings.TrimSpace(got.ID))
	tell("feed.title", words(want.Title), words(got.Title))
	tell("feed.subtitle", words(want.Subtitle), words(got.Subtitle))
	tell("feed.link", address(want.Link), address(got.Link))
	tell("feed.language", language(want.Language), language(got.Language))
	tell("feed.updated", want.Updated, got.Updated)
	tell("feed.published", want.Published, got.Published)
	tell("feed.authors", set(want.Authors, byName), set(got.Authors, byName))
	tell("feed.image", address(want.Image), address(got.Image))
	tell("feed.rights", words(want.Rights), words(got.Rights))
	tell("feed.generator", words(want.Generator), words(got.Generator))
	a, b := heads(want, got)
	tell("feed.categories", a, b)
}
