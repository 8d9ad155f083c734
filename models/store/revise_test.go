package store

import (
	"testing"
	"time"

	"civicfeed/models"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestChangedKeepsItsPlaceInTheOrders(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		a := item("dong-news", "a", c.millisNow()-1000, "要闻")
		deliver(t, s, "dong-news", a, item("dong-news", "b", c.millisNow()-2000))
		before, err := s.Story(t.Context(), a.ID)
		must(t, err)
		c.pass(time.Hour)
		a.Title, a.Hash, a.Published.At, a.Categories[0].Term = "改正的标题", "h2", c.millisNow(), "交通"
		del := deliver(t, s, "dong-news", a)
		if del.Visit.New != 0 || del.Visit.Changed != 1 {
			t.Errorf("counted %d new, %d changed", del.Visit.New, del.Visit.Changed)
		}
		after, err := s.Story(t.Context(), a.ID)
		must(t, err)
		want := before
		want.Rev, want.Updated, want.Sections = 3, c.millisNow(), []string{"traffic"}
		if diff := cmp.Diff(want, after, cmpopts.IgnoreFields(models.Story{}, "Items")); diff != "" {
			t.Errorf("story (-want +got):\n%s", diff)
		}
		it := after.Items[0]
		if it.Title != a.Title || it.FirstSeen != before.Items[0].FirstSeen || it.Published != before.Items[0].Published {
			t.Errorf("item is %+v", it)
		}
		moved := revs(t, s)
		for name, want := range map[string]int64{"feed": 4, "sections/focus": 4, "sections/traffic": 4, "sections/notices": 4,
			"regions/dong/sections/focus": 4, "sources/dong-news": 4} { // its change, and its coming into other sections
			if moved[name] != want {
				t.Errorf("%s has revision %d, want %d", name, moved[name], want)
			}
		}
		if got := listing(t, s, models.View{Section: "focus"}); got != "" {
			t.Errorf("it is still in the section it left: %s", got)
		}
		since, err := s.Revisions(t.Context(), 4)
		if err != nil || len(since) != 0 {
			t.Errorf("revisions since the newest: %v, %v", since, err)
		}
	})
}

// TestFactsAreKeptWithoutAnUpdate: what people do not read is written and moves views, but it is
// no update and does not count as one.
func TestFactsAreKeptWithoutAnUpdate(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		a := item("dong-news", "a", c.millisNow()-1000, "要闻")
		deliver(t, s, "dong-news", a)
		before, err := s.Story(t.Context(), a.ID)
		must(t, err)
		c.pass(time.Hour)
		a.Categories, a.Content = []models.Category{{Term: "交通"}}, `<p>正文，<a href="https://x.example/2">续</a></p>`
		if del := deliver(t, s, "dong-news", a); del.Visit.New != 0 || del.Visit.Changed != 0 {
			t.Errorf("counted %d new, %d changed", del.Visit.New, del.Visit.Changed)
		}
		after, err := s.Story(t.Context(), a.ID)
		must(t, err)
		if after.Rev == before.Rev || after.Updated != before.Updated || after.Items[0].Updated != before.Items[0].Updated {
			t.Errorf("was %+v, is %+v", before, after)
		}
		if after.Items[0].Content != a.Content || len(after.Sections) != 1 || after.Sections[0] != "traffic" {
			t.Errorf("the facts are not kept: %+v", after)
		}
		rev, err := s.Rev(t.Context())
		must(t, err)
		deliver(t, s, "dong-news", a)
		if again, err := s.Rev(t.Context()); err != nil || again != rev {
			t.Errorf("the same again moved the revision from %d to %d, %v", rev, again, err)
		}
	})
}

// TestDatedBetter: a source that tells a date later, or an earlier one, is believed; one that
// dates its items anew at each visit is not.
func TestDatedBetter(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		told := func(at models.Millis) models.Moment {
			return models.Moment{At: at, Precision: models.Minute, From: models.FromFeed, Raw: time.Duration(at).String()}
		}
		undated, dated := item("daily", "undated", 0), item("daily", "dated", c.millisNow()-5000)
		undated.Published = models.Moment{}
		deliver(t, s, "daily", undated, dated)
		order := func() string {
			stories, err := s.Latest(t.Context(), models.View{Source: "daily"}, models.ByPublished, 10)
			must(t, err)
			return stories[0].ID + " " + stories[1].ID
		}
		if got := order(); got != "daily-undated daily-dated" {
			t.Errorf("at first %s", got)
		}
		c.pass(time.Hour)
		undated.Published = told(c.millisNow() - 3600_000 - 9000)
		moved := dated
		moved.Published = told(c.millisNow())
		if del := deliver(t, s, "daily", undated, moved); del.Visit.Changed != 0 {
			t.Errorf("a date is no update, but %d are counted", del.Visit.Changed)
		}
		if got := order(); got != "daily-dated daily-undated" {
			t.Errorf("dated better: %s", got)
		}
		st, err := s.Story(t.Context(), "daily-undated")
		must(t, err)
		if it := st.Items[0]; it.Published.From != models.FromFeed || st.Published != undated.Published.At {
			t.Errorf("the date told is %+v, of the story %d", it.Published, st.Published)
		}
		if st, err = s.Story(t.Context(), "daily-dated"); err != nil || st.Published != dated.Published.At {
			t.Errorf("a later date moved it up: %d, %v", st.Published, err)
		}
	})
}
