package aggregator

import (
	"bytes"
	"database/sql"
	"errors"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// more is the next n requests that come, in any time.
func (b *bubble) more(n int) []ask {
	b.Helper()
	before := len(b.at(""))
	for tries := 0; len(b.at("")) < before+n; tries++ {
		if tries > 10*n {
			b.Fatalf("only %d of %d requests came", len(b.at(""))-before, n)
		}
		b.leap(max(time.Until(b.due()), 0) + 2*time.Second)
	}
	return b.at("")[before:]
}

// due is when the next source is due.
func (b *bubble) due() time.Time {
	b.Helper()
	next := models.MillisOf(time.Now().Add(1000 * time.Hour))
	for _, s := range b.states() {
		if s.Active {
			next = min(next, max(s.NextAt, s.NotBefore))
		}
	}
	return next.Time()
}

// pageDue is when the next page of an item is due.
func (b *bubble) pageDue() time.Time {
	b.Helper()
	if !slices.ContainsFunc(b.catalog.Sources, func(s models.Source) bool { return s.Articles }) {
		return time.Now().Add(1000 * time.Hour)
	}
	db, err := sql.Open("sqlite", b.path)
	must(b, err)
	next := models.MillisOf(time.Now().Add(1000 * time.Hour))
	must(b, db.QueryRow("SELECT coalesce(min(max(next_at, leased_until, (SELECT max(quiet_until) FROM pages q WHERE q.host = pages.host))), ?) FROM pages WHERE NOT done", int64(next)).Scan(&next))
	must(b, db.Close())
	return next.Time()
}

// visit has sources visited on demand, once.
func (b *bubble) visit(w store.Which) {
	b.Helper()
	a := b.aggregator(b.store)
	must(b, a.Once(b.Context(), w))
	a.plan.Load().client.Close()
}

// at is the requests for an address, all those under it if it ends in a slash; "" is all.
func (b *bubble) at(url string) []ask {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []ask
	for _, a := range b.asked {
		if url == "" || a.url == url || strings.HasSuffix(url, "/") && strings.HasPrefix(a.url, url) {
			found = append(found, a)
		}
	}
	return found
}

// gaps are the times between the starts of requests.
func gaps(asks []ask) []time.Duration {
	var all []time.Duration
	for i := 1; i < len(asks); i++ {
		all = append(all, asks[i].at.Sub(asks[i-1].at))
	}
	return all
}

func (b *bubble) states() map[string]models.SourceState {
	b.Helper()
	rows, err := b.store.Sources(b.Context())
	must(b, err)
	all := map[string]models.SourceState{}
	for _, s := range rows {
		all[s.Key] = s
	}
	return all
}

func (b *bubble) state(key string) models.SourceState {
	b.Helper()
	s, ok := b.states()[key]
	if !ok {
		b.Fatalf("no source %s", key)
	}
	return s
}

// last is the newest delivery that was saved.
func (b *bubble) last() *models.Delivery {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.saved) == 0 {
		b.Fatal("nothing was saved")
	}
	return b.saved[len(b.saved)-1]
}

// items are those of a source, by title.
func (b *bubble) items(source string) map[string]models.Item {
	b.Helper()
	stories, err := b.store.Latest(b.Context(), models.View{Source: source}, models.ByListed, 10_000)
	must(b, err)
	all := map[string]models.Item{}
	for _, s := range stories {
		for _, it := range s.Items {
			if it.Source == source {
				all[it.Title] = it
			}
		}
	}
	return all
}

// holds checks what titles a source has.
func (b *bubble) holds(source string, titles ...string) {
	b.Helper()
	slices.Sort(titles)
	if got := slices.Sorted(maps.Keys(b.items(source))); !slices.Equal(got, titles) {
		b.Errorf("%s holds %q, want %q", source, got, titles)
	}
}

// ended checks how the newest visit ended.
func (b *bubble) ended(outcome models.Outcome, class models.ErrorClass) {
	b.Helper()
	if v := b.last().Visit; v.Outcome != outcome || v.Class != class {
		b.Errorf("the visit ended as %s %s (%s), want %s %s", v.Outcome, v.Class, v.Error, outcome, class)
	}
}

// lines is a log.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// listener gives a server the connections that were dialled.
type listener struct {
	conns  <-chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *listener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }

// alter changes the database behind the store's back.
func (b *bubble) alter(statement string) {
	b.Helper()
	db, err := sql.Open("sqlite", b.path)
	must(b, err)
	_, err = db.Exec(statement)
	must(b, errors.Join(err, db.Close()))
}
