// Package render turns a view and its stories into the bytes of a format: RSS, Atom, JSON Feed,
// HTML, OPML. It is pure: the same page gives the same bytes on every machine, today and after a
// restart. It never reads a clock, a file, the network or the store.
package render

import "civicfeed/models"

// Page is everything a format needs to know of one view.
type Page struct {
	Catalog *models.Catalog
	Base    string // public base address, ending in "/"; every published link begins with it
	View    models.View
	Stories []models.Story // in the order to show, items loaded, at least one item each
	Sources map[string]models.SourceState
	Changed models.Millis // the newest change of the view; 0: none yet
}

// Format is one way to write a page.
type Format struct {
	Suffix    string // of addresses: rss, atom, json, html
	MediaType string
	Render    func(*Page) ([]byte, error)
	Check     func([]byte) error // strict parse of what Render made
}
