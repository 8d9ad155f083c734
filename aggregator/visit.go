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
	resp, err := client.Get(ctx, fetch.Request{URL: src.URL, Timeout: src.Timeout})
	told(&v, resp)
	if resp == nil {
		v.Duration = time.Since(began).Milliseconds() // no answer told its own
	}
	var r *Reading
	if err == nil {
		r, err = Read(resp, src)
	}
	conclude(&v, r, err)
	return r, v
}

// deliver makes one visit: everything between a claim and what is saved of it.
func (a *Aggregator) deliver(ctx context.Context, p *plan, src models.Source, c models.Claim) *models.Delivery {
	d := &models.Delivery{Claim: c, Validators: c.Validators, BodyHash: c.BodyHash}
	d.Visit = models.Visit{Source: c.Source, At: c.At}
	manner := manner(src)
	ask := fetch.Request{URL: src.URL, Timeout: src.Timeout}
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
		conclude(&d.Visit, nil, err)
		a.logPanic(src.Key, err)
	}
	if resp == nil {
		d.Visit.Duration = time.Since(began).Milliseconds() // no answer told its own
	}
	a.schedule(d, p, src, resp, c.At.Time().Add(time.Since(began)))
	return d
}

// take reads an answer into the delivery: its items that are new or changed, and validators. Of a
// document of which entries are missing no validators are kept: the next answer must be whole.
func (a *Aggregator) take(ctx context.Context, d *models.Delivery, src models.Source, resp *fetch.Response, manner string) error {
	sum := sha256.Sum256(resp.Body)
	hash := manner + hex.EncodeToString(sum[:16])
	if resp.NotModified || d.Claim.BodyHash == hash {
		d.Visit.Outcome, d.Validators = models.Unchanged, resp.Validators
		return nil
	}
	if d.Claim.BodyHash == hash+partial {
		d.Visit.Outcome = models.Unchanged
		return nil
	}
	if err := a.parses.Acquire(ctx, 1); err != nil {
		return err
	}
	r, err := Read(resp, src)
	a.parses.Release(1)
	if err != nil {
		return err
	}
	if d.Items, err = a.unknown(ctx, src.Key, r.Items); err != nil {
		return err
	}
	conclude(&d.Visit, r, nil)
	d.Feed, d.BodyHash = &r.Feed, hash
	if r.Partial {
		d.BodyHash += partial
		return nil
	}
	d.Validators = resp.Validators
	return nil
}

// partial ends the hash of a body that was not read to its end.
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
func (a *Aggregator) schedule(d *models.Delivery, p *plan, src models.Source, resp *fetch.Response, now time.Time) {
	f := schedule.Facts{
		Now: now, Source: src, Network: p.catalog.Network,
		Outcome: d.Visit.Outcome, Class: d.Visit.Class, Failures: d.Claim.Failures,
	}
	if resp != nil {
		f.RetryAfter, f.MaxAge = resp.RetryAfter, resp.MaxAge
	}
	next := schedule.Next(f)
	d.NextAt, d.NotBefore, d.Reason = next.NextAt, next.NotBefore, next.Reason
}

// told notes what an answer says of itself, be it good or bad.
func told(v *models.Visit, resp *fetch.Response) {
	if resp == nil {
		return
	}
	v.Status, v.URL, v.Bytes, v.Duration = resp.Status, resp.URL, resp.Bytes, resp.Duration.Milliseconds()
}

// conclude gives a visit its single outcome.
func conclude(v *models.Visit, r *Reading, err error) {
	if err != nil {
		v.Outcome, v.Class, v.Error = models.Failed, models.ClassOf(err), err.Error()
		return
	}
	v.Outcome, v.Items, v.Warnings = models.Fetched, len(r.Items), r.Warnings
}
