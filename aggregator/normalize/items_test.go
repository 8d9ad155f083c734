package normalize

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/microcosm-cc/bluemonday"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

var update = flag.Bool("update", false, "write the expected results anew")

// itemsCase is a document and what is known of it: testdata/items/NAME.in.json. The expected
// feed and items stand beside it in NAME.out.json.
type itemsCase struct {
	URL, ContentLocation, ContentLanguage string
	Zone, Language                        string
	MaxItems                              int
	Document                              parse.Document
}

func readCase(t testing.TB, path string) (*parse.Document, Input) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var c itemsCase
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	loc, err := time.LoadLocation(c.Zone)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	src := models.Source{Key: "xinwen", Location: loc, Language: c.Language, MaxItems: c.MaxItems}
	return &c.Document, Input{Source: src, URL: c.URL, ContentLocation: c.ContentLocation, Language: c.ContentLanguage}
}

func TestItems(t *testing.T) {
	cases, err := filepath.Glob("testdata/items/*.in.json")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".in.json"), func(t *testing.T) {
			doc, in := readCase(t, path)
			var got bytes.Buffer
			e := json.NewEncoder(&got)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			feed, items := Items(doc, in)
			if err := e.Encode(map[string]any{"feed": feed, "items": items}); err != nil {
				t.Fatal(err)
			}
			expected := strings.TrimSuffix(path, ".in.json") + ".out.json"
			if *update {
				if err := os.WriteFile(expected, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(expected)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("got %s\nwant %s", got.Bytes(), want)
			}
			doc, in = readCase(t, path)
			if _, again := Items(doc, in); !reflect.DeepEqual(again, items) {
				t.Error("the same document gives other items the second time")
			}
		})
	}
}

func TestMaxItemsKeepsTheNewest(t *testing.T) {
	dated := func(dates ...string) *parse.Document {
		doc := &parse.Document{}
		for _, d := range dates {
			doc.Entries = append(doc.Entries, parse.Entry{GUID: "g" + d, Title: text(d), Published: d})
		}
		return doc
	}
	in := input()
	in.Source.MaxItems = 2
	for _, c := range []struct{ dates, want string }{
		{"2026-09-27 2026-09-29 2026-09-28", "2026-09-29 2026-09-28"},
		{"2026-09-27 2026-09-28 2026-09-29", "2026-09-28 2026-09-29"},
		{"2026-09-27 待定 2026-09-29", "2026-09-27 待定"},
		{"2026-09-27", "2026-09-27"},
	} {
		feed, items := Items(dated(strings.Fields(c.dates)...), in)
		var got []string
		for _, it := range items {
			got = append(got, it.Title)
		}
		if strings.Join(got, " ") != c.want || (len(feed.Warnings) > 0) != (c.dates != c.want) {
			t.Errorf("of %s: %q, warnings %q", c.dates, got, feed.Warnings)
		}
	}
}

func TestR33Dates(t *testing.T) {
	for _, c := range []struct {
		published, updated, language string
		want, wantUpdated            string
		warnings                     int
	}{
		{"2026-09-29 14:46", "", "", "2026-09-29T06:46:00Z minute feed", "", 0},
		{"", "2026-09-29", "", "2026-09-28T16:00:00Z day feed", "2026-09-28T16:00:00Z day feed", 0},
		{"待定", "2026-09-29T14:46:11+08:00", "", "2026-09-29T06:46:11Z second feed", "2026-09-29T06:46:11Z second feed", 1},
		{"0000-00-00 00:00:00", "", "", "", "", 1},
		{"9999-12-31", "0001-01-01", "", "", "", 2},
		{"", "", "", "", "", 0},
		{"05/12/2024", "", "en-GB", "2024-12-04T16:00:00Z day feed", "", 0},
		{"05/12/2024", "", "", "", "", 1},
	} {
		e := parse.Entry{GUID: "1", Title: text("甲"), Published: c.published, Updated: c.updated, Language: c.language}
		_, items := Items(&parse.Document{Entries: []parse.Entry{e}}, input())
		it := items[0]
		if got, updated := told(it.Published), told(it.Updated); got != c.want || updated != c.wantUpdated || len(it.Warnings) != c.warnings {
			t.Errorf("%q, %q: published %s, updated %s, warnings %q", c.published, c.updated, got, updated, it.Warnings)
		}
		if it.Published.At == 0 && it.Published.Raw != c.published {
			t.Errorf("%q: what was written became %q", c.published, it.Published.Raw)
		}
	}
}

func told(m models.Moment) string {
	if m.At == 0 {
		return ""
	}
	return m.At.Time().Format(time.RFC3339) + " " + string(m.Precision) + " " + string(m.From)
}

// T25, T31: no field but the body keeps markup or an address that is none of the web.
func TestT25T31EveryFieldIsHostile(t *testing.T) {
	bad, script := "JaVaScRiPt:alert(1)", `<script>alert(1)</script>`
	e := parse.Entry{
		GUID: bad, IsLink: true, Link: bad, Title: text("题" + script), Summary: text("要" + script), Content: text("文" + script),
		Image: bad, Comments: bad, Language: script, Rights: text("权" + script), Credit: "源" + script,
		People:     []models.Person{{Role: "author", Name: "人" + script, URI: bad, Email: script}},
		Categories: []models.Category{{Term: "类" + script}},
		Media:      []models.Media{{URL: bad, Type: script}, {URL: "/a.pdf", Type: script, Length: -5, Title: script}},
	}
	doc := &parse.Document{Feed: parse.Head{Title: text("站" + script), Description: text(script), Link: bad, Self: bad, Image: bad, Language: script, Generator: script}, Entries: []parse.Entry{e}}
	feed, items := Items(doc, input())
	it := items[0]
	if it.GUID != bad {
		t.Errorf("the guid is kept verbatim, not %q", it.GUID)
	}
	it.GUID, it.Warnings, feed.Warnings = "", nil, nil
	raw, err := json.Marshal([]any{feed, it})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"script", "alert", "javascript"} {
		if strings.Contains(strings.ToLower(string(raw)), s) {
			t.Errorf("%s is left in %s", s, raw)
		}
	}
	if it.Title != "题" || it.Summary != "要" || it.Text != "文" || len(it.Media) != 1 || it.Media[0].Length != 0 || it.Media[0].Type != "application/pdf" {
		t.Errorf("%+v", it)
	}
}

func TestPeople(t *testing.T) {
	for _, c := range []struct{ in, want models.Person }{
		{models.Person{Name: "李\u3000伟"}, models.Person{Role: "author", Name: "李伟"}},
		{models.Person{Name: "王硕 <wang@news.example.cn>"}, models.Person{Role: "author", Name: "王硕", Email: "wang@news.example.cn"}},
		{models.Person{Name: "wang@news.example.cn (王硕)"}, models.Person{Role: "author", Name: "王硕", Email: "wang@news.example.cn"}},
		{models.Person{Name: "wang@news.example.cn"}, models.Person{Role: "author", Email: "wang@news.example.cn"}},
		{models.Person{Role: "contributor", Name: " John  Smith ", URI: "/john"}, models.Person{Role: "contributor", Name: "John Smith", URI: "https://news.example.gov.cn/john"}},
		{models.Person{Name: "王硕", Email: "no mail"}, models.Person{Role: "author", Name: "王硕"}},
	} {
		got := people([]models.Person{c.in, c.in, {}}, baseOf(t, here))
		if len(got) != 1 || got[0] != c.want {
			t.Errorf("%+v is %+v, want %+v", c.in, got, c.want)
		}
	}
}

func FuzzItems(f *testing.F) {
	f.Add("1", "/a", "题", "<p>文</p>", "2026-09-29", "王硕 <a@b.cn>", "zh", "b/")
	f.Add("", "javascript:x", "<b>&amp;lt;", "&lt;p&gt;", "", "@", "<", "http://[")
	f.Fuzz(func(t *testing.T, guid, link, title, content, date, name, lang, base string) {
		e := parse.Entry{
			GUID: guid, IsLink: true, Link: link, Base: base, Title: text(title), Content: text(content), Summary: parse.Text{Value: title + content},
			Published: date, Updated: name, Language: lang, Image: link, Comments: guid, Credit: name,
			People: []models.Person{{Name: name, Email: title, URI: link}}, Categories: []models.Category{{Term: title}},
			Media: []models.Media{{URL: link, Type: name, Length: -1, Inline: true}},
		}
		doc := &parse.Document{Feed: parse.Head{Link: link, Base: base, Title: text(name), Language: lang}, Entries: []parse.Entry{e, e, {GUID: guid, Title: text(content)}}}
		feed, items := Items(doc, input())
		seen := map[string]bool{}
		for _, it := range items {
			if it.ID == "" || seen[it.ID] {
				t.Errorf("id %q is empty or given twice", it.ID)
			}
			seen[it.ID] = true
			for _, address := range []string{it.Link, it.Image, it.Comments, feed.Link} {
				if address != "" && !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
					t.Errorf("address %q", address)
				}
			}
			for _, plain := range []string{it.Title, it.Summary, it.Credit, it.Language} {
				if strings.ContainsFunc(plain, func(c rune) bool { return c < 0x20 }) || plain != strings.TrimSpace(plain) {
					t.Errorf("text %q", plain)
				}
			}
		}
		if _, again := Items(doc, input()); !reflect.DeepEqual(again, items) {
			t.Error("the same document gives other items")
		}
	})
}

// typical is a feed of twenty items of three kilobytes.
func typical() *parse.Document {
	body := strings.Repeat(`<p style="text-indent:2em;"><span style="font-family:宋体;">　　本报讯（记者 王硕）今年以来，江城市坚持项目为王，推动经济社会高质量发展，<strong>前三季度</strong>实现生产总值稳步增长，`+
		`详见<a href="/yw/202609/t20260929_1.shtml" target="_blank">全文</a>。</span></p>`, 6) + `<p style="text-align:center"><img src="/images/2026/09/29/1.jpg" alt="现场" width="600" height="400"></p>` +
		`<table border="1"><tbody><tr><td>时间</td><td>地点</td></tr><tr><td>九时</td><td>市民广场</td></tr></tbody></table>`
	doc := &parse.Document{Version: "rss20", Feed: parse.Head{Title: text("江城新闻网"), Link: "https://news.example.gov.cn/", Language: "zh-cn"}}
	for i := range 20 {
		n := string(rune('a' + i))
		doc.Entries = append(doc.Entries, parse.Entry{
			GUID: "https://news.example.gov.cn/yw/" + n + ".shtml", IsLink: true, Link: "/yw/" + n + ".shtml?utm_source=rss", Title: text("江城市召开全市项目建设推进会" + n),
			Summary: text("　　本报讯（记者 王硕）今年以来，江城市坚持项目为王。"), Content: text(body), Published: "Tue, 29 Sep 2026 14:46:11 +0800",
			People: []models.Person{{Role: "author", Name: "王硕"}}, Categories: []models.Category{{Term: "要闻"}},
			Media: []models.Media{{URL: "/images/" + n + ".jpg", Type: "image/jpeg", Inline: true}},
		})
	}
	return doc
}

// BenchmarkItems stands beside its floor: bluemonday alone on the same bodies.
func BenchmarkItems(b *testing.B) {
	doc, in := typical(), input()
	b.Run("items", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, items := Items(doc, in); len(items) != 20 {
				b.Fatal(len(items))
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		b.ReportAllocs()
		ugc := bluemonday.UGCPolicy()
		for b.Loop() {
			for i := range doc.Entries {
				ugc.Sanitize(doc.Entries[i].Content.Value)
			}
		}
	})
	b.Run("ids", func(b *testing.B) {
		_, items := Items(doc, in)
		for b.Loop() {
			Identify(items, items)
		}
	})
}
