package publisher

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// limited publishes the city under limits, behind the proxies of a usual machine.
func (c *city) limited(l Limits, log *slog.Logger) {
	proxies := Proxies{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("10.0.0.0/24")}
	c.p = New(c.store, c.catalog, Options{Clock: c.clock, Limits: l, Proxies: proxies, Log: log})
	c.h = c.p.Handler()
}

// from asks for a path as a peer does; headers are pairs of name and value.
func (c *city) from(peer, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.RemoteAddr = peer
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, r)
	return w
}

// admitted counts how many of n requests are answered.
func (c *city) admitted(n int, peer func(i int) string, path string, headers ...string) (count int) {
	for i := range n {
		if c.from(peer(i), path, headers...).Code == 200 {
			count++
		}
	}
	return count
}

func always(peer string) func(int) string { return func(int) string { return peer } }

func TestT44FloodOfOneAddress(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	c.limited(Limits{PerSecond: 10, Burst: 20}, nil)
	const flooder, other = "198.51.100.7:4711", "198.51.100.8:4711"
	if n := c.admitted(100, always(flooder), "/feed.rss"); n != 20 {
		t.Errorf("%d of 100 at once were answered, want the 20 of a burst", n)
	}
	for _, path := range []string{"/feed.rss?x=1", "/feed.rss?x=2", "/nothing", "/healthz", "/assets/site.css"} {
		if code := c.from(flooder, path).Code; code != 429 {
			t.Errorf("GET %s: %d past the limit", path, code)
		}
	}
	if n := c.admitted(20, always(other), "/feed.rss"); n != 20 {
		t.Errorf("another client pays for it: %d of 20", n)
	}
	w := c.from(flooder, "/feed.rss")
	seconds, err := strconv.Atoi(w.Header().Get("Retry-After"))
	if err != nil || seconds < 1 || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d, %v", w.Code, w.Header())
	}
	if text := w.Body.String(); !strings.Contains(text, "请求过多") || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("it says %q", text)
	}
	c.pass(time.Duration(seconds) * time.Second)
	if n := c.admitted(100, always(flooder), "/feed.rss"); n != 10*seconds {
		t.Errorf("%d of 100 answered after %d s at 10 a second", n, seconds)
	}
}

func TestT44RetryAfterIsKept(t *testing.T) {
	c := newCity(t)
	c.limited(Limits{PerSecond: 0.1, Burst: 1}, nil)
	const peer = "198.51.100.7:1"
	c.from(peer, "/healthz")
	if after := c.from(peer, "/healthz").Header().Get("Retry-After"); after != "10" {
		t.Errorf("Retry-After %s, want 10", after)
	}
	c.pass(9500 * time.Millisecond)
	if w := c.from(peer, "/healthz"); w.Code != 429 || w.Header().Get("Retry-After") != "1" {
		t.Errorf("half a second before: %d, Retry-After %s", w.Code, w.Header().Get("Retry-After"))
	}
	c.pass(time.Second)
	if w := c.from(peer, "/healthz"); w.Code != 200 {
		t.Errorf("afterwards: %d", w.Code)
	}
}

// One subscriber has a whole /64 of IPv6.
func TestT44IPv6IsCountedByNetwork(t *testing.T) {
	tests := []struct {
		name string
		peer func(i int) string
		want int
	}{
		{"one /64", func(i int) string { return fmt.Sprintf("[2001:db8:1:2:%x::%x]:80", i, i) }, 20},
		{"many /64", func(i int) string { return fmt.Sprintf("[2001:db8:1:%x::1]:80", i) }, 100},
		{"with zones", func(i int) string { return fmt.Sprintf("[fe80::%x%%eth%d]:80", i, i) }, 20},
		{"one IPv4 address", func(i int) string { return fmt.Sprintf("198.51.100.7:%d", i) }, 20},
		{"many IPv4 addresses", func(i int) string { return fmt.Sprintf("198.51.100.%d:80", i) }, 100},
		{"IPv4 in IPv6", func(i int) string { return []string{"[::ffff:198.51.100.7]:80", "198.51.100.7:80"}[i%2] }, 20},
		{"many IPv4 in IPv6", func(i int) string { return fmt.Sprintf("[::ffff:198.51.100.%d]:80", i) }, 100},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newCity(t)
			c.populate(1)
			c.limited(Limits{PerSecond: 10, Burst: 20}, nil)
			if n := c.admitted(100, tt.peer, "/feed.rss"); n != tt.want {
				t.Errorf("%d of 100 answered, want %d", n, tt.want)
			}
		})
	}
}

// TestT44ReadersAreNotRefused: a reader that asks for two hundred feeds of the site at once, from
// behind the address of an office, with nothing made yet.
func TestT44ReadersAreNotRefused(t *testing.T) {
	c := newCity(t)
	c.populate(3)
	c.limited(Limits{}, nil)
	paths := everyPath()
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			if code := c.from("198.51.100.7:80", paths[i%len(paths)]).Code; code != 200 {
				t.Errorf("GET %s: %d", paths[i%len(paths)], code)
			}
		})
	}
	wg.Wait()
}

// Pages made for one client alone have a limit of their own, and what is held does not count.
func TestT44PagesMadeOnDemand(t *testing.T) {
	c := newCity(t)
	c.populate(50)
	c.limited(Limits{PagesMade: 2, PagesAtOnce: 10}, nil)
	const flooder, other = "198.51.100.7:4711", "198.51.100.8:4711"
	made := 0
	for i := range 50 {
		if c.from(flooder, c.story("daily", i)).Code == 200 {
			made++
		}
	}
	if made != 10 {
		t.Errorf("%d stories made at once, want 10", made)
	}
	for i := range 100 {
		if code := c.from(flooder, fmt.Sprintf("/stories/random%d", i)).Code; code != 429 {
			t.Errorf("a story that never was: %d: the store is asked", code)
		}
	}
	w := c.from(flooder, c.story("daily", 49))
	if w.Code != 429 || w.Header().Get("Retry-After") != "1" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d, %v", w.Code, w.Header())
	}
	for _, path := range []string{c.story("daily", 0), "/feed.rss", "/", "/status"} {
		if code := c.from(flooder, path).Code; code != 200 {
			t.Errorf("GET %s: %d: no page was to be made for this client", path, code)
		}
	}
	if code := c.from(flooder, "/readyz").Code; code != 429 {
		t.Errorf("/readyz asks the store: %d", code)
	}
	if code := c.from(other, c.story("daily", 49)).Code; code != 200 {
		t.Errorf("another client pays for it: %d", code)
	}
}

// A flood from ten times more addresses than the table holds costs no more memory, and who
// keeps asking stays known.
func TestT44TableIsBounded(t *testing.T) {
	c := newClients(Limits{PerSecond: 1, Burst: 1000}, nil)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	regular := &http.Request{RemoteAddr: "198.51.100.7:80"}
	for i := range 300_000 {
		c.allowance(ClientAt(netip.AddrFrom16([16]byte{0x20, 1, byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)})))
		if i%600 == 0 {
			c.admit(regular, time.Unix(1e9, 0))
		}
	}
	known := 0
	for i := range c.shards {
		known += len(c.shards[i].young) + len(c.shards[i].old)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if most := 2 * shards * perShard; known > most {
		t.Errorf("%d clients known, at most %d", known, most)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("%d MB taken", grown>>20)
	}
	if left := c.allowance(ClientAt(netip.MustParseAddr("198.51.100.7"))).requests.TokensAt(time.Unix(1e9, 0)); left != 500 {
		t.Errorf("%v requests left to who asked 500 times", left)
	}
}

func TestLimitsOff(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	c.limited(Limits{PerSecond: -1, PagesMade: -1}, nil)
	if n := c.admitted(1000, always("198.51.100.7:80"), c.story("daily", 0)); n != 1000 {
		t.Errorf("%d of 1000 answered", n)
	}
}

// TestT45ForwardedFor: who counts is the last address before our proxies, and only they may name it.
func TestT45ForwardedFor(t *testing.T) {
	tests := []struct {
		name, peer string
		headers    []string // values of X-Forwarded-For, a line each
		want       string   // empty: nobody
	}{
		{"no proxy", "198.51.100.7:80", nil, "198.51.100.7"},
		{"a liar", "198.51.100.7:80", []string{"203.0.113.1"}, "198.51.100.7"},
		{"a liar in our name", "198.51.100.7:80", []string{"203.0.113.1, 127.0.0.1"}, "198.51.100.7"},
		{"a proxy", "127.0.0.1:80", []string{"203.0.113.1"}, "203.0.113.1"},
		{"a proxy on IPv6", "[::1]:80", []string{"203.0.113.1"}, "203.0.113.1"},
		{"a proxy, IPv4 in IPv6", "[::ffff:127.0.0.1]:80", []string{"203.0.113.1"}, "203.0.113.1"},
		{"a liar through a proxy", "127.0.0.1:80", []string{"192.0.2.1, 203.0.113.1"}, "203.0.113.1"},
		{"a liar with a line of his own", "127.0.0.1:80", []string{"192.0.2.1", "203.0.113.1"}, "203.0.113.1"},
		{"a liar with rubbish", "127.0.0.1:80", []string{",,x,\x00, 203.0.113.1"}, "203.0.113.1"},
		{"two proxies", "127.0.0.1:80", []string{"192.0.2.1, 203.0.113.1, 10.0.0.9"}, "203.0.113.1"},
		{"two proxies, two lines", "127.0.0.1:80", []string{"192.0.2.1, 203.0.113.1", "10.0.0.9"}, "203.0.113.1"},
		{"a port", "127.0.0.1:80", []string{"203.0.113.1:4711"}, "203.0.113.1"},
		{"IPv6", "127.0.0.1:80", []string{"2001:db8::1"}, "2001:db8::1"},
		{"IPv6 in brackets", "127.0.0.1:80", []string{"[2001:db8::1]"}, "2001:db8::1"},
		{"IPv6 with a port", "127.0.0.1:80", []string{"[2001:db8::1]:4711"}, "2001:db8::1"},
		{"IPv6 in quotes", "127.0.0.1:80", []string{`"[2001:db8::1]:4711"`}, "2001:db8::1"},
		{"IPv4 in IPv6", "127.0.0.1:80", []string{"::ffff:203.0.113.1"}, "203.0.113.1"},
		{"no spaces, empty members", "127.0.0.1:80", []string{"203.0.113.1,,10.0.0.1,", ""}, "203.0.113.1"},
		{"no name", "127.0.0.1:80", nil, ""},
		{"an empty name", "127.0.0.1:80", []string{"", " , "}, ""},
		{"only proxies", "127.0.0.1:80", []string{"10.0.0.3, 127.0.0.1"}, ""},
		{"unknown", "127.0.0.1:80", []string{"unknown"}, ""},
		{"unknown, and what stands before it", "127.0.0.1:80", []string{"203.0.113.1, unknown"}, ""},
		{"hidden", "127.0.0.1:80", []string{"203.0.113.1, _gazonk, 10.0.0.1"}, ""},
		{"a socket", "@", []string{"203.0.113.1"}, ""},
	}
	c := newCity(t)
	for _, tt := range tests {
		c.limited(Limits{}, nil)
		r := &http.Request{RemoteAddr: tt.peer, Header: http.Header{"X-Forwarded-For": tt.headers}}
		got, ok := c.p.clients.proxies.client(r)
		if ok != (tt.want != "") || ok && got != ClientAt(netip.MustParseAddr(tt.want)) {
			t.Errorf("%s: %x, %v, want %q", tt.name, got, ok, tt.want)
		}
	}
}

func TestT45SpoofedHeadersDodgeNothing(t *testing.T) {
	for _, header := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP", "X-Cluster-Client-IP"} {
		c := newCity(t)
		c.populate(1)
		c.limited(Limits{PerSecond: 10, Burst: 20}, nil)
		direct, behind := 0, 0
		for i := range 100 {
			spoofed := fmt.Sprintf("203.0.113.%d", i)
			if header == "Forwarded" {
				spoofed = "for=" + spoofed
			}
			if c.from("198.51.100.7:80", "/feed.rss", header, spoofed).Code == 200 {
				direct++
			}
			if c.from("127.0.0.1:80", "/feed.rss", header, spoofed, "X-Forwarded-For", "198.51.100.9").Code == 200 {
				behind++
			}
		}
		if direct != 20 || behind != 20 {
			t.Errorf("%s: %d direct and %d through a proxy of 100 answered, want 20 each", header, direct, behind)
		}
	}
}

// A proxy that names nobody, or a health check on the machine itself, is not limited.
func TestT45TrustedPeersAreNotLimited(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	c.limited(Limits{PerSecond: 1, Burst: 2, PagesMade: 1, PagesAtOnce: 1}, nil)
	if n := c.admitted(100, always("127.0.0.1:80"), "/readyz"); n != 100 {
		t.Errorf("%d of 100 answered", n)
	}
}

func FuzzForwardedFor(f *testing.F) {
	f.Add("203.0.113.1, 10.0.0.9", "unknown")
	f.Add(`"[2001:db8::1%x]:99999"`, ",,")
	proxies := Proxies{netip.MustParsePrefix("127.0.0.0/8")}
	f.Fuzz(func(t *testing.T, first, last string) {
		ask := func(peer string, lines ...string) (Client, bool) {
			return proxies.client(&http.Request{RemoteAddr: peer, Header: http.Header{"X-Forwarded-For": lines}})
		}
		if id, ok := ask("198.51.100.7:80", first, last); !ok || id != ClientAt(netip.MustParseAddr("198.51.100.7")) {
			t.Errorf("%q, %q of a stranger is believed", first, last)
		}
		if id, ok := ask("127.0.0.1:80", first, last, "198.51.100.7"); !ok || id != ClientAt(netip.MustParseAddr("198.51.100.7")) {
			t.Errorf("%q, %q moved what the proxy wrote", first, last)
		}
		ask("127.0.0.1:80", first, last)
	})
}

// BenchmarkAdmit is what the limits cost a request that is let through.
func BenchmarkAdmit(b *testing.B) {
	c := newClients(Limits{PerSecond: 1e12, Burst: 1e9}, Proxies{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")})
	for _, r := range []*http.Request{
		{RemoteAddr: "198.51.100.7:4711"},
		{RemoteAddr: "127.0.0.1:4711", Header: http.Header{"X-Forwarded-For": {"198.51.100.7"}}},
	} {
		b.Run(r.RemoteAddr, func(b *testing.B) {
			b.ReportAllocs()
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					c.admit(r, time.Now())
				}
			})
		})
	}
}
