package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"civicfeed/models"
)

// Rest gives a lease back unused and makes its source due at another time, for a reason.
func (s *Store) Rest(ctx context.Context, claim models.Claim, until time.Time, reason models.Reason) error {
	text, err := json.Marshal(reason)
	if err == nil {
		err = s.change(ctx, func(c *change) error {
			return c.tx.Exec(`UPDATE sources SET leased_until = 0, next_at = ?, reason = ? WHERE key = ? AND epoch = ?`,
				models.MillisOf(until), string(text), claim.Source, claim.Epoch).Error
		})
	}
	if err != nil {
		return fmt.Errorf("put off %s: %w", claim.Source, err)
	}
	return nil
}
