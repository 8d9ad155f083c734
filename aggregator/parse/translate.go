package parse

import (
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
)

// name is an element of a vocabulary.
type name = [2]string

func translateFeed(extensions ext.Extensions) Head {
	t := tree(extensions)
	h := Head{
		ID:          t.value(name{own, "id"}, name{own, "guid"}),
		Title:       t.text(name{own, "title"}, name{"dc", "title"}),
		Description: t.text(name{own, "subtitle"}, name{own, "tagline"}, name{own, "description"}, name{own, "abstract"}, name{"dc", "description"}, name{"itunes", "subtitle"}, name{"itunes", "summary"}),
		Base:        t.inForce(baseAttr),
		Rights:      t.text(name{own, "rights"}, name{own, "copyright"}, name{"dc", "rights"}),
		Generator:   t.value(name{own, "generator"}),
		Published:   t.value(name{own, "pubdate"}, name{own, "published"}, name{own, "issued"}, name{"dcterms", "issued"}),
		Updated:     t.value(name{own, "lastbuilddate"}, name{own, "updated"}, name{own, "modified"}, name{"dc", "date"}, name{"dcterms", "modified"}),
		People:      t.people(),
		Categories:  t.categories(),
		Language:    t.value(name{own, "language"}, name{"dc", "language"}),
		Image:       t.value(name{own, "logo"}, name{own, "icon"}),

		TTL:             t.value(name{own, "ttl"}),
		SkipHours:       t.parts("skiphours", "hour"),
		SkipDays:        t.parts("skipdays", "day"),
		UpdatePeriod:    t.value(name{"sy", "updateperiod"}),
		UpdateFrequency: t.value(name{"sy", "updatefrequency"}),
	}
	h.ID = or(h.ID, t.attr(own, "scope", "about"))
	h.Link = or(t.link(h.Base), t.attr(own, "scope", "href"))
	t.relations(&h)
	if h.Language == "" {
		h.Language = t.inForce(langAttr)
	}
	if h.Generator == "" {
		h.Generator = or(t.attr("admin", "generatoragent", "resource"), t.attr(own, "generator", "uri"))
	}
	if h.Image == "" {
		h.Image = or(t.attr("itunes", "image", "href"), t.attr("itunes", "image", "url"))
	}
	if h.Updated == "" {
		h.Updated = t.attr(own, "scope", "lastmod") // CDF
	}
	if len(h.People) == 0 || h.People[0].Role != "author" {
		h.People = append(t.owner(), h.People...)
	}
	if h.Link == "" && isWeb(h.ID) {
		h.Link = h.ID
	}
	return h
}

// relations reads the links of a feed that lead elsewhere than to its page: to itself, its hubs,
// its other pages (RFC 5005) and its picture.
func (t tree) relations(h *Head) {
	for _, n := range append(t.nodes(own, "link"), t.nodes("itunes", "link")...) {
		switch href := attr(n, "href"); relation(n) {
		case "self":
			h.Self = href
		case "hub":
			h.Hubs = append(h.Hubs, href)
		case "next":
			h.Next = href
		case "prev-archive":
			h.PrevArchive = href
		case "image", "icon":
			h.Image = or(h.Image, href)
		}
	}
}

func translateEntry(extensions ext.Extensions) Entry {
	t := tree(extensions)
	e := Entry{
		Base:       t.inForce(baseAttr),
		Language:   t.inForce(langAttr),
		Title:      t.text(name{own, "title"}, name{"dc", "title"}),
		Summary:    t.text(name{own, "summary"}, name{own, "description"}, name{own, "abstract"}, name{"dc", "description"}, name{"itunes", "summary"}, name{"dcterms", "abstract"}),
		Content:    t.text(name{own, "content"}, name{own, "encoded"}, name{own, "fullitem"}, name{"xhtml", "body"}, name{own, "body"}, name{"xhtml", "div"}),
		Published:  t.value(name{own, "pubdate"}, name{own, "published"}, name{own, "issued"}, name{"dcterms", "issued"}),
		Updated:    t.value(name{own, "updated"}, name{own, "modified"}, name{"dc", "date"}, name{"dcterms", "modified"}),
		People:     t.people(),
		Categories: t.categories(),
		Comments:   t.value(name{own, "comments"}),
		Rights:     t.text(name{own, "rights"}, name{own, "copyright"}, name{"dc", "rights"}),
		Credit:     t.credit(),
		Image:      t.image(),
	}
	if e.Published == "" {
		e.Published = t.value(name{own, "created"}, name{"dcterms", "created"})
	}
	if e.Title.Value == "" {
		e.Title = t.mediaText("title")
	}
	if e.Summary.Value == "" && e.Content.Value == "" {
		e.Summary = t.mediaText("description")
	}
	if notes := t.text(name{"itunes", "summary"}); e.Content.Value == "" && len(notes.Value) > len(e.Summary.Value) {
		e.Content = notes // where a description only announces the notes of an episode
	}
	if e.Language == "" {
		e.Language = t.value(name{"dc", "language"})
	}
	if e.Updated == "" {
		e.Updated = t.attr(own, "scope", "lastmod") // CDF
	}
	t.identify(&e)
	e.Media = append(t.enclosures(e.Base), t.media()...)
	return e
}

// identify sets id and link of an entry.
func (t tree) identify(e *Entry) {
	e.Link = t.link(e.Base)
	if guid, ok := t.last(name{own, "guid"}); ok {
		e.GUID = guid.Value
		permanent := or(attr(guid, "ispermalink"), "true")
		e.IsLink = strings.EqualFold(strings.TrimSpace(permanent), "true")
	}
	has := e.GUID != ""
	e.GUID = or(e.GUID, or(t.value(name{own, "id"}), t.attr(own, "scope", "about")))
	if e.Link == "" && isWeb(e.GUID) && (e.IsLink || !has) {
		e.Link, e.IsLink = e.GUID, true
	}
	if e.Link == "" {
		e.Link = t.attr(own, "scope", "href")
	}
}

func isWeb(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func relation(n ext.Extension) string {
	rel := strings.ToLower(strings.TrimSpace(attr(n, "rel")))
	rel = strings.TrimPrefix(rel, "http://www.iana.org/assignments/relation/")
	return or(rel, "alternate")
}

// link finds the address of the page: what RSS writes, else Atom's alternate, a page rather
// than another form.
func (t tree) link(base string) string {
	var page, other, text string
	for _, n := range t.nodes(own, "link") {
		href := address(n, base, "href")
		switch {
		case href == "" && relation(n) == "alternate":
			text = or(address(n, base, ""), text)
		case relation(n) != "alternate":
		case isPage(attr(n, "type")):
			page = href
		default:
			other = or(other, href)
		}
	}
	return or(text, or(page, other))
}

func isPage(mediaType string) bool {
	t, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(mediaType)), ";")
	return t == "" || t == "html" || t == "xhtml" || strings.HasSuffix(t, "/html") || strings.HasSuffix(t, "xhtml+xml")
}

// address takes an address from an attribute, or from the text where that is empty. An
// xml:base of the element itself is applied; base is that in force around it.
func address(n ext.Extension, base, key string) string {
	a := n.Value
	if key != "" {
		a = strings.TrimSpace(n.Attrs[said+key])
	}
	if own := n.Attrs[baseAttr]; a != "" && own != "" && own != base {
		return join(own, a)
	}
	return a
}

// credit is whom an entry names as its origin.
func (t tree) credit() string {
	if c := t.value(name{"dc", "source"}, name{own, "source"}); c != "" {
		return c
	}
	for _, n := range t.nodes(own, "source") {
		for _, title := range n.Children["title"] {
			return title.Value
		}
	}
	return ""
}
