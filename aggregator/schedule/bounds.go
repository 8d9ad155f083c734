package schedule

import (
	"time"

	"civicfeed/models"
)

const (
	refusedWait = 4 * time.Hour       // after a 429 without Retry-After, and after a 403 and its like
	goneWait    = 30 * 24 * time.Hour // after a 410
)

// bound is something that forbids a visit for a while.
type bound struct {
	firm   bool // even when a person asks
	reason models.Reason
}

// bounds lists what holds after a visit; the longest decides.
func bounds(f Facts) []bound {
	all := []bound{{true, models.Reason{Why: models.WhyFloor, Wait: f.Network.Floor}}}
	if f.MaxAge > 0 {
		all = append(all, bound{false, asked(models.WhyMaxAge, f.MaxAge)})
	}
	if f.RetryAfter > 0 && f.Outcome == models.Failed {
		all = append(all, bound{true, asked(models.WhyRetry, f.RetryAfter)})
	}
	if f.ours() {
		return all
	}
	if f.Hints.TTL > 0 {
		all = append(all, bound{false, asked(models.WhyTTL, f.Hints.TTL)})
	}
	if f.Outcome == models.Failed {
		all = append(all, afterFailure(f)...)
	}
	return all
}

func afterFailure(f Facts) []bound {
	var all []bound
	switch f.Class {
	case models.ErrRateLimited:
		if f.RetryAfter == 0 {
			all = append(all, bound{true, models.Reason{Why: models.WhyRate, Wait: refusedWait}})
		}
	case models.ErrOrigin:
		all = append(all, bound{false, models.Reason{Why: models.WhyRefused, Wait: refusedWait}})
	case models.ErrGone:
		all = append(all, bound{false, models.Reason{Why: models.WhyGone, Wait: goneWait}})
	}
	if wait := backOff(f); wait > 0 {
		all = append(all, bound{false, models.Reason{Why: models.WhyFailures, Wait: wait, Count: max(f.Failures, 0) + 1}})
	}
	return all
}

// backOff doubles with each failure in a row. A server that tells us when to come back is believed
// the first time. Where our own guard refused before anybody was asked, the admin will want to see
// the remedy work.
func backOff(f Facts) time.Duration {
	if f.Class == models.ErrBlocked && !f.Answered || f.RetryAfter > 0 && f.Failures == 0 {
		return 0
	}
	return min(time.Hour<<min(max(f.Failures, 0), 5), longestWait)
}

// asked is a wish for a wait, of which a day is kept.
func asked(why models.Why, wish time.Duration) models.Reason {
	return models.Reason{Why: why, Wait: min(wish, longestWait), Asked: wish}
}
