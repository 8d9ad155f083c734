package search

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// kind is what a character is for a search.
type kind uint8

const (
	other  kind = iota // punctuation, symbols, controls: stands between, and parts
	space              // stands between, and parts less
	hidden             // is not there: of no width, or directing others
	mark               // belongs to the character before it
	dense              // a character of a script without spaces
	letter             // of a word, or a digit
)

// spaceless are the scripts whose words nothing parts, and Hangul, whose words take endings.
var spaceless = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo, unicode.Yi,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// kindOf judges a character in compatibility form.
func kindOf(c rune) kind {
	if k := quick(c); k != mark {
		return k
	}
	switch {
	case c == 0x115F || c == 0x1160: // Hangul fillers are letters by name only
		return space
	case unicode.IsLetter(c), unicode.Is(unicode.Nl, c):
		if unicode.In(c, spaceless...) {
			return dense
		}
		return letter
	case unicode.IsNumber(c):
		return letter
	case unicode.IsMark(c):
		return mark
	case unicode.Is(unicode.Cf, c):
		return hidden
	case unicode.IsSpace(c):
		return space
	}
	return other
}

func asciiKind(c rune) kind {
	switch {
	case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9':
		return letter
	case c == ' ', c >= '\t' && c <= '\r':
		return space
	}
	return other
}

// plainLetters are letters with a diacritic that Unicode does not take apart.
var plainLetters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'ł': "l", 'ħ': "h", 'ŧ': "t", 'þ': "th", 'ı': "i",
	'ё': "е", // Russian writes the two dots or not
}

// foldLetter appends a letter of a word without case and diacritics.
func foldLetter(b []rune, c rune) []rune {
	c = unicode.ToLower(unicode.ToUpper(c)) // both, for letters with two small forms: σ ς
	if c < 0x80 {
		return append(b, c)
	}
	if bare(c) {
		c = stripped(c)
	}
	plain, ok := plainLetters[c]
	if !ok {
		return append(b, c)
	}
	for _, c := range plain {
		b = append(b, c)
	}
	return b
}

// stripped is a letter without the marks that Unicode makes it of.
func stripped(c rune) rune {
	var room [utf8.UTFMax]byte
	parts := norm.NFD.Properties(utf8.AppendRune(room[:0], c)).Decomposition()
	if parts == nil {
		return c
	}
	base, _ := utf8.DecodeRune(parts)
	return base
}

// bare tells of the scripts that are searched without diacritics. In others a mark makes another
// letter (й, が), or the vowel.
func bare(c rune) bool { return unicode.In(c, unicode.Latin, unicode.Greek) }

// keeps tells whether a mark is part of what its character is searched by.
func keeps(base, m rune) bool {
	switch {
	case m >= 0xFE00 && m <= 0xFE0F, m >= 0xE0100, m == 0x034F: // variation selectors, the grapheme joiner
		return false
	case unicode.Is(unicode.Me, m), unicode.Is(unicode.Han, base), unicode.IsNumber(base):
		return false
	}
	return !bare(base)
}
