package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"regexp"
	"slices"
	"strings"
	"testing"

	"civicfeed/models"
)

// relationsOf are the links of a feed to others of its own, by relation.
func relationsOf(t testing.TB, suffix string, doc []byte) map[string]string {
	t.Helper()
	all := map[string]string{}
	if suffix == "json" {
		var feed struct {
			Self string `json:"feed_url"`
			Next string `json:"next_url"`
			Own  struct {
				Newer, First, Current string
				Before                string `json:"prev_archive"`
				Archive               bool
			} `json:"_civicfeed"`
		}
		if err := json.Unmarshal(doc, &feed); err != nil {
			t.Fatal(err)
		}
		for rel, href := range map[string]string{
			"self": feed.Self, "next": feed.Next, "newer": feed.Own.Newer, "first": feed.Own.First, "current": feed.Own.Current, "prev-archive": feed.Own.Before,
		} {
			if href != "" {
				all[rel] = href
			}
		}
		if feed.Own.Archive {
			all["archive"] = "true"
		}
		return all
	}
	var feed struct {
		Links   []checkLink `xml:"link"`
		Channel []checkLink `xml:"channel>link"`
		Archive []string    `xml:"http://purl.org/syndication/history/1.0 archive"`
		Inside  []string    `xml:"channel>archive"`
	}
	if err := xml.Unmarshal(doc, &feed); err != nil {
		t.Fatal(err)
	}
	for _, l := range append(feed.Links, feed.Channel...) {
		if l.XMLName.Space == nsAtom && l.Rel != "alternate" {
			if all[l.Rel] != "" {
				t.Errorf("%s: two links are %s", suffix, l.Rel)
			}
			all[l.Rel] = l.Href
		}
	}
	if len(feed.Archive)+len(feed.Inside) > 0 {
		all["archive"] = "true"
	}
	return all
}

func wantRelations(t testing.TB, p *Page, want map[string]string) {
	t.Helper()
	for _, f := range feedFormats() {
		got := relationsOf(t, f.Suffix, rendered(t, f, p))
		if f.Suffix != "json" {
			delete(got, "newer")
		}
		for rel, href := range want {
			if rel == "newer" && f.Suffix != "json" {
				continue
			}
			if href = strings.ReplaceAll(href, "*", f.Suffix); got[rel] != href {
				t.Errorf("%s: %s is %q, want %q", f.Suffix, rel, got[rel], href)
			}
			delete(got, rel)
		}
		if len(got) > 0 {
			t.Errorf("%s: and also %v", f.Suffix, got)
		}
	}
}

// TestP52Paging: where a page goes on it says so, and a page never goes on to itself.
func TestP52Paging(t *testing.T) {
	const base = "https://feeds.yunlan.example/"
	p := newsPage(models.View{Section: "focus"})
	wantRelations(t, p, map[string]string{"self": base + "sections/focus.*"})
	p.Next, p.Newer = "cursor=l1.a", "cursor=n9"
	wantRelations(t, p, map[string]string{
		"self": base + "sections/focus.*", "next": base + "sections/focus.*?cursor=l1.a", "newer": base + "sections/focus.*?cursor=n9",
	})
	p.Asked, p.Next, p.Newer = "cursor=l1.a&limit=20&q=%E5%81%9C%E6%B0%B4", "cursor=l0.b&limit=20&q=%E5%81%9C%E6%B0%B4", ""
	wantRelations(t, p, map[string]string{
		"self": base + "sections/focus.*?" + p.Asked, "next": base + "sections/focus.*?" + p.Next,
		"first": base + "sections/focus.*?limit=20&q=%E5%81%9C%E6%B0%B4",
	})
	p.Next = p.Asked
	for _, f := range feedFormats() {
		if got := relationsOf(t, f.Suffix, rendered(t, f, p))["next"]; got != "" {
			t.Errorf("%s: a page goes on to itself: %s", f.Suffix, got)
		}
	}
	for _, f := range feedFormats() { // none tells that there is no more
		if bytes.Contains(rendered(t, f, p), []byte("fh:")) {
			t.Errorf("%s: a part of a feed has a marker", f.Suffix)
		}
	}
	p.Search, p.View, p.Next = true, models.View{}, ""
	wantRelations(t, p, map[string]string{"self": base + "search.*?" + p.Asked, "first": base + "search.*?limit=20&q=%E5%81%9C%E6%B0%B4"})
}

func TestP52PagingOfPages(t *testing.T) {
	p := riverPage(models.View{Section: "focus"}, riverStories()...)
	if page := html(t, p); strings.Contains(page, `rel="next"`) || strings.Contains(page, `rel="first"`) {
		t.Error("a page that is all has links to others")
	}
	p.Asked, p.Next = "cursor=p2.b&source=daily", "cursor=p1.a&source=daily"
	page := html(t, p)
	for _, want := range []string{
		`<link rel="next" href="/sections/focus.html?cursor=p1.a&amp;source=daily">`,
		`<a class="next" rel="next" href="/sections/focus.html?cursor=p1.a&amp;source=daily">更早</a>`,
		`<a class="first" rel="first" href="/sections/focus.html?source=daily">最新</a>`,
		`<link rel="canonical" href="https://news.example.org/sections/focus.html?cursor=p2.b&amp;source=daily">`,
		`type="application/atom+xml" title="新闻聚焦 · 沅江新闻汇 (Atom)" href="https://news.example.org/sections/focus.atom?source=daily"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
}

// TestP53Archives: an archive says what it is, leads to the one before and to what is current, and
// depends on nothing but its stories and the catalog.
func TestP53Archives(t *testing.T) {
	const base = "https://feeds.yunlan.example/"
	p := newsPage(models.View{Section: "focus"})
	p.Archives = 7
	wantRelations(t, p, map[string]string{"self": base + "sections/focus.*", "prev-archive": base + "archive/sections/focus/7.*"})
	p.Asked = "limit=20"
	wantRelations(t, p, map[string]string{"self": base + "sections/focus.*?limit=20"})
	archive := &models.Archive{View: p.View, Number: 3, Newest: 7, Closed: stampOf("2026-11-21T00:00:00Z"), Stories: p.Stories}
	a := &Page{Catalog: p.Catalog, Base: p.Base, Sources: p.Sources, Archive: archive}
	want := map[string]string{
		"self": base + "archive/sections/focus/3.*", "prev-archive": base + "archive/sections/focus/2.*", "current": base + "sections/focus.*", "archive": "true",
	}
	wantRelations(t, a, want)
	later := *a
	other := *archive
	other.Newest, later.Archive = 12, &other
	later.Changed, later.Archives, later.Next, later.Newer, later.Memo = stampOf("2026-12-01T00:00:00Z"), 12, "cursor=l1.a", "cursor=n1", NewMemo(1<<20)
	for _, f := range feedFormats() {
		now, then := rendered(t, f, a), rendered(t, f, &later)
		if !bytes.Equal(now, then) {
			t.Errorf("%s: an archive has changed:\n%s\n%s", f.Suffix, now, then)
		}
		if !bytes.Contains(now, []byte("新闻聚焦 - 云澜新闻汇（归档 3）")) {
			t.Errorf("%s: an archive has not its title", f.Suffix)
		}
		if n := len(published(t, f.Suffix, now)); n != 6 {
			t.Errorf("%s: %d stories", f.Suffix, n)
		}
	}
	atom := rendered(t, atomFormat(), a)
	if !bytes.Contains(atom, []byte("\n  <id>tag:yunlan.example,2026:news/sections/focus</id>")) || !bytes.Contains(atom, []byte("\n  <updated>2026-11-20T01:30:00Z</updated>")) {
		t.Errorf("an archive is of another feed, or not as old as its stories:\n%s", atom)
	}
	strictly(t, atom)
	strictly(t, rendered(t, rssFormat(), a))
	archive.Number = 1
	delete(want, "prev-archive")
	want["self"] = base + "archive/sections/focus/1.*"
	wantRelations(t, a, want)
}

// TestP53ArchivesAreWhole: what is kept for ever is not cut to fit.
func TestP53ArchivesAreWhole(t *testing.T) {
	p := usual(50)
	for i := range p.Stories {
		p.Stories[i].Items[0].Content += "<p>" + strings.Repeat("长文。", 1000) + "</p>"
	}
	p.Archive = &models.Archive{Number: 1, Stories: p.Stories}
	for _, f := range feedFormats() {
		out := rendered(t, f, p)
		if n := bytes.Count(out, []byte("长文。</p>")); n != 50 || len(out) < MaxBytes {
			t.Errorf("%s: %d of 50 are whole in %d bytes", f.Suffix, n, len(out))
		}
	}
}

// TestP38Identity: all documents of a feed have its id, another question has another.
func TestP38Identity(t *testing.T) {
	id := func(change func(*Page)) string {
		p := newsPage(models.View{Section: "focus"})
		change(p)
		all := regexp.MustCompile(`(?m)^  <id>(.*)</id>$`).FindSubmatch(rendered(t, atomFormat(), p))
		return string(all[1])
	}
	live := id(func(*Page) {})
	for query, want := range map[string]string{
		"":                       live,
		"cursor=l1.a":            live,
		"limit=20":               live + "?limit=20",
		"cursor=l1.a&limit=20":   live + "?limit=20",
		"cursor=s4&q=%E6%B0%B4":  live + "?q=%E6%B0%B4",
		"exclude_source=a&q=a+b": live + "?exclude_source=a&amp;q=a+b",
	} {
		if got := id(func(p *Page) { p.Asked = query }); got != want {
			t.Errorf("of %q the id is %s, want %s", query, got, want)
		}
	}
	if got := id(func(p *Page) { p.Search, p.Asked = true, "q=a" }); got != "tag:yunlan.example,2026:news/search?q=a" {
		t.Errorf("the id of a search is %s", got)
	}
}

func TestSearchFeeds(t *testing.T) {
	p := newsPage(models.View{})
	p.Search, p.Text, p.Asked = true, " 停水 ]]> <b> ", "q=x"
	for _, f := range feedFormats() {
		doc := rendered(t, f, p)
		if f.Suffix != "json" {
			strictly(t, doc)
		}
	}
	if got, want := p.Title(), "搜索“停水 ]]> <b>” - 云澜新闻汇"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
	p.View = models.View{Region: "dongpu", Section: "focus"}
	if got, want := p.Title(), "搜索“停水 ]]> <b>” · 东浦区 · 新闻聚焦 - 云澜新闻汇"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
}

// TestP35NoImage: RSS has an image only if it is the channel's own; ours has none.
func TestP35NoImage(t *testing.T) {
	if out := rendered(t, rssFormat(), newsPage(models.View{})); bytes.Contains(out, []byte("<image")) {
		t.Errorf("an image:\n%s", out)
	}
}

// TestP59Discovery: the page of a view leads to it in every format that programs read.
func TestP59Discovery(t *testing.T) {
	for view, name := range map[models.View]string{{}: "feed", {Section: "focus"}: "sections/focus", {Region: "linhu", Section: "life"}: "regions/linhu/sections/life", {Source: "daily"}: "sources/daily"} {
		page := html(t, riverPage(view, riverStories()...))
		for _, f := range feedFormats() {
			want := regexp.MustCompile(`<link rel="alternate" type="` + regexp.QuoteMeta(f.MediaType) + `" title="[^"]+" href="https://news.example.org/` + name + `.` + f.Suffix + `">`)
			if n := len(want.FindAllString(page, -1)); n != 1 {
				t.Errorf("%s: %d links to %s", name, n, f.Name)
			}
		}
	}
}

// TestP61PagesToo: a page lists what the feeds list, for the same stories in the same order.
func TestP61PagesToo(t *testing.T) {
	p := newsPage(models.View{})
	far := p.Stories[0]
	far.ID, far.Published = "far", 1<<60
	p.Stories = append(p.Stories, far, p.Stories[0])
	var want, got []string
	for _, s := range published(t, "json", rendered(t, jsonFormat(), p)) {
		want = append(want, s.id[strings.LastIndex(s.id, "/")+1:])
	}
	for _, m := range regexp.MustCompile(`<h3><a href="/stories/([^"]+)"`).FindAllStringSubmatch(html(t, p), -1) {
		got = append(got, m[1])
	}
	if !slices.Equal(got, want) || len(got) != 6 {
		t.Errorf("the page lists %v, the feed %v", got, want)
	}
	if len(p.Left) != 1 || p.Left[0].ID != "far" {
		t.Errorf("left %v", p.Left)
	}
}

// TestP12StableFromMemo: the same page is the same bytes, whatever the memo has.
func TestP12StableFromMemo(t *testing.T) {
	memo, p := NewMemo(1<<20), newsPage(models.View{Section: "focus"})
	for range 3 {
		wantSame(t, p, memo)
	}
}

// TestP16FromKnownSizes: a feed takes what room there is, and not a byte more.
func TestP16FromKnownSizes(t *testing.T) {
	p := usual(80)
	for _, f := range feedFormats() {
		out := rendered(t, f, p)
		whole := bytes.Count(out, []byte("周末照常办理。</p><p>"))
		if len(out) > MaxBytes || len(out) < MaxBytes-5000 || whole == 0 || whole == 80 {
			t.Errorf("%s: %d bytes, %d bodies", f.Suffix, len(out), whole)
		}
		if n := len(published(t, f.Suffix, out)); n != 80 {
			t.Errorf("%s: %d stories", f.Suffix, n)
		}
	}
	wantSame(t, p, NewMemo(1<<30))
}

func TestTableOfFormats(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Formats() {
		for _, name := range append([]string{f.Suffix, f.MediaType}, f.Also...) {
			if seen[name] || name == "" {
				t.Errorf("%q is of two formats, or none", name)
			}
			seen[name] = true
		}
		if f.Name == "" || f.Order == "" || f.Archives && !f.Feed || f.Styled && !f.Feed {
			t.Errorf("%+v", f)
		}
	}
}
