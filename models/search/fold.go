package search

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxUnit bounds a word, or a character with its marks, in bytes of its folded form. What is longer
// is searched by its beginning, on both sides.
const maxUnit = 64

// A folded text is a row of units, words and dense characters, written so that units which may stand
// together in a phrase are neighbours: finding a phrase is finding bytes.
//
//   - a space is before and after each word, one between two words, whatever stood between them;
//   - dense characters follow one another without anything;
//   - a break is between two dense characters that were parted by anything, and between a word and a
//     dense character that were parted by more than white space ("5G 基站" is "5G基站");
//   - two breaks are between the fields of a document.
const (
	wordEdge   = ' '
	breakPoint = '\n'
)

// unit tells where a unit of the folded text was in the raw one.
type unit struct{ at, from, to int }

// folder folds texts into out.
type folder struct {
	out   strings.Builder
	han   *hanTable
	last  kind // of the unit before: dense, letter, or other for none
	open  bool // nothing came since that unit: marks and letters join it
	gap   kind // what came since: hidden for nothing, space, other
	base  rune // last character of the unit, which marks belong to
	began int  // where the unit begins in out
	full  bool // the unit is at its bound

	trace bool // to keep the units
	units []unit
}

func newFolder() folder { return folder{han: hanForms(), gap: hidden} }

// foldAll is the folded text of a document.
func foldAll(fields []string) string {
	f := newFolder()
	size := 0
	for _, s := range fields {
		size += len(s) + len(s)/16 + 8 // the edges of words, and the breaks
	}
	f.out.Grow(size)
	for _, s := range fields {
		f.text(s)
		f.field()
	}
	return f.out.String()
}

// field ends a field of the document: no phrase goes on in the next.
func (f *folder) field() {
	f.close()
	f.out.WriteByte(breakPoint)
	f.out.WriteByte(breakPoint)
	f.last, f.gap = other, hidden
}

// text folds a field. Characters that can have no part in what is around them are taken one by one,
// the others in the smallest pieces that normalization knows.
func (f *folder) text(s string) {
	for i := 0; i < len(s); {
		c, size := rune(s[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(s[i:])
		}
		end := i + size
		switch k := quick(c); {
		case c == utf8.RuneError && size == 1:
			f.between(other)
		case k == other || k == space:
			f.between(k)
		case k == hidden:
		case k == mark || !alone(s, end):
			end = f.piece(s, i)
		case k == dense:
			f.dense(f.han.fold(c), i, end)
			end = f.denseRun(s, end)
		case k == letter:
			f.letter(half(c), i, end)
			end = f.letterRun(s, end)
		}
		i = end
	}
	f.close()
}

// denseRun takes the Chinese characters at i that follow one already taken, which is most of most texts.
func (f *folder) denseRun(s string, i int) int {
	for i+2 < len(s) && s[i] >= 0xE4 && s[i] <= 0xE9 && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80 && alone(s, i+3) {
		c := rune(s[i]&0x0F)<<12 | rune(s[i+1]&0x3F)<<6 | rune(s[i+2]&0x3F)
		if c < hanFirst {
			break
		}
		f.began, f.base = f.out.Len(), f.han.block[c-hanFirst]
		if f.trace {
			f.units = append(f.units, unit{at: f.began, from: i, to: i + 3})
		}
		f.out.WriteRune(f.base)
		i += 3
	}
	return i
}

// letterRun takes the ASCII letters and digits at i that follow one already taken.
func (f *folder) letterRun(s string, i int) int {
	for i < len(s) && asciiKind(rune(s[i])) == letter && alone(s, i+1) {
		f.write(half(rune(s[i])))
		i++
		f.extend(i)
	}
	return i
}

// quick judges the characters that most texts consist of, if they are in compatibility form or are
// full-width; mark stands for all others.
func quick(c rune) kind {
	switch {
	case c < 0x80:
		return asciiKind(c)
	case c >= hanFirst && c <= hanLast, c >= 0xAC00 && c <= 0xD7A3:
		return dense
	case c >= 0x3041 && c <= 0x3096, c >= 0x30A1 && c <= 0x30FA, c == 'ー':
		return dense
	case c >= 0xFF01 && c <= 0xFF5E:
		return asciiKind(half(c))
	case c == 0x3000:
		return space
	case c >= 0x3001 && c <= 0x3020 && (c < 0x3005 || c > 0x3007), c >= 0x2010 && c <= 0x2027:
		return other
	case c >= 0x200B && c <= 0x200F:
		return hidden
	}
	return mark
}

// half is a letter or digit in half width and small.
func half(c rune) rune {
	if c >= 0xFF01 && c <= 0xFF5E {
		c -= 0xFF01 - '!'
	}
	if c >= 'A' && c <= 'Z' {
		c |= 0x20
	}
	return c
}

// alone tells from the first bytes of what follows that it does not combine with what is before.
func alone(s string, i int) bool {
	if i >= len(s) || s[i] < 0xCC { // U+0300 is the first mark
		return true
	}
	if i+1 >= len(s) {
		return false
	}
	switch b, next := s[i], s[i+1]; {
	case b >= 0xE4 && b <= 0xE9, b >= 0xEB && b <= 0xED: // U+4000..9FFF, B000..DFFF
		return true
	case b == 0xE2: // U+2000..203F, 2100..2CBF
		return next == 0x80 || next >= 0x84 && next <= 0xB2
	case b == 0xE3: // marks are U+302A..302F and 3099..309A; U+3130..318F are vowels that combine
		third := i+2 < len(s) && (next == 0x80 && s[i+2] < 0xA0 || next == 0x82 && s[i+2] != 0x99 && s[i+2] != 0x9A)
		return third || next == 0x81 || next == 0x83 || next >= 0x90
	case b == 0xEA: // U+AC00 and on
		return next >= 0xB0
	case b == 0xEF: // full-width forms
		return next == 0xBC || next == 0xBD
	}
	return false
}

// piece folds the shortest piece at i that normalization does not look beyond, and tells its end.
func (f *folder) piece(s string, i int) int {
	end := i + norm.NFKC.NextBoundaryInString(s[i:], true)
	if end <= i {
		end = len(s)
	}
	part := s[i:end]
	if !norm.NFKC.IsNormalString(part) {
		part = norm.NFKC.String(part)
	}
	for _, c := range part {
		f.character(c, i, end)
	}
	return end
}

// character folds a character in compatibility form; from and to are of the piece it is of.
func (f *folder) character(c rune, from, to int) {
	if k := kindOf(f.han.fold(c)); k == dense {
		f.dense(f.han.fold(c), from, to)
		return
	}
	switch k := kindOf(c); k {
	case other, space:
		f.between(k)
	case mark:
		f.mark(c, to)
	case letter:
		var room [4]rune
		for _, c := range foldLetter(room[:0], c) {
			f.letter(c, from, to)
		}
	}
}
