package aggregator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

// TestR24F51EmptyFeed: what was published stays and is served; after some visits the admin is told, until
// there is something again.
func TestR24F51EmptyFeed(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		full := paper(pieces(0, 5)...)
		v := b.visits(full, paper(), paper())
		if s := b.state("daily"); s.Class != "" || !strings.Contains(strings.Join(v[1].Warnings, "\n"), "empty") {
			b.Errorf("at once: %+v", s)
		}
		before := b.told("daily")
		b.pages = http.NewServeMux()
		b.visits(paper(), paper())
		if s := b.state("daily"); s.Class != models.ErrEmpty || s.Failures != 0 || s.Haste != 0 || len(b.told("daily")) != 5 || len(before) != 5 {
			b.Errorf("after three: %+v", s)
		}
		b.pages = http.NewServeMux()
		if v := b.visits(full); v[0].New+v[0].Changed != 0 || b.state("daily").Class != "" {
			b.Errorf("back again: %+v", v)
		}
	})
}

// TestR25OldItemsComeAgain: the window shrinks and grows, the order is reversed, old items come with new
// dates: nothing is announced again, and nothing moves in the feeds.
func TestR25OldItemsComeAgain(t *testing.T) {
	reversed := pieces(0, 20)
	slices.Reverse(reversed)
	inBubble(t, daily, func(b *bubble) {
		v := b.visits(paper(pieces(0, 20)...), paper(pieces(0, 3)...), paper(reversed...), paper(pieces(-17, 3)...), paper(pieces(0, 20, nextDay)...),
			paper(pieces(-10, 10, nextDay, nextDay)...), paper(pieces(0, 20)...), paper(pieces(0, 20, noGUIDs)...))
		for i := range v[1:] {
			if v[i+1].New != 0 || v[i+1].Changed != 0 {
				b.Errorf("visit %d: %d new, %d changed", i+2, v[i+1].New, v[i+1].Changed)
			}
		}
		stories, err := b.store.Latest(b.Context(), models.View{}, models.ByListed, 50)
		must(b, err)
		if len(stories) != 20 {
			b.Fatalf("%d stories", len(stories))
		}
		for i, s := range stories {
			if want := fmt.Sprintf("old-%d", -i); s.Items[0].Link != fmt.Sprintf("http://daily.example/%d.html", -i) {
				b.Errorf("story %d is %s, want %s", i, s.Items[0].Link, want)
			}
		}
		if s := b.state("daily"); s.Haste != 0 || s.Class != "" {
			b.Errorf("%+v", s)
		}
	})
}

// TestR26Missed: more came between visits than the document holds. The admin is told, the source is
// visited sooner, down to an hour, and later again when that is enough; with no item lost that was
// there, and none announced twice.
func TestR26Missed(t *testing.T) {
	const rarely = `sources: [{key: daily, name: 甲, url: "http://daily.example/rss.xml", schedule: "@every 16h"}]`
	inBubble(t, rarely, func(b *bubble) {
		begin := time.Now()
		pace := 90 * time.Minute
		b.on("daily.example/rss.xml", func(w http.ResponseWriter, r *http.Request) {
			n := int(time.Since(begin) / pace)
			says(paper(pieces(n, 5, func(i int, p *piece) {
				p.date = begin.Add(time.Duration(i) * pace).Format(time.RFC1123Z)
				p.title = fmt.Sprintf("%s（%d）", p.title, i)
			})...))(w, r)
		})
		waits := gaps(b.more(3))
		s := b.state("daily")
		if s.Haste == 0 || s.Reason.Why != models.WhyMissed || !strings.Contains(strings.Join(s.Warnings, "\n"), "may have been missed") {
			b.Errorf("%+v", s)
		}
		if waits[1] > 9*time.Hour {
			b.Errorf("the intervals are %v", waits)
		}
		b.more(6)
		told := len(b.told("daily"))
		now := int(time.Since(begin) / pace)
		b.more(3)
		if got, want := len(b.told("daily"))-told, int(time.Since(begin)/pace)-now; got < want-1 {
			b.Errorf("%d items of %d came", got, want)
		}
		if waits := gaps(b.more(6)); slices.Min(waits) < time.Hour {
			b.Errorf("the intervals are %v", waits)
		}
		begin, pace = time.Now().Add(-time.Since(begin)*16), pace*16
		b.more(12)
		if s := b.state("daily"); s.Haste != 0 || s.Reason.Why == models.WhyMissed {
			b.Errorf("when less comes: haste %d, %+v", s.Haste, s.Reason)
		}
	})
}

// TestR26Overlap: how hurried a source is, by how much of what it shows was there before.
func TestR26Overlap(t *testing.T) {
	for _, c := range []struct {
		there, new, before int
		partial            bool
		want               int
	}{
		{0, 5, 0, false, 1}, {0, 5, 3, false, 4}, {0, 5, 4, false, 4}, {0, 2, 0, false, 0}, {0, 5, 1, true, 1},
		{1, 4, 0, false, 0}, {1, 4, 2, false, 2}, {2, 2, 2, false, 2}, {3, 1, 2, false, 1}, {4, 0, 1, false, 0}, {4, 0, 0, false, 0},
	} {
		r := recognition{held: map[string]models.Item{"x": {ID: "x"}}}
		for i := range c.there + c.new {
			id := fmt.Sprint(i)
			r.items = append(r.items, models.Item{ID: id})
			if i < c.there {
				r.held[id] = models.Item{ID: id}
			}
		}
		d := &models.Delivery{Claim: models.Claim{Haste: c.before}, Haste: c.before}
		reading := &Reading{Partial: c.partial}
		r.missed(d, reading)
		if d.Haste != c.want || (len(reading.Warnings) > 0) != (c.there == 0 && c.new > 2 && !c.partial) {
			t.Errorf("%+v: %d, %q", c, d.Haste, reading.Warnings)
		}
	}
}
