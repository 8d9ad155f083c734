package demo

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// start is a Sunday evening in the city.
func start() time.Time { return time.Date(2026, 10, 4, 19, 30, 0, 0, zone()) }

// built is the city, made once: its pictures take time to paint.
var built = sync.OnceValue(func() *City { return New(Options{Start: start(), Clock: start}) })

// cityAt is the city as it is some time after its start.
func cityAt(after time.Duration) *City {
	c := *built()
	c.clock = func() time.Time { return start().Add(after) }
	return &c
}

// get asks the city's origin for a path; headers are pairs of name and value.
func get(c *City, path string, headers ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:4040"+path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// read fetches a feed and decodes it as its source really writes.
func read(t *testing.T, c *City, s source) string {
	t.Helper()
	r := get(c, s.Feed)
	if r.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s", s.Feed, r.Status)
	}
	data, err := body(t, r), error(nil)
	switch s.Charset {
	case "gbk":
		data, err = simplifiedchinese.GBK.NewDecoder().Bytes(data)
	case "big5":
		data, err = traditionalchinese.Big5.NewDecoder().Bytes(data)
	}
	if err != nil || !utf8.Valid(data) || bytes.ContainsRune(data, utf8.RuneError) {
		t.Fatalf("%s is not in %s: %v", s.Feed, cmpOr(s.Charset, "utf-8"), err)
	}
	return string(data)
}

func cmpOr(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// parsed reads a feed as any program would that is told UTF-8.
func parsed(t *testing.T, c *City, s source) *gofeed.Feed {
	t.Helper()
	text := regexp.MustCompile(`encoding="[^"]*"`).ReplaceAllString(read(t, c, s), `encoding="utf-8"`)
	f, err := gofeed.NewParser().ParseString(text)
	if err != nil {
		t.Fatalf("parse %s: %v", s.Feed, err)
	}
	return f
}

func TestTenSourcesInTheirFormatsAndEncodings(t *testing.T) {
	want := map[string]struct{ kind, version, declared string }{
		"daily":      {"rss", "2.0", "UTF-8"},
		"news":       {"rss", "2.0", "gb2312"},
		"gov":        {"rss", "1.0", "utf-8"},
		"tourism":    {"atom", "1.0", "utf-8"},
		"edu-health": {"atom", "0.3", "utf-8"},
		"transit":    {"json", "1.1", ""},
		"taishang":   {"rss", "2.0", "big5"},
		"nanqiao":    {"rss", "2.0", "gb2312"},
		"baisha":     {"rss", "0.91", ""},
		"qingyu":     {"rss", "2.0", "utf-8"},
	}
	c := cityAt(0)
	feeds := slices.DeleteFunc(slices.Clone(c.sources), func(s source) bool { return s.Format == listed })
	if len(feeds) != len(want) {
		t.Fatalf("%d sources with a feed, want %d", len(feeds), len(want))
	}
	for _, s := range feeds {
		t.Run(s.Key, func(t *testing.T) {
			f, w := parsed(t, c, s), want[s.Key]
			if f.FeedType != w.kind || !strings.HasSuffix(f.FeedVersion, w.version) {
				t.Errorf("%s %s, want %s %s", f.FeedType, f.FeedVersion, w.kind, w.version)
			}
			if text := read(t, c, s); w.declared != "" && !strings.Contains(text, `encoding="`+w.declared+`"`) {
				t.Errorf("does not declare %s: %.60s", w.declared, text)
			}
			if f.Title != s.Name {
				t.Errorf("title %q, want %q", f.Title, s.Name)
			}
			if len(f.Items) < 3 {
				t.Errorf("%d items at the start, want 3 or more", len(f.Items))
			}
			for _, it := range f.Items {
				if it.Title == "" || it.Link == "" || it.Published+it.Updated == "" || it.Description+it.Content == "" {
					t.Errorf("item lacks something: %+v", it)
				}
			}
		})
	}
}

func TestNewsIsPlenty(t *testing.T) {
	c := cityAt(0)
	titles, reprinted := map[string]bool{}, 0
	for _, a := range c.articles {
		titles[a.title] = true
		if len(a.places) > 1 {
			reprinted++
		}
		if n := len(a.paragraphs); n < 2 || n > 5 {
			t.Errorf("%s: %d paragraphs", a.title, n)
		}
		for i, p := range a.places {
			if _, ok := c.source(p.source); !ok {
				t.Errorf("%s: no source %q", a.title, p.source)
			}
			if slices.ContainsFunc(a.places[:i], func(q place) bool { return q.source == p.source }) {
				t.Errorf("%s: stands twice in %s", a.title, p.source)
			}
		}
		for _, p := range a.paragraphs {
			if strings.ContainsAny(dates(a.title+p, start()), "{}") {
				t.Errorf("%s: unknown date in %s", a.title, p)
			}
		}
	}
	if len(titles) < 60 || len(titles) != len(c.articles) {
		t.Errorf("%d different titles of %d, want 60 or more", len(titles), len(c.articles))
	}
	if reprinted < 10 {
		t.Errorf("%d articles stand in several sources, want 10 or more", reprinted)
	}
}

func TestFrequentCharactersAreInTheTables(t *testing.T) {
	c := cityAt(24 * time.Hour)
	for _, s := range c.sources {
		if n := len(regexp.MustCompile(`&#\d{4,};`).FindAllString(read(t, c, s), -1)); s.Charset != "" && n > 40 {
			t.Errorf("%s: %d character references", s.Key, n)
		}
	}
}

func TestDeterministic(t *testing.T) {
	for _, after := range []time.Duration{0, 47 * time.Second, 3 * time.Hour} {
		a, b := cityAt(after), New(Options{Start: start(), Clock: func() time.Time { return start().Add(after) }})
		for _, s := range a.sources {
			if x, y := body(t, get(a, s.Feed)), body(t, get(b, s.Feed)); !bytes.Equal(x, y) {
				t.Errorf("%s differs after %v", s.Key, after)
			}
		}
	}
}

// everything lists the links of all feeds at a moment.
func everything(t *testing.T, c *City) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, s := range c.sources {
		for _, e := range c.latest(s, c.clock()) {
			all[e.Page] = true
			if e.Published.After(c.clock()) {
				t.Errorf("%s is of the future", e.Page)
			}
		}
	}
	return all
}

func TestTimeBringsArticles(t *testing.T) {
	now := start()
	c := New(Options{Start: now, Clock: func() time.Time { return now }})
	before := everything(t, c)
	for n := 1; n <= 50; n++ {
		now = now.Add(20 * time.Second)
		after := everything(t, c)
		fresh := 0
		for page := range after {
			if !before[page] {
				fresh++
			}
		}
		if fresh == 0 {
			t.Errorf("nothing new %d s after the start", n*20)
		}
		before = after
	}
}

func TestLongRunIsBoundedAndFresh(t *testing.T) {
	c := cityAt(1000 * time.Hour)
	for _, s := range c.sources {
		list := c.latest(s, c.clock())
		if len(list) != window {
			t.Errorf("%s lists %d articles, want %d", s.Key, len(list), window)
		}
		if age := c.clock().Sub(list[0].Published); age > 10*time.Minute {
			t.Errorf("the newest of %s is %v old", s.Key, age)
		}
		if !strings.Contains(list[0].Title, "期）") {
			t.Errorf("%s repeats %q without telling", s.Key, list[0].Title)
		}
	}
}

func TestBacklogLiesInThePastDays(t *testing.T) {
	c := cityAt(0)
	for serial := range c.backlog() {
		at := c.published(serial, 2)
		if age := start().Sub(at); age < 0 || age > 84*time.Hour {
			t.Errorf("article %d is of %v", serial, at)
		}
	}
}

func TestHabitsOfSources(t *testing.T) {
	c := cityAt(0)
	for key, pattern := range map[string]string{
		"daily":      `本报讯（记者 .+）`,
		"news":       `<pubDate>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.0</pubDate>`,
		"tourism":    `<content type="xhtml"><div xmlns=`,
		"edu-health": `mode="escaped"`,
		"nanqiao":    `utm_source=nanqiao`,
		"baisha":     `<link>\.\./bs/t\d{8}_\d+\.html</link>`,
		"qingyu":     `<enclosure url="http://127\.0\.0\.1:4040/images/\d\.png" length="[1-9]\d+" type="image/png" />`,
	} {
		s, _ := c.source(key)
		if text := read(t, c, s); !regexp.MustCompile(pattern).MatchString(text) {
			t.Errorf("%s has no %s", key, pattern)
		}
	}
	baisha, _ := c.source("baisha")
	if strings.Contains(read(t, c, baisha), "<guid") {
		t.Error("baisha gives guids")
	}
}
