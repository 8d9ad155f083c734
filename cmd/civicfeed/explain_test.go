package main

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// explainedAs runs explain and gives what it says.
func explainedAs(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if got := run(t.Context(), append([]string{"explain"}, args...), strings.NewReader(""), &out, &errs); got != want {
		t.Fatalf("explain %q: exit status %d, want %d\n%s", args, got, want, errs.String())
	}
	return out.String()
}

// TestExplainFindsAStoryByAllItsNames while a daemon has the database for itself.
func TestExplainFindsAStoryByAllItsNames(t *testing.T) {
	city := httptest.NewServer(newSmallCity())
	defer city.Close()
	config := write(t, "feeds.yaml", `site: {title: 临江新闻汇, url: "https://news.example/", id: "tag:news.example,2026:news"}
network: {allow: [127.0.0.0/8]}
sections: [{key: news, title: 要闻, match: [{category: 要闻}]}]
sources: [{key: street, name: 柳巷街道, url: "`+city.URL+`/news/street.rss"}]
`)
	db := filepath.Join(t.TempDir(), "civicfeed.db")
	fetchAll(t, config, db)
	s := opened(t, db, store.Options{})
	unlock, err := s.LockPolling(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unlock() }()
	stories, err := s.Latest(t.Context(), models.View{}, models.ByListed, 10)
	if err != nil || len(stories) == 0 {
		t.Fatalf("%d stories (%v)", len(stories), err)
	}
	id, title, link := stories[0].ID, stories[0].Items[0].Title, stories[0].Items[0].Link
	mobile := strings.Replace(link, "http://www.", "https://m.", 1)
	for _, name := range []string{
		id, "tag:news.example,2026:news/" + id, "https://news.example/stories/" + id, "http://127.0.0.1:8080/stories/" + id + ".html",
		"https://old.example/city/stories/" + id + ".json?limit=3#top", link, mobile, strings.TrimPrefix(link, "http://"), link + "?utm_source=x#comments",
	} {
		told := explainedAs(t, done, "--config", config, "--db", db, name)
		if !strings.Contains(told, "story "+id+"  "+title) || !strings.Contains(told, "news 要闻  (line 3 of "+config+": category is “要闻”)") {
			t.Errorf("%s:\n%s", name, told)
		}
		if strings.Count(told, "\nstory ") != 0 {
			t.Errorf("%s is several stories:\n%s", name, told)
		}
	}
	for _, name := range []string{id[1:], "https://news.example/stories/", "http://www.example.gov.cn/street/999.html", link + "x"} {
		explainedAs(t, failed, "--config", config, "--db", db, name)
	}
}

// TestUnclaimedInOnePass counts what no rule claims in one pass.
func TestUnclaimedInOnePass(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 20,000 items")
	}
	const feeds = `site: {title: 临江新闻汇}
sections: [{key: news, title: 要闻, match: [{category: 要闻}]}, {key: other, title: 综合}]
sources: [{key: paper, name: 汐州日报, url: "http://www.example.gov.cn/rss.xml", section: other}]
`
	config, db := write(t, "feeds.yaml", feeds), filepath.Join(t.TempDir(), "civicfeed.db")
	s := opened(t, db, store.Options{})
	if err := s.Apply(t.Context(), parsed(t, config)); err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("柳巷街道的桂花开了，大家都去看。", 60)
	const n = 20_000
	for from := 0; from < n; from += 5000 {
		deliverPaper(t, s, from, from+5000, text)
	}
	began := time.Now()
	var u unclaimed
	if err := json.Unmarshal([]byte(explainedAs(t, done, "--unclaimed", "--json", "--config", config, "--db", db)), &u); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	t.Logf("%d items in %v", u.Items, took)
	if u.Items != n || u.Unclaimed != n/2 || u.Default != n/2 || u.Nowhere != 0 {
		t.Errorf("%+v", u)
	}
	if f := u.Facts["category"]; len(f) != 1 || f[0].Value != "民生" || f[0].Items != n/2 || f[0].Match != `- {category: "民生"}` {
		t.Errorf("%+v", f)
	}
	if f := u.Facts["path"]; len(f) != 1 || f[0].Value != "/xw/ms/" || f[0].Title == "" || f[0].Link == "" {
		t.Errorf("%+v", f)
	}
	if took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

// deliverPaper saves items of which every other has a category that a rule names.
func deliverPaper(t *testing.T, s *store.Store, from, to int, text string) {
	t.Helper()
	claims, err := s.Claim(t.Context(), 1, time.Minute, store.Which{Force: true})
	if err != nil || len(claims) != 1 {
		t.Fatalf("%d claims (%v)", len(claims), err)
	}
	d := &models.Delivery{Claim: claims[0], Visit: models.Visit{Source: "paper", Outcome: models.Fetched, Items: to - from}}
	for i := from; i < to; i++ {
		category, folder := "要闻", "yw"
		if i%2 == 1 {
			category, folder = "民生", "ms"
		}
		id := "item-" + strconv.Itoa(i)
		link := "http://www.example.gov.cn/xw/" + folder + "/202610/t20261004_" + strconv.Itoa(i) + ".shtml"
		d.Items = append(d.Items, models.Item{
			ID: id, Source: "paper", Identity: id, Address: strings.TrimPrefix(link, "http://www."), Link: link, Title: "第" + strconv.Itoa(i) + "条消息",
			Content: "<p>" + text + "</p>", Text: text, Categories: []models.Category{{Term: category}}, Hash: id,
		})
	}
	if err := s.Save(t.Context(), []*models.Delivery{d}); err != nil {
		t.Fatal(err)
	}
	if d.Visit.New != to-from {
		t.Fatalf("%d new", d.Visit.New)
	}
}

// TestFirstFolders of links: what names a heading, and no day or number.
func TestFirstFolders(t *testing.T) {
	for link, want := range map[string]string{
		"http://www.xizhou.gov.cn/xwjj_1/202111/t20211112_2428530.shtml":   "/xwjj_1/",
		"http://www.xizhou.gov.cn/xwzx/zwyw/41350150.html":                 "/xwzx/zwyw/",
		"http://www.xizhou.gov.cn/a/b/c/d/1.html":                          "/a/b/",
		"http://www.yunxi.gov.cn/art/2026/9/8/art_16256_1.html":            "/art/",
		"http://szb.xizhou.cn/xzrb/html/2022-08/30/content_628531.htm":     "/xzrb/html/",
		"http://www.xizhou.gov.cn/gkmlpt/content/4/4012/post_4012345.html": "/gkmlpt/content/",
		"http://www.xizhou.gov.cn/n1/2026/1004/c1001-40012345.html":        "",
		"http://www.xizhou.gov.cn/1.html":                                  "",
		"http://www.xizhou.gov.cn/":                                        "",
		"":                                                                 "",
		"http://www.xizhou.gov.cn/%E8%A6%81%E9%97%BB/1.html":               "/要闻/",
	} {
		if got := firstFolders(link); got != want {
			t.Errorf("%s: %q, want %q", link, got, want)
		}
	}
}
