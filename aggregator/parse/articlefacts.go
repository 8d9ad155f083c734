package parse

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxFacts bounds the lines with facts.
const maxFacts = 2000

// findFacts reads the labels of all lines that are short enough to hold some.
func (r *reading) findFacts() {
	for i := 0; i < len(r.lines); i++ {
		l := &r.lines[i]
		if l.runes > longFacts+200 || l.linked == l.runes || len(r.facts) >= maxFacts {
			continue
		}
		if l.runes > 16 && !r.mayTell(l) {
			continue
		}
		s := r.marked(i)
		if utf8.RuneCountInString(s) > longFacts {
			continue
		}
		if n, ok := r.labelAlone(i, s); ok {
			r.facts = append(r.facts, n)
			continue
		}
		before, facts := labelled(s)
		if len(facts) == 0 {
			continue
		}
		if last := &facts[len(facts)-1]; strings.Trim(last.value, " \x1f") == "" && i+1 < len(r.lines) && r.lines[i+1].runes < 60 {
			if next := r.marked(i + 1); labels[strings.Trim(next, " :：")] == noFact {
				if _, more := labelled(next); len(more) == 0 {
					last.value = next
				}
			}
		}
		r.facts = append(r.facts, lineFacts{i, before, facts})
	}
}

// mayTell tells, cheaply, of most lines that they have no labels: no colon, and no piece that is as
// short as a label.
func (r *reading) mayTell(l *line) bool {
	for i := l.from; i < l.to; i++ {
		text := r.pieces[i].node.Data
		if strings.IndexFunc(text, isColon) >= 0 {
			return true
		}
		if short := strings.TrimSpace(text); i < l.to-1 && l.runes <= 60 && len(short) <= 33 {
			return true
		}
	}
	return false
}

// labelAlone reads a label that stands in a cell of its own, its value in the next.
func (r *reading) labelAlone(i int, s string) (lineFacts, bool) {
	if r.lines[i].runes > 16 || i+1 >= len(r.lines) || r.lines[i+1].runes > 80 {
		return lineFacts{}, false
	}
	word := strings.Join(strings.Fields(strings.Trim(s, " :：\x1f\u3000[]【】")), "")
	f := labels[strings.ToLower(word)]
	if f == noFact || f == other || f == author && word == s && !strings.HasSuffix(s, "者") {
		return lineFacts{}, false
	}
	next := r.marked(i + 1)
	if _, more := labelled(next); len(more) > 0 || labels[strings.Trim(next, " :：")] != noFact {
		return lineFacts{}, false
	}
	return lineFacts{i, "", []told{{f, word, next}}}, true
}

// inHeader and inTail tell where facts of the article stand: under its title, or around its end.
func (r *reading) inHeader(i int) bool {
	if r.dropped[i] && i >= r.start && i < r.end {
		return i < r.start+8
	}
	from := r.start - 14
	if r.title >= 0 {
		from = r.title - 3
	}
	return i >= from && i < r.start+3 && i < r.start+(r.end-r.start+1)/2
}

func (r *reading) inTail(i int) bool {
	return i >= r.end-8 && i < r.end+30 && (i > r.start || r.start == r.end)
}

// readFacts takes date, credit, editor and reviewers from the lines around the text.
func (r *reading) readFacts() {
	r.readDates()
	r.readCredit()
	r.readEditor()
	for _, f := range r.facts {
		if !r.inTail(f.line) && !r.inHeader(f.line) {
			continue
		}
		if r.hasFact(f, reviewer) && len(r.page.Reviewers) < 10 && !r.far(f.line) {
			r.page.Reviewers = append(r.page.Reviewers, r.reviewersOf(f))
			r.page.Where["Reviewers"] = "line of reviewers"
		}
	}
}

// reviewersOf is a line that names reviewers, without what else it tells.
func (r *reading) reviewersOf(f lineFacts) string {
	var named []string
	for _, t := range f.told {
		if t.fact == reviewer || t.fact == editor || t.fact == author {
			named = append(named, t.label+"："+shown(strings.ReplaceAll(t.value, string(mark), " "), 60))
		}
	}
	if len(named) == len(f.told) && strings.Trim(f.before, " （(【[") == "" {
		return unmarked(r.marked(f.line))
	}
	return strings.Join(named, " ")
}

// far tells of a line behind the text that what stands before it ends the article.
func (r *reading) far(i int) bool {
	for j := r.end; j < i && j < len(r.lines); j++ {
		if isRelated(r.text(j)) || isFooter(r.text(j)) {
			return true
		}
	}
	return false
}

func (r *reading) hasFact(f lineFacts, want fact) bool {
	for _, t := range f.told {
		if t.fact == want && strings.Trim(t.value, " \x1f") != "" {
			return true
		}
	}
	return false
}

func unmarked(s string) string { return squeeze(strings.ReplaceAll(s, string(mark), " ")) }

func (r *reading) factsOf(i int) (lineFacts, bool) {
	at, ok := slices.BinarySearchFunc(r.facts, i, func(f lineFacts, line int) int { return f.line - line })
	if !ok {
		return lineFacts{}, false
	}
	return r.facts[at], true
}

func clipRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

func hasHan(s string) bool {
	for _, c := range s {
		if c >= 0x3400 && c <= 0x9FFF {
			return true
		}
	}
	return false
}

// readEditor takes the responsible editor, behind the text or under the title.
func (r *reading) readEditor() {
	for _, responsible := range []bool{true, false} {
		for _, f := range r.facts {
			if r.far(f.line) || !r.inTail(f.line) && !r.inHeader(f.line) {
				continue
			}
			for _, t := range f.told {
				if t.fact == editor && (strings.HasPrefix(t.label, "责") || strings.HasPrefix(t.label, "責")) == responsible {
					r.set("Editor", &r.page.Editor, shown(t.value, 24), "line of facts: "+t.label)
				}
			}
		}
	}
	r.set("Editor", &r.page.Editor, shown(r.meta["editor"], 24), "meta editor")
}
