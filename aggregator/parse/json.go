package parse

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed/json"

	"civicfeed/models"
)

// readJSON has gofeed read a JSON Feed (https://jsonfeed.org/version/1.1). One that does not
// fit its structs is bent into shape and read again.
func readJSON(text []byte) (*Document, error) {
	if err := jsonLimits(text); err != nil {
		return nil, err
	}
	text, mended, err := mend(text)
	if err != nil {
		return nil, err
	}
	var about struct {
		Version stdjson.RawMessage `json:"version"`
		Hubs    stdjson.RawMessage `json:"hubs"`
	}
	if err := stdjson.Unmarshal(text, &about); err != nil && !isShape(err) {
		return nil, models.Fail(models.ErrParse, "parse JSON: %w", err)
	}
	if !bytes.Contains(about.Version, []byte("jsonfeed.org")) {
		return nil, models.Fail(models.ErrNotAFeed, "not a feed: JSON whose version does not name jsonfeed.org")
	}
	d := &Document{Version: jsonVersion(string(about.Version)), Warnings: mended.warnings(), Partial: mended.truncated}
	f, err := new(json.Parser).Parse(bytes.NewReader(text))
	if isShape(err) {
		d.Warnings = append(d.Warnings, wrongKind(err))
		if text, err = bend(text); err == nil {
			f, err = new(json.Parser).Parse(bytes.NewReader(text))
		}
	}
	if err != nil {
		return nil, models.Fail(models.ErrParse, "parse JSON Feed: %w", err)
	}
	d.Feed = jsonHead(f)
	d.Feed.Hubs = hubs(about.Hubs)
	whole := slices.DeleteFunc(f.Items, func(i *json.Item) bool { return i == nil })
	if n := len(f.Items) - len(whole); n > 0 {
		d.Warnings = append(d.Warnings, count(n, "an item is null", "%d items are null"))
	}
	all := len(whole)
	whole = slices.DeleteFunc(whole, func(i *json.Item) bool { return strings.TrimSpace(i.ID) == "" })
	if n := all - len(whole); n > 0 { // as the specification wants it
		d.Warnings = append(d.Warnings, count(n, "an item was left out: it has no id", "%d items were left out: they have no id"))
	}
	if len(whole) > maxEntries {
		d.Warnings = append(d.Warnings, onlyFirst)
		whole = whole[:maxEntries]
	}
	for _, i := range whole {
		d.Entries = append(d.Entries, jsonEntry(i, or(d.Feed.Link, d.Feed.Self)))
	}
	return d, nil
}

// jsonLimits refuses JSON that nests too deep, or of which structs would fill all memory.
func jsonLimits(text []byte) error {
	depth, values, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ',':
			values++
		case c == '{' || c == '[':
			values++
			depth++
		case c == '}' || c == ']':
			depth--
		}
		if depth > maxJSONDepth {
			return models.Fail(models.ErrTooLarge, "parse JSON: values are nested more than %d deep", maxJSONDepth)
		}
		if values > maxValues {
			return models.Fail(models.ErrTooLarge, "parse JSON: more than %d values", maxValues)
		}
	}
	return nil
}

// isShape tells an error of kinds, in JSON that is JSON.
func isShape(err error) bool {
	var e *stdjson.UnmarshalTypeError
	return errors.As(err, &e)
}

func wrongKind(err error) string {
	var e *stdjson.UnmarshalTypeError
	if !errors.As(err, &e) {
		return ""
	}
	field := e.Field[strings.LastIndexByte(e.Field, '.')+1:]
	return fmt.Sprintf("values of the wrong kind were bent into shape, the first a %s for %s", e.Value, field)
}

func jsonVersion(version string) string {
	if strings.Contains(version, "1.1") {
		return "jsonfeed11"
	}
	return "jsonfeed1"
}

func jsonHead(f *json.Feed) Head {
	return Head{
		ID:          f.FeedURL,
		Title:       Text{Value: f.Title},
		Description: Text{Value: f.Description},
		Link:        strings.TrimSpace(f.HomePageURL),
		Self:        f.FeedURL,
		Next:        strings.TrimSpace(f.NextURL),
		Language:    f.Language,
		Image:       or(f.Icon, f.Favicon),
		People:      jsonPeople(f.Authors, f.Author),
	}
}

// jsonEntry reads an item. Its own addresses are relative to the home page, as readers of feeds
// take them; those in its texts to where the document lies.
func jsonEntry(i *json.Item, home string) Entry {
	e := Entry{
		GUID:      i.ID,
		Link:      at(home, or(i.URL, i.ExternalURL)),
		Title:     Text{Value: i.Title},
		Summary:   Text{Value: i.Summary},
		Content:   Text{Value: i.ContentHTML, HTML: true},
		Published: i.DatePublished,
		Updated:   i.DateModified,
		People:    jsonPeople(i.Authors, i.Author),
		Image:     at(home, or(i.Image, i.BannerImage)),
		Language:  i.Language,
	}
	if e.Content.Value == "" {
		e.Content = Text{Value: i.ContentText}
	}
	if e.Link == "" && isWeb(e.GUID) {
		e.Link, e.IsLink = e.GUID, true
	}
	for _, tag := range i.Tags {
		if tag = strings.TrimSpace(tag); tag != "" {
			e.Categories = append(e.Categories, models.Category{Term: tag})
		}
	}
	if i.Attachments != nil {
		for _, a := range *i.Attachments {
			e.Media = appendMedia(e.Media, models.Media{URL: at(home, a.URL), Type: a.MimeType, Length: max(a.SizeInBytes, 0), Title: a.Title})
		}
	}
	return e
}

func at(home, address string) string {
	if address = strings.TrimSpace(address); address == "" {
		return ""
	}
	return join(home, address)
}

func jsonPeople(authors []*json.Author, author *json.Author) []models.Person {
	if len(authors) == 0 {
		authors = []*json.Author{author}
	}
	var all []models.Person
	for _, a := range authors {
		if a != nil && (a.Name != "" || a.URL != "") {
			all = append(all, models.Person{Role: "author", Name: a.Name, URI: a.URL})
		}
	}
	return all
}

func hubs(raw stdjson.RawMessage) []string {
	var list []struct {
		Type, URL string
	}
	if len(raw) == 0 || stdjson.Unmarshal(raw, &list) != nil {
		return nil
	}
	var all []string
	for _, h := range list {
		if strings.EqualFold(h.Type, "WebSub") || strings.EqualFold(h.Type, "PubSubHubbub") {
			all = append(all, h.URL)
		}
	}
	return all
}
