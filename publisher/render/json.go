package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"civicfeed/models"

	"github.com/gorilla/feeds"
)

const jsonVersion = "https://jsonfeed.org/version/1.1"

func jsonFormat() Format {
	return Format{
		Suffix: "json", Name: "JSON Feed", MediaType: "application/feed+json", Also: []string{"application/json"},
		Order: models.ByListed, Feed: true, Archives: true,
		Render: JSON, Story: StoryJSON, Check: CheckJSON,
	}
}

// JSON writes a page as JSON Feed 1.1 (www.jsonfeed.org/version/1.1), with what civicfeed knows
// beyond it in objects named _civicfeed.
func JSON(p *Page) (Body, error) { return jsonScript().write(p) }

func jsonScript() *script {
	return &script{
		Format: jsonFormat(), joint: ",",
		head:  func(ed *edition) ([]byte, error) { return encode(ed.json(), 4<<10, "") },
		seam:  func(head []byte) int { return bytes.Index(head, []byte(noItems)) + len(noItems) - 1 },
		entry: func(e *record) ([]byte, error) { return encodeItem(e.json(), e.size()) },
		least: `{"version":"` + jsonVersion + `","title":"-","feed_url":"http://-/",` + noItems + `}`,
	}
}

// noItems is an empty list of them. It is in no text, where quotes are escaped.
const noItems = `"items":[]`

// encodeItem writes an item as it stands in a list.
func encodeItem(it jsonItem, size int) ([]byte, error) {
	b, err := encode(it, size, "")
	return bytes.TrimSuffix(b, []byte("\n")), err
}

// StoryJSON writes one story, the page's first, as a JSON Feed of a single item.
func StoryJSON(p *Page) ([]byte, error) {
	if len(p.Stories) == 0 || !publishable(&p.Stories[0]) {
		return nil, fmt.Errorf("write a story as JSON Feed: nothing that can be published")
	}
	one := Page{Catalog: p.Catalog, Base: p.Base, Sources: p.Sources}
	ed, st := head(&one), &p.Stories[0]
	e := ed.record(st).condensed()
	ed.name, ed.home, ed.updated = "stories/"+st.ID, e.page, e.updated
	ed.title = e.headline + " - " + ed.site.Title
	f := ed.json()
	f.Items = append(f.Items, e.json())
	out, err := encode(f, e.size(), "")
	if err != nil {
		return nil, fmt.Errorf("write %s as JSON Feed: %w", ed.name, err)
	}
	return out, nil
}

// As in rss.go, a field of ours shadows the library's of the same name where that falls short.
type jsonFeed struct {
	feeds.JSONFeed
	Authors []jsonAuthor `json:"authors,omitempty"`
	Items   []jsonItem   `json:"items"`
	Own     any          `json:"_civicfeed,omitempty"`
}

type jsonItem struct {
	feeds.JSONItem
	ContentText *string          `json:"content_text,omitempty"`
	Published   string           `json:"date_published,omitempty"`
	Modified    string           `json:"date_modified,omitempty"`
	Authors     []jsonAuthor     `json:"authors,omitempty"`
	Attachments []jsonAttachment `json:"attachments,omitempty"`
	Language    string           `json:"language,omitempty"`
	Own         jsonStory        `json:"_civicfeed"`
}

type jsonAuthor struct {
	Name string    `json:"name,omitempty"`
	URL  string    `json:"url,omitempty"`
	Own  *jsonMail `json:"_civicfeed,omitempty"`
}

type jsonMail struct {
	Email string `json:"email"`
}

type jsonAttachment struct {
	URL   string `json:"url"`
	Type  string `json:"mime_type"`
	Title string `json:"title,omitempty"`
	Size  int64  `json:"size_in_bytes,omitempty"`
}

type jsonView struct {
	View    string `json:"view"`
	Updated string `json:"updated,omitempty"`
	First   string `json:"first,omitempty"` // of a page that is not the first
	Newer   string `json:"newer,omitempty"` // where what comes in later will be found
	Archive bool   `json:"archive,omitempty"`
	Current string `json:"current,omitempty"`
	Before  string `json:"prev_archive,omitempty"`
}

type jsonStory struct {
	Page       string        `json:"page,omitempty"`
	Source     jsonSource    `json:"source"`
	Copies     []jsonCopy    `json:"copies,omitempty"`
	Byline     []jsonPart    `json:"byline,omitempty"`
	Credit     string        `json:"credit,omitempty"`
	Editor     string        `json:"editor,omitempty"`
	Breadcrumb []string      `json:"breadcrumb,omitempty"`
	Column     string        `json:"column,omitempty"`
	Previous   *jsonNear     `json:"previous,omitempty"`
	Next       *jsonNear     `json:"next,omitempty"`
	Sections   []jsonHeading `json:"sections,omitempty"`
	Regions    []jsonHeading `json:"regions,omitempty"`
	Precision  string        `json:"precision,omitempty"`
	TimeFrom   string        `json:"time_from,omitempty"`
	GUID       string        `json:"guid,omitempty"`
	Categories []string      `json:"categories,omitempty"`
	Media      []string      `json:"media,omitempty"`
	Rights     string        `json:"rights,omitempty"`
	Comments   string        `json:"comments,omitempty"`
	Places     []string      `json:"places,omitempty"` // named in title and text; of a preview only
	Warnings   []string      `json:"warnings,omitempty"`
	Steps      []models.Step `json:"steps,omitempty"` // of a preview only
}

type jsonSource struct {
	Key  string `json:"key,omitempty"`
	Name string `json:"name,omitempty"`
	URL  string `json:"url,omitempty"`
}

type jsonCopy struct {
	Source    string `json:"source"`
	Title     string `json:"title,omitempty"`
	URL       string `json:"url"`
	Published string `json:"published,omitempty"`
}

type jsonPart struct {
	Role   string `json:"role,omitempty"`
	Name   string `json:"name"`
	Outlet string `json:"outlet,omitempty"`
}

// jsonNear is the article before or after on its own site.
type jsonNear struct {
	Title  string `json:"title,omitempty"`
	URL    string `json:"url,omitempty"`
	Column string `json:"column,omitempty"`
}

type jsonHeading struct {
	Key  string `json:"key"`
	Name string `json:"name"`
}

// json is the head.
func (ed *edition) json() *jsonFeed {
	f := &jsonFeed{
		JSONFeed: feeds.JSONFeed{
			Version: jsonVersion, Title: ed.title, Language: ed.language, HomePageUrl: ed.home,
			FeedUrl: ed.self("json"), Description: ed.description,
		},
		Items: []jsonItem{},
	}
	own := jsonView{View: ed.name, Updated: rfc3339(ed.updated), Archive: ed.closed > 0}
	for _, r := range ed.relations("json") {
		switch r.rel {
		case "next":
			f.NextUrl = r.href
		case "first":
			own.First = r.href
		case "current":
			own.Current = r.href
		case "prev-archive":
			own.Before = r.href
		}
	}
	if ed.newer != "" {
		own.Newer = ed.at("json", ed.newer)
	}
	f.Own = own
	return f
}

func (e *record) json() jsonItem {
	it := jsonItem{
		JSONItem: feeds.JSONItem{
			Id: e.id, Url: e.link, Title: e.title, Summary: e.summary, ContentHTML: e.content,
			Image: e.image, Tags: e.tags(),
		},
		Published: rfc3339(e.published), Modified: rfc3339(e.updated),
		Authors: jsonAuthors(e.authors), Language: e.language,
		Own: e.own(),
	}
	if e.content == "" { // one of the two must be there
		text := either(e.text, e.summary)
		it.ContentText = &text
	}
	for _, m := range e.attached {
		it.Attachments = append(it.Attachments, jsonAttachment{m.URL, m.Type, m.Title, m.Length})
	}
	return it
}

func (e *record) own() jsonStory {
	s := jsonStory{
		Page:   e.page,
		Source: jsonSource{e.source.key, e.source.name, e.source.url},
		Credit: e.credit,
		Editor: e.editor,
		Column: e.column, Breadcrumb: e.breadcrumb,
		Previous: jsonNeighbour(e.previous), Next: jsonNeighbour(e.next),
		Sections: jsonHeadings(e.sections), Regions: jsonHeadings(e.regions),
		Precision: string(e.precision), TimeFrom: string(e.timeFrom),
		GUID: e.guid, Rights: e.rights, Comments: e.comments,
	}
	for _, c := range e.copies {
		s.Copies = append(s.Copies, jsonCopy{c.source, c.title, c.url, rfc3339(c.published)})
	}
	for _, p := range e.byline {
		s.Byline = append(s.Byline, jsonPart{p.Role, p.Name, p.Outlet})
	}
	for _, c := range e.categories {
		s.Categories = enlisted(s.Categories, c.Term)
	}
	for _, m := range e.inline {
		s.Media = append(s.Media, m.URL)
	}
	if e.image != "" && len(e.attached) == 0 && !strings.Contains(e.content, markup(e.image)) {
		s.Media = enlisted(s.Media, e.image)
	}
	return s
}

func jsonNeighbour(n models.Neighbour) *jsonNear {
	if n.Title == "" && n.URL == "" {
		return nil
	}
	return &jsonNear{n.Title, n.URL, n.Column}
}

// enlisted is a list with a word in it, once.
func enlisted(list []string, word string) []string {
	if slices.Contains(list, word) {
		return list
	}
	return append(list, word)
}

func jsonAuthors(people []models.Person) []jsonAuthor {
	var all []jsonAuthor
	for _, p := range people {
		a := jsonAuthor{Name: p.Name, URL: p.URI}
		if a.Name == a.URL { // it goes by its address for want of a name
			a.Name = ""
		}
		if p.Email != "" {
			a.Own = &jsonMail{p.Email}
		}
		all = append(all, a)
	}
	return all
}

func jsonHeadings(headings []heading) []jsonHeading {
	var all []jsonHeading
	for _, h := range headings {
		all = append(all, jsonHeading{h.key, h.name})
	}
	return all
}

// encode writes a document of about size bytes, its lines indented by indent; empty: on one line.
func encode(v any, size int, indent string) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(size)
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
