package store

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"civicfeed/models"

	"github.com/google/go-cmp/cmp"
)

func TestApplyingTheSameCatalogWritesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		deliver(t, s, "daily", item("daily", "a", 1, "要闻"))
		sources, err := s.Sources(t.Context())
		must(t, err)
		changed, err := catalogChanged(t, s)
		must(t, err)
		if changed != c.millisNow() {
			t.Errorf("the catalog changed at %d, want %d", changed, c.millisNow())
		}
		db := d.raw(t)
		before := written(t, d, db)
		c.pass(time.Hour)
		again := city()
		for i := range again.Sections { // lines move and nothing else
			for j := range again.Sections[i].Match {
				again.Sections[i].Match[j].Line += 10
			}
		}
		must(t, s.Apply(t.Context(), again))
		if after := written(t, d, db); after != before {
			t.Errorf("the rows are another version:\n%s\n%s", before, after)
		}
		now, err := s.Sources(t.Context())
		must(t, err)
		if diff := cmp.Diff(sources, now); diff != "" {
			t.Error(diff)
		}
	})
}

// written tells of every write: on PostgreSQL by the transactions that wrote the rows, on SQLite
// by the version that other connections see of the file.
func written(t *testing.T, d database, db *sql.DB) (version string) {
	t.Helper()
	query := "PRAGMA data_version"
	if d.postgres {
		query = `SELECT concat((SELECT max(xmin::text) FROM ledger), ' ', (SELECT string_agg(xmin::text, ',' ORDER BY key) FROM sources),
			' ', (SELECT max(xmin::text) FROM stories), ' ', (SELECT string_agg(xmin::text, ',' ORDER BY id) FROM views))`
	}
	db.SetMaxOpenConns(1)
	must(t, db.QueryRow(query).Scan(&version))
	return version
}

func TestReloadMovesStories(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		var many []models.Item
		for i := range 1100 { // more than two batches
			many = append(many, item("dong-news", fmt.Sprintf("%04d", i), c.millisNow()-models.Millis(i), "要闻"))
		}
		deliver(t, s, "dong-news", many...)
		deliver(t, s, "daily", item("daily", "a", c.millisNow()-1, "交通"))
		deliver(t, s, "plain", item("plain", "b", c.millisNow()-1))
		if n := rev(t, s); n != 1102 {
			t.Fatalf("the number is %d", n)
		}
		before := revs(t, s)

		next := city()
		next.Sections[0].Match[0].Category = []string{"别的"} // 要闻 is no longer in focus
		c.pass(time.Hour)
		must(t, s.Apply(t.Context(), next))
		if got := listing(t, s, models.View{Section: "focus"}); got != "" {
			t.Errorf("focus lists %s", got)
		}
		story, err := s.Story(t.Context(), "dong-news-0007")
		must(t, err)
		if diff := cmp.Diff([]string{"notices"}, story.Sections); diff != "" || story.Rev <= 1102 {
			t.Errorf("story is %+v", story)
		}
		db := d.raw(t)
		if n := count(t, db, "SELECT count(*) FROM memberships m JOIN views v ON v.id = m.view WHERE v.name = 'regions/dong/sections/notices'"); n != 1100 {
			t.Errorf("notices of the district has %d stories, want 1100", n)
		}
		moved := revs(t, s)
		for _, name := range []string{"feed", "sections/focus", "sections/notices", "regions/dong/sections/focus", "regions/dong", "sources/dong-news"} {
			if moved[name] <= before[name] {
				t.Errorf("%s did not move", name)
			}
		}
		for _, name := range []string{"sources/daily", "sources/plain", "sections/traffic"} {
			if moved[name] != before[name] {
				t.Errorf("%s moved", name)
			}
		}
	})
}

func TestReloadOfTheTreeMovesViewsOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		deliver(t, s, "dong-news", item("dong-news", "a", c.millisNow()-1, "要闻"))
		next := city()
		next.Regions[1].Parent = "" // the district leaves the city
		must(t, s.Apply(t.Context(), next))
		if got := listing(t, s, models.View{Region: "yunxi"}); got != "" {
			t.Errorf("the city lists %s", got)
		}
		if got := listing(t, s, models.View{Region: "dong", Section: "focus"}); got != "dong-news-a" {
			t.Errorf("the district lists %q", got)
		}
		moved := revs(t, s)
		if moved["regions/yunxi"] != 2 || moved["regions/yunxi/sections/focus"] != 2 || moved["regions/dong"] != 1 || moved["feed"] != 1 {
			t.Errorf("revisions are %v", moved)
		}
		must(t, s.Apply(t.Context(), city())) // and comes back
		if got := listing(t, s, models.View{Region: "yunxi", Section: "focus"}); got != "dong-news-a" {
			t.Errorf("the city lists %q", got)
		}
	})
}

func TestR47SourceTakenOutKeepsItsItems(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		deliver(t, s, "dong-news", item("dong-news", "a", c.millisNow()-1, "要闻"))
		under := claim(t, s, "dong-news")
		next := city()
		next.Sources = append(next.Sources[:1], next.Sources[2:]...)
		must(t, s.Apply(t.Context(), next))
		for _, v := range []models.View{{}, {Section: "focus"}, {Region: "yunxi"}, {Source: "dong-news"}} {
			if got := listing(t, s, v); got != "dong-news-a" {
				t.Errorf("%s lists %q", v.Name(), got)
			}
		}
		if st := state(t, s, "dong-news"); st.Active || st.Name == "" || st.BodyHash != "b1" {
			t.Errorf("source is %+v", st)
		}
		late := fetched(t, s, under, item("dong-news", "b", 1))
		must(t, s.Save(t.Context(), []*models.Delivery{late}))
		if !late.Lost {
			t.Error("the visit under way was saved")
		}
		next.Sections = next.Sections[1:] // focus goes too
		must(t, s.Apply(t.Context(), next))
		story, err := s.Story(t.Context(), "dong-news-a")
		must(t, err)
		if len(story.Sections) != 0 || len(story.Regions) != 1 {
			t.Errorf("story is in %v and %v", story.Sections, story.Regions)
		}
		if got := listing(t, s, models.View{Section: "focus"}) + listing(t, s, models.View{Section: "notices"}); got != "" {
			t.Errorf("sections list %q", got)
		}
		must(t, s.Apply(t.Context(), city())) // everything comes back
		if got := listing(t, s, models.View{Region: "dong", Section: "focus"}); got != "dong-news-a" {
			t.Errorf("focus lists %q", got)
		}
		again := deliver(t, s, "dong-news", item("dong-news", "a", c.millisNow()-1, "要闻"))
		if again.Visit.New != 0 || again.Claim.BodyHash != "b1" {
			t.Errorf("after its return: %+v", again)
		}
	})
}

func TestR47SourceAtANewAddressStartsAfresh(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		deliver(t, s, "daily", item("daily", "a", c.millisNow()-1))
		under := claim(t, s, "daily")
		next := city()
		source(next, "daily").URL = "https://new.example/feed"
		must(t, s.Apply(t.Context(), next))
		void := fetched(t, s, under)
		must(t, s.Save(t.Context(), []*models.Delivery{void}))
		if !void.Lost {
			t.Error("validators of the old address were saved")
		}
		claims, err := s.Claim(t.Context(), 1, time.Minute, Which{Keys: []string{"daily"}})
		must(t, err)
		if len(claims) != 1 || claims[0].BodyHash != "" || claims[0].Validators.ETag != "" {
			t.Fatalf("claims are %+v", claims)
		}
		old := item("daily", "old", c.millisNow()-9e9)
		must(t, s.Save(t.Context(), []*models.Delivery{fetched(t, s, claims[0], old)}))
		if got := listing(t, s, models.View{Source: "daily"}); got != "daily-a daily-old" {
			t.Errorf("the new address floods: %s", got)
		}
	})
}

func TestScheduleMadeFaster(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		deliver(t, s, "daily") // due in an hour
		next := city()
		source(next, "daily").Spec, source(next, "daily").Schedule = "@every 10m", every(10*time.Minute)
		must(t, s.Apply(t.Context(), next))
		soon := c.millisNow() + 600_000 + spread("daily")
		if got := state(t, s, "daily").NextAt; got != soon {
			t.Errorf("due at %d, want in ten minutes and its share of ten more", got-c.millisNow())
		}
		slower := city()
		source(slower, "daily").Spec, source(slower, "daily").Schedule = "@daily", every(24*time.Hour)
		must(t, s.Apply(t.Context(), slower))
		if st := state(t, s, "daily"); st.NextAt != soon || st.Spec != "@daily" {
			t.Errorf("due at %d by %s", st.NextAt-c.millisNow(), st.Spec)
		}
	})
}

// TestF18F28EditLeavesWaitsAlone: an edit of the schedule moves a visit to the first moment of the new
// one that server, feed and failures leave free, says so, and stays so after a restart.
func TestF18F28EditLeavesWaitsAlone(t *testing.T) {
	const h = time.Hour
	daily := models.Reason{Why: models.WhySchedule, Spec: "@daily"}
	with := func(r models.Reason, wait, least time.Duration) models.Reason {
		r.Wait, r.Least = wait, least
		return r
	}
	for name, v := range map[string]struct {
		reason     models.Reason
		firm, next time.Duration // after the visit
		want       time.Duration
	}{
		"nothing":                   {daily, 0, 24 * h, h},
		"Retry-After":               {with(models.Reason{Why: models.WhyRetry}, 12*h, 12*h), 12 * h, 12 * h, 12 * h},
		"a shorter one":             {with(daily, 0, 12*h), 12 * h, 24 * h, 13 * h},
		"max-age":                   {with(models.Reason{Why: models.WhyMaxAge}, 9*h, 9*h), 0, 9 * h, 9 * h},
		"a refusal under a day":     {with(daily, 0, 4*h), 0, 24 * h, 5 * h},
		"gone":                      {with(models.Reason{Why: models.WhyGone}, 720*h, 720*h), 0, 720 * h, 720 * h},
		"an own rhythm":             {with(models.Reason{Why: models.WhyRhythm}, 20*h, 2*h), 0, 20 * h, 3 * h},
		"hours to skip":             {with(models.Reason{Why: models.WhySkip}, 0, 0), 0, 30 * h, h},
		"hours to skip, when gone":  {with(models.Reason{Why: models.WhySkip}, 0, 720*h), 0, 722 * h, 721 * h},
		"what an old version wrote": {models.Reason{}, 20 * h, 20 * h, 20 * h},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, d database) {
				s, c := ready(t, d)
				visited := c.millisNow()
				del := fetched(t, s, claim(t, s, "daily"))
				del.NextAt, del.NotBefore, del.Reason = c.now().Add(v.next), c.now().Add(v.firm), v.reason
				must(t, s.Save(t.Context(), []*models.Delivery{del}))
				c.pass(time.Second)
				edited := city()
				source(edited, "daily").Spec, source(edited, "daily").Schedule = "@every 1h", every(h)
				must(t, s.Apply(t.Context(), edited))
				must(t, s.Resume(t.Context()))
				st := state(t, s, "daily")
				if off := st.NextAt - visited; off < models.Millis(v.want.Milliseconds()) || off > models.Millis(v.want.Milliseconds())+11*minute {
					t.Errorf("due %s after the visit, want %s", time.Duration(off)*time.Millisecond, v.want)
				}
				if st.NotBefore != visited+models.Millis(v.firm.Milliseconds()) {
					t.Errorf("not before %s after the visit, want %s", time.Duration(st.NotBefore-visited)*time.Millisecond, v.firm)
				}
				want := v.reason
				if v.want != v.next {
					want = models.Reason{Why: models.WhySchedule, Spec: "@every 1h", Least: v.reason.Least}
				}
				if st.Reason != want {
					t.Errorf("because %+v, want %+v", st.Reason, want)
				}
			})
		})
	}
}

func TestCatalogChanged(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		last, err := catalogChanged(t, s)
		must(t, err)
		for name, edit := range map[string]func(*models.Catalog){
			"title":  func(c *models.Catalog) { c.Site.Title = "新名" },
			"zone":   func(c *models.Catalog) { c.Site.Location = time.FixedZone("CST", 8*3600) },
			"region": func(c *models.Catalog) { c.Regions[2].Name = "西部" },
			"source": func(c *models.Catalog) { source(c, "daily").Name = "日报" },
			"terms":  func(c *models.Catalog) { source(c, "daily").Republish = models.Title },
		} {
			c.pass(time.Second)
			next := city()
			edit(next)
			must(t, s.Apply(t.Context(), next))
			changed, err := catalogChanged(t, s)
			must(t, err)
			if changed <= last {
				t.Errorf("%s: no change told", name)
			}
			last = changed
		}
		must(t, s.Apply(t.Context(), city()))
		last, err = catalogChanged(t, s)
		must(t, err)
		quiet := city()
		source(quiet, "daily").Timeout, source(quiet, "daily").Spec = time.Hour, "@daily"
		c.pass(time.Second)
		must(t, s.Apply(t.Context(), quiet))
		if changed, err := catalogChanged(t, s); err != nil || changed != last {
			t.Errorf("a schedule is not published, but changed at %d, %v", changed, err)
		}
	})
}

// TestDaemonsReloadOneAfterTheOther: what one saves by the old catalog while the other has the new
// is judged again when it reloads too.
func TestDaemonsReloadOneAfterTheOther(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		quick, c := ready(t, d)
		slow := d.open(t, Options{Clock: c.now})
		must(t, slow.Apply(t.Context(), city()))
		next := city()
		next.Sections[0].Match[0].Category = []string{"头条"}
		must(t, quick.Apply(t.Context(), next))
		deliver(t, slow, "daily", item("daily", "a", c.millisNow()-1, "头条"))
		if got := listing(t, slow, models.View{Section: "focus"}); got != "" {
			t.Fatalf("focus lists %q by the old catalog", got)
		}
		must(t, slow.Apply(t.Context(), next))
		if got := listing(t, slow, models.View{Section: "focus"}); got != "daily-a" {
			t.Errorf("focus lists %q", got)
		}
	})
}

func TestSaveWithoutACatalog(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		other := d.open(t, Options{Clock: c.now})
		del := fetched(t, s, claim(t, s, "daily"), item("daily", "a", 1))
		if err := other.Save(t.Context(), []*models.Delivery{del}); err == nil {
			t.Error("items were judged by no catalog")
		}
	})
}
