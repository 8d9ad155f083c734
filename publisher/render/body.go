package render

import (
	"bytes"
	"io"
)

// Body is a document in pieces, in their order. It is not put together before somebody wants it whole:
// a story stands in many documents, and all of them have the same piece. Nobody may change one.
type Body [][]byte

// Len is the number of bytes.
func (b Body) Len() (n int) {
	for _, piece := range b {
		n += len(piece)
	}
	return n
}

// Equal tells whether two documents have the same bytes, however they are in pieces. Shared pieces
// are not looked at.
func (b Body) Equal(o Body) bool {
	if b.Len() != o.Len() {
		return false
	}
	var mine, others []byte
	for len(b) > 0 || len(mine) > 0 {
		if len(mine) == 0 {
			mine, b = b[0], b[1:]
			continue
		}
		if len(others) == 0 {
			others, o = o[0], o[1:]
			continue
		}
		n := min(len(mine), len(others))
		if &mine[0] != &others[0] && !bytes.Equal(mine[:n], others[:n]) {
			return false
		}
		mine, others = mine[n:], others[n:]
	}
	return true
}

// Bytes is the document whole, which may be a piece of it.
func (b Body) Bytes() []byte {
	if len(b) == 1 {
		return b[0]
	}
	return bytes.Join(b, nil)
}

// WriteTo writes all pieces.
func (b Body) WriteTo(w io.Writer) (written int64, err error) {
	for _, piece := range b {
		n, err := w.Write(piece)
		written += int64(n)
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
