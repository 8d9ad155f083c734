package aggregator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// hundred is how many hosts there are in a catalog.
const hundred = 100

func inHundred(t *testing.T, schedule string, test func(*bubble)) {
	t.Helper()
	var feeds strings.Builder
	feeds.WriteString("sources:\n")
	for i := range hundred {
		fmt.Fprintf(&feeds, "  - {key: s%02d, name: 第%[1]d站, url: \"http://h%02[1]d.example/feed\", schedule: %q}\n", i, schedule)
	}
	inBubble(t, feeds.String(), func(b *bubble) {
		for i := range hundred {
			b.on(fmt.Sprintf("h%02d.example/feed", i), turns(says(rss("桂花节"), "Etag", `"1"`), fails(http.StatusNotModified)))
		}
		test(b)
	})
}

// after tells of the requests since a moment: how many came in the worst minute, and for each host
// how many there were.
func (b *bubble) after(moment time.Time) (worst int, times map[string]int) {
	perMinute, times := map[time.Duration]int{}, map[string]int{}
	for _, a := range b.at("") {
		if !a.at.Before(moment) {
			times[a.url]++
			m := a.at.Sub(moment).Truncate(time.Minute)
			perMinute[m]++
			worst = max(worst, perMinute[m])
		}
	}
	return worst, times
}

// each checks how often each host was asked.
func (b *bubble) each(what string, times map[string]int, least, most int) {
	b.Helper()
	for i := range hundred {
		if n := times[fmt.Sprintf("h%02d.example/feed", i)]; n < least || n > most {
			b.Errorf("%s: host %d was asked %d times, want %d to %d", what, i, n, least, most)
		}
	}
}

// TestR60DaemonAfterALongStop asks everybody within the hour, and not at once.
func TestR60DaemonAfterALongStop(t *testing.T) {
	inHundred(t, "@hourly", func(b *bubble) {
		b.live(2 * time.Hour)
		time.Sleep(3 * 24 * time.Hour)
		again := time.Now()
		b.live(time.Hour + time.Minute)
		worst, times := b.after(again)
		if worst > 10 {
			t.Errorf("%d of %d sources asked in one minute", worst, hundred)
		}
		b.each("in an hour", times, 1, 2)
	})
}

// TestR14R15ClockUnderADaemon: the clock moves under a daemon that runs, a year ahead and back, then
// a day back, then it sleeps for eight hours. Nothing comes at once, and nothing stops.
func TestR14R15ClockUnderADaemon(t *testing.T) {
	inHundred(t, "@every 10m", func(b *bubble) {
		var ahead atomic.Int64
		clock := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		st, err := store.Open(b.Context(), b.path, store.Options{Clock: clock})
		must(t, err)
		defer func() { must(t, st.Close()) }()
		must(t, st.Apply(b.Context(), b.catalog))
		stop := b.daemon(st)
		defer stop()
		time.Sleep(25 * time.Minute)
		for _, step := range []struct {
			what string
			by   time.Duration
			most int // visits of a source in 25 minutes
		}{
			{"a year ahead", 365 * 24 * time.Hour, 4},
			{"a year back", -365 * 24 * time.Hour, 3},
			{"a day back", -24 * time.Hour, 3},
			{"eight hours of sleep", 8 * time.Hour, 4},
			{"half a minute ahead", 30 * time.Second, 3},
			{"half a minute back", -30 * time.Second, 3},
		} {
			ahead.Add(int64(step.by))
			moved := time.Now()
			time.Sleep(25 * time.Minute)
			worst, times := b.after(moved)
			if worst > 40 { // there are ten by schedule
				t.Errorf("%s: %d of %d sources asked in one minute", step.what, worst, hundred)
			}
			b.each(step.what, times, 1, step.most)
			rows, err := st.Sources(b.Context())
			must(t, err)
			for _, s := range rows {
				now := models.MillisOf(clock()) + 60_000
				if latest := slices.Max([]models.Millis{s.LastVisit, s.LastOK, s.LastNew, s.NextAt - 20*60_000}); latest > now {
					t.Errorf("%s: %s is left in the future: %+v", step.what, s.Key, s)
				}
			}
		}
	})
}
