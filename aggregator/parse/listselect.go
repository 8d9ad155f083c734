package parse

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"civicfeed/models"
)

// selectors are the rules of a list, ready for use; nil: not told.
type selectors struct {
	item, link, title, date, summary, next *selector
}

// selector finds an element, and in it a text or an attribute.
type selector struct {
	cascadia.SelectorGroup
	key  string // attribute; empty: the text
	text string // as written
}

var attributeOf = regexp.MustCompile(`^(.*[^\s@])?\s*@([A-Za-z][\w-]*)$`)

// compile reads selectors as feeds.yaml has them: CSS, with @NAME behind where an attribute is
// meant and not the text.
func compile(rules models.PageRules) (*selectors, error) {
	c := &selectors{}
	for _, r := range []struct {
		name, text string
		to         **selector
	}{
		{"item", rules.Item, &c.item}, {"link", rules.Link, &c.link}, {"title", rules.Title, &c.title},
		{"date", rules.Date, &c.date}, {"summary", rules.Summary, &c.summary}, {"next", rules.Next, &c.next},
	} {
		if strings.TrimSpace(r.text) == "" {
			continue
		}
		s := &selector{text: r.text}
		css := r.text
		if m := attributeOf.FindStringSubmatch(r.text); m != nil {
			css, s.key = m[1], strings.ToLower(m[2])
		}
		if css == "" {
			css = "*" // the entry itself, or the first that has it
		}
		group, err := cascadia.ParseGroup(css)
		if err != nil {
			return nil, models.Fail(models.ErrParse, "page.%s: %q is no CSS selector: %w", r.name, r.text, err)
		}
		s.SelectorGroup = group
		*r.to = s
	}
	return c, nil
}

// CheckRules tells what is wrong with the selectors of rules; nil: nothing.
func CheckRules(rules models.PageRules) error {
	_, err := compile(rules)
	return err
}

// in gives the first element in another, or that itself, of which it tells something.
func (s *selector) in(n *html.Node) (*html.Node, string) {
	if s.Match(n) && (s.key == "" || attrOf(n, s.key) != "") {
		return n, s.value(n)
	}
	var first *html.Node
	for _, found := range cascadia.QueryAll(n, s.SelectorGroup) {
		if v := s.value(found); v != "" {
			return found, v
		}
		if first == nil && s.key == "" {
			first = found
		}
	}
	return first, ""
}

func (s *selector) finds(n *html.Node) bool {
	at, _ := s.in(n)
	return at != nil
}

func (s *selector) value(n *html.Node) string {
	if s.key != "" {
		return squeeze(attrOf(n, s.key))
	}
	return squeeze(textOf(n))
}

// refine tells of an entry what selectors say of it.
func (c *selectors) refine(s *sheet, n *html.Node, e *Entry) {
	if c.link != nil {
		if at, v := c.link.in(n); at != nil && c.link.key != "" {
			e.Link = v
		} else if at != nil {
			e.Link = or(addressNear(at), e.Link)
		}
	}
	if c.title != nil {
		if at, v := c.title.in(n); at != nil {
			e.Title.Value = v
		}
	}
	if c.summary != nil {
		_, e.Summary.Value = c.summary.in(n)
	}
	if c.date != nil {
		e.Published = c.dateOf(s, n)
	}
}

// dateOf gives the date that the selector leads to, as it is found there, else all the text.
func (c *selectors) dateOf(s *sheet, n *html.Node) string {
	at, v := c.date.in(n)
	if at != nil && c.date.key == "" {
		if dates := s.datesIn(s.spans[at]); len(dates) > 0 {
			return dates[0].raw
		}
	}
	if raw, _ := readDate(v); raw != "" {
		return raw
	}
	return v
}

// addressNear gives the address of a link, of the first in an element, or of that around it.
func addressNear(n *html.Node) string {
	if n.DataAtom == atom.A {
		return addressOf(n)
	}
	for d := range n.Descendants() {
		if d.DataAtom == atom.A {
			if href := addressOf(d); href != "" {
				return href
			}
		}
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == atom.A {
			return addressOf(p)
		}
	}
	return ""
}

// pick reads the entries that the selectors name.
func (r *listing) pick(chosen *selectors) error {
	s := r.sheet
	found := cascadia.QueryAll(s.root, chosen.item.SelectorGroup)
	if len(found) == 0 {
		if s.stranger() {
			return s.refuse()
		}
		return s.changed("page.item: “%s” matches nothing on the page “%s”", chosen.item.text, excerptOf(s.title))
	}
	without := 0
	r.block = s.gather(found[:min(len(found), maxEntries)])
	for i := range r.block.entries {
		n := r.block.entries[i].node
		e := s.entry(&r.block.entries[i], chosen)
		if e.Link == "" || chosen.link != nil && !chosen.link.finds(n) {
			without++
			continue
		}
		r.entries = append(r.entries, e)
	}
	switch {
	case len(r.entries) == 0:
		return s.changed("page.item: “%s” matches %d elements on the page “%s”, and none of them has a link", chosen.item.text, len(found), excerptOf(s.title))
	case without > 0:
		r.warnings = append(r.warnings, count(without, "an entry was left out: it has no link", "%d entries were left out: they have no link"))
	}
	r.warnings = append(r.warnings, unmatched(r.entries, chosen)...)
	return nil
}

// gather makes a list of elements.
func (s *sheet) gather(nodes []*html.Node) *block {
	b := &block{within: nodes[0]}
	for _, n := range nodes {
		l := listed{node: n, span: s.spans[n]}
		l.links = s.linksIn(l.span)
		l.link = titleLink(l.links)
		if l.link.node == nil && len(l.links) > 0 {
			l.link = l.links[0]
		}
		if l.link.node == nil {
			l.link.node = n
		}
		b.entries = append(b.entries, l)
	}
	last := b.entries[len(nodes)-1].span
	for b.within.Parent != nil && b.within.Parent.Type == html.ElementNode && (b.within == nodes[0] || s.spans[b.within].to < last.to) {
		b.within = b.within.Parent
	}
	s.date(b)
	return b
}

// unmatched tells the selectors that found nothing in any entry.
func unmatched(entries []Entry, chosen *selectors) (warnings []string) {
	title, date := 0, 0
	for _, e := range entries {
		if e.Title.Value != "" {
			title++
		}
		if e.Published != "" {
			date++
		}
	}
	if chosen.title != nil && title == 0 {
		warnings = append(warnings, "page.title: “"+chosen.title.text+"” matches nothing in the entries")
	}
	if chosen.date != nil && date == 0 {
		warnings = append(warnings, "page.date: “"+chosen.date.text+"” matches nothing in the entries")
	}
	return warnings
}

// changed says that selectors do not fit the page any more, and which would.
func (s *sheet) changed(format string, args ...any) error {
	said := fmt.Sprintf(format, args...) + ": its layout has changed, or the selector is wrong; "
	b := s.find()
	if b == nil {
		return models.Fail(models.ErrPageChanged, "%sno other list of articles was found on it", said)
	}
	n := len(b.entries)
	if rules := s.propose(b); rules.Item != "" {
		return models.Fail(models.ErrPageChanged, "%swrite page: {item: %q, link: %q, date: %q} for the list of %d articles that is there now", said, rules.Item, rules.Link, rules.Date, n)
	}
	return models.Fail(models.ErrPageChanged, "%swithout page.item the list of %d articles that is there now is found by itself", said, n)
}
