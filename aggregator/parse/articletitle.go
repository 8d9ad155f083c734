package parse

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var titleName = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:\w*title|tit|bt|biaoti|headline|subject|h1)(?:$|[\s_\d-])`)

// findTitle finds the article's title: what the head says it is, else the line that looks most like
// it: a heading, the beginning of the document's title, right over date and credit.
func (r *reading) findTitle() {
	r.info = r.firstInfo()
	best, bestScore, bestText, bestEnd := -1, 3.0, "", 0
	limit := r.titleLimit()
	doc := tight(r.docTitle)
	for i := 0; i < limit && i < len(r.lines); i++ {
		l := &r.lines[i]
		if l.runes < 3 || l.runes > 400 {
			continue
		}
		if l.linked == l.runes && !isHeading(r.boxes[l.box].node) && !strings.HasPrefix(doc, tight(r.text(i))) {
			continue
		}
		text, end := r.titleAt(i, doc)
		text = r.untagged(i, text, doc)
		if score := r.titleScore(i, end, text, doc); score > bestScore {
			best, bestScore, bestText, bestEnd = i, score, text, end
		}
	}
	p := r.page
	if t := r.meta["articletitle"]; t != "" && t != r.meta["sitename"] && t != r.meta["columnname"] {
		r.set("Title", &p.Title, t, "meta ArticleTitle")
		if i, end := r.lineOf(t, limit); i >= 0 {
			best, bestEnd = i, end
		}
	}
	if best >= 0 {
		r.title, r.titleEnd = best, bestEnd
		r.set("Title", &p.Title, bestText, "heading")
	}
	r.set("Title", &p.Title, r.data.headline, "JSON-LD headline")
	r.set("Title", &p.Title, r.stripSite(r.meta["og:title"]), "meta og:title")
	r.set("Title", &p.Title, r.stripSite(r.docTitle), "title")
}

// firstInfo is the first line with a credit or a date behind a label, before the text ends.
func (r *reading) firstInfo() int {
	for _, f := range r.facts {
		if f.line >= r.end || r.boxes[r.lines[f.line].box].beside && f.line < r.start-14 {
			continue
		}
		for _, t := range f.told {
			if (t.fact == credit || t.fact == published || t.fact == agency) && strings.Trim(t.value, " \x1f") != "" {
				return f.line
			}
		}
	}
	return -1
}

// titleLimit is the line from which on no title is looked for.
func (r *reading) titleLimit() int {
	for i := r.start; i < r.end; i++ {
		if free := r.lines[i].runes - r.lines[i].linked; free > 90 && r.lines[i].linked*3 < r.lines[i].runes {
			return max(r.start+2, i+1)
		}
	}
	return max(r.start+3, r.info+1, r.titleHeading()+1)
}

// titleHeading is the first heading that the document's title begins with, behind a table of facts
// too; -1 where there is none.
func (r *reading) titleHeading() int {
	doc := tight(r.docTitle)
	for i := range r.lines {
		if l := &r.lines[i]; l.runes >= 6 && l.runes <= 150 && isHeading(r.boxes[l.box].node) && strings.HasPrefix(doc, tight(r.text(i))) {
			return i
		}
	}
	return -1
}

// titleAt gives the title that begins with a line: lines of one heading belong together, and lines
// that together begin the document's title.
func (r *reading) titleAt(i int, doc string) (text string, end int) {
	text, end = r.text(i), i+1
	heading := isHeading(r.boxes[r.lines[i].box].node)
	for end < len(r.lines) && end < i+4 && r.lines[end].runes < 120 {
		next := r.text(end)
		same := heading && r.lines[end].box == r.lines[i].box
		if t := tight(text); !same && !(len(t) >= 12 && strings.HasPrefix(doc, t) && strings.HasPrefix(doc, t+tight(next)) && len(doc) > len(t)) {
			break
		}
		if hasHan(text) && !strings.Contains(r.docTitle, text+" "+next) {
			text += next
		} else {
			text += " " + next
		}
		end++
	}
	return text, end
}

// untagged takes from a title the link to its forum or column: [城事] 老街修缮.
func (r *reading) untagged(i int, text, doc string) string {
	first := r.pieces[r.lines[i].from]
	tag := squeeze(first.node.Data)
	rest, ok := strings.CutPrefix(text, tag)
	if !ok || first.link == nil || !beginsWithBracket(tag) || rest == "" || !strings.HasPrefix(doc, tight(rest)) {
		return text
	}
	return strings.TrimSpace(rest)
}

func beginsWithBracket(s string) bool {
	return strings.HasPrefix(s, "[") || strings.HasPrefix(s, "【") || strings.HasPrefix(s, "「")
}

func isHeading(n *html.Node) bool {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

// headings are how much an element speaks for a title.
var headings = map[atom.Atom]float64{atom.H1: 4, atom.H2: 3, atom.H3: 2.2, atom.H4: 1.6, atom.H5: 1.5, atom.H6: 1}

// titleScore judges a line as a title.
func (r *reading) titleScore(i, end int, text, doc string) float64 {
	t := tight(text)
	n := utf8.RuneCountInString(t)
	if n < 4 || n > 150 || !strings.ContainsFunc(t, unicode.IsLetter) || t == tight(r.meta["sitename"]) || t == tight(r.meta["og:site_name"]) {
		return 0
	}
	node := r.pieces[r.lines[i].from].node.Parent
	score, named := 0.0, false
	for up := 0; node != nil && up < 4; node, up = node.Parent, up+1 {
		if node.DataAtom == atom.Body || node.DataAtom == atom.Td && up > 1 {
			break
		}
		score = max(score, headings[node.DataAtom])
		named = named || up < 3 && (isTitleName(attrOf(node, "class")) || isTitleName(attrOf(node, "id")))
	}
	if named {
		score += 2
	}
	switch {
	case doc == t:
		score += 5
	case strings.HasPrefix(doc, t) && n >= 6:
		score += 6
	case strings.Contains(doc, t) && n >= 8:
		score += 3
	case strings.HasSuffix(doc, t) && r.info >= end && r.info-end <= 2 && isHeading(r.boxes[r.lines[i].box].node):
		score += 2 // the site's name comes first
	case strings.HasSuffix(doc, t):
		score -= 4
	}
	if og := tight(r.meta["og:title"]); og != "" && (og == t || n >= 8 && strings.HasPrefix(og, t)) {
		score += 4
	}
	if h := tight(r.data.headline); h != "" && h == t {
		score += 4
	}
	if d := r.info - end; r.info >= 0 && d >= -1 && d <= 2 {
		score += 2.5 - float64(max(d, 0))/2
	}
	if f, ok := r.factsOf(i); ok && len(f.told) > 0 {
		score -= 3
	}
	if r.lines[i].linked == r.lines[i].runes {
		score -= 2.5
	}
	if r.boxes[r.lines[i].box].beside {
		score -= 1.5
	}
	if score += float64(min(n, 20)) / 10; score < 3 || isFurniture(text) {
		return 0
	}
	if _, whole := r.date(i); whole || r.isTrail(i) {
		return 0
	}
	return score
}

func isTitleName(names string) bool {
	return len(names) > 1 && (strings.Contains(names, "t") || strings.Contains(names, "T") || strings.Contains(names, "h")) && titleName.MatchString(names)
}

// lineOf finds the line of a title.
func (r *reading) lineOf(title string, limit int) (line, end int) {
	want := tight(title)
	line = -1
	for i := 0; i < limit && i < len(r.lines); i++ {
		if r.lines[i].runes > 400 {
			continue
		}
		text, e := r.titleAt(i, want)
		if t := tight(text); t == want && r.lines[i].linked < r.lines[i].runes || len(t) > 18 && strings.HasPrefix(want, t) && line < 0 {
			line, end = i, e
		}
	}
	return line, end
}

// dividers stand between an article's title and its site's.
var dividers = regexp.MustCompile(`\s*(?:__+|_|\||｜|--+|\s[-–—•·]\s|-)\s*`)

// stripSite takes from a document's title what names the site.
func (r *reading) stripSite(t string) string {
	site := or(r.meta["sitename"], r.meta["og:site_name"])
	if site != "" {
		if head, ok := strings.CutSuffix(t, site); ok && strings.TrimSpace(head) != "" {
			return strings.TrimRight(head, " -_|–—·•")
		}
	}
	at := dividers.FindAllStringIndex(t, -1)
	for _, m := range at { // the first part that is long enough to be a title
		if head := t[:m[0]]; utf8.RuneCountInString(head) >= 6 && (hasHan(head) || strings.TrimSpace(t[m[0]:m[1]]) != "-" || t[m[0]] == ' ') {
			return head
		}
	}
	return t
}

// digital is what a paper's name has behind it on the screen.
var digital = regexp.MustCompile(`(?:多媒体)?(?:数字报|电子报|电子版|数字版)$`)

// siteInTitle is the site's name, where the document's title ends with it.
func (r *reading) siteInTitle() string {
	doc, title := tight(r.docTitle), tight(r.page.Title)
	if len(title) > 12 && len(doc) > len(title) && strings.HasSuffix(doc, title) {
		if first := strings.TrimSpace(dividers.Split(r.docTitle, 2)[0]); !strings.Contains(title, tight(first)) && outletName.MatchString(first) {
			return digital.ReplaceAllString(first, "")
		}
	}
	parts := dividers.Split(r.docTitle, -1)
	begun := len(parts[0]) > 15 && strings.HasPrefix(title, tight(parts[0])) // the heading has a second line
	if title == "" || !strings.HasPrefix(doc, title) && !begun || doc == title {
		return ""
	}
	for i := len(parts) - 1; i > 0; i-- {
		s := strings.Trim(parts[i], " -_|–—")
		if n := utf8.RuneCountInString(s); n >= 2 && n <= 24 && !strings.Contains(s, ".") && !strings.HasSuffix(s, "主办") && !strings.Contains(title, tight(s)) && hasHan(s) == hasHan(title) {
			return s
		}
	}
	return ""
}
