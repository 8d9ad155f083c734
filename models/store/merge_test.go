package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/search"

	"gorm.io/gorm"
)

// TestQueriesAgreeWithAScan: whatever is asked, the pages of the answer, one after another, are what a
// look at every story finds, in the right order, each once.
func TestQueriesAgreeWithAScan(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		w := newTown(t, d, 21)
		for range 70 {
			w.happen()
		}
		_, err := w.s.Withdraw(t.Context(), false, w.held[3].ID)
		must(t, err)
		all := w.everything(t)
		for n := range 200 {
			q := w.query()
			want := scanned(all, &q)
			got, pages := w.ask(t, q)
			if !slices.Equal(got, want) {
				t.Fatalf("query %d %+v:\n got %s\nwant %s", n, q, strings.Join(got, " "), strings.Join(want, " "))
			}
			if pages > len(want)/q.Limit+2 {
				t.Errorf("query %d %+v: %d pages for %d stories", n, q, pages, len(want))
			}
		}
	})
}

// TestABudgetEndsAScan: a query that would read all of two large views gives what it found, and its
// cursor leads on to the rest.
func TestABudgetEndsAScan(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, _ := ready(t, d)
		db := d.raw(t)
		numbers := "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) "
		for i, name := range []string{"sources/daily", "sources/plain"} {
			_, err := db.Exec(fmt.Sprintf("INSERT INTO views (id, name, rev, changed) VALUES (%d, '%s', 1, 1)", i+1, name))
			must(t, err)
			// They take turns, and have one story in 20,000 in common.
			_, err = db.Exec(numbers + fmt.Sprintf(`INSERT INTO memberships (story, view, listed, published, seq)
				SELECT 'story-' || i, %d, i, i, i FROM n WHERE i %% 2 = %d OR i %% 20000 = 0`, i+1, i))
			must(t, err)
		}
		_, err := db.Exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) INSERT INTO stories (seq, id, rev, listed, published, updated) SELECT i, 'story-' || (20000 * i), 1, 1, 1, 1 FROM n")
		must(t, err)
		q := models.Query{View: models.View{Source: "daily"}, Sources: []string{"plain"}, Order: models.ByListed, Limit: 50}
		got, pages := walk(t, s, &q, 100)
		if want := "story-60000 story-40000 story-20000"; strings.Join(got, " ") != want || pages < 4 || pages > 61 {
			t.Errorf("%d pages gave %q, want %q", pages, got, want)
		}
	})
}

// everything reads all that is listed, by Seq.
func (w *town) everything(t testing.TB) []models.Story {
	t.Helper()
	var stories []models.Story
	must(t, w.s.snapshot(t.Context(), func(tx *gorm.DB) error {
		var ids []string
		if err := tx.Raw("SELECT id FROM stories WHERE listed <> 0 AND withdrawn = 0 ORDER BY seq DESC").Scan(&ids).Error; err != nil {
			return err
		}
		var err error
		stories, err = told(tx, ids)
		return err
	}))
	return stories
}

// query is one that somebody might ask.
func (w *town) query() models.Query {
	q := models.Query{Order: []models.Order{models.ByListed, models.ByPublished}[w.IntN(2)], Limit: 1 + w.IntN(40)}
	q.View = []models.View{{}, {}, {Region: "yunxi"}, {Region: "dong"}, {Section: "notices"}, {Region: "xi", Section: "focus"}, {Source: "daily"}, {Section: "nothing"}}[w.IntN(8)]
	pick := func(chance int, from ...string) (some []string) {
		for _, k := range from {
			if w.IntN(chance) == 0 {
				some = append(some, k)
			}
		}
		return some
	}
	q.Regions, q.Sections = pick(6, "dong", "xi", "yunxi"), pick(6, "focus", "traffic", "nothing")
	q.Sources, q.Without = pick(8, "daily", "plain", "dong-news"), pick(8, "xi-news", "daily")
	if w.IntN(3) == 0 {
		q.Since = w.clock.millisNow() - models.Millis(w.Int64N(int64(40*day)))
	}
	if w.IntN(3) == 0 {
		q.Until = w.clock.millisNow() - models.Millis(w.Int64N(int64(40*day)))
	}
	if w.IntN(4) == 0 {
		q.Text = []string{"标题", "改了", "n00", "正文 n0012", "文", "沒有", "標題"}[w.IntN(7)]
	}
	return q
}

// ask reads all pages of an answer.
func (w *town) ask(t testing.TB, q models.Query) (got []string, pages int) {
	t.Helper()
	got, pages = walk(t, w.s, &q, 2000)
	return sorted(t, w.s, got, &q), pages
}

// walk reads one page after the other, which must be no more than most, and leaves in q the cursor of the last.
func walk(t testing.TB, s *Store, q *models.Query, most int) (ids []string, pages int) {
	t.Helper()
	for pages < most {
		a, err := s.List(t.Context(), *q)
		must(t, err)
		pages++
		for _, m := range a.Mentions {
			ids = append(ids, m.ID)
		}
		if a.Next == (models.Cursor{}) {
			return ids, pages
		}
		q.Cursor = a.Next
	}
	t.Fatalf("%s: %+v has not ended after %d pages", q.View.Name(), *q, pages)
	return nil, 0
}

// sorted puts what a plain query gave by Seq, from its second page on, into the order asked for.
func sorted(t testing.TB, s *Store, got []string, q *models.Query) []string {
	clauses, _ := conditions(q)
	if q.Text != "" || q.Order != models.ByListed || q.Cursor.Order != models.BySeq {
		return got
	}
	if len(clauses) != 1 {
		t.Fatalf("%+v goes on by Seq", q)
	}
	var ids []string
	must(t, s.reader.Raw("SELECT id FROM stories WHERE id IN ? ORDER BY listed DESC, id", got).Scan(&ids).Error)
	if len(ids) != len(got) {
		t.Fatalf("%d stories of which %d differ", len(got), len(ids))
	}
	return ids
}

// scanned is the answer by a look at every story.
func scanned(all []models.Story, q *models.Query) (ids []string) {
	c := city()
	words := search.Parse(q.Text)
	var fit []models.Story
	for _, s := range all {
		src := []string{s.Items[0].Source}
		in := func(of func(string) []string, have []string, want ...string) bool {
			for _, k := range have {
				for _, up := range of(k) {
					if slices.Contains(want, up) {
						return true
					}
				}
			}
			return false
		}
		self := func(k string) []string { return []string{k} }
		ok := (q.View.Region == "" || in(c.RegionPath, s.Regions, q.View.Region)) && (q.View.Section == "" || in(c.SectionPath, s.Sections, q.View.Section)) &&
			(q.View.Source == "" || in(self, src, q.View.Source)) && (len(q.Regions) == 0 || in(c.RegionPath, s.Regions, q.Regions...)) &&
			(len(q.Sections) == 0 || in(c.SectionPath, s.Sections, q.Sections...)) && (len(q.Sources) == 0 || in(self, src, q.Sources...)) &&
			!in(self, src, q.Without...) && s.Published >= q.Since && (q.Until == 0 || s.Published < q.Until) &&
			(q.Text == "" || words.Matches(searched(&s.Items[0])...))
		if ok {
			fit = append(fit, s)
		}
	}
	slices.SortFunc(fit, func(a, b models.Story) int {
		switch {
		case q.Text != "":
			return int(b.Seq - a.Seq)
		case q.Order == models.ByPublished:
			return cmp.Or(int(b.Published-a.Published), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(int(b.Listed-a.Listed), cmp.Compare(a.ID, b.ID))
	})
	for _, s := range fit {
		ids = append(ids, s.ID)
	}
	return ids
}

// TestP62Withdrawn: what is taken back is in no view, archive or search, whatever its source says, and
// comes back when that is undone.
func TestP62Withdrawn(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		for n := range 60 {
			deliver(t, s, "plain", item("plain", fmt.Sprintf("n%02d", n), c.millisNow(), "要闻"))
			c.pass(time.Minute)
		}
		gone := item("plain", "n03", c.millisNow(), "要闻")
		before := rev(t, s)
		if n, err := s.Withdraw(t.Context(), false, gone.ID, "unknown"); n != 1 || err != nil {
			t.Fatalf("%d withdrawn, %v", n, err)
		}
		gone.Title, gone.Hash = "又来了", "h2"
		deliver(t, s, "plain", gone)
		shown := func() (places []string) {
			for _, q := range []models.Query{{}, {View: models.View{Section: "focus"}}, {Text: "标题 n03"}, {Text: "又来了"}, {View: models.View{Source: "plain"}, Order: models.ByPublished}} {
				q.Limit = 200
				a, err := s.List(t.Context(), q)
				must(t, err)
				if slices.ContainsFunc(a.Mentions, func(m models.Mention) bool { return m.ID == gone.ID }) {
					places = append(places, q.View.Name()+q.Text)
				}
			}
			a, err := s.Archive(t.Context(), models.View{}, 1)
			must(t, err)
			if slices.ContainsFunc(a.Stories, func(m models.Story) bool { return m.ID == gone.ID }) {
				places = append(places, "archive")
			}
			return places
		}
		if got := shown(); len(got) > 0 {
			t.Errorf("it is still in %q", got)
		}
		if _, err := s.Story(t.Context(), gone.ID); err == nil || !strings.Contains(err.Error(), ErrWithdrawn.Error()) {
			t.Errorf("its page: %v", err)
		}
		if moved := revs(t, s); moved["feed"] <= before || moved["sections/focus"] <= before {
			t.Errorf("its views did not change: %v", moved)
		}
		_, err := s.Withdraw(t.Context(), true, gone.ID)
		must(t, err)
		if got := shown(); !slices.Equal(got, []string{"feed", "sections/focus", "feed又来了", "sources/plain", "archive"}) {
			t.Errorf("after the undoing it is in %q", got)
		}
	})
}
