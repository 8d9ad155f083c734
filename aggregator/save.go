package aggregator

import (
	"context"
	"fmt"
	"time"

	"civicfeed/models"
)

const (
	transaction = 100                   // visits saved at once, if they brought nothing; else fewer, see weight
	lull        = 20 * time.Millisecond // that the writer waits for more deliveries while visits are under way
)

// save is the one writer: it saves deliveries as they come, several in one transaction. It tells the
// last reason for which some were not.
func (a *Aggregator) save() (err error) {
	for d := range a.saves {
		ds := a.gather(d)
		if unsaved := a.saveBatch(ds); unsaved != nil {
			err = unsaved
		}
		a.rooms.leave(ds...)
	}
	return err
}

// gather waits a moment for more deliveries, if visits are under way: what one transaction costs is
// much the same for one and for many.
func (a *Aggregator) gather(d *models.Delivery) (ds []*models.Delivery) {
	enough := time.NewTimer(lull)
	defer enough.Stop()
	for room, more := transaction, true; more; {
		a.inHand.Add(-1)
		ds = append(ds, d)
		if room -= weight(d); room <= 0 || a.inHand.Load() == 0 {
			return ds
		}
		select {
		case d, more = <-a.saves:
		case <-enough.C:
			return ds
		}
	}
	return ds
}

// weight is what of a transaction a delivery takes: items are what costs, and what is in memory.
func weight(d *models.Delivery) int {
	if d.Visit.Outcome == models.Unchanged {
		return 1
	}
	return 4 + len(d.Items)/5
}

// saveBatch saves deliveries and tells of them, be they saved or not.
func (a *Aggregator) saveBatch(ds []*models.Delivery) error {
	err := a.trySaving(ds)
	for _, d := range ds {
		a.logVisit(d, err)
		if err != nil {
			continue
		}
		a.logMove(d)
		a.logDoubt(d)
		if a.opts.Observe != nil {
			a.opts.Observe(d)
		}
	}
	return err
}

// trySaving tries for a minute. What cannot be saved is fetched again when its claim has ended:
// the validators in the store are still those of the items in the store.
func (a *Aggregator) trySaving(ds []*models.Delivery) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for pause := 100 * time.Millisecond; ; pause *= 2 {
		err := a.store.Save(ctx, ds)
		if err == nil {
			return nil
		}
		a.opts.Log.Error("visits not saved", "visits", len(ds), "err", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return fmt.Errorf("visits not saved: %w", err)
		}
	}
}
