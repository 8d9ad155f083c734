package render

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestBodyIsItsBytes: however a document is in pieces, it is the same; another one is another.
func TestBodyIsItsBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		whole := bytes.Repeat([]byte("临江区"), r.IntN(8))
		a, b := inPieces(r, whole), inPieces(r, bytes.Clone(whole))
		var out bytes.Buffer
		if n, err := a.WriteTo(&out); err != nil || int(n) != len(whole) || a.Len() != len(whole) {
			t.Fatal(n, err, a.Len(), len(whole))
		}
		if !bytes.Equal(out.Bytes(), whole) || !bytes.Equal(a.Bytes(), whole) {
			t.Fatalf("%q is not %q", a.Bytes(), whole)
		}
		if !a.Equal(b) || !a.Equal(Body{whole}) || !a.Equal(a) {
			t.Fatalf("%q and %q differ", a, b)
		}
		if len(whole) == 0 {
			continue
		}
		other := bytes.Clone(whole)
		other[r.IntN(len(other))] ^= 1
		if a.Equal(inPieces(r, other)) || a.Equal(inPieces(r, whole[1:])) {
			t.Fatalf("%q and %q are equal", a, other)
		}
	}
}

// inPieces cuts a document anywhere, empty pieces included.
func inPieces(r *rand.Rand, whole []byte) (b Body) {
	for len(whole) > 0 || r.IntN(3) == 0 {
		n := r.IntN(len(whole) + 1)
		b, whole = append(b, whole[:n]), whole[n:]
	}
	return b
}
