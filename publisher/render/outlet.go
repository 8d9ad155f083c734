package render

import (
	"slices"

	"civicfeed/models"
)

// outlet is a source as every format tells it, made once for a page.
type outlet struct {
	key, name string
	url, home string
	id        string // its feed's own, if that is an absolute URI
	language  string
	rights    string
	authors   []models.Person
	terms     models.Terms
}

// equal tells whether two outlets have the same words.
func (o *outlet) equal(q *outlet) bool {
	return o == q || o.key == q.key && o.name == q.name && o.url == q.url && o.home == q.home && o.id == q.id &&
		o.language == q.language && o.rights == q.rights && o.terms == q.terms && slices.Equal(o.authors, q.authors)
}

// outlet finds a source.
func (ed *edition) outlet(key string) *outlet {
	o, ok := ed.outlets[key]
	if !ok {
		o = ed.memo.outlet(key, ed.catalog, ed.words, func() *outlet { return outletOf(ed.origin(key)) })
		ed.outlets[key] = o
	}
	return o
}

// origin is what is known of a source: what the catalog says; of one that it no longer names, what
// it last said, which the store holds.
func origin(cat *models.Catalog, states map[string]models.SourceState, key string) models.SourceState {
	s := states[key]
	if src, ok := cat.Source(key); ok {
		s.Name, s.URL, s.Site, s.Republish = src.Name, src.URL, src.Site, src.Republish
	}
	s.Key, s.Name = key, either(s.Name, s.Feed.Title, key)
	s.Republish = models.Terms(either(string(s.Republish), string(models.Full)))
	return s
}

// origin is what is known of a source: in an archive, what was known when that was closed, but for its
// terms.
func (ed *edition) origin(key string) models.SourceState {
	s := origin(ed.catalog, ed.states, key)
	if then, ok := ed.then[key]; ok {
		then.Key, then.Name, then.Republish = key, either(then.Name, then.Feed.Title, key), s.Republish
		return then
	}
	return s
}

// outletOf reads what is known of a source. Nothing that a visit changes without bringing an item is
// in it.
func outletOf(s models.SourceState) *outlet {
	o := &outlet{
		key:      legal(s.Key),
		name:     either(line(s.Name), line(s.Key)),
		url:      address(s.URL),
		home:     address(s.Home()),
		language: language(s.Feed.Language),
		rights:   line(s.Feed.Rights),
		terms:    s.Republish,
	}
	if identifier(s.Feed.ID) {
		o.id = s.Feed.ID
	}
	var by record
	by.involve(s.Feed.People)
	o.authors = by.authors
	return o
}
