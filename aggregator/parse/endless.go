package parse

import (
	"bytes"
	"regexp"
	"strings"
)

// What never ends would swallow all that follows: a comment or a CDATA section without its end,
// an attribute without its quote. In a document that does end, it ends with what it is in.

const sectionStart, sectionEnd = "<![CDATA[", "]]>"

// endless is what the speller knows of ends that never come; it keeps looking for them linear.
type endless struct {
	absent map[string]int // the place from which on a mark is not found
	exit   int            // the border last found
	end    int            // the document's last end tag; 0: not looked for, -1: not that of the root
	times  int
}

// border is where an entry begins or ends, or the feed ends.
var border = regexp.MustCompile(`(?i)</?(?:[\w.-]+:)?(?:item|entry)[\s/>]|</(?:[\w.-]+:)?(?:channel|feed|rss|rdf)[\s>]`)

// find gives where a mark stands, from a place on; -1: nowhere.
func (s *speller) find(from int, mark string) int {
	if at, known := s.endless.absent[mark]; known && from >= at {
		return -1
	}
	if i := bytes.Index(s.in[from:], []byte(mark)); i >= 0 {
		return from + i
	}
	if s.endless.absent == nil {
		s.endless.absent = map[string]int{}
	}
	s.endless.absent[mark] = from
	return -1
}

// escape goes on behind what begins here and never ends, at the next border. In a document that
// does not end itself there may be more to come: that was cut.
func (s *speller) escape() {
	e := &s.endless
	if e.end == 0 {
		e.end = s.lastEnd()
	}
	if s.at >= e.end {
		s.cut()
		return
	}
	if e.exit <= s.at {
		e.exit = e.end
		if at := border.FindIndex(s.in[s.at:e.end]); at != nil {
			e.exit = s.at + at[0]
		}
	}
	e.times++
	s.at = e.exit
}

// lastEnd finds the end tag of the root element; -1: the document ends with something else.
func (s *speller) lastEnd() int {
	i := bytes.LastIndex(s.in, []byte("</"))
	if i < 0 {
		return -1
	}
	name, _, ended := strings.Cut(string(s.in[i+2:min(len(s.in), i+100)]), ">")
	if _, local := split(strings.TrimSpace(name)); !ended || local != s.rootName {
		return -1
	}
	return i
}

// inSection gives what the CDATA section that begins here holds, and goes behind it. One that
// never ends holds what there is up to the end of its element.
func (s *speller) inSection() []byte {
	from := s.at + len(sectionStart)
	if end := s.find(from, sectionEnd); end >= 0 {
		s.at = end + len(sectionEnd)
		return s.in[from:end]
	}
	if s.escape(); s.truncated || len(s.stack) == 0 {
		return nil
	}
	inner := s.in[from:s.at]
	if end := bytes.Index(inner, []byte("</"+s.top().raw)); end >= 0 {
		s.at = from + end
		return inner[:end]
	}
	return inner
}

// heed counts what a tag lacks.
func (s *speller) heed(t *tag) {
	if t.open {
		s.unquoted++
	}
}
