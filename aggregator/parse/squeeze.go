package parse

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// squeeze makes one blank of all white space in a row, and none at the ends.
func squeeze(s string) string {
	if s = strings.TrimFunc(s, unseen); squeezed(s) {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, unseen), " ")
}

func unseen(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' }

// squeezed tells of most texts that there is nothing to be done.
func squeezed(s string) bool {
	after := true // a blank, or the beginning
	for _, r := range s {
		switch {
		case r > ' ' && r < 0x85 || r > 0x3000 && r != '\ufeff':
			after = false
		case r == ' ' && !after:
			after = true
		case unseen(r):
			return false
		default:
			after = false
		}
	}
	return !after || s == ""
}

// tight is a text without blanks.
func tight(s string) string {
	if strings.IndexFunc(s, unicode.IsSpace) < 0 {
		return s
	}
	return strings.Join(strings.Fields(s), "")
}

// shownRunes counts the characters of a text, the white space of its markup as one.
func shownRunes(s string) int {
	n := utf8.RuneCountInString(s)
	for i := 1; i < len(s); i++ {
		if s[i] <= ' ' && s[i-1] <= ' ' {
			n--
		}
	}
	return n
}

// blank tells that a text shows nothing.
func blank(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c > ' ' && c < utf8.RuneSelf {
			return false
		} else if c >= utf8.RuneSelf {
			for _, r := range s[i:] {
				if !unicode.IsSpace(r) && r != '\u200b' && r != '\ufeff' {
					return false
				}
			}
			return true
		}
	}
	return true
}
