package render

import (
	"bytes"
	"encoding/xml"

	"github.com/gorilla/feeds"
)

const (
	nsAtom    = "http://www.w3.org/2005/Atom"
	nsContent = "http://purl.org/rss/1.0/modules/content/"
	nsDC      = "http://purl.org/dc/elements/1.1/"
	nsMedia   = "http://search.yahoo.com/mrss/"
	nsHistory = "http://purl.org/syndication/history/1.0"
)

// document is a feed behind the instruction that lets a browser show it readably.
type document struct {
	stylesheet string
	root       any
}

// FeedXml gives the document to [feeds.WriteXML].
func (d document) FeedXml() any { return d }

// MarshalXML writes the instruction, then the root.
func (d document) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	href := escape([]byte(`type="text/css" href="`), d.stylesheet)
	if err := e.EncodeToken(xml.ProcInst{Target: "xml-stylesheet", Inst: append(href, '"')}); err != nil {
		return err
	}
	return e.Encode(d.root)
}

// write encodes a document, which is small: a head.
func (d document) write() ([]byte, error) {
	var out bytes.Buffer
	out.Grow(4 << 10)
	if err := feeds.WriteXML(d, &out); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// element encodes an element as it stands at a depth of a document, on lines of its own.
func element(v any, depth, size int) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(size)
	out.WriteByte('\n')
	enc := xml.NewEncoder(&out)
	enc.Indent(indentation[1:1+2*depth], indentation[1:3])
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// before is where the end of a document begins.
func before(end string) func([]byte) int {
	return func(doc []byte) int { return bytes.LastIndex(doc, []byte(end)) }
}

// size guesses how many bytes an entry takes, from its body.
func (e *record) size() int { return 4<<10 + e.weight() }

// elements are children of an element, written by hand: what the library's structs have no fields
// for, and too many for reflection to be quick.
type elements struct {
	buf   []byte
	depth int
}

// within starts the elements of a parent at a depth; the root's is 0.
func within(depth, size int) *elements {
	return &elements{make([]byte, 0, size), depth + 1}
}

const indentation = "\n                "

// open begins a tag on a line of its own.
func (x *elements) open(name string) {
	x.buf = append(x.buf, indentation[:1+2*x.depth]...)
	x.buf = append(append(x.buf, '<'), name...)
}

func (x *elements) close(name string) {
	x.buf = append(append(append(x.buf, "</"...), name...), '>')
}

// add writes an element with attributes, given as name and value in turn; those without a value
// are left out.
func (x *elements) add(name, text string, attributes ...string) {
	x.open(name)
	for i := 0; i+1 < len(attributes); i += 2 {
		if attributes[i+1] != "" {
			x.buf = append(append(x.buf, ' '), attributes[i]...)
			x.buf = append(escape(append(x.buf, `="`...), attributes[i+1]), '"')
		}
	}
	if text == "" {
		x.buf = append(x.buf, "/>"...)
		return
	}
	x.buf = escape(append(x.buf, '>'), text)
	x.close(name)
}

// optional adds an element unless it would be empty.
func (x *elements) optional(name, text string) {
	if text != "" {
		x.add(name, text)
	}
}

// nest writes an element around others.
func (x *elements) nest(name string, children func()) {
	x.open(name)
	x.buf = append(x.buf, '>')
	x.depth++
	children()
	x.depth--
	x.buf = append(x.buf, indentation[:1+2*x.depth]...)
	x.close(name)
}

// escape appends text for use in elements and attributes. Markup is escaped by numbers, as the
// RSS profile advises: readers that take every text for HTML do not undo those twice.
func escape(b []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		var by string
		switch s[i] {
		case '&':
			by = "&#x26;"
		case '<':
			by = "&#x3C;"
		case '>':
			by = "&#x3E;"
		case '"':
			by = "&#x22;"
		case '\t':
			by = "&#x9;"
		case '\n':
			by = "&#xA;"
		case '\r':
			by = "&#xD;"
		default:
			continue
		}
		b = append(append(b, s[from:i]...), by...)
		from = i + 1
	}
	return append(b, s[from:]...)
}
