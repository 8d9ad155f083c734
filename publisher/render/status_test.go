package render

import (
	"encoding/json"
	"strings"
	"testing"

	"civicfeed/models"
)

func statusOf(t *testing.T, s models.SourceState) (page, data string) {
	t.Helper()
	cat := riverCity()
	cat.Sources = cat.Sources[:1]
	s.Key = cat.Sources[0].Key
	p := &StatusPage{Catalog: cat, Base: "https://news.example.org/", Sources: []models.SourceState{s}}
	h, err := Status(p)
	if err != nil {
		t.Fatal(err)
	}
	j, err := StatusJSON(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(h), string(j)
}

// Our own fault counts against nobody: there is a trouble, and neither a count nor a beginning.
func TestStatusCountsNoFailuresWhereThereAreNone(t *testing.T) {
	page, _ := statusOf(t, models.SourceState{Class: models.ErrInternal, Error: "read: panic", LastVisit: at("2026-11-23 17:00"), LastOK: at("2026-11-23 16:00")})
	if !strings.Contains(page, wordsOf("zh-CN").trouble(models.KindFeed, models.ErrInternal, 0)) {
		t.Error("the trouble is not told")
	}
	for _, bad := range []string{"连续失败", wordsOf("zh-CN").Since} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
}

func TestStatusTellsTheFirstLineOfAnError(t *testing.T) {
	long := "read https://a.example/: " + strings.Repeat("坏", 400)
	for _, c := range []struct{ in, want string }{
		{"fetch https://a.example/: 502 Bad Gateway", "fetch https://a.example/: 502 Bad Gateway"},
		{"read: panic: boom\n\ngoroutine 1 [running]:\nmain.go:7", "read: panic: boom"},
		{"read: panic: boom\r\ngoroutine 1", "read: panic: boom"},
		{"\n two\tparts\x1b[31m\u0085 ", "two parts[31m"},
		{long, string([]rune(long)[:300]) + "…"},
	} {
		page, data := statusOf(t, models.SourceState{Failures: 1, Since: at("2026-11-23 17:00"), Class: models.ErrParse, Error: c.in})
		var r report
		if err := json.Unmarshal([]byte(data), &r); err != nil {
			t.Fatal(err)
		}
		if got := r.Sources[0].Error; got != c.want {
			t.Errorf("as JSON: %q, want %q", got, c.want)
		}
		if !strings.Contains(page, "<code>"+c.want+"</code>") {
			t.Errorf("the page does not say %q", c.want)
		}
	}
}

// TestStatusProposesHowToReadAPageNow, in the site's language, and tells how its articles fare.
func TestStatusProposesHowToReadAPageNow(t *testing.T) {
	for language, words := range map[string][]string{
		"zh-CN": {"网页版式已变", "重新识别的命令：", "3 页待读、2 页未能读取，最近的原因：read: not its article"},
		"zh-TW": {"網頁版式已變", "重新識別的命令：", "3 頁待讀、2 頁未能讀取，最近的原因：read: not its article"},
		"en":    {"Nothing is where it was on its page", "To see how it could be read now:", "3 waiting to be read, 2 could not be read, the last because of: read: not its article"},
	} {
		cat := riverCity()
		cat.Site.Language = language
		cat.Sources = cat.Sources[:1]
		cat.Sources[0].Kind, cat.Sources[0].URL = models.KindPage, "https://a.example/yw/index.html?a=1&b=2"
		s := models.SourceState{Key: cat.Sources[0].Key, Failures: 1, Class: models.ErrPageChanged, Error: "read: page.item: “li” matches nothing"}
		p := &StatusPage{
			Catalog: cat, Base: "https://news.example.org/", Sources: []models.SourceState{s},
			Pages: map[string]models.PageState{s.Key: {Source: s.Key, Waiting: 3, Failing: 2, Class: models.ErrPageChanged, Error: "read: not its article\ngoroutine"}},
		}
		page, err := Status(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range append(words, "<code>civicfeed discover &#39;https://a.example/yw/index.html?a=1&amp;b=2&#39;</code>") {
			if !strings.Contains(string(page), want) {
				t.Errorf("%s: the page does not say %s", language, want)
			}
		}
		data, err := StatusJSON(p)
		if err != nil {
			t.Fatal(err)
		}
		var r report
		if err := json.Unmarshal(data, &r); err != nil {
			t.Fatal(err)
		}
		got := r.Sources[0]
		if got.Remedy != "civicfeed discover 'https://a.example/yw/index.html?a=1&b=2'" || got.Articles == nil || *got.Articles != (articlesReport{3, 2, models.ErrPageChanged, "read: not its article"}) {
			t.Errorf("%s: %+v, %+v", language, got, got.Articles)
		}
	}
}

// TestAPageIsNoFeed in the words of its troubles either.
func TestAPageIsNoFeed(t *testing.T) {
	for _, language := range []string{"zh-CN", "zh-TW", "en"} {
		w := wordsOf(language)
		for class := range w.troubles {
			feed, page := w.trouble(models.KindFeed, class, 0), w.trouble(models.KindPage, class, 0)
			if feed != w.troubles[class] || strings.Contains(page, "订阅源") || strings.Contains(page, "訂閱源") || strings.Contains(page, "feed holds") || strings.Contains(page, "not a feed") {
				t.Errorf("%s, %s: %s / %s", language, class, feed, page)
			}
		}
	}
}
