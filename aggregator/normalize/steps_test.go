package normalize

import (
	"strings"
	"testing"
	"time"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// TestStepsTellHowADateWasRead: the rule, the zone, or why it was refused.
func TestStepsTellHowADateWasRead(t *testing.T) {
	for _, c := range []struct{ raw, zone, language, want string }{
		{"2026-10-04 09:30", "Asia/Shanghai", "zh-CN", "names no zone: Asia/Shanghai"},
		{"2026-10-04T09:30:00+09:00", "Asia/Shanghai", "zh-CN", "its own offset"},
		{"Sun, 04 Oct 2026 09:30:00 CST", "Asia/Shanghai", "", "CST is +08:00 for a source in Asia/Shanghai"},
		{"Sun, 04 Oct 2026 09:30:00 CST", "America/Chicago", "", "CST is -06:00 for a source in America/Chicago"},
		{"2026年10月4日", "Asia/Shanghai", "zh-CN", "a day without a time"},
		{"1790000000", "Asia/Shanghai", "", "seconds since 1970"},
		{"03/04/2026 10:00", "Europe/London", "en-GB", "day before month"},
		{"03/04/2026 10:00", "America/New_York", "en-US", "month before day"},
		{"03/04/2026 10:00", "Asia/Shanghai", "en", "refused: day and month can be read in two ways"},
		{"2026-02-30", "Asia/Shanghai", "zh-CN", "refused: there is no such day"},
		{"昨天 10:00", "Asia/Shanghai", "zh-CN", "refused: it holds a word"},
		{"2026-10-04 09:30 Asia/Nowhere", "Asia/Shanghai", "zh-CN", "refused: what its zone means"},
	} {
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		doc := &parse.Document{Entries: []parse.Entry{{GUID: "1", Published: c.raw}}}
		_, items := Items(doc, Input{Source: models.Source{Key: "a", Location: loc, Language: c.language}, Steps: true})
		if got := stepOf(items[0], "published"); !strings.Contains(got.Why, c.want) || got.From != c.raw {
			t.Errorf("%q in %s: %+v, want %q", c.raw, c.zone, got, c.want)
		}
	}
}

// TestStepsAreOneLineOfPlainText: nothing from outside reaches a terminal as more than characters.
func TestStepsAreOneLineOfPlainText(t *testing.T) {
	const evil = "甲\x1b[2J\u202e\r\n乙"
	pictures := strings.Repeat(`<img data-src="/1.jpg" src="/`+evil+`.gif">`, 3*maxPictures)
	doc := &parse.Document{Feed: parse.Head{Title: parse.Text{Value: evil}, Link: evil, ID: evil, Language: evil, Updated: evil}}
	doc.Entries = []parse.Entry{{
		GUID: evil, Link: evil, Title: parse.Text{Value: strings.Repeat(evil, 1000)}, Published: evil, Language: evil,
		People: []models.Person{{Name: evil}}, Categories: []models.Category{{Term: evil}}, Media: []models.Media{{URL: evil}},
		Content: parse.Text{Value: `<b onx` + evil + `=1>` + pictures, HTML: true},
	}}
	feed, items := Items(doc, Input{Source: models.Source{Key: "a"}, URL: "http://news.example/" + evil, Steps: true})
	steps := append(feed.Steps, items[0].Steps...)
	if len(steps) < 8 || len(steps) > 3*maxPictures {
		t.Errorf("%d steps", len(steps))
	}
	for _, s := range steps {
		for _, text := range []string{s.From, s.To, s.Why} {
			if strings.ContainsFunc(text, func(c rune) bool { return hidden(c) }) || len(text) > 3000 {
				t.Errorf("%s: %.100q", s.What, text)
			}
		}
	}
}

// TestStepsTellSharedIdentity: of entries with one guid each tells how its id came about.
func TestStepsTellSharedIdentity(t *testing.T) {
	doc := &parse.Document{Entries: []parse.Entry{
		{GUID: "x", Title: parse.Text{Value: "甲"}, Link: "http://news.example/1"},
		{GUID: "x", Title: parse.Text{Value: "乙"}, Link: "http://news.example/2"},
	}}
	_, items := Items(doc, Input{Source: models.Source{Key: "a"}, Steps: true})
	for _, it := range items {
		last := it.Steps[len(it.Steps)-1]
		if last.What != "id" || last.From != it.Identity || last.To != it.ID || !strings.Contains(last.Why, "several entries") {
			t.Errorf("%s: %+v", it.Title, last)
		}
	}
}

func stepOf(it models.Item, what string) models.Step {
	for _, s := range it.Steps {
		if s.What == what {
			return s
		}
	}
	return models.Step{}
}
