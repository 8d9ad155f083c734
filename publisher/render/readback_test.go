package render

import (
	"encoding/json"
	"encoding/xml"
	"testing"
)

// readStory is what a test reads back of a published story.
type readStory struct{ id, title, link, summary, content string }

// published reads a document back, independently of how it was written.
func published(t testing.TB, suffix string, data []byte) []readStory {
	t.Helper()
	var all []readStory
	switch suffix {
	case "json":
		var doc struct {
			Items []struct {
				ID, URL, Title, Summary string
				HTML                    string `json:"content_html"`
			}
		}
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		for _, it := range doc.Items {
			all = append(all, readStory{it.ID, it.Title, it.URL, it.Summary, it.HTML})
		}
	case "rss":
		var doc struct {
			Items []struct {
				GUID    string      `xml:"guid"`
				Titles  []string    `xml:"title"`
				Links   []checkLink `xml:"link"`
				Summary string      `xml:"description"`
				Content string      `xml:"encoded"`
			} `xml:"channel>item"`
		}
		if err := xml.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		for _, it := range doc.Items {
			all = append(all, readStory{it.GUID, it.Titles[0], plainLink(it.Links), it.Summary, it.Content})
		}
	case "atom":
		var doc struct {
			Entries []struct {
				ID      string      `xml:"id"`
				Title   string      `xml:"title"`
				Links   []checkLink `xml:"link"`
				Summary string      `xml:"summary"`
				Content string      `xml:"content"`
			} `xml:"entry"`
		}
		if err := xml.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		for _, e := range doc.Entries {
			all = append(all, readStory{e.ID, e.Title, relLink(e.Links, "alternate"), e.Summary, e.Content})
		}
	}
	return all
}
