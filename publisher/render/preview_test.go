package render

import (
	"bytes"
	"encoding/json"
	"testing"

	"civicfeed/models"
)

func previewed(t *testing.T, p *Page, feed models.Feed, warnings ...string) map[string]any {
	t.Helper()
	out, err := Preview(p, feed, warnings)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return doc
}

func TestPreviewGolden(t *testing.T) {
	p := newsPage(models.View{Source: "daily"})
	p.Stories = []models.Story{fullStory(), untitledStory()}
	p.Stories[0].Items[0].Published.At = stampOf("2026-11-20T01:30:00Z")
	p.Stories[0].Items[0].Warnings = []string{"a date without a zone was read as Asia/Shanghai"}
	out, err := Preview(p, models.Feed{
		Version: "rss20", ID: "tag:daily.yunlan.example,2019:all", Title: "云澜日报 – 要闻", Description: "要闻", Link: "https://daily.yunlan.example/",
		Self: "https://daily.yunlan.example/rss.xml", Language: "zh-cn", Rights: "© 云澜日报社", Generator: "报社采编系统", Image: "https://daily.yunlan.example/logo.png",
		People:     []models.Person{{Role: "author", Name: "云澜日报社", Email: "news@daily.yunlan.example"}, {Role: "webmaster", Email: "web@daily.yunlan.example"}},
		Categories: []models.Category{{Term: "要闻"}},
		Published:  stampOf("2026-11-20T01:00:00Z"), Updated: stampOf("2026-11-20T02:00:00Z"),
	}, []string{"the encoding was declared wrongly"})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "preview.json", out)
}

func TestPreviewTellsOnlyToldTimes(t *testing.T) {
	day := stampOf("2026-11-20T01:30:00Z")
	for name, c := range map[string]struct {
		published, updated models.Moment
		want               [2]any
	}{
		"both":      {models.Moment{At: day}, models.Moment{At: day + 1000}, [2]any{"2026-11-20T01:30:00Z", "2026-11-20T01:30:01Z"}},
		"published": {models.Moment{At: day}, models.Moment{}, [2]any{"2026-11-20T01:30:00Z", nil}},
		"updated":   {models.Moment{}, models.Moment{At: day}, [2]any{nil, "2026-11-20T01:30:00Z"}},
		"earlier":   {models.Moment{At: day}, models.Moment{At: day - 1000}, [2]any{"2026-11-20T01:30:00Z", "2026-11-20T01:29:59Z"}},
		"seen":      {models.Moment{At: day, From: models.FromSeen}, models.Moment{}, [2]any{nil, nil}},
		"none":      {models.Moment{}, models.Moment{}, [2]any{nil, nil}},
	} {
		t.Run(name, func(t *testing.T) {
			it := models.Item{Title: "甲", Published: c.published, Updated: c.updated}
			doc := previewed(t, &Page{Stories: []models.Story{{ID: "x", Items: []models.Item{it}}}}, models.Feed{})
			item := doc["items"].([]any)[0].(map[string]any)
			if got := [2]any{item["date_published"], item["date_modified"]}; got != c.want {
				t.Errorf("dates %v, want %v", got, c.want)
			}
		})
	}
}

func TestPreviewKeepsWholeTexts(t *testing.T) {
	big := usual(60)
	for i := range big.Stories {
		big.Stories[i].Items[0].Summary = string(bytes.Repeat([]byte("摘要"), 500))
	}
	items := previewed(t, big, models.Feed{})["items"].([]any)
	if len(items) != 60 {
		t.Fatalf("%d of 60 items", len(items))
	}
	for i, it := range items {
		it := it.(map[string]any)
		if it["summary"] != big.Stories[i].Items[0].Summary || it["content_html"] != big.Stories[i].Items[0].Content {
			t.Fatalf("item %d is not whole", i)
		}
	}
}

func TestPreviewWithoutAddress(t *testing.T) {
	doc := previewed(t, &Page{Stories: []models.Story{{ID: "x", Items: []models.Item{{Title: "甲", Link: "mailto:a@b.c"}}}}}, models.Feed{}, "a warning")
	item := doc["items"].([]any)[0].(map[string]any)
	if item["url"] != nil || item["_civicfeed"].(map[string]any)["page"] != nil {
		t.Errorf("an item without an address has one: %v", item)
	}
	if w := doc["_civicfeed"].(map[string]any)["warnings"].([]any); len(w) != 1 || w[0] != "a warning" {
		t.Errorf("warnings %v", w)
	}
}

// TestStepsAreOfPreviewsOnly: how an item was read is for the admin, and in nothing published.
func TestStepsAreOfPreviewsOnly(t *testing.T) {
	p := newsPage(models.View{Source: "daily"})
	p.Stories = []models.Story{fullStory()}
	p.Stories[0].Items[0].Steps = []models.Step{{Stage: models.StageNormalized, What: "link", From: "/1", To: "http://a.example/1", Why: "geheim-4711"}}
	doc := previewed(t, p, models.Feed{Steps: []models.Step{{Stage: models.StageBytes, What: "encoding", To: "gb18030"}}})
	own := func(m any) []any { return m.(map[string]any)["_civicfeed"].(map[string]any)["steps"].([]any) }
	head, item := own(doc)[0].(map[string]any), own(doc["items"].([]any)[0])[0].(map[string]any)
	if head["to"] != "gb18030" || item["why"] != "geheim-4711" || item["from"] != "/1" {
		t.Errorf("steps %v, %v", head, item)
	}
	for name, format := range map[string]func(*Page) ([]byte, error){"rss": joined(RSS), "atom": joined(Atom), "json": joined(JSON), "html": joined(HTML), "story": StoryJSON} {
		out, err := format(p)
		if err != nil || bytes.Contains(out, []byte("geheim-4711")) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestPreviewOfADocumentFromNowhere(t *testing.T) {
	for link, want := range map[string]any{
		"/yw/1.html?a=1": "/yw/1.html?a=1", "1.html": "1.html", "http://linhu.example/1": "http://linhu.example/1",
		"//linhu.example/1": nil, "javascript:alert(1)": nil, "": nil,
	} {
		it := models.Item{Title: "甲", Link: link, Media: []models.Media{{URL: "/1.mp3", Type: "audio/mpeg"}}}
		doc := previewed(t, &Page{Stories: []models.Story{{ID: "x", Items: []models.Item{it}}}}, models.Feed{Link: link})
		item := doc["items"].([]any)[0].(map[string]any)
		if item["url"] != want || doc["home_page_url"] != want {
			t.Errorf("%q became %v and %v, want %v", link, item["url"], doc["home_page_url"], want)
		}
		if files := item["attachments"].([]any); len(files) != 1 || files[0].(map[string]any)["url"] != "/1.mp3" {
			t.Errorf("attachments %v", files)
		}
	}
}
