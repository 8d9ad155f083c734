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
		f.out = append(f.out, wordEdge)
	}
	f.open = false
}

// dense writes a dense character, each a unit of its own.
func (f *folder) dense(c rune, from, to int) {
	f.close()
	if f.last == dense && f.gap != hidden || f.last == letter && f.gap == other {
		f.out = append(f.out, breakPoint)
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
			f.out = append(f.out, breakPoint)
		}
		f.out = append(f.out, wordEdge)
	case other:
		f.out = append(f.out, wordEdge)
	}
	f.begin(letter, from, to)
	f.write(c)
}

// mark joins a mark to the unit it stands behind. In the raw text it is never parted from its
// character, even where that is only the end of what a unit was made of, as in ⑴.
func (f *folder) mark(c rune, from, to int) {
	if !f.open {
		if f.trace && len(f.units) > 0 && f.units[len(f.units)-1].to == from {
			f.extend(to)
		}
		return
	}
	f.extend(to)
	if keeps(f.base, c) {
		base := f.base
		f.write(c)
		f.base = base
	}
}

func (f *folder) begin(k kind, from, to int) {
	f.last, f.open, f.gap, f.began, f.full = k, true, hidden, len(f.out), false
	if f.trace {
		f.units = append(f.units, unit{at: len(f.out), from: from, to: to})
	}
}

func (f *folder) extend(to int) {
	if f.trace {
		f.units[len(f.units)-1].to = to
	}
}

func (f *folder) write(c rune) {
	f.base = c
	if f.full = f.full || len(f.out)-f.began+utf8.RuneLen(c) > maxUnit; !f.full {
		f.out = utf8.AppendRune(f.out, c)
	}
}
