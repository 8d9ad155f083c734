package aggregator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
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
