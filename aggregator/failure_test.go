package aggregator

import (
	"fmt"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// waits lets a source go wrong and tells how long it is left alone after each visit.
func (b *bubble) waits(url string, visits int) []time.Duration {
	b.Helper()
	for tries := 0; len(b.at(url)) <= visits && tries < 100; tries++ {
		b.leap(max(time.Until(b.due()), 0) + 2*time.Second)
	}
	asks := b.at(url)
	if len(asks) <= visits {
		b.Fatalf("%d requests for %s, want more than %d", len(asks), url, visits)
	}
	return gaps(asks)[:visits]
}

// TestF27BackOff: 1, 2, 4 … 24 hours, whatever its schedule says; a success makes up for all of them.
func TestF27BackOff(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		pages := slices.Repeat([]http.HandlerFunc{fails(http.StatusInternalServerError)}, 8)
		pages = append(pages, says(rss("桂花节")), fails(http.StatusBadGateway), says(rss("桂花节")))
		b.on("daily.example/rss.xml", turns(pages...))
		const hour, short = time.Hour, 10 * time.Minute
		want := []time.Duration{hour, 2 * hour, 4 * hour, 8 * hour, 16 * hour, 24 * hour, 24 * hour, 24 * hour, short, hour, short}
		for i, got := range b.waits("daily.example/rss.xml", len(want)) {
			if got < want[i] || got > want[i]+want[i]/10+time.Minute {
				b.Errorf("%v after visit %d, want %v", got, i, want[i])
			}
		}
	})
}

// TestF27OurOwnFaultHolds: when we have no file descriptor left, or the database refuses, nothing
// counts against the source: it is visited as its schedule says.
func TestF27OurOwnFaultHolds(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", turns(fails(http.StatusInternalServerError), fails(http.StatusInternalServerError), says(rss("桂花节"))))
		b.leap(90 * time.Minute)
		before := b.state("daily")
		if before.Failures != 2 {
			b.Fatalf("%d failures after two", before.Failures)
		}
		tries := 0
		b.fail = func(string) error { tries++; return fmt.Errorf("dial: %w", syscall.EMFILE) }
		b.leap(4 * time.Hour)
		after := b.state("daily")
		if after.Failures != before.Failures || after.Since != before.Since || after.Class != models.ErrInternal {
			b.Errorf("our own fault counts: %d failures since %v, class %s", after.Failures, after.Since.Time(), after.Class)
		}
		if tries < 10 {
			b.Errorf("tried %d times in four hours", tries)
		}
		b.fail = nil
		b.leap(11 * time.Minute)
		b.holds("daily", "桂花节")
		if s := b.state("daily"); s.Failures != 0 || s.Class != "" {
			b.Errorf("after a success: %d failures, class %s", s.Failures, s.Class)
		}
	})
}

// TestF28F29F30RetryAfterIsWaitedFor: on 429 and 503, in seconds or by a date; what is no time, or no
// sensible one, costs some hours and never more than a day. Other hosts do not wait.
func TestF28F29F30RetryAfterIsWaitedFor(t *testing.T) {
	const feeds = `network: {floor: 1m, per_host: {gap: 0s}}
sources:
  - {key: busy, name: 甲, url: "http://busy.example/rss.xml", schedule: "@every 10m"}
  - {key: other, name: 乙, url: "http://other.example/rss.xml", schedule: "@every 1h"}
`
	const day, hour = 24 * time.Hour, time.Hour
	for name, c := range map[string]struct {
		status      int
		value       string
		least, most time.Duration
	}{
		"F28 429":          {429, "9000", 150 * time.Minute, 3 * hour},
		"F28 503":          {503, "9000", 150 * time.Minute, 3 * hour},
		"F29 429":          {429, "Mon, 05 Oct 2026 04:30:01 GMT", 150 * time.Minute, 3 * hour},
		"F29 503":          {503, "Monday, 05-Oct-26 04:30:01 GMT", 150 * time.Minute, 3 * hour},
		"F30 nothing, 429": {429, "", 4 * hour, 5 * hour},
		"F30 nothing, 503": {503, "", hour, 2 * hour},
		"F30 words":        {429, "soon", 4 * hour, 5 * hour},
		"F30 negative":     {429, "-60", 4 * hour, 5 * hour},
		"F30 past":         {429, "Mon, 05 Oct 2020 04:30:00 GMT", 4 * hour, 5 * hour},
		"F30 ten years":    {503, "315360000", day, day + hour},
		"F30 too large":    {429, "99999999999999999999", day, day + hour},
		"F30 far date":     {503, "Thu, 01 Jan 2099 00:00:00 GMT", day, day + hour},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, feeds, func(b *bubble) {
				b.on("busy.example/rss.xml", fails(c.status, "Retry-After", c.value))
				b.on("other.example/rss.xml", says(rss("桂花节")))
				b.leap(time.Minute)
				s := b.state("busy")
				if s.Failures != 1 || b.state("other").Failures != 0 {
					b.Errorf("failures: %d, and of the other host %d", s.Failures, b.state("other").Failures)
				}
				got := b.waits("busy.example/rss.xml", 1)[0]
				if got < c.least || got > c.most {
					b.Errorf("asked again after %v, want from %v to %v", got, c.least, c.most)
				}
				if n := len(b.at("other.example/rss.xml")); time.Duration(n) < got/(66*time.Minute) {
					b.Errorf("the other host was asked %d times in %v", n, got)
				}
			})
		})
	}
}

// TestF30TheAdminCanClear what a server asked for.
func TestF30TheAdminCanClear(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", turns(fails(http.StatusTooManyRequests, "Retry-After", "86400"), says(rss("桂花节"))))
		b.leap(time.Minute)
		b.visit(store.Which{All: true})
		b.holds("daily")
		b.visit(store.Which{Keys: []string{"daily"}, Force: true})
		b.holds("daily", "桂花节")
		b.leap(twice)
		if n := len(b.at("")); n < 4 {
			b.Errorf("%d requests: the source is not visited as before", n)
		}
	})
}

// TestF31RefusedIsLeftAlone for four hours at least, and the admin is told by its own class.
func TestF31RefusedIsLeftAlone(t *testing.T) {
	for _, status := range []int{401, 403, 412, 451, 521} {
		inBubble(t, daily, func(b *bubble) {
			b.on("daily.example/rss.xml", turns(says(rss("桂花节")), fails(status)))
			b.leap(13 * time.Minute)
			b.ended(models.Failed, models.ErrOrigin)
			if s := b.state("daily"); s.Class != models.ErrOrigin || s.Status != status || s.Error == "" {
				b.Errorf("%d: the admin reads %s, %d, %q", status, s.Class, s.Status, s.Error)
			}
			for i, wait := range b.waits("daily.example/rss.xml", 4)[1:] {
				if wait < 4*time.Hour {
					b.Errorf("%d: asked again after %v (%d)", status, wait, i)
				}
			}
			b.holds("daily", "桂花节")
		})
	}
}

// TestF32MissingAndGone: a 404 is asked about daily, for ever; a 410 is left alone for a month, and
// both keep what was published.
func TestF32MissingAndGone(t *testing.T) {
	for status, c := range map[int]struct {
		class  models.ErrorClass
		visits [2]int // in 60 days, least and most
	}{404: {models.ErrHTTP4xx, [2]int{55, 66}}, 410: {models.ErrGone, [2]int{1, 3}}} {
		inBubble(t, daily, func(b *bubble) {
			b.on("daily.example/rss.xml", turns(says(rss("桂花节")), fails(status)))
			b.leap(11 * time.Minute)
			before := len(b.at(""))
			b.leap(60 * 24 * time.Hour)
			if n := len(b.at("")) - before; n < c.visits[0] || n > c.visits[1] {
				b.Errorf("%d: asked %d times in 60 days, want from %d to %d", status, n, c.visits[0], c.visits[1])
			}
			if s := b.state("daily"); s.Class != c.class || !s.Active || s.Error == "" {
				b.Errorf("%d: the admin reads %s, %q", status, s.Class, s.Error)
			}
			b.holds("daily", "桂花节")
		})
	}
}

// TestF33NeverGivenUp: after five days of 5xx the feed comes back by itself within a day.
func TestF33NeverGivenUp(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		well := time.Now().Add(5 * 24 * time.Hour)
		b.on("daily.example/rss.xml", func(w http.ResponseWriter, r *http.Request) {
			if time.Now().Before(well) {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			says(rss("桂花节"))(w, r)
		})
		b.leap(5 * 24 * time.Hour)
		if s := b.state("daily"); s.Failures < 8 || !s.Active || s.Since == 0 {
			b.Errorf("after five days: %+v", s)
		}
		b.leap(25 * time.Hour)
		b.holds("daily", "桂花节")
		if s := b.state("daily"); s.Failures != 0 || s.Since != 0 || time.Until(s.NextAt.Time()) > time.Hour {
			b.Errorf("after it came back: %d failures, next visit in %v", s.Failures, time.Until(s.NextAt.Time()))
		}
	})
}
