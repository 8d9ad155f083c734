package normalize

import (
	"testing"
	"time"
)

// TestZones compares every zone with the tz database, at every time that its clocks show once.
func TestZones(t *testing.T) {
	for name, z := range zones {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		step := 23 * time.Hour
		for at := time.Date(z.since, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2027; at = at.Add(step) {
			if at.Year() == 2026 {
				step = time.Hour
			}
			shown := at.In(loc)
			if shown.Year() < z.since || ambiguous(shown, loc) {
				continue
			}
			_, want := shown.Zone()
			clock := time.Date(shown.Year(), shown.Month(), shown.Day(), shown.Hour(), shown.Minute(), 0, 0, time.UTC)
			if got, ok := z.offset(clock); !ok || got != time.Duration(want)*time.Second {
				t.Fatalf("%s: %v is %v east, want %d s", name, shown, got, want)
			}
		}
		if _, ok := z.offset(time.Date(z.since-1, 12, 31, 23, 59, 0, 0, time.UTC)); ok {
			t.Errorf("%s: reckoned before %d", name, z.since)
		}
	}
}

// ambiguous tells that clocks show a time twice.
func ambiguous(shown time.Time, loc *time.Location) bool {
	for _, d := range []time.Duration{-time.Hour, time.Hour} {
		if shown.Add(d).In(loc).Hour() == shown.Hour() {
			return true
		}
	}
	return false
}
