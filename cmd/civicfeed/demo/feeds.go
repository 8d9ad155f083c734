package demo

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"text/template"
	"time"
)

// feed is what the templates see.
type feed struct {
	Base    string // of absolute addresses, without the last slash
	Source  source
	Entries []entry
	Updated time.Time // of the newest entry
}

func feedFuncs() template.FuncMap {
	return template.FuncMap{"x": escapeXML}
}

// escapeXML makes text safe in elements and attributes.
func escapeXML(s string) (string, error) {
	var b bytes.Buffer
	err := xml.EscapeText(&b, []byte(s))
	return b.String(), err
}

// render writes a source's feed as it stands at a moment, in its own bytes.
func (c *City) render(s source, base string, now time.Time) (body []byte, updated time.Time, err error) {
	f := feed{Base: base, Source: s, Entries: c.latest(s, now), Updated: c.start}
	if len(f.Entries) > 0 {
		f.Updated = f.Entries[0].Published
	}
	if s.Format == "json" {
		body, err = f.json()
		return body, f.Updated, err
	}
	var b bytes.Buffer
	if s.Format == listed {
		if err := c.pages.ExecuteTemplate(&b, "town-list.html", f); err != nil {
			return nil, f.Updated, fmt.Errorf("render the list of %s: %w", s.Key, err)
		}
		return c.encode(s, b.Bytes()), f.Updated, nil
	}
	if err := c.feeds.ExecuteTemplate(&b, s.Format+".xml", f); err != nil {
		return nil, f.Updated, fmt.Errorf("render the feed of %s: %w", s.Key, err)
	}
	return c.encode(s, b.Bytes()), f.Updated, nil
}

// encode puts what a source sends into its charset.
func (c *City) encode(s source, text []byte) []byte {
	if e, ok := c.encoders[s.Charset]; ok {
		return e.encode(text)
	}
	return text
}

// json writes JSON Feed 1.1.
func (f feed) json() ([]byte, error) {
	type author struct {
		Name string `json:"name"`
	}
	type item struct {
		ID        string    `json:"id"`
		URL       string    `json:"url"`
		Title     string    `json:"title"`
		Content   string    `json:"content_html"`
		Summary   string    `json:"summary"`
		Image     string    `json:"image,omitempty"`
		Published time.Time `json:"date_published"`
		Authors   []author  `json:"authors,omitempty"`
		Tags      []string  `json:"tags"`
	}
	items := []item{}
	for _, e := range f.Entries {
		it := item{
			ID: fmt.Sprintf("jt-%d", e.Serial), URL: f.Base + e.Link, Title: e.Title, Content: e.HTML(f.Base),
			Summary: e.Summary(), Published: e.Published, Tags: []string{e.Category},
		}
		if e.Picture != "" {
			it.Image = f.Base + e.Picture
		}
		for _, name := range e.Authors {
			it.Authors = append(it.Authors, author{name})
		}
		items = append(items, it)
	}
	return json.MarshalIndent(map[string]any{
		"version":       "https://jsonfeed.org/version/1.1",
		"title":         f.Source.Name,
		"home_page_url": f.Base + f.Source.Home,
		"feed_url":      f.Base + f.Source.Feed,
		"description":   "公交、渡轮、道路施工和停车信息",
		"language":      "zh-CN",
		"items":         items,
	}, "", "  ")
}
