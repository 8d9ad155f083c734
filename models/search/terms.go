package search

import (
	"hash/maphash"
	"unicode/utf8"
)

// Version is of what [Terms] makes of a text: it grows with every change to that, so that an index of
// older terms can be told and made again.
const Version = 1

// Terms are what the fields of a text are indexed by, each once, in the order of the text: its words,
// its dense characters, and every two of those that are neighbours. A term is folded; it holds letters,
// digits and marks, no white space, and at most 128 bytes.
func Terms(fields ...string) []string {
	text := foldAll(fields)
	set := newTermSet(len(text))
	eachTerm(text, true, set.add)
	return set.terms
}

// eachTerm tells the terms of a folded text, again where they come again. Single characters that have
// a neighbour are left out where they say nothing that the pairs do not.
func eachTerm(folded string, singles bool, tell func(string)) {
	before := -1 // where the dense character before this one begins
	for i := 0; i < len(folded); {
		switch c := folded[i]; {
		case c == wordEdge || c == breakPoint:
			before = -1
			i++
			continue
		case !startsDense(folded[i:]):
			end := wordEnd(folded, i)
			tell(folded[i:end])
			i = end
			continue
		}
		end := denseEnd(folded, i)
		if before >= 0 {
			tell(folded[before:end])
		}
		if singles || before < 0 && !startsDense(folded[end:]) {
			tell(folded[i:end])
		}
		before, i = i, end
	}
}

func wordEnd(s string, i int) int {
	for i < len(s) && s[i] != wordEdge {
		i++
	}
	return i
}

// startsDense tells whether a dense character comes next.
func startsDense(s string) bool {
	if s == "" || s[0] < 0xE0 { // the first of them is U+0E01
		return false
	}
	if s[0] >= 0xE4 && s[0] <= 0xE9 {
		return true
	}
	c, _ := utf8.DecodeRuneInString(s)
	return kindOf(c) == dense
}

// denseEnd is the end of the dense character at i with its marks.
func denseEnd(s string, i int) int {
	_, size := utf8.DecodeRuneInString(s[i:])
	for i += size; startsMark(s[i:]); i += size {
		_, size = utf8.DecodeRuneInString(s[i:])
	}
	return i
}

// startsMark tells whether a mark comes next that belongs to what is before.
func startsMark(s string) bool {
	if s == "" || s[0] < 0xCC || s[0] >= 0xE4 && s[0] <= 0xE9 {
		return false
	}
	c, _ := utf8.DecodeRuneInString(s)
	return kindOf(c) == mark
}

// termSet holds each term once: a table with open addresses, half empty, of places among the terms.
type termSet struct {
	seed  maphash.Seed
	slots []int32 // place + 1; 0: free
	terms []string
}

// newTermSet makes room for the terms of a folded text of a number of bytes: mostly two for each
// character of three bytes.
func newTermSet(size int) *termSet {
	slots := 16
	for slots < size {
		slots *= 2
	}
	return &termSet{seed: maphash.MakeSeed(), slots: make([]int32, slots), terms: make([]string, 0, size/2)}
}

func (t *termSet) add(term string) {
	if 2*len(t.terms) >= len(t.slots) {
		t.grow()
	}
	if slot := t.find(term); t.slots[slot] == 0 {
		t.terms = append(t.terms, term)
		t.slots[slot] = int32(len(t.terms))
	}
}

// find is the slot of a term, or the free one where it belongs.
func (t *termSet) find(term string) int {
	mask := len(t.slots) - 1
	slot := int(maphash.String(t.seed, term)) & mask
	for t.slots[slot] != 0 && t.terms[t.slots[slot]-1] != term {
		slot = (slot + 1) & mask
	}
	return slot
}

func (t *termSet) grow() {
	t.slots = make([]int32, 2*len(t.slots))
	for i, term := range t.terms {
		t.slots[t.find(term)] = int32(i + 1)
	}
}
