package render

import (
	"encoding/xml"
	"slices"
	"testing"

	"civicfeed/models"
)

func TestP55OPML(t *testing.T) {
	cat := city()
	cat.Sections = append(cat.Sections, models.Section{Key: "empty"})
	cat.Regions[3].Name = "\"西杉\" <区>\x01 & ]]>"
	out, err := OPML(cat, "https://feeds.yunlan.example/", stampOf("2026-11-20T03:00:05Z"))
	if err != nil {
		t.Fatal(err)
	}
	type node struct {
		Text     string `xml:"text,attr"`
		Type     string `xml:"type,attr"`
		URL      string `xml:"xmlUrl,attr"`
		Outlines []node `xml:"outline"`
	}
	var doc struct {
		Version  string `xml:"version,attr"`
		Title    string `xml:"head>title"`
		Modified string `xml:"head>dateModified"`
		Body     []node `xml:"body>outline"`
	}
	if err := decode(out, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Version != "2.0" || doc.Title != "云澜新闻汇" || doc.Modified != "Fri, 20 Nov 2026 03:00:05 +0000" {
		t.Errorf("head %+v", doc)
	}
	var texts, urls []string
	var walk func([]node)
	walk = func(nodes []node) {
		for _, n := range nodes {
			if n.Text == "" || (n.Type == "rss") != (n.URL != "") || n.Type == "rss" && len(n.Outlines) > 0 {
				t.Errorf("outline %+v", n)
			}
			if n.URL != "" {
				texts, urls = append(texts, n.Text), append(urls, n.URL)
			}
			walk(n.Outlines)
		}
	}
	walk(doc.Body)
	const base = "https://feeds.yunlan.example/"
	want := []string{
		base + "feed.rss", base + "sections/focus.rss", base + "sections/notices.rss", base + "sections/tenders.rss", base + "sections/empty.rss",
		base + "regions/yunlan.rss", base + "regions/dongpu.rss", base + "regions/heting.rss", base + "regions/xishan.rss",
	}
	if !slices.Equal(urls, want) {
		t.Errorf("feeds %v, want %v", urls, want)
	}
	if got := texts[8]; got != `"西杉" <区> & ]]>` {
		t.Errorf("hostile title became %q", got)
	}
}

func TestOPMLOfNothing(t *testing.T) {
	out, err := OPML(&models.Catalog{}, "http://localhost:8080/", 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(out, &struct{}{}); err != nil {
		t.Fatal(err)
	}
}
