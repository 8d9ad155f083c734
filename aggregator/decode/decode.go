// Package decode turns the bytes of a response into text that a parser can be trusted with:
// UTF-8 without characters that XML forbids, from the root element on. It refuses by name what is
// no feed. It is pure, and never reads a clock, a file or the network; it never judges what a
// feed says, nor how deep or large it is: that the parser does.
package decode

import (
	"bytes"

	"civicfeed/models"
)

// Text is a document as UTF-8.
type Text struct {
	Bytes    []byte   // XML begins with a declaration of UTF-8, then the root element
	Encoding string   // what the bytes were read as
	By       string   // what told the encoding, in words
	Repairs  []string // what had to be mended, in words
}

// Decode reads the body of a response as text. The encoding is told, in this order, by a byte
// order mark, by being valid UTF-8 beyond ASCII, by the XML declaration, by the charset of
// contentType, by the hint (the source's own setting, a label or empty), or by the bytes
// themselves. Labels that do not fit the bytes are passed over, and Latin-1, which fits all
// bytes, gives way to a hint and is not believed from contentType.
//
// Its errors are [models.Failure] of class not_a_feed.
func Decode(body []byte, contentType, hint string) (Text, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return Text{}, models.Fail(models.ErrNotAFeed, "not a feed: the response is empty")
	}
	var t Text
	t.Bytes = t.unicode(body, contentType, hint)
	t.Bytes = t.clean(t.Bytes, inBrackets(t.Bytes))
	t.Bytes = bytes.TrimSpace(t.Bytes)
	if len(t.Bytes) == 0 {
		return Text{}, models.Fail(models.ErrNotAFeed, "not a feed: the response is blank")
	}
	if at := jsonRoot(t.Bytes); at > 0 {
		t.repaired("skipped %d bytes before the JSON", at)
		t.Bytes = t.Bytes[at:]
	}
	if inBrackets(t.Bytes) {
		return t, checkJSON(t.Bytes)
	}
	root, err := findRoot(t.Bytes)
	if err != nil {
		return Text{}, err
	}
	if root.skipped > 0 {
		t.repaired("skipped %d bytes before the root element", root.skipped)
	}
	t.Bytes = root.declare(t.Bytes)
	return t, nil
}

// inBrackets tells whether a text begins as JSON does.
func inBrackets(b []byte) bool {
	b = bytes.TrimLeft(b, "\ufeff \t\r\n")
	return len(b) > 0 && (b[0] == '{' || b[0] == '[')
}

// checkJSON refuses JSON that is no JSON Feed.
func checkJSON(b []byte) error {
	if bytes.Contains(b, []byte("jsonfeed.org")) || bytes.Contains(b, []byte(`jsonfeed.org\/`)) {
		return nil
	}
	return models.Fail(models.ErrNotAFeed, "not a feed: JSON without a version that names jsonfeed.org: %s", excerpt(b))
}

const declaration = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
