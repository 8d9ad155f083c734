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
	"time"

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

	// Day is the moment of the visit, by the store's clock. From it are reckoned the dates that tell
	// too little by themselves (刚刚, 昨天 14:05, 10-04); where it is the zero time they are refused.
	Day time.Time

	Manner string // what else decides how it is read: of another manner nothing is as before
	Steps  bool   // tell how it is read, in the Steps of feed and items
}

// Items cleans a document. The items stand in its order; of a source with MaxItems they are the
// newest, where every one tells its date, else the first. Their ids are those of a first visit;
// where items are held already, [Identify] knows better. Doubts and repairs are told in words, in
// the Warnings of the item or the feed they concern.
func Items(doc *parse.Document, in Input) (models.Feed, []models.Item) {
	feed, items, _ := newDocument(doc, in).items(false)
	return feed, items
}

// Sketch is Items that puts off what costs most: the texts of an item, its picture, its hash, and
// its doubts are there when finish was called for it. It need not be where an item is held whose
// Told is the same.
func Sketch(doc *parse.Document, in Input) (feed models.Feed, items []models.Item, finish func(*models.Item)) {
	return newDocument(doc, in).items(!in.Steps)
}

func (n *document) items(later bool) (feed models.Feed, once []models.Item, finish func(*models.Item)) {
	about := n.listen()
	feed = n.feed()
	about.feed(n, &feed)
	entries, names := map[string]*parse.Entry{}, map[string]int{}
	var items []models.Item
	for _, i := range n.newest(n.in.Source.MaxItems) {
		it := n.sketch(&n.Entries[i])
		if !later {
			n.finish(&it, &n.Entries[i])
		}
		items = append(items, it)
		entries[it.Told] = &n.Entries[i]
		names[it.Identity]++
	}
	finish = func(it *models.Item) {
		if e := entries[it.Told]; e != nil && it.Hash == "" {
			n.finish(it, e)
		}
	}
	for i := range items { // what can be told apart by its text only
		if it := &items[i]; names[it.Identity] > 1 || it.Title == "" || it.Address == "" {
			finish(it)
		}
	}
	once = Identify(items, nil)
	if twice := len(items) - len(once); twice > 0 {
		n.doubt("entries left out because they repeat another one: %d", twice)
	}
	for i := range once {
		tellShared(&once[i])
	}
	feed.Warnings, feed.Steps = n.doubts, about.all()
	return feed, once, finish
}

// document is a document at work, with what holds for all of its entries.
type document struct {
	*parse.Document
	in       Input
	base     *url.URL // of addresses outside any xml:base; nil for a file that came from nowhere
	header   string   // language that the response says it is in
	language string
	doubts   []string
	told     *teller // of what is being read; nil: nobody listens
}

func newDocument(doc *parse.Document, in Input) *document {
	n := &document{Document: doc, in: in}
	n.base = within(within(nil, in.URL), in.ContentLocation)
	if !strings.Contains(in.Language, ",") { // several languages tell none
		n.header = in.Language
	}
	n.language = languageOf(doc.Feed.Language, n.header, in.Source.Language)
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
		when[i] = n.moment("", cmp.Or(e.Published, e.Updated), "", "").At
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
		Next:        resource(base, f.Next),
		PrevArchive: resource(base, f.PrevArchive),
		Language:    languageOf(f.Language, n.header),
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
		*d.at = n.moment(d.name, d.raw, "", "").At
		if *d.at == 0 && strings.TrimSpace(d.raw) != "" {
			n.doubt("the feed's date of %s cannot be read: %s", d.name, quoted(d.raw))
		}
	}
	if feed.Link == "" && strings.TrimSpace(f.Link) != "" {
		n.doubt("the feed's link is no address of the web: %s", quoted(f.Link))
	}
	return feed
}

// moment reads a date of what is at a link; one that cannot be read keeps its words.
func (n *document) moment(what, raw, tongue, link string) models.Moment {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return models.Moment{}
	}
	m := models.Moment{Raw: clip(fold(raw), maxName)}
	var r reading
	at, precision, reckoned, ok := n.reckon(&r, raw, cmp.Or(tongue, n.language), link)
	if ok {
		m.At, m.Precision, m.From, m.Reckoned = models.MillisOf(at), precision, n.from(), reckoned
	}
	n.told.date(what, m, &r, n.in)
	return m
}

// excerpt is a text in a line, at most as long as a summary.
func excerpt(t parse.Text) string {
	return clip(plain(cut(t.Value, 64<<10), t.HTML), maxSummary)
}

func quoted(s string) string { return "“" + clip(fold(cut(s, 1000)), 100) + "”" }
