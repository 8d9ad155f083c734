package parse

import (
	"strings"

	"golang.org/x/net/html"
)

// marked gives a line's text with a mark between its pieces.
func (p *paper) marked(i int) string {
	l := &p.lines[i]
	if l.marked == "" {
		l.marked = p.joined(l, string(mark))
	}
	return l.marked
}

// date gives the date in a line; whole tells that it is nothing else.
func (p *paper) date(i int) (raw string, whole bool) {
	l := &p.lines[i]
	if !l.dated {
		l.dated = true
		if l.runes <= 300 {
			if s := unmarked(p.marked(i)); mayDate(s) {
				l.date, l.whole = readDate(s)
			}
		}
	}
	return l.date, l.whole
}

// mayDate tells, cheaply, of most texts without a date that they have none.
func mayDate(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= '0' && s[i] <= '9' {
			return true
		}
	}
	return strings.Contains(s, "年") && strings.Contains(s, "月") || len(s) < 40 && (strings.Contains(s, "前") || strings.Contains(s, "刚") || strings.Contains(s, "剛") || strings.Contains(s, "天")) ||
		len(s) < 40 && strings.Contains(strings.ToLower(s), "yesterday")
}

// joined puts the pieces of a line together: as they are, or each squeezed with a mark between.
func (p *paper) joined(l *line, between string) string {
	if l.to-l.from == 1 {
		return squeeze(p.pieces[l.from].node.Data)
	}
	size := 0
	for _, x := range p.pieces[l.from:l.to] {
		size += len(x.node.Data) + len(between)
	}
	var b strings.Builder
	b.Grow(size)
	for i, x := range p.pieces[l.from:l.to] {
		if between == "" {
			b.WriteString(x.node.Data)
			continue
		}
		if i > 0 {
			b.WriteString(between)
		}
		b.WriteString(squeeze(x.node.Data))
	}
	return b.String()
}

func rawText(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}
