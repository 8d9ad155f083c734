package aggregator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// TestF15DefaultIntervalAndFloor: a source that says nothing is visited once an hour at most, and
// one that says a lot not more often than the floor, which is five minutes where nobody lowered it.
func TestF15DefaultIntervalAndFloor(t *testing.T) {
	const feeds = `sources:
  - {key: plain, name: 甲, url: "http://plain.example/rss.xml"}
  - {key: eager, name: 乙, url: "http://eager.example/rss.xml", schedule: "*/5 * * * *"}
`
	inBubble(t, feeds, func(b *bubble) {
		b.on("plain.example/rss.xml", tagged(`"1"`, rss("桂花节")))
		b.on("eager.example/rss.xml", tagged(`"1"`, rss("桂花节")))
		b.leap(26 * time.Hour)
		for url, least := range map[string]time.Duration{"plain.example/rss.xml": time.Hour, "eager.example/rss.xml": 5 * time.Minute} {
			got := gaps(b.at(url))
			if len(got) < int(24*time.Hour/least) {
				b.Errorf("%s: only %d visits in a day", url, len(got))
			}
			if slices.Min(got) < least {
				b.Errorf("%s: %v between two visits, want %v", url, slices.Min(got), least)
			}
		}
	})
}

// TestF16NeverEarlyOnTheWire: of hundreds of requests none comes before its interval is over, as the
// origin measures it, and none is more than one interval late.
func TestF16NeverEarlyOnTheWire(t *testing.T) {
	const feeds = `network: {floor: 1m, per_host: {gap: 0s}}
sources:
  - {key: a, name: 甲, url: "http://a.example/rss.xml", schedule: "*/10 * * * *"}
  - {key: b, name: 乙, url: "http://b.example/rss.xml", schedule: "@every 10m"}
`
	inBubble(t, feeds, func(b *bubble) {
		slow := func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Duration(len(b.at(""))%3) * 700 * time.Millisecond)
			tagged(`"1"`, rss("桂花节"))(w, r)
		}
		b.on("a.example/rss.xml", slow)
		b.on("b.example/rss.xml", slow)
		for len(b.at("a.example/rss.xml")) < 100 || len(b.at("b.example/rss.xml")) < 100 {
			b.leap(4 * time.Hour)
		}
		for _, url := range []string{"a.example/rss.xml", "b.example/rss.xml"} {
			got := gaps(b.at(url)[1:]) // the first one finds the source's own moment
			if slices.Min(got) < 10*time.Minute || slices.Max(got) > 21*time.Minute {
				b.Errorf("%s: from %v to %v between two visits", url, slices.Min(got), slices.Max(got))
			}
		}
	})
}

// TestF17RestartStorm: twenty daemons after one another in an hour ask once.
func TestF17RestartStorm(t *testing.T) {
	const feeds = `sources:
  - {key: a, name: 甲, url: "http://a.example/rss.xml"}
  - {key: b, name: 乙, url: "http://b.example/rss.xml"}
  - {key: broken, name: 丙, url: "http://broken.example/rss.xml"}
`
	inBubble(t, feeds, func(b *bubble) {
		b.on("a.example/rss.xml", says(rss("桂花节")))
		b.on("b.example/rss.xml", tagged(`"1"`, rss("桂花节")))
		b.on("broken.example/rss.xml", fails(http.StatusInternalServerError))
		for range 20 {
			b.live(20 * time.Second)
			time.Sleep(2*time.Minute + 30*time.Second)
			b.apply(feeds)
		}
		for _, url := range []string{"a.example/rss.xml", "b.example/rss.xml", "broken.example/rss.xml"} {
			if n := len(b.at(url)); n != 1 {
				b.Errorf("%s was asked %d times in an hour", url, n)
			}
		}
	})
}

// TestF23ThirtyFeedsOfOneHost: one at a time, a second apart, while another host does not wait.
func TestF23ThirtyFeedsOfOneHost(t *testing.T) {
	var feeds strings.Builder
	feeds.WriteString("sources:\n  - {key: other, name: 别处, url: \"http://other.example/rss.xml\"}\n")
	for i := range 30 {
		fmt.Fprintf(&feeds, "  - {key: s%02d, name: 第%[1]d站, url: \"http://city.example/%[1]d.xml\"}\n", i)
	}
	inBubble(t, feeds.String(), func(b *bubble) {
		began := time.Now()
		b.on("other.example/rss.xml", says(rss("桂花节")))
		b.on("city.example/", func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(300 * time.Millisecond)
			says(rss("桂花节"))(w, r)
		})
		b.live(3 * time.Minute)
		asks := b.at("city.example/")
		if len(asks) != 30 || b.most["city.example"] != 1 {
			b.Errorf("%d requests, %d at once", len(asks), b.most["city.example"])
		}
		if least := slices.Min(gaps(asks)); least < time.Second {
			b.Errorf("%v between two requests to one host", least)
		}
		if other := b.at("other.example/rss.xml"); len(other) != 1 || other[0].at.Sub(began) > 2*time.Second {
			b.Errorf("the other host waited: %v", other)
		}
	})
}

// TestF25NoOverlap: a source that takes 25 seconds to answer, and is due again before it has, is
// never asked twice at once: not by two daemons, nor by people who press the button meanwhile.
func TestF25NoOverlap(t *testing.T) {
	const feeds = `network: {floor: 10s, per_host: {gap: 0s, concurrency: 4}}
sources: [{key: slow, name: 慢, url: "http://slow.example/rss.xml", schedule: "@every 10s", timeout: 40s}]
`
	inBubble(t, feeds, func(b *bubble) {
		b.on("slow.example/rss.xml", func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(25 * time.Second)
			says(rss("桂花节"))(w, r)
		})
		one, two := b.daemon(b.store), b.daemon(b.second())
		var people sync.WaitGroup
		for range 20 {
			time.Sleep(31 * time.Second)
			people.Go(func() { b.visit(store.Which{Keys: []string{"slow"}, Force: true}) })
		}
		people.Wait()
		one()
		two()
		if n := len(b.at("")); n < 10 || b.most["slow.example"] != 1 {
			b.Errorf("%d requests, %d at once", n, b.most["slow.example"])
		}
		b.holds("slow", "桂花节")
	})
}

// TestF26OnDemand: pressing the button obeys the floor and Retry-After, and twice is once.
func TestF26OnDemand(t *testing.T) {
	const feeds = `sources:
  - {key: well, name: 甲, url: "http://well.example/rss.xml"}
  - {key: busy, name: 乙, url: "http://busy.example/rss.xml"}
`
	inBubble(t, feeds, func(b *bubble) {
		b.on("well.example/rss.xml", tagged(`"1"`, rss("桂花节")))
		b.on("busy.example/rss.xml", fails(http.StatusServiceUnavailable, "Retry-After", "1800"))
		press := func() {
			var people sync.WaitGroup
			for range 2 {
				people.Go(func() { b.visit(store.Which{All: true}) })
			}
			people.Wait()
		}
		asked := func(when string, well, busy int) {
			b.Helper()
			press()
			if w, y := len(b.at("well.example/rss.xml")), len(b.at("busy.example/rss.xml")); w != well || y != busy {
				b.Errorf("%s: %d and %d requests, want %d and %d", when, w, y, well, busy)
			}
		}
		asked("a double click", 1, 1)
		time.Sleep(4 * time.Minute)
		asked("within the floor", 1, 1)
		time.Sleep(2 * time.Minute)
		asked("after the floor", 2, 1)
		time.Sleep(22 * time.Minute)
		asked("within Retry-After", 3, 1)
		time.Sleep(3 * time.Minute)
		asked("after Retry-After", 3, 2)
	})
}

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

// TestF45OneRequestForAll: a source that stands in five sections is asked once, by two daemons too;
// and one that is named twice is refused with the line of the first.
func TestF45OneRequestForAll(t *testing.T) {
	const feeds = `network: {floor: 1m, per_host: {gap: 0s}}
sources: [{key: daily, name: 日报, url: "http://daily.example/rss.xml", section: [news], schedule: "@every 2m"}]
`
	inBubble(t, feeds, func(b *bubble) {
		b.sections("要闻", "通知", "交通", "教育", "天气")
		b.on("daily.example/rss.xml", says(rss("桂花节")))
		one, two := b.daemon(b.store), b.daemon(b.second())
		time.Sleep(11 * time.Minute)
		one()
		two()
		if n := len(b.at("")); n < 5 || n > 6 || slices.Min(gaps(b.at(""))) < 2*time.Minute {
			b.Errorf("%d requests in eleven minutes, %v apart", n, gaps(b.at("")))
		}
		story, err := b.store.Latest(b.Context(), models.View{}, models.ByListed, 10)
		if err != nil || len(story) != 1 || len(story[0].Sections) != 5 {
			b.Errorf("stories %+v, %v", story, err)
		}
	})
}

// sections puts each source into these.
func (b *bubble) sections(titles ...string) {
	b.Helper()
	c := *b.catalog
	c.Sections, c.Sources = nil, slices.Clone(c.Sources)
	for i, title := range titles {
		c.Sections = append(c.Sections, models.Section{Key: fmt.Sprintf("s%d", i), Title: title})
	}
	for i := range c.Sources {
		c.Sources[i].Sections = nil
		for _, s := range c.Sections {
			c.Sources[i].Sections = append(c.Sources[i].Sections, s.Key)
		}
	}
	b.catalog = &c
	must(b, b.store.Apply(b.Context(), b.catalog))
}

// TestF15F17RestartsInTheMiddleOfVisits: however often a daemon is stopped while a source answers, that
// is not asked again below the floor, and read in the end.
func TestF15F17RestartsInTheMiddleOfVisits(t *testing.T) {
	inBubble(t, "sources: [{key: a, name: 甲, url: \"http://a.example/rss.xml\"}]\n", func(b *bubble) {
		b.on("a.example/rss.xml", func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(25 * time.Second)
			says(rss("桂花节"))(w, r)
		})
		for range 20 {
			b.live(20 * time.Second)
			b.visit(store.Which{All: true})
			time.Sleep(time.Minute)
		}
		if early := slices.Min(gaps(b.at(""))); early < 5*time.Minute {
			b.Errorf("asked again after %s", early)
		}
		b.live(6 * time.Minute)
		b.holds("a", "桂花节")
	})
}

// TestF15F17AfterAKill: nobody knows whether a process that is gone had asked a source that it had
// claimed; from the end of its claim on that is left alone for the floor.
func TestF15F17AfterAKill(t *testing.T) {
	inBubble(t, "sources: [{key: a, name: 甲, url: \"http://a.example/rss.xml\"}]\n", func(b *bubble) {
		b.on("a.example/rss.xml", says(rss("桂花节")))
		claims, err := b.store.Claim(b.Context(), 1, time.Minute, store.Which{})
		if err != nil || len(claims) != 1 {
			b.Fatal(claims, err)
		}
		time.Sleep(time.Minute)
		b.live(4 * time.Minute)
		b.visit(store.Which{All: true})
		if n := len(b.at("")); n != 0 {
			b.Errorf("asked %d times below the floor", n)
		}
		b.live(2 * time.Minute)
		b.holds("a", "桂花节")
	})
}

// TestStoppedVisitsAreGivenBack: a daemon that is told to stop leaves a source that was answering due
// after the floor, and one that still waited for its turn at once.
func TestStoppedVisitsAreGivenBack(t *testing.T) {
	const feeds = `sources:
  - {key: a, name: 甲, url: "http://city.example/a"}
  - {key: b, name: 乙, url: "http://city.example/b"}
`
	inBubble(t, feeds, func(b *bubble) {
		hangs := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
		b.on("city.example/", turns(hangs, says(rss("桂花节"))))
		b.live(10 * time.Second)
		first, other := "a", "b"
		if b.at("")[0].url == "city.example/b" {
			first, other = other, first
		}
		for key, rest := range map[string]time.Duration{first: 5 * time.Minute, other: 0} {
			s := b.state(key)
			if due := time.Until(s.NotBefore.Time()); s.LastVisit != 0 || s.LeasedUntil != 0 || due != rest {
				b.Errorf("the visit was saved, is still claimed, or rests for %s, not %s: %+v", due, rest, s)
			}
		}
		b.live(10 * time.Second)
		b.holds(other, "桂花节")
		b.holds(first)
		b.live(5 * time.Minute)
		b.holds(first, "桂花节")
		if errors.Is(b.Context().Err(), context.Canceled) {
			b.Error("the test ended early")
		}
	})
}
