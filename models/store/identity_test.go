package store

import (
	"testing"
	"time"

	"civicfeed/models"
)

// What is withheld of a source, and how hurried it is, is known to later visits, whatever they bring,
// and told as what is wrong with it; a source at a new address starts afresh, but what waits is not forgotten.
func TestR19R26KeptWithTheSource(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, clock := ready(t, d)
		now := clock.millisNow()
		withheld := models.Withheld{Since: now, Upto: now - day, Items: 7}
		first := fetched(t, s, claim(t, s, "dong-news"), item("dong-news", "a", now))
		first.Haste, first.Withheld = 2, withheld
		must(t, s.Save(t.Context(), []*models.Delivery{first}))
		for _, outcome := range []models.Outcome{models.Unchanged, models.Failed, models.Fetched} {
			c := claim(t, s, "dong-news")
			if c.Haste != 2 || c.Withheld != withheld || c.Calm {
				t.Fatalf("%s: claimed with %d, %+v, calm %v", outcome, c.Haste, c.Withheld, c.Calm)
			}
			next := fetched(t, s, c)
			next.Visit.Outcome, next.Haste, next.Withheld = outcome, c.Haste, c.Withheld
			if outcome == models.Failed {
				next.Visit.Class = models.ErrDNS
			}
			must(t, s.Save(t.Context(), []*models.Delivery{next}))
			want := models.ErrUnknown
			if outcome == models.Failed {
				want = models.ErrDNS
			}
			if st := state(t, s, "dong-news"); st.Class != want || st.Withheld != withheld || st.Haste != 2 {
				t.Errorf("after %s: %q, %+v, %d", outcome, st.Class, st.Withheld, st.Haste)
			}
		}
		moved := city()
		source(moved, "dong-news").URL += "?new"
		must(t, s.Apply(t.Context(), moved))
		if c := claim(t, s, "dong-news"); c.Haste != 0 || c.Withheld != withheld {
			t.Errorf("at a new address: %d, %+v", c.Haste, c.Withheld)
		}
	})
}

// What is withheld is held, but no view has it and no page, whatever comes of it or of the catalog,
// until it is let go: then it is listed by its date.
func TestR19WithheldIsHeld(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, clock := ready(t, d)
		settled(t, s, "dong-news")
		now := clock.millisNow()
		const late, both = "dong-news-late", "dong-news-late dong-news-old"
		wait := fetched(t, s, claim(t, s, "dong-news"), item("dong-news", "old", now-3*day), item("dong-news", "late", now-hour))
		wait.Withheld = models.Withheld{Since: now, Upto: now - day, Items: 1}
		must(t, s.Save(t.Context(), []*models.Delivery{wait}))
		shows := func(when, want string) {
			t.Helper()
			st, err := s.Story(t.Context(), "dong-news-old")
			if got := listing(t, s, models.View{Source: "dong-news"}); got != want || (want == both) != (err == nil) || err == nil && st.Listed != now-3*day {
				t.Errorf("%s: %q, its page %v, listed %v", when, got, err, st.Listed.Time())
			}
		}
		shows("withheld", late)
		clock.pass(time.Hour)
		changed := item("dong-news", "old", now-3*day)
		changed.Title, changed.Hash = "标题（改）", "h2"
		again := fetched(t, s, claim(t, s, "dong-news"), changed)
		again.Withheld = wait.Withheld
		must(t, s.Save(t.Context(), []*models.Delivery{again}))
		shows("changed", late)
		other := city()
		source(other, "dong-news").Sections = []string{"traffic"}
		must(t, s.Apply(t.Context(), other))
		shows("in another section", late)
		clock.pass(time.Hour)
		let := fetched(t, s, claim(t, s, "dong-news"))
		let.Backlog, let.Visit.Outcome, let.Visit.Class = wait.Withheld.Upto, models.Failed, models.ErrDNS
		must(t, s.Save(t.Context(), []*models.Delivery{let}))
		shows("let go", both)
		if wait.Visit.New != 1 || again.Visit.New != 0 || let.Visit.New != 1 {
			t.Errorf("new: %d, %d, %d", wait.Visit.New, again.Visit.New, let.Visit.New)
		}
	})
}

// What is let through is listed by its date, as far as it is told to be a backlog; what is read in
// another way is written and no update, but where its source dates it anew.
func TestR19BacklogAndReread(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, clock := ready(t, d)
		settled(t, s, "dong-news")
		clock.pass(time.Hour)
		now := clock.millisNow()
		let := fetched(t, s, claim(t, s, "dong-news"), item("dong-news", "old", now-3*day), item("dong-news", "late", now-hour))
		let.Backlog = now - 2*day
		must(t, s.Save(t.Context(), []*models.Delivery{let}))
		story := func(name string) models.Story {
			st, err := s.Story(t.Context(), "dong-news-"+name)
			must(t, err)
			return st
		}
		if old, late := story("old"), story("late"); old.Listed != now-3*day || late.Listed != now {
			t.Errorf("listed %v and %v", old.Listed.Time(), late.Listed.Time())
		}
		clock.pass(time.Hour)
		better := item("dong-news", "old", now-3*day)
		better.Title, better.Hash = "标题（全）", "h2"
		updated := item("dong-news", "late", now-hour)
		updated.Hash, updated.Updated = "h2", models.Moment{At: now + hour, Precision: models.Second, From: models.FromFeed, Raw: "刚才"}
		updated.Published.Raw = "昨天"
		held := story("late").Items[0]
		if held.Updated.Raw != "" {
			t.Fatalf("%+v", held.Updated)
		}
		again := fetched(t, s, claim(t, s, "dong-news"), better, updated)
		again.Reread = true
		must(t, s.Save(t.Context(), []*models.Delivery{again}))
		got := story("old")
		if again.Visit.Changed != 0 || got.Items[0].Title != "标题（全）" || got.Updated != now-3*day {
			t.Errorf("%d changed, %q, updated %v", again.Visit.Changed, got.Items[0].Title, got.Updated.Time())
		}
	})
}

// What is near in time is the source's own, without texts, the newest first, and bounded; texts are read
// by id.
func TestNearAndTexts(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, clock := ready(t, d)
		now := clock.millisNow()
		var all []models.Item
		for i := range models.Millis(chunk + 20) {
			all = append(all, item("dong-news", string(rune('一'+i)), now-i*minute))
		}
		deliver(t, s, "dong-news", all...)
		deliver(t, s, "xi-news", item("xi-news", "a", now))
		near, err := s.Near(t.Context(), "dong-news", now-3*minute, now-minute)
		must(t, err)
		if len(near) != 3 || near[0].ID != all[1].ID || near[2].ID != all[3].ID || near[0].Title != all[1].Title || near[0].Identity == "" || near[0].Text != "" {
			t.Errorf("near are %+v", near)
		}
		if near, err = s.Near(t.Context(), "dong-news", 0, 1<<62); err != nil || len(near) != chunk || near[0].ID != all[0].ID {
			t.Errorf("of all %d, %v", len(near), err)
		}
		texts, err := s.Texts(t.Context(), []string{all[7].ID, "none"})
		must(t, err)
		if len(texts) != 1 || texts[all[7].ID].Text != "正文" {
			t.Errorf("texts are %+v", texts)
		}
	})
}

// TestR23KnownByID: the id that an identity gave is in use, though what has it is now held under another.
func TestR23KnownByID(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		it := item("daily", "a", c.millisNow()-1)
		deliver(t, s, "daily", it)
		it.Identity, it.Address = "another", "another"
		deliver(t, s, "daily", it)
		if known, err := s.Known(t.Context(), "daily", []string{it.ID}, nil); err != nil || len(known) != 1 || known[0].Identity != "another" {
			t.Errorf("known: %+v, %v", known, err)
		}
	})
}
