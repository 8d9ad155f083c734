package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"civicfeed/models/store"
)

// TestF09ConditionalAfterKill kills a daemon between its visits, five times over: of all the requests
// only the first is unconditional.
func TestF09ConditionalAfterKill(t *testing.T) {
	var asked, unconditional atomic.Int64
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Last-Modified", "Mon, 05 Oct 2026 01:00:00 GMT")
		if r.Header.Get("If-None-Match") == `"1"` && r.Header.Get("If-Modified-Since") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		unconditional.Add(1)
		fmt.Fprint(w, `<rss version="2.0"><channel><title>日报</title><item><guid>1</guid><title>桂花节</title></item></channel></rss>`)
	}))
	defer origin.Close()
	config := write(t, "feeds.yaml", fmt.Sprintf(`site: {title: 临江新闻汇}
network: {floor: 1s, per_host: {gap: 0s}, allow: [127.0.0.0/8]}
sections: [{key: news, title: 要闻}]
sources: [{key: daily, name: 日报, url: "%s/rss.xml", section: news, schedule: "@every 1s"}]
`, origin.URL))
	db := filepath.Join(t.TempDir(), "kill.db")
	for range 5 {
		before := asked.Load()
		kill := polling(t, config, db)
		eventually(t, "a visit that was saved", func() bool { return asked.Load() > before && saved(t, db) })
		kill()
	}
	if asked.Load() < 5 || unconditional.Load() != 1 {
		t.Errorf("%d of %d requests were unconditional", unconditional.Load(), asked.Load())
	}
}

// polling runs civicfeed in a process of its own, until it is killed.
func polling(t *testing.T, config, db string) (kill func()) {
	t.Helper()
	cmd := exec.Command(itself(t, "civicfeed"), "serve", "--listen", "127.0.0.1:0", "--config", config, "--db", db, "--cache-dir", t.TempDir())
	cmd.Args[0] = "civicfeed"
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		_ = cmd.Process.Kill() // a second time does no harm
		_ = cmd.Wait()
	}
	t.Cleanup(kill)
	return kill
}

// saved tells whether a visit that went well is in a database that a daemon is writing.
func saved(t *testing.T, db string) bool {
	t.Helper()
	if _, err := os.Stat(db); err != nil {
		return false
	}
	s, err := store.Open(t.Context(), db, store.Options{ReadOnly: true})
	if err != nil {
		return false // its tables are being made
	}
	defer s.Close()
	states, err := s.Sources(t.Context())
	return err == nil && len(states) == 1 && states[0].LastOK.Time().After(time.Unix(1, 0))
}
