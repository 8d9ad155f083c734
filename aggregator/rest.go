package aggregator

import (
	"context"
	"slices"

	"civicfeed/aggregator/schedule"
	"civicfeed/models"
	"civicfeed/models/store"
)

// awake leaves out the claims on sources that want to be left alone at this hour, and puts their
// visits off: they came due before, when nobody was there to make them. Who asks for a visit out
// of turn gets it.
func (a *Aggregator) awake(ctx context.Context, which store.Which, claims []models.Claim) []models.Claim {
	if which.All || which.Force {
		return claims
	}
	return slices.DeleteFunc(claims, func(c models.Claim) bool {
		now := c.At.Time()
		until := schedule.Awake(c.Source, c.Hints, now)
		if !until.After(now) {
			return false
		}
		if err := a.store.Rest(ctx, c, until, models.Reason{Why: models.WhySkip}); err != nil && ctx.Err() == nil {
			a.opts.Log.Error("visit not put off; its claim ends by itself", "source", c.Source, "err", err)
		}
		return true
	})
}
