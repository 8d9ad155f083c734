package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"civicfeed/publisher"
)

// What the public server bears with. A page is some 20 KB and ready when it is asked for: whoever
// takes longer, or holds more, keeps others from being answered.
const (
	requestWithin  = 5 * time.Second // its header, and the body that none has
	answerWithin   = time.Minute
	idleFor        = time.Minute
	largestHeader  = 16 << 10 // net/http adds 4 KB of its own
	connections    = 4096     // at once; more wait to be accepted
	perClient      = 256      // of them from one client, unless it is a trusted proxy; more are closed
	graceAtTheEnd  = 10 * time.Second
	tellOfRefusals = 10 * time.Second // at most that often
)

// newServer makes the server of a handler: HTTP/1.1 alone, TLS and HTTP/2 are for a proxy before it.
func newServer(h http.Handler, log *slog.Logger) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Server{
		Handler:           h,
		Protocols:         protocols,
		ReadHeaderTimeout: requestWithin,
		ReadTimeout:       requestWithin,
		WriteTimeout:      answerWithin,
		IdleTimeout:       idleFor,
		MaxHeaderBytes:    largestHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// serveHTTP answers at the listener until ctx ends, then for ten seconds those still connected.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	srv := newServer(h, log)
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceAtTheEnd)
		defer cancel()
		stopped <- srv.Shutdown(grace)
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// trusted reads --trusted-proxies.
func (s *serving) trusted() (publisher.Proxies, error) {
	var all publisher.Proxies
	for _, word := range s.proxies {
		if word = strings.TrimSpace(word); word == "" || word == "none" && len(s.proxies) == 1 {
			continue
		}
		network, err := networkOf(word)
		if err != nil {
			return nil, misused("--trusted-proxies %s: write addresses or ranges such as 10.0.0.0/8,::1, or none", word)
		}
		all = append(all, network)
	}
	return all, nil
}

// networkOf reads a range, or an address as the range that holds it alone.
func networkOf(word string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(word); err == nil {
		return a.Unmap().Prefix(a.Unmap().BitLen())
	}
	network, err := netip.ParsePrefix(word)
	if err == nil && network.Addr().Is4In6() {
		err = errors.New("an IPv4 range is written as one")
	}
	return network.Masked(), err
}

// bounded is a listener with at most so many connections at once, in all and from one client.
func bounded(l net.Listener, trusted publisher.Proxies, log *slog.Logger) net.Listener {
	return netutil.LimitListener(&shared{Listener: l, trusted: trusted, log: log, open: make(map[publisher.Client]int)}, connections)
}

// shared is a listener of which no client can take more than its part.
type shared struct {
	net.Listener
	trusted publisher.Proxies
	log     *slog.Logger

	mu   sync.Mutex
	open map[publisher.Client]int
	told time.Time
}

func (s *shared) Accept() (net.Conn, error) {
	for {
		conn, err := s.Listener.Accept()
		if err != nil {
			return nil, err
		}
		peer, ok := conn.RemoteAddr().(*net.TCPAddr)
		conn = newSteady(conn)
		if !ok || s.trusted.Trust(peer.AddrPort().Addr()) {
			return conn, nil
		}
		if id := publisher.ClientAt(peer.AddrPort().Addr()); s.take(id, peer) {
			return &part{Conn: conn, back: sync.OnceFunc(func() { s.give(id) })}, nil
		}
		conn.Close()
	}
}

func (s *shared) take(id publisher.Client, peer *net.TCPAddr) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[id] < perClient {
		s.open[id]++
		return true
	}
	if now := time.Now(); now.Sub(s.told) >= tellOfRefusals {
		s.told = now
		s.log.Warn("connection refused: its client holds too many", "peer", peer, "most", perClient)
	}
	return false
}

func (s *shared) give(id publisher.Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[id]--; s.open[id] == 0 {
		delete(s.open, id)
	}
}

// part is a connection that counts until it is closed.
type part struct {
	net.Conn
	back func()
}

func (p *part) Close() error {
	defer p.back()
	return p.Conn.Close()
}
