package parse

import (
	"regexp"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"

	"civicfeed/models"
)

// parts are the elements that name people, and the part those had.
var parts = []struct {
	element name
	role    string
}{
	{name{own, "author"}, "author"},
	{name{"dc", "creator"}, "author"},
	{name{"dc", "author"}, "author"},
	{name{own, "managingeditor"}, "author"},
	{name{"itunes", "author"}, "author"},
	{name{own, "contributor"}, "contributor"},
	{name{"dc", "contributor"}, "contributor"},
	{name{"dc", "publisher"}, "publisher"},
	{name{"itunes", "owner"}, "publisher"},
	{name{own, "webmaster"}, "publisher"},
}

// people lists who had a part, each once for a part.
func (t tree) people() []models.Person {
	var all []models.Person
	for _, p := range parts {
		for _, n := range t.nodes(p.element[0], p.element[1]) {
			who := person(n)
			who.Role = p.role
			if who.Name == "" && who.Email == "" && who.URI == "" || contains(all, who) {
				continue
			}
			all = append(all, who)
		}
	}
	return all
}

// owner is the person that a podcast without an author belongs to.
func (t tree) owner() []models.Person {
	for _, n := range t.nodes("itunes", "owner") {
		who := person(n)
		who.Role = "author"
		return []models.Person{who}
	}
	return nil
}

func contains(all []models.Person, who models.Person) bool {
	for _, p := range all {
		if p.Role == who.Role && (p == who || who.Name != "" && p.Name == who.Name) {
			return true
		}
	}
	return false
}

func person(n ext.Extension) models.Person {
	p := readPerson(n.Value)
	for _, c := range n.Children["name"] {
		if p.Name = strings.TrimSpace(c.Value); p.Name != "" {
			break
		}
	}
	if q := readPerson(p.Name); q.Email != "" && q.Name != "" {
		p.Name, p.Email = q.Name, q.Email
	}
	for _, c := range n.Children["email"] {
		p.Email = or(strings.TrimSpace(c.Value), p.Email)
	}
	for _, key := range []string{"uri", "url", "homepage"} {
		for _, c := range n.Children[key] {
			p.URI = or(p.URI, address(c, "", ""))
		}
	}
	return p
}

var mail = regexp.MustCompile(`[\w.!#$%&'*+/=?^{|}~-]+@[\w-]+(?:\.[\w-]+)+`)

// readPerson reads the forms `mail (Name)`, `Name (mail)`, `Name <mail>`, `mail` and `Name`.
func readPerson(s string) models.Person {
	s = strings.TrimSpace(s)
	at := mail.FindStringIndex(s)
	if at == nil {
		return models.Person{Name: oneLine(s)}
	}
	p := models.Person{Email: s[at[0]:at[1]]}
	before, after := strings.TrimSpace(s[:at[0]]), strings.TrimSpace(s[at[1]:])
	before = strings.TrimSuffix(before, "mailto:")
	rest := strings.TrimSpace(strings.TrimRight(before, "(<[") + " " + strings.TrimLeft(after, ")>]"))
	if strings.HasPrefix(rest, "(") && strings.HasSuffix(rest, ")") {
		rest = rest[1 : len(rest)-1]
	}
	p.Name = oneLine(strings.Trim(rest, `"`))
	return p
}

// oneLine makes one blank of each run of ASCII white space; the wide blanks that pad Chinese
// names stay.
func oneLine(s string) string {
	blank := func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }
	return strings.Join(strings.FieldsFunc(s, blank), " ")
}
