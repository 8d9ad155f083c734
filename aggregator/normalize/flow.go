package normalize

import (
	"strings"
	"unicode"
)

// flow gathers the plain text of a body: white space folded, a line for each block.
type flow struct {
	text string
	b    strings.Builder
	gap  byte // what is due before the next character: a blank or a new line
}

func (f *flow) String() string { return f.b.String() }

func (f *flow) line() { f.gap = '\n' }

func (f *flow) space() {
	if f.gap == 0 {
		f.gap = ' '
	}
}

// write adds text that has no hidden characters; in pre its lines stay.
func (f *flow) write(s string, pre bool) {
	for s != "" {
		word := strings.IndexFunc(s, func(c rune) bool { return !unicode.IsSpace(c) })
		if word != 0 {
			blank := s
			if word > 0 {
				blank = s[:word]
			}
			if pre && strings.Contains(blank, "\n") {
				f.line()
			} else {
				f.space()
			}
			if word < 0 {
				return
			}
			s = s[word:]
		}
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end < 0 {
			end = len(s)
		}
		if f.gap != 0 && f.b.Len() > 0 {
			f.b.WriteByte(f.gap)
		}
		f.gap = 0
		f.b.WriteString(s[:end])
		s = s[end:]
	}
}
