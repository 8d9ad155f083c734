package normalize

import (
	"testing"
	"time"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// TestPageDates reads the table of dates on pages and in lists: the raw words, zone and language, the
// moment of the visit, the address of the item, the expected time and its precision.
func TestPageDates(t *testing.T) {
	rows := table(t, "testdata/pagedates.tsv", 8)
	if len(rows) < 60 {
		t.Errorf("%d dates, want 60", len(rows))
	}
	for _, row := range rows {
		loc, err := time.LoadLocation(row[1])
		if err != nil {
			t.Fatal(err)
		}
		in := Input{Source: models.Source{Location: loc, Language: row[2]}}
		if row[3] != "" {
			if in.Day, err = time.Parse(time.RFC3339, row[3]); err != nil {
				t.Fatal(err)
			}
		}
		m := &merging{document: newDocument(&parse.Document{Version: "page"}, in), it: &models.Item{Link: row[4]}}
		at, got := m.when("published", row[0]), ""
		if at.At != 0 {
			got = at.At.Time().Format(time.RFC3339)
		}
		if got != row[5] || string(at.Precision) != row[6] {
			t.Errorf("%s: %q is %q (%s), want %q (%s)", row[7], row[0], got, at.Precision, row[5], row[6])
		}
	}
}

// TestReckonedDatesAreFrozen visits a list again later: what 3小时前 meant at first sight stays.
func TestReckonedDatesAreFrozen(t *testing.T) {
	loc := time.FixedZone("CST", 8*3600)
	visit := func(day time.Time, raw string) models.Item {
		doc := &parse.Document{Version: "page", Entries: []parse.Entry{{Link: "http://www.xizhou.cn/a/1.html", Title: parse.Text{Value: "会议"}, Published: raw}}}
		_, items := Items(doc, Input{Source: models.Source{Key: "s", Location: loc, Language: "zh-CN"}, URL: "http://www.xizhou.cn/a/", Day: day})
		return items[0]
	}
	first := time.Date(2026, 10, 4, 15, 10, 0, 0, loc)
	held := visit(first, "3小时前")
	held.Admit(models.MillisOf(first))
	if want := models.MillisOf(first.Add(-3 * time.Hour)); held.Published.At != want {
		t.Fatalf("3小时前 is %v", held.Published.At.Time())
	}
	for raw, after := range map[string]time.Duration{"4小时前": 30 * time.Minute, "昨天 11:50": 20 * time.Hour, "10-04": 30 * time.Hour, "3天前": 80 * time.Hour} {
		again := visit(first.Add(after), raw)
		if again.ID != held.ID || again.Redates(held) {
			t.Errorf("%s redates it from %v to %v", raw, held.Published.At.Time(), again.Published.At.Time())
		}
	}
}

// TestDayPreciseItemsKeepTheirPlace orders items of one day by when they were first seen.
func TestDayPreciseItemsKeepTheirPlace(t *testing.T) {
	midnight := models.MillisOf(time.Date(2026, 10, 4, 0, 0, 0, 0, time.FixedZone("CST", 8*3600)))
	const hour = 60 * 60 * 1000
	item := func(seen models.Millis) models.Item {
		it := models.Item{Published: models.Moment{At: midnight, Precision: models.Day, From: models.FromPage, Raw: "10-04"}}
		it.Admit(seen)
		return it
	}
	morning, noon, late := item(midnight+9*hour), item(midnight+12*hour), item(midnight+50*hour)
	if !(morning.Place() < noon.Place() && noon.Place() < late.Place() && late.Place() < midnight+24*hour) {
		t.Errorf("places %v, %v, %v", morning.Place().Time(), noon.Place().Time(), late.Place().Time())
	}
	again := item(midnight + 30*hour)
	again.Revise(noon, midnight+30*hour)
	if again.Place() != noon.Place() || again.Published.At != midnight {
		t.Errorf("another visit moves it from %v to %v", noon.Place().Time(), again.Place().Time())
	}
}
