// Package schedule decides when a source is visited next. It takes what is known after a visit
// (its outcome, what the server asked for, the source's cron spec, the network's floor) and gives
// a moment with the reason for it in words. It is pure: the clock is an argument. It must never
// be earlier than the cron spec, the floor or the server allow, and never give a source up.
//
// # Moments
//
// A cron spec names the same moments for every source that has it, and 500 sources must not be
// asked at once at each full hour. So each source has a phase, a hash of its key, and its moments
// are those of the spec plus the phase. Where the spec is due hourly or more often the phase
// spreads over the whole step between moments; otherwise over ten minutes, for whoever writes
// "daily at 8" means about 8. A spec that counts from the last visit (@every 45m) gets up to a
// tenth of its length, five minutes at most, on top.
//
// Between visits that are due hourly or more often at least a whole step passes, because
// publishers count: 59 minutes are too soon. A visit that began a little late puts off the next by
// as much; one that was quite beside its moments (the first, or one by hand) lets the next wait
// for the source's own moment.
//
// # Bounds
//
// Failures put the next visit off by 1, 2, 4 … 24 hours. What the server asks for (Retry-After,
// max-age) holds, up to a day. A fault of our own changes nothing.
package schedule

import (
	"time"

	"civicfeed/models"
)

// Facts are what is known when a visit has ended.
type Facts struct {
	Now        time.Time
	Source     models.Source
	Network    models.Network
	Outcome    models.Outcome
	Class      models.ErrorClass // of a failed visit
	Failures   int               // in a row, before this visit
	RetryAfter time.Duration     // that the server asked for; 0: it did not
	MaxAge     time.Duration     // for which its answer stays fresh; 0: it did not say
}

// Plan is when a source is visited again. Both times are UTC in whole seconds.
type Plan struct {
	NextAt    time.Time // when it is due
	NotBefore time.Time // before which it is not visited even when a person asks
	Reason    string    // why then, for the admin
}

// Next plans the visit after one that has just ended.
func Next(f Facts) Plan {
	due, reason := moment(f.Source, f.Now)
	plan := Plan{NextAt: due, NotBefore: f.Now, Reason: reason}
	for _, b := range bounds(f) {
		at := f.Now.Add(b.wait)
		if b.firm && at.After(plan.NotBefore) {
			plan.NotBefore = at
		}
		if at.After(plan.NextAt) {
			plan.NextAt, plan.Reason = at, b.reason
		}
	}
	plan.NextAt, plan.NotBefore = whole(plan.NextAt), whole(plan.NotBefore)
	return plan
}

// whole rounds up to the second: a plan may be late, never early.
func whole(t time.Time) time.Time {
	return t.Add(time.Second - time.Nanosecond).Truncate(time.Second).UTC()
}
