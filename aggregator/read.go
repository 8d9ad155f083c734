package aggregator

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"civicfeed/aggregator/fetch"
	"civicfeed/aggregator/normalize"
	"civicfeed/models"
)

// readingVersion moves when the same bytes would be read differently: every source is then read
// once more, without validators, by whatever daemon comes to it first. What differs then is our
// doing: it is written, and is no update.
//
// Version 2 reads more: dates, links, people, files and encodings that were lost, and items that
// their sources gave another id are those that are held. Version 3 knows the forms of dates, names
// and addresses that pages have.
const readingVersion = 3

// Reading is what the bytes of a source hold.
type Reading struct {
	Encoding string // the bytes were in
	Feed     models.Feed
	Items    []models.Item // in the order of the document
	Warnings []string      // repairs and doubts
	Partial  bool          // the document ends early: entries may be missing

	rest func(*models.Item) // reads what of an item was put off; nil: nothing was
}

// Read turns an answer into items: decode, parse, normalize. An error is a [models.Failure]; a
// panic on the way is one, of class internal, so that no document ends the daemon.
func Read(resp *fetch.Response, src models.Source) (*Reading, error) {
	r, err := read(resp, src, nil)
	if err != nil {
		return nil, err
	}
	for i := range r.Items {
		if err := r.finish(&r.Items[i]); err != nil {
			return nil, err
		}
	}
	r.rest = nil
	return r, nil
}

// sketch is Read that puts off the texts of items: most are held as they are, and then nobody
// needs them. See [normalize.Sketch].
func sketch(resp *fetch.Response, src models.Source) (*Reading, error) { return read(resp, src, nil) }

// finish reads what of an item was put off.
func (r *Reading) finish(it *models.Item) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("read “%s”: %w", it.Title, &panicked{value, debug.Stack()})
		}
	}()
	if r.rest != nil {
		r.rest(it)
	}
	return nil
}

func read(resp *fetch.Response, src models.Source, t *trace) (r *Reading, err error) {
	defer func() {
		if value := recover(); value != nil {
			r, err = nil, fmt.Errorf("read %s: %w", cmp.Or(resp.URL, src.Name), &panicked{value, debug.Stack()})
		}
	}()
	name := cmp.Or(resp.URL, src.Name)
	if src.Kind == models.KindArticle {
		return readAsArticle(resp, src, name, t)
	}
	text, err := decoded(resp, src)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	t.decoded(text)
	doc, err := parsed(text.Bytes, src)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	t.parsed(doc)
	feed, items, rest := normalize.Sketch(doc, normalize.Input{
		Source: src, URL: resp.URL, ContentLocation: resp.ContentLocation, Language: resp.ContentLanguage,
		Day: resp.At, Manner: manner(src), Steps: t.on(),
	})
	t.normalized(feed, len(items))
	warnings := slices.Concat(text.Repairs, doc.Warnings, feed.Warnings)
	if len(items) == 0 {
		warnings = append(warnings, "the feed is empty: what was published before stays")
	}
	return &Reading{
		Encoding: text.Encoding, Feed: feed, Items: items, Warnings: warnings,
		Partial: doc.Partial, rest: rest,
	}, nil
}

// panicked is a panic made an error; its stack is for the log and for nobody else.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string {
	return fmt.Sprintf("civicfeed itself failed (%v): please report this feed", p.value)
}

func (a *Aggregator) logPanic(source string, err error) {
	var p *panicked
	if errors.As(err, &p) {
		a.opts.Log.Error("reading failed", "source", source, "panic", p.value, "stack", string(p.stack))
	}
}

// manner names the way a source is read; it begins the hash of every body read that way.
func manner(src models.Source) string {
	way := fmt.Appendf(nil, "%d %s %s %s %d", readingVersion, src.Encoding, src.Location, src.Language, src.MaxItems)
	if src.Kind != models.KindFeed && src.Kind != "" {
		list := src.Page
		list.Article = models.ArticleRules{} // of other pages than this
		way = fmt.Appendf(way, " %s %#v %#v", src.Kind, list, src.JSON)
	}
	sum := sha256.Sum256(way)
	return hex.EncodeToString(sum[:4]) + ":"
}
