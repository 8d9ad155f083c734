package main

import (
	"encoding/json"
	"testing"
	"time"
)

// report is what is expected of a feed, or was read in it, in the form of the corpus: a field that
// is absent is empty.
type report struct {
	OK      bool       `json:"ok"`
	Version string     `json:"version"`
	Feed    account    `json:"feed"`
	Entries []*account `json:"entries"`
}

// account is what a feed or an entry says of itself.
type account struct {
	ID, Title, Subtitle, Link, Language, Image, Rights, Generator, Summary, Content, Comments string

	Published, Updated string // UTC
	PublishedRaw       string `json:"published_raw"`
	UpdatedRaw         string `json:"updated_raw"`
	Authors            []person
	Categories         []string
	Labels             []string `json:"category_labels"`
	Enclosures         []attachment
	Media              []string
}

type person struct{ Name, Email, URI string }

type attachment struct{ URL, Type, Length string }

// reported reads the JSON Feed that preview prints. Times that only say when an item was first
// seen are none of the feed's.
func reported(t *testing.T, doc []byte) report {
	t.Helper()
	type people []struct {
		Name, URL string
		Own       struct{ Email string } `json:"_civicfeed"`
	}
	var in struct {
		Title, Description, Language, Icon string
		HomePage                           string `json:"home_page_url"`
		Authors                            people
		Own                                struct {
			Version, Rights, Generator, Published, Updated string
			FeedID                                         string `json:"feed_id"`
			Categories                                     []string
		} `json:"_civicfeed"`
		Items []struct {
			URL, Title, Summary string
			HTML                string `json:"content_html"`
			Text                string `json:"content_text"`
			Published           string `json:"date_published"`
			Modified            string `json:"date_modified"`
			Authors             people
			Tags                []string
			Attachments         []struct {
				URL  string
				Type string `json:"mime_type"`
			}
			Own struct {
				GUID, Comments    string
				TimeFrom          string `json:"time_from"`
				Categories, Media []string
			} `json:"_civicfeed"`
		}
	}
	if err := json.Unmarshal(doc, &in); err != nil {
		t.Errorf("preview prints no JSON: %v\n%s", err, doc)
	}
	who := func(all people) (out []person) {
		for _, p := range all {
			out = append(out, person{p.Name, p.Own.Email, p.URL})
		}
		return out
	}
	r := report{OK: true, Version: in.Own.Version, Feed: account{
		ID: in.Own.FeedID, Title: in.Title, Subtitle: in.Description, Link: in.HomePage, Language: in.Language, Image: in.Icon,
		Rights: in.Own.Rights, Generator: in.Own.Generator, Published: utc(in.Own.Published), Updated: utc(in.Own.Updated),
		Authors: who(in.Authors), Categories: in.Own.Categories,
	}}
	for _, i := range in.Items {
		a := &account{
			ID: i.Own.GUID, Title: i.Title, Link: i.URL, Summary: i.Summary, Content: i.HTML, Comments: i.Own.Comments,
			Authors: who(i.Authors), Categories: i.Own.Categories, Media: i.Own.Media,
		}
		if a.Content == "" {
			a.Content = i.Text
		}
		if len(a.Categories) == 0 {
			a.Categories = i.Tags
		}
		if i.Own.TimeFrom != "seen" {
			a.Published, a.Updated = utc(i.Published), utc(i.Modified)
		}
		for _, e := range i.Attachments {
			a.Enclosures = append(a.Enclosures, attachment{URL: e.URL, Type: e.Type})
		}
		r.Entries = append(r.Entries, a)
	}
	return r
}

// utc writes a time of RFC 3339 as the corpus does.
func utc(s string) string {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	return at.UTC().Format("2006-01-02T15:04:05Z")
}
