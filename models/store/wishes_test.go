package store

import (
	"log/slog"
	"reflect"
	"testing"
	"time"

	"civicfeed/models"

	"github.com/google/go-cmp/cmp"
)

// What a document said of when to come, and what was learnt of it, is known to later visits that
// bring none; a source at a new address has told nothing.
func TestClaimKnowsHintsAndRhythm(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, clock := ready(t, d)
		hints := models.Hints{TTL: 2 * time.Hour, Every: 24 * time.Hour, SkipHours: []int{0, 23}, SkipDays: []time.Weekday{time.Sunday}}
		del := fetched(t, s, claim(t, s, "dong-news"), item("dong-news", "a", clock.millisNow()))
		del.Feed, del.Rhythm = &models.Feed{Title: "东区新闻", Hints: hints}, 90*time.Minute
		must(t, s.Save(t.Context(), []*models.Delivery{del}))
		for range 2 {
			c := claim(t, s, "dong-news")
			if !reflect.DeepEqual(c.Hints, hints) || c.Rhythm != 90*time.Minute || c.LastNew != clock.millisNow() {
				t.Fatalf("claimed with %+v, %v, %v", c.Hints, c.Rhythm, c.LastNew)
			}
			unchanged := fetched(t, s, c)
			unchanged.Visit.Outcome, unchanged.Visit.Items, unchanged.Rhythm = models.Unchanged, 0, c.Rhythm
			unchanged.Reason = models.Reason{Why: models.WhyTTL, Wait: 2 * time.Hour, Asked: 2 * time.Hour}
			must(t, s.Save(t.Context(), []*models.Delivery{unchanged}))
			if st := state(t, s, "dong-news"); st.Reason != unchanged.Reason || st.Rhythm != 90*time.Minute {
				t.Fatalf("kept %+v, %v", st.Reason, st.Rhythm)
			}
		}
		failed := fetched(t, s, claim(t, s, "dong-news"))
		failed.Visit.Outcome, failed.Visit.Class, failed.Rhythm = models.Failed, models.ErrDNS, failed.Claim.Rhythm
		must(t, s.Save(t.Context(), []*models.Delivery{failed}))
		if c := claim(t, s, "dong-news"); c.Rhythm != 90*time.Minute || c.Hints.TTL != hints.TTL {
			t.Errorf("after a failure: %+v, %v", c.Hints, c.Rhythm)
		}
		moved := city()
		for i := range moved.Sources {
			moved.Sources[i].URL += "?new"
		}
		must(t, s.Apply(t.Context(), moved))
		if c := claim(t, s, "dong-news"); !reflect.DeepEqual(c.Hints, models.Hints{}) || c.Rhythm != 0 {
			t.Errorf("at a new address: %+v, %v", c.Hints, c.Rhythm)
		}
	})
}

func TestRestPutsOffAndGivesBack(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, clock := ready(t, d)
		c := claim(t, s, "dong-news")
		until, why := clock.millisNow().Time().Add(3*time.Hour), models.Reason{Why: models.WhySkip}
		must(t, s.Rest(t.Context(), c, until, why))
		if st := state(t, s, "dong-news"); st.NextAt != models.MillisOf(until) || st.Reason != why || st.LeasedUntil != 0 {
			t.Errorf("kept %+v", st)
		}
		newer := claim(t, s, "dong-news")
		must(t, s.Rest(t.Context(), c, until.Add(time.Hour), models.Reason{}))
		if st := state(t, s, "dong-news"); st.NextAt != models.MillisOf(until) || st.Epoch != newer.Epoch || st.LeasedUntil == 0 {
			t.Errorf("a claim that is no more has put it off: %+v", st)
		}
	})
}

// A database of the first tables goes on as it was; its reasons, which were sentences, are left behind.
func TestR13FromTheFirstTables(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		open := openSQLite
		if d.postgres {
			open = openPostgres
		}
		old, err := open(t.Context(), d.dsn, Options{Log: slog.New(slog.DiscardHandler)})
		must(t, err)
		must(t, old.migrate(t.Context(), migrations()[:1]))
		must(t, old.writer.Exec(`INSERT INTO sources VALUES ('dong-news', '东区新闻', 'https://dong-news.example/feed', '', 'full', '@hourly', ?,
			'{"title":"东区新闻"}', 1000, 900, 'as scheduled (@hourly)', 7, 0, '"1"', '', 'b1', 3, 800, 850, 700, 600, 500, 'dns', 'no such host', NULL)`, true).Error)
		must(t, old.Close())

		want := models.SourceState{
			Key: "dong-news", Name: "东区新闻", URL: "https://dong-news.example/feed", Republish: models.Full, Spec: "@hourly", Active: true,
			Feed: models.Feed{Title: "东区新闻"}, NextAt: 1000, NotBefore: 900, Epoch: 7, Validators: models.Validators{ETag: `"1"`}, BodyHash: "b1",
			Failures: 3, Since: 800, LastVisit: 850, LastOK: 700, LastNew: 600, Status: 500, Class: models.ErrDNS, Error: "no such host",
		}
		if diff := cmp.Diff(want, state(t, d.open(t, Options{}), "dong-news")); diff != "" {
			t.Errorf("after the migration (-want +got):\n%s", diff)
		}
	})
}
