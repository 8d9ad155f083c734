package publisher

import (
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/publisher/render"
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
		"limit=%3Cscript%3Ealert(1)%3C/script%3E": "&lt;script&gt;",
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

// TestP52Pages: from page to page every story comes once, in every format and order, while news come
// in; then the pages end.
func TestP52Pages(t *testing.T) {
	c := newCity(t)
	c.history(40)
	next := map[string]*regexp.Regexp{
		"rss": regexp.MustCompile(`<atom:link rel="next" href="([^"]+)"`), "atom": regexp.MustCompile(`<link href="([^"]+)" rel="next"`),
		"json": regexp.MustCompile(`"next_url":"([^"]+)"`), "html": regexp.MustCompile(`<link rel="next" href="([^"]+)"`),
	}
	id := map[string]*regexp.Regexp{
		"rss": regexp.MustCompile(`<guid[^>]*>[^<]*/([0-9a-f]{24})<`), "atom": regexp.MustCompile(`<id>[^<]*/([0-9a-f]{24})<`),
		"json": regexp.MustCompile(`"id":"[^"]*/([0-9a-f]{24})"`), "html": regexp.MustCompile(`<h3><a href="/stories/([0-9a-f]{24})"`),
	}
	for _, query := range []string{"limit=7", "limit=7&order=published", "limit=7&order=listed", "limit=7&source=daily&source=dongpu-gov", "limit=9&q=第", "limit=9&exclude_source=daily&since=2026-12-01", "limit=7&until=2026-12-01"} {
		for _, f := range render.Formats() {
			want := map[string]bool{}
			for _, m := range id[f.Suffix].FindAllStringSubmatch(c.read("/feed."+f.Suffix+"?"+strings.ReplaceAll(query, query[:7], "limit=200")), -1) {
				want[m[1]] = true
			}
			met, path := map[string]int{}, "/feed."+f.Suffix+"?"+query
			for pages := 0; path != ""; pages++ {
				text := c.read(path)
				for _, m := range id[f.Suffix].FindAllStringSubmatch(text, -1) {
					met[m[1]]++
				}
				if path = ""; pages == 2 {
					late := c.item("daily", 1000+len(c.p.singles.slots))
					late.Published.At = models.MillisOf(c.clock().Add(-30 * 24 * time.Hour))
					c.deliver("daily", late)
				}
				if m := next[f.Suffix].FindStringSubmatch(text); m != nil {
					path = strings.TrimPrefix(html.UnescapeString(m[1]), "https://news.example.org")
				}
				if pages > 60 {
					t.Fatalf("%s: its pages do not end", query)
				}
			}
			if len(want) < 20 {
				t.Errorf("%s: %s has only %d stories", query, f.Suffix, len(want))
			}
			for s := range want {
				if met[s] != 1 {
					t.Errorf("%s, %s: story %s came %d times", query, f.Suffix, s, met[s])
				}
			}
		}
	}
}

// TestP53Archives: the newest and the chain of archives hold every story; the archives stay byte for
// byte what they are, whatever comes, but for what is taken back or what terms keep back.
func TestP53Archives(t *testing.T) {
	c := newCity(t)
	c.history(70)
	id := regexp.MustCompile(`<(?:id|guid[^>]*)>[^<]*/([0-9a-f]{24})<`)
	prev := regexp.MustCompile(`(?:href="([^"]+)" rel="prev-archive"|rel="prev-archive" href="([^"]+)")`)
	chain := func(suffix string) (met map[string]int, archives map[string]string) {
		met, archives = map[string]int{}, map[string]string{}
		for path := "/feed." + suffix; path != ""; {
			text := c.read(path)
			if path != "/feed."+suffix {
				archives[path] = text
				if !strings.Contains(text, "<fh:archive") {
					t.Errorf("%s does not say that it is an archive", path)
				}
			}
			for _, m := range id.FindAllStringSubmatch(text, -1) {
				met[m[1]]++
			}
			path = ""
			if m := prev.FindStringSubmatch(text); m != nil {
				path = strings.TrimPrefix(m[1]+m[2], "https://news.example.org")
			}
		}
		return met, archives
	}
	for late, suffix := range []string{"atom", "rss"} {
		met, archives := chain(suffix)
		if len(met) != 140+late || len(archives) != 2 {
			t.Errorf("%s: %d stories, %d archives", suffix, len(met), len(archives))
		}
		edited := c.item("daily", 3)
		edited.Title, edited.Hash, edited.Content = "改过的标题", "v2", "<p>改过的正文</p>"
		backlog := c.item("daily", 2000+late)
		backlog.Published.At = models.MillisOf(c.clock().Add(-50 * 24 * time.Hour))
		c.deliver("daily", edited, backlog)
		c.pass(time.Hour)
		c.publish("") // and after a restart
		for path, text := range archives {
			if now := c.read(path); now != text {
				t.Errorf("%s has changed", path)
			}
		}
	}
	path := "/archive/feed/1.atom"
	before, gone := c.read(path), c.item("daily", 3).ID
	if _, err := c.store.Withdraw(t.Context(), false, gone); err != nil {
		t.Fatal(err)
	}
	c.look()
	if after := c.read(path); strings.Contains(after, gone) || !strings.Contains(before, gone) {
		t.Error("what was taken back is still in its archive")
	}
	if res := c.get("/stories/" + gone); res.StatusCode != 410 {
		t.Errorf("the page of what was taken back: %s", res.Status)
	}
	for _, suffix := range []string{"rss", "atom", "json", "html"} {
		if strings.Contains(c.read("/feed."+suffix+"?limit=200&source=daily"), gone) {
			t.Errorf("what was taken back is still in the %s", suffix)
		}
	}
	c.catalog = cityCatalog()
	c.catalog.Sources[0].Republish = models.Title
	if err := c.store.Apply(t.Context(), c.catalog); err != nil {
		t.Fatal(err)
	}
	c.p.Reload(c.catalog)
	c.look()
	if after := c.read(path); strings.Contains(after, "双向六车道") || !strings.Contains(before, "双向六车道") {
		t.Error("an archive has what the terms of its source keep back now")
	}
	for _, path := range []string{"/archive/feed/99.atom", "/archive/feed/0.atom", "/archive/feed/01.atom", "/archive/feed/1.html", "/archive/feed/1.json.atom", "/archive/feed.atom", "/archive/sections/nowhere/1.rss"} {
		if res := c.get(path); res.StatusCode != 404 {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
}

// TestNewerIsWhatCameSince: a program that keeps the address it was told finds there what has come
// since, oldest first, each story once, even a backlog.
func TestNewerIsWhatCameSince(t *testing.T) {
	c := newCity(t)
	c.history(3)
	newer, seen := c.readFeed("/feed.json").Own.Newer, map[string]int{}
	for n := range 30 {
		it := c.item("daily", 500+n)
		it.Published.At = models.MillisOf(c.clock().Add(-time.Duration(n*100) * time.Hour))
		c.deliver("daily", it)
		if n%7 != 0 {
			continue
		}
		f := c.readFeed(newer)
		for _, id := range f.ids() {
			seen[id]++
		}
		newer = f.Own.Newer
	}
	for _, id := range c.readFeed(newer).ids() {
		seen[id]++
	}
	for n := range 30 {
		if got := seen["tag:example.org,2026:news/"+c.item("daily", 500+n).ID]; got != 1 {
			t.Errorf("story %d came %d times", n, got)
		}
	}
	if len(seen) != 30 {
		t.Errorf("%d stories", len(seen))
	}
}

// TestNewerIsOfWhatIsListed: in another order there is no such page, and no address of one.
func TestNewerIsOfWhatIsListed(t *testing.T) {
	c := newCity(t)
	c.history(3)
	if newer := c.readFeed("/feed.json?order=published").Own.Newer; newer != "" {
		t.Errorf("%s: %s", newer, c.get(strings.TrimPrefix(newer, "https://news.example.org")).Status)
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
