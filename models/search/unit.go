package search

import "unicode/utf8"

// between notes that something stands between the units.
func (f *folder) between(k kind) {
	f.close()
	if f.gap != other {
		f.gap = k
	}
}

// close ends the unit.
func (f *folder) close() {
	if f.open && f.last == letter {
		f.out.WriteByte(wordEdge)
	}
	f.open = false
}

// dense writes a dense character, each a unit of its own.
func (f *folder) dense(c rune, from, to int) {
	f.close()
	if f.last == dense && f.gap != hidden || f.last == letter && f.gap == other {
		f.out.WriteByte(breakPoint)
	}
	f.begin(dense, from, to)
	f.write(c)
}

// letter writes a letter of a word, and what is before the word with its first.
func (f *folder) letter(c rune, from, to int) {
	if f.open && f.last == letter {
		f.extend(to)
		f.write(c)
		return
	}
	f.close()
	switch f.last {
	case dense:
		if f.gap == other {
			f.out.WriteByte(breakPoint)
		}
		f.out.WriteByte(wordEdge)
	case other:
		f.out.WriteByte(wordEdge)
	}
	f.begin(letter, from, to)
	f.write(c)
}

// mark joins a mark to the unit it stands behind; behind anything else it is nothing.
func (f *folder) mark(c rune, to int) {
	if !f.open {
		return
	}
	f.extend(to)
	if base := f.base; keeps(base, c) {
		f.write(c)
		f.base = base
	}
}

func (f *folder) begin(k kind, from, to int) {
	f.last, f.open, f.gap, f.began, f.full = k, true, hidden, f.out.Len(), false
	if f.trace {
		f.units = append(f.units, unit{at: f.out.Len(), from: from, to: to})
	}
}

func (f *folder) extend(to int) {
	if f.trace {
		f.units[len(f.units)-1].to = to
	}
}

func (f *folder) write(c rune) {
	f.base = c
	if f.full = f.full || f.out.Len()-f.began+utf8.RuneLen(c) > maxUnit; !f.full {
		f.out.WriteRune(c)
	}
}
