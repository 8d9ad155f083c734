package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"civicfeed/models"

	"gorm.io/gorm"
)

// Which says what sources may be claimed. The zero value means those that are due. Sources that
// are not active, or that somebody holds a live lease on, never are.
type Which struct {
	Keys  []string // only these; empty: all
	All   bool     // due or not, but not before the moment their last visit set as a floor
	Force bool     // against that, too
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
	var rows []models.SourceState
	err = db.Raw(`WITH due AS MATERIALIZED (
			SELECT key FROM sources WHERE `+condition+` ORDER BY next_at, key LIMIT ?`+s.engine.pass+`)
		UPDATE sources SET epoch = epoch + 1, leased_until = ?
		WHERE key IN (SELECT key FROM due) RETURNING *`,
		append(args, n, now+models.Millis(max(lease.Milliseconds(), 1)))...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("claim sources: %w", err)
	}
	slices.SortFunc(rows, func(a, b models.SourceState) int {
		return cmp.Or(cmp.Compare(a.NextAt, b.NextAt), cmp.Compare(a.Key, b.Key))
	})
	claims := make([]models.Claim, len(rows))
	for i, r := range rows {
		claims[i] = models.Claim{Source: r.Key, URL: r.URL, Epoch: r.Epoch, At: now, Validators: r.Validators, BodyHash: r.BodyHash, Failures: r.Failures}
	}
	return claims, nil
}

func (w Which) condition(now models.Millis) (string, []any) {
	where, args := "active AND leased_until <= ?", []any{now}
	if !w.Force {
		where, args = where+" AND not_before <= ?", append(args, now)
	}
	if !w.Force && !w.All {
		where, args = where+" AND next_at <= ?", append(args, now)
	}
	if len(w.Keys) > 0 {
		where, args = where+" AND key IN ?", append(args, w.Keys)
	}
	return where, args
}

// Release gives leases back unused: after rest the sources are due as they were before.
func (s *Store) Release(ctx context.Context, claims []models.Claim, rest time.Duration) error {
	if len(claims) == 0 {
		return nil
	}
	return s.change(ctx, func(c *change) error {
		for _, claim := range claims {
			err := c.tx.Exec("UPDATE sources SET leased_until = ? WHERE key = ? AND epoch = ?",
				c.now+models.Millis(rest.Milliseconds()), claim.Source, claim.Epoch).Error
			if err != nil {
				return fmt.Errorf("release %s: %w", claim.Source, err)
			}
		}
		return nil
	})
}

// dropLeases frees what a process that died held.
func dropLeases(tx *gorm.DB) error {
	return tx.Exec("UPDATE sources SET leased_until = 0 WHERE leased_until <> 0").Error
}
