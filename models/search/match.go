package search

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Matches tells whether a document of some fields (title, text, those of its copies) has all that is
// looked for, each word and phrase within one field. The empty query matches nothing.
func (q Query) Matches(fields ...string) bool {
	text := foldAll(fields)
	for _, p := range q.phrases {
		if at, _ := p.find(text, 0); at < 0 {
			return false
		}
	}
	return !q.Empty()
}

// Marks are the ranges of bytes of a text that are hits of any word or phrase of the query, in order,
// none touching another. They never part a character from its marks.
func (q Query) Marks(text string) [][2]int {
	f := newFolder()
	f.trace = true
	f.text(text)
	folded := f.out.String()
	var hits [][2]int
	for _, p := range q.phrases {
		for at, end := p.find(folded, 0); at >= 0; at, end = p.find(folded, at+1) { // hits may overlap
			hits = append(hits, whole(text, raw(f.units, at, end)))
		}
	}
	return merged(hits)
}

// find is where a folded text has the phrase first, from a place on; at is negative if it has not.
func (p phrase) find(folded string, from int) (at, end int) {
	for {
		i := strings.Index(folded[from:], p[0])
		if i < 0 {
			return -1, -1
		}
		at = from + i
		if end := p.follow(folded, at); end > 0 {
			return at, end
		}
		from = at + 1
	}
}

// follow is the end of the phrase that begins at a place, or negative. Its last character is not
// another one by a mark.
func (p phrase) follow(folded string, at int) (end int) {
	for i, piece := range p {
		if i > 0 && at < len(folded) && folded[at] == breakPoint {
			at++
		}
		if !strings.HasPrefix(folded[at:], piece) {
			return -1
		}
		at += len(piece)
		if startsMark(folded[at:]) {
			return -1
		}
	}
	return at
}

// raw is where the units between two places of the folded text are in the raw one.
func raw(units []unit, at, end int) [2]int {
	first := sort.Search(len(units), func(i int) bool { return units[i].at >= at })
	last := sort.Search(len(units), func(i int) bool { return units[i].at >= end }) - 1
	return [2]int{units[first].from, units[last].to}
}

// whole widens a range so that it parts no character from its marks, whatever those did to the folded
// text.
func whole(text string, r [2]int) [2]int {
	for r[0] > 0 && beginsMark(text[r[0]:]) {
		_, size := utf8.DecodeLastRuneInString(text[:r[0]])
		r[0] -= size
	}
	for beginsMark(text[r[1]:]) {
		_, size := utf8.DecodeRuneInString(text[r[1]:])
		r[1] += size
	}
	return r
}

func beginsMark(raw string) bool {
	c, _ := utf8.DecodeRuneInString(raw)
	return unicode.IsMark(c)
}

// merged sorts ranges and makes one of those that overlap or touch.
func merged(ranges [][2]int) [][2]int {
	slices.SortFunc(ranges, func(a, b [2]int) int { return a[0] - b[0] })
	var all [][2]int
	for _, r := range ranges {
		if n := len(all); n > 0 && r[0] <= all[n-1][1] {
			all[n-1][1] = max(all[n-1][1], r[1])
			continue
		}
		all = append(all, r)
	}
	return all
}
