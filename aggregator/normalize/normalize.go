// Package normalize turns a document as its publisher wrote it into items as civicfeed keeps
// them: plain titles, safe HTML, absolute addresses, dates with their precision, ids that last.
// Its input is a parsed document and what is known of its source, its output a feed and items;
// both are functions of the input alone. It never reads a clock, a file, the network or the
// store: a date that nobody told stays untold, and whether an item is new is for others to say.
package normalize

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// Input is what is known of a document beside itself.
type Input struct {
	Source models.Source

	// URL is the address that answered, after redirects. Only where it is empty, as for a file
	// looked at by itself, can relative addresses stay relative.
	URL             string
	ContentLocation string // HTTP Content-Location
	Language        string // HTTP Content-Language
}

// Items cleans a document. The items stand in its order; of a source with MaxItems they are the
// newest, where every one tells its date, else the first. Their ids are those of a first visit;
// where items are held already, [Identify] knows better. Doubts and repairs are told in words, in
// the Warnings of the item or the feed they concern.
func Items(doc *parse.Document, in Input) (models.Feed, []models.Item) {
	n := newDocument(doc, in)
	feed := n.feed()
	items := make([]models.Item, 0, len(doc.Entries))
	for _, i := range n.newest(in.Source.MaxItems) {
		items = append(items, n.item(&doc.Entries[i]))
	}
	once := Identify(items, nil)
	if twice := len(items) - len(once); twice > 0 {
		n.doubt("entries left out because they repeat another one: %d", twice)
	}
	feed.Warnings = n.doubts
	return feed, once
}

// document is a document at work, with what holds for all of its entries.
type document struct {
	*parse.Document
	in       Input
	base     *url.URL // of addresses outside any xml:base; nil for a file that came from nowhere
	language string
	doubts   []string
}

func newDocument(doc *parse.Document, in Input) *document {
	n := &document{Document: doc, in: in}
	n.base = within(within(nil, in.URL), in.ContentLocation)
	content := in.Language
	if strings.Contains(content, ",") { // several languages tell none
		content = ""
	}
	n.language = languageOf(doc.Feed.Language, content, in.Source.Language)
	return n
}

func (n *document) doubt(format string, args ...any) {
	n.doubts = append(n.doubts, fmt.Sprintf(format, args...))
}

// newest lists the entries to be read, in the order of the document.
func (n *document) newest(limit int) []int {
	all := make([]int, len(n.Entries))
	for i := range all {
		all[i] = i
	}
	if limit <= 0 || len(all) <= limit {
		return all
	}
	when := make([]models.Millis, len(all))
	for i := range n.Entries {
		e := &n.Entries[i]
		when[i] = n.moment(cmp.Or(e.Published, e.Updated), "").At
	}
	if !slices.Contains(when, 0) {
		slices.SortStableFunc(all, func(a, b int) int { return cmp.Compare(when[b], when[a]) })
	}
	all = all[:limit]
	slices.Sort(all)
	n.doubt("%d of %d entries were read, the newest, as max_items says", limit, len(n.Entries))
	return all
}

// feed is what the document says of itself.
func (n *document) feed() models.Feed {
	f := &n.Document.Feed
	base := within(n.base, f.Base)
	feed := models.Feed{
		Version:     n.Version,
		ID:          clip(visible(strings.TrimSpace(f.ID)), maxGUID),
		Title:       clip(plain(f.Title.Value, f.Title.HTML), maxTitle),
		Description: excerpt(f.Description),
		Link:        absolute(base, f.Link),
		Self:        absolute(base, f.Self),
		Language:    language(f.Language),
		Rights:      excerpt(f.Rights),
		Generator:   clip(plain(f.Generator, true), maxName),
		Image:       resource(base, f.Image),
		People:      people(f.People, base),
		Categories:  categories(f.Categories),
		Hints:       n.hints(),
	}
	for _, d := range []struct {
		name, raw string
		at        *models.Millis
	}{{"publication", f.Published, &feed.Published}, {"update", f.Updated, &feed.Updated}} {
		*d.at = n.moment(d.raw, "").At
		if *d.at == 0 && strings.TrimSpace(d.raw) != "" {
			n.doubt("the feed's date of %s cannot be read: %s", d.name, quoted(d.raw))
		}
	}
	if feed.Link == "" && strings.TrimSpace(f.Link) != "" {
		n.doubt("the feed's link is no address of the web: %s", quoted(f.Link))
	}
	return feed
}

// moment reads a date; one that cannot be read keeps its words.
func (n *document) moment(raw, tongue string) models.Moment {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return models.Moment{}
	}
	m := models.Moment{Raw: clip(fold(raw), maxName)}
	at, precision, ok := Date(raw, n.in.Source.Location, cmp.Or(tongue, n.language))
	if ok {
		m.At, m.Precision, m.From = models.MillisOf(at), precision, models.FromFeed
	}
	return m
}

// excerpt is a text in a line, at most as long as a summary.
func excerpt(t parse.Text) string {
	return clip(plain(cut(t.Value, 64<<10), t.HTML), maxSummary)
}

func quoted(s string) string { return "“" + clip(fold(cut(s, 1000)), 100) + "”" }
