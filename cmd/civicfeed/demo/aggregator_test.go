package demo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"civicfeed/aggregator"
	"civicfeed/aggregator/fetch"
	"civicfeed/models"
)

// reading is a source as the aggregator reads it.
func reading(t *testing.T, c *City, src models.Source) *aggregator.Reading {
	t.Helper()
	r := get(c, strings.TrimPrefix(src.URL, origin))
	got, err := aggregator.Read(&fetch.Response{
		Status: r.StatusCode, URL: src.URL, ContentType: r.Header.Get("Content-Type"), Body: body(t, r),
	}, src)
	if err != nil {
		t.Fatalf("read %s: %v", src.Key, err)
	}
	return got
}

// completed are items of a list as their pages tell them.
func completed(t *testing.T, c *City, src models.Source, items []models.Item) []models.Item {
	t.Helper()
	src.Kind = models.KindArticle
	var all []models.Item
	for _, it := range items {
		src.URL = it.Link
		page := reading(t, c, src).Items[0]
		roles := map[string]string{}
		for _, p := range page.People {
			roles[p.Role] += p.Name
		}
		if page.Credit != "望潮区新闻网" || !slices.Equal(page.Breadcrumb, []string{"首页", "区县要闻"}) || roles["记者"] == "" || roles["编辑"] != "周小棠" {
			t.Errorf("%s: credit %q, breadcrumb %q, people %v", page.Title, page.Credit, page.Breadcrumb, page.People)
		}
		if page.Column != "区县要闻" || page.Published.Precision != models.Minute || page.Previous.Title == "" && page.Next.Title == "" {
			t.Errorf("%s: column %q, published %+v, neighbours %+v, %+v", page.Title, page.Column, page.Published, page.Previous, page.Next)
		}
		if strings.Contains(page.Title, "夜校") && (page.Image == "" || len(page.Media) == 0 || page.Media[0].Type != "text/csv" || page.Media[0].Inline || page.Media[0].Length < 300) {
			t.Errorf("%s: image %q, files %+v", page.Title, page.Image, page.Media)
		}
		for _, furniture := range []string{"上一篇", "下一篇", "分享到", "版权所有", "编辑：", "记者"} {
			if strings.Contains(page.Text, furniture) {
				t.Errorf("%s: its text has %s", page.Title, furniture)
			}
		}
		all = append(all, page)
	}
	return all
}

func TestAggregatorReadsAllSources(t *testing.T) {
	c := cityAt(30 * time.Minute)
	for _, src := range load(t, c).Sources {
		t.Run(src.Key, func(t *testing.T) {
			s, _ := c.source(src.Key)
			want, got := c.latest(s, c.clock()), reading(t, c, src).Items
			if len(got) != len(want) {
				t.Fatalf("%d items, want %d", len(got), len(want))
			}
			if src.Articles {
				got = completed(t, c, src, got)
			}
			for i, it := range got {
				it.Admit(models.MillisOf(c.clock()))
				link, _, _ := strings.Cut(origin+want[i].Link, "?")
				if bare, _, _ := strings.Cut(it.Link, "?"); it.Title != want[i].Title || bare != link {
					t.Errorf("%q at %s, want %q at %s", it.Title, it.Link, want[i].Title, link)
				}
				if off := want[i].Published.Sub(it.Published.At.Time()); off < 0 || off >= time.Minute {
					t.Errorf("%s: published %v, want %v", it.Title, it.Published.At.Time(), want[i].Published)
				}
				if !strings.Contains(it.Text, want[i].Paragraphs[1]) {
					t.Errorf("%s: its text lacks %s", it.Title, want[i].Paragraphs[1])
				}
				if strings.Contains(it.Link, "utm_") || strings.Contains(it.Content, "script") {
					t.Errorf("%s is not clean: %s %s", it.Title, it.Link, it.Content)
				}
			}
		})
	}
}

// TestEverySectionAndPlaceHasNews: nobody who looks around in the demo finds an empty page.
func TestEverySectionAndPlaceHasNews(t *testing.T) {
	c := cityAt(0)
	cat := load(t, c)
	seen := map[models.View]int{}
	for _, src := range cat.Sources {
		for _, it := range reading(t, c, src).Items {
			it.Source = src.Key
			for _, v := range cat.Views(cat.Membership(&it), src.Key) {
				seen[v]++
			}
		}
	}
	for _, s := range cat.Sections {
		if seen[models.View{Section: s.Key}] < 3 {
			t.Errorf("section %s has %d items", s.Title, seen[models.View{Section: s.Key}])
		}
	}
	for _, r := range cat.Regions {
		if seen[models.View{Region: r.Key}] < 3 {
			t.Errorf("region %s has %d items", r.Name, seen[models.View{Region: r.Key}])
		}
	}
	alerts := slices.IndexFunc(cat.Sections, func(s models.Section) bool { return s.Key == "alerts" })
	if alerts != 0 {
		t.Error("alerts do not stand first")
	}
}
