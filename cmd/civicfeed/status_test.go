package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"civicfeed/models/store"
)

// TestF68StatusOfRealVisits: after three visits to real servers the status tells of each source when
// it last went well, what class of trouble it is in, for how many visits and since when, when the
// next visit is, and why then; to people on the page, to programs as JSON.
func TestF68StatusOfRealVisits(t *testing.T) {
	const item = `<item><guid>1</guid><title>桂花节</title></item>`
	feed := func(items string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `<rss version="2.0"><channel><title>日报</title>`+items+`</channel></rss>`)
		}
	}
	refuse := func(status int, wait string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", wait)
			http.Error(w, "不行", status)
		}
	}
	page := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<!DOCTYPE html><html>请登录</html>")
	}
	for key, c := range map[string]struct {
		first, then                http.HandlerFunc
		state, class, reason, text string
		failures                   int
		wait                       time.Duration
	}{
		"well":    {feed(item), feed(item), "well", "", "as scheduled", "", 0, 0},
		"empty":   {feed(""), feed(""), "failing", "empty_feed", "as scheduled", "没有任何内容", 0, 0},
		"busy":    {feed(item), refuse(503, "9000"), "failing", "http_5xx", "2 hours 30 minutes (Retry-After)", "2 小时 30 分钟", 2, 150 * time.Minute},
		"limited": {feed(item), refuse(429, ""), "failing", "rate_limited", "4 hours", "连续失败 2 次", 2, 4 * time.Hour},
		"refused": {feed(item), refuse(403, ""), "failing", "blocked_by_origin", "4 hours", "403", 2, 4 * time.Hour},
		"gone":    {feed(item), refuse(410, ""), "failing", "gone", "30 days", "410", 2, 28 * 24 * time.Hour},
		"page":    {feed(item), page, "failing", "not_a_feed", "2 failures", "不是订阅源", 2, 2 * time.Hour},
	} {
		t.Run(key, func(t *testing.T) {
			var first sync.Once
			origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				answer := c.then
				first.Do(func() { answer = c.first })
				answer(w, r)
			}))
			defer origin.Close()
			config := write(t, "feeds.yaml", fmt.Sprintf(`site: {title: 临江新闻汇}
network: {per_host: {gap: 0s}, allow: [127.0.0.0/8]}
sections: [{key: news, title: 要闻}]
sources: [{key: %s, name: 临江日报, url: "%s/rss.xml", section: news, schedule: "@every 1h"}]
`, key, origin.URL))
			db := filepath.Join(t.TempDir(), "status.db")
			for range 3 {
				fetchAll(t, config, db, "--all", "--force")
			}
			get := published(t, opened(t, db, store.Options{}), parsed(t, config))
			var report struct{ Sources []map[string]any }
			if err := json.Unmarshal(get("/status.json").Body.Bytes(), &report); err != nil || len(report.Sources) != 1 {
				t.Fatalf("%v: %s", err, get("/status.json").Body)
			}
			s := report.Sources[0]
			class, _ := s["class"].(string)
			if s["state"] != c.state || class != c.class || s["failures"] != float64(c.failures) || !strings.Contains(fmt.Sprint(s["reason"]), c.reason) {
				t.Errorf("told %v", s)
			}
			visit, ok, next := told(t, s, "last_visit"), told(t, s, "last_ok"), told(t, s, "next_visit")
			if since := told(t, s, "since"); since.IsZero() != (c.failures == 0) || ok.IsZero() || ok.After(visit) || !since.IsZero() && since.Before(ok) {
				t.Errorf("visited %v, well %v, in trouble since %v", visit, ok, since)
			}
			if next.Sub(visit) < max(c.wait, time.Hour)-time.Second {
				t.Errorf("the next visit is %v after the last, want %v", next.Sub(visit), c.wait)
			}
			html := get("/status").Body.String()
			shown := next.In(time.FixedZone("CST", 8*3600)).Format("2006-01-02 15:04")
			if !strings.Contains(html, shown) || !strings.Contains(html, c.text) {
				t.Errorf("the page does not say %q and %q:\n%s", shown, c.text, html)
			}
		})
	}
}

// told reads a time of a source; zero where there is none.
func told(t *testing.T, s map[string]any, name string) time.Time {
	t.Helper()
	text, ok := s[name].(string)
	if !ok {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return at
}
