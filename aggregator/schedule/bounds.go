package schedule

import (
	"fmt"
	"strings"
	"time"

	"civicfeed/models"
)

const (
	refusedWait = 4 * time.Hour       // after a 429 without Retry-After, and after a 403 and its like
	goneWait    = 30 * 24 * time.Hour // after a 410
)

// bound is something that forbids a visit for a while.
type bound struct {
	wait   time.Duration
	firm   bool // even when a person asks
	reason string
}

// bounds lists what holds after a visit; the longest decides.
func bounds(f Facts) []bound {
	all := []bound{{f.Network.Floor, true,
		fmt.Sprintf("no source is visited more often than every %s (network.floor)", words(f.Network.Floor))}}
	if f.Outcome == models.Failed && f.Class == models.ErrInternal {
		return all
	}
	if f.MaxAge > 0 {
		all = append(all, bound{min(f.MaxAge, longestWait), false,
			"the server says its answer is good for " + asked(f.MaxAge, "max-age")})
	}
	if f.Outcome == models.Failed {
		all = append(all, afterFailure(f)...)
	}
	return all
}

func afterFailure(f Facts) []bound {
	var all []bound
	switch {
	case f.RetryAfter > 0:
		all = append(all, bound{min(f.RetryAfter, longestWait), true, "the server asked for " + asked(f.RetryAfter, "Retry-After")})
	case f.Class == models.ErrRateLimited:
		all = append(all, bound{refusedWait, true, "the server wants fewer visits (429) and does not say when: after " + words(refusedWait)})
	}
	switch {
	case f.Class == models.ErrOrigin:
		all = append(all, bound{refusedWait, false, "the server refuses us: asked again after " + words(refusedWait)})
	case f.Class == models.ErrGone:
		all = append(all, bound{goneWait, false, "the server says it is gone for good (410): asked once a month, in case it is not"})
	}
	if wait := backOff(f); wait > 0 {
		all = append(all, bound{wait, false, fmt.Sprintf("%s: asked again after %s", inARow(f.Failures+1), words(wait))})
	}
	return all
}

// backOff doubles with each failure in a row. A server that tells us when to come back is believed
// the first time. Where our own guard refused, the publisher was not bothered, and the admin will
// want to see the remedy work.
func backOff(f Facts) time.Duration {
	if f.Class == models.ErrBlocked || f.RetryAfter > 0 && f.Failures == 0 {
		return 0
	}
	return min(time.Hour<<min(max(f.Failures, 0), 5), longestWait)
}

func asked(wait time.Duration, header string) string {
	if wait > longestWait {
		return fmt.Sprintf("%s (%s), of which a day is kept", words(wait), header)
	}
	return fmt.Sprintf("%s (%s)", words(wait), header)
}

func inARow(failures int) string {
	if failures <= 1 {
		return "the visit did not succeed"
	}
	return fmt.Sprintf("%d failures in a row", failures)
}

// words writes a duration as people say it, in its two largest units: "1 hour 30 minutes".
func words(d time.Duration) string {
	units := []struct {
		name   string
		length time.Duration
	}{{"year", 365 * 24 * time.Hour}, {"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}}
	var parts []string
	for _, u := range units {
		n := d / u.length
		if d -= n * u.length; n == 0 && len(parts) == 0 {
			continue
		}
		if n == 1 {
			parts = append(parts, "1 "+u.name)
		} else if n > 1 {
			parts = append(parts, fmt.Sprintf("%d %ss", n, u.name))
		}
		if n == 0 || len(parts) == 2 {
			break
		}
	}
	if len(parts) == 0 {
		return "a moment"
	}
	return strings.Join(parts, " ")
}
