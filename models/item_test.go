package models

import "testing"

func TestAdmitDatesANewItem(t *testing.T) {
	const seen = Millis(1_000_000)
	feed := func(at Millis) Moment { return Moment{At: at, Precision: Minute, From: FromFeed, Raw: "as written"} }
	for name, c := range map[string]struct {
		published, updated         Moment
		wantPublished, wantUpdated Millis
		wantFrom                   Origin
	}{
		"as told":                        {feed(5), feed(7), 5, 7, FromFeed},
		"no update":                      {feed(5), Moment{}, 5, 5, FromFeed},
		"an update only":                 {Moment{}, feed(7), 7, 7, FromFeed},
		"an update before it was there":  {feed(5), feed(3), 5, 5, FromFeed},
		"no date":                        {Moment{}, Moment{}, seen, seen, FromSeen},
		"a date that nobody can read":    {Moment{Raw: "as written"}, Moment{}, seen, seen, FromSeen},
		"a date to come":                 {feed(seen + 1), Moment{}, seen, seen, FromSeen},
		"an update to come":              {feed(5), feed(seen + 1), 5, 5, FromFeed},
		"the very moment it was seen at": {feed(seen), feed(seen), seen, seen, FromFeed},
	} {
		it := Item{Published: c.published, Updated: c.updated}
		it.Admit(seen)
		if it.FirstSeen != seen || it.Published.At != c.wantPublished || it.Updated.At != c.wantUpdated || it.Published.From != c.wantFrom {
			t.Errorf("%s: published %+v, updated %+v", name, it.Published, it.Updated)
		}
		if it.Published.Raw != c.published.Raw && c.published.Raw != "" {
			t.Errorf("%s: what was written is lost: %+v", name, it.Published)
		}
	}
}

func TestReviseKeepsWhatWasSettled(t *testing.T) {
	held := Item{Story: "s", FirstSeen: 100, Published: Moment{At: 50, From: FromFeed}, Updated: Moment{At: 60}}
	for name, c := range map[string]struct{ told, want Millis }{
		"the source dates its update": {70, 70},
		"the source does not":         {0, 1000},
		"the same date as before":     {60, 1000},
		"a date to come":              {1001, 1000},
	} {
		it := Item{Hash: "another", Published: Moment{At: 55, From: FromFeed}, Updated: Moment{At: c.told}}
		it.Revise(held, 1000)
		if it.FirstSeen != 100 || it.Published.At != 50 || it.Story != "s" || it.Updated.At != c.want {
			t.Errorf("%s: %+v", name, it)
		}
	}
}

func TestReviseWithoutAnUpdateKeepsItsDate(t *testing.T) {
	held := Item{Hash: "same", Updated: Moment{At: 60}}
	it := Item{Hash: "same", Updated: Moment{At: 70}, Categories: []Category{{Term: "通知公告"}}}
	if it.Revise(held, 1000); it.Updated.At != 60 {
		t.Errorf("updated %d, though people read what they read before", it.Updated.At)
	}
}

func TestSumSeesFactsButNotDates(t *testing.T) {
	it := Item{ID: "a", Hash: "h", Content: "<p>桂花</p>", Categories: []Category{{Term: "要闻"}}}
	sum := it.Sum()
	dated := it
	dated.Published, dated.Updated, dated.FirstSeen, dated.Story = Moment{At: 1}, Moment{At: 2}, 3, "s"
	if dated.Sum() != sum {
		t.Error("a date alone is not written anew")
	}
	it.Categories = []Category{{Term: "通知公告"}}
	if it.Sum() == sum {
		t.Error("another category must be")
	}
}

func TestRedates(t *testing.T) {
	for name, c := range map[string]struct {
		told Millis
		held Moment
		want bool
	}{
		"told at last":          {50, Moment{At: 100, From: FromSeen}, true},
		"earlier than before":   {50, Moment{At: 60, From: FromFeed}, true},
		"later than before":     {70, Moment{At: 60, From: FromFeed}, false},
		"the same":              {60, Moment{At: 60, From: FromFeed}, false},
		"none":                  {0, Moment{At: 60, From: FromFeed}, false},
		"still to come at last": {200, Moment{At: 100, From: FromSeen, Raw: "2099-01-01"}, false},
	} {
		it := Item{Published: Moment{At: c.told, From: FromFeed}}
		if got := it.Redates(Item{Published: c.held}); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
