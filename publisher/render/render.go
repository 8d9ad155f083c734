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
	Stories []models.Story // items loaded, at least one each; in the order to show, unless Mentions are set
	Sources map[string]models.SourceState
	Words   int64         // another wherever Sources have other words, of one catalog; 0: not known
	Changed models.Millis // the newest change of the view; 0: none yet

	Memo     *Memo            // what was written before; nil: everything is written afresh
	Mentions []models.Mention // the order to show; see [Page.Recall]

	Asked    string                     // canonical query of its address, without "?"; empty: none
	Search   bool                       // its name is search, not the view's
	Text     string                     // what was searched for
	Marks    func(text string) [][2]int // where the hits are in a text: bytes from and to; nil: nowhere
	Next     string                     // canonical query of the page that goes on; empty: none does
	Newer    string                     // canonical query by which a program finds what comes in later
	Archives int                        // closed archives of the view: the number of the newest
	Archive  *models.Archive            // the page is this one; its stories are shown unless others are set

	// Left is what the last rendering had to leave out. Every rendering sets it.
	Left []Left

	pinned []*held // what Recall found of Mentions
}

// Left is a story that could not be written, and why.
type Left struct {
	ID  string
	Err error
}

// Format is one way to write a page. Whatever tells formats apart is here, so that another one is
// one file and its line in [Formats].
type Format struct {
	Suffix    string                      // of addresses: rss, atom, json, html
	Name      string                      // as people call it
	MediaType string                      // without a charset: every format is UTF-8
	Also      []string                    // further media types by which it may be asked for
	Order     models.Order                // in which it lists stories
	Feed      bool                        // programs read it: from anywhere, as long as [TTL] says
	Styled    bool                        // a browser shows it by a style sheet, if it comes as any other XML
	Archives  bool                        // archives come in it
	Render    func(*Page) (Body, error)   // every byte of it was strictly read before
	Story     func(*Page) ([]byte, error) // one story by itself; nil: not in this format
	Check     func([]byte) error          // strict parse of what Render made
}
