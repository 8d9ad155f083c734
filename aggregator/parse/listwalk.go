package parse

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"civicfeed/models"
)

// Limits of a page that lists articles.
const (
	maxPageTags  = 400_000
	maxListLinks = 20_000 // the others are not looked at
)

// sheet is a page laid flat: what stands on it, in the order in which it is read.
type sheet struct {
	root       *html.Node
	spans      map[*html.Node]span
	links      []anchor
	dates      []dated
	labels     []label // short texts: headings and the like
	title      string  // of the document
	heading    string  // the first h1
	lang, base string
	next       string // <link rel=next>
	article    bool   // it says of itself that it is an article
	password   bool
	words      int // runes of text outside of links
	scripts    []string
	now        int // the place where the walk is
}

// span is from where to where an element reaches.
type span struct{ from, to int }

func (s span) holds(at int) bool { return s.from <= at && at <= s.to }

// anchor is a link of the page.
type anchor struct {
	node      *html.Node
	at        int
	href      string
	text      string // without dates
	alike     uint64 // the same for links that stand alike, and are styled alike
	alikeTags uint64 // that stand alike
	weight    float64
	picture   bool // its text is that of a picture
	shortened bool // its text ends in dots
}

// dated is a date on the page.
type dated struct {
	at     int
	raw    string
	whole  bool // its text is nothing else
	edge   bool // its text begins or ends with it
	inLink bool
	node   *html.Node // the element it is the text of
}

type label struct {
	at   int
	text string
}

// frame is what holds for an element by those around it.
type frame struct {
	alike, alikeTags uint64
	weight           float64
	link             int // index of the link it is in; -1: none
}

// layFlat reads a page. The error is a [models.Failure].
func layFlat(text []byte) (*sheet, error) {
	if bytes.Count(text, []byte("<")) > maxPageTags {
		return nil, models.Fail(models.ErrTooLarge, "parse the page: more than %d tags", maxPageTags)
	}
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, models.Fail(models.ErrParse, "parse the page: %w", err)
	}
	return flatten(root), nil
}

func flatten(root *html.Node) *sheet {
	s := &sheet{root: root, spans: map[*html.Node]span{}}
	s.walk(root, frame{weight: 1, link: -1})
	return s
}

// unread are elements whose text nobody reads on the page.
var unread = map[atom.Atom]bool{
	atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Select: true,
	atom.Svg: true, atom.Iframe: true, atom.Object: true, atom.Textarea: true, atom.Button: true,
}

// scraps are the texts in an element, as long as they are few.
type scraps struct {
	texts []string
	many  bool
}

func (s *scraps) add(more scraps) {
	s.many = s.many || more.many || len(s.texts)+len(more.texts) > 5
	if s.many {
		s.texts = nil
		return
	}
	s.texts = append(s.texts, more.texts...)
}

// walk reads a node and those in it, and gives the texts in it.
func (s *sheet) walk(n *html.Node, f frame) (found scraps) {
	s.now++
	switch {
	case n.Type == html.TextNode:
		return s.text(n, f)
	case n.Type == html.ElementNode && unread[n.DataAtom]:
		if n.DataAtom == atom.Textarea {
			s.scripts = append(s.scripts, textOf(n))
		}
		return found
	case n.Type == html.ElementNode:
		s.notice(n)
		if n.DataAtom == atom.Script {
			return s.script(n, f)
		}
		f = s.enter(n, f)
	case n.Type != html.DocumentNode:
		return found
	}
	from, firstDate := s.now, len(s.dates)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		found.add(s.walk(c, f))
	}
	s.now++
	if n.Type == html.ElementNode {
		s.spans[n] = span{from, s.now}
		s.leave(n, f, found.texts, firstDate)
	}
	return found
}

// enter tells what holds in an element, and notes a link.
func (s *sheet) enter(n *html.Node, f frame) frame {
	class, id := attrOf(n, "class"), attrOf(n, "id")
	f.alikeTags = mix(f.alikeTags, n.Data)
	f.alike = mix(f.alike, n.Data+"."+styleOf(class))
	f.weight = min(f.weight, weigh(n, class+" "+id))
	if n.DataAtom != atom.A || len(s.links) >= maxListLinks {
		return f
	}
	if href := addressOf(n); href != "" {
		s.links = append(s.links, anchor{node: n, at: s.now, href: href, alike: f.alike, alikeTags: f.alikeTags, weight: f.weight})
		f.link = len(s.links) - 1
	}
	return f
}

// text reads a text: a date, a label, a part of a link's.
func (s *sheet) text(n *html.Node, f frame) (found scraps) {
	text := squeeze(n.Data)
	if text == "" {
		return found
	}
	raw, whole := readDate(text)
	if raw != "" {
		edge := strings.HasSuffix(text, raw) || strings.HasPrefix(text, raw)
		s.dates = append(s.dates, dated{at: s.now, raw: raw, whole: whole, edge: edge, inLink: f.link >= 0, node: n.Parent})
	}
	runes := utf8.RuneCountInString(text)
	if f.link >= 0 {
		if l := &s.links[f.link]; !whole && len(l.text) < 2000 {
			l.text = strings.TrimSpace(l.text + " " + text)
		}
	} else {
		s.words += runes
	}
	if runes <= 24 && !whole {
		s.labels = append(s.labels, label{s.now, text})
	}
	return scraps{texts: []string{text}}
}

// leave ends an element: dates in pieces are put together, those told in attributes are better ones.
func (s *sheet) leave(n *html.Node, f frame, pieces []string, firstDate int) {
	better := ""
	switch {
	case n.DataAtom == atom.Time && attrOf(n, "datetime") != "":
		better = attrOf(n, "datetime")
	case len(pieces) == 1 && len(s.dates) == firstDate+1:
		if raw, whole := readDate(attrOf(n, "title")); whole && hasYear.MatchString(raw) && n.DataAtom != atom.A {
			better = raw
		}
	case len(pieces) > 1 && n.DataAtom != atom.A:
		if raw, ok := joinDate(pieces); ok {
			better = raw
		}
	}
	if better != "" && len(s.dates)-firstDate <= max(len(pieces), 1) {
		s.dates = append(s.dates[:firstDate], dated{at: s.spans[n].from, raw: better, whole: true, inLink: f.link >= 0, node: n})
	}
	if n.DataAtom == atom.A && f.link >= 0 && s.links[f.link].node == n {
		s.closeLink(&s.links[f.link])
	}
}

// closeLink settles what a link is called.
func (s *sheet) closeLink(l *anchor) {
	if l.text == "" {
		l.text, l.picture = altOf(l.node), true
	}
	l.text = strings.TrimLeft(l.text, "·•●■▪◆▶►»> ")
	l.shortened = strings.HasSuffix(l.text, "…") || strings.HasSuffix(l.text, "..") || strings.HasSuffix(l.text, "⋯")
}

// notice keeps what elements say of the page as a whole.
func (s *sheet) notice(n *html.Node) {
	switch n.DataAtom {
	case atom.Html:
		s.lang = attrOf(n, "lang")
	case atom.Base:
		if s.base == "" {
			s.base = strings.TrimSpace(attrOf(n, "href"))
		}
	case atom.Title:
		if s.title == "" {
			s.title = squeeze(textOf(n))
		}
	case atom.H1:
		if s.heading == "" {
			s.heading = squeeze(textOf(n))
		}
	case atom.Link:
		if s.next == "" && slices.Contains(strings.Fields(strings.ToLower(attrOf(n, "rel"))), "next") {
			s.next = strings.TrimSpace(attrOf(n, "href"))
		}
	case atom.Meta:
		name := strings.ToLower(attrOf(n, "name") + attrOf(n, "property"))
		content := strings.TrimSpace(attrOf(n, "content"))
		s.article = s.article || name == "articletitle" && content != "" || name == "og:type" && strings.HasPrefix(content, "article")
	case atom.Input:
		s.password = s.password || strings.EqualFold(attrOf(n, "type"), "password")
	}
}

var written = regexp.MustCompile(`document\.write(?:ln)?\((?:\w+\()?\s*["']([^"'<>]{2,200})["']`)

// script keeps a script, which may hold records or the pages of the list; one in a link may write
// its title.
func (s *sheet) script(n *html.Node, f frame) scraps {
	text := textOf(n)
	s.scripts = append(s.scripts, text)
	if f.link < 0 {
		return scraps{}
	}
	if m := written.FindStringSubmatch(text); m != nil {
		s.links[f.link].text = squeeze(html.UnescapeString(m[1]))
	}
	return scraps{}
}

// mix goes on with a hash (FNV-1a) by a word.
func mix(h uint64, word string) uint64 {
	for i := range len(word) {
		h = (h ^ uint64(word[i])) * 1_099_511_628_211
	}
	return (h ^ 0xff) * 1_099_511_628_211
}

// variants are classes by which entries of one list differ.
var variants = map[string]bool{
	"odd": true, "even": true, "first": true, "last": true, "active": true, "on": true, "cur": true, "current": true,
	"hover": true, "new": true, "top": true, "clearfix": true, "clear": true, "visited": true, "hot": true,
}

// styleOf gives the classes that entries of one list share.
func styleOf(class string) string {
	var kept []string
	for _, c := range strings.Fields(strings.ToLower(class)) {
		if !variants[c] && !strings.ContainsFunc(c, unicode.IsDigit) {
			kept = append(kept, c)
		}
	}
	return strings.Join(kept, ".")
}

func attrOf(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

var inScript = regexp.MustCompile(`["']((?:https?://|\.{0,2}/|[\w-]+/)[^"'\s<>]+)["']`)

// addressOf gives the address that a link leads to, be it by a script; or nothing.
func addressOf(n *html.Node) string {
	href := strings.TrimSpace(attrOf(n, "href"))
	lower := strings.ToLower(href)
	switch {
	case len(href) > maxAddress:
		return ""
	case href == "", strings.HasPrefix(href, "#"), strings.HasPrefix(lower, "javascript:"):
		if m := inScript.FindStringSubmatch(attrOf(n, "onclick") + " " + href); m != nil {
			return m[1]
		}
		return ""
	case strings.HasPrefix(lower, "mailto:"), strings.HasPrefix(lower, "tel:"), strings.HasPrefix(lower, "data:"), strings.HasPrefix(lower, "vbscript:"):
		return ""
	}
	return href
}

func altOf(n *html.Node) string {
	for d := range n.Descendants() {
		if d.DataAtom == atom.Img {
			return squeeze(attrOf(d, "alt"))
		}
	}
	return squeeze(attrOf(n, "title"))
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && (d.Parent == n || !unread[d.Parent.DataAtom] && d.Parent.DataAtom != atom.Script) {
			b.WriteString(d.Data)
			b.WriteByte(' ')
		}
	}
	return b.String()
}
