package parse

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"civicfeed/models"
)

// List reads a page that lists articles, given as UTF-8, into a document of version "page": each
// entry with its link, title, date as written and summary. Where the rules do not say which
// elements are entries the list is found by itself: links that stand alike, with dates beside them.
// Records of JCMS, in a page or as its data proxy gives them, are read as a page of them.
//
// Errors are [models.Failure]: not_a_feed where the page is something else (a page to log in, an
// error in words, an article), page_changed where the selectors of the rules match nothing on it,
// too_large, parse.
func List(text []byte, rules models.PageRules) (*Document, error) {
	return guarded(func() (*Document, error) {
		r, err := readList(text, rules)
		if err != nil {
			return nil, err
		}
		return r.document(), nil
	})
}

// Propose reads a page as [List] does without rules, and gives the rules by which its entries would
// be found again. They are empty where no selector tells them from the rest of the page.
func Propose(text []byte) (models.PageRules, *Document, error) {
	var rules models.PageRules
	doc, err := guarded(func() (*Document, error) {
		r, err := readList(text, rules)
		if err != nil {
			return nil, err
		}
		if r.records == 0 {
			rules = r.sheet.propose(r.block)
		}
		return r.document(), nil
	})
	return rules, doc, err
}

// listing is a page that was read as a list.
type listing struct {
	sheet    *sheet
	block    *block
	entries  []Entry
	records  int    // of JCMS
	next     string // address of the next page
	warnings []string
}

func readList(text []byte, rules models.PageRules) (*listing, error) {
	chosen, err := compile(rules)
	if err != nil {
		return nil, err
	}
	s, err := layFlat(text)
	if err != nil {
		return nil, err
	}
	r := &listing{sheet: s, next: s.nextPage(chosen)}
	if page, n, next := recordsOf(text, s); n > 0 {
		title, lang, base := s.title, s.lang, s.base
		if s, err = layFlat(page); err != nil {
			return nil, err
		}
		s.title, s.lang, s.base = title, lang, base
		r.sheet, r.records, r.next = s, n, or(r.next, next)
	}
	if chosen.item != nil {
		return r, r.pick(chosen)
	}
	if r.block = s.find(); r.block == nil || s.article && r.block.weight < 1 {
		return r, s.refuse()
	}
	for i := range r.block.entries {
		r.entries = append(r.entries, s.entry(&r.block.entries[i], chosen))
	}
	return r, nil
}

func (r *listing) document() *Document {
	s := r.sheet
	d := &Document{Version: "page", Warnings: r.warnings}
	d.Feed = Head{Title: Text{Value: or(s.title, s.heading)}, Base: s.base, Language: s.lang, Next: r.next}
	d.Entries = r.entries
	if len(d.Entries) > maxEntries {
		d.Entries = d.Entries[:maxEntries]
		d.Warnings = append(d.Warnings, onlyFirst)
	}
	return d
}

// entry reads an entry of a list as far as the selectors do not tell.
func (s *sheet) entry(l *listed, chosen *selectors) Entry {
	e := Entry{Link: l.link.href, Base: s.base, Published: l.date.raw, Title: Text{Value: titleOf(l.link)}}
	e.Summary.Value = s.summary(l, e.Title.Value)
	e.Image = pictureIn(l.node)
	chosen.refine(s, l.node, &e)
	return e
}

// titleOf gives the title that a link shows; where it is cut short, what it is called in full.
func titleOf(l anchor) string {
	text := l.text
	if part := namedTitle(l.node); part != "" {
		text = part
	}
	full := squeeze(attrOf(l.node, "title"))
	stem := strings.TrimRight(text, ".…⋯ ")
	if full != text && strings.HasPrefix(full, stem) && stem != "" && (l.shortened || stem != text) && utf8.RuneCountInString(full) < 300 {
		return full
	}
	return text
}

var titleClass = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:\w*title|tit|bt|biaoti|headline|subject)(?:$|[\s_\d-])`)

// namedTitle gives the title within a link that holds more than it.
func namedTitle(n *html.Node) string {
	for d := range n.Descendants() {
		switch d.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			return squeeze(textOf(d))
		}
	}
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && titleClass.MatchString(attrOf(d, "class")) {
			return squeeze(textOf(d))
		}
	}
	parts := blocksOf(n)
	if len(parts) < 2 {
		return ""
	}
	for _, p := range parts {
		if raw, _ := readDate(p); raw == "" && utf8.RuneCountInString(p) > 3 {
			return p
		}
	}
	return ""
}

// worthy is the length of a text that says something of an article: sixteen han, in bytes.
const worthy = 48

// summary gives the longest text of an entry beside its title that is worth it.
func (s *sheet) summary(l *listed, title string) string {
	best := ""
	for _, p := range blocksOf(l.node) {
		// The title may be told once more in a summary, but a little more than it is none.
		if len(p) >= worthy && len(p) > len(best) && !isDate(p) && (!strings.Contains(p, title) || len(p) > 2*len(title)) {
			best = p
		}
	}
	if strings.HasPrefix(title, strings.TrimRight(best, ".…⋯ ")) {
		return ""
	}
	return best
}

// blocksOf gives the texts in an element, as far as they are set apart.
func blocksOf(n *html.Node) []string {
	var all []string
	var b strings.Builder
	flush := func() {
		if text := squeeze(b.String()); text != "" {
			all = append(all, text)
		}
		b.Reset()
	}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
			return
		}
		if n.Type != html.ElementNode || unread[n.DataAtom] || n.DataAtom == atom.Script {
			return
		}
		apart := !flowing[n.DataAtom]
		if apart {
			flush()
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if apart {
			flush()
		}
	}
	walk(n)
	flush()
	return all
}

// flowing are elements that do not set their text apart.
var flowing = map[atom.Atom]bool{
	atom.B: true, atom.Strong: true, atom.I: true, atom.Em: true, atom.Font: true, atom.U: true, atom.S: true,
	atom.Mark: true, atom.Sub: true, atom.Sup: true, atom.Small: true, atom.Big: true, atom.Ruby: true, atom.Rb: true,
}

// pictureIn gives the picture of an entry: one in a link to it.
func pictureIn(n *html.Node) string {
	for d := range n.Descendants() {
		if d.DataAtom != atom.Img || !inLinkOf(d, n) {
			continue
		}
		for _, key := range []string{"data-original", "data-src", "src"} {
			if v := strings.TrimSpace(attrOf(d, key)); v != "" && len(v) <= maxAddress && !strings.HasPrefix(strings.ToLower(v), "data:") {
				return v
			}
		}
	}
	return ""
}

func inLinkOf(n, top *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n.DataAtom == atom.A {
			return true
		}
		if n == top {
			return false
		}
	}
	return false
}
