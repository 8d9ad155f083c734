package main

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"civicfeed/publisher"
)

// guarded serves ok as serve would, once tweak has had its way, until the test ends.
func guarded(t *testing.T, trusted publisher.Proxies, tweak func(*http.Server)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	srv := newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") }), log)
	tweak(srv)
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(bounded(l, trusted, log)) }()
	t.Cleanup(func() {
		srv.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func asIs(*http.Server) {}

// loopback trusts the test as a proxy is trusted.
func loopback() publisher.Proxies { return publisher.Proxies{netip.MustParsePrefix("127.0.0.0/8")} }

// dialed opens a connection that the test closes.
func dialed(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// answerTo is what a server says to bytes, until it is silent for a second or closes.
func answerTo(t *testing.T, address, request string) string {
	t.Helper()
	conn := dialed(t, address)
	if _, err := io.WriteString(conn, request); err != nil {
		return ""
	}
	conn.SetReadDeadline(time.Now().Add(time.Second))
	answer, _ := io.ReadAll(conn)
	return string(answer)
}

func TestT42ServerIsOfHTTP1Alone(t *testing.T) {
	srv := newServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if p := srv.Protocols; !p.HTTP1() || p.HTTP2() || p.UnencryptedHTTP2() {
		t.Errorf("protocols %v", p)
	}
	if srv.ReadHeaderTimeout != 5*time.Second || srv.ReadTimeout > 10*time.Second || srv.WriteTimeout > time.Minute || srv.IdleTimeout > time.Minute || srv.MaxHeaderBytes != 16<<10 ||
		srv.ReadTimeout == 0 || srv.WriteTimeout == 0 || srv.IdleTimeout == 0 {
		t.Errorf("%+v", srv)
	}
	address := guarded(t, loopback(), asIs)
	for _, tt := range []struct{ name, request, want, never string }{
		{"h2c without asking", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "", "HTTP/2"},
		{"h2c by upgrade", "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n", "200 OK", "101 "},
		{"two lengths", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\nGET /", "400 ", "200 "},
		{"a length that is none", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n", "400 ", "200 "},
		{"an unknown coding", "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n", "501 ", "200 "},
		{"a name with a space", "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n", "400 ", "200 "},
		{"two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "400 ", "200 "},
		{"no host", "GET / HTTP/1.1\r\n\r\n", "400 ", "200 "},
		{"headers of 64 KB", "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 64<<10) + "\r\n\r\n", "431 ", "200 "},
		{"headers of 15 KB", "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 15<<10) + "\r\n\r\n", "200 OK", "431 "},
	} {
		answer := answerTo(t, address, tt.request)
		if !strings.Contains(answer, tt.want) || strings.Contains(answer, tt.never) {
			t.Errorf("%s: %q", tt.name, answer)
		}
	}
}

// promptly asks for a page and tells how long that took.
func promptly(t *testing.T, address string) time.Duration {
	t.Helper()
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	began := time.Now()
	res, err := client.Get("http://" + address + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if text, err := io.ReadAll(res.Body); err != nil || string(text) != "ok" {
		t.Fatalf("%q, %v", text, err)
	}
	return time.Since(began)
}

// roomFor tells how many connections the test may open, both ends being its own.
func roomFor(t *testing.T, wanted int) int {
	t.Helper()
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
	return min(wanted, int(l.Cur/2)-200)
}

// hold opens n connections from several addresses of ours and says the same in each, and from then
// on, where more is not empty, that every second. It tells how many of them the server has closed,
// and when the last. All are in one goroutine: there are too many for one each.
func hold(t *testing.T, address string, n int, first, more string) (closed func() (int, time.Duration)) {
	t.Helper()
	var conns []*net.TCPConn
	for i := range n {
		from := &net.TCPAddr{IP: net.IPv4(127, 1, byte(i>>11), byte(i>>3))} // eight from each
		conn, err := (&net.Dialer{LocalAddr: from, Timeout: 10 * time.Second}).Dial("tcp", address)
		if err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		io.WriteString(conn, first)
		conns = append(conns, conn.(*net.TCPConn))
	}
	var count, last atomic.Int64
	began := time.Now()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for len(conns) > 0 {
			conns = slices.DeleteFunc(conns, func(c *net.TCPConn) bool {
				if !isClosed(c) {
					io.WriteString(c, more)
					return false
				}
				c.Close()
				last.Store(int64(time.Since(began)))
				count.Add(1)
				return true
			})
			select {
			case <-stop:
				return
			case <-time.After(time.Second):
			}
		}
	}()
	t.Cleanup(func() {
		close(stop)
		<-stopped
		for _, c := range conns {
			c.Close()
		}
	})
	return func() (int, time.Duration) { return int(count.Load()), time.Duration(last.Load()) }
}

// isClosed tells whether the other side has closed a connection, without waiting for it.
func isClosed(c *net.TCPConn) (closed bool) {
	raw, err := c.SyscallConn()
	if err != nil {
		return true
	}
	err = raw.Read(func(fd uintptr) bool {
		for buf := make([]byte, 4096); ; {
			n, err := syscall.Read(int(fd), buf)
			if n > 0 {
				continue
			}
			closed = err != syscall.EAGAIN && err != syscall.EINTR
			return true
		}
	})
	return closed || err != nil
}

// TestT43Slowloris: two thousand who never finish their request are closed in time, and others are
// answered meanwhile.
func TestT43Slowloris(t *testing.T) {
	n := roomFor(t, 2000)
	idle := runtime.NumGoroutine()
	address := guarded(t, nil, asIs)
	ended := hold(t, address, n, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", "a")
	if took := promptly(t, address); took > 2*time.Second {
		t.Errorf("an answer took %v beside %d slow connections", took, n)
	}
	eventually(t, "the slow connections to be closed", func() bool { gone, _ := ended(); return gone == n })
	if _, last := ended(); last > requestWithin+5*time.Second {
		t.Errorf("the last was closed after %v", last)
	}
	eventually(t, "their goroutines to end", func() bool { return runtime.NumGoroutine() < idle+20 })
}

// TestT43IdleConnections: ten thousand, or as many as may be opened here, who asked once and stay, or
// who never said a word. All are closed when their time is over.
func TestT43IdleConnections(t *testing.T) {
	n := roomFor(t, 10_000)
	open := &count{}
	address := guarded(t, nil, func(srv *http.Server) {
		srv.IdleTimeout, srv.ReadHeaderTimeout, srv.ConnState = 3*time.Second, 3*time.Second, open.state
	})
	const asked = 1000
	quiet := hold(t, address, min(n, asked), "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "")
	silent := hold(t, address, max(n-asked, 0), "", "")
	eventually(t, "an answer", func() bool { return promptly(t, address) < 20*time.Second })
	eventually(t, "the idle connections to be closed", func() bool {
		a, _ := quiet()
		b, _ := silent()
		return a+b == n
	})
	if took := promptly(t, address); took > time.Second {
		t.Errorf("afterwards an answer took %v", took)
	}
	if most := open.most.Load(); most > connections+connections/10 || n > connections && most < connections { // one that is given back is still being closed
		t.Errorf("%d connections were open at once, of %d; at most %d", most, n, connections)
	}
}

// count counts the connections that a server has open.
type count struct{ now, most atomic.Int64 }

func (c *count) state(_ net.Conn, s http.ConnState) {
	switch s {
	case http.StateNew:
		if now := c.now.Add(1); now > c.most.Load() {
			c.most.Store(now) // one goroutine accepts
		}
	case http.StateClosed:
		c.now.Add(-1)
	}
}

// TestT43OneClientCannotTakeAll: from one address no more connections are kept than its part, and
// a trusted proxy has no part.
func TestT43OneClientCannotTakeAll(t *testing.T) {
	for _, tt := range []struct {
		name    string
		trusted publisher.Proxies
		want    int64
	}{{"a client", nil, perClient}, {"a proxy", loopback(), perClient + 100}} {
		t.Run(tt.name, func(t *testing.T) {
			open := &count{}
			address := guarded(t, tt.trusted, func(srv *http.Server) { srv.ConnState = open.state })
			var conns []net.Conn
			for range perClient + 100 {
				conns = append(conns, dialed(t, address))
			}
			eventually(t, "all to be accepted or refused", func() bool { return open.now.Load() == tt.want })
			from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
			other := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DialContext: from.DialContext, DisableKeepAlives: true}}
			if res, err := other.Get("http://" + address + "/"); err != nil || res.StatusCode != 200 {
				t.Errorf("another client: %v", err)
			}
			if open.now.Load() > tt.want+1 {
				t.Errorf("%d are open", open.now.Load())
			}
			for _, c := range conns {
				c.Close()
			}
			eventually(t, "its connections to be given back", func() bool { return open.now.Load() == 0 })
			if got := answerTo(t, address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); !strings.Contains(got, "200 OK") {
				t.Errorf("afterwards: %q", got)
			}
		})
	}
}

// TestT43SlowReaders: who asks for much and reads nothing is closed when its time is over.
func TestT43SlowReaders(t *testing.T) {
	gone := make(chan error, 1)
	address := guarded(t, nil, func(srv *http.Server) {
		srv.WriteTimeout = 2 * time.Second
		srv.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, err := w.Write(make([]byte, 64<<20))
			gone <- err
		})
	})
	io.WriteString(dialed(t, address), "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case err := <-gone:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the answer ended with %v", err)
		}
	case <-time.After(15 * time.Second):
		t.Error("the answer never ends")
	}
}
