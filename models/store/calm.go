package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"civicfeed/models"
)

// Most visits find nothing new. Where a source is calm (nothing is wrong with it and nothing in
// suspense) such a visit changes only when it was visited and is due again. So it is saved without
// its row being read or written whole: one statement for many sources, whose epochs it checks, and
// one for their visits. What it makes of a row is what [record] would make of it.

// calm tells a row of which a visit that finds nothing new changes no more than that.
func calm(src *models.SourceState) bool {
	return src.LastOK != 0 && src.Failures == 0 && src.Since == 0 && src.Empties == 0 && src.Class == "" && src.Error == "" &&
		src.Address == "" && src.Moved == models.Move{} && src.Reading == models.Mark{} &&
		src.Haste == 0 && src.Withheld == models.Withheld{}
}

// uneventful tells a delivery that has nothing to say but that its calm source was visited.
func uneventful(d *models.Delivery) bool {
	c := &d.Claim
	return c.Calm && d.Visit.Outcome == models.Unchanged && d.Visit.Class == "" && d.Visit.Error == "" &&
		len(d.Visit.Warnings) == 0 && d.Visit.Items == 0 &&
		d.Moved == "" && d.Feed == nil && len(d.Items) == 0 && d.Validators == c.Validators && d.BodyHash == c.BodyHash &&
		d.Reading == models.Mark{} && d.Rhythm == c.Rhythm && d.Haste == 0 && d.Withheld == models.Withheld{}
}

// saveCalm saves deliveries that are uneventful.
func (b *batch) saveCalm(deliveries []*models.Delivery) error {
	for some := range slices.Chunk(deliveries, chunk/5) { // parameters of a row
		saved, err := b.postpone(some)
		if err != nil {
			return err
		}
		for _, d := range some {
			d.Lost = !saved[d.Claim.Source]
		}
		some = slices.DeleteFunc(slices.Clone(some), func(d *models.Delivery) bool { return d.Lost })
		if err := b.logCalm(some); err != nil {
			return err
		}
	}
	return nil
}

// postpone writes when the sources were visited and are due, and tells which of them still had the
// epoch of their claim.
func (b *batch) postpone(deliveries []*models.Delivery) (saved map[string]bool, err error) {
	args := make([]any, 0, 6*len(deliveries)+2)
	for _, d := range deliveries {
		reason, err := json.Marshal(d.Reason)
		if err != nil {
			return nil, fmt.Errorf("write the reason of %s: %w", d.Claim.Source, err)
		}
		next, notBefore := dueAgain(d, b.now)
		args = append(args, d.Claim.Source, d.Claim.Epoch, int64(next), int64(notBefore), string(reason), d.Visit.Status)
	}
	args = append(args, b.now, b.now)
	// One row tells the types of all, for PostgreSQL.
	rows, err := b.tx.Raw(`WITH visited (source, epoch, next_at, not_before, reason, status) AS (VALUES
			(CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS BIGINT))`+
		strings.Repeat(", (?, ?, ?, ?, ?, ?)", len(deliveries)-1)+`)
		UPDATE sources SET leased_until = 0, last_visit = ?, last_ok = ?, next_at = visited.next_at,
			not_before = visited.not_before, reason = visited.reason, status = visited.status
		FROM visited WHERE sources.key = visited.source AND sources.epoch = visited.epoch RETURNING sources.key`, args...).Rows()
	if err != nil {
		return nil, fmt.Errorf("write the state of %s: %w", names(deliveries), err)
	}
	defer rows.Close()
	saved = make(map[string]bool, len(deliveries))
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, fmt.Errorf("write the state of %s: %w", names(deliveries), err)
		}
		saved[key] = true
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("write the state of %s: %w", names(deliveries), err)
	}
	return saved, nil
}

// logCalm writes the visits.
func (b *batch) logCalm(deliveries []*models.Delivery) error {
	if len(deliveries) == 0 {
		return nil
	}
	args := make([]any, 0, 6*len(deliveries))
	for _, d := range deliveries {
		v := &d.Visit
		scrub(&v.URL)
		v.ID, v.Source, v.New, v.Changed = 0, d.Claim.Source, 0, 0
		args = append(args, v.Source, int64(v.At), v.Duration, v.Status, v.URL, v.Bytes)
	}
	row := "(?, ?, ?, '" + string(models.Unchanged) + "', ?, ?, ?, 0, 0, 0, '', '')"
	err := b.tx.Exec(`INSERT INTO visits (source, at, duration, outcome, status, url, bytes, items, new, changed, class, error) VALUES `+
		row+strings.Repeat(", "+row, len(deliveries)-1), args...).Error
	if err != nil {
		return fmt.Errorf("write visits: %w", err)
	}
	return nil
}
