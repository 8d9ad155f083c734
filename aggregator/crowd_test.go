package aggregator

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestR41NothingLeaks: after a thousand visits that end in all ways there are, there is as much of us
// as before.
func TestR41NothingLeaks(t *testing.T) {
	mux, urls := http.NewServeMux(), map[string]string{}
	loop := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }
	var round atomic.Int64
	for key, answer := range map[string]http.HandlerFunc{
		"same":      says(rss("桂花节"), "Etag", `"1"`),
		"unchanged": turns(says(rss("桂花节"), "Etag", `"1"`), fails(http.StatusNotModified)),
		"new": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, rss(fmt.Sprint("第", round.Load(), "号")))
		},
		"missing": fails(http.StatusNotFound), "busy": fails(http.StatusServiceUnavailable, "Retry-After", "1"),
		"loop": loop, "page": says("<!DOCTYPE html><html><body>请登录</body></html>"), "empty": says(rss()),
		"reset":  wired("HTTP/1.1 200 OK\r\n", func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }),
		"short":  wired("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<rss>", nil),
		"zip":    says("no zip", "Content-Encoding", "gzip"),
		"large":  says(strings.Repeat("x", 11<<20)),
		"broken": says("<rss><channel><item>"),
		"slow":   wired("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }),
	} {
		mux.HandleFunc("/"+key, answer)
		urls[key] = ""
	}
	origin := httptest.NewServer(mux)
	defer origin.Close()
	for key := range urls {
		urls[key] = origin.URL + "/" + key
	}
	c := onLoopback(t, urls, 100*time.Millisecond)
	rest := func(want int) int {
		c.hangUp()
		origin.CloseClientConnections()
		return settled(t, want)
	}
	c.visit()
	before := rest(0)
	var visits int
	for visits < 1000 {
		round.Add(1)
		c.visit()
		visits += len(urls)
	}
	if after := rest(before); after > before {
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines before %d visits, %d after\n%s", before, visits, after, stacks[:runtime.Stack(stacks, true)])
	}
}

// TestR36OneInAHundredIsHostile runs eight hundred sources every five minutes: as many visits in an
// hour, and as many to hosts that are hostile, as of ten thousand hourly sources, and none of the
// others is late. Its time is simulated: it shows who waits for whom, not what reading costs, which
// has bounds of its own.
func TestR36OneInAHundredIsHostile(t *testing.T) {
	const sources, worst = 800, 3 * time.Second
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	drip := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, " ")
			_ = http.NewResponseController(w).Flush()
			time.Sleep(time.Second)
		}
	}
	circle := 0
	hostile := []http.HandlerFunc{
		hang, drip, hang,
		fails(http.StatusServiceUnavailable, "Retry-After", "1"),
		says(strings.Repeat("<a>", 100_000)),
		says("<!DOCTYPE html><html></html>"),
		func(w http.ResponseWriter, r *http.Request) {
			circle++
			http.Redirect(w, r, fmt.Sprint("/", circle), http.StatusFound)
		},
		func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
	var feeds strings.Builder
	feeds.WriteString("network: {floor: 5m}\nsources:\n")
	for i := range sources {
		fmt.Fprintf(&feeds, "  - {key: s%03d, name: 第%[1]d站, url: \"http://h%03[1]d.example/feed\", schedule: \"@every 5m\"}\n", i)
	}
	inBubble(t, feeds.String(), func(b *bubble) {
		bad := map[string]bool{}
		for i := range sources {
			host := fmt.Sprintf("h%03d.example", i)
			if i%100 == 50 {
				b.on(host+"/", hostile[i/100])
				bad[fmt.Sprintf("s%03d", i)] = true
				continue
			}
			b.on(host+"/feed", turns(says(rss("桂花节"), "Etag", `"1"`), fails(http.StatusNotModified)))
		}
		b.live(12 * time.Minute)
		due, times := map[string]time.Time{}, map[string]int{}
		for _, d := range b.saved {
			key, began := d.Claim.Source, d.Ended.Add(-time.Duration(d.Visit.Duration)*time.Millisecond)
			if late := began.Sub(due[key]); !bad[key] && times[key] > 0 && late > worst {
				b.Errorf("%s was visited %s late", key, late)
			}
			due[key] = d.NextAt
			times[key]++
		}
		for key, s := range b.states() {
			if n := times[key]; !bad[key] && n < 3 {
				b.Errorf("%s was visited %d times in twelve minutes", key, n)
			}
			if bad[key] && s.Class == "" {
				b.Errorf("%s is hostile and well: the test shows too little", key)
			}
		}
	})
}
