package publisher

import (
	"sync"
	"sync/atomic"
	"testing"

	"civicfeed/models/store"
)

// crowd asks for paths a thousand times at once, and counts the answers by status.
func (c *city) crowd(paths []string) map[int]int {
	var answers [600]atomic.Int64
	var wg sync.WaitGroup
	for i := range 1000 {
		wg.Go(func() { answers[c.get(paths[i%len(paths)]).StatusCode].Add(1) })
	}
	wg.Wait()
	counts := make(map[int]int)
	for code := range answers {
		if n := answers[code].Load(); n > 0 {
			counts[code] = int(n)
		}
	}
	return counts
}

// TestR56StampedeAfterAnOutage: while the store is away and nothing is held all are told so; when it
// is back, a thousand who ask at once cost no more renderings than one.
func TestR56StampedeAfterAnOutage(t *testing.T) {
	c := newCity(t)
	c.populate(20)
	reopen := func(cache string) {
		t.Helper()
		s, err := store.Open(t.Context(), c.db, store.Options{Clock: c.clock})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		c.store = s
		c.publish(cache)
	}
	paths := []string{"/feed.rss", "/feed.atom", "/", "/sections/focus.html"}
	c.publish("")
	c.store.Close()
	if got := c.crowd(paths); got[503] != 1000 {
		t.Errorf("while the store is away: %v", got)
	}
	away := c.p
	reopen("")
	away.Attach(c.store)
	c.p, c.h = away, away.Handler()
	before := away.made.Load()
	if got := c.crowd(paths); got[200] != 1000 {
		t.Errorf("when it is back: %v", got)
	}
	if n := away.made.Load() - before; n != int64(len(paths)) {
		t.Errorf("%d renderings for %d pages", n, len(paths))
	}
	if n := len(c.p.cache.slots); n != len(paths) {
		t.Errorf("%d editions held for %d pages", n, len(paths))
	}
}
