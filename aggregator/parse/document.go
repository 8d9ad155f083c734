package parse

import "civicfeed/models"

// Document is a feed as its publisher wrote it, whatever the format: strings are raw (dates
// unread, HTML unclean, addresses relative), people and categories are told apart.
type Document struct {
	Version  string // rss20, rss10, rss091, atom10, atom03, jsonfeed11, cdf, …
	Feed     Head
	Entries  []Entry
	Partial  bool     // it ends early: entries may be missing
	Warnings []string // what had to be repaired, or is missing
}

// Head is what the document says of itself.
type Head struct {
	ID          string
	Title       Text
	Description Text
	Link        string
	Self        string
	Base        string // xml:base in force, as written
	Language    string
	Rights      Text
	Generator   string
	Image       string
	Published   string
	Updated     string
	People      []models.Person
	Categories  []models.Category
	Hubs        []string // WebSub
	Next        string   // its next page, of older entries (RFC 5005 section 3)
	PrevArchive string   // the archive before it (RFC 5005 section 4)

	// When to come again, as written.
	TTL             string // minutes
	SkipHours       []string
	SkipDays        []string
	UpdatePeriod    string // sy: hourly, daily, …
	UpdateFrequency string // sy: times in that period
}

// Entry is one entry of a document, in its order.
type Entry struct {
	GUID       string // verbatim
	IsLink     bool   // the GUID says of itself that it is a permanent address
	Link       string
	Base       string // xml:base in force for the entry, resolved against the bases above it, as written
	Title      Text
	Summary    Text
	Content    Text
	Published  string
	Updated    string
	People     []models.Person
	Categories []models.Category
	Media      []models.Media
	Image      string
	Comments   string
	Language   string // xml:lang in force
	Rights     Text
	Credit     string // dc:source, source: whom the entry names as its origin
}

// Text is a text with what its format says of its markup.
type Text struct {
	Value string
	// HTML tells that Value is markup; otherwise it is plain text as it stands.
	HTML bool
	Base string // xml:base in force for it, where it differs from the entry's
}
