package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strconv"
	"unicode/utf8"
)

// forbidden tells that XML 1.0 (section 2.2) has no such character.
func forbidden(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' && r != '\r' ||
		r >= 0xD800 && r <= 0xDFFF || r == 0xFFFE || r == 0xFFFF || r > utf8.MaxRune
}

// clean drops forbidden characters, byte order marks and C1 controls, and the references to
// forbidden ones, which JSON does not have. Quotes and dashes of Windows-1252 that were taken for C1 controls come back.
func (t *Text) clean(b []byte, json bool) []byte {
	first := unclean(b)
	if first < 0 {
		return b
	}
	out, dropped := append(make([]byte, 0, len(b)), b[:first]...), 0
	for i := first; i < len(b); {
		size := badAt(b[i:], json)
		if size > 0 {
			if quote, ok := windowsQuotes[string(b[i:i+size])]; ok {
				out = append(out, quote...)
			} else {
				dropped++
			}
			i += size
			continue
		}
		next := unclean(b[i+1:])
		if next < 0 {
			out = append(out, b[i:]...)
			break
		}
		out = append(out, b[i:i+1+next]...)
		i += 1 + next
	}
	if dropped > 0 {
		t.repaired("dropped characters that XML forbids: %d", dropped)
	}
	return out
}

// unclean finds the next place where something may have to go, or -1. Most words have none.
func unclean(b []byte) int {
	for start := 0; start < len(b); start += word {
		if whole := b[start:]; len(whole) >= word && isPlain(binary.LittleEndian.Uint64(whole)) {
			continue
		}
		for i := start; i < min(start+word, len(b)); i++ {
			if mayGo(b, i) {
				return i
			}
		}
	}
	return -1
}

// Eight bytes are looked at in one step; the constants have a 1, or the highest bit, in each.
const (
	word  = 8
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// isPlain tells that eight bytes are ASCII without control characters and ampersands.
func isPlain(w uint64) bool {
	return (w|(w-ones*0x20)|(w^ones*'&'-ones))&highs == 0
}

// mayGo tells that something at a place may have to go.
func mayGo(b []byte, i int) bool {
	switch c := b[i]; {
	case c < 0x20:
		return c != '\t' && c != '\n' && c != '\r'
	case c == '&':
		return i+1 < len(b) && b[i+1] == '#'
	case c == 0xC2:
		return i+1 < len(b) && b[i+1] < 0xA0
	case c == 0xEF:
		return i+2 < len(b) && b[i+1] >= 0xBB && b[i+2] >= 0xBE
	}
	return false
}

// badAt tells how many bytes to drop at the start of b.
func badAt(b []byte, json bool) int {
	if b[0] == '&' && json {
		return 0
	}
	if b[0] == '&' {
		return badReference(b)
	}
	r, size := utf8.DecodeRune(b)
	if forbidden(r) || r == 0xFEFF || r >= 0x80 && r < 0xA0 {
		return size
	}
	return 0
}

// badReference measures a numeric reference to a forbidden character.
func badReference(b []byte) int {
	end := bytes.IndexByte(b[:min(len(b), 32)], ';')
	if end < 3 || b[1] != '#' {
		return 0
	}
	digits, base := b[2:end], 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(string(digits), base, 64)
	if errors.Is(err, strconv.ErrSyntax) || n <= utf8.MaxRune && !forbidden(rune(n)) {
		return 0
	}
	return end + 1
}

// windowsQuotes are C1 controls that are quotes and dashes in Windows-1252.
var windowsQuotes = map[string]string{
	"\u0091": "‘", "\u0092": "’", "\u0093": "“", "\u0094": "”", "\u0096": "–", "\u0097": "—",
}
