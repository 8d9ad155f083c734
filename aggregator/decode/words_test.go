package decode

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestUncleanLooksAtEveryByte compares the search by words with one by bytes.
func TestUncleanLooksAtEveryByte(t *testing.T) {
	bits := rand.New(rand.NewPCG(1, 2))
	some := []byte("a b<>\t\n\r%'&#\x00\x1f\x20\x7f\x80\x9f\xa0\xc2\xef\xbb\xbf\xbe\xff新")
	for range 200_000 {
		b := make([]byte, bits.IntN(40))
		for i := range b {
			if b[i] = 'x'; bits.IntN(6) == 0 {
				b[i] = some[bits.IntN(len(some))]
			}
		}
		want := -1
		for i := range b {
			if mayGo(b, i) {
				want = i
				break
			}
		}
		if got := unclean(b); got != want {
			t.Fatalf("%q: found at %d, want %d", b, got, want)
		}
		if got, want := isASCII(b), !bytes.ContainsFunc(b, func(r rune) bool { return r >= 0x80 }); got != want {
			t.Fatalf("%q: ASCII %v", b, got)
		}
	}
}
