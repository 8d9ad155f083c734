package normalize

import "strings"

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
	for i := 0; i < len(s); {
		at, size := nextSpace(s, i)
		if at > i {
			f.word(s[i:at])
		}
		if pre && size > 0 && s[at] == '\n' {
			f.line()
		} else if size > 0 {
			f.space()
		}
		i = at + size
	}
}

func (f *flow) word(s string) {
	if f.gap != 0 && f.b.Len() > 0 {
		f.b.WriteByte(f.gap)
	}
	f.gap = 0
	f.b.WriteString(s)
}
