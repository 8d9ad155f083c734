package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"civicfeed/models"
)

const feed = `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>云溪市要闻</title></channel></rss>`

// loopback lets a client reach the origins of these tests, and nothing else that is private.
func loopback() models.Network { return models.Network{Allow: []string{"127.0.0.1/32", "::1/128"}} }

func newClient(t testing.TB, n models.Network) *Client {
	t.Helper()
	c, err := New(n, Options{Version: "1.2.3", Contact: "https://feeds.example.org/"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// origin is a server that remembers what it was asked.
type origin struct {
	*httptest.Server
	mu   sync.Mutex
	asks []*http.Request
}

func newOrigin(t testing.TB, answer http.HandlerFunc) *origin {
	t.Helper()
	o := &origin{}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		o.asks = append(o.asks, r.Clone(context.Background()))
		o.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *origin) asked() []*http.Request {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.asks)
}

// rawOrigin writes bytes to each connection once a request has come, and closes it.
func rawOrigin(t testing.TB, answer func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, over := context.WithCancel(context.Background())
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() {
				defer conn.Close()
				defer context.AfterFunc(ctx, func() { conn.Close() })()
				for head := make([]byte, 0, 4096); !bytes.Contains(head, []byte("\r\n\r\n")); {
					n, err := conn.Read(head[len(head):cap(head)])
					if err != nil {
						return
					}
					head = head[:len(head)+n]
				}
				answer(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		over()
		open.Wait()
	})
	return "http://" + l.Addr().String() + "/feed.xml"
}

func send(s string) func(net.Conn) {
	return func(c net.Conn) { _, _ = c.Write([]byte(s)) }
}

func mustGet(t testing.TB, c *Client, r Request) *Response {
	t.Helper()
	res, err := c.Get(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// mustFail gets a document in vain: the class must be right, there must be no body, and the
// sentence must name the address and hold these words.
func mustFail(t testing.TB, c *Client, r Request, class models.ErrorClass, words ...string) *Response {
	t.Helper()
	res, err := c.Get(t.Context(), r)
	var failure *models.Failure
	if !errors.As(err, &failure) || models.ClassOf(err) != class {
		t.Fatalf("GET %s: %v (class %q), want class %q", r.URL, err, models.ClassOf(err), class)
	}
	if res != nil && (res.Body != nil || res.Bytes != 0) {
		t.Errorf("%d bytes of body beside the error %v", res.Bytes, err)
	}
	for _, w := range append(words, "fetch ") {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the error %q does not say %q", err, w)
		}
	}
	return res
}

func gzipped(t testing.TB, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
