package search

import (
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
	out   []byte
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

func newFolder(room []byte) folder { return folder{out: room, han: hanForms(), gap: hidden} }

// field ends a field of the document: no phrase goes on in the next.
func (f *folder) field() {
	f.close()
	f.out = append(f.out, breakPoint, breakPoint)
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
		default:
			f.letter(half(c), i, end)
		}
		i = end
	}
	f.close()
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
	var room [64]byte
	for part := norm.NFKC.AppendString(room[:0], s[i:end]); len(part) > 0; {
		c, size := utf8.DecodeRune(part)
		part = part[size:]
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
		f.mark(c, from, to)
	case letter:
		var room [4]rune
		for _, c := range foldLetter(room[:0], c) {
			f.letter(c, from, to)
		}
	}
}
