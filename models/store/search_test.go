package store

import (
	"testing"
	"time"

	"civicfeed/models"
)

// TestASearchFollowsTheDates: what a clock that ran ahead has dated is found by its date once that was
// taken back.
func TestASearchFollowsTheDates(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		settled(t, s, "plain")
		c.pass(90 * 24 * time.Hour)
		undated := item("plain", "ahead", 0)
		undated.Published = models.Moment{}
		deliver(t, s, "plain", undated)
		c.pass(-80 * 24 * time.Hour)
		must(t, s.Resume(t.Context()))
		now := c.millisNow()
		a, err := s.List(t.Context(), models.Query{Text: "标题 ahead", Since: now - 20*day, Until: now + day, Limit: 5})
		must(t, err)
		if len(a.Mentions) != 1 {
			t.Errorf("found %v", a.Mentions)
		}
	})
}

// TestASearchFollowsTheText: what was edited is found by its new words alone, and what came into a
// section is found there.
func TestASearchFollowsTheText(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		settled(t, s, "plain")
		it := item("plain", "a", c.millisNow())
		deliver(t, s, "plain", it)
		found := func(q models.Query) int {
			q.Limit = 5
			a, err := s.List(t.Context(), q)
			must(t, err)
			return len(a.Mentions)
		}
		focus := models.View{Section: "focus"}
		if found(models.Query{Text: "标题"}) != 1 || found(models.Query{Text: "标题", View: focus}) != 0 {
			t.Error("before it was edited")
		}
		it.Title, it.Hash, it.Categories = "臺風來襲", "h2", []models.Category{{Term: "要闻"}}
		deliver(t, s, "plain", it)
		if found(models.Query{Text: "标题"}) != 0 || found(models.Query{Text: "台风"}) != 1 || found(models.Query{Text: "台风", View: focus}) != 1 {
			t.Error("after it was edited")
		}
	})
}
