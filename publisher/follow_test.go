package publisher

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
	"civicfeed/publisher/render"

	"github.com/google/go-cmp/cmp"
)

// TestFollowing: whatever happens in a city, with a second daemon that reloads later, a publisher that
// was there all along serves the bytes of one that begins now.
func TestFollowing(t *testing.T) {
	seeds, steps := 3, 50
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		l := newLife(t, uint64(seed))
		for range steps {
			l.pass(time.Duration(l.IntN(3600)) * time.Second)
			for range 1 + l.IntN(4) {
				l.happen()
			}
			select {
			case <-l.p.reloaded:
				l.lookForced()
			default:
				l.look()
			}
			l.compare()
		}
	}
}

// TestFollowingOfStoriesJudgedAnew: stories that change places without changing themselves, while news
// come to both places within the same look.
func TestFollowingOfStoriesJudgedAnew(t *testing.T) {
	t.Run("given back after the rules changed", func(t *testing.T) {
		l := newLife(t, 0)
		moving := l.filed("daily", "要闻")
		l.deliver("daily", moving, l.filed("daily", "要闻"), l.filed("daily", "交通"))
		l.withdraw(false, moving.ID)
		l.apply(byRules)
		l.lookForced()
		l.withdraw(true, moving.ID)
		l.look()
		l.compare()
		if err := l.store.Apply(t.Context(), l.catalog); err != nil { // a restart
			t.Fatal(err)
		}
		l.look() // nothing else in the look: the home page has it on its new shelf
		l.compare()
		l.deliver("daily", l.filed("daily", "要闻"), l.filed("daily", "交通"))
		l.compare()
	})
	t.Run("saved by a daemon that reloaded late", func(t *testing.T) {
		l := newLife(t, 0)
		l.deliver("xi-news", l.filed("xi-news", ""))
		l.apply(byTree)
		l.lookForced()
		l.through(l.late, func() { l.save("xi-news", l.filed("xi-news", "")) })
		l.look()
		l.compare()
		if err := l.late.Apply(t.Context(), l.catalog); err != nil {
			t.Fatal(err)
		}
		l.deliver("daily", l.filed("daily", ""))
		l.compare()
	})
}

// life is a city in which things happen.
type life struct {
	*rand.Rand
	*city
	late  *store.Store // of a daemon beside, which reloads later
	as    int          // the catalog, by its variations
	n     int
	items []models.Item
	gone  []string
}

// The variations of a catalog.
const (
	byRules = 1 << iota
	byTree
	byWords
	bySources
	bySections
	variations = iota
)

func newLife(t *testing.T, seed uint64) *life {
	dir := t.TempDir()
	c := &city{t: t, db: filepath.Join(dir, "city.db"), catalog: livedIn(0), now: time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)}
	c.open()
	late, err := store.Open(t.Context(), c.db, store.Options{Clock: c.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { late.Close() })
	if err := late.Apply(t.Context(), c.catalog); err != nil {
		t.Fatal(err)
	}
	return &life{Rand: rand.New(rand.NewPCG(seed, 9)), city: c, late: late}
}

func livedIn(as int) *models.Catalog {
	c := cityCatalog()
	source := func(key, region, section string, terms models.Terms) models.Source {
		s := c.Sources[0]
		s.Key, s.Name, s.URL, s.Region, s.Sections, s.Republish = key, "源 "+key, "https://"+key+".example.org/rss.xml", region, []string{section}, terms
		return s
	}
	c.Regions = []models.Region{{Key: "yun", Name: "云澜市"}, {Key: "dong", Name: "东浦区", Parent: "yun"}, {Key: "xi", Name: "西区", Parent: "yun"}}
	c.Sections = []models.Section{
		{Key: "focus", Title: "聚焦", Match: []models.Rule{{Category: []string{"要闻"}, Line: 7}}},
		{Key: "notices", Title: "通知"},
		{Key: "traffic", Title: "交通", Parent: "notices", Match: []models.Rule{{Category: []string{"交通"}, Line: 9}}},
	}
	c.Sources = []models.Source{
		source("daily", "yun", "notices", models.Full), source("dong-gov", "dong", "notices", models.Title),
		source("xi-news", "xi", "notices", models.Full), source("plain", "", "notices", models.Excerpt),
	}
	if as&byRules != 0 {
		c.Sections[0].Match[0].Category, c.Sections[2].Match[0].Category = []string{"交通", "别的"}, []string{"要闻"}
	}
	if as&byTree != 0 {
		c.Regions[2].Parent = ""
	}
	if as&byWords != 0 {
		c.Sources[0].Name, c.Sections[0].Title = "新云澜日报", "头条"
	}
	if as&bySources != 0 {
		c.Sources = c.Sources[:3]
	}
	if as&bySections != 0 {
		c.Sources[2].Sections, c.Sections[2].Parent = []string{"focus"}, ""
	}
	return c
}

// happen lets one thing happen.
func (l *life) happen() {
	key := []string{"daily", "dong-gov", "xi-news"}[l.IntN(3)]
	switch l.IntN(13) {
	case 0:
		l.through(l.late, func() { l.save(key, l.some(key)...) })
	case 1:
		l.edit()
	case 2, 3:
		if len(l.items) > 0 {
			l.withdraw(false, l.items[len(l.items)-1-l.IntN(min(len(l.items), 20))].ID)
		}
	case 4:
		if len(l.gone) > 0 {
			l.withdraw(true, l.gone[l.IntN(len(l.gone))])
		}
	case 5:
		l.apply(l.as ^ 1<<l.IntN(variations))
	case 6:
		l.apply(l.as) // a restart
	case 7:
		if err := l.late.Apply(context.Background(), livedIn(l.as)); err != nil {
			l.t.Fatal(err)
		}
	case 8:
		l.n++
		l.visit(key, models.Delivery{Feed: &models.Feed{Title: fmt.Sprint("频道", l.n)}, Visit: models.Visit{Outcome: models.Fetched, Status: 200}})
	case 9:
		l.withhold(key)
	default:
		l.save(key, l.some(key)...)
	}
}

// through does something by another daemon's store.
func (l *life) through(s *store.Store, do func()) {
	mine := l.store
	l.store = s
	do()
	l.store = mine
}

// filed is an item that its source files under a word.
func (l *life) filed(key, word string) models.Item {
	l.n++
	it := l.item(key, l.n)
	age := time.Duration(l.Int64N(int64(2 * time.Hour)))
	if l.IntN(3) == 0 {
		age = time.Duration(l.Int64N(int64(500 * 24 * time.Hour)))
	}
	it.Published.At = models.MillisOf(l.clock().Add(-age).Truncate(10 * time.Minute))
	it.Updated = it.Published
	if word != "" {
		it.Categories = []models.Category{{Term: word}}
	}
	return it
}

// some are items of a source, seldom many.
func (l *life) some(key string) (items []models.Item) {
	most := 3
	if l.IntN(12) == 0 {
		most = 60
	}
	for range 1 + l.IntN(most) {
		items = append(items, l.filed(key, l.word()))
	}
	l.items = append(l.items, items...)
	return items
}

func (l *life) word() string { return []string{"要闻", "交通", "别的", ""}[l.IntN(4)] }

// edit changes an item: its words, where it belongs, or how precisely it is dated.
func (l *life) edit() {
	if len(l.items) == 0 {
		return
	}
	it := l.items[l.IntN(len(l.items))]
	l.n++
	it.Title, it.Hash = fmt.Sprint("改了 ", l.n), fmt.Sprint("h", l.n)
	it.Categories = []models.Category{{Term: l.word()}}
	if l.IntN(2) == 0 {
		it.Published.Precision, it.Published.At = models.Second, it.Published.At-models.Millis(l.IntN(3_600_000))
	}
	l.save(it.Source, it)
}

func (l *life) withdraw(undo bool, id string) {
	if _, err := l.store.Withdraw(context.Background(), undo, id); err != nil {
		l.t.Fatal(err)
	}
	l.gone = append(l.gone, id)
}

func (l *life) apply(as int) {
	l.as, l.catalog = as, livedIn(as)
	if err := l.store.Apply(context.Background(), l.catalog); err != nil {
		l.t.Fatal(err)
	}
	l.p.Reload(l.catalog)
}

// withhold has items wait, and lets them go with the next visit.
func (l *life) withhold(key string) {
	items, at := l.some(key), models.MillisOf(l.clock())
	visit := models.Visit{Outcome: models.Fetched, Status: 200}
	l.visit(key, models.Delivery{Items: items, Withheld: models.Withheld{Since: at, Upto: at, Items: len(items)}, Visit: visit})
	l.visit(key, models.Delivery{Backlog: at, Visit: visit})
}

func (l *life) lookForced() {
	if err := l.p.catchUp(context.Background(), true); err != nil {
		l.t.Fatal(err)
	}
}

// compare reads all pages of the publisher that was there, and of one that begins now.
func (l *life) compare() {
	l.t.Helper()
	now := New(l.store, l.catalog, Options{Base: "http://localhost:8080/", Clock: l.clock, Limits: Limits{PerSecond: -1, PagesMade: -1}}).Handler()
	there := l.h
	defer func() { l.h = there }()
	for _, path := range l.paths() {
		l.h = there
		had := body(l.t, l.get(path))
		l.h = now
		has := body(l.t, l.get(path))
		if strings.Contains(has, "stories/") && had != has { // where there are none, other moments may be told
			l.t.Fatalf("%s is served otherwise by one that begins now:\n%s", path, cmp.Diff(had, has))
		}
		if strings.Contains(had, "stories/") && !strings.Contains(has, "stories/") {
			l.t.Fatalf("%s has stories still", path)
		}
	}
}

func (l *life) paths() []string {
	paths := []string{"/"}
	for _, name := range []string{"feed", "sections/focus", "sections/notices", "sections/traffic", "regions/yun", "regions/dong", "regions/xi", "regions/dong/sections/notices", "sources/daily", "sources/xi-news"} {
		for _, f := range render.Formats() {
			paths = append(paths, "/"+name+"."+f.Suffix)
		}
	}
	return paths
}
