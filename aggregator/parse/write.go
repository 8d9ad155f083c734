package parse

// open spells a start tag.
func (s *speller) open(e *element, v string) {
	parent := part
	if len(s.stack) > 0 {
		parent = s.top().role
	}
	switch {
	case e.role == feedElement && s.atom:
		e.out = "feed"
	case e.role == feedElement:
		e.out, s.fed = "channel", true
	case e.role == entryElement && s.atom:
		e.out = "entry"
	case e.role == entryElement:
		e.out = "item"
	case e.role == imageElement && !s.atom:
		e.out = "image"
	case parent == imageElement && !s.atom:
		e.out = string(appendName(nil, s.tag.local))
	default:
		e.leaf = v == own && (leaves[s.tag.local] || texts[name{v, s.tag.local}])
		var room [64]byte
		e.out = string(appendName(append(appendName(room[:0], v), ':'), s.tag.local))
	}
	s.out = append(append(s.out, '<'), e.out...)
	if e.role == feedElement || e.role == entryElement {
		s.out = append(append(s.out, '>'), "<"+own+":scope"...)
		s.attributes(e, true)
		s.out = append(s.out, "/>"...)
	} else {
		s.attributes(e, false)
		s.out = append(s.out, '>')
	}
	s.stack = append(s.stack, *e)
}

// Attributes of a spelled element: what is in force for it, and, prefixed, what the document
// says. Under their own names gofeed would spell addresses anew.
const (
	baseAttr = "base"
	langAttr = "lang"
	said     = "_"
)

// attributes spells those of the tag, without prefixes, and those in force where they are not
// those of the parent, or always.
func (s *speller) attributes(e *element, always bool) {
	for i, a := range s.tag.attrs {
		if a.prefix == "xmlns" || a.prefix == "xml" || a.prefix == "" && a.local == "xmlns" || i > 100 {
			continue
		}
		s.out = append(appendName(append(s.out, " "+said...), a.local), `="`...)
		s.out = append(appendText(s.out, a.value), '"')
	}
	var base, lang string
	if !always && len(s.stack) > 0 {
		base, lang = s.top().base, s.top().lang
	}
	if e.base != base {
		s.out = append(appendEscaped(append(s.out, " "+baseAttr+`="`...), e.base), '"')
	}
	if e.lang != lang {
		s.out = append(appendEscaped(append(s.out, " "+langAttr+`="`...), e.lang), '"')
	}
}
