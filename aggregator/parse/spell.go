package parse

import (
	"bytes"
	"fmt"
	"strings"

	"civicfeed/models"
)

// role is what an element is to a feed.
type role int

const (
	part role = iota // of a feed or an entry
	rootElement
	feedElement
	entryElement
	imageElement // of a feed; gofeed reads it itself
)

// element is one that has begun and not ended.
type element struct {
	raw        string // name as written; empty: not in the document
	out        string // name as spelled
	role       role
	leaf       bool
	base, lang string // in force
	bound      int    // namespace bindings before it
	start      int    // of what was spelled of it
	fragments  int    // CDATA sections in it
	children   int    // elements in it
}

type binding struct{ prefix, uri string }

// speller writes a document anew; see the package comment.
type speller struct {
	in      []byte
	at      int
	out     []byte
	stack   []element
	bound   []binding
	tag     tag
	atom    bool
	version string

	rootName string // in lower case
	native   bool   // the root declares a namespace of RSS or Atom
	entries  int
	ended    bool // the root element has
	fed      bool // a channel has begun

	unclosed, stray int
	unquoted        int // attributes without the quote that ends them
	channels        int // beyond the first
	truncated, full bool
	wrapper         string // name of an element around entries that none belongs into
	tags            int
	endless         endless
}

func spell(text []byte) (*speller, error) {
	s := &speller{in: text, out: make([]byte, 0, len(text)+len(text)/8+256)}
	for s.at < len(s.in) && !s.ended {
		i := bytes.IndexByte(s.in[s.at:], '<')
		if i < 0 {
			s.truncated = len(s.stack) > 0
			break
		}
		s.text(s.in[s.at : s.at+i])
		s.at += i
		if err := s.markupDeclaration(); err != nil {
			return nil, err
		}
	}
	if len(s.stack) == 0 && !s.ended {
		return nil, models.Fail(models.ErrNotAFeed, "not a feed: there is no root element")
	}
	s.finish()
	return s, nil
}

// markupDeclaration handles what begins with '<'.
func (s *speller) markupDeclaration() error {
	if s.tags++; s.tags > maxTags {
		return tooManyTags()
	}
	b := s.in[s.at:]
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		s.skip("-->")
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		s.section()
	case bytes.HasPrefix(b, []byte("<?")):
		s.skip("?>")
	case bytes.HasPrefix(b, []byte("<!")):
		s.skip(">")
	case bytes.HasPrefix(b, []byte("</")):
		s.endTag()
	case len(b) > 1 && nameStart(b[1]):
		return s.startTag()
	default:
		s.text(b[:1])
		s.at++
	}
	return nil
}

func (s *speller) skip(mark string) {
	if i := s.find(s.at, mark); i >= 0 {
		s.at = i + len(mark)
		return
	}
	s.escape()
}

// cut notes that the document ends in the midst of something.
func (s *speller) cut() { s.truncated, s.at = true, len(s.in) }

func (s *speller) top() *element { return &s.stack[len(s.stack)-1] }

// holdsText tells that character data counts here.
func (s *speller) holdsText() bool {
	return len(s.stack) > 0 && (s.top().role == part || s.top().role == imageElement) && s.top().children <= maxMixed
}

func (s *speller) text(raw []byte) {
	if len(raw) > 0 && s.holdsText() {
		s.out = appendText(s.out, raw)
	}
}

// section copies a CDATA section; many in one element become plain text, of which gofeed makes
// one string, not one for each.
func (s *speller) section() {
	inner := s.inSection()
	if !s.holdsText() {
		return
	}
	if e := s.top(); e.fragments < 4 {
		e.fragments++
		s.out = append(append(append(s.out, sectionStart...), inner...), sectionEnd...)
		return
	}
	s.out = appendEscaped(s.out, inner)
}

func (s *speller) startTag() error {
	n := s.tag.scanTag(s.in[s.at:])
	if n == 0 {
		s.cut()
		return nil
	}
	s.at += n
	s.heed(&s.tag)
	bound := len(s.bound)
	s.bind()
	if err := s.overLimit(); err != nil {
		return err
	}
	uri, _ := s.lookup(s.tag.prefix)
	v := vocabulary(uri, s.tag.prefix)
	if len(s.stack) == 0 {
		return s.root(v, bound)
	}
	s.top().children++
	s.closeText(v)
	e := element{raw: s.tag.raw, bound: bound, start: len(s.out), role: s.roleOf(v)}
	if e.role == feedElement && s.fed {
		s.again(e)
		return nil
	}
	if e.role == entryElement {
		s.closeEntry()
		s.unwrap()
		if s.entries == maxEntries {
			return s.fill()
		}
		e.start = len(s.out)
		s.entries++
	}
	s.inherit(&e)
	if e.role == part && texts[name{v, s.tag.local}] {
		s.construct(e, v)
		return nil
	}
	s.open(&e, v)
	if s.tag.empty {
		s.close()
	}
	return nil
}

func (s *speller) endTag() {
	end := bytes.IndexByte(s.in[s.at:], '>')
	if end < 0 {
		s.cut()
		return
	}
	name := strings.TrimSpace(string(s.in[s.at+2 : s.at+end]))
	s.at += end + 1
	for i := len(s.stack) - 1; i >= 0; i-- {
		if !strings.EqualFold(s.stack[i].raw, name) {
			continue
		}
		s.unclosed += len(s.stack) - 1 - i
		s.closeTo(i)
		return
	}
	if s.wrapper != "" && strings.EqualFold(s.wrapper, name) {
		return
	}
	s.stray++
}

// closeTo ends elements down to that of an index, which it ends too.
func (s *speller) closeTo(i int) {
	for len(s.stack) > i {
		s.close()
	}
}

func (s *speller) close() {
	e := s.top()
	if e.out != "" {
		s.out = append(append(append(s.out, "</"...), e.out...), '>')
	}
	s.bound = s.bound[:e.bound]
	s.stack = s.stack[:len(s.stack)-1]
	if len(s.stack) == 1 && s.stack[0].raw == "" {
		s.close() // the document's own root element was the one within
		return
	}
	s.ended = len(s.stack) == 0
}

// fill ends a document that holds as many entries as are read. What follows only counts.
func (s *speller) fill() error {
	s.full = true
	s.closeTo(0)
	if s.tags+bytes.Count(s.in[s.at:], []byte("<")) > maxTags {
		return tooManyTags()
	}
	return nil
}

// finish ends what is still open. Of a document that was cut short only whole entries count.
func (s *speller) finish() {
	if s.ended {
		return
	}
	s.truncated = true
	for i, e := range s.stack {
		if e.role == entryElement {
			s.out = s.out[:e.start]
			s.stack = s.stack[:i]
			s.entries--
			break
		}
	}
	s.closeTo(0)
}

// onlyFirst warns of a feed that holds more than is read.
var onlyFirst = fmt.Sprintf("only the first %d entries are read", maxEntries)

func (s *speller) warnings() []string {
	var w []string
	if s.truncated {
		w = append(w, "truncated: the document ends early; only its whole entries are read")
	}
	if s.full {
		w = append(w, onlyFirst)
	}
	if s.channels > 0 {
		w = append(w, count(s.channels, "a second channel: its entries are read, what it says of itself is not", "%d channels beside the first: their entries are read, what they say of themselves is not"))
	}
	if s.wrapper != "" {
		w = append(w, fmt.Sprintf("entries stand inside <%.40s>, where none belong", s.wrapper))
	}
	if s.unclosed > 0 {
		w = append(w, count(s.unclosed, "an end tag is missing", "%d end tags are missing"))
	}
	if s.unquoted > 0 {
		w = append(w, count(s.unquoted, "a quote that ends an attribute is missing", "%d quotes that end attributes are missing"))
	}
	if s.endless.times > 0 {
		w = append(w, count(s.endless.times, "a comment or CDATA section never ends: it is taken to end with what it is in", "%d comments or CDATA sections never end: they are taken to end with what they are in"))
	}
	if s.stray > 0 {
		w = append(w, count(s.stray, "an end tag ends nothing", "%d end tags end nothing"))
	}
	return w
}
