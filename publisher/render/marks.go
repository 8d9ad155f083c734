package render

import (
	"html/template"
	"strings"
	"unicode/utf8"

	"civicfeed/models"
)

// leadRunes stand before the first hit in a snippet.
const leadRunes = 24

// marks tells whether hits are to be shown.
func (f *frame) marks() bool { return f.p.Marks != nil && f.p.Text != "" }

// mark shows the hits in a row: in its title, and in what the source's terms let others show of the
// text, around the first of them.
func (f *frame) mark(r *row, it *models.Item) {
	if hits := f.hits(r.Title); len(hits) > 0 {
		r.Marked = marked(r.Title, hits)
	}
	for _, text := range f.showable(it) {
		if hits := f.hits(text); len(hits) > 0 {
			r.Snippet = snippet(text, hits)
			return
		}
	}
}

// showable are the texts of an item that may be shown, as far as they may be.
func (f *frame) showable(it *models.Item) []string {
	switch f.source(it.Source).Republish {
	case models.Title:
		return nil
	case models.Excerpt:
		return []string{line(cut(either(strings.TrimSpace(legal(it.Summary)), legal(it.Text)), 300))}
	}
	return []string{line(it.Summary), line(it.Text)}
}

// hits are where a text was hit, in order, none within another, none empty, none parting a character
// from what belongs to it.
func (f *frame) hits(text string) [][2]int {
	var all [][2]int
	last := 0
	for _, h := range f.p.Marks(text) {
		from, to := max(h[0], last), min(h[1], len(text))
		if from >= to {
			continue
		}
		from, to = start(text, from), end(text, to)
		if from = max(from, last); from < to {
			all, last = append(all, [2]int{from, to}), to
		}
	}
	return all
}

// start is where the character begins that a place in a text is in.
func start(text string, i int) int {
	for i > 0 && i < len(text) && !parts(text, i) {
		i--
	}
	return i
}

// end is where the character ends that a place in a text is in.
func end(text string, i int) int {
	for i > 0 && i < len(text) && !parts(text, i) {
		i++
	}
	return i
}

// parts tells whether a text may be parted at a place between its ends.
func parts(text string, i int) bool {
	if !utf8.RuneStart(text[i]) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	return !clings(r) && before != zwj
}

// snippet is the part of a text around the first hit, its hits marked.
func snippet(text string, hits [][2]int) template.HTML {
	from := hits[0][0]
	for range leadRunes {
		_, n := utf8.DecodeLastRuneInString(text[:from])
		from -= n
	}
	from = start(text, from)
	to := from
	for range briefRunes {
		_, n := utf8.DecodeRuneInString(text[to:])
		to += n
	}
	to = end(text, max(to, hits[0][1]))
	var within [][2]int
	for _, h := range hits {
		if h[1] <= to {
			within = append(within, [2]int{h[0] - from, h[1] - from})
		}
	}
	s := marked(text[from:to], within)
	if from > 0 {
		s = "…" + s
	}
	if to < len(text) {
		s += "…"
	}
	return s
}

// marked is a text as HTML, its hits marked.
func marked(text string, hits [][2]int) template.HTML {
	var b strings.Builder
	last := 0
	for _, h := range hits {
		b.WriteString(template.HTMLEscapeString(text[last:h[0]]))
		b.WriteString("<mark>" + template.HTMLEscapeString(text[h[0]:h[1]]) + "</mark>")
		last = h[1]
	}
	b.WriteString(template.HTMLEscapeString(text[last:]))
	return template.HTML(b.String())
}
