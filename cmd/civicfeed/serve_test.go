package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// page is where a test waits for something to be said or shown.
type page struct {
	mu   sync.Mutex
	text strings.Builder
}

func (p *page) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *page) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// eventually waits until look finds what is wanted, for at most twenty seconds.
func eventually(t *testing.T, what string, look func() bool) {
	t.Helper()
	for range 400 {
		if look() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("waited in vain for %s", what)
}

// serving runs the daemon until the test ends and tells its address and its log.
func startServing(t *testing.T, args ...string) (base string, log *page) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	log = &page{}
	status := make(chan int, 1)
	go func() {
		status <- run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...), strings.NewReader(""), io.Discard, log)
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case s := <-status:
			if s != done {
				t.Errorf("serve ended with %d:\n%s", s, log)
			}
		case <-time.After(20 * time.Second):
			t.Error("serve does not end")
		}
	})
	address := regexp.MustCompile(`listen=(\S+)`)
	eventually(t, "the address", func() bool {
		if m := address.FindStringSubmatch(log.String()); m != nil {
			base = "http://" + m[1]
		}
		return base != ""
	})
	return base, log
}

// get reads an address; what cannot be read is empty.
func get200(address string) string {
	resp, err := http.Get(address)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return ""
	}
	return string(body)
}

func TestServeDemoShowsNewsAtOnce(t *testing.T) {
	base, _ := startServing(t, "--demo", "--cache-dir", t.TempDir())
	eventually(t, "news", func() bool { return strings.Count(get200(base+"/feed.json"), `"date_published"`) >= 30 })
	home := get200(base + "/")
	for _, want := range []string{`rel="alternate"`, "application/rss+xml", "application/feed+json", "/sections/", "/regions/"} {
		if !strings.Contains(home, want) {
			t.Errorf("the home page has no %s", want)
		}
	}
}

// TestServeDemoReadsASiteWithoutAFeed: of an article, what its page alone tells puts it into its
// section, whole, within a minute of its appearance in a list.
func TestServeDemoReadsASiteWithoutAFeed(t *testing.T) {
	base, _ := startServing(t, "--demo", "--cache-dir", t.TempDir())
	whole := []string{
		`"sections":[{"key":"focus"`, `"breadcrumb":["首页","区县要闻"]`, `"column":"区县要闻"`, `"credit":"望潮区新闻网"`, `"editor":"周小棠"`,
		`"role":"记者","name":"沈禾","outlet":"望潮日报"`, `"precision":"minute"`, `"time_from":"page"`, `"content_html":"`, "隔壁的阅览室",
		`"previous":{"title":"`, `"next":{"title":"`, `"image":"`, `"title":"夜校课程表.csv"`, `"mime_type":"text/csv"`,
	}
	eventually(t, "an article, whole", func() bool {
		for _, item := range strings.Split(get200(base+"/sections/focus.json?limit=200"), `"id":"tag:`) {
			if strings.Contains(item, "/wc/t") && !slices.ContainsFunc(whole, func(part string) bool { return !strings.Contains(item, part) }) {
				return true
			}
		}
		return false
	})
}

// TestServeReloads edits feeds.yaml under a running daemon: R42, R46.
func TestServeReloads(t *testing.T) {
	origin := httptest.NewServer(newSmallCity())
	t.Cleanup(origin.Close)
	catalog := func(title, more string) string {
		return fmt.Sprintf(`site: {title: %s}
network: {allow: [127.0.0.0/8], per_host: {gap: 0s}}
sections:
  - {key: news, title: 要闻}
%s
sources:
  - {key: street, name: 柳巷街道, url: "%s/news/street.rss", section: news}
`, title, more, origin.URL)
	}
	config := write(t, "feeds.yaml", catalog("临江新闻汇", ""))
	save := func(text string) {
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	base, log := startServing(t, "--config", config, "--db", filepath.Join(t.TempDir(), "civicfeed.db"))
	eventually(t, "the first items", func() bool { return strings.Contains(get200(base+"/sections/news.atom"), "临江市第3号消息") })

	save(catalog("临江新闻汇", `  - {key: third, title: 第三, match: [{title: 第3号}]}`))
	eventually(t, "the new section", func() bool { return strings.Contains(get200(base+"/sections/third.atom"), "临江市第3号消息") })
	eventually(t, "what the rule claims to leave the section of its source", func() bool {
		page := get200(base + "/sections/news.atom")
		return page != "" && !strings.Contains(page, "临江市第3号消息")
	})

	save(catalog("临江新闻汇", `  - {key: third, titel: 第三}`))
	eventually(t, "the complaint", func() bool { return strings.Contains(log.String(), "feeds.yaml:5:18: ") })
	if !strings.Contains(get200(base+"/sections/third.atom"), "临江市第3号消息") {
		t.Error("a broken file changed what is published")
	}

	save(catalog("临江早知道", ""))
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the new title", func() bool { return strings.Contains(get200(base+"/feed.atom"), "临江早知道") })
	eventually(t, "the item to be back where its source puts it", func() bool {
		return strings.Contains(get200(base+"/sections/news.atom"), "临江市第3号消息")
	})

	gone := strings.Replace(catalog("临江早知道", ""), "key: street", "key: lane", 1)
	save(strings.Replace(gone, "street.rss", "lane.rss", 1))
	eventually(t, "the other source", func() bool { return strings.Contains(get200(base+"/sources/lane.atom"), "临江市第3号消息") })
	eventually(t, "the items of both: those of a source taken out are kept", func() bool {
		return strings.Count(get200(base+"/feed.atom"), "<entry") == 6
	})
}

// TestServeWithoutNetwork is kind: pages are there, and the status tells what is wrong.
func TestServeWithoutNetwork(t *testing.T) {
	config := write(t, "feeds.yaml", `site: {title: 临江新闻汇}
network: {allow: [127.0.0.0/8]}
sections: [{key: news, title: 要闻}]
sources: [{key: street, name: 柳巷街道, url: "http://127.0.0.1:9/rss.xml", section: news}]
`)
	base, _ := startServing(t, "--config", config, "--db", filepath.Join(t.TempDir(), "civicfeed.db"))
	eventually(t, "the failure", func() bool { return strings.Contains(get200(base+"/status"), "connect") })
	for _, path := range []string{"/", "/feed.rss", "/feed.atom", "/feed.json", "/sections/news.html", "/subscriptions.opml", "/healthz", "/readyz"} {
		if get200(base+path) == "" {
			t.Errorf("%s is not there", path)
		}
	}
}

// TestOnePollingDaemonPerFile: R48.
func TestOnePollingDaemonPerFile(t *testing.T) {
	config := write(t, "feeds.yaml", `site: {title: 临江新闻汇}
network: {allow: [127.0.0.0/8]}
sections: [{key: news, title: 要闻}]
sources: [{key: street, name: 柳巷街道, url: "http://127.0.0.1:9/rss.xml", section: news}]
`)
	db := filepath.Join(t.TempDir(), "civicfeed.db")
	startServing(t, "--config", config, "--db", db)
	var errs page
	if status := run(t.Context(), []string{"fetch", "--config", config, "--db", db}, strings.NewReader(""), io.Discard, &errs); status != failed {
		t.Errorf("fetch beside a daemon ends with %d", status)
	}
	if !strings.Contains(errs.String(), "another civicfeed is polling into") {
		t.Errorf("it says %q", errs.String())
	}
}

// TestFetchInterrupted: an interrupted fetch says so, and is no success.
func TestFetchInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	origin := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	defer origin.Close()
	config := write(t, "feeds.yaml", fmt.Sprintf(`site: {title: 临江新闻汇}
network: {allow: [127.0.0.0/8]}
sections: [{key: news, title: 要闻}]
sources: [{key: street, name: 柳巷街道, url: "%s/rss.xml", section: news}]
`, origin.URL))
	db := filepath.Join(t.TempDir(), "civicfeed.db")
	var errs page
	if status := run(ctx, []string{"fetch", "--config", config, "--db", db}, strings.NewReader(""), io.Discard, &errs); status != failed {
		t.Errorf("an interrupted fetch ends with %d", status)
	}
	if !strings.Contains(errs.String(), "interrupted; what was saved by then stays") {
		t.Errorf("it says %q", errs.String())
	}
	states, err := opened(t, db, store.Options{}).Sources(t.Context())
	if err != nil || len(states) != 1 || states[0].Class != "" || states[0].LeasedUntil > models.MillisOf(time.Now()) {
		t.Errorf("the source is left as %+v, %v", states, err)
	}
}
