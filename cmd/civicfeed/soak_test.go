package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

const (
	soakVariable = "CIVICFEED_SOAK"
	soakSources  = 2000
)

// TestSoak polls two thousand sources that fail in every way they can, as fast as the schedule may
// be, for as long as CIVICFEED_SOAK says. Nothing may be lost, nothing be there twice, nobody be
// asked too early, and what the daemon takes of the machine may not grow.
func TestSoak(t *testing.T) {
	lasts, err := time.ParseDuration(cmp.Or(os.Getenv(soakVariable), "0s"))
	switch {
	case err != nil || lasts < 0:
		t.Fatalf("%s: write a duration such as 10m: %v", soakVariable, err)
	case lasts == 0:
		t.Skipf("it takes minutes: set %s to a duration such as 10m", soakVariable)
	}
	if deadline, ok := t.Deadline(); ok && time.Until(deadline) < lasts+2*time.Minute {
		t.Fatalf("give it time: go test -timeout %v", lasts+5*time.Minute)
	}
	origin := startOrigin(t, "wild-origin")
	config, db := soakCatalog(t, origin), filepath.Join(t.TempDir(), "soak.db")
	taken := soak(t, lasts, config, db)
	wantFlat(t, taken)

	seen := putToSleep(t, origin)
	t.Logf("%d requests in %v, answered: %v", seen.Requests, lasts, seen.Answers)
	for _, early := range seen.Early[:min(20, len(seen.Early))] {
		t.Errorf("too early: %s", early)
	}
	if n := len(seen.Early); n > 20 {
		t.Errorf("%d requests came too early", n)
	}
	if seen.Requests < soakSources {
		t.Errorf("%d requests to %d sources: the test shows too little", seen.Requests, soakSources)
	}
	for _, trouble := range troubles {
		if seen.Answers[trouble.name] == 0 && seen.Requests*trouble.share > 20*10_000 {
			t.Errorf("no answer was %q: the test shows too little", trouble.name)
		}
	}
	s := opened(t, db, store.Options{})
	wantTried(t, s)
	if last := fetchAll(t, config, db, "--all", "--force"); last.Failed != 0 {
		t.Errorf("all is well, but: %s", &last)
	}
	if again := fetchAll(t, config, db, "--all", "--force"); again.New+again.Changed+again.Fetched+again.Failed != 0 {
		t.Errorf("nothing had changed, but: %s", &again)
	}
	wantOnce(t, s, putToSleep(t, origin).Published)
}

func soakCatalog(t *testing.T, origin string) (config string) {
	t.Helper()
	var y strings.Builder
	fmt.Fprintf(&y, `site: {title: 临江新闻汇, url: "https://news.example/", id: "tag:news.example,2026:soak"}
network: {per_host: {concurrency: 16, gap: 0s}, floor: 1s, max_body: 2MB, allow: [127.0.0.0/8]}
defaults: {schedule: "@every %s", timeout: 1s}
sections: [{key: news, title: 要闻}]
sources:
`, wildInterval)
	for i := range soakSources {
		fmt.Fprintf(&y, "  - {key: w%04d, name: 第%d站, url: %q, section: news}\n", i, i, fmt.Sprintf("%s/wild/w%04d.rss", origin, i))
	}
	return write(t, "feeds.yaml", y.String())
}

// sample is what the daemon takes of the machine at a moment.
type sample struct {
	goroutines int
	heap       uint64 // bytes in use after a collection
	resident   uint64 // bytes of the process; 0: this system does not tell
}

// soak serves a catalog for a while, and takes a sample every second or so.
func soak(t *testing.T, lasts time.Duration, config, db string) (taken []sample) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), lasts)
	defer cancel()
	var log bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--listen", "127.0.0.1:0", "--log-level", "error", "--config", config, "--db", db},
			strings.NewReader(""), io.Discard, &log)
	}()
	tick := time.NewTicker(max(time.Second, lasts/200))
	defer tick.Stop()
	for {
		select {
		case status := <-ended:
			if status != done || ctx.Err() == nil {
				t.Fatalf("serve ended with %d: %s", status, log.String())
			}
			if log.Len() > 0 {
				t.Errorf("errors were logged: %.2000s", log.String())
			}
			return taken
		case <-tick.C:
			taken = append(taken, takeSample())
		}
	}
}

func takeSample() sample {
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	return sample{runtime.NumGoroutine(), memory.HeapAlloc, resident()}
}

// resident reads how much memory the process has of the machine, where Linux tells.
func resident() uint64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	kilobytes, _, _ := strings.Cut(strings.TrimSpace(after), " ")
	n, _ := strconv.ParseUint(kilobytes, 10, 64)
	return n << 10
}

// wantFlat compares the last quarter with the second: the first is for warming up. Memory may grow
// by the caches of the database, which are bounded.
func wantFlat(t *testing.T, taken []sample) {
	t.Helper()
	n := len(taken) / 4
	if n < 3 {
		t.Fatalf("%d samples tell nothing: let it last half a minute", len(taken))
	}
	early, late := middle(taken[n:2*n]), middle(taken[len(taken)-n:])
	t.Logf("goroutines %d, then %d; heap %d, then %d KB; resident %d, then %d MB",
		early.goroutines, late.goroutines, early.heap>>10, late.heap>>10, early.resident>>20, late.resident>>20)
	if late.goroutines > early.goroutines*5/4+50 {
		t.Errorf("goroutines grew from %d to %d", early.goroutines, late.goroutines)
	}
	if late.heap > early.heap*5/4+8<<20 {
		t.Errorf("the heap grew from %d to %d bytes", early.heap, late.heap)
	}
	if late.resident > early.resident*5/4+96<<20 {
		t.Errorf("resident memory grew from %d to %d bytes", early.resident, late.resident)
	}
}

// middle is the median of each measure.
func middle(taken []sample) (m sample) {
	at := len(taken) / 2
	slices.SortFunc(taken, func(a, b sample) int { return cmp.Compare(a.goroutines, b.goroutines) })
	m.goroutines = taken[at].goroutines
	slices.SortFunc(taken, func(a, b sample) int { return cmp.Compare(a.heap, b.heap) })
	m.heap = taken[at].heap
	slices.SortFunc(taken, func(a, b sample) int { return cmp.Compare(a.resident, b.resident) })
	m.resident = taken[at].resident
	return m
}

// putToSleep ends all trouble at the origin and gets its list.
func putToSleep(t *testing.T, origin string) (seen wildReport) {
	t.Helper()
	resp, err := http.Get(origin + "/sleep")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&seen); err != nil {
		t.Fatal(err)
	}
	return seen
}

// wantTried tells how the soak ended for the sources, and wants none to blame us.
func wantTried(t *testing.T, s *store.Store) {
	t.Helper()
	sources, err := s.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	classes := map[models.ErrorClass]int{}
	for _, src := range sources {
		classes[src.Class]++
		if src.Class == models.ErrInternal {
			t.Errorf("%s: %s", src.Key, src.Error)
		}
	}
	t.Logf("sources by their last error: %v", classes)
}
