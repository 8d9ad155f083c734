package parse

import (
	"bytes"
	"fmt"
	"html"
	"strings"
)

// tag is a start tag as written.
type tag struct {
	raw    string // name with its prefix
	prefix string
	local  string // in lower case
	attrs  []attribute
	empty  bool // closed at once
	open   bool // a value lacks the quote that ends it
	rest   []byte
}

type attribute struct {
	prefix, local string // in lower case, but for the prefixes that xmlns declares
	value         []byte // as written, without quotes
}

func (t *tag) attr(prefix, local string) string {
	for _, a := range t.attrs {
		if a.prefix == prefix && a.local == local {
			return unescape(a.value)
		}
	}
	return ""
}

// scanTag reads the start tag that b begins with, into a tag to be used again; it gives the
// length, or 0 where the tag does not end.
func (t *tag) scanTag(b []byte) int {
	i := 1
	for i < len(b) && !isBlank(b[i]) && b[i] != '>' && b[i] != '/' && b[i] != '<' {
		i++
	}
	if before := *t; before.raw == string(b[1:i]) { // as often as not
		*t = tag{raw: before.raw, prefix: before.prefix, local: before.local, attrs: before.attrs[:0]}
	} else {
		*t = tag{raw: string(b[1:i]), attrs: before.attrs[:0]}
		t.prefix, t.local = split(t.raw)
	}
	start := i
	for i < len(b) {
		switch c := b[i]; {
		case isBlank(c):
			i++
		case len(t.attrs) > maxAttributes: // it is cut off here
			t.rest = b[start:i]
			return i
		case c == '>':
			t.rest = b[start:i]
			return i + 1
		case c == '/':
			t.empty = i+1 < len(b) && b[i+1] == '>'
			i++
		case c == '<': // the tag was never ended: it ends here
			t.rest = b[start:i]
			return i
		default:
			i = t.scanAttribute(b, i)
		}
	}
	return 0
}

func (t *tag) scanAttribute(b []byte, i int) int {
	start := i
	for i < len(b) && !isBlank(b[i]) && b[i] != '=' && b[i] != '>' && b[i] != '/' && b[i] != '<' {
		i++
	}
	name := string(b[start:i])
	for i < len(b) && isBlank(b[i]) {
		i++
	}
	if i >= len(b) || b[i] != '=' {
		return max(i, start+1)
	}
	for i++; i < len(b) && isBlank(b[i]); i++ {
	}
	value, i, ended := scanValue(b, i)
	t.open = t.open || !ended
	p, l := split(name)
	if p == "xmlns" {
		_, l, _ = strings.Cut(name, ":")
	}
	t.attrs = append(t.attrs, attribute{p, l, value})
	return i
}

// scanValue reads a value; one that lacks the quote that ends it ends with its word or tag.
func scanValue(b []byte, i int) (value []byte, next int, ended bool) {
	quoted := i < len(b) && (b[i] == '"' || b[i] == '\'')
	if quoted {
		i++
		end := bytes.IndexByte(b[i:], b[i-1])
		if end >= 0 && !strays(b[i:], end) {
			return b[i : i+end], i + end + 1, true
		}
	}
	start := i
	for i < len(b) && !isBlank(b[i]) && b[i] != '>' && !(quoted && (b[i] == '<' || bytes.HasPrefix(b[i:], []byte("/>")))) {
		i++
	}
	return b[start:i], i, !quoted
}

// strays tells that the quote at end is that of a later attribute or of a text. XML has no bare
// '<' in a value; one is let through that no tag's end is before, in a value that something may follow.
func strays(b []byte, end int) bool {
	tag := bytes.IndexByte(b[:end], '<')
	if tag < 0 {
		return false
	}
	follows := end+1 == len(b) || isBlank(b[end+1]) || b[end+1] == '>' || b[end+1] == '/'
	return !follows || bytes.IndexByte(b[:tag], '>') >= 0
}

// inQuotes writes the attributes of a tag anew.
func (t *tag) inQuotes() (rest []byte) {
	for _, a := range t.attrs {
		rest = fmt.Appendf(rest, ` %s="%s"`, a.local, bytes.ReplaceAll(a.value, []byte(`"`), []byte("&#34;")))
	}
	return rest
}

// split takes a name apart; the local part comes in lower case.
func split(name string) (prefix, local string) {
	p, l, found := strings.Cut(name, ":")
	if !found {
		return "", strings.ToLower(name)
	}
	return p, strings.ToLower(l)
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func nameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

func unescape(b []byte) string {
	if bytes.IndexByte(b, '&') < 0 {
		return string(b)
	}
	return html.UnescapeString(string(appendText(nil, b)))
}

// appendName writes a name that XML allows.
func appendName(dst []byte, name string) []byte {
	if name == "" || !nameStart(name[0]) || name[0] >= 0x80 {
		dst = append(dst, '_')
	}
	for _, c := range []byte(name) {
		switch {
		case nameStart(c) && c < 0x80, c >= '0' && c <= '9', c == '-', c == '.':
			dst = append(dst, c)
		default:
			dst = append(dst, '_')
		}
	}
	return dst
}

// appendText writes character data or an attribute's value so that it reads as a person meant
// it: HTML's entities become characters, an ampersand that begins none is one.
func appendText(dst, raw []byte) []byte {
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '"':
			dst = append(dst, "&#34;"...)
		case '&':
			n := reference(raw[i:])
			if n == 0 && unendedBlank(raw[i:]) {
				dst = append(dst, "\u00a0"...)
				i += len("&nbsp") - 1
				continue
			}
			if n == 0 {
				dst = append(dst, "&amp;"...)
				continue
			}
			dst = appendReference(dst, raw[i:i+n])
			i += n - 1
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// unendedBlank tells that b begins with the one reference that is often left without its end.
func unendedBlank(b []byte) bool {
	rest, ok := bytes.CutPrefix(b, []byte("&nbsp"))
	return ok && (len(rest) == 0 || !nameStart(rest[0]) && rest[0] != '=' && rest[0] != ';' && (rest[0] < '0' || rest[0] > '9') || rest[0] >= 0x80)
}

// longestReference is "&CounterClockwiseContourIntegral;".
const longestReference = 33

// reference measures the reference that b begins with; 0: it is none.
func reference(b []byte) int {
	end := bytes.IndexByte(b[:min(len(b), longestReference)], ';')
	if end < 2 {
		return 0
	}
	for i, c := range b[1:end] {
		if !(nameStart(c) && c < 0x80 || c >= '0' && c <= '9' || c == '#' && i == 0) {
			return 0
		}
	}
	return end + 1
}

func appendReference(dst, ref []byte) []byte {
	switch string(ref) {
	case "&amp;", "&lt;", "&gt;", "&quot;", "&apos;":
		return append(dst, ref...)
	}
	text := html.UnescapeString(string(ref))
	if text == string(ref) || strings.HasSuffix(text, ";") && ref[1] != '#' { // unknown, or only its beginning is known
		dst = append(dst, "&amp;"...)
		return append(dst, ref[1:]...)
	}
	return appendEscaped(dst, text)
}

// appendEscaped writes text so that it is read as it stands.
func appendEscaped[T string | []byte](dst []byte, text T) []byte {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '&':
			dst = append(dst, "&amp;"...)
		case '"':
			dst = append(dst, "&#34;"...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
