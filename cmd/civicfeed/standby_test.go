package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// settle runs a daemon over a small city until it has published, and stops it.
func settle(t *testing.T, args []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	log, ended := &page{}, make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...), strings.NewReader(""), io.Discard, log)
	}()
	address := regexp.MustCompile(`listen=(\S+)`)
	eventually(t, "news", func() bool {
		m := address.FindStringSubmatch(log.String())
		return m != nil && strings.Contains(get200("http://"+m[1]+"/feed.rss"), "大桥今日通车")
	})
	cancel()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Fatal("serve does not end")
	}
}

func standbyCity(t *testing.T) (dir, config string) {
	t.Helper()
	feed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `<rss version="2.0"><channel><title>日报</title><link>https://daily.example/</link><description>-</description>
			<item><title>大桥今日通车</title><link>https://daily.example/1.html</link><guid>1</guid></item></channel></rss>`)
	}))
	t.Cleanup(feed.Close)
	dir = t.TempDir()
	config = filepath.Join(dir, "feeds.yaml")
	port := feed.URL[strings.LastIndexByte(feed.URL, ':')+1:]
	text := "site: {title: 云澜新闻汇}\nnetwork: {allow: [127.0.0.0/8], ports: [" + port + "]}\nsources:\n  - {key: daily, name: 日报, url: " + feed.URL + "/rss.xml}\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, config
}

// TestP18R52StartedWithoutItsDatabase: a daemon whose database does not answer when it starts serves
// the pages of before, says that it is not ready, and goes on by itself when the database comes.
func TestP18R52StartedWithoutItsDatabase(t *testing.T) {
	dir, config := standbyCity(t)
	db := filepath.Join(dir, "city.db")
	args := []string{"--config", config, "--db", db, "--cache-dir", filepath.Join(dir, "kept")}
	settle(t, args)
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(db+end, db+end+".away"); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(db, []byte(strings.Repeat("no database at all ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	base, log := startServing(t, args...)
	if !strings.Contains(get200(base+"/feed.rss"), "大桥今日通车") || get200(base+"/healthz") == "" {
		t.Errorf("nothing is served:\n%s", log)
	}
	if resp, err := http.Get(base + "/readyz"); err != nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("/readyz: %v %v", resp, err)
	}
	if resp, err := http.Get(base + "/search?q=" + "大桥"); err != nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a search without a database: %v %v", resp, err)
	}
	if !strings.Contains(log.String(), "does not answer") {
		t.Errorf("the log does not say why:\n%s", log)
	}
	if err := os.Rename(db+".away", db); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the database", func() bool { return get200(base+"/readyz") != "" })
	eventually(t, "a search", func() bool { return strings.Contains(get200(base+"/search?q="+"大桥"), "<mark>大桥</mark>") })
}

// TestNothingToServeIsAnError: without pages of before there is nothing to wait with.
func TestNothingToServeIsAnError(t *testing.T) {
	dir, config := standbyCity(t)
	db := filepath.Join(dir, "city.db")
	if err := os.WriteFile(db, []byte(strings.Repeat("no database at all ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	log := &page{}
	if code := run(t.Context(), []string{"serve", "--listen", "127.0.0.1:0", "--config", config, "--db", db, "--cache-dir", filepath.Join(dir, "kept")}, strings.NewReader(""), io.Discard, log); code != 1 || !strings.Contains(log.String(), "city.db") {
		t.Errorf("ended with %d:\n%s", code, log)
	}
}

// TestP18R42StartedWithABrokenCatalog: an error in feeds.yaml that waited for a restart takes no page
// away; the log tells every problem, and mending the file is enough.
func TestP18R42StartedWithABrokenCatalog(t *testing.T) {
	dir, config := standbyCity(t)
	args := []string{"--config", config, "--db", filepath.Join(dir, "city.db"), "--cache-dir", filepath.Join(dir, "kept")}
	settle(t, args)
	good, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.ReplaceAll(string(good), "sources:", "sauces:")
	if err := os.WriteFile(config, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	base, log := startServing(t, args...)
	if !strings.Contains(get200(base+"/feed.rss"), "大桥今日通车") || !strings.Contains(log.String(), "sauces") || !strings.Contains(log.String(), "last good") {
		t.Errorf("served %q:\n%s", get200(base+"/feed.rss"), log)
	}
	if err := os.WriteFile(config, []byte(strings.ReplaceAll(string(good), "云澜", "新云澜")), 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the mended file", func() bool { return strings.Contains(get200(base+"/feed.rss"), "新云澜") })
}
