package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"civicfeed/aggregator"
	"civicfeed/aggregator/fetch"
	"civicfeed/models"
	"civicfeed/models/catalog"
)

// TestCorpusListPage reads the corpus' page of a council's news: all its entries, each with its
// day, and nothing of the ways about the site.
func TestCorpusListPage(t *testing.T) {
	folder, _ := corpus(t)
	body, err := os.ReadFile(filepath.Join(folder, "pages", "richmond_listing.html"))
	if err != nil {
		t.Fatal(err)
	}
	resp := &fetch.Response{URL: "https://www.richmond.gov.uk/news", Body: body, ContentType: "text/html; charset=utf-8"}
	src := models.Source{Key: "r", Kind: models.KindPage, Republish: models.Full, Location: time.UTC}
	r, err := aggregator.Read(resp, src)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Items) != 56 || r.Feed.Next != "https://www.richmond.gov.uk/news/news_may_2026" {
		t.Errorf("%d items, next %q", len(r.Items), r.Feed.Next)
	}
	for _, it := range r.Items {
		if it.Published.At == 0 || !strings.HasPrefix(it.Link, "https://www.richmond.gov.uk/news/") || it.Title == "" {
			t.Errorf("%+v", it)
		}
	}
	if it := r.Items[49]; !strings.Contains(it.Published.Raw, "04 Jun 26") && it.Title == "Artist of the Year Competition" {
		t.Errorf("a day out of a summary: %+v", it.Published)
	}
}

// TestFoundYAMLIsRead has what is printed of a finding read as the catalog that it is meant for,
// however odd its names.
func TestFoundYAMLIsRead(t *testing.T) {
	f := finding{
		src: models.Source{
			URL: "https://www.xizhou.example/zw/通知/index.shtml?a=1#x", Kind: models.KindPage, Location: time.UTC,
			Page: models.PageRules{Item: `ul[class="x y"] > li`, Link: "a:nth-of-type(2)", Date: "span.d"},
		},
		reading: &aggregator.Reading{Feed: models.Feed{Title: "汐州: \"要闻\" # <b>\n"}},
	}
	var out bytes.Buffer
	f.print(&out)
	cat, err := catalog.Parse("feeds.yaml", []byte("site: {title: 汐州}\nsections: [{key: a, title: b}]\nsources:\n"+out.String()))
	if err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	src := cat.Sources[0]
	if src.Page.Item != f.src.Page.Item || src.Key != "xizhou-example-zw" || src.Kind != models.KindPage || !src.Articles {
		t.Errorf("%+v", src)
	}
}
