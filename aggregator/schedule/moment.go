package schedule

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"time"

	"civicfeed/models"
)

const (
	frequent    = time.Hour        // steps up to this are kept whole between visits
	rarePhase   = 10 * time.Minute // spread of the moments of longer steps
	heldWait    = 10 * time.Minute // and as much again as phase: after our own connection was found down
	longHeld    = 2 * time.Hour    // the same at most, when it stays so
	countPhase  = 5 * time.Minute  // the most that is added to a step counted from the last visit
	longestWait = 24 * time.Hour   // that a server, or a row of failures, can bring about
	ahead       = 3                // steps of a spec that are looked at
)

// moment is when the source's own schedule has it next.
func moment(f Facts) (time.Time, models.Reason) {
	s, now := f.Source, f.Now
	if s.Location != nil {
		now = now.In(s.Location)
	}
	if s.Auto {
		wait := f.pace()
		return count(s, now, wait), models.Reason{Why: models.WhyRhythm, Wait: wait}
	}
	why := models.Reason{Why: models.WhySchedule, Spec: s.Spec}
	next := after(s.Schedule, now)
	if next.IsZero() {
		return now.Add(longestWait), models.Reason{Why: models.WhyNever, Wait: longestWait, Spec: s.Spec}
	}
	if length, ok := counts(s.Schedule, now); ok {
		return count(s, now, length), why
	}
	step := shortest(s.Schedule, next)
	if step > frequent {
		return next.Add(phase(s.Key, min(step/10, rarePhase))), why
	}
	own := phase(s.Key, step)
	earliest := now.Add(step)
	slack := step / 20
	start := later(now, earliest.Add(-slack-own))
	if t := after(s.Schedule, start); !t.IsZero() {
		next = t
	}
	return later(next.Add(own), earliest), why
}

// count is the moment of a step counted from now, and a little more that is the source's own.
func count(s models.Source, now time.Time, length time.Duration) time.Time {
	return now.Add(length + phase(s.Key, min(length/10, countPhase)))
}

// after asks a schedule for the moment after t; a schedule that does not move on has none.
func after(s models.Schedule, t time.Time) time.Time {
	if s == nil {
		return time.Time{}
	}
	if next := s.Next(t); next.After(t) {
		return next
	}
	return time.Time{}
}

// counts tells a schedule that counts from the last visit, and how far, from one that names
// moments: its next moment moves with the time it is asked at. It may count in whole seconds.
func counts(s models.Schedule, now time.Time) (time.Duration, bool) {
	now = now.Truncate(time.Second)
	length := s.Next(now).Sub(now)
	moved := s.Next(now.Add(time.Second)).Sub(now)
	return length, length > 0 && moved == length+time.Second
}

// shortest is the shortest of the next few steps of a schedule that names moments.
func shortest(s models.Schedule, t time.Time) time.Duration {
	step := longestWait
	for range ahead {
		next := after(s, t)
		if next.IsZero() {
			break
		}
		step, t = min(step, next.Sub(t)), next
	}
	return step
}

// phase is the source's share of a spread: in [0, spread), the same for ever, evenly among keys.
func phase(key string, spread time.Duration) time.Duration {
	sum := sha256.Sum256([]byte(key))
	share, _ := bits.Mul64(binary.BigEndian.Uint64(sum[:]), uint64(spread))
	return time.Duration(share)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
