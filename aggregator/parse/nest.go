package parse

// Which elements stand inside which, and what ends where another begins.

func (s *speller) roleOf(v string) role {
	if v != own {
		return part
	}
	parent := s.top().role
	switch s.tag.local {
	case "channel":
		if parent == rootElement {
			return feedElement
		}
	case "item", "entry":
		if s.outermost() {
			return entryElement
		}
	case "image":
		if parent == rootElement || parent == feedElement {
			return imageElement
		}
	}
	return part
}

// outermost tells that no part of an entry, and no picture, is open, so that an entry may begin.
func (s *speller) outermost() bool {
	inEntry := false
	for _, e := range s.stack {
		inEntry = inEntry || e.role == entryElement
		if e.role == imageElement || inEntry && e.role == part && !e.leaf {
			return false
		}
	}
	return true
}

// unwrap ends the parts of the feed inside which an entry begins, as in <items><item>.
func (s *speller) unwrap() {
	for s.top().role == part {
		s.wrapper = s.top().raw
		s.close()
	}
}

// again begins a further channel. What it says of itself is nobody's; its entries are the feed's.
func (s *speller) again(e element) {
	s.channels++
	s.inherit(&e)
	if !s.tag.empty {
		s.stack = append(s.stack, e)
	}
}

// closeText ends an element that holds text only, inside which another begins.
func (s *speller) closeText(v string) {
	begins := closed[s.tag.local] || s.tag.local == "item" || s.tag.local == "entry"
	if e := s.top(); e.leaf && v == own && begins {
		s.unclosed++
		s.close()
	}
}

// closeEntry ends an entry inside which another begins.
func (s *speller) closeEntry() {
	for i := range s.stack {
		if s.stack[i].role == entryElement {
			s.unclosed++
			s.closeTo(i)
			return
		}
	}
}
