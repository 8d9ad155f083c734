package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a query.
const (
	MaxText  = 100 // characters of it; the rest is not looked for
	MaxTerms = 32  // terms of it that an index is asked for; the rest is left to [Query.Matches]
)

// Query is what is looked for: words and phrases that must all occur. The zero query is empty.
type Query struct {
	text    string
	phrases []phrase
	terms   []string
}

// phrase is a row of pieces of folded text that follow one another, with a break between them or not.
// A word of the query is a phrase of one piece.
type phrase []string

// part is a part of a query as typed: between white space, or between quotation marks.
type part struct {
	text   string
	quoted bool
}

// Parse reads what a person typed. Words between white space must all occur in a text, in any order;
// what is between quotation marks must occur as such. A word in a script without spaces is a phrase of
// its characters. It is parted by punctuation (咸宁、赤壁 are two words); Latin words and numbers with
// punctuation in them are phrases (covid-19), for which it does not matter how they are parted. No
// query is wrong.
func Parse(q string) Query {
	var kept []string
	var found Query
	room := MaxText
	for _, p := range parts(q) {
		p = p.clip(room, len(kept) > 0)
		phrases := p.phrases()
		if len(phrases) == 0 {
			continue
		}
		kept = append(kept, p.String())
		room = MaxText - utf8.RuneCountInString(strings.Join(kept, " "))
		found.phrases = append(found.phrases, phrases...)
	}
	found.text = strings.Join(kept, " ")
	found.terms = found.required()
	return found
}

// Empty tells that there is nothing to look for: nothing but white space, punctuation and symbols.
func (q Query) Empty() bool { return len(q.phrases) == 0 }

// String is the query as typed, in the form for addresses and caches: white space and quotation marks
// are of one kind, what looks for nothing is gone. Queries with the same form mean the same.
func (q Query) String() string { return q.text }

// Terms are terms that every text has which [Query.Matches] finds, at most [MaxTerms]: a filter before
// it. Not every text that has them is found.
func (q Query) Terms() []string { return slices.Clone(q.terms) }

func (q Query) required() []string {
	set := newTermSet(64)
	for _, p := range q.phrases {
		for _, piece := range p {
			eachTerm(piece, false, set.add)
		}
	}
	return set.terms[:min(len(set.terms), MaxTerms)]
}

// parts takes a query apart at white space and quotation marks. What shows nothing is dropped, and what
// is no text becomes the sign for that. A quotation mark that was not closed goes to the end.
func parts(q string) []part {
	var all []part
	var b strings.Builder
	quoted := false
	end := func() {
		if s := strings.TrimSpace(b.String()); s != "" {
			all = append(all, part{s, quoted})
		}
		b.Reset()
	}
	for _, c := range q {
		switch opens, closes := quotation(c); {
		case opens || closes:
			end()
			quoted = !quoted && opens
		case unicode.Is(unicode.Cf, c):
		case unicode.IsControl(c) && !unicode.IsSpace(c):
			b.WriteRune(utf8.RuneError)
		case !unicode.IsSpace(c):
			b.WriteRune(c)
		case !quoted:
			end()
		case !strings.HasSuffix(b.String(), " "):
			b.WriteByte(' ')
		}
	}
	end()
	return all
}

// quotation tells whether a character opens a phrase, and whether it closes one. People close with
// whatever is at hand.
func quotation(c rune) (opens, closes bool) {
	switch c {
	case '"', '＂', '“', '„', '‟', '「', '『', '｢':
		return true, true
	case '”', '」', '』', '｣', '〞', '〟':
		return false, true
	}
	return c == '〝', c == '〝'
}

// clip cuts a part to the room that is left for its canonical form, after a space if it is not first.
func (p part) clip(room int, after bool) part {
	if after {
		room--
	}
	if p.quoted {
		room -= 2
	}
	n := 0
	for i := range p.text {
		if n++; n > room {
			p.text = strings.TrimSpace(p.text[:i])
			break
		}
	}
	return p
}

func (p part) String() string {
	if p.quoted {
		return `"` + p.text + `"`
	}
	return p.text
}

// phrases are what a part looks for. Folded, it has breaks where punctuation stood beside a dense
// character: there a word ends, but a quoted phrase goes on.
func (p part) phrases() []phrase {
	f := newFolder()
	f.text(p.text)
	pieces := strings.FieldsFunc(f.out.String(), func(c rune) bool { return c == breakPoint })
	if len(pieces) == 0 {
		return nil
	}
	if p.quoted {
		return []phrase{pieces}
	}
	var each []phrase
	for _, piece := range pieces {
		each = append(each, phrase{piece})
	}
	return each
}
