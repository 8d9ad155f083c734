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
