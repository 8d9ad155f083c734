package fetch

import (
	"io"
	"net"
	"sync"
	"testing"

	"civicfeed/models"
)

func TestF37OneQuickRetry(t *testing.T) {
	reset := func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }
	halfway := func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"+feed)
		reset(c)
	}
	whole := func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"+feed)
	}
	for name, c := range map[string]struct {
		answers []func(net.Conn)
		asked   int
		class   models.ErrorClass
	}{
		"a reset, then an answer":       {[]func(net.Conn){reset, whole}, 2, ""},
		"a close, then an answer":       {[]func(net.Conn){func(net.Conn) {}, whole}, 2, ""},
		"two resets":                    {[]func(net.Conn){reset, reset, whole}, 2, models.ErrConnect},
		"a close and half an answer":    {[]func(net.Conn){func(net.Conn) {}, halfway, whole}, 2, models.ErrConnect},
		"a reset in the midst of one":   {[]func(net.Conn){halfway, whole}, 1, models.ErrConnect},
		"something else than an answer": {[]func(net.Conn){send("hello\r\n\r\n"), whole}, 1, models.ErrConnect},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			asked := 0
			url := rawOrigin(t, func(conn net.Conn) {
				mu.Lock()
				answer := c.answers[min(asked, len(c.answers)-1)]
				asked++
				mu.Unlock()
				answer(conn)
			})
			res, err := newClient(t, loopback()).Get(t.Context(), Request{URL: url})
			if models.ClassOf(err) != c.class || c.class == "" && string(res.Body) != feed {
				t.Errorf("%v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			if asked != c.asked {
				t.Errorf("%d requests", asked)
			}
		})
	}
}

// A connection that lay idle and turns out to be dead is replaced by net/http, which is a retry too.
func TestF37IdleConnectionsAreNoExtraRetry(t *testing.T) {
	var mu sync.Mutex
	connections := 0
	url := rawOrigin(t, func(c net.Conn) {
		mu.Lock()
		connections++
		first := connections == 1
		mu.Unlock()
		if first {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
			_, _ = c.Read(make([]byte, 10)) // the second request begins
		}
		_ = c.(*net.TCPConn).SetLinger(0)
	})
	c := newClient(t, loopback())
	mustGet(t, c, Request{URL: url})
	mustFail(t, c, Request{URL: url}, models.ErrConnect)
	mu.Lock()
	defer mu.Unlock()
	if connections != 2 {
		t.Errorf("%d connections, want the dead one and one more", connections)
	}
}
