package aggregator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// crowd is a catalog of so many feeds of one host, and one of another.
func crowd(feeds int) string {
	var s strings.Builder
	s.WriteString("sources:\n  - {key: z, name: 好, url: \"http://good.example/rss.xml\"}\n")
	for i := range feeds {
		fmt.Fprintf(&s, "  - {key: s%03d, name: 第%[1]d站, url: \"http://slow.example/%[1]d.xml\"}\n", i)
	}
	return s.String()
}

// slow has that host take so long for each request.
func (b *bubble) slow(takes time.Duration) {
	b.on("good.example/rss.xml", says(rss("灯会")))
	b.on("slow.example/", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(takes):
			says(rss("桂花节"))(w, r)
		case <-r.Context().Done():
		}
	})
}

// charged lists the sources that have failed, or that nobody has visited.
func (b *bubble) charged() (failed, never []string) {
	b.Helper()
	for key, s := range b.states() {
		if s.Class != "" {
			failed = append(failed, key+": "+s.Error)
		}
		if s.LastVisit == 0 {
			never = append(never, key)
		}
	}
	return failed, never
}

// TestF25R36ASlowHost has more feeds than it can answer for in an hour: they come in turn, none is
// forgotten, none is charged with having waited, and another host's are on time.
func TestF25R36ASlowHost(t *testing.T) {
	inBubble(t, crowd(150), func(b *bubble) {
		b.slow(25 * time.Second)
		b.live(80 * time.Minute)
		if failed, never := b.charged(); len(failed)+len(never) > 0 {
			b.Errorf("failed: %q; never visited: %q", failed, never)
		}
		if n := b.most["slow.example"]; n != 1 {
			b.Errorf("%d requests at once", n)
		}
		b.live(4 * time.Hour)
		oldest := models.MillisOf(time.Now())
		for _, s := range b.states() {
			oldest = min(oldest, s.LastVisit)
		}
		if age := time.Since(oldest.Time()); age > 130*time.Minute { // due after two hours at most, and then its turn
			b.Errorf("one was not visited for %v", age)
		}
		if failed, _ := b.charged(); len(failed) > 0 {
			b.Errorf("failed: %q", failed)
		}
		if good := gaps(b.at("good.example/rss.xml")); len(good) < 4 || slices.Max(good[1:]) > 61*time.Minute {
			b.Errorf("the other host was asked each %v", good)
		}
	})
}

// TestR36ADeadHostHoldsNoHands: whoever has many feeds there, those of others are visited at once.
func TestR36ADeadHostHoldsNoHands(t *testing.T) {
	inBubble(t, crowd(200), func(b *bubble) {
		b.slow(time.Hour)
		b.live(time.Minute)
		b.holds("z", "灯会")
	})
}

// TestF25FetchWaits: a visit of everything, once, takes as long as the slowest host, and visits all.
func TestF25FetchWaits(t *testing.T) {
	inBubble(t, crowd(60), func(b *bubble) {
		b.slow(25 * time.Second)
		began := time.Now()
		b.visit(store.Which{})
		if failed, never := b.charged(); len(failed)+len(never) > 0 || len(b.saved) != 61 {
			b.Errorf("%d visits; failed: %q; never visited: %q", len(b.saved), failed, never)
		}
		if took := time.Since(began); took > 60*27*time.Second {
			b.Errorf("it took %v", took)
		}
	})
}
