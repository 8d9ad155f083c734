package aggregator

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"log/slog"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// loopbackCity is a store and an aggregator that visit origins on real sockets.
type loopbackCity struct {
	*testing.T
	store *store.Store
	agg   *Aggregator
}

// onLoopback makes a city of these sources, by key.
func onLoopback(t *testing.T, urls map[string]string, timeout time.Duration, edits ...func(*models.Network)) *loopbackCity {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "city.db"), store.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, st.Close()) })
	cat := &models.Catalog{Site: models.Site{Title: "云溪新闻汇", Location: time.UTC}, Network: models.DefaultNetwork()}
	cat.Network.Allow, cat.Network.Gap, cat.Network.Floor, cat.Network.Concurrency = []string{"127.0.0.0/8"}, 0, time.Second, 16
	for _, edit := range edits {
		edit(&cat.Network)
	}
	for _, key := range slices.Sorted(maps.Keys(urls)) {
		cat.Sources = append(cat.Sources, models.Source{Key: key, Name: key, URL: urls[key], Enabled: true, Location: time.UTC, Timeout: timeout})
	}
	must(t, st.Apply(t.Context(), cat))
	agg, err := New(st, cat, Options{Version: "1.0", Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	c := &loopbackCity{t, st, agg}
	t.Cleanup(c.hangUp)
	return c
}

func (c *loopbackCity) hangUp() { c.agg.plan.Load().client.Close() }

// visit visits every source once.
func (c *loopbackCity) visit() {
	c.Helper()
	must(c, c.agg.Once(c.Context(), store.Which{Force: true}))
}

// kept checks that a source still has what it had, by this class of error.
func (c *loopbackCity) kept(key string, class models.ErrorClass, titles ...string) {
	c.Helper()
	rows, err := c.store.Sources(c.Context())
	must(c, err)
	i := slices.IndexFunc(rows, func(s models.SourceState) bool { return s.Key == key })
	if s := rows[i]; s.Class != class || s.Validators.ETag != `"good"` || class != "" && (s.Error == "" || s.Failures == 0) {
		c.Errorf("%s is %q (%s) after %d failures with validators %+v, want %q", key, s.Class, s.Error, s.Failures, s.Validators, class)
	}
	stories, err := c.store.Latest(c.Context(), models.View{Source: key}, models.ByListed, 100)
	must(c, err)
	var got []string
	for _, s := range stories {
		got = append(got, s.Items[0].Title)
	}
	slices.Sort(got)
	slices.Sort(titles)
	if !slices.Equal(got, titles) {
		c.Errorf("%s holds %q, want %q", key, got, titles)
	}
}

// firstWell answers the first request for an address well, and the others as it likes.
func firstWell(then http.HandlerFunc) http.HandlerFunc {
	return turns(says(rss("桂花节"), "Etag", `"good"`), then)
}

// wired answers with bytes of a connection, and then does with it what it likes.
func wired(text string, end func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, text)
		if end != nil {
			end(conn)
		}
	}
}

// TestR30NothingOfABrokenAnswerIsApplied: items that came whole in half an answer are not taken, its
// validators neither; what was published stays.
func TestR30NothingOfABrokenAnswerIsApplied(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nEtag: \"bad\"\r\nContent-Type: text/xml\r\nConnection: close\r\n"
	body := rss("花灯", "停水")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, body)
	must(t, z.Close())
	wrongSum := bytes.Clone(packed.Bytes())
	wrongSum[len(wrongSum)-8] ^= 0xff
	chunked := func(b string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(b), b) }
	reset := func(c net.Conn) {
		time.Sleep(50 * time.Millisecond) // for what was written to arrive
		_ = c.(*net.TCPConn).SetLinger(0)
	}
	length := func(n int) string { return fmt.Sprintf("Content-Length: %d\r\n", n) }
	const zipped, pieces = "Content-Encoding: gzip\r\n", "Transfer-Encoding: chunked\r\n"
	mux, urls, classes := http.NewServeMux(), map[string]string{}, map[string]models.ErrorClass{}
	for key, c := range map[string]struct {
		answer http.HandlerFunc
		class  models.ErrorClass
	}{
		"reset":      {wired(head+length(len(body)+9)+"\r\n"+body, reset), models.ErrConnect},
		"short":      {wired(head+length(len(body)+9)+"\r\n"+body, nil), models.ErrConnect},
		"long":       {wired(head+length(len(body)-40)+"\r\n"+body, nil), ""}, // the document ends early: see partly
		"sum":        {wired(head+zipped+length(packed.Len())+"\r\n"+string(wrongSum), nil), models.ErrParse},
		"half-zip":   {wired(head+zipped+length(packed.Len()-9)+"\r\n"+packed.String()[:packed.Len()-9], nil), models.ErrParse},
		"not-zipped": {wired(head+zipped+length(len(body))+"\r\n"+body, nil), models.ErrParse},
		"no-end":     {wired(head+pieces+"\r\n"+chunked(body), nil), models.ErrConnect},
		"half-chunk": {wired(head+pieces+"\r\n"+chunked(body)[:len(body)-3], nil), models.ErrConnect},
	} {
		mux.HandleFunc("/"+key, firstWell(c.answer))
		urls[key], classes[key] = "", c.class
	}
	origin := httptest.NewServer(mux)
	defer origin.Close()
	for key := range urls {
		urls[key] = origin.URL + "/" + key
	}
	c := onLoopback(t, urls, 10*time.Second)
	c.visit()
	for key := range urls {
		c.kept(key, "", "桂花节")
	}
	for n := range 2 {
		c.visit()
		if n == 0 {
			c.partly("long")
		}
		for key, class := range classes {
			if class != "" {
				c.kept(key, class, "桂花节")
			}
		}
	}
}

// partly checks a source whose document was cut off, with nothing in HTTP that tells of it: nothing
// is taken that did not come whole, and the next answer must be.
func (c *loopbackCity) partly(key string) {
	c.Helper()
	known, err := c.store.Latest(c.Context(), models.View{Source: key}, models.ByListed, 100)
	must(c, err)
	rows, err := c.store.Sources(c.Context())
	must(c, err)
	for _, s := range rows {
		if s.Key == key && s.Validators.ETag == `"bad"` {
			c.Errorf("%s keeps the validators of a document that was cut off", key)
		}
	}
	for _, s := range known {
		if title := s.Items[0].Title; title != "桂花节" && title != "花灯" {
			c.Errorf("%s took %q, which did not come whole", key, title)
		}
	}
}

// TestR31SlowAndHalfOpen: whoever does not end his answer is left at the deadline, and nothing of us
// stays behind: no hand, no goroutine, no connection.
func TestR31SlowAndHalfOpen(t *testing.T) {
	over := make(chan struct{})
	drip := func(c net.Conn) {
		for {
			if _, err := io.WriteString(c, " "); err != nil {
				return
			}
			select {
			case <-over:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	silent := func(net.Conn) { <-over }
	mux, urls := http.NewServeMux(), map[string]string{}
	for key, answer := range map[string]http.HandlerFunc{
		"no-head":    wired("", silent),
		"half-head":  wired("HTTP/1.1 200 OK\r\nEtag: ", silent),
		"drip-head":  wired("HTTP/1.1 200 OK\r\nX-Drip:", drip),
		"drip-body":  wired("HTTP/1.1 200 OK\r\nEtag: \"bad\"\r\n\r\n"+rss("花灯"), drip),
		"half-body":  wired("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"+rss("花灯"), silent),
		"no-fin":     wired("HTTP/1.1 200 OK\r\n\r\n"+rss("花灯"), silent),
		"half-close": wired("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", func(c net.Conn) { _ = c.(*net.TCPConn).CloseRead(); <-over }),
	} {
		mux.HandleFunc("/"+key, firstWell(answer))
		urls[key] = ""
	}
	origin := httptest.NewServer(mux)
	defer origin.Close()
	defer close(over)
	for key := range urls {
		urls[key] = origin.URL + "/" + key
	}
	const timeout = 500 * time.Millisecond
	c := onLoopback(t, urls, timeout)
	c.visit()
	c.hangUp()
	before := settled(t, 0)
	began := time.Now()
	c.visit()
	if took := time.Since(began); took > 20*timeout {
		t.Errorf("seven that never end took %s", took)
	}
	for key := range urls {
		c.kept(key, models.ErrTimeout, "桂花节")
	}
	if f := c.agg.free; f.hands != hands || len(f.lines) != 0 {
		t.Errorf("%d hands are free, and %d hosts have still to answer", f.hands, len(f.lines))
	}
	c.hangUp()
	// The origin holds seven connections, by a goroutine each; ours are gone.
	if after := settled(t, before+len(urls)); after > before+len(urls) {
		t.Errorf("%d goroutines before, %d after, of which %d are the origin's", before, after, len(urls))
	}
}

// settled waits until there are no more goroutines than wanted, and at least until their number
// rests; it tells the number.
func settled(t *testing.T, want int) int {
	t.Helper()
	last, same := runtime.NumGoroutine(), 0
	for range 200 {
		time.Sleep(20 * time.Millisecond)
		runtime.GC()
		n := runtime.NumGoroutine()
		if n <= want {
			return n
		}
		if same++; n != last {
			last, same = n, 0
		}
		if want == 0 && same == 10 {
			return n
		}
	}
	return last
}

// certificate makes one of its own making, for a name and until a time.
func certificate(t *testing.T, name string, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: until.AddDate(-1, 0, 0), NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if name != "127.0.0.1" {
		c.IPAddresses = nil
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	must(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestR32CertificatesGoBad: of the class tls, and what was published stays.
func TestR32CertificatesGoBad(t *testing.T) {
	good := certificate(t, "127.0.0.1", time.Now().AddDate(0, 1, 0))
	urls, bad := map[string]string{}, map[string]tls.Certificate{
		"expired":     certificate(t, "127.0.0.1", time.Now().Add(-time.Hour)),
		"other-name":  certificate(t, "www.example", time.Now().AddDate(0, 1, 0)),
		"other-chain": certificate(t, "127.0.0.1", time.Now().AddDate(0, 1, 0)),
	}
	var trusted bytes.Buffer
	for _, c := range []tls.Certificate{good, bad["expired"], bad["other-name"]} {
		must(t, pem.Encode(&trusted, &pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}))
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(file, trusted.Bytes(), 0o600))
	var turned atomic.Bool
	for key, c := range bad {
		o := httptest.NewUnstartedServer(says(rss("桂花节"), "Etag", `"good"`))
		o.Config.ErrorLog = log.New(io.Discard, "", 0)
		o.TLS = &tls.Config{Certificates: []tls.Certificate{good}, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			if turned.Load() {
				return &tls.Config{Certificates: []tls.Certificate{c}}, nil
			}
			return nil, nil
		}}
		o.StartTLS()
		defer o.Close()
		urls[key] = o.URL
	}
	c := onLoopback(t, urls, 10*time.Second, func(n *models.Network) { n.CAFile = file })
	c.visit()
	c.hangUp() // a connection that stands asks for no certificate
	for key := range urls {
		c.kept(key, "", "桂花节")
	}
	turned.Store(true)
	for range 2 {
		c.visit()
		for key := range urls {
			c.kept(key, models.ErrTLS, "桂花节")
		}
	}
	turned.Store(false)
	c.visit()
	for key := range urls {
		c.kept(key, "", "桂花节")
	}
}
