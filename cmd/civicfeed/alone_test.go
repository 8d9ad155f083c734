package main

import (
	"fmt"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/catalog"
	"civicfeed/models/store"
)

// TestR38ReadAlone: where a process died over a source, the program reads it in a process of its
// own, and that process is the program itself.
func TestR38ReadAlone(t *testing.T) {
	city := newSmallCity()
	origin := httptest.NewServer(city)
	defer origin.Close()
	config := write(t, "feeds.yaml", fmt.Sprintf(`site: {title: 临江新闻汇, url: "https://news.example/", id: "tag:news.example,2026:alone"}
network: {per_host: {gap: 0s}, floor: 1s, allow: [127.0.0.0/8]}
sections: [{key: news, title: 要闻}]
sources: [{key: daily, name: 日报, url: "%s/news/daily.rss", section: news}]
`, origin.URL))
	db := filepath.Join(t.TempDir(), "x.db")
	dieOver(t, config, db)
	cmd := exec.CommandContext(t.Context(), itself(t, "civicfeed"), "fetch", "--force", "--config", config, "--db", db)
	cmd.Args[0] = "civicfeed"
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "read in a process of its own") {
		t.Fatalf("%v:\n%s", err, out)
	}
	wantOnce(t, opened(t, db, store.Options{}), city.sleep())
}

// dieOver leaves behind what a process leaves that dies over the first source.
func dieOver(t *testing.T, config, db string) {
	t.Helper()
	cat, err := catalog.Load(config)
	if err != nil {
		t.Fatal(err)
	}
	s := opened(t, db, store.Options{})
	if err := s.Apply(t.Context(), cat); err != nil {
		t.Fatal(err)
	}
	claims, err := s.Claim(t.Context(), 1, time.Millisecond, store.Which{})
	if err != nil || len(claims) != 1 {
		t.Fatalf("%d claims, %v", len(claims), err)
	}
	if err := s.MarkReading(t.Context(), claims[0], models.Mark{Body: "x", At: claims[0].At}); err != nil {
		t.Fatal(err)
	}
}
