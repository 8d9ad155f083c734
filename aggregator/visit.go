package aggregator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"civicfeed/aggregator/fetch"
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
	d = &models.Delivery{Claim: c, Validators: c.Validators, BodyHash: c.BodyHash, Reading: c.Reading, Rhythm: c.Rhythm, Haste: c.Haste, Withheld: c.Withheld}
	d.Visit = models.Visit{Source: c.Source, At: c.At}
	if a.admits(c) {
		d.Backlog, d.Withheld = c.Withheld.Upto, models.Withheld{}
	}
	ask := Request(src)
	ask.MovedTo = c.MovedTo
	ask.Sent = func() { asked = true }
	ask.Room = func(ctx context.Context) error { return a.rooms.take(ctx, d) }
	d.Reread = c.BodyHash != "" && !strings.HasPrefix(c.BodyHash, manner)
	if !d.Reread && d.Backlog == 0 {
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
// document that ends early, or came garbled, none are kept, for the next answer may be whole, until
// the same bytes came twice: then it was not lost on the way that something is missing.
func (a *Aggregator) take(ctx context.Context, d *models.Delivery, src models.Source, resp *fetch.Response, manner string) error {
	var hash string
	if !resp.NotModified {
		sum := sha256.Sum256(resp.Body)
		hash = manner + hex.EncodeToString(sum[:16])
	}
	if resp.NotModified || strings.TrimSuffix(d.Claim.BodyHash, partial) == hash && d.Backlog == 0 {
		d.Visit.Outcome, d.Validators, d.Haste = models.Unchanged, resp.Validators, max(d.Haste-1, 0)
		return nil
	}
	resp.At = d.Claim.At.Time() // the store's clock, which all dates are reckoned by
	share := a.share(resp, d.Claim)
	if err := a.parses.Acquire(ctx, share); err != nil {
		return err
	}
	r, err := a.readMarked(ctx, d, src, resp, hash)
	if err != nil {
		err = hinted(err, resp, src)
	}
	a.parses.Release(share)
	if err != nil {
		return err
	}
	a.turnPages(ctx, src, r)
	garbled, err := a.recognize(ctx, src.Kind, d, r)
	if err != nil {
		if p := (*panicked)(nil); errors.As(err, &p) {
			d.Reading = broken(d.Claim.Reading, hash, d.Claim.At)
		}
		return err
	}
	conclude(&d.Visit, resp, r, nil)
	d.BodyHash, d.Rhythm = hash, schedule.Rhythm(datesOf(r.Items), d.Claim.At.Time())
	if !garbled {
		d.Feed = &r.Feed
	}
	switch {
	case garbled && d.Claim.BodyHash != hash+garbling:
		d.BodyHash += garbling
	case r.Partial || garbled:
		d.BodyHash += partial
	default:
		d.Validators = resp.Validators
	}
	return nil
}

// What ends the hash of a body that is not believed to be whole.
const (
	partial  = "…" // it ends early, or came garbled twice: once more, and it is what the source has
	garbling = "~" // it came garbled: it is read once more, though it be the same
)

// schedule settles when the source is due again.
func (a *Aggregator) schedule(d *models.Delivery, p *plan, src models.Source, resp *fetch.Response, now time.Time, down time.Duration) {
	f := schedule.Facts{
		Now: now, Source: src, Network: p.catalog.Network,
		Outcome: d.Visit.Outcome, Class: d.Visit.Class, Failures: d.Claim.Failures,
		Answered: resp != nil, Hold: d.Hold, Down: down, Haste: d.Haste, Hints: d.Claim.Hints, Rhythm: d.Rhythm, LastNew: d.Claim.LastNew.Time(),
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
	for _, w := range r.remarks() {
		v.Warnings = append(v.Warnings, resp.Mask(w))
	}
}
