package publisher

import (
	"context"
	"strings"
	"testing"
	"time"
)

// fill takes all slots; what it gives lets them go.
func (c *city) fill() (free func()) {
	n := int64(0)
	for c.p.slots.TryAcquire(1) {
		n++
	}
	return func() { c.p.slots.Release(n) }
}

// Who asks at the same time shares the rendering, but not that the first of them went away.
func TestImpatienceIsNotShared(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	free := c.fill()
	ask := func(ctx context.Context) <-chan error {
		done := make(chan error, 1)
		go func() {
			_, err := c.p.edition(ctx, c.p.stage.Load(), address{suffix: "rss"})
			done <- err
		}()
		time.Sleep(50 * time.Millisecond) // until it waits for a slot
		return done
	}
	hasty, gone := context.WithCancel(t.Context())
	first, second := ask(hasty), ask(t.Context())
	gone()
	time.Sleep(50 * time.Millisecond)
	free()
	if err := <-second; err != nil {
		t.Errorf("turned away because another went away: %v", err)
	}
	<-first
}

// Where the edition before is held, nobody waits for a slot.
func TestOverloadServesTheEditionBefore(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	old := c.read("/feed.rss")
	c.save("daily", c.item("daily", 8))
	defer c.fill()()
	if err := c.p.catchUp(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if c.read("/feed.rss") != old {
		t.Error("not the edition before")
	}
	if took := time.Since(began); took > patience/2 {
		t.Errorf("took %v", took)
	}
}

// After a start the first to ask for a source that was taken out finds it.
func TestSourceTakenOutIsKnownFromTheStart(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	c.catalog = cityCatalog()
	c.catalog.Sources = c.catalog.Sources[:1]
	if err := c.store.Apply(t.Context(), c.catalog); err != nil {
		t.Fatal(err)
	}
	c.publish("")
	if text := c.read("/sources/dongpu-gov.rss"); !strings.Contains(text, "第0条") {
		t.Error("its stories are gone")
	}
	if res := c.get("/sources/nobody.rss"); res.StatusCode != 404 {
		t.Errorf("a source that never was: %s", res.Status)
	}
}
