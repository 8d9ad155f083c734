package publisher

import (
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

// feed is what a program reads of a JSON Feed.
type feed struct {
	Title string `json:"title"`
	Home  string `json:"home_page_url"`
	Self  string `json:"feed_url"`
	Next  string `json:"next_url"`
	Items []struct {
		ID        string    `json:"id"`
		Title     string    `json:"title"`
		Published time.Time `json:"date_published"`
		Own       struct {
			Source struct {
				Key string `json:"key"`
			} `json:"source"`
		} `json:"_civicfeed"`
	} `json:"items"`
	Own struct {
		Newer   string `json:"newer"`
		Archive string `json:"prev_archive"`
	} `json:"_civicfeed"`
}

func (f feed) ids() (ids []string) {
	for _, it := range f.Items {
		ids = append(ids, it.ID)
	}
	return ids
}

// readFeed gets an address of a JSON Feed, absolute or as a path.
func (c *city) readFeed(address string) (f feed) {
	c.t.Helper()
	if err := json.Unmarshal([]byte(c.read(strings.TrimPrefix(address, "https://news.example.org"))), &f); err != nil {
		c.t.Fatal(err)
	}
	return f
}

// history fills a city with news of many days, of both sources.
func (c *city) history(days int) {
	c.t.Helper()
	c.deliver("daily")
	c.deliver("dongpu-gov")
	for n := range days {
		for i, source := range []string{"daily", "dongpu-gov"} {
			it := c.item(source, n)
			it.Title = fmt.Sprintf("第%d天：%s", n, []string{"大桥通车ＧＤＰ增长", "臺風停水通知"}[i])
			it.Published.At = models.MillisOf(c.clock().Add(-time.Minute))
			c.deliver(source, it)
		}
		c.pass(24 * time.Hour)
	}
}

// TestParameters: every view with every parameter, each against what must come of it.
func TestParameters(t *testing.T) {
	c := newCity(t)
	c.history(30) // from 20 November to 19 December, at 11 in the morning of the city's zone
	day := func(f *feed) (days []string) {
		for _, it := range f.Items {
			days = append(days, it.Published.In(c.catalog.Site.Location).Format("0102"))
		}
		return days
	}
	from := func(f *feed) string {
		var keys []string
		for _, it := range f.Items {
			keys = append(keys, it.Own.Source.Key)
		}
		slices.Sort(keys)
		return strings.Join(slices.Compact(keys), " ")
	}
	for _, tt := range []struct {
		path        string
		count       int
		first, last string // days
		sources     string
	}{
		{"/feed.json", 50, "1219", "1125", "daily dongpu-gov"},
		{"/feed.json?limit=4", 4, "1219", "1218", "daily dongpu-gov"},
		{"/feed.json?limit=200", 60, "1219", "1120", "daily dongpu-gov"},
		{"/feed.json?order=published&limit=3", 3, "1219", "1218", "daily dongpu-gov"},
		{"/feed.json?source=daily", 30, "1219", "1120", "daily"},
		{"/feed.json?source=daily&source=dongpu-gov&limit=60", 60, "1219", "1120", "daily dongpu-gov"},
		{"/feed.json?exclude_source=daily", 30, "1219", "1120", "dongpu-gov"},
		{"/feed.json?section=focus", 30, "1219", "1120", "daily"},
		{"/feed.json?section=focus&section=notices&limit=60", 60, "1219", "1120", "daily dongpu-gov"},
		{"/feed.json?region=dongpu", 30, "1219", "1120", "dongpu-gov"},
		{"/feed.json?region=yunlan&limit=60", 60, "1219", "1120", "daily dongpu-gov"},
		{"/regions/dongpu.json?section=notices", 30, "1219", "1120", "dongpu-gov"},
		{"/regions/dongpu.json?section=focus", 0, "", "", ""},
		{"/sections/focus.json?region=dongpu", 0, "", "", ""},
		{"/sections/notices.json?source=daily", 0, "", "", ""},
		{"/sources/daily.json?source=dongpu-gov", 0, "", "", ""},
		{"/feed.json?since=2026-12-18", 4, "1219", "1218", "daily dongpu-gov"},
		{"/feed.json?until=2026-11-21", 4, "1121", "1120", "daily dongpu-gov"},
		{"/feed.json?since=2026-11-21&until=2026-11-22", 4, "1122", "1121", "daily dongpu-gov"},
		{"/feed.json?since=2026-12-19T10:59:00%2B08:00", 2, "1219", "1219", "daily dongpu-gov"},
		{"/feed.json?since=2026-12-19T10:59:00+08:00", 2, "1219", "1219", "daily dongpu-gov"},
		{"/feed.json?since=2026-12-19T02:59:01Z", 0, "", "", ""},
		{"/feed.json?until=2026-11-20T02:59:00Z", 2, "1120", "1120", "daily dongpu-gov"},
		{"/feed.json?until=2026-11-20T02:58:59Z", 0, "", "", ""},
		{"/search.json?q=停水", 30, "1219", "1120", "dongpu-gov"},
		{"/search.json?q=颱風&limit=2", 2, "1219", "1218", "dongpu-gov"},
		{"/search.json?q=台风 第7天", 1, "1127", "1127", "dongpu-gov"},
		{"/search.json?q=gdp增长&since=2026-12-18", 2, "1219", "1218", "daily"},
		{"/search.json?q=停水&source=daily", 0, "", "", ""},
		{"/search.json?q=没有的词", 0, "", "", ""},
		{"/sections/focus.json?q=通车&limit=1", 1, "1219", "1219", "daily"},
		{"/feed.json?q=第3天", 2, "1123", "1123", "daily dongpu-gov"},
		{"/feed.json?q=", 50, "1219", "1125", "daily dongpu-gov"},
		{"/feed.json?limit=&since=&source=", 50, "1219", "1125", "daily dongpu-gov"},
	} {
		f := c.readFeed(strings.ReplaceAll(tt.path, " ", "%20"))
		days := day(&f)
		if len(days) != tt.count || from(&f) != tt.sources || tt.count > 0 && (days[0] != tt.first || days[len(days)-1] != tt.last) {
			t.Errorf("%s: %d items of %q from %v, want %d of %q from %s to %s", tt.path, len(days), from(&f), days, tt.count, tt.sources, tt.first, tt.last)
		}
	}
}

// TestWrongParameters: a value that cannot be read is told with what to write instead, in every
// format, and is not repeated unescaped.
func TestWrongParameters(t *testing.T) {
	c := newCity(t)
	c.populate(2)
	for query, says := range map[string]string{
		"limit=0": "1 到 200", "limit=201": "1 到 200", "limit=many": "1 到 200", "limit=-5": "1 到 200", "limit=1e2": "1 到 200",
		"since=yesterday": "2026-11-20", "until=2026-13-01": "2026-11-20", "since=20261120": "2026-11-20", "until=99999-01-01T00:00:00Z": "2026-11-20",
		"order=newest": "published", "region=nowhere": "没有这个地区", "section=nowhere": "没有这个栏目", "source=nobody": "没有这个来源", "exclude_source=nobody": "没有这个来源",
		"cursor=5": "链接", "cursor=s5.x": "链接", "cursor=%3Cscript%3E": "链接", "cursor=p5.a&order=listed": "链接", "q=%E5%A4%A7%E6%A1%A5&cursor=l5.a": "链接", "cursor=n5&source=daily&source=dongpu-gov": "链接",
		"q=%E3%80%82": "请填要查找的词", "limit=%3Cscript%3Ealert(1)%3C/script%3E": "&lt;script&gt;",
	} {
		for _, suffix := range []string{".rss", ".atom", ".json", ".html", ""} {
			if strings.HasPrefix(query, "cursor=p5.a") && suffix == ".html" {
				continue
			}
			res := c.get("/feed" + suffix + "?" + query)
			text := html.UnescapeString(body(t, res))
			if strings.HasPrefix(says, "&lt;") {
				text, says = strings.ReplaceAll(text, "<script>", ""), "alert(1)"
			}
			if res.StatusCode != 400 || !strings.Contains(text, says) || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s?%s: %s without %q", suffix, query, res.Status, says)
			}
		}
	}
	if text := c.ask("GET", "/feed.rss?limit=%3Cscript%3Ealert(1)%3C/script%3E"); strings.Contains(body(t, text), "<script") {
		t.Error("a parameter comes back as markup")
	}
	many := strings.Repeat("source=daily&", mostKeys+1)
	if res := c.get("/feed.rss?" + many); res.StatusCode != 400 {
		t.Errorf("%d keys: %s", mostKeys+1, res.Status)
	}
}

// TestP14KeysInParameters: a key of before leads to the address with the one of today.
func TestP14KeysInParameters(t *testing.T) {
	c := newCity(t)
	c.populate(2)
	for path, to := range map[string]string{
		"/feed.rss?section=headlines":                                  "feed.rss?section=focus",
		"/feed?region=oldcity&limit=3&utm=x":                           "feed?region=yunlan&limit=3",
		"/search.json?section=headlines&q=%E5%A4%A7%E6%A1%A5":          "search.json?q=%E5%A4%A7%E6%A1%A5&section=focus",
		"/sections/headlines.atom?limit=3":                             "sections/focus.atom?limit=3",
		"/archive/sections/headlines/1.atom":                           "archive/sections/focus/1.atom",
		"/regions/oldcity.html?source=daily&exclude_source=&x=%3Cb%3E": "regions/yunlan.html?source=daily",
	} {
		res := c.get(path)
		if got := strings.TrimPrefix(res.Header.Get("Location"), "https://news.example.org/"); res.StatusCode != 301 || got != to {
			t.Errorf("%s: %s to %q, want %q", path, res.Status, got, to)
		}
	}
}

// TestOneAddressOneEdition: however parameters are spelled, there is one edition for what they ask, and
// its own links are spelled in the one way.
func TestOneAddressOneEdition(t *testing.T) {
	c := newCity(t)
	c.populate(9)
	want := "https://news.example.org/feed.json?q=%E5%A4%A7%E6%A1%A5&section=focus&section=notices&limit=3"
	tag := ""
	for _, query := range []string{
		"q=大桥&section=focus&section=notices&limit=3", "limit=3&section=notices&q=%20大桥　&section=focus&utm_source=x&section=focus",
		"q=大桥&section=notices&section=focus&limit=03&order=listed&since=&evil=%0d%0aX:1&limit=7", "q=大橋&q=其他&section=focus&section=notices&limit=3;x=1",
	} {
		if strings.Contains(query, "橋") {
			continue // which of two spellings a search is called by is its own affair
		}
		values, _ := url.ParseQuery(query)
		res := c.get("/feed.json?" + values.Encode())
		var f feed
		if err := json.Unmarshal([]byte(body(t, res)), &f); err != nil || f.Self != want {
			t.Errorf("%s: it calls itself %q, want %q", query, f.Self, want)
		}
		if got := res.Header.Get("ETag"); tag != "" && got != tag {
			t.Errorf("%s: another edition", query)
		} else {
			tag = got
		}
	}
	if n := len(c.p.singles.slots); n != 1 {
		t.Errorf("%d editions are held for one question", n)
	}
}

// TestT44RandomQueries: a flood of questions takes a bounded room, and none of it is that of the pages
// that are kept fresh.
func TestT44RandomQueries(t *testing.T) {
	c := newCity(t)
	c.populate(60)
	c.p.singles = newCache(1 << 20)
	kept := c.read("/feed.rss")
	held := len(c.p.cache.slots)
	for n := range 400 {
		c.get(fmt.Sprintf("/feed.rss?limit=%d&since=2020-01-%02d&x=%d", 1+n%200, 1+n%28, n))
		c.get(fmt.Sprintf("/search.html?q=%d", n))
	}
	if c.p.singles.room < 0 || len(c.p.singles.slots) > 200 {
		t.Errorf("%d answers take %d bytes more than there is room for", len(c.p.singles.slots), -c.p.singles.room)
	}
	if len(c.p.cache.slots) != held || c.read("/feed.rss") != kept {
		t.Error("the flood came into the room of what is kept")
	}
	for range 100 {
		c.get("/feed.rss?" + strings.Repeat("z", 20))
	}
	if len(c.p.cache.slots) != held {
		t.Error("parameters that are none of ours made editions")
	}
}
