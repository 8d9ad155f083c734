package decode_test

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"civicfeed/aggregator/decode"
)

// check holds what is true of every decoded text.
func check(t *testing.T, body []byte, got decode.Text) {
	t.Helper()
	if !utf8.Valid(got.Bytes) {
		t.Errorf("not UTF-8: %q", got.Bytes)
	}
	if i := bytes.IndexFunc(got.Bytes, forbidden); i >= 0 {
		t.Errorf("a forbidden character at %d of %q", i, got.Bytes)
	}
	if len(got.Bytes) > 4*len(body)+1<<20 {
		t.Errorf("%d bytes became %d", len(body), len(got.Bytes))
	}
	if c := got.Bytes[0]; c != '{' && c != '[' && !bytes.HasPrefix(got.Bytes, []byte(`<?xml version="1.0" encoding="UTF-8"?>`+"\n<")) {
		t.Errorf("begins with %.80q", got.Bytes)
	}
	again, err := decode.Decode(got.Bytes, "", "")
	if err == nil && !bytes.Equal(again.Bytes, got.Bytes) && again.Encoding == "utf-8" {
		t.Errorf("decoded again it differs:\n%q\n%q", got.Bytes, again.Bytes)
	}
}

func forbidden(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}
