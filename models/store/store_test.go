package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"civicfeed/models"

	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// database is an empty one, of either engine, that a test has for itself.
type database struct {
	dsn      string
	postgres bool
}

const postgresVariable = "CIVICFEED_TEST_POSTGRES"

// onBoth runs a test on SQLite and, where there is one, on PostgreSQL.
func onBoth(t *testing.T, test func(*testing.T, database)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newSQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, newPostgres(t))
	})
}

func newSQLite(tb testing.TB) database {
	return database{dsn: filepath.Join(tb.TempDir(), "城市 news%20#1.db")}
}

// newPostgres makes a schema for one test, so that tests do not meet.
func newPostgres(tb testing.TB) database {
	tb.Helper()
	dsn := os.Getenv(postgresVariable)
	if dsn == "" {
		tb.Skipf("no PostgreSQL to test on: set %s to the address of a database, such as postgres://postgres@127.0.0.1:5432/test", postgresVariable)
	}
	admin, err := gorm.Open(postgres.Open(dsn), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		tb.Fatal(err)
	}
	pool, _ := admin.DB()
	schema := "test_" + strings.ToLower(rand.Text())
	if err := admin.Exec("CREATE SCHEMA " + schema).Error; err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := admin.Exec("DROP SCHEMA " + schema + " CASCADE").Error; err != nil {
			tb.Error(err)
		}
		_ = pool.Close()
	})
	return database{dsn: withSetting(dsn, "search_path="+schema), postgres: true}
}

func (d database) open(tb testing.TB, o Options) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), d.dsn, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// clock is a time that tests set.
type clock struct{ millis atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.millis.Store(time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *clock) now() time.Time           { return time.UnixMilli(c.millis.Load()) }
func (c *clock) millisNow() models.Millis { return models.Millis(c.millis.Load()) }
func (c *clock) pass(d time.Duration)     { c.millis.Add(d.Milliseconds()) }

// every is a schedule.
type every time.Duration

func (e every) Next(after time.Time) time.Time { return after.Add(time.Duration(e)) }

// city is a catalog: a region with two below it, sections of which one has a child, four sources.
func city() *models.Catalog {
	c := &models.Catalog{
		Site:    models.Site{Title: "云溪新闻汇", Location: time.UTC},
		Regions: []models.Region{{Key: "yunxi", Name: "云溪市"}, {Key: "dong", Name: "东区", Parent: "yunxi"}, {Key: "xi", Name: "西区", Parent: "yunxi"}},
		Sections: []models.Section{
			{Key: "focus", Title: "新闻聚焦", Match: []models.Rule{{Category: []string{"要闻"}, Line: 7}}},
			{Key: "notices", Title: "通知公告"},
			{Key: "traffic", Title: "交通", Parent: "notices", Match: []models.Rule{{Category: []string{"交通"}, Line: 9}}},
		},
	}
	for _, s := range [][2]string{{"daily", "yunxi"}, {"dong-news", "dong"}, {"xi-news", "xi"}, {"plain", ""}} {
		c.Sources = append(c.Sources, models.Source{
			Key: s[0], Name: s[0] + "网", URL: "https://" + s[0] + ".example/feed", Region: s[1],
			Sections: []string{"notices"}, Spec: "@hourly", Schedule: every(time.Hour), Enabled: true,
		})
	}
	return c
}

// source finds a source to change it.
func source(c *models.Catalog, key string) *models.Source {
	for i := range c.Sources {
		if c.Sources[i].Key == key {
			return &c.Sources[i]
		}
	}
	panic("no source " + key)
}

// ready opens a database with the city applied.
func ready(tb testing.TB, d database) (*Store, *clock) {
	tb.Helper()
	c := newClock()
	s := d.open(tb, Options{Clock: c.now})
	must(tb, s.Apply(tb.Context(), city()))
	return s, c
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// item is one of a source, published so long ago.
func item(src, name string, at models.Millis, categories ...string) models.Item {
	it := models.Item{
		ID: fmt.Sprintf("%s-%s", src, name), Source: src, GUID: name, Link: "https://" + src + ".example/" + name,
		Identity: src + " " + name, Address: src + ".example/" + name,
		Title: "标题 " + name, Text: "正文", Hash: "h1",
		Published: models.Moment{At: at, Precision: models.Minute, From: models.FromFeed, Raw: "昨天"},
	}
	for _, c := range categories {
		it.Categories = append(it.Categories, models.Category{Term: c})
	}
	return it
}

// claim takes a lease on one source, due or not.
func claim(tb testing.TB, s *Store, key string) models.Claim {
	tb.Helper()
	claims, err := s.Claim(tb.Context(), 1, time.Minute, Which{Keys: []string{key}, Force: true})
	must(tb, err)
	if len(claims) != 1 || claims[0].Source != key {
		tb.Fatalf("claimed %v, want %s", claims, key)
	}
	return claims[0]
}

// fetched is a delivery of a visit that went well, due again in an hour.
func fetched(tb testing.TB, s *Store, c models.Claim, items ...models.Item) *models.Delivery {
	tb.Helper()
	ms, err := s.now(s.reader.WithContext(tb.Context()))
	must(tb, err)
	now := ms.Time()
	return &models.Delivery{
		Claim: c, Visit: models.Visit{Source: c.Source, At: models.MillisOf(now), Outcome: models.Fetched, Status: 200, Items: len(items)},
		Items: items, Validators: models.Validators{ETag: `"1"`}, BodyHash: "b1",
		NextAt: now.Add(time.Hour), NotBefore: now.Add(5 * time.Minute), Reason: models.Reason{Why: models.WhySchedule, Spec: "@hourly"},
	}
}

// deliver claims a source and saves items of it.
func deliver(tb testing.TB, s *Store, key string, items ...models.Item) *models.Delivery {
	tb.Helper()
	d := fetched(tb, s, claim(tb, s, key), items...)
	must(tb, s.Save(tb.Context(), []*models.Delivery{d}))
	if d.Lost {
		tb.Fatalf("delivery of %s was lost", key)
	}
	return d
}

// settled makes a source one that has had its first visit.
func settled(tb testing.TB, s *Store, keys ...string) {
	tb.Helper()
	for _, key := range keys {
		deliver(tb, s, key)
	}
}

func ids(stories []models.Story) string {
	var all []string
	for _, s := range stories {
		all = append(all, s.ID)
	}
	return strings.Join(all, " ")
}

func listing(tb testing.TB, s *Store, v models.View) string {
	tb.Helper()
	stories, err := s.Latest(tb.Context(), v, models.ByListed, 200)
	must(tb, err)
	return ids(stories)
}

func state(tb testing.TB, s *Store, key string) models.SourceState {
	tb.Helper()
	all, err := s.Sources(tb.Context())
	must(tb, err)
	for _, st := range all {
		if st.Key == key {
			return st
		}
	}
	tb.Fatalf("no source %s", key)
	return models.SourceState{}
}

func rev(tb testing.TB, s *Store) int64 {
	tb.Helper()
	n, err := s.Rev(tb.Context())
	must(tb, err)
	return n
}

// revs is the revision of every view, by name.
func revs(tb testing.TB, s *Store) map[string]int64 {
	tb.Helper()
	all, err := s.Revisions(tb.Context(), 0)
	must(tb, err)
	m := map[string]int64{}
	for _, r := range all {
		m[r.View.Name()] = r.Rev
	}
	return m
}

// raw is a connection beside the store's own.
func (d database) raw(tb testing.TB) *sql.DB {
	tb.Helper()
	dialector := sqliteDialector(d.dsn, "_txlock=immediate&_pragma=synchronous(NORMAL)")
	if d.postgres {
		dialector = postgres.Open(d.dsn)
	}
	db, err := gorm.Open(dialector, &gorm.Config{Logger: logger.Discard})
	must(tb, err)
	pool, err := db.DB()
	must(tb, err)
	tb.Cleanup(func() { _ = pool.Close() })
	return pool
}

func count(tb testing.TB, db *sql.DB, query string) (n int) {
	tb.Helper()
	must(tb, db.QueryRowContext(context.Background(), query).Scan(&n))
	return n
}

func catalogChanged(tb testing.TB, s *Store) (models.Millis, error) {
	tb.Helper()
	state, err := s.State(tb.Context())
	return state.CatalogChanged, err
}
