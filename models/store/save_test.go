package store

import (
	"context"
	"strings"
	"testing"
	"time"

	"civicfeed/models"

	"github.com/google/go-cmp/cmp"
)

func TestEveryFieldSurvives(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		settled(t, s, "dong-news")
		it := item("dong-news", "a", c.millisNow()-1000, "要闻", "交通")
		it.Summary, it.Content, it.Image, it.Comments = "概要", "<p>正文</p>", "https://x.example/1.jpg", "https://x.example/c"
		it.Language, it.Rights, it.Credit = "zh-CN", "版权所有", "云溪日报"
		it.People = []models.Person{{Role: "记者", Name: "林晓", Outlet: "云溪日报", Email: "l@x.example", URI: "https://x.example/l"}}
		it.Media = []models.Media{{URL: "https://x.example/1.mp3", Type: "audio/mpeg", Length: 1 << 40, Title: "录音", Inline: true}}
		it.Updated = models.Moment{At: c.millisNow() - 500, Precision: models.Second, From: models.FromPage, Raw: "刚刚"}
		it.Warnings = []string{"日期没有时区"}
		del := fetched(t, s, claim(t, s, "dong-news"), it)
		del.Feed = &models.Feed{Title: "东区新闻", Link: "https://dong.example/", People: it.People, Updated: 7}
		del.Visit.Warnings = []string{"改写了声明"}
		must(t, s.Save(t.Context(), []*models.Delivery{del}))

		got, err := s.Story(t.Context(), it.ID)
		must(t, err)
		it.FirstSeen, it.Story, it.Digest = c.millisNow(), it.ID, it.Sum()
		want := models.Story{
			Seq: 1, ID: it.ID, Rev: 1, Listed: c.millisNow(), Published: it.Published.At, Updated: it.Updated.At,
			Sections: []string{"focus", "traffic"}, Regions: []string{"dong"}, Items: []models.Item{it},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("story (-want +got):\n%s", diff)
		}
		wantState := models.SourceState{
			Key: "dong-news", Name: "dong-news网", URL: "https://dong-news.example/feed", Spec: "@hourly", Active: true, Feed: *del.Feed,
			NextAt: c.millisNow() + 3600_000, NotBefore: c.millisNow() + 300_000, Reason: models.Reason{Why: models.WhySchedule, Spec: "@hourly"}, Epoch: 3,
			Validators: models.Validators{ETag: `"1"`}, BodyHash: "b1", Status: 200, Warnings: del.Visit.Warnings,
			LastVisit: c.millisNow(), LastOK: c.millisNow(), LastNew: c.millisNow(),
		}
		if diff := cmp.Diff(wantState, state(t, s, "dong-news")); diff != "" {
			t.Errorf("source (-want +got):\n%s", diff)
		}
		var visits []models.Visit
		must(t, s.reader.Order("id").Find(&visits).Error)
		if diff := cmp.Diff(del.Visit, visits[1]); diff != "" || visits[1].New != 1 {
			t.Errorf("visit (-want +got):\n%s", diff)
		}
	})
}

func TestNewStoriesEnterEveryView(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		settled(t, s, "dong-news", "plain")
		deliver(t, s, "dong-news", item("dong-news", "a", c.millisNow()-1000, "交通"))
		deliver(t, s, "plain", item("plain", "b", c.millisNow()-1000))
		both := "dong-news-a plain-b"
		for name, want := range map[string]string{
			"feed": both, "sections/notices": both, "sections/traffic": "dong-news-a", "sections/focus": "",
			"regions/dong": "dong-news-a", "regions/yunxi": "dong-news-a", "regions/xi": "",
			"regions/yunxi/sections/notices": "dong-news-a", "regions/dong/sections/traffic": "dong-news-a",
			"sources/dong-news": "dong-news-a", "sources/plain": "plain-b", "sources/daily": "",
		} {
			v, _ := models.ParseView(name)
			if got := listing(t, s, v); got != want {
				t.Errorf("%s lists %q, want %q", name, got, want)
			}
		}
	})
}

func TestOrders(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		old := c.millisNow() - 30*24*3600_000
		// The first visit is a backlog, listed by date.
		deliver(t, s, "daily", item("daily", "first", old+2), item("daily", "z-same", old), item("daily", "a-same", old))
		c.pass(time.Hour)
		// What comes later is listed as it comes, whatever its date.
		deliver(t, s, "daily", item("daily", "late", old-1000))
		if got, want := listing(t, s, models.View{}), "daily-late daily-first daily-a-same daily-z-same"; got != want {
			t.Errorf("listed: %s, want %s", got, want)
		}
		stories, err := s.Latest(t.Context(), models.View{}, models.ByPublished, 3)
		must(t, err)
		if got, want := ids(stories), "daily-first daily-a-same daily-z-same"; got != want {
			t.Errorf("published: %s, want %s", got, want)
		}
		late, err := s.Story(t.Context(), "daily-late")
		must(t, err)
		if late.Seq != 4 || late.Listed != c.millisNow() || late.Published != old-1000 {
			t.Errorf("late story is %+v", late)
		}
		if _, err := s.Latest(t.Context(), models.View{}, "rev; DROP TABLE stories", 3); err == nil {
			t.Error("an unknown order was taken")
		}
	})
}

func TestUnchangedWritesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		a := item("daily", "a", c.millisNow()-1000)
		deliver(t, s, "daily", a)
		before, views := rev(t, s), revs(t, s)
		c.pass(time.Hour)
		again := deliver(t, s, "daily", a)
		if again.Visit.New != 0 || again.Visit.Changed != 0 {
			t.Errorf("counted %d new, %d changed", again.Visit.New, again.Visit.Changed)
		}
		if got := rev(t, s); got != before {
			t.Errorf("the number moved from %d to %d", before, got)
		}
		if diff := cmp.Diff(views, revs(t, s)); diff != "" {
			t.Errorf("views moved: %s", diff)
		}
		if st := state(t, s, "daily"); st.LastOK != c.millisNow() || st.LastNew != c.millisNow()-3600_000 {
			t.Errorf("source is %+v", st)
		}
	})
}

func TestOfTwoItemsWithOneIDTheFirstCounts(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		first, second := item("daily", "a", c.millisNow()-1), item("daily", "a", c.millisNow()-2)
		second.Title, second.Hash = "另一个", "h2"
		for range 2 { // and again, when it is known
			deliver(t, s, "daily", first, second)
			if got := listing(t, s, models.View{}); got != "daily-a" {
				t.Fatalf("listed %q", got)
			}
			story, err := s.Story(t.Context(), "daily-a")
			must(t, err)
			if len(story.Items) != 1 || story.Items[0].Title != first.Title || story.Rev != 1 {
				t.Errorf("story is %+v", story)
			}
		}
	})
}

func TestTextThatAnEngineRefuses(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		it := item("daily", "a", c.millisNow()-1, "要\x00闻")
		it.Title, it.Content, it.People = "a\x00b\xffc", "\xc3", []models.Person{{Name: "林\x00晓"}}
		del := fetched(t, s, claim(t, s, "daily"), it)
		del.Feed = &models.Feed{Title: "x\x00y"}
		del.Visit.Error, del.Visit.URL, del.Reason.Spec = "\xfe", "u\x00", "r\x00"
		del.Validators = models.Validators{ETag: "\"\xe9\"", LastModified: "Sun, 01 Mar 2026 00:00:00 GMT"}
		must(t, s.Save(t.Context(), []*models.Delivery{del}))
		story, err := s.Story(t.Context(), it.ID)
		must(t, err)
		got := story.Items[0]
		if got.Title != "ab\uFFFDc" || got.Content != "\uFFFD" || got.People[0].Name != "林晓" || got.Categories[0].Term != "要闻" {
			t.Errorf("item is %+v", got)
		}
		st := state(t, s, "daily")
		if st.Feed.Title != "xy" || st.Error != "\uFFFD" || st.Reason.Spec != "r" {
			t.Errorf("source is %+v", st)
		}
		// A validator is kept byte for byte or not at all.
		if st.Validators != (models.Validators{LastModified: "Sun, 01 Mar 2026 00:00:00 GMT"}) {
			t.Errorf("validators are %+v", st.Validators)
		}
	})
}

func TestOutcomes(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		visit := func(o models.Outcome, class models.ErrorClass) models.SourceState {
			c.pass(time.Hour)
			cl := claim(t, s, "daily")
			del := fetched(t, s, cl)
			del.Visit.Outcome, del.Visit.Class = o, class
			if o != models.Fetched {
				del.Validators, del.BodyHash = cl.Validators, cl.BodyHash
			}
			must(t, s.Save(t.Context(), []*models.Delivery{del}))
			return state(t, s, "daily")
		}
		if st := visit(models.Failed, models.ErrDNS); st.Failures != 1 || st.Since != c.millisNow() || st.LastOK != 0 || st.Class != models.ErrDNS {
			t.Errorf("first failure: %+v", st)
		}
		since := c.millisNow()
		if st := visit(models.Failed, models.ErrHTTP5xx); st.Failures != 2 || st.Since != since {
			t.Errorf("second failure: %+v", st)
		}
		if st := visit(models.Failed, models.ErrInternal); st.Failures != 2 || st.Since != since || st.Class != models.ErrInternal {
			t.Errorf("our own failure: %+v", st)
		}
		if got := claim(t, s, "daily"); got.Failures != 2 {
			t.Errorf("claim tells %d failures", got.Failures)
		}
		c.pass(time.Hour)
		if st := visit(models.Fetched, ""); st.Failures != 0 || st.Since != 0 || st.LastOK != c.millisNow() || st.Class != "" || st.Validators.ETag != `"1"` {
			t.Errorf("success: %+v", st)
		}
		if st := visit(models.Failed, models.ErrParse); st.Validators.ETag != `"1"` || st.BodyHash != "b1" || st.LastOK != c.millisNow()-3600_000 {
			t.Errorf("failure after success: %+v", st)
		}
		if st := visit(models.Unchanged, ""); st.Failures != 0 || st.LastOK != c.millisNow() {
			t.Errorf("unchanged: %+v", st)
		}
	})
}

func TestASourceThatSpeaksOfItselfInOtherWords(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		deliver(t, s, "daily", item("daily", "a", c.millisNow()-1000))
		deliver(t, s, "plain", item("plain", "b", c.millisNow()-1000))
		say := func(f models.Feed) int64 {
			del := fetched(t, s, claim(t, s, "daily"))
			del.Feed = &f
			must(t, s.Save(t.Context(), []*models.Delivery{del}))
			return rev(t, s)
		}
		if got := say(models.Feed{Title: "日报"}); got != 3 {
			t.Errorf("the number is %d, want 3", got)
		}
		if moved := revs(t, s); moved["feed"] != 3 || moved["regions/yunxi"] != 3 || moved["sources/plain"] != 2 {
			t.Errorf("revisions are %v", moved)
		}
		if got := say(models.Feed{Title: "日报", Updated: 5, Generator: "x"}); got != 3 {
			t.Errorf("a new date alone moved the number to %d", got)
		}
	})
}

// refuse makes the database refuse items with a title.
func refuse(t *testing.T, d database, title string) {
	t.Helper()
	statement := "CREATE TRIGGER refuse BEFORE INSERT ON items WHEN NEW.title = '" + title + "' BEGIN SELECT RAISE(ABORT, 'refused'); END"
	if d.postgres {
		statement = "ALTER TABLE items ADD CONSTRAINT refuse CHECK (title <> '" + title + "')"
	}
	_, err := d.raw(t).Exec(statement)
	must(t, err)
}

func TestOneBadDeliveryLosesNoOther(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		refuse(t, d, "毒")
		good := item("daily", "good", c.millisNow()-1)
		bad, fine := item("plain", "bad", c.millisNow()-1), item("plain", "fine", c.millisNow()-1)
		bad.Title = "毒"
		last := item("xi-news", "last", c.millisNow()-1)
		ds := []*models.Delivery{
			fetched(t, s, claim(t, s, "daily"), good), fetched(t, s, claim(t, s, "plain"), fine, bad), fetched(t, s, claim(t, s, "xi-news"), last),
		}
		must(t, s.Save(t.Context(), ds))
		if got := listing(t, s, models.View{}); got != "daily-good xi-news-last" {
			t.Errorf("listed %q", got)
		}
		st := state(t, s, "plain")
		if st.Class != models.ErrInternal || st.Error == "" || st.Validators.ETag != "" || st.BodyHash != "" || st.LeasedUntil != 0 || st.LastOK != 0 {
			t.Errorf("the refused source is %+v", st)
		}
		if ds[1].Visit.Outcome != models.Failed || ds[1].Visit.New != 0 || ds[0].Visit.New != 1 {
			t.Errorf("visits are %+v and %+v", ds[1].Visit, ds[0].Visit)
		}
		if n := rev(t, s); n != 2 {
			t.Errorf("the number is %d, want 2: what is rolled back leaves no gap", n)
		}
	})
}

func TestF08LostLeaseSavesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		slow := claim(t, s, "daily")
		c.pass(2 * time.Minute)
		fast := claim(t, s, "daily")
		late := fetched(t, s, slow, item("daily", "late", 1))
		unknown := fetched(t, s, models.Claim{Source: "nobody", Epoch: 1}, item("nobody", "x", 1))
		other := fetched(t, s, claim(t, s, "plain"), item("plain", "b", c.millisNow()-1))
		must(t, s.Save(t.Context(), []*models.Delivery{late, unknown, other}))
		if !late.Lost || !unknown.Lost || other.Lost {
			t.Errorf("lost: %v %v %v", late.Lost, unknown.Lost, other.Lost)
		}
		if got := listing(t, s, models.View{}); got != "plain-b" {
			t.Errorf("listed %q", got)
		}
		if st := state(t, s, "daily"); st.LastVisit != 0 || st.LeasedUntil == 0 || st.Validators.ETag != "" {
			t.Errorf("source is %+v", st)
		}
		if n := count(t, d.raw(t), "SELECT count(*) FROM visits"); n != 1 {
			t.Errorf("%d visits", n)
		}
		mine := fetched(t, s, fast, item("daily", "mine", c.millisNow()-1))
		must(t, s.Save(t.Context(), []*models.Delivery{mine}))
		if mine.Lost {
			t.Error("the one that holds the lease lost")
		}
	})
}

// TestR15ClockGoesBack: what is served by a Last-Modified never goes back with it.
func TestR15ClockGoesBack(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		settled(t, s, "daily")
		deliver(t, s, "daily", item("daily", "a", 1))
		before := c.millisNow()
		c.pass(-time.Hour)
		deliver(t, s, "daily", item("daily", "b", 1))
		all, err := s.Revisions(t.Context(), 0)
		must(t, err)
		for _, r := range all {
			if r.Changed != before || r.Rev != 2 {
				t.Errorf("%s: revision %d changed at %d, want %d", r.View.Name(), r.Rev, r.Changed, before)
			}
		}
	})
}

// TestR10FileLockedByAnother: a delivery that finds no way in is not called refused.
func TestR10FileLockedByAnother(t *testing.T) {
	t.Parallel()
	d := newSQLite(t)
	s, c := ready(t, d)
	del := fetched(t, s, claim(t, s, "daily"), item("daily", "a", c.millisNow()-1))
	tx, err := d.raw(t).Begin() // by _txlock the write lock
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := s.Save(ctx, []*models.Delivery{del}); err == nil {
		t.Error("saved into a locked file")
	}
	if got := listing(t, s, models.View{}); got != "" || del.Visit.Outcome != models.Fetched {
		t.Errorf("listed %q, visit %+v", got, del.Visit)
	}
	must(t, tx.Rollback())
	must(t, s.Save(t.Context(), []*models.Delivery{del}))
	if got := listing(t, s, models.View{}); got != "daily-a" {
		t.Errorf("listed %q", got)
	}
}

func TestKnown(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		var items []models.Item
		var identities, addresses []string
		for i := range 1200 {
			it := item("daily", strings.Repeat("x", i%7)+time.Duration(i).String(), c.millisNow()-1)
			if i%3 != 2 {
				identities = append(identities, it.Identity)
			} else {
				addresses = append(addresses, it.Address)
			}
			if i%2 == 0 {
				items = append(items, it)
			}
		}
		deliver(t, s, "daily", items...)
		known, err := s.Known(t.Context(), "daily", identities, addresses)
		must(t, err)
		digests := map[string]string{}
		for _, it := range known {
			digests[it.ID] = it.Digest
		}
		for _, it := range items {
			if digests[it.ID] != it.Sum() {
				t.Errorf("%s is known with digest %q", it.ID, digests[it.ID])
			}
		}
		if len(known) != 600 || known[0].Title == "" || known[0].Published.Raw == "" || known[0].Text != "" {
			t.Errorf("%d known, the first %+v", len(known), known[0])
		}
		if other, err := s.Known(t.Context(), "plain", identities, addresses); err != nil || len(other) != 0 {
			t.Errorf("%d known of another source, %v", len(other), err)
		}
		stories, err := s.Latest(t.Context(), models.View{}, models.ByListed, 600)
		if err != nil || len(stories) != 600 {
			t.Errorf("%d stories, %v", len(stories), err)
		}
	})
}
