package parse

import (
	"net/url"
	"strings"

	"civicfeed/models"
)

// Limits of a document. Of every element gofeed keeps maps, and whatever is beyond these, a few
// hundred kilobytes would make it eat all memory. Markup in texts is not counted: for gofeed it
// is text.
const (
	maxDepth      = 64      // elements in one another
	maxTags       = 200_000 // tags, comments and sections
	maxAttributes = 512     // of one element
	maxChildren   = 10_000  // of one element
	maxBindings   = 512     // namespace prefixes in force at once
	maxMixed      = 100     // elements among which an element's text is kept: gofeed copies all of it for each
	maxAddress    = 2_048   // bytes of an xml:base: it is written for each entry
	maxLanguage   = 64      // bytes of an xml:lang: likewise
	maxEntries    = 5_000   // in the order of the document; the others are left out
	maxValues     = 500_000 // of JSON
	maxJSONDepth  = 64      // of JSON
)

// overLimit refuses a document at the tag that goes too far.
func (s *speller) overLimit() error {
	switch {
	case len(s.stack) >= maxDepth:
		return models.Fail(models.ErrTooLarge, "parse XML: elements are nested more than %d deep", maxDepth)
	case len(s.tag.attrs) > maxAttributes:
		return models.Fail(models.ErrTooLarge, "parse XML: an element with more than %d attributes", maxAttributes)
	case len(s.stack) > 0 && s.top().children > maxChildren:
		return models.Fail(models.ErrTooLarge, "parse XML: an element with more than %d elements in it", maxChildren)
	case len(s.bound) > maxBindings:
		return models.Fail(models.ErrTooLarge, "parse XML: more than %d namespaces are in force", maxBindings)
	}
	return nil
}

func tooManyTags() error {
	return models.Fail(models.ErrTooLarge, "parse XML: more than %d tags", maxTags)
}

func (s *speller) bind() {
	for _, a := range s.tag.attrs {
		switch {
		case a.prefix == "xmlns":
			s.bound = append(s.bound, binding{a.local, unescape(a.value)})
		case a.prefix == "" && a.local == "xmlns":
			s.bound = append(s.bound, binding{"", unescape(a.value)})
		}
	}
}

func (s *speller) lookup(prefix string) (string, bool) {
	for i := len(s.bound) - 1; i >= 0; i-- {
		if s.bound[i].prefix == prefix {
			return s.bound[i].uri, true
		}
	}
	return "", false
}

// inherit sets base and language of an element.
func (s *speller) inherit(e *element) {
	if len(s.stack) > 0 {
		e.base, e.lang = s.top().base, s.top().lang
	}
	e.rebase(s.tag.attr("xml", "base"))
	for _, a := range s.tag.attrs {
		if a.prefix == "xml" && a.local == "lang" && len(a.value) <= maxLanguage {
			e.lang = unescape(a.value)
		}
	}
}

// rebase puts another xml:base in force.
func (e *element) rebase(base string) {
	base = strings.TrimSpace(base)
	if base == "" || len(base) > maxAddress {
		return
	}
	if base = join(e.base, base); len(base) <= maxAddress {
		e.base = base
	}
}

// join resolves an xml:base against the one above it. Host names stay as written.
func join(base, ref string) string {
	if base == "" {
		return ref
	}
	r, err := url.Parse(ref)
	if err != nil || r.IsAbs() {
		return ref
	}
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	u := b.ResolveReference(r)
	if b.Scheme == "" && b.Host == "" && !strings.HasPrefix(b.Path, "/") && !strings.HasPrefix(ref, "/") {
		u.Path = strings.TrimPrefix(u.Path, "/") // of a base that is relative itself
	}
	host := u.Host
	if u.Host != "" {
		u.Host = "host"
	}
	return strings.Replace(u.String(), "//host", "//"+host, 1)
}
