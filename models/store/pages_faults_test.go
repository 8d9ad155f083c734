package store

import (
	"testing"
	"time"

	"civicfeed/models"
)

// TestTheFailureThatIsToldIsOne: its class and its words are of the same page, the last that failed.
func TestTheFailureThatIsToldIsOne(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := readsArticles(t, d)
		deliver(t, s, "dong-news", item("dong-news", "a", c.millisNow()-3600_000), item("dong-news", "b", c.millisNow()-3600_000), item("dong-news", "c", c.millisNow()-3600_000))
		fail := func(id string, class models.ErrorClass, words string) {
			c.pass(time.Minute)
			must(t, s.SavePages(t.Context(), &models.PageDelivery{Claim: claimPage(t, s, id), Class: class, Error: words, Again: time.Hour}))
		}
		fail("dong-news-a", models.ErrTimeout, "a timeout")
		fail("dong-news-b", models.ErrConnect, "z refused")
		states, err := s.Pages(t.Context())
		must(t, err)
		want := models.PageState{Source: "dong-news", Waiting: 3, Failing: 2, Class: models.ErrConnect, Error: "z refused"}
		if states["dong-news"] != want || len(states) != 1 {
			t.Errorf("%+v, want %+v", states, want)
		}
	})
}

// TestQuietEndsThoughTheClockWasAhead: what a host is left alone for is no year because a clock said so.
func TestQuietEndsThoughTheClockWasAhead(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := readsArticles(t, d)
		const year = 365 * 24 * time.Hour
		c.pass(year)
		deliver(t, s, "dong-news", item("dong-news", "a", c.millisNow()-3600_000))
		must(t, s.SavePages(t.Context(), &models.PageDelivery{Claim: claimPage(t, s, "dong-news-a"), Class: models.ErrRateLimited, Free: true, Again: 4 * time.Hour, Quiet: 4 * time.Hour}))
		c.pass(-year)
		must(t, s.Resume(t.Context()))
		if got := unread(t, s, 10); got != "a" {
			t.Errorf("due after the clock was put right: %q", got)
		}
	})
}

// TestAScheduleIsNoQuiet: of a source that is visited once a month a refusal leaves its host's pages
// alone for a day, not for the month.
func TestAScheduleIsNoQuiet(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := readsArticles(t, d)
		deliver(t, s, "dong-news", item("dong-news", "a", c.millisNow()-3600_000))
		refused := fetched(t, s, claim(t, s, "dong-news"))
		refused.Visit.Outcome, refused.Visit.Class = models.Failed, models.ErrRateLimited
		refused.Reason = models.Reason{Why: models.WhyRate}
		refused.NextAt, refused.NotBefore = c.now().Add(30*24*time.Hour), c.now().Add(time.Hour)
		must(t, s.Save(t.Context(), []*models.Delivery{refused}))
		if got := unread(t, s, 10); got != "" {
			t.Errorf("due at once: %q", got)
		}
		c.pass(25 * time.Hour)
		if got := unread(t, s, 10); got != "a" {
			t.Errorf("due a day later: %q", got)
		}
	})
}
