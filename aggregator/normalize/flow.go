package normalize

import "strings"

// flow gathers the plain text of a body: white space folded as [fold] does, a line for each block.
type flow struct {
	text string
	b    strings.Builder
	gap  rune // what is due before the next character: a blank, an ideographic space or a new line
}

func (f *flow) String() string { return f.b.String() }

func (f *flow) line() { f.gap = '\n' }

func (f *flow) space(wide bool) {
	switch {
	case f.gap == '\n':
	case f.gap == 0 && wide:
		f.gap = '\u3000'
	default:
		f.gap = ' '
	}
}

// write adds text that has no hidden characters; in pre its lines stay.
func (f *flow) write(s string, pre bool) {
	for i := 0; i < len(s); {
		at, size := nextSpace(s, i)
		if at > i {
			f.word(s[i:at])
		}
		if pre && size > 0 && s[at] == '\n' {
			f.line()
		} else if size > 0 {
			f.space(strings.HasPrefix(s[at:], "\u3000"))
		}
		i = at + size
	}
}

func (f *flow) word(s string) {
	if f.gap != 0 && f.b.Len() > 0 {
		f.b.WriteRune(f.gap)
	}
	f.gap = 0
	f.b.WriteString(s)
}
