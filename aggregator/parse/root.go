package parse

import (
	"strings"

	"civicfeed/models"
)

// root begins the document, in the form that one of gofeed's parsers reads.
func (s *speller) root(v string, bound int) error {
	e := element{raw: s.tag.raw, bound: bound, role: rootElement}
	s.inherit(&e)
	s.rootName = s.tag.local
	for _, b := range s.bound {
		s.native = s.native || vocabulary(b.uri, "-") == own
	}
	switch s.tag.local {
	case "rss", "rdf":
		e.out = "rss"
	case "channel":
		e.out = "rss"
		e.raw = ""
		s.out = append(s.out, "<rss>"...)
		s.stack = append(s.stack, e)
		channel := element{raw: s.tag.raw, bound: len(s.bound), role: feedElement, base: e.base, lang: e.lang}
		channel.rebase(s.tag.attr("", "base"))
		s.version = s.rootVersion()
		s.open(&channel, v)
		return nil
	case "feed":
		e.out, e.role, s.atom = "feed", feedElement, true
	case "entry":
		s.loneEntry(e, v)
		return nil
	default:
		return models.Fail(models.ErrNotAFeed, "not a feed: XML whose root element is <%.40s>", s.tag.raw)
	}
	s.version = s.rootVersion()
	if s.atom {
		s.open(&e, v)
	} else {
		s.out = append(append(append(s.out, '<'), e.out...), '>')
		s.stack = append(s.stack, e)
	}
	if s.tag.empty {
		s.close()
	}
	return nil
}

// recognize refuses what has a feed's root element but nothing of a feed: RDF about other
// things, a channel of something else.
func (s *speller) recognize(h Head) error {
	if s.entries > 0 || h.Title.Value != "" {
		return nil
	}
	switch {
	case s.rootName == "channel":
		return models.Fail(models.ErrNotAFeed, "not a feed: a <channel> without title and items")
	case s.rootName == "rdf" && !s.native:
		return models.Fail(models.ErrNotAFeed, "not a feed: RDF that holds no RSS")
	}
	return nil
}

// loneEntry begins a document that is but one entry of Atom (RFC 4287 section 2).
func (s *speller) loneEntry(e element, v string) {
	s.atom, s.version = true, s.rootVersion()
	feed := e
	feed.raw, feed.out, feed.role = "", "feed", feedElement
	s.out = append(s.out, "<feed>"...)
	s.stack = append(s.stack, feed)
	e.role, e.bound, e.start = entryElement, len(s.bound), len(s.out)
	s.entries++
	s.open(&e, v)
}

// rootVersion names format and version by the root element.
func (s *speller) rootVersion() string {
	uri, _ := s.lookup(s.tag.prefix)
	version := strings.TrimSpace(s.tag.attr("", "version"))
	switch s.tag.local {
	case "feed", "entry":
		switch {
		case strings.HasPrefix(uri, "http://www.w3.org/2005/Atom"):
			return "atom10"
		case strings.Contains(uri, "purl.org/atom/ns") && (version == "" || version == "0.3"), version == "0.3":
			return "atom03"
		}
		return "atom"
	case "rdf":
		for _, b := range s.bound {
			switch strings.TrimRight(strings.ToLower(b.uri), "/") {
			case "http://purl.org/rss/1.0":
				return "rss10"
			case "http://my.netscape.com/rdf/simple/0.9", "http://channel.netscape.com/rdf/simple/0.9":
				return "rss090"
			}
		}
		return "rss10"
	case "channel":
		if s.tag.attr("", "href") != "" {
			return "cdf"
		}
		return "rss"
	}
	if strings.HasPrefix(version, "2.") {
		return "rss20"
	}
	if digits := strings.ReplaceAll(version, ".", ""); digits != "" && strings.Trim(digits, "0123456789") == "" && len(digits) < 5 {
		return "rss" + digits
	}
	return "rss"
}
