package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"civicfeed/models"
)

func TestP37OrderKept(t *testing.T) {
	p := usual(5)
	for i := range p.Stories {
		p.Stories[i].Published, p.Stories[i].Updated = 1000, 1000
	}
	for _, f := range feedFormats() {
		for i, s := range published(t, f.Suffix, rendered(t, f, p)) {
			if !strings.HasSuffix(s.id, p.Stories[i].ID) {
				t.Errorf("%s: %s stands at %d", f.Suffix, s.id, i)
			}
		}
	}
}

func TestP38FeedID(t *testing.T) {
	for _, base := range []string{"https://feeds.yunlan.example/", "http://localhost:8080/x/"} {
		p := newsPage(models.View{Section: "focus"})
		p.Base = base
		if out, _ := joined(Atom)(p); !bytes.Contains(out, []byte("\n  <id>tag:yunlan.example,2026:news/sections/focus</id>")) {
			t.Errorf("under %s the feed has another id", base)
		}
	}
}

func TestP41Updated(t *testing.T) {
	p := newsPage(models.View{})
	p.Stories, p.Changed = nil, 0
	if out, _ := joined(Atom)(p); !bytes.Contains(out, []byte("<updated>1970-01-01T00:00:00Z</updated>")) {
		t.Error("an empty feed without changes has no constant time")
	}
}

func TestP42P43Authors(t *testing.T) {
	type person struct {
		Name string `xml:"name"`
	}
	var doc struct {
		Author  person `xml:"author"`
		Entries []struct {
			Authors []person `xml:"author"`
			Source  struct {
				ID      string      `xml:"id"`
				Title   string      `xml:"title"`
				Updated string      `xml:"updated"`
				Authors []person    `xml:"author"`
				Links   []checkLink `xml:"link"`
			} `xml:"source"`
		} `xml:"entry"`
	}
	out, _ := joined(Atom)(newsPage(models.View{}))
	if err := xml.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Author.Name != "云澜新闻汇" {
		t.Errorf("feed author %q", doc.Author.Name)
	}
	for i, e := range doc.Entries {
		if e.Source.ID == "" || e.Source.Title == "" || e.Source.Updated == "" || len(e.Source.Authors) == 0 || relLink(e.Source.Links, "self") == "" {
			t.Errorf("entry %d: source %+v", i, e.Source)
		}
	}
	if id := doc.Entries[1].Source.ID; id != "http://www.dongpu.example/feed" {
		t.Errorf("a source whose id is none has %q", id)
	}
	if !bytes.Contains(out, []byte("<rights>© 云澜日报社</rights>")) {
		t.Error("the source's rights are missing")
	}
}

func TestP44NoDuplicateAlternate(t *testing.T) {
	out, _ := joined(Atom)(newsPage(models.View{}))
	for i, part := range bytes.Split(out, []byte("<entry ")) {
		part, _, _ = bytes.Cut(part, []byte("<source>"))
		if n := bytes.Count(part, []byte(`rel="alternate"`)); n != 1 {
			t.Errorf("part %d has %d alternate links", i, n)
		}
	}
}

func TestP46Language(t *testing.T) {
	atom, _ := joined(Atom)(newsPage(models.View{}))
	rss, _ := joined(RSS)(newsPage(models.View{}))
	for want, out := range map[string][]byte{
		`<feed xml:lang="zh-CN" `: atom, `<entry xml:lang="zh-TW">`: atom,
		"<language>zh-CN</language>": rss, "<dc:language>zh-TW</dc:language>": rss,
	} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("no %s", want)
		}
	}
}

func TestP47Rights(t *testing.T) {
	for suffix, want := range map[string]string{
		"rss": "<dc:rights>© 2026 云澜日报</dc:rights>", "atom": "<rights>© 2026 云澜日报</rights>", "json": `"rights":"© 2026 云澜日报"`,
	} {
		f, _ := Lookup(suffix)
		if !bytes.Contains(rendered(t, f, newsPage(models.View{})), []byte(want)) {
			t.Errorf("%s: no %s", suffix, want)
		}
	}
}

func TestP48P49JSON(t *testing.T) {
	empty := newsPage(models.View{})
	empty.Stories = nil
	out, _ := joined(JSON)(empty)
	if !bytes.Contains(out, []byte(`"items":[]`)) || !bytes.Contains(out, []byte(`"version":"https://jsonfeed.org/version/1.1"`)) {
		t.Errorf("%s", out)
	}
}

func TestP50BadStoryAlone(t *testing.T) {
	p := newsPage(models.View{})
	far := story("far", "2026-11-20T01:30:00Z", models.Item{Title: "远"})
	far.Published = models.MillisOf(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC))
	early := far
	early.ID, early.Published = "early", models.MillisOf(time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC))
	p.Stories = append(p.Stories, far, early,
		models.Story{ID: "none", Published: 1}, models.Story{}, models.Story{ID: "no/name", Items: far.Items}, fullStory())
	for _, f := range feedFormats() {
		if n := len(published(t, f.Suffix, rendered(t, f, p))); n != 6 {
			t.Errorf("%s: %d stories, want 6", f.Suffix, n)
		}
	}
}

func TestP51JSONContent(t *testing.T) {
	var doc struct {
		Items []struct {
			HTML *string `json:"content_html"`
			Text *string `json:"content_text"`
		} `json:"items"`
	}
	out, _ := joined(JSON)(newsPage(models.View{}))
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	for i, it := range doc.Items {
		if (it.HTML == nil) == (it.Text == nil) {
			t.Errorf("item %d has both bodies or none", i)
		}
	}
	if *doc.Items[2].Text != "今日話題：老街的早餐店。" {
		t.Errorf("content_text %q", *doc.Items[2].Text)
	}
}

func TestP61FormatParity(t *testing.T) {
	var want []string
	for _, f := range feedFormats() {
		var got []string
		for _, s := range published(t, f.Suffix, rendered(t, f, newsPage(models.View{}))) {
			got = append(got, s.id+" "+s.link)
		}
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s lists %v, others %v", f.Suffix, got, want)
		}
	}
}

func TestP63Terms(t *testing.T) {
	for _, f := range feedFormats() {
		out := rendered(t, f, newsPage(models.View{}))
		for _, kept := range []string{"不得转载", "%E4%BF%9D%E5%AF%86", "ggzy.yunlan.example/x.pdf"} {
			if bytes.Contains(out, []byte(kept)) {
				t.Errorf("%s: %s is published against the source's terms", f.Suffix, kept)
			}
		}
		s := published(t, f.Suffix, out)[1]
		if n := utf8.RuneCountInString(s.summary); n != 301 || strings.Contains(s.content, "<p>") {
			t.Errorf("%s: a source that permits summaries: %d characters, body %q", f.Suffix, n, s.content)
		}
	}
}

func TestStylesheet(t *testing.T) {
	const want = `?><?xml-stylesheet type="text/css" href="https://feeds.yunlan.example/assets/feed.css"?><`
	for _, render := range []func(*Page) ([]byte, error){joined(RSS), joined(Atom)} {
		if out, err := render(newsPage(models.View{})); err != nil || bytes.Count(out, []byte(want)) != 1 {
			t.Errorf("no stylesheet: %v", err)
		}
	}
}

func TestTitles(t *testing.T) {
	for view, want := range map[models.View]string{
		{}:                                   "云澜新闻汇",
		{Section: "focus"}:                   "新闻聚焦 - 云澜新闻汇",
		{Region: "dongpu", Section: "focus"}: "东浦区 · 新闻聚焦 - 云澜新闻汇",
		{Source: "dongpu"}:                   "东浦区人民政府 - 云澜新闻汇",
		{Section: "gone"}:                    "gone - 云澜新闻汇",
	} {
		if got := newsPage(view).Title(); got != want {
			t.Errorf("title %q, want %q", got, want)
		}
	}
}
