// Package schedule decides when a source is visited next. It takes what is known after a visit
// (its outcome, what the server and the feed asked for, the source's cron spec, the network's
// floor) and gives a moment with the reason for it. It is pure: the clock is an argument. It must
// never be earlier than the floor or the server allow, nor, but where items were missed, than the
// cron spec says; and it never gives a source up.
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
// A source whose own rhythm decides (schedule: auto) is counted from the last visit, too: half
// the pause that is usual between its items, longer the longer it is silent, a day at most. What
// a feed tells of its period (sy:updatePeriod) is where that begins, and nothing more.
//
// # Bounds
//
// Failures put the next visit off by 1, 2, 4 … 24 hours. What the server asks for (Retry-After,
// max-age) and the feed (ttl) holds, up to a day. No visit falls into hours and days in which the
// feed wants to be left alone. Where visits missed items, because the document holds fewer than come
// in between, the interval is halved, again and again, down to an hour. A fault of our own changes nothing, and where it is our connection
// that is down the source is asked again soon.
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
	Hints      models.Hints      // what its newest document says of when to come
	Rhythm     time.Duration     // learnt from its items, see [Rhythm]; 0: nothing yet
	LastNew    time.Time         // when a visit last brought an item; zero: none did
	Haste      int               // how many times the interval is halved, because visits missed items
	Answered   bool              // by whatever: the publisher was bothered
	Hold       bool              // it failed because our own connection is down
	Down       time.Duration     // for how long that has been so
}

// Plan is when a source is visited again. Both times are UTC in whole seconds.
type Plan struct {
	NextAt    time.Time // when it is due
	NotBefore time.Time // before which it is not visited even when a person asks
	Reason    models.Reason
}

// Next plans the visit after one that has just ended.
func Next(f Facts) Plan {
	due, reason := moment(f)
	plan := Plan{NextAt: due, NotBefore: f.Now, Reason: reason}
	switch {
	case f.held():
		plan.hasten(f)
	case f.Haste > 0:
		plan.hurry(f)
	}
	var least time.Duration
	for _, b := range bounds(f) {
		at := f.Now.Add(b.reason.Wait)
		least = max(least, b.reason.Wait)
		if b.firm && at.After(plan.NotBefore) {
			plan.NotBefore = at
		}
		if at.After(plan.NextAt) {
			plan.NextAt, plan.Reason = at, b.reason
		}
	}
	plan.NextAt, plan.NotBefore = whole(plan.NextAt), whole(plan.NotBefore)
	if at := Awake(f.Source.Key, f.Hints, plan.NextAt); at.After(plan.NextAt) {
		plan.NextAt, plan.Reason = at, models.Reason{Why: models.WhySkip}
	}
	plan.Reason.Least = least
	return plan
}

// hasten lets a source that could not be asked because of us be asked again soon, and the less soon
// the longer it lasts, at a moment of its own so that they do not all come at once.
func (p *Plan) hasten(f Facts) {
	wait := min(max(heldWait, f.Down/2), longHeld)
	wait += phase(f.Source.Key, wait)
	if at := f.Now.Add(wait); at.Before(p.NextAt) {
		p.NextAt, p.Reason = at, models.Reason{Why: models.WhyOurs, Wait: wait.Round(time.Minute)}
	}
}

// hurry halves the interval of a source that has more news than its document holds, as often as
// visits missed some: to an hour at the least, unless it follows its own rhythm.
func (p *Plan) hurry(f Facts) {
	least := frequent
	if f.Source.Auto {
		least = f.Network.Floor
	}
	usual := p.NextAt.Sub(f.Now)
	if wait := max(usual>>f.Haste, least); wait <= usual*3/4 { // a little sooner is none: sources keep their distance
		p.NextAt, p.Reason = f.Now.Add(wait), models.Reason{Why: models.WhyMissed, Wait: wait.Round(time.Minute)}
	}
}

// Awake is the first moment from t on at which a feed does not want to be left alone: t, or one of
// the source's own in the first hour that is free. Hints that leave no such hour are not obeyed.
func Awake(key string, h models.Hints, t time.Time) time.Time {
	if !h.Skips(t) {
		return t
	}
	for hour := t.Truncate(time.Hour); hour.Sub(t) <= 7*24*time.Hour; hour = hour.Add(time.Hour) {
		if !h.Skips(hour) {
			return hour.Add(phase(key, time.Hour)).Truncate(time.Second)
		}
	}
	return t
}

// held tells of a failure that is our own connection's.
func (f Facts) held() bool { return f.Hold && f.Outcome == models.Failed }

// ours tells of a failure that is none of the source's.
func (f Facts) ours() bool {
	return f.held() || f.Outcome == models.Failed && f.Class == models.ErrInternal
}

// whole rounds up to the second: a plan may be late, never early.
func whole(t time.Time) time.Time {
	return t.Add(time.Second - time.Nanosecond).Truncate(time.Second).UTC()
}
