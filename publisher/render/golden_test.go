package render

import (
	"testing"

	"civicfeed/models"
)

func TestGoldens(t *testing.T) {
	for _, f := range feedFormats() {
		golden(t, "feed."+f.Suffix, rendered(t, f, newsPage(models.View{})))
		golden(t, "place-section."+f.Suffix, rendered(t, f, newsPage(models.View{Region: "dongpu", Section: "focus"})))
		empty := newsPage(models.View{Source: "daily"})
		empty.Stories = nil
		golden(t, "empty."+f.Suffix, rendered(t, f, empty))
	}
	for _, f := range feedFormats() {
		paged := newsPage(models.View{Section: "focus"})
		paged.Stories, paged.Archives, paged.Next, paged.Newer = paged.Stories[2:3], 4, "cursor=l1795082401000.c3", "cursor=n42"
		golden(t, "paged."+f.Suffix, rendered(t, f, paged))
		search := newsPage(models.View{})
		search.Stories, search.Search, search.Text = search.Stories[2:3], true, "早餐 & 停水"
		search.Asked, search.Next = "cursor=s40&q=%E6%97%A9%E9%A4%90+%26+%E5%81%9C%E6%B0%B4", "cursor=s12&q=%E6%97%A9%E9%A4%90+%26+%E5%81%9C%E6%B0%B4"
		golden(t, "search."+f.Suffix, rendered(t, f, search))
		closed := newsPage(models.View{Section: "focus"})
		closed.Archive = &models.Archive{View: closed.View, Number: 3, Newest: 4, Stories: closed.Stories[2:3]}
		closed.Stories = nil
		golden(t, "archive."+f.Suffix, rendered(t, f, closed))
	}
	one, err := StoryJSON(newsPage(models.View{}))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "story.json", one)
	list, err := OPML(city(), "https://feeds.yunlan.example/", stampOf("2026-11-20T03:00:05Z"))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "subscriptions.opml", list)
}
