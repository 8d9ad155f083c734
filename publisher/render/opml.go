package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"civicfeed/models"
)

type opmlDocument struct {
	XMLName  xml.Name   `xml:"opml"`
	Version  string     `xml:"version,attr"`
	Title    string     `xml:"head>title"`
	Modified string     `xml:"head>dateModified,omitempty"`
	Outlines []*outline `xml:"body>outline"`
}

type outline struct {
	Text        string     `xml:"text,attr"`
	Title       string     `xml:"title,attr,omitempty"`
	Type        string     `xml:"type,attr,omitempty"`
	XMLURL      string     `xml:"xmlUrl,attr,omitempty"`
	HTMLURL     string     `xml:"htmlUrl,attr,omitempty"`
	Description string     `xml:"description,attr,omitempty"`
	Outlines    []*outline `xml:"outline"`
}

// OPML lists every published feed for readers to import (OPML 2.0): all, then the trees of
// sections and of regions. A heading with others below it is a folder whose first feed is its own.
// Changed is when the catalog last did; 0: unknown.
func OPML(cat *models.Catalog, base string, changed models.Millis) ([]byte, error) {
	title := siteTitle(cat)
	doc := opmlDocument{
		Version: "2.0", Title: title, Modified: rfc822(changed),
		Outlines: []*outline{subscription(base, models.View{}, title, cat.Site.Description)},
	}
	sections, places := "Sections", "Places"
	if strings.HasPrefix(cat.Site.Language, "zh") {
		sections, places = "栏目", "地区"
	}
	var branches []branch
	for _, s := range cat.Sections {
		feed := subscription(base, models.View{Section: s.Key}, either(line(s.Title), s.Key), s.Description)
		branches = append(branches, branch{s.Key, s.Parent, feed})
	}
	doc.Outlines = append(doc.Outlines, folder(sections, branches)...)
	branches = nil
	for _, r := range cat.Regions {
		feed := subscription(base, models.View{Region: r.Key}, either(line(r.Name), r.Key), "")
		branches = append(branches, branch{r.Key, r.Parent, feed})
	}
	doc.Outlines = append(doc.Outlines, folder(places, branches)...)

	var out bytes.Buffer
	out.WriteString(xml.Header)
	enc := xml.NewEncoder(&out)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return nil, fmt.Errorf("write the list of subscriptions: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func subscription(base string, v models.View, text, description string) *outline {
	home := base + v.Name() + ".html"
	if v == (models.View{}) {
		home = base
	}
	return &outline{
		Text: text, Title: text, Type: "rss", Description: line(description),
		XMLURL: base + v.Name() + ".rss", HTMLURL: home,
	}
}

// branch is a feed in its tree.
type branch struct {
	key, parent string
	feed        *outline
}

// folder holds a whole tree; nothing where there is none.
func folder(text string, all []branch) []*outline {
	if len(all) == 0 {
		return nil
	}
	return []*outline{{Text: text, Outlines: below("", all)}}
}

func below(parent string, all []branch) []*outline {
	var found []*outline
	for _, b := range all {
		if b.parent != parent || b.key == parent {
			continue
		}
		if children := below(b.key, all); len(children) > 0 {
			found = append(found, &outline{
				Text:     b.feed.Text,
				Outlines: append([]*outline{b.feed}, children...),
			})
			continue
		}
		found = append(found, b.feed)
	}
	return found
}
