package publisher

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// city is a store with what the tests put into it, a clock that they turn, and what is published.
type city struct {
	t       testing.TB
	db      string
	cache   string
	catalog *models.Catalog
	store   *store.Store
	p       *Publisher
	h       http.Handler

	mu  sync.Mutex
	now time.Time
}

func (c *city) clock() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *city) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// hourly is due every hour.
type hourly struct{}

func (hourly) Next(after time.Time) time.Time { return after.Add(time.Hour) }

func cityCatalog() *models.Catalog {
	zone := time.FixedZone("CST", 8*3600)
	source := func(key, name, region, section string, terms models.Terms) models.Source {
		return models.Source{
			Key: key, Name: name, URL: "https://" + key + ".example.org/rss.xml", Region: region, Sections: []string{section},
			Spec: "@hourly", Schedule: hourly{}, Location: zone, Language: "zh-CN", Enabled: true, Republish: terms,
		}
	}
	return &models.Catalog{
		Site: models.Site{Title: "云澜新闻汇", URL: "https://news.example.org/", ID: "tag:example.org,2026:news", Language: "zh-CN", Location: zone, Color: "#1f5fa8"},
		Regions: []models.Region{
			{Key: "yunlan", Name: "云澜市", Was: []string{"oldcity"}},
			{Key: "dongpu", Name: "东浦区", Parent: "yunlan"},
		},
		Sections: []models.Section{
			{Key: "focus", Title: "新闻聚焦", Was: []string{"headlines"}, Color: "#b3261e"},
			{Key: "notices", Title: "通知公告"},
			{Key: "quiet", Title: "清静"},
		},
		Sources: []models.Source{
			source("daily", "云澜日报", "yunlan", "focus", models.Full),
			source("dongpu-gov", "东浦区政府", "dongpu", "notices", models.Title),
		},
	}
}

// newCity opens an empty city.
func newCity(t testing.TB) *city {
	t.Helper()
	dir := t.TempDir()
	c := &city{
		t: t, db: filepath.Join(dir, "city.db"), cache: filepath.Join(dir, "cache"), catalog: cityCatalog(),
		now: time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC),
	}
	c.open()
	return c
}

// open opens the city's database, anew after a restart, and publishes it.
func (c *city) open() {
	c.t.Helper()
	s, err := store.Open(context.Background(), c.db, store.Options{Clock: c.clock})
	if err != nil {
		c.t.Fatal(err)
	}
	if err := s.Apply(context.Background(), c.catalog); err != nil {
		c.t.Fatal(err)
	}
	c.store = s
	c.publish(c.cache)
	c.t.Cleanup(func() { s.Close() })
}

// publish makes another publisher over the same store.
func (c *city) publish(cache string) {
	c.p = New(c.store, c.catalog, Options{Base: "http://localhost:8080/", CacheDir: cache, Clock: c.clock, Limits: Limits{PerSecond: -1, PagesMade: -1}})
	c.h = c.p.Handler()
}

// news is an item of the n-th piece of news.
func (c *city) item(source string, n int) models.Item {
	sum := sha256.Sum256(fmt.Append(nil, source, n))
	at := models.Moment{At: models.MillisOf(c.clock().Add(-time.Hour)), Precision: models.Minute, From: models.FromFeed}
	return models.Item{
		ID: hex.EncodeToString(sum[:12]), Source: source, GUID: fmt.Sprint(n), Link: fmt.Sprintf("https://%s.example.org/%d.html", source, n),
		Title: fmt.Sprintf("第%d条：东浦大桥今日通车", n), Summary: "全长三公里，双向六车道。", Content: "<p>全长三公里，<b>双向六车道</b>。</p>", Text: "全长三公里，双向六车道。",
		Language: "zh-CN", Published: at, Updated: at, Hash: fmt.Sprint("v1-", n),
	}
}

// deliver saves items as one visit of a source would, and lets the publisher see it.
func (c *city) deliver(source string, items ...models.Item) {
	c.t.Helper()
	c.save(source, items...)
	c.look()
}

// reword is a visit at which a source says something else of itself.
func (c *city) reword(source string, says models.Feed) {
	c.t.Helper()
	c.visit(source, models.Delivery{Feed: &says, Visit: models.Visit{Outcome: models.Fetched, Status: 200}})
	c.look()
}

// save is deliver, of which the publisher does not know yet.
func (c *city) save(source string, items ...models.Item) {
	c.t.Helper()
	c.visit(source, models.Delivery{
		Items: items, Feed: &models.Feed{Title: source, Link: "https://" + source + ".example.org/"},
		Visit: models.Visit{Outcome: models.Fetched, Status: 200, Items: len(items)},
	})
}

// fail saves a visit that failed.
func (c *city) fail(source string, class models.ErrorClass, text string) {
	c.t.Helper()
	c.visit(source, models.Delivery{
		NextAt: c.clock().Add(2 * time.Hour), Reason: models.Reason{Why: models.WhyFailures, Count: 1, Wait: time.Hour},
		Visit: models.Visit{Outcome: models.Failed, Status: 502, Class: class, Error: text},
	})
}

// visit claims a source and saves what came of it, now; the next visit is in an hour unless d says when.
func (c *city) visit(source string, d models.Delivery) {
	c.t.Helper()
	ctx := context.Background()
	claims, err := c.store.Claim(ctx, 1, time.Minute, store.Which{Keys: []string{source}, Force: true})
	if err != nil || len(claims) != 1 {
		c.t.Fatalf("claim %s: %d claims, %v", source, len(claims), err)
	}
	d.Claim, d.Visit.Source, d.Visit.At = claims[0], source, models.MillisOf(c.clock())
	if d.NextAt.IsZero() {
		d.NextAt, d.Reason = c.clock().Add(time.Hour), models.Reason{Why: models.WhySchedule, Spec: "@hourly"}
	}
	if err := c.store.Save(ctx, []*models.Delivery{&d}); err != nil {
		c.t.Fatal(err)
	}
	if d.Lost {
		c.t.Fatal("delivery lost")
	}
}

// look does what Run does once a second.
func (c *city) look() {
	c.t.Helper()
	if err := c.p.catchUp(context.Background(), false); err != nil {
		c.t.Fatal(err)
	}
	c.p.keep()
}

// populate fills the city with n pieces of news from each source.
func (c *city) populate(n int) {
	c.t.Helper()
	for _, source := range []string{"daily", "dongpu-gov"} {
		var items []models.Item
		for i := range n {
			items = append(items, c.item(source, i))
		}
		c.deliver(source, items...)
	}
}

// ask requests a path; headers are pairs of name and value.
func (c *city) ask(method, path string, headers ...string) *http.Response {
	c.t.Helper()
	r := httptest.NewRequest(method, "http://anything.invalid"+path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, r)
	return w.Result()
}

func (c *city) get(path string, headers ...string) *http.Response {
	c.t.Helper()
	return c.ask("GET", path, headers...)
}

// read gets a path that must be there.
func (c *city) read(path string, headers ...string) string {
	c.t.Helper()
	res := c.get(path, headers...)
	if res.StatusCode != 200 {
		c.t.Fatalf("GET %s: %s", path, res.Status)
	}
	return body(c.t, res)
}

func body(t testing.TB, res *http.Response) string {
	t.Helper()
	var b strings.Builder
	if _, err := copyAll(&b, res); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// everyPath lists an address of each sort in each format.
func everyPath() []string {
	paths := []string{"/", "/subscriptions.opml"}
	for _, v := range []string{"/feed", "/sections/focus", "/regions/yunlan", "/regions/yunlan/sections/focus", "/sources/daily"} {
		for _, suffix := range []string{".html", ".rss", ".atom", ".json"} {
			paths = append(paths, v+suffix)
		}
	}
	return paths
}

// story is the path of a story, without suffix.
func (c *city) story(source string, n int) string { return "/stories/" + c.item(source, n).ID }
