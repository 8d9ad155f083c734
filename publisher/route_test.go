package publisher

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"civicfeed/models"
	"civicfeed/publisher/render"
)

func TestP14KeysOfBefore(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	tests := []struct {
		path string
		code int
		to   string
	}{
		{"/sections/headlines.rss", 301, "sections/focus.rss"},
		{"/sections/headlines", 301, "sections/focus"},
		{"/regions/oldcity.json", 301, "regions/yunlan.json"},
		{"/regions/oldcity/sections/headlines.atom", 301, "regions/yunlan/sections/focus.atom"},
		{"/regions/yunlan/sections/headlines.html", 301, "regions/yunlan/sections/focus.html"},
		{"/sections/focus/", 301, "sections/focus"},
		{"/sections/nowhere.rss", 404, ""},
		{"/regions/nowhere", 404, ""},
		{"/regions/yunlan/sections/nowhere.rss", 404, ""},
		{"/sources/nobody.rss", 404, ""},
		{"/stories/0000", 404, ""},
		{"/stories/" + c.item("daily", 0).ID + ".rss", 404, ""},
		{"/feed.xml", 404, ""},
		{"/feeds", 404, ""},
		{"//", 404, ""},
		{"//evil.example/", 404, ""},
		{"/sections/quiet.rss", 200, ""},
		{"/sources/dongpu-gov", 200, ""},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			res := c.get(tt.path)
			to := strings.TrimPrefix(res.Header.Get("Location"), "https://news.example.org/")
			if res.StatusCode != tt.code || to != tt.to {
				t.Fatalf("%s to %q, want %d to %q", res.Status, to, tt.code, tt.to)
			}
			if tt.code == 404 && !strings.Contains(body(t, res), `<a href="/">返回首页</a>`) {
				t.Error("no way home")
			}
		})
	}
}

// TestP14KeysTakenAway: what had stories and is no longer in the catalog is gone, not unknown.
func TestP14KeysTakenAway(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	c.read("/feed.rss")
	c.catalog = cityCatalog()
	c.catalog.Sections = slices.DeleteFunc(c.catalog.Sections, func(s models.Section) bool { return s.Key == "focus" })
	if err := c.store.Apply(t.Context(), c.catalog); err != nil {
		t.Fatal(err)
	}
	c.p.Reload(c.catalog)
	for path, want := range map[string]int{
		"/sections/focus.rss": 410, "/sections/focus": 410, "/sections/nowhere.rss": 404, "/archive/sections/focus/1.rss": 410, "/archive/sections/nowhere/1.rss": 404,
		"/feed.json?section=focus": 410, "/feed.json?section=nowhere": 400,
	} {
		if res := c.get(path); res.StatusCode != want {
			t.Errorf("%s: %s, want %d", path, res.Status, want)
		}
	}
}

func TestSourceTakenOutKeepsItsAddress(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	c.catalog = cityCatalog()
	c.catalog.Sources = c.catalog.Sources[:1]
	if err := c.store.Apply(t.Context(), c.catalog); err != nil {
		t.Fatal(err)
	}
	c.p.Reload(c.catalog)
	if text := c.read("/sources/dongpu-gov.rss"); !strings.Contains(text, "第0条") {
		t.Error("its stories are gone")
	}
}

func TestP15UnknownParameters(t *testing.T) {
	c := newCity(t)
	c.populate(2)
	plain := c.get("/feed.rss")
	text := body(t, plain)
	held := len(c.p.cache.slots)
	for _, query := range []string{"?null", "?utm_source=evil", "?x=%22%3E%3Cscript%3E", "?a=1&a=2&b[]=3", "?%zz"} {
		r := httptest.NewRequest("GET", "/feed.rss", nil)
		r.URL.RawQuery = query[1:]
		w := httptest.NewRecorder()
		c.h.ServeHTTP(w, r)
		if w.Code != 200 || w.Header().Get("ETag") != plain.Header.Get("ETag") || w.Body.String() != text {
			t.Errorf("%s: %d, another answer", query, w.Code)
		}
	}
	if now := len(c.p.cache.slots); now != held {
		t.Errorf("%d editions held, %d before", now, held)
	}
}

func TestT40NoPoisonFromHeaders(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	paths := append(everyPath(), c.story("daily", 0), "/status", "/nothing", "/sections/headlines")
	hostile := []string{
		"X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "gopher", "Forwarded", "host=evil.example", "X-Original-URL", "/evil.example",
		"X-Forwarded-Prefix", "/evil.example", "Referer", "https://evil.example/", "Cookie", "a=evil.example", "Origin", "https://evil.example",
	}
	for _, path := range paths {
		clean := c.get(path)
		r := httptest.NewRequest("GET", "http://evil.example"+path+"?evil.example", nil)
		for i := 0; i < len(hostile); i += 2 {
			r.Header.Set(hostile[i], hostile[i+1])
		}
		w := httptest.NewRecorder()
		c.h.ServeHTTP(w, r)
		text := w.Body.String()
		for _, values := range w.Header() {
			text += strings.Join(values, "\n")
		}
		if strings.Contains(text, "evil.example") || strings.Contains(text, "gopher") {
			t.Errorf("GET %s tells what the request said", path)
		}
		if w.Code != clean.StatusCode || w.Header().Get("ETag") != clean.Header.Get("ETag") {
			t.Errorf("GET %s: another answer for another host", path)
		}
	}
}

func TestT46NoPathLeavesTheSite(t *testing.T) {
	c := newCity(t)
	for _, path := range []string{
		"/../../etc/passwd", "/assets/../../etc/passwd", "/feeds/..%2f..%2fetc/passwd", "/stories/..%2f..%2fx", "/stories/../../x.json",
		"/%2e%2e/feed.rss", "/sections/focus%00.rss", "/sections/%e2%80%ae.rss", "/sources/..", "/regions//sections/focus", "/stories/" + strings.Repeat("a", 4000),
	} {
		u, err := url.Parse("http://x" + path)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		c.h.ServeHTTP(w, &http.Request{Method: "GET", URL: u, Header: http.Header{}})
		if w.Code != 404 {
			t.Errorf("GET %s: %d", path, w.Code)
		}
	}
}

func TestAcceptChoosesTheFormat(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	tests := []struct{ accept, want string }{
		{"", "text/html"}, {"*/*", "text/html"}, {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"},
		{"application/rss+xml, application/rdf+xml;q=0.8, application/atom+xml;q=0.6, */*;q=0.2", "application/rss+xml"},
		{"application/atom+xml", "application/atom+xml"}, {"application/feed+json, */*;q=0.1", "application/feed+json"}, {"application/json", "application/feed+json"},
		{"application/xml", "application/rss+xml"}, {"text/html;q=0, application/*", "application/rss+xml"}, {"image/png", "text/html"}, {"application/atom+xml;q=0.9, application/rss+xml;q=0.1", "application/atom+xml"},
	}
	for _, tt := range tests {
		for _, path := range []string{"/feed", "/sections/focus"} {
			got, _, _ := strings.Cut(c.get(path, "Accept", tt.accept).Header.Get("Content-Type"), ";")
			if got != tt.want {
				t.Errorf("GET %s, Accept: %s: %s, want %s", path, tt.accept, got, tt.want)
			}
		}
		if !strings.Contains(c.read("/feed.rss", "Accept", tt.accept), "<rss ") {
			t.Errorf("a suffix must win over Accept: %s gives another format", tt.accept)
		}
	}
}

func TestBaseWithPath(t *testing.T) {
	c := newCity(t)
	c.catalog.Site.URL = "https://example.org/news/"
	c.populate(1)
	c.publish("")
	page := c.read("/news/")
	for _, want := range []string{`href="/news/assets/site.css?v=`, `href="https://example.org/news/feed.rss"`, `href="/news/sections/focus"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if got := c.get("/sections/focus.rss"); got.StatusCode != 200 {
		t.Errorf("behind a proxy that takes the path off: %s", got.Status)
	}
}

func TestP59Discovery(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	for path, view := range map[string]string{"/": "feed", "/feed": "feed", "/sections/focus": "sections/focus", "/regions/dongpu": "regions/dongpu", "/regions/yunlan/sections/focus": "regions/yunlan/sections/focus", "/sources/daily": "sources/daily"} {
		page := c.read(path, "Accept", "text/html")
		for _, f := range render.Formats()[1:] {
			link := regexp.MustCompile(`<link rel="alternate" type="` + regexp.QuoteMeta(f.MediaType) + `" title="[^"]+" href="https://news\.example\.org/` + view + `\.` + f.Suffix + `">`)
			if f.Suffix == "html" || link.MatchString(strings.ReplaceAll(page, "&#43;", "+")) {
				continue
			}
			t.Errorf("GET %s: no link to its %s", path, f.Suffix)
		}
	}
}

func TestP37EqualTimesAreOrderedByID(t *testing.T) {
	c := newCity(t)
	c.populate(12)
	for path, find := range map[string]string{"/feed.json": `"id":\s*"tag:example\.org,2026:news/([^"]+)"`, "/feed.html": `<h3><a href="/stories/([^"]+)"`} {
		ids := idsOf(c.read(path), find)
		if len(ids) != 24 {
			t.Fatalf("GET %s: %d stories", path, len(ids))
		}
		if !slices.IsSorted(ids) {
			t.Errorf("GET %s: stories of one moment are not in the order of their ids", path)
		}
	}
}

func TestP61FormatsHaveTheSameStories(t *testing.T) {
	c := newCity(t)
	for i := range 60 {
		c.deliver("daily", c.item("daily", i))
		c.pass(1e9)
	}
	find := map[string]string{
		".rss": `<guid isPermaLink="false">tag:example\.org,2026:news/([^<]+)<`, ".atom": `<id>tag:example\.org,2026:news/([0-9a-f]{24})<`,
		".json": `"id":\s*"tag:example\.org,2026:news/([^"]+)"`, ".html": `<h3><a href="/stories/([^"]+)"`,
	}
	var want []string
	for _, suffix := range []string{".rss", ".atom", ".json", ".html"} {
		ids := idsOf(c.read("/sections/focus"+suffix), find[suffix])
		slices.Sort(ids)
		if len(ids) != 50 || want != nil && !slices.Equal(ids, want) {
			t.Errorf("%s: %d stories, other than in RSS", suffix, len(ids))
		}
		want = ids
	}
}

func idsOf(text, pattern string) (ids []string) {
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		ids = append(ids, m[1])
	}
	return ids
}
