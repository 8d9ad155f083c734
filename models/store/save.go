package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"civicfeed/models"
)

// Save stores what visits brought, up to some 25 of them in one transaction: items, stories and
// the views they enter, then the source's state, its validators among it, and the visit. It sets
// New and Changed of each visit, and Lost where the lease was gone and nothing was saved.
//
// What the database refuses costs only the delivery it came in: the others are saved without it,
// and its visit is stored as failed by our own fault, its items to be fetched again.
func (s *Store) Save(ctx context.Context, deliveries []*models.Delivery) error {
	err := s.save(ctx, deliveries)
	if !isRefused(err) || ctx.Err() != nil {
		return err
	}
	var errs []error
	for _, d := range deliveries {
		errs = append(errs, s.saveAlone(ctx, d))
	}
	return errors.Join(errs...)
}

// refused marks what went wrong inside a transaction. Where none could be had (the file is locked,
// the server away) there is no point in trying again with less.
type refused struct{ error }

func (r refused) Unwrap() error { return r.error }

func isRefused(err error) bool { return errors.As(err, new(refused)) }

// saveAlone saves one delivery, or failing that what became of it.
func (s *Store) saveAlone(ctx context.Context, d *models.Delivery) error {
	cause := s.save(ctx, []*models.Delivery{d})
	if !isRefused(cause) || ctx.Err() != nil {
		return cause
	}
	failed := models.Delivery{
		Claim: d.Claim, Visit: d.Visit, Validators: d.Claim.Validators, BodyHash: d.Claim.BodyHash, Reading: d.Reading,
		NextAt: d.NextAt, NotBefore: d.NotBefore, Reason: d.Reason, Rhythm: d.Claim.Rhythm,
		Haste: d.Claim.Haste, Withheld: d.Claim.Withheld,
	}
	failed.Visit.Outcome, failed.Visit.Class, failed.Visit.Error = models.Failed, models.ErrInternal, cause.Error()
	failed.Visit.New, failed.Visit.Changed = 0, 0
	if err := s.save(ctx, []*models.Delivery{&failed}); err != nil {
		return cause
	}
	s.log.ErrorContext(ctx, "delivery refused", "source", d.Claim.Source, "err", cause)
	d.Visit, d.Lost = failed.Visit, failed.Lost
	return nil
}

func (s *Store) save(ctx context.Context, deliveries []*models.Delivery) error {
	if len(deliveries) == 0 {
		return nil
	}
	s.applying.RLock()
	defer s.applying.RUnlock()
	if s.judge == nil && s.writer != nil {
		return errors.New("save visits: no catalog was applied yet")
	}
	err := s.change(ctx, func(c *change) error {
		b := batch{change: c, judge: s.judge}
		if err := b.save(deliveries); err != nil {
			return refused{err}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save visits of %s: %w", names(deliveries), err)
	}
	return nil
}

// names is for errors: the first source, and how many more.
func names(deliveries []*models.Delivery) string {
	if n := len(deliveries) - 1; n > 0 {
		return fmt.Sprintf("%s and %d more", deliveries[0].Claim.Source, n)
	}
	return deliveries[0].Claim.Source
}

// batch is one transaction of Save. What its deliveries have in common is written together.
type batch struct {
	*change
	judge   *judge
	known   map[string]models.Item // what is held of the items delivered, without their text
	fresh   []models.Item
	stories []models.Story // of fresh, one each
	revised []models.Item
	paged   map[string]models.Item // those delivered that their pages have completed, as held
	pages   []pageRow              // to be read
	visits  []*models.Visit
}

func (b *batch) save(deliveries []*models.Delivery) error {
	var still, stirred []*models.Delivery
	for _, d := range deliveries {
		if uneventful(d) {
			still = append(still, d)
		} else {
			stirred = append(stirred, d)
		}
	}
	if err := b.saveCalm(still); err != nil || len(stirred) == 0 {
		return err
	}
	return b.saveStirred(stirred)
}

// saveStirred saves deliveries that may bring anything.
func (b *batch) saveStirred(deliveries []*models.Delivery) error {
	var keys, ids []string
	for _, d := range deliveries {
		keys = append(keys, d.Claim.Source)
		for i := range d.Items {
			ids = append(ids, d.Items[i].ID)
		}
	}
	sources, err := b.sources(keys)
	if err != nil {
		return err
	}
	if b.known, err = b.holdings(ids); err != nil {
		return err
	}
	if err := b.holdPaged(ids); err != nil {
		return err
	}
	for _, d := range deliveries {
		src := sources[d.Claim.Source]
		if d.Lost = src == nil || src.Epoch != d.Claim.Epoch; d.Lost {
			continue
		}
		if err := b.take(d, src); err != nil {
			return err
		}
	}
	return b.write()
}

// take sorts a delivery's items and writes the state of its source.
func (b *batch) take(d *models.Delivery, src *models.SourceState) error {
	released, err := b.release(d)
	if err != nil {
		return err
	}
	d.Visit.New, d.Visit.Changed = b.sort(d, src.LastOK == 0)
	d.Visit.New += released
	if err := b.reword(src, d.Feed); err != nil {
		return err
	}
	record(src, d, b.now)
	if turnedAway(d) {
		until := min(src.NextAt, max(src.NotBefore, b.now+day)) // its own schedule, of weeks at times, is not its host's
		if err := b.hush(hostOf(d.Claim.Asked()), until); err != nil {
			return err
		}
	}
	scrub(src)
	if err := b.tx.Save(src).Error; err != nil {
		return fmt.Errorf("write the state of %s: %w", src.Key, err)
	}
	scrub(&d.Visit)
	d.Visit.ID, d.Visit.Source = 0, src.Key
	b.visits = append(b.visits, &d.Visit)
	return nil
}

// sort tells the new items of a delivery and the changed from those already held. What changed but
// is not read by people (a category, a link's target) is written and no update. The delivery's
// own items stay as they are: a transaction may have to be tried again. Of two with one id the
// first counts. New stories are numbered from the oldest on. What differs because we read it in
// another way than before is no update either, unless its source says it is one.
func (b *batch) sort(d *models.Delivery, backlog bool) (fresh, changed int) {
	var news []models.Item
	for _, item := range d.Items {
		scrub(&item)
		held, ok := b.known[item.ID]
		if paged, done := b.paged[item.ID]; done && item.Page == "" {
			item.Retain(paged)
		}
		item.Digest = item.Sum()
		switch {
		case !ok:
			item.Admit(b.now)
			item.Story = item.ID
			news = append(news, item)
		case (held.Digest != item.Digest || item.Redates(held)) && held.FirstSeen != 0:
			if d.Reread && (held.Updated.Raw == "" || held.Updated.Raw == item.Updated.Raw) {
				held.Hash = item.Hash
			}
			if held.Hash != item.Hash {
				changed++
				b.ask(&item, held.Published.At, backlog)
			}
			item.Revise(held, b.now)
			b.revised = append(b.revised, item)
		}
		b.known[item.ID] = models.Item{Digest: item.Digest} // FirstSeen 0: settled in this transaction
	}
	slices.SortStableFunc(news, func(x, y models.Item) int { return cmp.Compare(x.Published.At, y.Published.At) })
	for _, item := range news {
		old := backlog || item.Published.At <= d.Backlog
		story := b.found(&item, old)
		if d.Withheld.Items > 0 && item.Published.At <= d.Withheld.Upto {
			story.Listed = 0
		} else {
			fresh++
		}
		b.stories = append(b.stories, story)
		b.ask(&item, item.Published.At, old)
	}
	b.fresh = append(b.fresh, news...)
	return fresh, changed
}

// release lists what was withheld of a source by its dates, and tells how much it is.
func (b *batch) release(d *models.Delivery) (int, error) {
	if d.Backlog == 0 {
		return 0, nil
	}
	var stories []models.Story
	err := b.tx.Where("listed = 0 AND id IN (SELECT story FROM items WHERE source = ?)", d.Claim.Source).Order("seq").Find(&stories).Error
	if err != nil {
		return 0, fmt.Errorf("read what is withheld of %s: %w", d.Claim.Source, err)
	}
	for some := range slices.Chunk(stories, chunk) {
		for i := range some {
			story := &some[i]
			story.Seq, story.Listed = b.next(), story.Published
			err := b.tx.Exec("UPDATE stories SET seq = ?, listed = ? WHERE id = ?", story.Seq, story.Listed, story.ID).Error
			if err != nil {
				return 0, fmt.Errorf("list story %s: %w", story.ID, err)
			}
		}
		if err := b.replace(b.judge, some, true); err != nil {
			return 0, err
		}
	}
	return len(stories), nil
}

// found makes the story of a new item. It is listed by the moment it is saved, so that a reader
// who takes the newest sees it whatever its date; what was there before we first looked is listed
// by its date, so that a new source does not flood.
func (b *batch) found(item *models.Item, backlog bool) models.Story {
	seq := b.next()
	story := models.Story{
		Seq: seq, ID: item.Story, Rev: seq,
		Published: item.Place(), Updated: item.Updated.At,
	}
	if story.Listed = item.Place(); !backlog {
		story.Listed = b.listed()
	}
	return story
}

// record is what a visit makes of the state of its source.
func record(src *models.SourceState, d *models.Delivery, now models.Millis) {
	v := &d.Visit
	src.LeasedUntil, src.LastVisit, src.Status, src.Class, src.Error = 0, now, v.Status, v.Class, v.Error
	src.NextAt, src.NotBefore = dueAgain(d, now)
	src.Reason = d.Reason
	src.Rhythm, src.Haste, src.Withheld = d.Rhythm, d.Haste, d.Withheld
	src.Validators, src.BodyHash, src.Reading = verbatim(d.Validators), d.BodyHash, d.Reading
	if d.Feed != nil {
		src.Feed = *d.Feed
	}
	if v.Outcome == models.Fetched || d.Backlog != 0 { // what is let go is none any more
		src.Warnings = v.Warnings
	}
	if v.New > 0 {
		src.LastNew = now
	}
	if v.Outcome != models.Failed {
		d.Turned = src.Moves(d.Claim.Asked(), d.Moved, now)
		d.Address = src.Address
	}
	switch {
	case v.Outcome != models.Failed:
		src.Failures, src.Since, src.LastOK = 0, 0, now
		countEmpty(src, v)
		tellWithheld(src)
	case v.Class != models.ErrInternal && !d.Hold: // our own fault does not count against the source
		if src.Failures++; src.Failures == 1 {
			src.Since = now
		}
	}
}

// empties is how many visits in a row must find nothing before people are told: many a feed is
// empty for an hour.
const empties = 3

// countEmpty notes a feed that holds nothing. What it published before stays in any case.
func countEmpty(src *models.SourceState, v *models.Visit) {
	switch {
	case v.Outcome == models.Fetched && v.Items > 0:
		src.Empties = 0
	case v.Outcome == models.Fetched || src.Empties > 0:
		src.Empties++
	}
	if src.Empties >= empties {
		src.Class = models.ErrEmpty
		src.Error = fmt.Sprintf("its feed holds nothing, now for %d visits in a row: what it published before stays", src.Empties)
	}
}

// tellWithheld notes that entries wait for a person's word, or for the days to pass.
func tellWithheld(src *models.SourceState) {
	if w := src.Withheld; w.Items > 0 {
		src.Class = models.ErrUnknown
		src.Error = fmt.Sprintf("%d of its entries, dated until %s, look like old ones under other names and are withheld",
			w.Items, w.Upto.Time().Format(time.DateOnly))
	}
}
