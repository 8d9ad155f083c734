package aggregator

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// wish is a feed that says in its head when it wants to be visited.
func wish(head string, names ...string) string {
	return strings.Replace(rss(names...), "<link>", head+"<link>", 1)
}

// unchanged answers with a page once, and then that nothing has changed.
func unchanged(body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header()[header[i]] = []string{header[i+1]}
		}
		w.Header()["ETag"] = []string{`"1"`}
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, body)
	}
}

const often = `sources: [{key: daily, name: 甲, url: "http://daily.example/rss.xml", schedule: "@every 10m"}]`

// What the server and the feed ask for holds on every visit, also on those that bring no document.
func TestF18F19FreshForAWhile(t *testing.T) {
	const h = time.Hour
	for name, c := range map[string]struct {
		page        http.HandlerFunc
		least, most time.Duration
		why         models.Why
	}{
		"max-age":             {unchanged(rss("桂花节"), "Cache-Control", "max-age=10800"), 3 * h, 3*h + time.Minute, models.WhyMaxAge},
		"max-age and Age":     {unchanged(rss("桂花节"), "Cache-Control", "max-age=10800", "Age", "3600"), 2 * h, 2*h + time.Minute, models.WhyMaxAge},
		"max-age of a year":   {unchanged(rss("桂花节"), "Cache-Control", "max-age=31536000"), 24 * h, 24*h + time.Minute, models.WhyMaxAge},
		"ttl":                 {unchanged(wish("<ttl>120</ttl>", "桂花节")), 2 * h, 2*h + time.Minute, models.WhyTTL},
		"ttl of a week":       {unchanged(wish("<ttl>10080</ttl>", "桂花节")), 24 * h, 24*h + time.Minute, models.WhyTTL},
		"ttl of none":         {unchanged(wish("<ttl>0</ttl>", "桂花节")), h / 6, h / 5, models.WhySchedule},
		"ttl below zero":      {unchanged(wish("<ttl>-1</ttl>", "桂花节")), h / 6, h / 5, models.WhySchedule},
		"ttl of an age":       {unchanged(wish("<ttl>1000000000</ttl>", "桂花节")), h / 6, h / 5, models.WhySchedule},
		"ttl in words":        {unchanged(wish("<ttl>一小时</ttl>", "桂花节")), h / 6, h / 5, models.WhySchedule},
		"a period is no wish": {unchanged(strings.Replace(wish(`<sy:updatePeriod>daily</sy:updatePeriod>`, "桂花节"), "<rss ", `<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" `, 1)), h / 6, h / 5, models.WhySchedule},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, often, func(b *bubble) {
				b.on("daily.example/rss.xml", c.page)
				for i, gap := range gaps(b.more(5)) {
					if gap < c.least || gap > c.most {
						b.Errorf("request %d after %v, want from %v to %v", i+1, gap, c.least, c.most)
					}
				}
				b.holds("daily", "桂花节")
				s := b.state("daily")
				if s.Reason.Why != c.why || s.Reason.Why != models.WhySchedule && s.NextAt.Time().Sub(s.LastVisit.Time()) < s.Reason.Wait {
					b.Errorf("the admin reads %+v", s.Reason)
				}
			})
		})
	}
}

// No request comes in the hours and on the days of GMT that a feed wants for itself, not even for
// what came due while nobody was there; but on demand.
func TestF20LeftAloneInItsHours(t *testing.T) {
	const head = `<skipHours><hour>12</hour><hour>13</hour><hour>14</hour></skipHours><skipDays><day>Wednesday</day></skipDays>`
	inBubble(t, often, func(b *bubble) { // from 2:00 on a Monday
		b.on("daily.example/rss.xml", unchanged(wish(head, "桂花节")))
		b.leap(9*time.Hour + 41*time.Minute)
		if due := b.state("daily").NextAt.Time(); due.Hour() != 11 {
			b.Fatalf("due %v", due)
		}
		time.Sleep(time.Hour) // nobody there, until 12:41
		before := len(b.at(""))
		b.leap(10 * time.Minute)
		if n := len(b.at("")); n != before {
			b.Errorf("%d requests for what came due before", n-before)
		}
		b.apply(strings.Replace(often, "10m", "12m", 1)) // and is due at once, 12:51
		if due := b.state("daily").NextAt.Time(); due.Hour() > 13 {
			b.Fatalf("due %v", due)
		}
		b.leap(time.Hour)
		if n := len(b.at("")); n != before {
			b.Errorf("%d requests for what came due in its hours", n-before)
		}
		s := b.state("daily")
		if s.Reason.Why != models.WhySkip || s.NextAt.Time().Hour() != 15 || s.LeasedUntil != 0 {
			b.Errorf("due %v, because %+v", s.NextAt.Time(), s.Reason)
		}
		b.visit(store.Which{All: true})
		if n := len(b.at("")); n != before+1 {
			b.Errorf("%d requests on demand", n-before)
		}
		demanded := b.at("")[before].at
		b.leap(7 * 24 * time.Hour)
		all := b.at("")
		for _, a := range all {
			if at := a.at.UTC(); (at.Hour() >= 12 && at.Hour() < 15 || at.Weekday() == time.Wednesday) && !a.at.Equal(demanded) {
				b.Errorf("a request at %s", at.Format(time.RFC1123))
			}
		}
		if len(all) < 6*21*4 {
			b.Errorf("only %d requests in a week", len(all))
		}
	})
}

// TestF18F28F31WaitsAgainstAnEdit: neither a faster schedule nor restarts, nor both, bring a visit
// before what the server asked for, whatever schedule it was asked under.
func TestF18F28F31WaitsAgainstAnEdit(t *testing.T) {
	const source = "sources: [{key: a, name: 甲, url: \"http://a.example/f\", schedule: %q}]\n"
	for name, c := range map[string]struct {
		page http.HandlerFunc
		wait time.Duration
	}{
		"429":     {fails(http.StatusTooManyRequests, "Retry-After", "43200"), 12 * time.Hour},
		"503":     {fails(http.StatusServiceUnavailable, "Retry-After", "43200"), 12 * time.Hour},
		"403":     {fails(http.StatusForbidden), 4 * time.Hour},
		"max-age": {says(rss("桂花节"), "Cache-Control", "max-age=43200"), 12 * time.Hour},
	} {
		for _, before := range []string{"@hourly", "@daily"} {
			inBubble(t, fmt.Sprintf(source, before), func(b *bubble) {
				b.on("a.example/f", c.page)
				b.leap(10 * time.Minute)
				b.apply(fmt.Sprintf(source, "@every 30m"))
				for range 7 { // daemons
					b.leap(2 * time.Hour)
				}
				if early := slices.Min(gaps(b.at(""))); early < c.wait {
					b.Errorf("%s, %s: asked again after %s", name, before, early)
				}
			})
		}
	}
}

// Hints that leave no time at all are not heeded, and the admin is told.
func TestF20AllHoursAreNone(t *testing.T) {
	var hours strings.Builder
	for i := range 24 {
		fmt.Fprintf(&hours, "<hour>%d</hour>", i)
	}
	inBubble(t, often, func(b *bubble) {
		b.on("daily.example/rss.xml", unchanged(wish("<skipHours>"+hours.String()+"</skipHours>", "桂花节")))
		b.leap(24 * time.Hour)
		if n := len(b.at("")); n < 120 {
			b.Errorf("%d requests in a day", n)
		}
		if w := strings.Join(b.state("daily").Warnings, "\n"); !strings.Contains(w, "skipHours is not heeded") {
			b.Errorf("the admin reads %q", w)
		}
	})
}

// A source with schedule: auto is visited as it publishes: a busy one hardly more often than the
// floor allows, and one that falls silent ever less often, until once a day.
func TestF22OwnRhythm(t *testing.T) {
	const auto = `sources: [{key: daily, name: 甲, url: "http://daily.example/rss.xml", schedule: auto}]`
	inBubble(t, auto, func(b *bubble) {
		began := time.Now()
		const busy, silence = 24 * time.Hour, 8 * 24 * time.Hour // articles each two minutes, none, again as before
		const many = int(busy / (2 * time.Minute))
		dated := func(n int) time.Time {
			if n > many {
				return began.Add(silence + time.Duration(n)*2*time.Minute)
			}
			return began.Add(time.Duration(n) * 2 * time.Minute)
		}
		b.on("daily.example/rss.xml", func(w http.ResponseWriter, r *http.Request) {
			newest := int((min(time.Since(began), busy) + max(0, time.Since(began)-busy-silence)) / (2 * time.Minute))
			tag := fmt.Sprintf(`"%d"`, newest)
			w.Header()["ETag"] = []string{tag}
			if r.Header.Get("If-None-Match") == tag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			var items strings.Builder
			for i := range 20 {
				n := newest - i
				fmt.Fprintf(&items, "<item><title>桂花节第%d日</title><guid>%[1]d</guid><pubDate>%s</pubDate></item>", n+100, dated(n).UTC().Format(time.RFC1123))
			}
			_, _ = io.WriteString(w, strings.Replace(rss(), "</channel>", items.String()+"</channel>", 1))
		})
		b.leap(busy)
		all := b.at("")
		for i, gap := range gaps(all) {
			if gap < 5*time.Minute {
				b.Errorf("request %d after %v, under the floor", i+1, gap)
			}
		}
		if len(all) < 200 {
			b.Errorf("%d requests in a day of a busy source", len(all))
		}
		b.leap(silence)
		silent := gaps(b.at("")[len(all):])
		for i := 1; i < len(silent); i++ {
			if silent[i] < silent[i-1] {
				b.Errorf("asked after %v, then after %v", silent[i-1], silent[i])
			}
			if silent[i] > 24*time.Hour+6*time.Minute {
				b.Errorf("asked after %v, over the cap", silent[i])
			}
		}
		if last := silent[len(silent)-1]; last < 24*time.Hour {
			b.Errorf("silent for a week and asked after %v", last)
		}
		if s := b.state("daily"); s.Reason.Why != models.WhyRhythm || s.Reason.Wait != 24*time.Hour || s.Rhythm == 0 {
			b.Errorf("the admin reads %+v; learnt %v", s.Reason, s.Rhythm)
		}
		before := len(b.at(""))
		b.leap(2 * 24 * time.Hour)
		again := b.at("")[before:]
		if len(again) < 200 || again[3].at.Sub(again[0].at) > 12*time.Hour {
			b.Errorf("%d requests in two days of articles again; after the first ones %v", len(again), gaps(again[:min(5, len(again))]))
		}
	})
}
