package aggregator

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"civicfeed/aggregator/decode"
	"civicfeed/aggregator/normalize"
	"civicfeed/models"
	"civicfeed/models/store"
)

const (
	overlap  = 3                  // entries from which on a document that has none of those before is no chance
	several  = 5                  // entries by which a source is seen to have changed the names of old ones
	lately   = 24 * time.Hour     // that the order of dates in a source may be wrong by
	patience = 3 * 24 * time.Hour // for which such entries wait for a person's word
	hurried  = 4                  // times that an interval is halved at most
)

// recognition is what a reading is beside what is held of its source.
type recognition struct {
	items   []models.Item // with their ids
	held    map[string]models.Item
	strange bool // see [normalize.Strange]
	reread  bool // see [models.Delivery]
	astray  bool // all of it stands elsewhere on its site than what is held; see relisted
}

// recognize gives the items of a reading their ids, and puts into the delivery those that are new
// or were changed, and what else it finds out: what has to be withheld, whether some were missed. It
// tells whether any came garbled.
func (a *Aggregator) recognize(ctx context.Context, kind models.Kind, d *models.Delivery, r *Reading) (garbled bool, err error) {
	known, err := a.recognition(ctx, d.Claim.Source, r.Items, d.Reread)
	if err != nil {
		return false, err
	}
	if kind == models.KindPage {
		if err := known.relisted(d, r); err != nil {
			return false, err
		}
	}
	if d.Items, err = known.news(r); err != nil {
		return false, err
	}
	if garbled, err = known.unspoilt(ctx, a.store, d, r); err != nil {
		return false, err
	}
	known.withhold(d, r)
	known.missed(d, r)
	return garbled, nil
}

// recognition looks up what is held of the items of a source: by identity and address, and where
// these do not tell, by the time they were published.
func (a *Aggregator) recognition(ctx context.Context, source string, items []models.Item, reread bool) (*recognition, error) {
	var identities, addresses []string
	for i := range items {
		identities = append(identities, items[i].Identity)
		if items[i].Address != "" {
			addresses = append(addresses, normalize.Places(items[i].Address, items[i].Link)...)
		}
	}
	known, err := a.store.Known(ctx, source, identities, addresses)
	if err != nil {
		return nil, fmt.Errorf("look up what is known of %s: %w", source, err)
	}
	c := &recognition{strange: normalize.Strange(items, known), reread: reread}
	c.identify(items, known)
	from, to, any := c.span(len(known) == 0)
	if !any {
		return c, nil
	}
	near, err := a.store.Near(ctx, source, from, to)
	if err != nil {
		return nil, fmt.Errorf("look up what is held of %s: %w", source, err)
	}
	near = slices.DeleteFunc(near, func(it models.Item) bool { return c.held[it.ID].ID != "" })
	if len(near) > 0 {
		c.identify(items, append(known, near...))
	}
	return c, nil
}

func (c *recognition) identify(items, held []models.Item) {
	name := normalize.Identify
	if c.reread {
		name = normalize.Reidentify
	}
	c.items, c.held = name(items, held), make(map[string]models.Item, len(held))
	for _, it := range held {
		c.held[it.ID] = it
	}
}

// span is when the items were published that nobody knows by identity: all time where all is unknown,
// or one of them is undated or dated ahead.
func (c *recognition) span(all bool) (from, to models.Millis, any bool) {
	const ever = models.Millis(math.MaxInt64)
	from, to = ever, 0
	for i := range c.items {
		if it := &c.items[i]; c.held[it.ID].Identity != it.Identity {
			any = true
			from, to = min(from, it.Published.At), max(to, it.Published.At)
		}
	}
	if all || c.strange || c.reread || from == 0 {
		return 0, ever, any
	}
	return from, to, any
}

func (c *recognition) isNew(it *models.Item) bool {
	_, ok := c.held[it.ID]
	return !ok
}

// news are the items that are not held as they are, and show anything.
func (c *recognition) news(r *Reading) (news []models.Item, err error) {
	for _, it := range c.items {
		h, ok := c.held[it.ID]
		if ok && it.Told != "" && it.Told == h.Told && !it.Redates(h) {
			continue
		}
		if err := r.finish(&it); err != nil {
			return nil, err
		}
		if !it.Blank() && (!ok || it.Sum() != h.Digest || it.Redates(h)) {
			news = append(news, it)
		}
	}
	return news, nil
}

// withhold finds what looks like old items under new names: new by all that they can be told by,
// and dated before the newest held, in a document in which nothing has the name it had. Where a
// system was replaced with everything in it, they would all be announced once more. They are held
// from now on, but listed nowhere, until a person says so, or some days later without a word, by
// their dates, for they may be news all the same.
func (c *recognition) withhold(d *models.Delivery, r *Reading) {
	if n := d.Claim.Withheld.Items; d.Backlog != 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d entries were taken that had been withheld", n))
		return
	}
	w := d.Claim.Withheld
	if w.Upto == 0 && d.Claim.BodyHash != "" { // at an address that a person just wrote, nothing is suspect
		w = c.suspect(d.Claim.At)
	}
	for i := range d.Items {
		if it := &d.Items[i]; c.isNew(it) && it.Published.At != 0 && it.Published.At <= w.Upto {
			w.Items++
		}
	}
	if w.Items == 0 {
		return
	}
	d.Withheld = w
	why := "by their dates they were there before, but under other names"
	if c.astray {
		why = "nothing of the list was there before, and all of it stands elsewhere on the site: another section's, or a new layout"
	}
	r.Warnings = append(r.Warnings, fmt.Sprintf("%d entries are withheld: %s; "+
		"“civicfeed fetch --accept %s” takes them now, and they are taken on %s in any case, listed by their dates",
		w.Items, why, d.Claim.Source, (w.Since+models.Millis(patience.Milliseconds())).Time().Format(time.DateOnly)))
}

// suspect tells from when back the entries of a strange document are old ones: many, and most of it.
func (c *recognition) suspect(now models.Millis) (w models.Withheld) {
	switch {
	case !c.strange:
		return w
	case c.astray:
		return models.Withheld{Since: now, Upto: now}
	}
	newest := normalize.Newest(slices.Collect(maps.Values(c.held)))
	upto, old := newest-models.Millis(lately.Milliseconds()), 0
	for i := range c.items {
		if it := &c.items[i]; c.isNew(it) && it.Published.At != 0 && it.Published.At <= upto {
			old++
		}
	}
	if newest == 0 || old < several || old*2 < len(c.items) {
		return w
	}
	return models.Withheld{Since: now, Upto: upto}
}

// overdue tells that what is withheld has waited long enough.
func overdue(w models.Withheld, now models.Millis) bool {
	return w.Items > 0 && now-w.Since >= models.Millis(patience.Milliseconds())
}

// admits tells whether what is withheld of a source is let go now: a person says so, has given it
// another address, or the time is over.
func (a *Aggregator) admits(c models.Claim) bool {
	return c.Withheld.Items > 0 && (a.opts.Accept || c.BodyHash == "" || overdue(c.Withheld, c.At))
}

// missed notes whether items may have come and gone since the visit before: nothing of what was
// there is there any more. Then the source is visited at shorter intervals, until most of what it
// shows was there before.
func (c *recognition) missed(d *models.Delivery, r *Reading) {
	there := 0
	for i := range c.items {
		if !c.isNew(&c.items[i]) {
			there++
		}
	}
	switch {
	case len(c.items) == 0 || len(c.held) == 0 || d.Withheld.Items > d.Claim.Withheld.Items || d.Backlog != 0:
	case there == 0 && len(c.items) >= overlap && !r.Partial:
		d.Haste = min(d.Claim.Haste+1, hurried)
		r.Warnings = append(r.Warnings, "none of its entries was there at the visit before: some may have been missed in between; "+
			"visit it more often, or ask for a feed that holds more")
	case there*4 >= len(c.items)*3:
		d.Haste = max(d.Claim.Haste-1, 0)
	}
}

// unspoilt leaves out what came garbled of a text that is held as it was meant: another encoding
// than before, or a conversion too many, is at work at the source. What is new and garbled all over
// waits, too, for the next visit only: nothing may be lost. Such a document is not believed to stay:
// that visit asks for it again.
func (c *recognition) unspoilt(ctx context.Context, st *store.Store, d *models.Delivery, r *Reading) (garbled bool, err error) {
	var ids []string
	for i := range d.Items {
		if !c.isNew(&d.Items[i]) {
			ids = append(ids, d.Items[i].ID)
		}
	}
	held, err := st.Texts(ctx, ids)
	if err != nil {
		return false, err
	}
	spoilt := func(it models.Item) bool {
		h, ok := held[it.ID]
		return ok && (decode.Spoils(it.Title, h.Title) || decode.Spoils(it.Text, h.Text) || decode.Spoils(it.Summary, h.Summary))
	}
	if !slices.ContainsFunc(d.Items, spoilt) {
		return false, nil
	}
	all, again := len(d.Items), strings.HasSuffix(d.Claim.BodyHash, garbling) || strings.HasSuffix(d.Claim.BodyHash, partial)
	d.Items = slices.DeleteFunc(d.Items, func(it models.Item) bool {
		return spoilt(it) || c.isNew(&it) && !again && (decode.Garbled(it.Title) || decode.Garbled(it.Text))
	})
	r.Warnings = append(r.Warnings, fmt.Sprintf("%d entries came garbled, as in a wrong encoding: what was published of them before stays", all-len(d.Items)))
	return true, nil
}

// logDoubt tells of what was withheld for the first time, and of what may have been missed.
func (a *Aggregator) logDoubt(d *models.Delivery) {
	switch {
	case d.Lost:
	case d.Withheld.Items > 0 && d.Claim.Withheld.Items == 0:
		a.opts.Log.Warn("entries withheld", "source", d.Claim.Source, "entries", d.Withheld.Items, "until", d.Withheld.Upto.Time().Format(time.DateOnly))
	case d.Haste > d.Claim.Haste:
		a.opts.Log.Warn("entries may have been missed", "source", d.Claim.Source, "next", d.NextAt.UTC().Format(time.RFC3339))
	}
}
