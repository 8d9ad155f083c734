package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

// readsArticles is the city, of which one source wants its articles read.
func readsArticles(tb testing.TB, d database) (*Store, *clock) {
	tb.Helper()
	s, c := ready(tb, d)
	cat := city()
	source(cat, "dong-news").Articles = true
	cat.Sections[0].Match = append(cat.Sections[0].Match, models.Rule{Breadcrumb: []string{"东区要闻"}, Line: 8})
	must(tb, s.Apply(tb.Context(), cat))
	settled(tb, s, "dong-news", "plain")
	return s, c
}

// unread lists the pages that may be read, by the names of their items.
func unread(tb testing.TB, s *Store, hourly int) string {
	tb.Helper()
	pages, err := s.PagesDue(tb.Context(), hourly)
	must(tb, err)
	var names []string
	for _, p := range pages {
		names = append(names, strings.TrimPrefix(p.Item, p.Source+"-"))
	}
	return strings.Join(names, " ")
}

func claimPage(tb testing.TB, s *Store, id string) models.PageClaim {
	tb.Helper()
	claims, err := s.ClaimPages(tb.Context(), []string{id}, 5*time.Minute)
	must(tb, err)
	if len(claims) != 1 {
		tb.Fatalf("%d claims of %s", len(claims), id)
	}
	return claims[0]
}

// read is what the page of a claim tells.
func read(tb testing.TB, s *Store, c models.PageClaim, text string) *models.PageDelivery {
	tb.Helper()
	it, err := s.Item(tb.Context(), c.Item)
	must(tb, err)
	d := &models.PageDelivery{Claim: c, Base: it.Digest}
	it.Text, it.Content, it.Page = text, "<p>"+text+"</p>", "page of "+text
	it.Breadcrumb, it.Column, it.Credit = []string{"首页", "东区要闻"}, "东区要闻", "云溪日报"
	it.People = []models.Person{{Role: "记者", Name: "林晓"}}
	it.Previous, it.Next = models.Neighbour{Title: "上一条"}, models.Neighbour{Title: "下一条", URL: "https://dong.example/2", Column: "五年"}
	it.Published = models.Moment{At: it.Published.At + 60_000, Precision: models.Minute, From: models.FromPage, Raw: "08:31"}
	d.Item = &it
	return d
}

func TestAPageCompletesItsItemInPlace(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := readsArticles(t, d)
		deliver(t, s, "dong-news", item("dong-news", "a", c.millisNow()-3600_000))
		deliver(t, s, "plain", item("plain", "b", c.millisNow()-3600_000))
		if got := unread(t, s, 10); got != "a" {
			t.Fatalf("due: %q", got)
		}
		before, err := s.Story(t.Context(), "dong-news-a")
		must(t, err)
		c.pass(time.Minute)
		claim := claimPage(t, s, "dong-news-a")
		if claim.URL != "https://dong-news.example/a" || claim.Source != "dong-news" || claim.Tries != 1 || unread(t, s, 10) != "" {
			t.Errorf("%+v, due %q", claim, unread(t, s, 10))
		}
		page := read(t, s, claim, "全文")
		must(t, s.SavePages(t.Context(), page))
		after, err := s.Story(t.Context(), "dong-news-a")
		must(t, err)
		it := after.Items[0]
		if page.Lost || it.Text != "全文" || it.Column != "东区要闻" || it.Next.Column != "五年" || len(it.Breadcrumb) != 2 || it.People[0].Name != "林晓" {
			t.Errorf("completed: %+v", it)
		}
		if after.ID != before.ID || after.Seq != before.Seq || after.Listed != before.Listed || after.Updated != before.Updated || it.Updated != before.Items[0].Updated {
			t.Errorf("the first completion is no update: %+v was %+v", after, before)
		}
		if after.Rev <= before.Rev || after.Published != before.Published+60_000 || !slices.Contains(after.Sections, "focus") {
			t.Errorf("rev %d after %d, published %d, sections %q", after.Rev, before.Rev, after.Published, after.Sections)
		}
		if got := listing(t, s, models.View{Section: "focus"}); got != "dong-news-a" {
			t.Errorf("its section lists %q", got)
		}
		c.pass(2 * time.Hour)
		if got := unread(t, s, 10); got != "" {
			t.Errorf("due again: %q", got)
		}
	})
}

func TestWhatAPageToldStaysWhenItsListComesAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := readsArticles(t, d)
		bare := item("dong-news", "a", c.millisNow()-3600_000)
		deliver(t, s, "dong-news", bare)
		must(t, s.SavePages(t.Context(), read(t, s, claimPage(t, s, bare.ID), "全文")))
		first, err := s.Story(t.Context(), bare.ID)
		must(t, err)

		c.pass(time.Hour)
		bare.Told = "in other words"
		if v := deliver(t, s, "dong-news", bare).Visit; v.Changed != 0 {
			t.Errorf("%d changed, though nothing did", v.Changed)
		}
		same, err := s.Story(t.Context(), bare.ID)
		must(t, err)
		if it := same.Items[0]; it.Text != "全文" || it.Published != first.Items[0].Published || it.Updated != first.Items[0].Updated || it.Page == "" || unread(t, s, 10) != "" {
			t.Errorf("%+v, due %q", it, unread(t, s, 10))
		}

		c.pass(time.Hour)
		bare.Title, bare.Hash = "改了的标题", "h2"
		if v := deliver(t, s, "dong-news", bare).Visit; v.Changed != 1 {
			t.Errorf("%d changed", v.Changed)
		}
		news, err := s.Story(t.Context(), bare.ID)
		must(t, err)
		if it := news.Items[0]; it.Text != "全文" || it.Title != "改了的标题" || it.Updated.At != c.millisNow() {
			t.Errorf("%+v", it)
		}
		if got := unread(t, s, 10); got != "a" {
			t.Errorf("what its list tells anew is not read again: %q", got)
		}
		c.pass(time.Minute)
		must(t, s.SavePages(t.Context(), read(t, s, claimPage(t, s, bare.ID), "新全文")))
		if it, err := s.Item(t.Context(), bare.ID); err != nil || it.Text != "新全文" || it.Updated.At != c.millisNow() || it.Title != "改了的标题" {
			t.Errorf("%+v, %v", it, err)
		}
	})
}

func TestPagesOutliveAKill(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := readsArticles(t, d)
		deliver(t, s, "dong-news", item("dong-news", "a", c.millisNow()-3600_000))
		killed := claimPage(t, s, "dong-news-a")
		late := read(t, s, killed, "旧")
		if got := unread(t, s, 10); got != "" {
			t.Errorf("leased and due: %q", got)
		}
		c.pass(6 * time.Minute)
		if got := unread(t, s, 10); got != "a" {
			t.Fatalf("due after its lease: %q", got)
		}
		again := claimPage(t, s, "dong-news-a")
		must(t, s.SavePages(t.Context(), late))
		if it, err := s.Item(t.Context(), killed.Item); err != nil || !late.Lost || it.Page != "" {
			t.Errorf("saved without a lease: %+v, %v", it, err)
		}
		if again.Tries != 2 || again.Epoch <= killed.Epoch {
			t.Errorf("%+v after %+v", again, killed)
		}
		must(t, s.SavePages(t.Context(), read(t, s, again, "新")))
		if it, err := s.Item(t.Context(), killed.Item); err != nil || it.Text != "新" {
			t.Errorf("%+v, %v", it, err)
		}
	})
}

func TestAPageThatFailsIsTriedAgainAndThenLeft(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := readsArticles(t, d)
		deliver(t, s, "dong-news", item("dong-news", "a", c.millisNow()-3600_000))
		for try := 1; try <= pageTries; try++ {
			fail := &models.PageDelivery{Claim: claimPage(t, s, "dong-news-a"), Class: models.ErrHTTP5xx, Error: "503", Again: time.Hour}
			must(t, s.SavePages(t.Context(), fail))
			if fail.Lost || fail.Claim.Tries != try || unread(t, s, 10) != "" {
				t.Errorf("try %d: %+v, due %q", try, fail, unread(t, s, 10))
			}
			c.pass(time.Hour)
		}
		if got := unread(t, s, 10); got != "" {
			t.Errorf("due after %d tries: %q", pageTries, got)
		}
		states, err := s.Pages(t.Context())
		must(t, err)
		if p := states["dong-news"]; p.Waiting != 0 || p.Failing != 1 || p.Class != models.ErrHTTP5xx || p.Error != "503" {
			t.Errorf("%+v", p)
		}
		if it, err := s.Item(t.Context(), "dong-news-a"); err != nil || it.Text != "正文" {
			t.Errorf("what is known of it is gone: %+v, %v", it, err)
		}
	})
}

func TestATryThatWasNoneDoesNotCount(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := readsArticles(t, d)
		deliver(t, s, "dong-news", item("dong-news", "a", c.millisNow()-3600_000))
		for range 3 * pageTries {
			back := &models.PageDelivery{Claim: claimPage(t, s, "dong-news-a"), Class: models.ErrConnect, Free: true}
			must(t, s.SavePages(t.Context(), back))
		}
		if claim := claimPage(t, s, "dong-news-a"); claim.Tries != 1 {
			t.Errorf("%+v", claim)
		}
	})
}

func TestPagesOfNewsComeFirstAndSoManyAnHour(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		cat := city()
		source(cat, "dong-news").Articles, source(cat, "xi-news").Articles = true, true
		must(t, s.Apply(t.Context(), cat))
		var old []models.Item
		for i := range 6 {
			old = append(old, item("dong-news", fmt.Sprint("old", i), c.millisNow()-models.Millis(i+1)*3600_000))
		}
		deliver(t, s, "dong-news", old...) // its first visit: a backlog
		deliver(t, s, "dong-news", append(old, item("dong-news", "news", c.millisNow()-9*3600_000))...)
		deliver(t, s, "xi-news", item("xi-news", "x", c.millisNow()))
		if got := unread(t, s, 10); got != "news x old0 old1 old2" {
			t.Errorf("due: %q", got)
		}
		for _, name := range []string{"news", "old0"} {
			must(t, s.SavePages(t.Context(), read(t, s, claimPage(t, s, "dong-news-"+name), "全文")))
		}
		if got := unread(t, s, 2); got != "x" {
			t.Errorf("due beyond the hour's share: %q", got)
		}
		c.pass(61 * time.Minute)
		if got := unread(t, s, 2); got != "x old1 old2 old3 old4" {
			t.Errorf("due an hour later: %q", got)
		}
		quiet := &models.PageDelivery{Claim: claimPage(t, s, "dong-news-old1"), Class: models.ErrRateLimited, Free: true, Again: time.Hour, Quiet: time.Hour}
		must(t, s.SavePages(t.Context(), quiet))
		if got := unread(t, s, 10); got != "x" {
			t.Errorf("due of a host that wants quiet: %q", got)
		}
	})
}

func TestAnItemThatChangedMeanwhileIsReadAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := readsArticles(t, d)
		it := item("dong-news", "a", c.millisNow()-3600_000)
		deliver(t, s, "dong-news", it)
		page := read(t, s, claimPage(t, s, it.ID), "全文")
		it.Title, it.Hash = "新标题", "h2"
		deliver(t, s, "dong-news", it)
		must(t, s.SavePages(t.Context(), page))
		if held, err := s.Item(t.Context(), it.ID); err != nil || !page.Lost || held.Title != "新标题" || held.Page != "" {
			t.Errorf("%+v, %v", held, err)
		}
		if got := unread(t, s, 10); got != "a" {
			t.Errorf("due: %q", got)
		}
	})
}

// TestOfABacklogTheNewestPagesAreRead: a sitemap names all that a site ever published.
func TestOfABacklogTheNewestPagesAreRead(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		cat := city()
		source(cat, "dong-news").Articles = true
		must(t, s.Apply(t.Context(), cat))
		var old []models.Item
		for i := range pagesBefore + 50 {
			old = append(old, item("dong-news", fmt.Sprintf("old%03d", i), c.millisNow()-models.Millis(i+1)*3600_000))
		}
		deliver(t, s, "dong-news", old...)
		pages, err := s.Pages(t.Context())
		must(t, err)
		if n := pages["dong-news"].Waiting; n != pagesBefore {
			t.Errorf("%d pages wait, want %d", n, pagesBefore)
		}
		if got := unread(t, s, 10); got != "old000 old001 old002 old003" {
			t.Errorf("due: %q", got)
		}
		c.pass(time.Hour)
		var news []models.Item
		for i := range pagesBefore + 50 {
			news = append(news, item("dong-news", fmt.Sprintf("news%03d", i), c.millisNow()))
		}
		deliver(t, s, "dong-news", news...)
		if pages, err = s.Pages(t.Context()); err != nil || pages["dong-news"].Waiting != 2*pagesBefore+50 {
			t.Errorf("of what came since all is read: %+v, %v", pages["dong-news"], err)
		}
	})
}

// TestQuietHoldsForPagesThatComeMeanwhile, and for pages of other sources at the same host.
func TestQuietHoldsForPagesThatComeMeanwhile(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := readsArticles(t, d)
		deliver(t, s, "dong-news", item("dong-news", "a", c.millisNow()-3600_000))
		quiet := &models.PageDelivery{Claim: claimPage(t, s, "dong-news-a"), Class: models.ErrRateLimited, Free: true, Again: time.Hour, Quiet: time.Hour}
		must(t, s.SavePages(t.Context(), quiet))
		deliver(t, s, "dong-news", item("dong-news", "a", c.millisNow()-3600_000), item("dong-news", "b", c.millisNow()))
		if got := unread(t, s, 10); got != "" {
			t.Errorf("due of a host that wants quiet: %q", got)
		}
		c.pass(61 * time.Minute)
		if got := unread(t, s, 10); got != "b a" {
			t.Errorf("due an hour later: %q", got)
		}
	})
}

// TestOfTwoReadersOfAPageTheLaterHolds: one was killed, or slept, and another took its page.
func TestOfTwoReadersOfAPageTheLaterHolds(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := readsArticles(t, d)
		deliver(t, s, "dong-news", item("dong-news", "a", c.millisNow()-3600_000))
		lost := read(t, s, claimPage(t, s, "dong-news-a"), "先读的")
		if got := unread(t, s, 10); got != "" {
			t.Errorf("due while it is leased: %q", got)
		}
		c.pass(5*time.Minute + time.Second)
		held := read(t, s, claimPage(t, s, "dong-news-a"), "后读的")
		must(t, s.SavePages(t.Context(), lost))
		must(t, s.SavePages(t.Context(), held))
		it, err := s.Item(t.Context(), "dong-news-a")
		must(t, err)
		if !lost.Lost || held.Lost || it.Text != "后读的" {
			t.Errorf("lost %v, held %v: %q", lost.Lost, held.Lost, it.Text)
		}
	})
}
