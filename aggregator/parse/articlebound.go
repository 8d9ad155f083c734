package parse

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

// bound settles where the text begins and ends in its box, and what of its lines is furniture.
func (r *reading) bound() {
	if r.body == 0 && r.title >= 0 {
		r.body = r.pictured()
	}
	if r.body == 0 {
		r.start, r.end = min(max(r.titleEnd, 0), len(r.lines)), min(r.titleEnd, len(r.lines))
		return
	}
	b := &r.boxes[r.body]
	r.start, r.end = b.from, b.to
	if r.title >= b.from && r.titleEnd < b.to {
		r.drop(b.from, r.titleEnd)
		r.start = r.titleEnd
	}
	r.boundHead()
	r.boundTail()
	if r.page.Where["Body"] == whereProse && r.prose() < 20 {
		r.boundPictures()
	}
}

// prose counts what of the text is no link.
func (r *reading) prose() (runes int) {
	for _, i := range r.kept() {
		runes += r.lines[i].runes - r.lines[i].linked
	}
	return runes
}

// boundPictures takes, where what was taken for the text has no prose but the title's, what is shown
// under the title, and else nothing: links to other articles are no text.
func (r *reading) boundPictures() {
	if at := r.pictured(); at > 0 {
		r.body, r.start, r.end = at, r.boxes[at].from, r.boxes[at].to
		return
	}
	for i := r.start; i < r.end; i++ {
		r.dropped[i] = r.dropped[i] || r.lines[i].linked*2 > r.lines[i].runes
	}
}

func (r *reading) drop(from, to int) {
	for i := from; i < to; i++ {
		r.dropped[i] = true
	}
}

// boundHead drops the lines of facts and of tools over the text.
func (r *reading) boundHead() {
	for i := r.start; i < min(r.start+12, r.end); i++ {
		text := r.text(i)
		f, facts := r.factsOf(i)
		raw, whole := r.date(i)
		if r.isCell(i) {
			return
		}
		switch {
		case facts && r.lines[i].runes < 200 && isInfo(f):
		case raw != "" && (whole || r.title >= 0 && i <= r.titleEnd+3 && aboutDate(unmarked(r.marked(i)), raw)), isFurniture(text), isHeadTool(text), r.isTrail(i):
		case tight(text) == tight(r.page.Title) && r.page.Title != "":
		case r.lines[i].runes < 3:
			continue
		default:
			if r.lines[i].runes > 40 {
				return
			}
			continue
		}
		r.dropped[i] = true
	}
}

// isCell tells a cell without a label of a table that begins behind the title: the table is the text.
func (r *reading) isCell(i int) bool {
	if strings.ContainsAny(r.text(i), ":：") {
		return false
	}
	box := &r.boxes[r.lines[i].box]
	if box.node.DataAtom != atom.Td && box.node.DataAtom != atom.Th {
		return false
	}
	for at := r.lines[i].box; at > 0; at = r.boxes[at].parent {
		if b := &r.boxes[at]; b.node.DataAtom == atom.Table {
			return b.from >= r.titleEnd && b.to-b.from >= 4
		}
	}
	return false
}

// isInfo tells that a line is facts and no prose.
func isInfo(f lineFacts) bool {
	if utf8.RuneCountInString(f.before) > 40 {
		return false
	}
	for _, t := range f.told {
		switch t.fact {
		case credit, agency, published, updated, editor, reviewer, other, author:
			if utf8.RuneCountInString(t.value) < 60 {
				return true
			}
		}
	}
	return false
}

// boundTail ends the text where other things begin, and drops the lines that close it: editors,
// tools, copyright.
func (r *reading) boundTail() {
	for i := r.start + 1; i < r.end; i++ {
		if l := r.lines[i]; l.runes > 200 || r.dropped[i] {
			continue
		}
		if f, ok := r.factsOf(i); ok && r.hasFact(f, editor) && closes(f) && r.restIsLess(i+1) {
			r.drop(i, r.end)
			r.end = i
			break
		}
		if r.lines[i].runes > 60 && !beginsWith(r.pieces[r.lines[i].from].node.Data, tailBegins) {
			continue
		}
		text := r.text(i)
		if neighbourWord(text) != 0 && r.lines[i].runes < 160 || isRelated(text) && r.linksOnly(i+1) || isFooter(text) && r.linksOnly(i+1) {
			r.drop(i, r.end)
			r.end = i
			break
		}
	}
	for i, n := r.end-1, 0; i > r.start && n < 10; i, n = i-1, n+1 {
		text := r.text(i)
		if r.lines[i].runes > 160 {
			break
		}
		f, facts := r.factsOf(i)
		if r.isCell(i) {
			continue
		}
		if isFurniture(text) || isRelated(text) || isFooter(text) || facts && closes(f) {
			r.dropped[i] = true
		}
	}
}

// closes tells that a line of facts is about the making of the article.
func closes(f lineFacts) bool {
	if utf8.RuneCountInString(strings.Trim(f.before, " （(【[{")) > 4 {
		return false
	}
	ok := false
	for _, t := range f.told {
		if utf8.RuneCountInString(t.value) > 60 || strings.ContainsAny(t.value, "。！？") {
			return false
		}
		ok = ok || t.fact == editor || t.fact == reviewer || t.fact == credit || t.fact == published || t.fact == updated || t.fact == other
	}
	return ok
}

// restIsLess tells that most of the prose stands before a line.
func (r *reading) restIsLess(from int) bool {
	before, after := 0, 0
	for i := r.start; i < r.end; i++ {
		if n := r.lines[i].runes - r.lines[i].linked; i < from {
			before += n
		} else {
			after += n
		}
	}
	return after*2 < before
}

// linksOnly tells that from a line on no prose follows in the text.
func (r *reading) linksOnly(from int) bool {
	free := 0
	for i := from; i < r.end; i++ {
		if n := r.lines[i].runes - r.lines[i].linked; n > 60 {
			free += n
		}
	}
	return free < 150
}
