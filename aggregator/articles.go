package aggregator

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"civicfeed/aggregator/fetch"
	"civicfeed/aggregator/normalize"
	"civicfeed/aggregator/parse"
	"civicfeed/models"
	"civicfeed/models/store"
)

// Articles are read beside the visits, by the same client and so with the same manners: an item is
// published with what its feed or list tells of it, and completed when its page was read. The queue
// of pages is the store's, so that neither the end of a visit nor that of the daemon ends it.

const (
	pageLease   = 5 * time.Minute // of a page: waiting for its host, fetching, saving
	pagesHourly = 300             // of one host
	pagesAtOnce = 2               // of one host, most of which is waiting for its turn there
	turnedAway  = 4 * time.Hour   // for which a host that refuses us, and does not say for how long, is left alone
	missingWait = time.Minute     // before a page that is not there is asked for once more
)

// pagesDue lists the pages that may be read now, as errands: its host gives each so much of its line
// that few are under way at once.
func (a *Aggregator) pagesDue(ctx context.Context, keys ...string) ([]errand, error) {
	if !a.plan.Load().articles {
		return nil, nil
	}
	due, err := a.store.PagesDue(ctx, pagesHourly, keys...)
	all := make([]errand, len(due))
	for i, d := range due {
		all[i] = errand{source: d.Item, host: d.Host, takes: line / pagesAtOnce}
	}
	return all, err
}

// startPages begins to read pages that are due, as many as can be, each on its own goroutine. It
// tells whether there are any.
func (a *Aggregator) startPages(ctx context.Context, keys ...string) (any bool, err error) {
	left, err := a.pagesDue(ctx, keys...)
	if err != nil || len(left) == 0 {
		return false, err
	}
	some, _ := a.readers.take(left, grip)
	items, holds := make([]string, len(some)), make(map[string]errand, len(some))
	for i, e := range some {
		items[i], holds[e.source] = e.source, e
	}
	claims, err := a.store.ClaimPages(ctx, items, pageLease)
	a.uplink.begin(len(claims))
	for _, c := range claims {
		e := holds[c.Item]
		delete(holds, c.Item)
		a.visits.Go(func() {
			defer a.readers.give(e)
			a.savePage(ctx, a.readPage(ctx, c))
		})
	}
	for _, e := range holds {
		a.readers.give(e)
	}
	return true, err
}

// readPages reads the pages that are due until none is left.
func (a *Aggregator) readPages(ctx context.Context, keys ...string) error {
	for ctx.Err() == nil {
		any, err := a.startPages(ctx, keys...)
		if err != nil || !any {
			a.visits.Wait()
			return err
		}
		a.readers.wait(ctx)
	}
	a.visits.Wait()
	return ctx.Err()
}

// readPage reads the page of one claim and completes its item.
func (a *Aggregator) readPage(ctx context.Context, c models.PageClaim) *models.PageDelivery {
	d, p := &models.PageDelivery{Claim: c}, a.plan.Load()
	src := p.sources[c.Source]
	if src == nil || !src.Articles {
		a.uplink.drop()
		d.Free, d.Again = true, time.Minute // by our catalog nobody wants it, but the store has another by now
		return d
	}
	timed, cancel := context.WithTimeout(ctx, pageLease*4/5)
	defer cancel()
	room := &models.Delivery{}
	defer a.rooms.leave(room)
	ask := fetch.Request{URL: c.URL, Access: accessOf(src.Source, c.URL), Timeout: src.Timeout}
	ask.Room = func(ctx context.Context) error { return a.rooms.take(ctx, room) }
	resp, err := a.askPage(timed, p, d, src.Source, ask)
	if to := SentOn(resp); err != nil && to != "" && (models.ClassOf(err) == models.ErrNotAFeed || models.ClassOf(err) == models.ErrPageChanged) {
		ask.URL, ask.Access = to, accessOf(src.Source, to)
		resp, err = a.askPage(timed, p, d, src.Source, ask)
	}
	v := models.Visit{Source: c.Source, URL: c.URL}
	told(&v, resp)
	if err != nil {
		v.Class, v.Error = models.ClassOf(err), resp.Mask(err.Error())
		a.logPanic(c.Source, err)
	}
	_, held := a.uplink.end(ctx, models.Claim{URL: c.URL, BodyHash: "a page", Failures: c.Tries - 1}, found(v, resp != nil && resp.Inside))
	d.Class, d.Error = v.Class, v.Error
	a.again(d, resp, held, ctx.Err() != nil)
	a.logPage(d, v)
	return d
}

// askPage asks for a page, and reads it.
func (a *Aggregator) askPage(ctx context.Context, p *plan, d *models.PageDelivery, src models.Source, ask fetch.Request) (*fetch.Response, error) {
	resp, err := p.client.Get(ctx, ask)
	if err == nil {
		err = a.completed(ctx, d, src, resp)
	}
	return resp, err
}

// accessOf is how a page is asked: what a source's own host wants is for that host alone.
func accessOf(src models.Source, page string) models.Access {
	access := src.Access
	if hostOf(page) != hostOf(src.URL) {
		access.Headers, access.Auth = nil, models.Auth{}
	}
	return access
}

// completed reads an answer as the page of an article, and completes with it the item as it is held.
// A file that stands at the item's address is attached to it.
func (a *Aggregator) completed(ctx context.Context, d *models.PageDelivery, src models.Source, resp *fetch.Response) (err error) {
	defer func() {
		if value := recover(); value != nil {
			d.Item, err = nil, fmt.Errorf("read %s: %w", resp.URL, &panicked{value, debug.Stack()})
		}
	}()
	var page *parse.Page
	kind := fileKind(resp)
	if kind == "" {
		share := a.share(resp, models.Claim{})
		if err := a.parses.Acquire(ctx, share); err != nil {
			return err
		}
		defer a.parses.Release(share)
		if page, _, err = article(resp, src); err != nil {
			return fmt.Errorf("read %s: %w", resp.URL, err)
		}
	}
	item, err := a.store.Item(ctx, d.Claim.Item)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	d.Base = item.Digest
	if kind != "" {
		attach(&item, resp, kind)
	} else if err := sameArticle(&item, page, resp.URL); err != nil {
		return fmt.Errorf("read %s: %w", resp.URL, err)
	} else {
		normalize.Merge(&item, page, normalize.Input{
			Source: src, URL: resp.URL, ContentLocation: resp.ContentLocation, Language: resp.ContentLanguage,
			Day: item.FirstSeen.Time(), Manner: manner(src),
		})
	}
	sum := sha256.Sum256([]byte(item.Title + "\x00" + item.Text + "\x00" + item.Content))
	item.Page = hex.EncodeToString(sum[:8])
	d.Item = &item
	return nil
}

// pageWait is how long a page that failed so many times waits for the next try.
func pageWait(tries int) time.Duration {
	waits := []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour}
	return waits[min(max(tries-1, 0), len(waits)-1)]
}

// again settles whether and when a page that failed is tried again, and how long its host is left
// alone. That our own line is down, or that we are to stop, says nothing of the page.
func (a *Aggregator) again(d *models.PageDelivery, resp *fetch.Response, down, stop bool) {
	switch {
	case d.Item != nil || d.Class == "":
		return
	case stop:
		d.Free, d.Class, d.Error = true, "", ""
		return
	case down:
		d.Free, d.Again = true, time.Minute
		return
	}
	d.Again = pageWait(d.Claim.Tries)
	if resp != nil && resp.RetryAfter > 0 {
		d.Quiet = min(resp.RetryAfter, 24*time.Hour)
	}
	switch d.Class {
	case models.ErrRateLimited:
		d.Free, d.Quiet = true, cmp.Or(d.Quiet, turnedAway)
	case models.ErrOrigin:
		d.Quiet = max(d.Quiet, turnedAway)
	case models.ErrGone, models.ErrBlocked, models.ErrTooLarge:
		d.Again = 0
	case models.ErrHTTP4xx: // once more: lists are at times there before their articles
		d.Again = 0
		if d.Claim.Tries == 1 {
			d.Again = missingWait
		}
	}
	if d.Again > 0 {
		d.Again = max(d.Again, d.Quiet)
	}
}

// savePage saves what a page told; where it cannot be saved the page is read again when its lease ends.
func (a *Aggregator) savePage(ctx context.Context, d *models.PageDelivery) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	for pause := 100 * time.Millisecond; ; pause *= 2 {
		err := a.store.SavePages(ctx, d)
		if err == nil {
			return
		}
		a.opts.Log.Error("page not saved", "source", d.Claim.Source, "item", d.Claim.Item, "err", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
	}
}

// logPage writes the one line of a page.
func (a *Aggregator) logPage(d *models.PageDelivery, v models.Visit) {
	level, outcome := slog.LevelInfo, "completed"
	attrs := []any{"source", d.Claim.Source, "item", d.Claim.Item, "status", v.Status, "bytes", v.Bytes, "ms", v.Duration}
	if d.Item == nil {
		level, outcome = slog.LevelWarn, "failed"
		attrs = append(attrs, "try", d.Claim.Tries, "class", cmp.Or(d.Class, "none"), "err", v.Error)
	}
	a.opts.Log.Log(context.Background(), level, "page", append(attrs, "outcome", outcome)...)
}
