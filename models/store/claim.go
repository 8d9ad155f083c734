package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"civicfeed/models"
)

// Which says what sources may be claimed. The zero value means those that are due. Sources that
// are not active, or that somebody holds a live lease on, never are.
type Which struct {
	Keys  []string      // only these; empty: all
	Floor time.Duration // not those of which a lease ended by itself so short a time ago: they may have been asked
	All   bool          // due or not, but not before the moment their last visit set as a floor
	Force bool          // against either floor, too
}

// Claim takes a lease on up to n sources, the longest due first. A lease that has run out may be
// claimed by anybody; whoever held it can then save nothing more.
func (s *Store) Claim(ctx context.Context, n int, lease time.Duration, w Which) ([]models.Claim, error) {
	if s.writer == nil {
		return nil, ErrReadOnly
	}
	if n <= 0 {
		return nil, nil
	}
	db := s.writer.WithContext(ctx)
	now, err := s.now(db)
	if err != nil {
		return nil, err
	}
	condition, args := w.condition(now)
	var claims []models.Claim
	rows, err := db.Raw(`WITH due AS MATERIALIZED (
			SELECT key FROM sources WHERE `+condition+` ORDER BY next_at, key LIMIT ?`+s.engine.pass+`)
		UPDATE sources SET epoch = epoch + 1, leased_until = ?
		WHERE key IN (SELECT key FROM due) RETURNING `+claimColumns,
		append(args, n, now+models.Millis(max(lease.Milliseconds(), 1)))...).Rows()
	if err == nil {
		claims, err = readClaims(rows, now)
	}
	if err != nil {
		return nil, fmt.Errorf("claim sources: %w", err)
	}
	return claims, nil
}

// claimColumns are what a claim tells of its source. GORM could read them; but this is done for
// every visit, and most of them cost little else.
const claimColumns = `key, url, next_at, epoch, address, moved_to, moved_since, moved_seen, e_tag, last_modified, body_hash,
	reading_body, reading_at, reading_poison, reading_times, haste, withheld_since, withheld_upto, withheld_items,
	failures, empties, since, last_ok, last_new, class, error, rhythm, feed`

func readClaims(rows *sql.Rows, now models.Millis) (claims []models.Claim, err error) {
	defer rows.Close()
	for rows.Next() {
		var src models.SourceState
		var feed []byte
		err := rows.Scan(&src.Key, &src.URL, &src.NextAt, &src.Epoch, &src.Address, &src.Moved.To, &src.Moved.Since, &src.Moved.Seen,
			&src.Validators.ETag, &src.Validators.LastModified, &src.BodyHash, &src.Reading.Body, &src.Reading.At, &src.Reading.Poison,
			&src.Reading.Times, &src.Haste, &src.Withheld.Since, &src.Withheld.Upto, &src.Withheld.Items, &src.Failures, &src.Empties, &src.Since,
			&src.LastOK, &src.LastNew, &src.Class, &src.Error, &src.Rhythm, &feed)
		if err != nil {
			return nil, err
		}
		c := models.Claim{
			Source: src.Key, URL: src.URL, MovedTo: src.Elsewhere(now), Epoch: src.Epoch, Due: src.NextAt, At: now,
			Validators: src.Validators, BodyHash: src.BodyHash, Reading: src.Reading, Failures: src.Failures,
			Rhythm: src.Rhythm, LastNew: src.LastNew, Haste: src.Haste, Withheld: src.Withheld, Calm: calm(&src),
		}
		if c.Hints, err = hintsOf(feed); err != nil {
			return nil, fmt.Errorf("read what %s says of itself: %w", src.Key, err)
		}
		claims = append(claims, c)
	}
	slices.SortFunc(claims, func(a, b models.Claim) int {
		return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Source, b.Source))
	})
	return claims, rows.Err()
}

// hintsOf finds the hints of a feed as it is kept; most have none.
func hintsOf(feed []byte) (models.Hints, error) {
	var said struct{ Hints models.Hints }
	if !bytes.Contains(feed, []byte(`"hints"`)) {
		return said.Hints, nil
	}
	err := json.Unmarshal(feed, &said)
	return said.Hints, err
}

func (w Which) condition(now models.Millis) (string, []any) {
	where, args := "active AND leased_until <= ?", []any{now}
	if !w.Force {
		where, args = where+" AND not_before <= ?", []any{now - models.Millis(w.Floor.Milliseconds()), now}
	}
	if !w.Force && !w.All {
		where, args = where+" AND next_at <= ?", append(args, now)
	}
	if len(w.Keys) > 0 {
		where, args = where+" AND key IN ?", append(args, w.Keys)
	}
	return where, args
}

// MarkReading writes what is about to be read under a claim: one small statement, committed before
// the reading begins, so that a process that dies over it leaves the mark behind. Saving or
// releasing the claim ends it. Where the claim is gone nothing is written.
func (s *Store) MarkReading(ctx context.Context, claim models.Claim, m models.Mark) error {
	if s.writer == nil {
		return ErrReadOnly
	}
	err := s.writer.WithContext(ctx).Exec("UPDATE sources SET reading_body = ?, reading_at = ?, reading_poison = ? WHERE key = ? AND epoch = ?",
		m.Body, m.At, m.Poison, claim.Source, claim.Epoch).Error
	if err != nil {
		return fmt.Errorf("mark what is read of %s: %w", claim.Source, err)
	}
	return nil
}

// Release gives leases back: after rest the sources are due as they were before.
func (s *Store) Release(ctx context.Context, claims []models.Claim, rest time.Duration) error {
	if len(claims) == 0 {
		return nil
	}
	return s.change(ctx, func(c *change) error {
		for _, claim := range claims {
			until := c.now + models.Millis(rest.Milliseconds())
			err := c.tx.Exec(`UPDATE sources SET leased_until = 0, not_before = CASE WHEN not_before > ? THEN not_before ELSE ? END,
				reading_body = ?, reading_at = ?, reading_poison = ? WHERE key = ? AND epoch = ?`, until, until,
				claim.Reading.Body, claim.Reading.At, claim.Reading.Poison, claim.Source, claim.Epoch).Error
			if err != nil {
				return fmt.Errorf("release %s: %w", claim.Source, err)
			}
		}
		return nil
	})
}

// endLeases ends what a process that died held.
func (s *Store) endLeases(ctx context.Context) error {
	db := s.writer.WithContext(ctx)
	now, err := s.now(db)
	if err != nil {
		return err
	}
	return db.Exec("UPDATE sources SET leased_until = ? WHERE leased_until > ?", now, now).Error
}
