package aggregator

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"civicfeed/models/store"
)

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
