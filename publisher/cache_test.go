package publisher

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/publisher/render"
)

func TestCacheStaysWithinItsBytes(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	c := newCache(10_000)
	at := func(i int) address {
		return address{view: models.View{Source: fmt.Sprint("s", i)}, suffix: "rss"}
	}
	for i := range 30 {
		name := at(i).name()
		e := newEdition(render.Body{bytes.Repeat([]byte{byte('a' + i)}, 1000)}, now, func(e *Edition, n int) { c.grow(name, e, n) })
		c.put(at(i), held{Edition: e}, now)
		if _, ok := c.get(at(0).name(), now); !ok {
			t.Fatalf("after %d: the one asked for all the time is gone", i)
		}
		e.form(gzipped)
	}
	total := int64(0)
	for _, e := range c.slots {
		s := e.Value.(*slot)
		total += s.size
		if s.size == 1000 && s.at != at(0) {
			t.Errorf("%s: its compressed form is not counted", s.at.name())
		}
	}
	if total > 10_000 || total != 10_000-c.room || len(c.slots) < 5 || c.order.Len() != len(c.slots) {
		t.Errorf("%d bytes in %d editions, room for %d", total, len(c.slots), c.room)
	}
	c.drop(at(0).name())
	if _, ok := c.get(at(0).name(), now); ok {
		t.Error("dropped, and still there")
	}
}

func TestCacheRemembersWhoWasAsked(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	c := newCache(1 << 20)
	a, b := address{suffix: "rss"}, address{suffix: "atom"}
	e := newEdition(render.Body{[]byte("x")}, now, nil)
	c.put(a, held{Edition: e}, now)
	c.put(b, held{Edition: e}, now)
	c.get(a.name(), now.Add(2*time.Hour))
	c.put(b, held{Edition: e, rev: 2}, now.Add(2*time.Hour)) // renewed, not asked for
	warm := c.asked(now.Add(time.Hour), func(address, held) bool { return true })
	if !slices.Equal(warm, []address{a}) {
		t.Errorf("warm: %v", warm)
	}
}

func TestFolderSweepsLeftovers(t *testing.T) {
	dir := t.TempDir()
	const day = 24 * time.Hour
	now := time.Now()
	for name, age := range map[string]time.Duration{
		"a.tmp": 2 * time.Hour, "b.tmp": time.Minute, "c.edition": 2 * day, "d.edition": 29 * day, "e.edition": 31 * day, "notes.txt": 99 * day,
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, now, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := folder(dir).sweep(now); err != nil {
		t.Fatal(err)
	}
	var left []string
	files, err := os.ReadDir(dir)
	for _, f := range files {
		left = append(left, f.Name())
	}
	if err != nil || !slices.Equal(left, []string{"b.tmp", "c.edition", "d.edition", "notes.txt"}) {
		t.Errorf("left: %v, %v", left, err)
	}
}
