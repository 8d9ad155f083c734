package aggregator

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"

	"civicfeed/aggregator/fetch"
	"civicfeed/models"
)

// Reading takes many times the memory that a body has, so however many sources publish a big one
// at once, few are held at a time, and one is read while no other is.

// bigs is how many big bodies are held at a time, from their second megabyte until what they
// brought is saved.
const bigs = 4

// rooms are for the deliveries with big bodies.
type rooms struct {
	free  *semaphore.Weighted
	taken sync.Map // *models.Delivery
}

func newRooms() *rooms { return &rooms{free: semaphore.NewWeighted(bigs)} }

// take waits for room for a delivery, unless it has some.
func (r *rooms) take(ctx context.Context, d *models.Delivery) error {
	if _, ok := r.taken.Load(d); ok {
		return nil
	}
	if err := r.free.Acquire(ctx, 1); err != nil {
		return err
	}
	r.taken.Store(d, true)
	return nil
}

// leave gives back what these deliveries took.
func (r *rooms) leave(ds ...*models.Delivery) {
	for _, d := range ds {
		if _, ok := r.taken.LoadAndDelete(d); ok {
			r.free.Release(1)
		}
	}
}

// bigBody is from when on a body is read while no other is, in bytes.
const bigBody = 1 << 20

// share is how much of what may be read at once a body takes: all of it, where it is big or its
// source suspect.
func (a *Aggregator) share(resp *fetch.Response, c models.Claim) int64 {
	if len(resp.Body) > bigBody || c.Reading != (models.Mark{}) {
		return a.cores
	}
	return 1
}
