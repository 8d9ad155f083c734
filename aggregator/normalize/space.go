package normalize

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// nextSpace finds the next white space of a text from i on, and its length; where none is left, len(s)
// and 0. Of texts in Chinese it looks at one byte of most characters.
func nextSpace(s string, i int) (at, size int) {
	for i < len(s) {
		switch c := s[i]; {
		case c < utf8.RuneSelf:
			if c == ' ' || c >= '\t' && c <= '\r' {
				return i, 1
			}
			i++
		case c >= 0xE4 && c <= 0xE9: // no white space begins so
			i += 3
		case c == 0xC2 || c >= 0xE1 && c <= 0xE3:
			r, n := utf8.DecodeRuneInString(s[i:])
			if unicode.IsSpace(r) {
				return i, n
			}
			i += n
		default:
			i++
		}
	}
	return len(s), 0
}

// squeeze drops white space, which no reader sees.
func squeeze(s string) string {
	if !utf8.ValidString(s) {
		return strings.Map(func(c rune) rune {
			if unicode.IsSpace(c) {
				return -1
			}
			return c
		}, s)
	}
	at, size := nextSpace(s, 0)
	if size == 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); at, size = nextSpace(s, i) {
		b = append(b, s[i:at]...)
		i = at + size
	}
	return string(b)
}
