package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"civicfeed/models/store"
)

// TestR19AdminAccepts: a source has renamed and redated everything. The status says what is withheld and
// what to do about it, and doing that takes it.
func TestR19AdminAccepts(t *testing.T) {
	var moved atomic.Bool
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var items strings.Builder
		for i := range 10 {
			name, day := fmt.Sprintf("a%d", i), time.Date(2026, 3, 20-i, 8, 7, 6, 0, time.UTC)
			if moved.Load() {
				name, day = fmt.Sprintf("b%d", i), day.AddDate(0, -1, 0)
			}
			fmt.Fprintf(&items, "<item><guid>%s</guid><link>/%[1]s</link><title>旧闻%[1]s</title><pubDate>%s</pubDate></item>", name, day.Format(time.RFC1123))
		}
		_, _ = io.WriteString(w, `<rss version="2.0"><channel><title>日报</title>`+items.String()+`</channel></rss>`)
	}))
	defer origin.Close()
	config := write(t, "feeds.yaml", fmt.Sprintf(`site: {title: 临江新闻汇}
network: {per_host: {gap: 0s}, allow: [127.0.0.0/8]}
sections: [{key: news, title: 要闻}]
sources: [{key: daily, name: 临江日报, url: "%s/rss.xml", section: news, schedule: "@every 1h"}]
`, origin.URL))
	db := filepath.Join(t.TempDir(), "accept.db")
	status := func() string {
		return published(t, opened(t, db, store.Options{}), parsed(t, config))("/status").Body.String()
	}
	if s := fetchAll(t, config, db, "--force"); s.New != 10 {
		t.Fatalf("%+v", s)
	}
	moved.Store(true)
	if s := fetchAll(t, config, db, "--force"); s.New != 0 || s.Failed != 0 {
		t.Errorf("%+v", s)
	}
	if page := status(); !strings.Contains(page, "疑似旧文") || !strings.Contains(page, "civicfeed fetch --accept daily") {
		t.Errorf("the status does not say so:\n%s", page)
	}
	if s := fetchAll(t, config, db, "--accept", "--force", "daily"); s.New != 10 {
		t.Errorf("%+v", s)
	}
	if page := status(); strings.Contains(page, "疑似旧文") {
		t.Error("the status still says so")
	}
}
