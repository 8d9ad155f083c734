package parse

import (
	"bytes"
	"strings"
)

// construct spells an element that holds text or markup.
func (s *speller) construct(e element, v string) {
	kind, mode := strings.ToLower(s.tag.attr("", "type")), strings.ToLower(s.tag.attr("", "mode"))
	xhtml := strings.Contains(kind, "xhtml") || mode == "xml"
	empty := s.tag.empty
	inline := !empty && (xhtml || s.markupAhead())
	if inline {
		s.innerBase(&e)
	}
	s.open(&e, v)
	switch {
	case empty:
		s.close()
	case inline:
		s.markup(xhtml || strings.HasSuffix(kind, "xml"))
	}
}

// markupAhead tells that a start tag comes before the end tag of the element just begun.
func (s *speller) markupAhead() bool {
	for at := s.at; ; {
		i := bytes.IndexByte(s.in[at:], '<')
		if i < 0 || at+i+1 >= len(s.in) {
			return false
		}
		at += i
		mark := ""
		switch b := s.in[at:]; {
		case bytes.HasPrefix(b, []byte("<![CDATA[")):
			mark = "]]>"
		case bytes.HasPrefix(b, []byte("<!--")):
			mark = "-->"
		default:
			return nameStart(b[1]) && !s.sibling(b, s.tag.local)
		}
		if i = s.find(at, mark); i < 0 {
			return false
		}
		at = i + len(mark)
	}
}

// sibling tells that the tag which b begins with can only stand beside a text of this name, not
// in it: the text lacks its end tag.
func (s *speller) sibling(b []byte, text string) bool {
	var t tag
	t.scanTag(b[:min(len(b), 200)])
	if prefix, _ := split(t.raw); prefix == "dc" { // also tells of pictures, inside them
		return false
	}
	switch t.local {
	case "item", "entry", "guid", "pubdate", "description", "published", "updated", "encoded":
		return true
	case "link", "summary", "content", "category", "author", "id", "enclosure":
		return text == "title"
	}
	return false
}

// innerBase takes over an xml:base of the element that wraps the markup.
func (s *speller) innerBase(e *element) {
	rest := bytes.TrimLeft(s.in[s.at:], " \t\r\n")
	var inner tag
	if len(rest) > 1 && rest[0] == '<' && nameStart(rest[1]) && inner.scanTag(rest) > 0 {
		e.rebase(inner.attr("xml", "base"))
	}
}

// markup spells markup as text, up to the end of the element it is in.
func (s *speller) markup(strict bool) {
	name, nested := s.top().raw, 0
	_, local := split(name)
	for s.at < len(s.in) {
		i := bytes.IndexByte(s.in[s.at:], '<')
		if i < 0 {
			s.cut()
			return
		}
		s.out = appendEscaped(s.out, s.in[s.at:s.at+i])
		s.at += i
		b := s.in[s.at:]
		switch {
		case bytes.HasPrefix(b, []byte("<!--")):
			s.skip("-->")
		case bytes.HasPrefix(b, []byte("<![CDATA[")):
			s.sectionInMarkup(strict)
		case bytes.HasPrefix(b, []byte("<?")):
			s.skip("?>")
		case bytes.HasPrefix(b, []byte("</")):
			if nested = s.endInMarkup(name, nested); nested < 0 {
				return
			}
		case len(b) > 1 && nameStart(b[1]):
			if s.sibling(b, local) {
				s.unclosed++
				s.close()
				return
			}
			if nested = s.startInMarkup(name, nested); nested < 0 {
				return
			}
		default:
			s.out = append(s.out, "&lt;"...)
			s.at++
		}
	}
	s.truncated = true
}

// sectionInMarkup spells a CDATA section: text where XML is strict, else meant as markup.
func (s *speller) sectionInMarkup(strict bool) {
	inner := s.inSection()
	if strict {
		inner = appendEscaped(nil, inner)
	}
	s.out = appendEscaped(s.out, inner)
}

// endInMarkup spells an end tag; it gives -1 when that was the end of the whole.
func (s *speller) endInMarkup(name string, nested int) int {
	end := bytes.IndexByte(s.in[s.at:], '>')
	if end < 0 {
		s.cut()
		return -1
	}
	raw := strings.TrimSpace(string(s.in[s.at+2 : s.at+end]))
	if strings.EqualFold(raw, name) {
		if nested == 0 {
			s.at += end + 1
			s.close()
			return -1
		}
		nested--
	}
	for _, e := range s.stack[:len(s.stack)-1] {
		if e.role != part && strings.EqualFold(e.raw, raw) {
			s.unclosed++
			s.close()
			return -1
		}
	}
	s.at += end + 1
	_, local, found := strings.Cut(raw, ":")
	if !found {
		local = raw
	}
	s.out = append(appendEscaped(append(s.out, "&lt;/"...), local), "&gt;"...)
	return nested
}

// startInMarkup spells a start tag without its prefix.
func (s *speller) startInMarkup(name string, nested int) int {
	var t tag
	n := t.scanTag(s.in[s.at:])
	if n == 0 {
		s.cut()
		return -1
	}
	s.at += n
	s.heed(&t)
	if !t.empty && strings.EqualFold(t.raw, name) {
		nested++
	}
	local := t.raw[len(t.raw)-len(t.local):]
	rest := bytes.TrimRight(t.rest, "/ \t\r\n")
	if t.open {
		rest = t.inQuotes()
	}
	s.out = appendEscaped(append(s.out, "&lt;"...), local)
	s.out = append(appendEscaped(s.out, rest), "&gt;"...)
	if t.empty && !void[t.local] {
		s.out = append(appendEscaped(append(s.out, "&lt;/"...), local), "&gt;"...)
	}
	return nested
}

// void are the elements that HTML never closes.
var void = map[string]bool{
	"area": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true,
	"link": true, "meta": true, "source": true, "track": true, "wbr": true, "param": true, "base": true,
}
