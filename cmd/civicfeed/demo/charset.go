package demo

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// encoder tells the two bytes of each character of a charset.
type encoder map[rune]uint16

// readCharset reads charsets/NAME.txt: on each line the code of the first character in
// hexadecimal, a blank, and the characters that follow one another; U+FFFD where none is assigned.
// The tables hold what ordinary text needs: GB 2312 whole with a few characters of GBK, the
// frequent half of Big5.
func readCharset(fsys fs.FS, name string) encoder {
	data, err := fs.ReadFile(fsys, "charsets/"+name+".txt")
	if err != nil {
		panic(err)
	}
	e := encoder{}
	for line := range strings.Lines(string(data)) {
		first, row, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		code, err := strconv.ParseUint(first, 16, 16)
		if err != nil {
			panic(fmt.Errorf("charset %s: %w", name, err))
		}
		for _, r := range row {
			if r != '\uFFFD' {
				e[r] = uint16(code)
			}
			code++
		}
	}
	return e
}

// encode writes markup in the charset; what it lacks becomes a character reference, as servers do.
func (e encoder) encode(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, r := range string(text) {
		code, known := e[r]
		switch {
		case r < 0x80:
			out = append(out, byte(r))
		case known:
			out = append(out, byte(code>>8), byte(code))
		default:
			out = fmt.Appendf(out, "&#%d;", r)
		}
	}
	return out
}
