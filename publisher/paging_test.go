package publisher

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/publisher/render"
)

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
		c.reword("daily", models.Feed{Title: "又一个名字", Link: "https://daily.example.org/neu", Language: "en", Rights: "© 2027", People: []models.Person{{Role: "editor", Name: "新主编"}}})
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

// TestNewerOfAnEmptyView: a program can begin to follow a section before it has anything.
func TestNewerOfAnEmptyView(t *testing.T) {
	c := newCity(t)
	c.populate(3)
	newer := c.readFeed("/sections/quiet.json").Own.Newer
	if newer == "" || len(c.readFeed(newer).Items) != 0 {
		t.Fatalf("it is told %q", newer)
	}
	c.catalog = cityCatalog()
	c.catalog.Sections[2].Match = []models.Rule{{Source: []string{"daily"}}}
	if err := c.store.Apply(t.Context(), c.catalog); err != nil {
		t.Fatal(err)
	}
	c.p.Reload(c.catalog)
	c.look()
	if f := c.readFeed(c.readFeed(newer).Own.Newer); len(f.Items) != 0 {
		t.Error("the same comes again")
	}
	if f := c.readFeed(newer); len(f.Items) != 3 {
		t.Errorf("%d stories are newer, want 3", len(f.Items))
	}
}
