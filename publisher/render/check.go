package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// CheckRSS reads an RSS document strictly: well-formed XML, one root, and of what the
// specification and our readers need, everything there.
func CheckRSS(data []byte) error {
	var doc struct {
		XMLName xml.Name `xml:"rss"`
		Version string   `xml:"version,attr"`
		Channel struct {
			Title       string      `xml:"title"`
			Description string      `xml:"description"`
			Built       string      `xml:"lastBuildDate"`
			Links       []checkLink `xml:"link"`
			Items       []struct {
				Title string      `xml:"title"`
				Links []checkLink `xml:"link"`
				GUID  string      `xml:"guid"`
				Date  string      `xml:"pubDate"`
			} `xml:"item"`
		} `xml:"channel"`
	}
	if err := decode(data, &doc); err != nil {
		return fmt.Errorf("check RSS: %w", err)
	}
	ch := doc.Channel
	var c checker
	c.want("version", doc.Version == "2.0")
	c.want("channel title", ch.Title != "")
	c.want("channel description", ch.Description != "")
	c.want("channel link", plainLink(ch.Links) != "")
	c.want("channel self link", relLink(ch.Links, "self") != "")
	c.date("lastBuildDate", time.RFC1123Z, ch.Built)
	for i, it := range ch.Items {
		c.in(i)
		c.want("title", it.Title != "")
		c.want("link", plainLink(it.Links) != "")
		c.unique("guid", it.GUID)
		c.date("pubDate", time.RFC1123Z, it.Date)
	}
	return c.result("RSS")
}

// CheckAtom reads an Atom document strictly (RFC 4287 sections 4.1.1 and 4.1.2).
func CheckAtom(data []byte) error {
	type source struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
	}
	var doc struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  string      `xml:"author>name"`
		Links   []checkLink `xml:"link"`
		Entries []struct {
			ID        string      `xml:"id"`
			Title     string      `xml:"title"`
			Updated   string      `xml:"updated"`
			Published string      `xml:"published"`
			Links     []checkLink `xml:"link"`
			Source    *source     `xml:"source"`
		} `xml:"entry"`
	}
	if err := decode(data, &doc); err != nil {
		return fmt.Errorf("check Atom: %w", err)
	}
	var c checker
	c.want("id", doc.ID != "")
	c.want("title", doc.Title != "")
	c.want("updated", doc.Updated != "")
	c.date("updated", time.RFC3339, doc.Updated)
	c.want("author", doc.Author != "")
	c.want("self link", relLink(doc.Links, "self") != "")
	for i, e := range doc.Entries {
		c.in(i)
		c.unique("id", e.ID)
		c.want("title", e.Title != "")
		c.want("updated", e.Updated != "")
		c.date("updated", time.RFC3339, e.Updated)
		c.date("published", time.RFC3339, e.Published)
		c.want("alternate link", relLink(e.Links, "alternate") != "")
		c.want("source", e.Source == nil || e.Source.ID != "" && e.Source.Title != "" && e.Source.Updated != "")
	}
	return c.result("Atom")
}

// CheckJSON reads a JSON Feed strictly (www.jsonfeed.org/version/1.1).
func CheckJSON(data []byte) error {
	var doc struct {
		Version string `json:"version"`
		Title   string `json:"title"`
		FeedURL string `json:"feed_url"`
		Items   []struct {
			ID        string  `json:"id"`
			URL       string  `json:"url"`
			HTML      *string `json:"content_html"`
			Text      *string `json:"content_text"`
			Published string  `json:"date_published"`
			Modified  string  `json:"date_modified"`
		} `json:"items"`
	}
	if !utf8.Valid(data) {
		return errors.New("check JSON Feed: not UTF-8")
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return fmt.Errorf("check JSON Feed: %w", err)
	}
	var c checker
	c.want("version", doc.Version == jsonVersion)
	c.want("title", doc.Title != "")
	c.want("feed_url", absolute(doc.FeedURL))
	c.want("items", doc.Items != nil)
	for i, it := range doc.Items {
		c.in(i)
		c.unique("id", it.ID)
		c.want("url", absolute(it.URL))
		c.want("content", it.HTML != nil || it.Text != nil)
		c.date("date_published", time.RFC3339, it.Published)
		c.date("date_modified", time.RFC3339, it.Modified)
	}
	return c.result("JSON Feed")
}

// CheckHTML sees that a page is whole: UTF-8 without control characters, from doctype to end.
func CheckHTML(data []byte) error {
	var c checker
	text := bytes.TrimSpace(data)
	c.want("UTF-8", utf8.Valid(data))
	c.want("doctype", len(text) > 15 && strings.EqualFold(string(text[:15]), "<!doctype html>"))
	c.want("end", bytes.HasSuffix(bytes.ToLower(text), []byte("</html>")))
	c.want("text without control characters", bytes.IndexFunc(data, illegal) < 0)
	return c.result("HTML")
}

// decode reads one whole XML document into v; anything after its root but space is an error.
func decode(data []byte, v any) error {
	d := xml.NewDecoder(bytes.NewReader(withoutBodies(data)))
	if err := d.Decode(v); err != nil {
		return err
	}
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if text, ok := token.(xml.CharData); !ok || len(bytes.TrimSpace(text)) > 0 {
			return errors.New("something follows the root element")
		}
	}
}

// checkLink is a link of RSS, whose address is its text, or of Atom.
type checkLink struct {
	XMLName xml.Name
	Rel     string `xml:"rel,attr"`
	Href    string `xml:"href,attr"`
	Text    string `xml:",chardata"`
}

func plainLink(links []checkLink) string {
	for _, l := range links {
		if l.XMLName.Space == "" && absolute(l.Text) {
			return l.Text
		}
	}
	return ""
}

func relLink(links []checkLink, rel string) string {
	for _, l := range links {
		if l.XMLName.Space == nsAtom && l.Rel == rel && absolute(l.Href) {
			return l.Href
		}
	}
	return ""
}

func absolute(s string) bool { return s != "" && address(s) == s }

// checker collects what is wrong with a document.
type checker struct {
	place string
	seen  map[string]bool
	errs  []error
}

func (c *checker) in(item int) { c.place = fmt.Sprintf("item %d: ", item+1) }

func (c *checker) want(what string, ok bool) {
	if !ok {
		c.errs = append(c.errs, fmt.Errorf("%s%s is missing or wrong", c.place, what))
	}
}

func (c *checker) unique(what, value string) {
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	c.want(what, value != "" && !c.seen[value])
	c.seen[value] = true
}

func (c *checker) date(what, layout, value string) {
	if value == "" {
		return
	}
	_, err := time.Parse(layout, value)
	c.want(what, err == nil)
}

func (c *checker) result(format string) error {
	if len(c.errs) == 0 {
		return nil
	}
	return fmt.Errorf("check %s: %w", format, errors.Join(c.errs...))
}
