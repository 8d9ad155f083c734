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

// inCity runs a test over many hosts that are visited by one schedule.
func inCity(t *testing.T, hosts int, schedule string, test func(*bubble)) {
	t.Helper()
	var feeds strings.Builder
	feeds.WriteString("sources:\n")
	for i := range hosts {
		fmt.Fprintf(&feeds, "  - {key: s%02d, name: 第%[1]d站, url: \"http://h%02[1]d.example/feed\", schedule: %q}\n", i, schedule)
	}
	inBubble(t, feeds.String(), func(b *bubble) {
		for i := range hosts {
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
func (b *bubble) each(hosts int, what string, times map[string]int, least, most int) {
	b.Helper()
	for i := range hosts {
		if n := times[fmt.Sprintf("h%02d.example/feed", i)]; n < least || n > most {
			b.Errorf("%s: host %d was asked %d times, want %d to %d", what, i, n, least, most)
		}
	}
}

// TestR60DaemonAfterALongStop asks everybody within the hour, and not at once.
func TestR60DaemonAfterALongStop(t *testing.T) {
	const hosts = 60
	inCity(t, hosts, "@hourly", func(b *bubble) {
		b.leap(90 * time.Minute)
		time.Sleep(3 * 24 * time.Hour)
		again := time.Now()
		b.leap(time.Hour + time.Minute)
		worst, times := b.after(again)
		if worst > 8 {
			t.Errorf("%d of %d sources asked in one minute", worst, hosts)
		}
		b.each(hosts, "in an hour", times, 1, 2)
	})
}

// TestR14R15ClockUnderADaemon: the clock moves under a daemon that runs, a year ahead and back, then
// a day back, then it sleeps for eight hours. Nothing comes at once, and nothing stops.
func TestR14R15ClockUnderADaemon(t *testing.T) {
	const hosts = 40
	inCity(t, hosts, "@every 10m", func(b *bubble) {
		var ahead atomic.Int64
		clock := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		st, err := store.Open(b.Context(), b.path, store.Options{Clock: clock})
		must(t, err)
		defer func() { must(t, st.Close()) }()
		must(t, st.Apply(b.Context(), b.catalog))
		a := b.aggregator(st)
		defer func() { a.plan.Load().client.Close() }()
		must(t, a.saving(func() error {
			b.ticks(a, 25*time.Minute)
			b.steps(a, st, hosts, clock, &ahead)
			return nil
		}))
	})
}

// TestR15ClockBackDuringAVisit: a clock that goes back a day while a source answers, with news or
// without, puts its next visit off by nothing.
func TestR15ClockBackDuringAVisit(t *testing.T) {
	for name, page := range map[string]http.HandlerFunc{"304": fails(http.StatusNotModified), "200": says(rss("桂花节", "灯会"), "Etag", `"2"`)} {
		inBubble(t, "sources: [{key: a, name: 甲, url: \"http://a.example/f\", schedule: \"@every 10m\"}]\n", func(b *bubble) {
			var ahead atomic.Int64
			st, err := store.Open(b.Context(), b.path, store.Options{Clock: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
			must(t, err)
			defer func() { must(t, st.Close()) }()
			must(t, st.Apply(b.Context(), b.catalog))
			b.on("a.example/f", turns(says(rss("桂花节"), "Etag", `"1"`), func(w http.ResponseWriter, r *http.Request) {
				time.Sleep(5 * time.Second)
				ahead.Add(-int64(24 * time.Hour))
				time.Sleep(5 * time.Second)
				page(w, r)
			}, page))
			stop := b.daemon(st)
			defer stop()
			time.Sleep(time.Hour)
			if n := len(b.at("")); n < 5 || n > 7 {
				b.Errorf("%s: asked %d times in an hour", name, n)
			}
		})
	}
}

// ticks lets a daemon tick three times a minute.
func (b *bubble) ticks(a *Aggregator, d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(20 * time.Second) {
		a.tick(b.Context())
	}
}

// steps moves the clock, time and again.
func (b *bubble) steps(a *Aggregator, st *store.Store, hosts int, clock func() time.Time, ahead *atomic.Int64) {
	b.Helper()
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
		b.ticks(a, 25*time.Minute)
		worst, times := b.after(moved)
		if worst > 16 { // there are four by schedule
			b.Errorf("%s: %d of %d sources asked in one minute", step.what, worst, hosts)
		}
		b.each(hosts, step.what, times, 1, step.most)
		rows, err := st.Sources(b.Context())
		must(b, err)
		for _, s := range rows {
			now := models.MillisOf(clock()) + 60_000
			if latest := slices.Max([]models.Millis{s.LastVisit, s.LastOK, s.LastNew, s.NextAt - 20*60_000}); latest > now {
				b.Errorf("%s: %s is left in the future: %+v", step.what, s.Key, s)
			}
		}
	}
}
