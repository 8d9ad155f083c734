package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"civicfeed/aggregator"
	"civicfeed/models"
	"civicfeed/models/store"
)

// BenchmarkUnchanged is what it costs to find that nothing happened: the visit of a source that
// answers 304, from claim to commit, beside a bare GET of the same 304. The origin is a process
// of its own, so that cpu-µs/visit is ours alone; at most so many requests are under way in both.
func BenchmarkUnchanged(b *testing.B) {
	const sources, atOnce = 2000, 16
	origin := startOrigin(b, "still-origin")
	var bare float64
	visit := func(b *testing.B, db string) {
		a := stillCity(b, db, origin, sources, atOnce)
		cost := measured(b, sources, func() {
			if err := a.Once(b.Context(), store.Which{Force: true}); err != nil {
				b.Fatal(err)
			}
		})
		if bare > 0 {
			b.ReportMetric(cost/bare, "x-floor")
		}
	}
	b.Run("floor: http.Client", func(b *testing.B) {
		bare = measured(b, sources, func() { getStill(b, origin, sources, atOnce) })
	})
	b.Run("visit", func(b *testing.B) { visit(b, filepath.Join(b.TempDir(), "still.db")) })
	b.Run("visit, PostgreSQL", func(b *testing.B) {
		dsn := os.Getenv("CIVICFEED_TEST_POSTGRES")
		if dsn == "" {
			b.Skip("no PostgreSQL: set CIVICFEED_TEST_POSTGRES to the address of a server")
		}
		visit(b, emptySchema(b, dsn))
	})
}

// measured runs rounds of so many visits, and tells the processor time of one in microseconds.
func measured(b *testing.B, visits int, round func()) (micros float64) {
	b.Helper()
	rounds, before := 0, processorTime(b)
	for b.Loop() {
		round()
		rounds++
	}
	micros = float64((processorTime(b) - before).Microseconds()) / float64(rounds*visits)
	b.ReportMetric(micros, "cpu-µs/visit")
	return micros
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// getStill asks for each source with the simplest client that reuses its connections.
func getStill(b *testing.B, origin string, sources, atOnce int) {
	transport := &http.Transport{MaxIdleConnsPerHost: atOnce}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var g errgroup.Group
	for worker := range atOnce {
		g.Go(func() error {
			for i := worker; i < sources; i += atOnce {
				if err := getOne(client, fmt.Sprintf("%s/s%04d.rss", origin, i)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		b.Fatal(err)
	}
}

func getOne(client *http.Client, address string) error {
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	r.Header.Set("If-None-Match", stillTag)
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusNotModified {
		return fmt.Errorf("status %d: %w", resp.StatusCode, err)
	}
	return nil
}

// stillCity is an aggregator that has visited every source once, logging as the daemon does.
func stillCity(b *testing.B, db, origin string, sources, atOnce int) *aggregator.Aggregator {
	b.Helper()
	cat := &models.Catalog{
		Site:     models.Site{Title: "临江新闻汇", Location: time.UTC},
		Network:  models.Network{Concurrency: atOnce, Floor: time.Second, Allow: []string{"127.0.0.0/8"}},
		Sections: []models.Section{{Key: "news", Title: "要闻"}},
	}
	for i := range sources {
		cat.Sources = append(cat.Sources, models.Source{
			Key: fmt.Sprintf("s%04d", i), Name: fmt.Sprintf("第%d站", i), URL: fmt.Sprintf("%s/s%04d.rss", origin, i),
			Sections: []string{"news"}, Location: time.UTC, Enabled: true, Republish: models.Full,
		})
	}
	st, err := store.Open(b.Context(), db, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { st.Close() })
	if err := st.Apply(b.Context(), cat); err != nil {
		b.Fatal(err)
	}
	seen := map[models.Outcome]int{}
	a, err := aggregator.New(st, cat, aggregator.Options{
		Log:     slog.New(slog.NewTextHandler(io.Discard, nil)),
		Observe: func(d *models.Delivery) { seen[d.Visit.Outcome]++ },
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := a.Once(b.Context(), store.Which{Force: true}); err != nil {
		b.Fatal(err)
	}
	if seen[models.Fetched] != sources {
		b.Fatalf("the first visits ended as %v", seen)
	}
	b.Cleanup(func() {
		if seen[models.Fetched] != sources || seen[models.Failed] > 0 {
			b.Errorf("the visits ended as %v, want but one fetch of each source", seen)
		}
	})
	return a
}

const stillTag = `"0d5e-6421b7c0a8f40"`

// startOrigin starts this test binary under the name of an origin; it ends with the test.
func startOrigin(b testing.TB, name string) (address string) {
	b.Helper()
	cmd := exec.Command(itself(b, name))
	cmd.Stderr = os.Stderr
	stay, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	said, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stay.Close()
		if err := cmd.Wait(); err != nil {
			b.Error(err)
		}
	})
	if _, err := fmt.Fscanln(said, &address); err != nil {
		b.Fatal(err)
	}
	return address
}

// stillOrigin tells its address, and answers until nobody listens to it any more.
func stillOrigin() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go func() {
		_ = http.Serve(listener, http.HandlerFunc(serveStill)) // it ends with the process
	}()
	fmt.Printf("http://%s\n", listener.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func serveStill(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", stillTag)
	if r.Header.Get("If-None-Match") == stillTag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	key := strings.Trim(r.URL.Path, "/")
	w.Header().Set("Content-Type", "application/rss+xml")
	fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>临江市%s</title><link>http://www.example.gov.cn/</link>`+
		`<item><guid isPermaLink="false">%[1]s-1</guid><title>柳巷街道桂花开了</title><pubDate>2026-10-04 06:00:00</pubDate></item></channel></rss>`, key)
}
