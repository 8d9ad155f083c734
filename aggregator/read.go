package aggregator

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"civicfeed/aggregator/decode"
	"civicfeed/aggregator/fetch"
	"civicfeed/aggregator/normalize"
	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// readingVersion moves when the same bytes would be read differently: every source is then read
// once more, without validators, by whatever daemon comes to it first.
const readingVersion = 1

// Reading is what the bytes of a source hold.
type Reading struct {
	Encoding string // the bytes were in
	Feed     models.Feed
	Items    []models.Item // in the order of the document
	Warnings []string      // repairs and doubts
	Partial  bool          // the document ends early: entries may be missing
}

// Read turns an answer into items: decode, parse, normalize. An error is a [models.Failure]; a
// panic on the way is one, of class internal, so that no document ends the daemon.
func Read(resp *fetch.Response, src models.Source) (r *Reading, err error) {
	defer func() {
		if value := recover(); value != nil {
			r, err = nil, fmt.Errorf("read %s: %w", cmp.Or(resp.URL, src.Name), &panicked{value, debug.Stack()})
		}
	}()
	name := cmp.Or(resp.URL, src.Name)
	text, err := decode.Decode(resp.Body, resp.ContentType, src.Encoding)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	doc, err := parse.Feed(text.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	feed, items := normalize.Items(doc, normalize.Input{
		Source: src, URL: resp.URL, ContentLocation: resp.ContentLocation, Language: resp.ContentLanguage,
	})
	warnings := slices.Concat(text.Repairs, doc.Warnings, feed.Warnings)
	if len(items) == 0 {
		warnings = append(warnings, "the feed is empty: what was published before stays")
	}
	return &Reading{
		Encoding: text.Encoding, Feed: feed, Items: items, Warnings: warnings,
		Partial: doc.Partial,
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
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s %s %d", readingVersion, src.Encoding, src.Location, src.Language, src.MaxItems))
	return hex.EncodeToString(sum[:4]) + ":"
}
