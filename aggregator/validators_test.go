package aggregator

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// daily is a catalog of one source that is visited each ten minutes or so.
const daily = `network: {floor: 1m, per_host: {gap: 0s}}
sources: [{key: daily, name: 日报, url: "http://daily.example/rss.xml", schedule: "@every 10m"}]
`

// twice is long enough for two visits of it, and too short for four.
const twice = 32 * time.Minute

// tagged is a page that knows its own ETag.
func tagged(tag, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Etag"] = []string{tag}
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, body)
	}
}

// TestF01OneUnconditionalRequest: the first of a hundred, though the daemon restarts now and then.
func TestF01OneUnconditionalRequest(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", tagged(`"1"`, rss("桂花节")))
		for len(b.at("")) < 100 {
			b.leap(2 * time.Hour)
		}
		for i, a := range b.at("") {
			if a.conditional() != (i > 0) {
				b.Errorf("request %d: %v", i, a.header)
			}
		}
		b.holds("daily", "桂花节")
	})
}

// TestF02F03F04F05ValidatorsSurviveTheStore: what was received is sent, byte for byte, after it was
// in the database and another daemon started; what was not received is not, nor what went away.
func TestF02F03F04F05ValidatorsSurviveTheStore(t *testing.T) {
	const date = "Mon, 05 Oct 2026 01:59:00 GMT"
	for name, c := range map[string]struct{ tag, date string }{
		"F02 strong":       {`"x"`, ""},
		"F02 weak":         {`W/"x"`, ""},
		"F02 with a quote": {`"a b\"c"`, ""},
		"F02 nothing":      {`""`, ""},
		"F02 bare":         {`abc`, ""},
		"F02 long":         {`"` + strings.Repeat("0123456789abcdef", 256) + `"`, ""},
		"F03 right":        {"", date},
		"F03 lower case":   {"", "mon, 05 oct 2026 01:59:00 gmt"},
		"F03 no GMT":       {"", "Mon, 05 Oct 2026 09:59:00 +0800"},
		"F03 no date":      {"", "昨天"},
		"F04 neither":      {"", ""},
		"F05 both":         {`"x"`, date},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, daily, func(b *bubble) {
				var header []string
				if c.tag != "" {
					header = append(header, "Etag", c.tag)
				}
				if c.date != "" {
					header = append(header, "Last-Modified", c.date)
				}
				dated := strings.Replace(rss("桂花节"), "<item>", "<lastBuildDate>"+date+"</lastBuildDate><pubDate>"+date+"</pubDate><item>", 1)
				b.on("daily.example/rss.xml", turns(says(dated, header...), says(rss("桂花节", "花灯"))))
				asks := b.more(3)
				for i, want := range []struct{ tag, date string }{{}, c, {}} {
					h := asks[i].header
					if !slices.Equal(h["If-None-Match"], list(want.tag)) || !slices.Equal(h["If-Modified-Since"], list(want.date)) {
						b.Errorf("request %d asks with %q and %q, want %q and %q", i, h["If-None-Match"], h["If-Modified-Since"], want.tag, want.date)
					}
				}
			})
		})
	}
}

func list(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

// TestF06F07NewValidatorsOfTheSameBody: each answer's own go with the next request, be the body the
// same as before (`touch feed.xml`), or the second of the change.
func TestF06F07NewValidatorsOfTheSameBody(t *testing.T) {
	for name, c := range map[string]struct{ first, second []string }{
		"F06": {[]string{"Etag", `"1"`, "Last-Modified", "Mon, 05 Oct 2026 01:00:00 GMT"}, []string{"Etag", `"2"`, "Last-Modified", "Mon, 05 Oct 2026 02:00:00 GMT"}},
		"F07": {[]string{"Etag", `"1"`, "Last-Modified", "Mon, 05 Oct 2026 01:00:00 GMT"}, []string{"Etag", `"2"`, "Last-Modified", "Mon, 05 Oct 2026 01:00:00 GMT"}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, daily, func(b *bubble) {
				b.on("daily.example/rss.xml", turns(says(rss("桂花节"), c.first...), says(rss("桂花节"), c.second...)))
				asks := b.more(3)
				for i, want := range [][]string{c.first, c.second} {
					h := asks[i+1].header
					if h.Get("If-None-Match") != want[1] || h.Get("If-Modified-Since") != want[3] {
						b.Errorf("request %d asks with %v, want %q", i+1, h, want)
					}
				}
				b.ended(models.Unchanged, "")
			})
		})
	}
}

// TestF08ValidatorsNeverGoBack: two daemons share the work, the source is slow and changes with each
// answer. Nobody asks with an older validator than the newest that was given out before.
func TestF08ValidatorsNeverGoBack(t *testing.T) {
	const feeds = `network: {floor: 10s, per_host: {gap: 0s}}
sources: [{key: daily, name: 日报, url: "http://daily.example/rss.xml", schedule: "@every 10s", timeout: 40s}]
`
	inBubble(t, feeds, func(b *bubble) {
		var answers atomic.Int64
		b.on("daily.example/rss.xml", func(w http.ResponseWriter, r *http.Request) {
			want := ""
			if n := answers.Load(); n > 0 {
				want = fmt.Sprintf("%q", fmt.Sprint(n))
			}
			if got := r.Header.Get("If-None-Match"); got != want {
				b.Errorf("asked with %q after %s was given out", got, want)
			}
			n := answers.Add(1)
			time.Sleep(time.Duration(n%4) * 7 * time.Second)
			w.Header()["Etag"] = []string{fmt.Sprintf("%q", fmt.Sprint(n))}
			fmt.Fprint(w, rss(fmt.Sprintf("第%d条", n)))
		})
		one, two := b.daemon(b.store), b.daemon(b.second())
		time.Sleep(8 * time.Minute)
		one()
		two()
		if n := len(b.at("")); n < 20 {
			b.Errorf("only %d requests: the test shows too little", n)
		}
		if n := b.most["daily.example"]; n != 1 {
			b.Errorf("%d requests at once", n)
		}
	})
}

// TestF11NothingIsKeptOfAFailure: after an answer that is no feed the next request names the copy
// before it, whose items are still there.
func TestF11NothingIsKeptOfAFailure(t *testing.T) {
	header := []string{"Etag", `"bad"`, "Last-Modified", "Mon, 05 Oct 2026 02:00:00 GMT"}
	for name, c := range map[string]struct {
		bad   http.HandlerFunc
		class models.ErrorClass
	}{
		"broken":     {says(`{"version": "https://jsonfeed.org/version/1.1", "items": [{"id" "1"}]}`, header...), models.ErrParse},
		"a WAF page": {says("<!DOCTYPE html><html><script>document.cookie='x'</script></html>", header...), models.ErrNotAFeed},
		"over limit": {says(rss("恶")+strings.Repeat(" ", 1<<20), header...), models.ErrTooLarge},
		"cut short": {func(w http.ResponseWriter, r *http.Request) {
			says("", append(header, "Content-Length", "100000")...)(w, r)
			_, _ = io.WriteString(w, rss("恶"))
		}, models.ErrConnect},
		"503": {fails(http.StatusServiceUnavailable, header...), models.ErrHTTP5xx},
		"410": {fails(http.StatusGone, header...), models.ErrGone},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, "network: {floor: 1m, max_body: 1MiB, per_host: {gap: 0s}}\n"+daily[strings.Index(daily, "sources"):], func(b *bubble) {
				b.on("daily.example/rss.xml", turns(tagged(`"good"`, rss("桂花节")), c.bad, tagged(`"good"`, rss("桂花节"))))
				b.visit(store.Which{})
				b.visit(store.Which{Force: true})
				b.ended(models.Failed, c.class)
				b.holds("daily", "桂花节")
				b.visit(store.Which{Force: true})
				b.ended(models.Unchanged, "")
				for i, a := range b.at("")[1:] {
					if a.header.Get("If-None-Match") != `"good"` || a.header.Get("If-Modified-Since") != "" {
						b.Errorf("request %d asks with %v", i+1, a.header)
					}
				}
			})
		})
	}
}

// TestF12AFreshened304 takes the new ETag and the new freshness of a 304, and leaves the items alone.
func TestF12AFreshened304(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", turns(says(rss("桂花节"), "Etag", `"1"`, "Last-Modified", "Mon, 05 Oct 2026 01:00:00 GMT"),
			fails(http.StatusNotModified, "Etag", `"2"`, "Cache-Control", "max-age=7200"), fails(http.StatusNotModified)))
		b.visit(store.Which{})
		before, rev := b.items("daily")["桂花节"], b.rev()
		asks := b.more(2)
		if h := asks[1].header; h.Get("If-None-Match") != `"2"` || h.Get("If-Modified-Since") != "Mon, 05 Oct 2026 01:00:00 GMT" {
			b.Errorf("after the 304 asked with %v", h)
		}
		if gap := asks[1].at.Sub(asks[0].at); gap < 2*time.Hour {
			b.Errorf("asked again %v after a 304 that is good for two hours", gap)
		}
		if after := b.items("daily")["桂花节"]; after.Digest != before.Digest || after.Updated != before.Updated || b.rev() != rev {
			b.Errorf("the 304 changed an item: %+v, was %+v", after, before)
		}
	})
}

// TestF13NothingFromAnUnasked304: it is a failure of the server's, not a feed without items.
func TestF13NothingFromAnUnasked304(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", turns(fails(http.StatusNotModified, "Etag", `"1"`), says(rss("桂花节"))))
		b.visit(store.Which{})
		b.ended(models.Failed, models.ErrHTTP5xx)
		b.leap(3 * time.Hour)
		b.holds("daily", "桂花节")
		if a := b.at("")[1]; a.conditional() {
			b.Errorf("asked with %v", a.header)
		}
	})
}

// TestF14WhatMakesACopyWorthless: another address, or another way to read the same bytes, which
// costs one whole answer and no more.
func TestF14WhatMakesACopyWorthless(t *testing.T) {
	asks := func(b *bubble, want ...bool) {
		b.Helper()
		for i, a := range b.more(len(want)) {
			if a.conditional() != want[i] {
				b.Errorf("request %d to %s: %v", i, a.url, a.header)
			}
		}
	}
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/", tagged(`"1"`, rss("桂花节")))
		asks(b, false, true)
		b.apply(strings.Replace(daily, "rss.xml", "new.xml", 1))
		asks(b, false, true)
		b.apply(strings.Replace(daily, "rss.xml\"", "new.xml\", encoding: gb18030", 1))
		asks(b, false, true, true)

		// A civicfeed that read otherwise wrote this hash.
		b.rehash("daily", "00000000:0123")
		asks(b, false, true, true)
		b.holds("daily", "桂花节")
	})
}

// rehash has the newest body of a source be another.
func (b *bubble) rehash(key, hash string) {
	b.Helper()
	claims, err := b.store.Claim(b.Context(), 1, time.Minute, store.Which{Keys: []string{key}, Force: true})
	must(b, err)
	must(b, b.store.Save(b.Context(), []*models.Delivery{{
		Claim: claims[0], Visit: models.Visit{Outcome: models.Unchanged}, Validators: claims[0].Validators, BodyHash: hash, NextAt: time.Now(),
	}}))
}

func (b *bubble) rev() int64 {
	b.Helper()
	n, err := b.store.Rev(b.Context())
	must(b, err)
	return n
}

// TestF01OfADocumentThatIsNotReadWhole: of one with too many items the first request alone is
// unconditional; of one that ends early the second is, too, which shows that nothing was lost on the way.
func TestF01OfADocumentThatIsNotReadWhole(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"too many items": {strings.Replace(rss("桂花节"), "</channel>", strings.Repeat("<item><title>灯会</title></item>", 6000)+"</channel>", 1), 1},
		"no end tag":     {strings.TrimSuffix(rss("桂花节", "灯会"), "</channel></rss>"), 2},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, daily, func(b *bubble) {
				b.on("daily.example/rss.xml", tagged(`"1"`, c.body))
				for i, a := range b.more(8) {
					if a.conditional() != (i >= c.want) {
						b.Errorf("request %d: %v", i, a.header)
					}
				}
				b.ended(models.Unchanged, "")
			})
		})
	}
}
