package models

import "time"

// Why is what decided when a source is visited next.
type Why string

// The deciders. What a Reason holds beside each is told here.
const (
	WhySchedule Why = "schedule"     // the Spec of feeds.yaml
	WhyNever    Why = "no_moment"    // the Spec names no moment to come: once a day, then
	WhyRhythm   Why = "rhythm"       // schedule: auto; after Wait
	WhyFloor    Why = "floor"        // network.floor, Wait
	WhyMaxAge   Why = "max_age"      // the server: its answer is good for Asked, of which Wait is kept
	WhyTTL      Why = "ttl"          // the feed: it is good for Asked, of which Wait is kept
	WhySkip     Why = "skip"         // the feed: not in the hours or on the days before (skipHours, skipDays)
	WhyRetry    Why = "retry_after"  // the server: not before Asked, of which Wait is kept
	WhyRate     Why = "rate_limited" // the server: less often (429), not saying when; after Wait
	WhyRefused  Why = "refused"      // the server refuses us; after Wait
	WhyGone     Why = "gone"         // the server: gone for good (410); after Wait
	WhyFailures Why = "failures"     // Count of them in a row; after Wait
	WhyMissed   Why = "missed"       // the visit before missed items: sooner than else, after Wait
	WhyOurs     Why = "our_line"     // our own connection was down; after Wait
)

// Reason tells why a source is visited next when it is: what decided, and by how much. Only what
// its Why names is set; people's words for it are made where it is shown.
type Reason struct {
	Why   Why           `json:"why,omitempty"`
	Wait  time.Duration `json:"wait,omitempty"` // nanoseconds, like all durations here
	Asked time.Duration `json:"asked,omitempty"`
	Count int           `json:"count,omitempty"`
	Spec  string        `json:"spec,omitempty"`

	// Least is how long the source is left alone after its visit in any case, whatever decided: the
	// longest wait that anything but its schedule brought about. It holds when its schedule is edited.
	Least time.Duration `json:"least,omitempty"`
}

// Hints are what a feed says of when to come again. The zero value says nothing.
type Hints struct {
	TTL       time.Duration  `json:"ttl,omitempty"`   // RSS ttl: for so long it stays as it is
	Every     time.Duration  `json:"every,omitempty"` // sy:updatePeriod by sy:updateFrequency
	SkipHours []int          `json:"skip_hours,omitempty"`
	SkipDays  []time.Weekday `json:"skip_days,omitempty"`
}

// Skips tells whether t lies in an hour or on a day, both of GMT, in which the feed wants to be left alone.
func (h Hints) Skips(t time.Time) bool {
	t = t.UTC()
	for _, hour := range h.SkipHours {
		if hour == t.Hour() {
			return true
		}
	}
	for _, day := range h.SkipDays {
		if day == t.Weekday() {
			return true
		}
	}
	return false
}
