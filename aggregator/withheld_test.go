package aggregator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// renewed is a source whose system was replaced so that little of what was there can be recognized:
// names, dates and most titles are others; and two pieces are new.
func renewed(from int) string {
	return paper(append(pieces(from, from), pieces(0, 13, guids, links, nextYear, retitle)...)...)
}

// nextYear dates everything long before anything held.
func nextYear(_ int, p *piece) {
	t, _ := time.Parse(time.RFC1123Z, p.date)
	p.date = t.Add(-40 * 24 * time.Hour).Format(time.RFC1123Z)
}

// TestR19Withheld: where fewer can be recognized, what looks old is withheld and the admin told; what
// is news comes all the same. The admin's word lets it in, quietly.
func TestR19Withheld(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		b.visits(paper(pieces(0, 15)...), renewed(2))
		if v := b.last().Visit; v.New != 2 {
			b.Fatalf("%+v", v)
		}
		s := b.state("daily")
		if s.Class != models.ErrUnknown || s.Withheld.Items != 13 || s.Failures != 0 || !strings.Contains(s.Error, "13 of its entries") ||
			!slices.ContainsFunc(s.Warnings, func(w string) bool { return strings.Contains(w, "fetch --accept daily") }) {
			b.Errorf("%+v", s)
		}
		b.pages = http.NewServeMux()
		b.visits(renewed(3), renewed(3), renewed(3))
		if s := b.state("daily"); s.Withheld.Items != 13 || s.Class != models.ErrUnknown || len(b.told("daily")) != 18 {
			b.Errorf("an hour later: %+v", s)
		}
		a := b.aggregator(b.store)
		a.opts.Accept = true
		must(b, a.Once(b.Context(), store.Which{Force: true}))
		a.plan.Load().client.Close()
		if s := b.state("daily"); s.Withheld != (models.Withheld{}) || s.Class != "" {
			b.Errorf("accepted: %+v", s)
		}
		b.quiet(18, 13)
	})
}

// quiet checks that all but the newest stories are listed by their own dates.
func (b *bubble) quiet(before, backlog int) {
	b.Helper()
	stories, err := b.store.Latest(b.Context(), models.View{Source: "daily"}, models.ByListed, 100)
	must(b, err)
	if len(stories) != before+backlog {
		b.Fatalf("%d stories, want %d", len(stories), before+backlog)
	}
	for _, s := range stories[before:] {
		if s.Listed != s.Published || !strings.HasPrefix(s.Items[0].Title, "旧文") {
			b.Errorf("%s is listed %v, published %v", s.Items[0].Title, s.Listed.Time(), s.Published.Time())
		}
	}
}

// TestR19WithheldForDays: nobody says a word. Nothing that may be news is lost: it is taken after
// three days, even though the document did not change, and listed where it belongs.
func TestR19WithheldForDays(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", turns(says(paper(pieces(0, 15)...)), unchanged(renewed(2))))
		b.more(2)
		b.leap(71 * time.Hour)
		if s := b.state("daily"); s.Withheld.Items != 13 || len(b.told("daily")) != 17 {
			b.Errorf("too early: %+v", s)
		}
		b.leap(2 * time.Hour)
		if s := b.state("daily"); s.Withheld != (models.Withheld{}) || s.Class != "" {
			b.Errorf("after three days: %+v", s)
		}
		b.quiet(17, 13)
	})
}

// archive is the kth five entries of an archive that a source puts online: nothing of it was ever there,
// and all of it is dated long ago.
func archive(k int) string {
	var old []piece
	for i := range 5 {
		old = append(old, piece{
			guid: fmt.Sprintf("b%d-%d", k, i), link: fmt.Sprintf("http://daily.example/b%d-%d.html", k, i),
			title: fmt.Sprintf("旧文 %s %d号", headlines[(k*5+i)%20], k),
			date:  time.Date(2026, 9, 1+k, i, 7, 13, 0, time.UTC).Format(time.RFC1123Z), text: "正文",
		})
	}
	return paper(old...)
}

// TestR19WithheldAndGone: what is withheld leaves the document within the hour, while it waits, and the
// source then fails; all of it is listed in time, by its dates, and announced as the news of no day.
func TestR19WithheldAndGone(t *testing.T) {
	for name, last := range map[string]http.HandlerFunc{
		"still there": says(archive(4)), "unchanged": unchanged(archive(4)), "news": says(paper(pieces(3, 2)...)), "failing": fails(503), "gone": fails(410),
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, daily, func(b *bubble) {
				b.visits(append([]string{paper(pieces(0, 1)...)}, archive(0), archive(1), archive(2), archive(3), archive(4))...)
				if s := b.state("daily"); s.Withheld.Items != 25 || len(b.told("daily")) != 1 {
					b.Errorf("%+v, %d told", s.Withheld, len(b.told("daily")))
				}
				b.pages = http.NewServeMux()
				b.on("daily.example/rss.xml", last)
				b.leap(60 * time.Hour)
				news := len(b.told("daily"))
				if news > 3 {
					b.Errorf("%d told too early", news)
				}
				if b.leap(48 * time.Hour); name == "gone" {
					b.leap(30 * 24 * time.Hour) // it is asked for once a month
				}
				b.quiet(news, 25)
				if s := b.state("daily"); s.Withheld != (models.Withheld{}) || slices.ContainsFunc(s.Warnings, func(w string) bool { return strings.Contains(w, "withheld:") }) {
					b.Errorf("%+v, %q", s.Withheld, s.Warnings)
				}
			})
		})
	}
}

// TestR19AnotherAddress: an editor gives a source another address. Of what is there nothing is suspect,
// for a person chose it, and what was withheld at the old one is let go; all of it quietly.
func TestR19AnotherAddress(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		b.visits(paper(pieces(0, 6)...), archive(0))
		b.on("daily.example/new.xml", says(archive(1)))
		b.apply(strings.Replace(daily, "/rss.xml", "/new.xml", 1))
		b.visit(store.Which{Force: true})
		if s := b.state("daily"); s.Withheld != (models.Withheld{}) || s.Class != "" {
			b.Errorf("%+v", s)
		}
		b.quiet(6, 10)
	})
}
