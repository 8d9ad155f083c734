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
