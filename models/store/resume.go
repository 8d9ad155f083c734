package store

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"math/bits"
	"time"

	"civicfeed/models"
)

const (
	minute = models.Millis(time.Minute / time.Millisecond)
	hour   = 60 * minute
	day    = 24 * hour

	longestSkip  = 8 * day // that skipHours and skipDays together can bring about
	longestLease = hour
)

// Now is the moment by the store's clock.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	now, err := s.now(s.reader.WithContext(ctx))
	return now.Time(), err
}

// Resume brings what is planned and dated in line with the clock. A daemon does it when it begins,
// and when it finds that the clock moved otherwise than time passed: after a stop, a sleep of the
// machine, a step of the clock. Where all is in order it writes nothing.
//
// What came due meanwhile is spread over as long a time as it came due in, at most each source's
// own interval, and an hour. What a clock that ran ahead has left behind goes back with it: plans
// keep their intervals, no date stays in the future, and nothing is put off for longer than the
// source's own plan says.
func (s *Store) Resume(ctx context.Context) error {
	s.applying.RLock()
	defer s.applying.RUnlock()
	err := s.change(ctx, func(c *change) error {
		if err := c.resumeSources(s.judge); err != nil {
			return err
		}
		if err := c.resumePages(); err != nil {
			return err
		}
		return c.resumeDates()
	})
	if err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	return nil
}

// resumeSources brings the plans of all sources in line.
func (c *change) resumeSources(j *judge) error {
	var rows []models.SourceState
	if err := c.tx.Raw("SELECT * FROM sources WHERE active ORDER BY key" + c.engine.lock).Scan(&rows).Error; err != nil {
		return fmt.Errorf("read sources: %w", err)
	}
	w := waking{now: c.now}
	for i := range rows {
		w.see(&rows[i])
	}
	for i := range rows {
		row, before := &rows[i], timesOf(&rows[i])
		var moments models.Schedule
		if j != nil {
			if src, ok := j.Source(row.Key); ok {
				moments = src.Schedule
			}
		}
		w.plan(row, moments)
		if timesOf(row) == before {
			continue
		}
		err := c.tx.Model(row).Select("next_at", "not_before", "leased_until", "since", "last_visit", "last_ok", "last_new").Updates(row).Error
		if err != nil {
			return fmt.Errorf("write the plan of %s: %w", row.Key, err)
		}
	}
	return nil
}

// resumePages takes back the plans for pages that a clock running ahead has made.
func (c *change) resumePages() error {
	const longestQuiet = 31 * day // a visit that is turned away is told for a month at most
	for column, furthest := range map[string]models.Millis{"quiet_until": c.now + longestQuiet, "next_at": c.now + day + hour, "leased_until": c.now + longestLease, "asked_at": c.now + minute} {
		if err := c.tx.Exec("UPDATE pages SET "+column+" = ? WHERE "+column+" > ?", c.now, furthest).Error; err != nil {
			return fmt.Errorf("write the plans of pages: %w", err)
		}
	}
	return nil
}

// timesOf is what resuming may change of a source.
func timesOf(s *models.SourceState) [7]models.Millis {
	return [7]models.Millis{s.NextAt, s.NotBefore, s.LeasedUntil, s.Since, s.LastVisit, s.LastOK, s.LastNew}
}

// waking is the clock as a daemon finds it when it wakes.
type waking struct {
	now  models.Millis
	back models.Millis // by how much at least the clock went back since the last visit of all
	late models.Millis // how long ago the first of those came due that are due
}

func (w *waking) see(row *models.SourceState) {
	w.back = max(w.back, row.LastVisit-w.now)
	if row.NextAt != 0 && row.LeasedUntil <= w.now {
		w.late = max(w.late, w.now-row.NextAt)
	}
}

// plan brings one source in line. Differences of a minute are none.
func (w *waking) plan(row *models.SourceState, moments models.Schedule) {
	if row.LastVisit > w.now+minute { // visited by a clock that has gone back since
		row.NextAt, row.NotBefore = max(row.NextAt-w.back, 0), max(row.NotBefore-w.back, 0)
	}
	for _, t := range []*models.Millis{&row.LastVisit, &row.LastOK, &row.LastNew, &row.Since} {
		*t = w.past(*t)
	}
	if row.LeasedUntil > w.now+longestLease {
		row.LeasedUntil = w.now + longestLease
	}
	late := w.late
	if max(row.NextAt, row.NotBefore) > w.furthest(row, moments) { // planned by such a clock, and not visited since
		row.NextAt, row.NotBefore, late = w.now, w.now, hour
	}
	_, step := nextOf(moments, w.now)
	if row.NextAt != 0 && row.NextAt <= w.now && row.LeasedUntil <= w.now && late > minute {
		row.NextAt = w.now + share(row.Key, min(late, step, hour))
		for end := row.NextAt + longestSkip; row.Feed.Hints.Skips(row.NextAt.Time()) && row.NextAt < end; {
			row.NextAt += hour
		}
	}
}

// past takes a moment that has been; one still to come was told by a clock that has gone back.
func (w *waking) past(t models.Millis) models.Millis {
	if t <= w.now+minute {
		return t
	}
	return min(t-w.back, w.now)
}

// nextOf is the next moment of a schedule after t, and how far it is from there to the one after.
func nextOf(s models.Schedule, t models.Millis) (next, step models.Millis) {
	if s == nil {
		return t + day, hour
	}
	first := s.Next(t.Time())
	if first.IsZero() {
		return t + day, hour
	}
	step = models.MillisOf(s.Next(first)) - models.MillisOf(first)
	if step <= 0 {
		step = hour
	}
	return models.MillisOf(first), step
}

// furthest is the last moment that the next visit of a source can be planned for: the first of its
// schedule after all that the reason of its plan says, and two hours, over which visits are spread.
func (w *waking) furthest(row *models.SourceState, s models.Schedule) models.Millis {
	wait := max(models.Millis(row.Reason.Wait.Milliseconds()), least(row.Reason))
	if row.Reason.Why == models.WhySkip {
		wait = max(wait, longestSkip)
	}
	next, _ := nextOf(s, w.now+wait)
	return next + 2*hour
}

// share is the source's own part of a time, the same for ever, evenly among keys.
func share(key string, of models.Millis) models.Millis {
	h := fnv.New64a()
	h.Write([]byte(key))
	mixed := h.Sum64() * 0x9e3779b97f4a7c15 // its high bits are alike among keys that end alike
	part, _ := bits.Mul64(mixed, uint64(max(of, 0)))
	return models.Millis(part)
}

// resumeDates takes back the dates that a clock running ahead has given to stories, their items
// and their views.
func (c *change) resumeDates() error {
	const ahead = "listed > ? OR published > ? OR updated > ?"
	late := c.now + minute
	var stories []models.Story
	if err := c.tx.Where(ahead, late, late, late).Order("seq").Find(&stories).Error; err != nil {
		return fmt.Errorf("read stories: %w", err)
	}
	w := waking{now: c.now}
	for _, s := range stories {
		w.back = max(w.back, s.Listed-c.now)
	}
	for i := range stories {
		if err := c.redate(&stories[i], &w); err != nil {
			return fmt.Errorf("date story %s: %w", stories[i].ID, err)
		}
	}
	var views []int64
	if err := c.tx.Raw("SELECT id FROM views WHERE changed > ?", late).Scan(&views).Error; err != nil {
		return fmt.Errorf("read views: %w", err)
	}
	if err := c.tx.Exec("UPDATE views SET changed = ? WHERE changed > ?", c.now, late).Error; err != nil {
		return fmt.Errorf("date views: %w", err)
	}
	c.touch(views...)
	if err := c.tx.Exec("UPDATE views SET archived_listed = ? WHERE archived_listed > ?", c.now, late).Error; err != nil {
		return fmt.Errorf("date archives: %w", err)
	}
	if c.ledger.CatalogChanged > late {
		c.ledger.CatalogChanged = c.now
	}
	c.ledger.Listed = min(c.ledger.Listed, late)
	return nil
}

// redate takes back the dates of one story.
func (c *change) redate(story *models.Story, w *waking) error {
	for _, t := range []*models.Millis{&story.Listed, &story.Published, &story.Updated} {
		*t = w.past(*t)
	}
	story.Rev = c.next()
	if err := c.tx.Select("rev", "listed", "published", "updated").Updates(story).Error; err != nil {
		return err
	}
	err := c.tx.Exec("UPDATE memberships SET listed = ?, published = ? WHERE story = ?", story.Listed, story.Published, story.ID).Error
	if err != nil {
		return err
	}
	for column, t := range map[string]models.Millis{"first_seen": cmp.Or(story.Listed, c.now), "published_at": story.Published, "updated_at": story.Updated} {
		err := c.tx.Exec("UPDATE items SET "+column+" = ? WHERE story = ? AND "+column+" > ?", t, story.ID, c.now+minute).Error
		if err != nil {
			return err
		}
	}
	var views []int64
	if err := c.tx.Raw("SELECT view FROM memberships WHERE story = ?", story.ID).Scan(&views).Error; err != nil {
		return err
	}
	c.touch(views...)
	return c.reindex([]models.Story{*story}, false)
}

// dueAgain is when a source is due after a visit, and not before when, by the clock as it is now.
func dueAgain(d *models.Delivery, now models.Millis) (next, notBefore models.Millis) {
	by := drift(d, now)
	return models.MillisOf(d.NextAt.Add(by)), models.MillisOf(d.NotBefore.Add(by))
}

// drift is by how much the clock moved otherwise than time passed while a visit was under way. What
// it planned moves along. Saving may take its time: less than some minutes is none.
func drift(d *models.Delivery, now models.Millis) time.Duration {
	if d.Ended.IsZero() {
		return 0
	}
	by := now.Time().Sub(d.Ended)
	if by.Abs() < 5*time.Minute {
		return 0
	}
	return by
}
