package render

import (
	"fmt"
	"strings"

	"civicfeed/models"
)

// paging is where a document stands among the others of its view, as addresses without suffix:
// see [edition.at]. What it has not is empty.
type paging struct {
	asked  string // canonical query
	filter string // the same without the place where the page begins
	next   string
	newer  string

	closed  int // number of the archive that it is; 0: none
	archive int // number of the archive before it
}

// turn finds the pages around a page. A page never goes on to itself.
func (ed *edition) turn(p *Page) paging {
	t := paging{asked: p.Asked, filter: without(p.Asked, "cursor"), next: p.Next, newer: p.Newer}
	if t.next == t.asked {
		t.next = ""
	}
	switch {
	case p.Archive != nil:
		return paging{closed: p.Archive.Number, archive: max(0, p.Archive.Number-1)}
	case p.Asked == "" && !p.Search:
		t.archive = p.Archives
	}
	return t
}

// without is a query that lacks a parameter.
func without(query, name string) string {
	var kept []string
	for part := range strings.SplitSeq(query, "&") {
		if key, _, _ := strings.Cut(part, "="); part != "" && key != name {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "&")
}

// name is the address of the page without slash, suffix and query.
func (p *Page) name() string {
	if p.Search {
		return "search"
	}
	return p.view().Name()
}

// view is the one whose stories are shown.
func (p *Page) view() models.View {
	if p.Archive != nil {
		return p.Archive.View
	}
	return p.View
}

// at is an address of the page's own in a format, with another query.
func (ed *edition) at(suffix, query string) string {
	return ed.base + ed.name + "." + suffix + ask(query)
}

func ask(query string) string {
	if query == "" {
		return ""
	}
	return "?" + query
}

// self is where the document itself is found.
func (ed *edition) self(suffix string) string {
	if ed.closed > 0 {
		return ed.archived(ed.closed, suffix)
	}
	return ed.at(suffix, ed.asked)
}

// archived is the address of an archive.
func (ed *edition) archived(number int, suffix string) string {
	return fmt.Sprintf("%sarchive/%s/%d.%s", ed.base, ed.name, number, suffix)
}

// identity is the same for all documents of one feed, its pages and archives (RFC 5005 section 2),
// and another for each question put to it.
func (ed *edition) identity() string { return ed.site.Identify(ed.name + ask(ed.filter)) }

// relation is a link to another document of the same feed.
type relation struct{ rel, href string }

// relations lists them (RFC 5005 sections 3 and 4). Which archive comes after one is not told:
// archives do not change when the next is closed.
func (ed *edition) relations(suffix string) []relation {
	var all []relation
	if ed.asked != ed.filter {
		all = append(all, relation{"first", ed.at(suffix, ed.filter)})
	}
	if ed.next != "" {
		all = append(all, relation{"next", ed.at(suffix, ed.next)})
	}
	if ed.closed > 0 {
		all = append(all, relation{"current", ed.at(suffix, "")})
	}
	if ed.archive > 0 {
		all = append(all, relation{"prev-archive", ed.archived(ed.archive, suffix)})
	}
	return all
}
