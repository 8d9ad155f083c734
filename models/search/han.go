package search

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed han.txt
var hanText string

// The characters in daily use lie in one block, which is looked up by place.
const (
	hanFirst = 0x4E00
	hanLast  = 0x9FFF
)

// hanTable tells for a Chinese character which one stands for it in a search.
type hanTable struct {
	block [hanLast - hanFirst + 1]rune
	rare  map[rune]rune // of other blocks
}

var hanForms = sync.OnceValue(func() *hanTable { return readHan(hanText) })

func readHan(text string) *hanTable {
	t := &hanTable{rare: map[rune]rune{}}
	for i := range t.block {
		t.block[i] = hanFirst + rune(i)
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for group := range strings.FieldsSeq(line) {
			t.add([]rune(group))
		}
	}
	return t
}

func (t *hanTable) add(group []rune) {
	for _, c := range group {
		if c >= hanFirst && c <= hanLast {
			t.block[c-hanFirst] = group[0]
		} else {
			t.rare[c] = group[0]
		}
	}
}

// fold is the character that stands for c.
func (t *hanTable) fold(c rune) rune {
	switch {
	case c >= hanFirst && c <= hanLast:
		return t.block[c-hanFirst]
	case c < 0x2500, c >= 0x3040 && c < 0x3400, c > hanLast && c < 0x20000: // other scripts
		return c
	}
	if to, ok := t.rare[c]; ok {
		return to
	}
	return c
}
