package render

import (
	"strings"

	"civicfeed/models"

	"github.com/gorilla/feeds"
)

func atomFormat() Format {
	return Format{
		Suffix: "atom", Name: "Atom", MediaType: "application/atom+xml",
		Order: models.ByListed, Feed: true, Styled: true, Archives: true,
		Render: Atom, Check: CheckAtom,
	}
}

// Atom writes a page as Atom 1.0 (RFC 4287).
func Atom(p *Page) (Body, error) { return atomScript().write(p) }

func atomScript() *script {
	return &script{
		Format: atomFormat(), head: (*edition).atom, seam: before("\n</feed>"),
		entry: func(e *record) ([]byte, error) { return element(e.atom(), 1, e.size()) },
		least: `<feed xmlns="` + nsAtom + `"><title>-</title><id>-</id><updated>1970-01-01T00:00:00Z</updated>` +
			`<author><name>-</name></author><link rel="self" href="http://-/"/>` + "\n</feed>",
	}
}

// As in rss.go, a field of ours shadows the library's of the same name where that falls short.
type atomFeed struct {
	Lang    string `xml:"xml:lang,attr,omitempty"`
	History string `xml:"xmlns:fh,attr,omitempty"` // of archives (RFC 5005)
	feeds.AtomFeed
	Generator string           `xml:"generator"`
	Archive   *struct{}        `xml:"fh:archive"`
	Links     []feeds.AtomLink `xml:"link"`
}

type atomEntry struct {
	Lang  string    `xml:"xml:lang,attr,omitempty"`
	Title atomTitle `xml:"title"`
	feeds.AtomEntry
	More    []byte       `xml:",innerxml"`
	Content *atomContent `xml:"content"`
}

// atomTitle is plain text, which is said where it could be taken for markup.
type atomTitle struct {
	Type string `xml:"type,attr,omitempty"`
	Text string `xml:",chardata"`
}

func titled(text string) atomTitle {
	if strings.ContainsAny(text, "<&") {
		return atomTitle{"text", text}
	}
	return atomTitle{Text: text}
}

type atomContent struct {
	Type string `xml:"type,attr"`
	Body string `xml:",cdata"`
}

// atom is the head. It names the site as the feed's author, so that every entry has one (section 4.1.1).
func (ed *edition) atom() ([]byte, error) {
	root := &atomFeed{
		Lang: ed.language,
		AtomFeed: feeds.AtomFeed{
			Xmlns: nsAtom, Id: ed.identity(), Title: ed.title, Subtitle: ed.description,
			Updated: atomTime(ed.updated),
			Author:  &feeds.AtomAuthor{AtomPerson: feeds.AtomPerson{Name: ed.site.Title, Uri: address(ed.base)}},
		},
		Generator: "civicfeed",
		Links: []feeds.AtomLink{
			{Rel: "self", Href: ed.self("atom"), Type: "application/atom+xml"},
			{Rel: "alternate", Href: ed.home, Type: "text/html"},
		},
	}
	for _, r := range ed.relations("atom") {
		root.Links = append(root.Links, feeds.AtomLink{Rel: r.rel, Href: r.href, Type: "application/atom+xml"})
	}
	if ed.closed > 0 {
		root.History, root.Archive = nsHistory, &struct{}{}
	}
	return document{ed.stylesheet(), root}.write()
}

func (e *record) atom() *atomEntry {
	x := &atomEntry{
		Lang:  e.language,
		Title: titled(e.headline),
		AtomEntry: feeds.AtomEntry{
			Id: e.id, Rights: e.rights,
			Published: rfc3339(e.published), Updated: atomTime(e.updated),
		},
	}
	if s := either(e.summary, e.text); s != "" {
		x.Summary = &feeds.AtomSummary{Content: s, Type: "text"}
	}
	if e.content != "" {
		x.Content = &atomContent{"html", e.content}
	}
	more := within(1, 2<<10)
	e.atomPeople(more)
	e.atomCategories(more)
	e.atomLinks(more)
	e.atomSource(more)
	x.More = more.buf
	return x
}

func (e *record) atomPeople(x *elements) {
	for _, p := range e.authors {
		x.person("author", p)
	}
	for _, p := range e.contributors {
		x.person("contributor", p)
	}
	if e.credit != "" {
		x.person("contributor", models.Person{Name: e.credit})
	}
}

// atomCategories gives our headings their address as scheme, and the source's own theirs, if it is one.
func (e *record) atomCategories(x *elements) {
	for _, h := range e.sections {
		x.add("category", "", "term", h.name, "scheme", h.url, "label", h.name)
	}
	for _, h := range e.regions {
		x.add("category", "", "term", h.name, "scheme", h.url, "label", h.name)
	}
	for _, c := range e.categories {
		if !identifier(c.Scheme) {
			c.Scheme = ""
		}
		x.add("category", "", "term", c.Term, "scheme", c.Scheme, "label", c.Label)
	}
}

func (e *record) atomLinks(x *elements) {
	x.add("link", "", "rel", "alternate", "href", e.link, "type", "text/html")
	if e.page != e.link {
		x.add("link", "", "rel", "related", "href", e.page, "type", "text/html")
	}
	for _, c := range e.copies {
		x.add("link", "", "rel", "related", "href", c.url, "title", c.source)
	}
	if e.comments != "" {
		x.add("link", "", "rel", "replies", "href", e.comments, "type", "text/html")
	}
	for _, media := range [][]models.Media{e.attached, e.inline} {
		for _, m := range media {
			x.add("link", "", "rel", "enclosure", "href", m.URL, "type", m.Type, "length", length(m.Length), "title", m.Title)
		}
	}
}

// atomSource tells of the feed that the canonical copy came from. Its time is the entry's: what
// the source says of itself changes without the story.
func (e *record) atomSource(x *elements) {
	s := e.source
	if s.name == "" {
		return
	}
	authors := s.authors
	if len(authors) == 0 {
		authors = []models.Person{{Name: s.name}}
	}
	x.nest("source", func() {
		x.add("id", either(s.id, s.url, "urn:civicfeed:source:"+s.key))
		x.add("title", s.name)
		x.add("updated", atomTime(e.updated))
		x.optional("rights", s.rights)
		if s.home != "" {
			x.add("link", "", "rel", "alternate", "href", s.home)
		}
		if s.url != "" {
			x.add("link", "", "rel", "self", "href", s.url)
		}
		for _, p := range authors {
			x.person("author", p)
		}
	})
}

// person writes an Atom person construct (section 3.2).
func (x *elements) person(part string, p models.Person) {
	x.nest(part, func() {
		x.add("name", p.Name)
		x.optional("uri", p.URI)
		if mailbox(p.Email) {
			x.add("email", p.Email)
		}
	})
}

// atomTime is a time where Atom cannot do without one.
func atomTime(m models.Millis) string { return either(rfc3339(m), "1970-01-01T00:00:00Z") }
