package aggregator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"civicfeed/aggregator/fetch"
	"civicfeed/aggregator/normalize"
	"civicfeed/aggregator/schedule"
	"civicfeed/models"
)

// Look visits a source out of turn and stores nothing: what would be read of it now.
func Look(ctx context.Context, client *fetch.Client, src models.Source) (*Reading, models.Visit) {
	v := models.Visit{Source: src.Key, At: models.MillisOf(time.Now())}
	began := time.Now()
	resp, err := client.Get(ctx, Request(src))
	told(&v, resp)
	if resp == nil {
		v.Duration = time.Since(began).Milliseconds() // no answer told its own
	}
	var r *Reading
	if err == nil {
		r, err = Read(resp, src)
	}
	conclude(&v, resp, r, err)
	return r, v
}

// deliver makes one visit: everything between a claim and what is saved of it. It tells whether
// the source was asked: it may have waited for its turn in vain.
func (a *Aggregator) deliver(ctx context.Context, p *plan, source *planned, c models.Claim, claiming time.Time) (d *models.Delivery, asked bool) {
	src, manner := source.Source, source.manner
	d = &models.Delivery{Claim: c, Validators: c.Validators, BodyHash: c.BodyHash, Reading: c.Reading, Rhythm: c.Rhythm}
	d.Visit = models.Visit{Source: c.Source, At: c.At}
	ask := Request(src)
	ask.MovedTo = c.MovedTo
	ask.Sent = func() { asked = true }
	ask.Room = func(ctx context.Context) error { return a.rooms.take(ctx, d) }
	if strings.HasPrefix(c.BodyHash, manner) {
		ask.Validators = c.Validators // of a body that we read as we would read it today
	}
	began := time.Now()
	resp, err := p.client.Get(ctx, ask)
	told(&d.Visit, resp)
	if err == nil {
		err = a.take(ctx, d, src, resp, manner)
	}
	if err != nil {
		conclude(&d.Visit, resp, nil, err)
		a.logPanic(src.Key, err)
	}
	if resp == nil {
		d.Visit.Duration = time.Since(began).Milliseconds() // no answer told its own
	}
	var down time.Duration
	down, d.Hold = a.uplink.end(ctx, c, found(d.Visit, resp != nil && resp.Inside))
	d.Ended = c.At.Time().Add(time.Since(claiming)) // a little late, never early
	a.schedule(d, p, src, resp, d.Ended, down)
	return d, asked
}

// take reads an answer into the delivery: its items that are new or changed, and validators. Of a
// document that ends early none are kept, for the next answer may be whole, until the same bytes came
// twice: then it was not lost on the way that something is missing.
func (a *Aggregator) take(ctx context.Context, d *models.Delivery, src models.Source, resp *fetch.Response, manner string) error {
	var hash string
	if !resp.NotModified {
		sum := sha256.Sum256(resp.Body)
		hash = manner + hex.EncodeToString(sum[:16])
	}
	if resp.NotModified || strings.TrimSuffix(d.Claim.BodyHash, partial) == hash {
		d.Visit.Outcome, d.Validators = models.Unchanged, resp.Validators
		return nil
	}
	share := a.share(resp, d.Claim)
	if err := a.parses.Acquire(ctx, share); err != nil {
		return err
	}
	r, err := a.readMarked(ctx, d, src, resp, hash)
	a.parses.Release(share)
	if err != nil {
		return err
	}
	if d.Items, err = a.unknown(ctx, src.Key, r.Items); err != nil {
		return err
	}
	conclude(&d.Visit, resp, r, nil)
	d.Feed, d.BodyHash, d.Rhythm = &r.Feed, hash, schedule.Rhythm(datesOf(r.Items), d.Claim.At.Time())
	if r.Partial {
		d.BodyHash += partial
		return nil
	}
	d.Validators = resp.Validators
	return nil
}

// partial ends the hash of a body that ends early.
const partial = "…"

// unknown gives the items of a reading their ids, and leaves out those that the store holds as
// they are and those that show nothing.
func (a *Aggregator) unknown(ctx context.Context, source string, items []models.Item) ([]models.Item, error) {
	var identities, addresses []string
	for i := range items {
		identities = append(identities, items[i].Identity)
		if items[i].Address != "" {
			addresses = append(addresses, items[i].Address)
		}
	}
	known, err := a.store.Known(ctx, source, identities, addresses)
	if err != nil {
		return nil, fmt.Errorf("look up what is known of %s: %w", source, err)
	}
	held := make(map[string]models.Item, len(known))
	for _, it := range known {
		held[it.ID] = it
	}
	var news []models.Item
	for _, it := range normalize.Identify(items, known) {
		h, ok := held[it.ID]
		if !it.Blank() && (!ok || it.Sum() != h.Digest || it.Redates(h)) {
			news = append(news, it)
		}
	}
	return news, nil
}

// schedule settles when the source is due again.
func (a *Aggregator) schedule(d *models.Delivery, p *plan, src models.Source, resp *fetch.Response, now time.Time, down time.Duration) {
	f := schedule.Facts{
		Now: now, Source: src, Network: p.catalog.Network,
		Outcome: d.Visit.Outcome, Class: d.Visit.Class, Failures: d.Claim.Failures,
		Answered: resp != nil, Hold: d.Hold, Down: down, Hints: d.Claim.Hints, Rhythm: d.Rhythm, LastNew: d.Claim.LastNew.Time(),
	}
	if d.Feed != nil {
		f.Hints = d.Feed.Hints
	}
	if len(d.Items) > 0 {
		f.LastNew = now
	}
	if resp != nil {
		f.RetryAfter, f.MaxAge = resp.RetryAfter, resp.MaxAge
		d.Moved = resp.MovedTo
	}
	if d.Claim.MovedTo != "" && f.Class == models.ErrGone {
		f.Class = models.ErrHTTP4xx // gone from where it moved to: its own address is to be asked again
	}
	next := schedule.Next(f)
	d.NextAt, d.NotBefore, d.Reason = next.NextAt, next.NotBefore, next.Reason
}

// datesOf lists when the items of a document were published, as their source told it.
func datesOf(items []models.Item) []models.Moment {
	dates := make([]models.Moment, len(items))
	for i := range items {
		if dates[i] = items[i].Published; dates[i].At == 0 {
			dates[i] = items[i].Updated
		}
	}
	return dates
}

// told notes what an answer says of itself, be it good or bad.
func told(v *models.Visit, resp *fetch.Response) {
	if resp == nil {
		return
	}
	v.Status, v.URL, v.Bytes, v.Duration = resp.Status, resp.URL, resp.Bytes, resp.Duration.Milliseconds()
}

// conclude gives a visit its single outcome. What is told of it may quote the answer.
func conclude(v *models.Visit, resp *fetch.Response, r *Reading, err error) {
	if err != nil {
		v.Outcome, v.Class, v.Error = models.Failed, models.ClassOf(err), resp.Mask(err.Error())
		return
	}
	v.Outcome, v.Items = models.Fetched, len(r.Items)
	for _, w := range r.Warnings {
		v.Warnings = append(v.Warnings, resp.Mask(w))
	}
}
