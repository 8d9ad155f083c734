package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// TestKilledAtRandomMoments kills a fetching process fifty times while its sources publish, and
// wants every item that was ever published in the store once: R01, R02, R03, F09, F10.
func TestKilledAtRandomMoments(t *testing.T) {
	const kills, sources = 50, 24
	city := newSmallCity()
	city.grows = 2
	origin := httptest.NewServer(city)
	defer origin.Close()
	var y strings.Builder
	y.WriteString(`site: {title: 临江新闻汇, url: "https://news.example/", id: "tag:news.example,2026:kill"}
network: {per_host: {concurrency: 4, gap: 0s}, floor: 1s, allow: [127.0.0.0/8]}
sections: [{key: news, title: 要闻}]
sources:
`)
	for i := range sources {
		fmt.Fprintf(&y, "  - {key: s%02d, name: 第%d站, url: %q, section: news}\n", i, i, fmt.Sprintf("%s/news/s%02d.rss", origin.URL, i))
	}
	config, db := write(t, "feeds.yaml", y.String()), filepath.Join(t.TempDir(), "kill.db")

	began := time.Now()
	fetching(t, config, db, 0)
	whole := time.Since(began)
	hit := 0
	for range kills {
		if fetching(t, config, db, 1+rand.N(whole)) {
			hit++
		}
	}
	t.Logf("%d of %d killed at work, which takes %v", hit, kills, whole.Round(time.Millisecond))
	if hit < kills/3 {
		t.Errorf("only %d of %d processes were killed at work: the test shows too little", hit, kills)
	}
	want := city.sleep()
	fetching(t, config, db, 0)
	wantOnce(t, opened(t, db, store.Options{}), want)
}

// fetching runs a fetch in a process of its own and kills it after a while; 0 lets it end.
func fetching(t *testing.T, config, db string, after time.Duration) (killed bool) {
	t.Helper()
	cmd := exec.Command(itself(t, "civicfeed"), "fetch", "--all", "--force", "--json", "--log-level", "error", "--config", config, "--db", db)
	cmd.Args[0] = "civicfeed"
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if after > 0 {
		timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // it may just have ended
		defer timer.Stop()
	}
	err := cmd.Wait()
	if err != nil && !strings.Contains(err.Error(), "killed") {
		t.Fatalf("fetch: %v\n%s", err, errs.String())
	}
	return err != nil
}

// itself is the path of this test binary under a name by which it is something else: see TestMain.
func itself(t testing.TB, name string) (path string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	return link
}

func wantOnce(t *testing.T, s *store.Store, want map[string]int) {
	t.Helper()
	total := 0
	for key, n := range want {
		total += n
		stories, err := s.Latest(t.Context(), models.View{Source: key}, models.ByListed, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		times := map[string]int{}
		for _, st := range stories {
			times[st.Items[0].GUID]++
		}
		for i := 1; i <= n; i++ {
			if got := times[guid(key, i)]; got != 1 {
				t.Errorf("%s is held %d times", guid(key, i), got)
			}
		}
		if len(times) != n {
			t.Errorf("%s: %d items held of %d published", key, len(times), n)
		}
	}
	all, err := s.Latest(t.Context(), models.View{}, models.ByListed, 1<<20)
	if err != nil || len(all) != total {
		t.Errorf("the feed of all has %d stories of %d (%v)", len(all), total, err)
	}
}
