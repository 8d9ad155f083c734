package render

import (
	"fmt"
	"strings"

	"civicfeed/models"

	"github.com/gorilla/feeds"
)

// jsonOrigin is what a source's document says of itself beyond JSON Feed.
type jsonOrigin struct {
	Version    string   `json:"version,omitempty"`
	FeedID     string   `json:"feed_id,omitempty"`
	Rights     string   `json:"rights,omitempty"`
	Generator  string   `json:"generator,omitempty"`
	Published  string   `json:"published,omitempty"`
	Updated    string   `json:"updated,omitempty"`
	Categories []string `json:"categories,omitempty"`
	Warnings   []string `json:"warnings,omitempty"`

	Steps []models.Step `json:"steps,omitempty"` // how it was read, where that was asked for
}

// Preview writes what would be published of one source, as a JSON Feed 1.1: the source's own
// words at its head, the page's stories in the order of the document, whole. A time is told only
// where the document told it, so stories may be undated; addresses of a document that came from
// nowhere stay relative. Warnings are those of the document.
func Preview(p *Page, feed models.Feed, warnings []string) ([]byte, error) {
	f := foreword(feed, warnings)
	ed := head(p)
	f.FeedUrl = either(f.FeedUrl, ed.outlet(p.View.Source).url)
	for i := range p.Stories {
		st := p.Stories[i]
		if len(st.Items) == 0 {
			continue
		}
		st.Published, st.Updated = told(st.Items[0].Published), told(st.Items[0].Updated)
		f.Items = append(f.Items, ed.preview(&st))
	}
	out, err := encode(f, 64<<10, "  ")
	if err != nil {
		return nil, fmt.Errorf("write a preview of %s: %w", either(feed.Title, feed.Self, "a source"), err)
	}
	return out, nil
}

func (ed *edition) preview(st *models.Story) jsonItem {
	e := ed.record(st)
	it := e.json()
	it.Published, it.Modified = rfc3339(st.Published), rfc3339(st.Updated)
	it.Own.Warnings, it.Own.Steps = e.warnings, st.Items[0].Steps
	for _, name := range st.Items[0].Places {
		it.Own.Places = append(it.Own.Places, line(name))
	}
	if e.link == e.page { // there is no page yet that a link could lead to
		it.Url = relative(st.Items[0].Link)
	}
	for _, m := range st.Items[0].Media {
		if at := relative(m.URL); at != "" && !m.Inline {
			it.Attachments = append(it.Attachments, jsonAttachment{at, mediaType(m.Type), line(m.Title), max(m.Length, 0)})
		}
	}
	it.Own.Page = ""
	return it
}

// foreword is the head of a preview.
func foreword(feed models.Feed, warnings []string) *jsonFeed {
	own := jsonOrigin{
		Version: feed.Version, FeedID: legal(feed.ID), Rights: line(feed.Rights), Generator: line(feed.Generator),
		Published: rfc3339(feed.Published), Updated: rfc3339(feed.Updated), Warnings: warnings,
		Steps: feed.Steps,
	}
	for _, c := range feed.Categories {
		own.Categories = enlisted(own.Categories, line(either(c.Term, c.Label)))
	}
	var by record
	by.involve(feed.People)
	return &jsonFeed{
		JSONFeed: feeds.JSONFeed{
			Version: jsonVersion, Title: line(feed.Title), Description: strings.TrimSpace(legal(feed.Description)),
			HomePageUrl: either(address(feed.Link), relative(feed.Link)), FeedUrl: address(feed.Self), NextUrl: address(feed.Next), Icon: address(feed.Image), Language: language(feed.Language),
		},
		Authors: jsonAuthors(by.authors),
		Items:   []jsonItem{},
		Own:     own,
	}
}

// told is a moment, unless it was only seen.
func told(m models.Moment) models.Millis {
	if m.From == models.FromSeen {
		return 0
	}
	return m.At
}
