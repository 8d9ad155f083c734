//go:build linux

package aggregator

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

const (
	bigVariable = "CIVICFEED_TEST_BIG" // the origin of many big feeds, which a child visits
	bigFeeds    = 16
)

// TestR39ManyBigFeeds has a daemon visit sixteen feeds of 9 MB that are all due at once, in a process
// that is to do with 256 MB.
func TestR39ManyBigFeeds(t *testing.T) {
	t.Parallel()
	var served atomic.Int64
	items := flood(rssHead, 2_000, "<item><title>条目%d</title><description>"+strings.Repeat("柳巷街道桂花开了。", 160)+"</description></item>", rssTail)
	text := flood(rssHead+"<item><title>甲</title><description>", 3_000_000, "长", "</description></item>"+rssTail)
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if served.Add(1)%4 != 0 {
			text(w)
			return
		}
		items(w)
	}))
	defer origin.Close()
	db := filepath.Join(t.TempDir(), "big.db")
	cmd := exec.CommandContext(t.Context(), strictSelf(t), "-test.run=^TestBigChild$")
	cmd.Env = append(os.Environ(), "GOMEMLIMIT=160MiB", dbVariable+"="+db, bigVariable+"="+origin.URL)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%.3000s", err, out)
	}
	_, line, _ := strings.Cut(string(out), "peak ")
	var memory int64
	if _, err := fmt.Sscan(line, &memory); err != nil {
		t.Fatalf("%v:\n%.3000s", err, out)
	}
	memory >>= 10
	t.Logf("%d MB for %d feeds in %v of the processor", memory, served.Load(), cmd.ProcessState.UserTime())
	if memory > 256 {
		t.Errorf("%d MB, want 256 at most", memory)
	}
	st, err := store.Open(t.Context(), db, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	all, err := st.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Class != "" || s.LastOK == 0 || s.Reading != (models.Mark{}) {
			t.Errorf("%s: %s, mark %+v", s.Key, s.Error, s.Reading)
		}
	}
}

// TestBigChild is that process; by itself it does nothing.
func TestBigChild(t *testing.T) {
	origin := os.Getenv(bigVariable)
	if origin == "" {
		return
	}
	limitData(t, 2*hardLimit)
	var keys []string
	for i := range bigFeeds {
		keys = append(keys, fmt.Sprintf("s%02d", i))
	}
	cat := cityCatalog(origin, keys...)
	cat.Network.Concurrency = bigFeeds
	for i := range cat.Sources {
		cat.Sources[i].Timeout = 5 * time.Minute
	}
	visitAll(t, os.Getenv(dbVariable), cat, 0, nil)
	fmt.Println("peak", peak(t))
}
