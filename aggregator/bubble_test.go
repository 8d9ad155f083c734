package aggregator

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"civicfeed/models"
	"civicfeed/models/catalog"
	"civicfeed/models/store"
)

// bubble is a city in a time of its own: origins in memory, a store, and the aggregators that visit
// the ones for the other. Weeks pass in it in no time, and nothing in it waits for the world.
type bubble struct {
	*testing.T
	store *store.Store
	path  string // of the database
	pages *http.ServeMux
	line  chan net.Conn // from those who dial to the one who answers
	log   lines

	answers  sync.WaitGroup // under way
	mu       sync.Mutex
	catalog  *models.Catalog
	asked    []ask
	underWay map[string]int             // requests, by host
	most     map[string]int             // of them at once
	fail     func(address string) error // what dialling ends in; nil: it succeeds
	saved    []*models.Delivery
}

// ask is a request as it came to an origin.
type ask struct {
	at     time.Time
	url    string // without http://
	method string
	header http.Header
}

// conditional tells a request that names a copy.
func (a ask) conditional() bool {
	return a.header.Get("If-None-Match") != "" || a.header.Get("If-Modified-Since") != ""
}

const opening = "2026-10-05T02:00:00Z" // when the time of a bubble begins, a Monday

// inBubble runs a test in a bubble whose catalog is written in feeds.yaml's own words: what follows
// the site and the sections.
func inBubble(t *testing.T, feeds string, test func(*bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		begin, err := time.Parse(time.RFC3339, opening)
		must(t, err)
		time.Sleep(time.Until(begin))
		b := &bubble{
			T: t, path: filepath.Join(t.TempDir(), "city.db"), pages: http.NewServeMux(),
			line: make(chan net.Conn), underWay: map[string]int{}, most: map[string]int{},
		}
		b.store = b.open()
		t.Cleanup(b.answer())
		b.apply(feeds)
		test(b)
		synctest.Wait()
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// open opens the bubble's database once more, as another daemon would.
func (b *bubble) open() *store.Store {
	b.Helper()
	s, err := store.Open(b.Context(), b.path, store.Options{Clock: time.Now})
	must(b, err)
	b.Cleanup(func() { must(b, s.Close()) })
	return s
}

// second is another daemon's view of the same database.
func (b *bubble) second() *store.Store {
	b.Helper()
	s := b.open()
	must(b, s.Apply(b.Context(), b.catalog))
	return s
}

// apply makes feeds.yaml say something else.
func (b *bubble) apply(feeds string) {
	b.Helper()
	const top = "site: {title: 云溪新闻汇, url: \"https://news.example/\", id: \"tag:news.example,2026:news\"}\nsections: [{key: news, title: 要闻}]\ndefaults: {section: news}\n"
	c, err := catalog.Parse("feeds.yaml", []byte(top+feeds))
	must(b, err)
	must(b, b.store.Apply(b.Context(), c))
	b.catalog = c
}

// answer runs the origins until it is told to stop.
func (b *bubble) answer() (stop func()) {
	server := &http.Server{Handler: b, ErrorLog: log.New(io.Discard, "", 0)}
	l := &listener{conns: b.line, closed: make(chan struct{})}
	over := make(chan struct{})
	go func() {
		_ = server.Serve(l)
		close(over)
	}()
	return func() {
		_ = server.Close()
		<-over
		b.answers.Wait() // that nobody waits for any more: time ends with the test
	}
}

// ServeHTTP notes a request, and has a page answer it.
func (b *bubble) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	b.asked = append(b.asked, ask{time.Now(), r.Host + r.URL.RequestURI(), r.Method, r.Header.Clone()})
	b.underWay[r.Host]++
	b.most[r.Host] = max(b.most[r.Host], b.underWay[r.Host])
	b.mu.Unlock()
	b.answers.Add(1)
	defer func() {
		b.mu.Lock()
		b.underWay[r.Host]--
		b.mu.Unlock()
		b.answers.Done()
	}()
	b.pages.ServeHTTP(w, r)
}

// on answers requests to an address, without http://.
func (b *bubble) on(address string, answer http.HandlerFunc) {
	b.pages.HandleFunc("GET "+address, answer)
}

// says is a page that never changes.
func says(body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header()[header[i]] = []string{header[i+1]}
		}
		_, _ = io.WriteString(w, body)
	}
}

// fails is a page that never comes.
func fails(status int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header()[header[i]] = []string{header[i+1]}
		}
		w.WriteHeader(status)
	}
}

// turns answers the first request with the first page, and so on; the last one stays.
func turns(pages ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		page := pages[0]
		if len(pages) > 1 {
			pages = pages[1:]
		}
		mu.Unlock()
		page(w, r)
	}
}

// rss is a feed with an item for each name.
func rss(names ...string) string {
	var s strings.Builder
	s.WriteString(`<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>云溪日报</title><link>http://www.yunxi.example/</link>`)
	for _, n := range names {
		fmt.Fprintf(&s, "<item><title>%s</title><link>http://www.yunxi.example/%[1]s.html</link><guid>%[1]s</guid></item>", n)
	}
	return s.String() + "</channel></rss>"
}

// dial is the network of the bubble.
func (b *bubble) dial(ctx context.Context, _, address string) (net.Conn, error) {
	b.mu.Lock()
	fail := b.fail
	b.mu.Unlock()
	if fail != nil {
		if err := fail(address); err != nil {
			return nil, err
		}
	}
	ours, theirs := net.Pipe()
	select {
	case b.line <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// aggregator makes one over a store, that writes into the bubble's log.
func (b *bubble) aggregator(st *store.Store) *Aggregator {
	b.Helper()
	a, err := New(st, b.catalog, Options{
		Version: "1.0", dial: b.dial,
		Log: slog.New(slog.NewTextHandler(&b.log, &slog.HandlerOptions{ReplaceAttr: withoutTime})),
		Observe: func(d *models.Delivery) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.saved = append(b.saved, d)
		},
	})
	must(b, err)
	return a
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// daemon runs an aggregator until it is told to stop.
func (b *bubble) daemon(st *store.Store) (stop func()) {
	b.Helper()
	a := b.aggregator(st)
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	over := make(chan error)
	go func() { over <- a.Run(ctx) }()
	return func() {
		cancel()
		must(b, <-over)
		a.plan.Load().client.Close()
	}
}

// live lets a daemon run for a while.
func (b *bubble) live(d time.Duration) {
	b.Helper()
	stop := b.daemon(b.store)
	time.Sleep(d)
	stop()
}

// leap does what live does, without the seconds in which nothing is due.
func (b *bubble) leap(d time.Duration) {
	b.Helper()
	end := time.Now().Add(d)
	a := b.aggregator(b.store)
	defer func() { a.plan.Load().client.Close() }()
	must(b, a.saving(func() error {
		for {
			wait := max(min(time.Until(b.due()), time.Until(b.pageDue())), time.Second)
			if time.Until(end) < wait {
				time.Sleep(time.Until(end))
				return nil
			}
			time.Sleep(wait)
			a.tick(b.Context())
			a.visits.Wait()
			synctest.Wait() // for the writer
		}
	}))
}
