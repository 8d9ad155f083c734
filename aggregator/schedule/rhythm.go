package schedule

import (
	"cmp"
	"slices"
	"time"

	"civicfeed/models"
)

const (
	unlearnt = time.Hour // the pause of a source of which nothing is learnt
	quiet    = 4         // a source that was silent for a while is left alone for that part of it
	newest   = 32        // moments that a rhythm is learnt from
	fewest   = 3         // below which it is chance
)

// Rhythm learns from the dates of a document's items how long its source may be left alone: half
// the usual pause between two of them, or a quarter of the silence since the newest, whichever is
// longer; a day at most. It is 0 where too few are dated. What is dated ahead of now tells nothing.
// Of days without a time each is taken for as many pauses as it has items.
func Rhythm(dates []models.Moment, now time.Time) time.Duration {
	dates = slices.DeleteFunc(slices.Clone(dates), func(m models.Moment) bool {
		return m.At == 0 || m.At.Time().After(now)
	})
	slices.SortFunc(dates, func(a, b models.Moment) int { return cmp.Compare(b.At, a.At) })
	if dates = dates[:min(len(dates), newest)]; len(dates) < fewest {
		return 0
	}
	gaps := pauses(dates)
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	silence := now.Sub(dates[0].At.Time())
	if dates[0].Precision == models.Day {
		silence -= 24 * time.Hour // that day may have lasted until its end
	}
	return min(max(gaps[len(gaps)/2]/2, silence/quiet), longestWait)
}

// pauses are those between dates, which stand newest first.
func pauses(dates []models.Moment) []time.Duration {
	var gaps []time.Duration
	for first := 0; first < len(dates); {
		next := first + 1
		for next < len(dates) && dates[next].At == dates[first].At {
			next++
		}
		if next == len(dates) {
			break
		}
		gap := dates[first].At.Time().Sub(dates[next].At.Time())
		if dates[first].Precision == models.Day {
			gaps = append(gaps, slices.Repeat([]time.Duration{gap / time.Duration(next-first)}, next-first)...)
		} else {
			gaps = append(gaps, gap)
		}
		first = next
	}
	return gaps
}

// pace is how long a source whose own rhythm decides is left alone: what was learnt, else what its
// document says, else an hour; longer the longer it brings nothing; within the floor and a day.
func (f Facts) pace() time.Duration {
	wait := cmp.Or(f.Rhythm, f.Hints.Every, unlearnt)
	if !f.LastNew.IsZero() {
		wait = max(wait, f.Now.Sub(f.LastNew)/quiet)
	}
	return max(min(wait, longestWait), f.Network.Floor)
}
