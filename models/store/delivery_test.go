package store

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"civicfeed/models"

	"github.com/google/go-cmp/cmp"
)

// TestEachStoryIsDeliveredOnce: whatever arrives (news, late ones with old dates, backlogs, edits,
// reloads that move stories, stories withheld and let go), and whenever readers look, each of them gets
// every story of its view exactly once: by cursors, by archives, and of a quiet feed by its newest 50.
func TestEachStoryIsDeliveredOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		for seed := range uint64(2) {
			town := newTown(t, d, seed)
			for range 110 {
				town.happen()
				town.look(t, 0.3)
			}
			town.look(t, 1)
			town.judge(t)
			town.clear(t)
		}
	})
}

// TestEachStoryIsDeliveredOnceByThreeWriters is the same with three daemons saving at a time.
func TestEachStoryIsDeliveredOnceByThreeWriters(t *testing.T) {
	t.Parallel()
	d := newPostgres(t)
	town := newTown(t, d, 9)
	for _, r := range town.readers {
		r.quiet = false // more may come between two looks than its newest 50
	}
	var wg sync.WaitGroup
	for _, key := range []string{"daily", "dong-news", "plain"} {
		s := d.open(t, Options{Clock: town.clock.now})
		must(t, s.Apply(t.Context(), city()))
		wg.Go(func() {
			r := rand.New(rand.NewPCG(9, uint64(len(key))))
			for n := range 40 {
				at := town.clock.millisNow()
				var items []models.Item
				for i := range 1 + r.IntN(4) {
					it := item(key, fmt.Sprintf("w%d-%d", n, i), at-models.Millis(r.Int64N(1e9)))
					if r.IntN(2) == 0 {
						it.Categories = []models.Category{{Term: "要闻"}}
					}
					items = append(items, it)
				}
				deliver(t, s, key, items...)
				town.clock.pass(time.Duration(r.IntN(2000)) * time.Millisecond)
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
			town.look(t, 1)
		}
	}
	town.look(t, 1)
	town.judge(t)
}

// town is a store in which things happen, and readers of its views.
type town struct {
	*rand.Rand
	s       *Store
	t       testing.TB
	d       database
	clock   *clock
	n       int
	held    []models.Item
	strict  bool // a catalog in which less belongs to the sections
	readers []*reader
}

// reader follows one view in every way.
type reader struct {
	view     models.View
	known    map[models.Order]models.Answer // the newest it lists, as it last looked
	updated  int                            // how often what moved said as much as a look
	quiet    bool                           // nobody brings backlogs to its view: its newest 50 are enough
	newer    models.Cursor                  // where it is by cursor
	cursor   map[string]int                 // how often each story came so
	archives map[string]int                 // and by archives
	bytes    map[int]string                 // archives as they were first seen
	top      map[string]int                 // and among the newest 50, ever
	had      map[string]int64               // Seq of what the view has had, as the database knows
}

func newTown(t testing.TB, d database, seed uint64) *town {
	s, c := ready(t, d)
	w := &town{Rand: rand.New(rand.NewPCG(seed, 5)), s: s, t: t, d: d, clock: c}
	for _, v := range []models.View{{}, {Section: "focus"}, {Region: "yunxi"}, {Region: "dong", Section: "notices"}, {Source: "plain"}} {
		w.readers = append(w.readers, &reader{view: v, newer: models.Cursor{Order: models.BySeq, Forward: true}, quiet: v.Source == "plain",
			known:  map[models.Order]models.Answer{models.ByListed: {}, models.ByPublished: {}},
			cursor: map[string]int{}, archives: map[string]int{}, bytes: map[int]string{}, top: map[string]int{}})
	}
	settled(t, s, "daily", "plain")
	return w
}

// happen lets one thing happen.
func (w *town) happen() {
	w.clock.pass(time.Duration(w.IntN(3600)) * time.Second)
	keys := []string{"daily", "dong-news", "xi-news", "plain"} // of which two have had no visit yet: theirs is a backlog
	key := keys[w.IntN(len(keys))]
	switch w.IntN(12) {
	case 0:
		w.edit()
	case 1:
		w.reload()
	case 2:
		w.withhold()
	case 3:
		w.stop()
	default:
		most := 5
		if w.IntN(8) == 0 && key != "plain" {
			most = 90
		}
		var items []models.Item
		for range 1 + w.IntN(most) {
			items = append(items, w.item(key))
		}
		if key == "plain" {
			items = items[:1+w.IntN(min(len(items), 3))]
		}
		deliver(w.t, w.s, key, items...)
		w.held = append(w.held, items...)
	}
}

// item is one published lately, or long ago.
func (w *town) item(key string) models.Item {
	w.n++
	age := models.Millis(w.Int64N(int64(2 * hour)))
	if w.IntN(4) == 0 {
		age = models.Millis(w.Int64N(int64(300 * day)))
	}
	it := item(key, fmt.Sprintf("n%04d", w.n), w.clock.millisNow()-age)
	if w.IntN(2) == 0 {
		it.Categories = []models.Category{{Term: []string{"要闻", "交通"}[w.IntN(2)]}}
	}
	return it
}

// edit changes some items; some of them move to other sections by that.
func (w *town) edit() {
	if len(w.held) == 0 {
		return
	}
	it := w.held[w.IntN(len(w.held))]
	w.n++
	it.Title, it.Hash = fmt.Sprint("改了 ", w.n), fmt.Sprint("h", w.n)
	it.Categories = []models.Category{{Term: []string{"要闻", "交通", "别的"}[w.IntN(3)]}}
	deliver(w.t, w.s, it.Source, it)
}

// reload applies a catalog by which other stories belong to a section.
func (w *town) reload() {
	c := city()
	if w.strict = !w.strict; w.strict {
		c.Sections[0].Match[0].Category = []string{"交通", "要闻"}
		source(c, "xi-news").Sections = []string{"focus"}
	}
	must(w.t, w.s.Apply(w.t.Context(), c))
}

// withhold has items wait, and lets them go with the next visit.
func (w *town) withhold() {
	items := []models.Item{w.item("daily"), w.item("daily")}
	d := fetched(w.t, w.s, claim(w.t, w.s, "daily"), items...)
	d.Withheld = models.Withheld{Since: w.clock.millisNow(), Upto: w.clock.millisNow(), Items: len(items)}
	must(w.t, w.s.Save(w.t.Context(), []*models.Delivery{d}))
	deliver(w.t, w.s, "dong-news", w.item("dong-news"))
	d = fetched(w.t, w.s, claim(w.t, w.s, "daily"))
	d.Backlog = w.clock.millisNow()
	must(w.t, w.s.Save(w.t.Context(), []*models.Delivery{d}))
}

// stop ends the store at a moment and opens it again, with a visit that was never saved.
func (w *town) stop() {
	claim(w.t, w.s, "daily")
	w.clock.pass(2 * time.Minute)
	w.s = w.d.open(w.t, Options{Clock: w.clock.now})
	c := city()
	w.strict = false
	must(w.t, w.s.Apply(w.t.Context(), c))
	must(w.t, w.s.Resume(w.t.Context()))
}

// look has readers look, each with a chance.
func (w *town) look(t testing.TB, chance float64) {
	for _, r := range w.readers {
		if r.quiet || w.Float64() < chance {
			r.follow(t, w.s)
			r.collect(t, w.s)
			r.update(t, w.s)
		}
	}
}

// follow goes on by cursor to where nothing is newer.
func (r *reader) follow(t testing.TB, s *Store) {
	t.Helper()
	for {
		a, err := s.List(t.Context(), models.Query{View: r.view, Order: models.ByListed, Limit: 7, Cursor: r.newer})
		must(t, err)
		for _, m := range a.Mentions {
			r.cursor[m.ID]++
		}
		if len(a.Mentions) == 0 {
			return
		}
		r.newer = a.Newer
	}
}

// update brings what it knows of the newest up to date, which is what a fresh look says.
func (r *reader) update(t testing.TB, s *Store) {
	t.Helper()
	for order, before := range r.known {
		q := models.Query{View: r.view, Order: order, Limit: 20}
		moved, err := s.Moves(t.Context(), before.State.Rev)
		must(t, err)
		now, err := s.List(t.Context(), q)
		must(t, err)
		if a, ok := moved.Follow(before, q); ok && moved.State == now.State {
			r.updated++
			if diff := cmp.Diff(now, a); diff != "" {
				t.Fatalf("%s by %s, as a look says and as moves do: %s", r.view.Name(), order, diff)
			}
		}
		r.known[order] = now
	}
}

// collect takes the newest and the archives it has not had yet. What the two leave out is lost.
func (r *reader) collect(t testing.TB, s *Store) {
	t.Helper()
	a, err := s.List(t.Context(), models.Query{View: r.view, Order: models.ByListed, Limit: ArchiveSize})
	must(t, err)
	for _, m := range a.Mentions {
		r.top[m.ID]++
	}
	for number := 1; number <= a.Archives; number++ {
		archive, err := s.Archive(t.Context(), r.view, number)
		must(t, err)
		text, err := json.Marshal(archive.Stories)
		must(t, err)
		before, seen := r.bytes[number]
		if seen && before != string(text) {
			t.Fatalf("archive %d of %s has changed:\n%s", number, r.view.Name(), cmp.Diff(before, string(text)))
		}
		if seen {
			continue
		}
		r.bytes[number] = string(text)
		if len(archive.Stories) == 0 || len(archive.Stories) > ArchiveSize {
			t.Fatalf("archive %d of %s has %d stories", number, r.view.Name(), len(archive.Stories))
		}
		for _, story := range archive.Stories {
			r.archives[story.ID]++
		}
	}
}

// judge holds what readers got against what was delivered.
func (w *town) judge(t testing.TB) {
	t.Helper()
	db := w.d.raw(t)
	for _, r := range w.readers {
		name := r.view.Name()
		if r.updated < 10 {
			t.Errorf("%s: what moved told %d times what a look would", name, r.updated)
		}
		r.had = map[string]int64{}
		rows, err := db.Query("SELECT m.story, m.seq, m.shown FROM memberships m JOIN views v ON v.id = m.view WHERE v.name = '" + name + "'")
		must(t, err)
		for rows.Next() {
			var id string
			var seq int64
			var shown bool
			must(t, rows.Scan(&id, &seq, &shown))
			if r.cursor[id] != 1 {
				t.Errorf("%s: %s came %d times by cursor", name, id, r.cursor[id])
			}
			if r.had[id] = seq; !shown && r.archives[id] == 0 {
				continue // it left before the next archive, where it will be
			}
			if n := r.archives[id]; n > 1 || n == 0 && r.top[id] == 0 {
				t.Errorf("%s: %s came %d times by archives and %d times among the newest", name, id, n, r.top[id])
			}
			if r.quiet && r.top[id] == 0 {
				t.Errorf("%s is quiet, and %s was never among its newest", name, id)
			}
		}
		must(t, rows.Close())
		if len(r.had) < 5 {
			t.Errorf("%s had only %d stories", name, len(r.had))
		}
		for id, n := range r.cursor {
			if n != 1 || r.had[id] == 0 {
				t.Errorf("%s: %s came %d times by cursor", name, id, n)
			}
		}
		r.walk(t, w.s)
	}
}

// walk pages from the newest to the oldest while news come in, and meets each story once.
func (r *reader) walk(t testing.TB, s *Store) {
	t.Helper()
	all, err := s.List(t.Context(), models.Query{View: r.view, Order: models.ByListed, Limit: 100_000})
	must(t, err)
	for _, order := range []models.Order{models.ByListed, models.ByPublished} {
		met := map[string]int{}
		q := models.Query{View: r.view, Order: order, Limit: 13}
		ids, _ := walk(t, s, &q, len(all.Mentions)+2)
		for _, id := range ids {
			met[id]++
		}
		if len(met) != len(all.Mentions) {
			t.Errorf("%s by %s: %d stories of %d on its pages", r.view.Name(), order, len(met), len(all.Mentions))
		}
		for _, m := range all.Mentions {
			if met[m.ID] != 1 {
				t.Errorf("%s by %s: %s was on %d pages", r.view.Name(), order, m.ID, met[m.ID])
			}
		}
	}
}

// clear empties the database for another town.
func (w *town) clear(t testing.TB) {
	db := w.d.raw(t)
	for _, table := range []string{"memberships", "stories", "items", "views", "archives", "versions", "search", "sources", "visits", "pages"} {
		_, err := db.Exec("DELETE FROM " + table)
		must(t, err)
	}
	_, err := db.Exec("UPDATE ledger SET rules = '', catalog = '', listed = 0")
	must(t, err)
}
