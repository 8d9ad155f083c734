package publisher

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"

	"civicfeed/publisher/render"
)

func TestP07CacheControl(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	want := regexp.MustCompile(`^public, max-age=(\d+), stale-while-revalidate=\d+, stale-if-error=\d+$`)
	for _, path := range append(everyPath(), c.story("daily", 0), "/assets/site.css") {
		got := c.get(path).Header.Get("Cache-Control")
		m := want.FindStringSubmatch(got)
		if m == nil {
			t.Errorf("GET %s: Cache-Control %q", path, got)
			continue
		}
		if strings.HasSuffix(path, ".rss") && !strings.Contains(c.read(path), "<ttl>15</ttl>") || strings.HasSuffix(path, ".rss") && m[1] != "900" {
			t.Errorf("GET %s: max-age %s is not its ttl (%v)", path, m[1], render.TTL)
		}
	}
	for path, want := range map[string]string{"/status": "public, no-cache", "/healthz": "no-store", "/readyz": "no-store", "/nothing": "no-store"} {
		if got := c.get(path).Header.Get("Cache-Control"); got != want {
			t.Errorf("GET %s: Cache-Control %q, want %q", path, got, want)
		}
	}
}

func TestP08Vary(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	for path, want := range map[string]string{
		"/": "Accept-Encoding", "/feed.json": "Accept-Encoding", "/feed.rss": "Accept, Accept-Encoding", "/sections/focus.html": "Accept-Encoding", "/assets/site.css": "Accept-Encoding",
		"/feed": "Accept, Accept-Encoding", "/sections/focus": "Accept, Accept-Encoding", c.story("daily", 0): "Accept, Accept-Encoding",
	} {
		if got := c.get(path).Header.Values("Vary"); len(got) != 1 || got[0] != want {
			t.Errorf("GET %s: Vary %q, want %q", path, got, want)
		}
	}
}

func TestP09Compression(t *testing.T) {
	c := newCity(t)
	c.populate(10)
	plain := c.read("/feed.rss", "Accept-Encoding", "identity")
	tests := []struct{ header, want string }{
		{"", ""}, {"gzip", "gzip"}, {"br", "br"}, {"gzip, deflate, br", "br"}, {"gzip;q=1.0, br;q=0.5", "gzip"},
		{"gzip;q=0", ""}, {"br;q=0, gzip;q=0", ""}, {"br;q=0, gzip", "gzip"}, {"*", "br"}, {"*;q=0", ""}, {"*, br;q=0", "gzip"},
		{"identity, gzip;q=0.5", ""}, {"identity;q=0.5, gzip", "gzip"}, {"identity;q=0", ""}, {"x-gzip", "gzip"}, {"deflate", ""},
		{"GZIP", "gzip"}, {"gzip;q=x", ""}, {"gzip;q=2", ""}, {"gzip;q=NaN", ""}, {";;,,", ""},
	}
	for _, tt := range tests {
		res := c.get("/feed.rss", "Accept-Encoding", tt.header)
		if got := res.Header.Get("Content-Encoding"); got != tt.want {
			t.Errorf("Accept-Encoding: %s: Content-Encoding %q, want %q", tt.header, got, tt.want)
			continue
		}
		if got := unpack(t, tt.want, res.Body); got != plain {
			t.Errorf("Accept-Encoding: %s: another text", tt.header)
		}
	}
	c.get("/healthz", "Accept-Encoding", "br")
	if got := c.get("/robots.txt", "Accept-Encoding", "br").Header.Get("Content-Encoding"); got != "" {
		t.Errorf("a few bytes were compressed: %s", got)
	}
}

func unpack(t *testing.T, coding string, r io.Reader) string {
	t.Helper()
	switch coding {
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	case "br":
		r = brotli.NewReader(r)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestP11MediaTypes(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	for path, want := range map[string]string{
		"/": "text/html", "/feed.html": "text/html", "/feed.rss": "application/rss+xml", "/feed.atom": "application/atom+xml",
		"/feed.json": "application/feed+json", "/subscriptions.opml": "text/x-opml", "/status": "text/html", "/status.json": "application/json",
		c.story("daily", 0) + ".json": "application/feed+json", "/assets/feed.css": "text/css", "/nothing": "text/html", "/healthz": "text/plain",
	} {
		h := c.get(path).Header
		if got := h.Get("Content-Type"); got != want+"; charset=utf-8" {
			t.Errorf("GET %s: Content-Type %q, want %q", path, got, want)
		}
		if got := h.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("GET %s: X-Content-Type-Options %q", path, got)
		}
	}
}

// Browsers show a feed as text, or save it, unless it is labelled as XML; readers get its own type.
func TestFeedsInBrowsers(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	for accept, want := range map[string]string{
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": "application/xml",
		"application/rss+xml, application/atom+xml, text/html;q=0.5":      "application/rss+xml",
		"application/xml, text/html, application/rss+xml":                 "application/rss+xml",
		"*/*": "application/rss+xml", "": "application/rss+xml",
	} {
		res := c.get("/feed.rss", "Accept", accept)
		if got := res.Header.Get("Content-Type"); got != want+"; charset=utf-8" {
			t.Errorf("Accept: %s: %s, want %s", accept, got, want)
		}
	}
	if text := c.read("/feed.rss"); !strings.Contains(text, `<?xml-stylesheet type="text/css" href="https://news.example.org/assets/feed.css"?>`) {
		t.Error("the feed names no style sheet")
	}
}

func TestP16Size(t *testing.T) {
	c := newCity(t)
	long := c.item("daily", 1)
	long.Content = "<p>" + strings.Repeat("东浦大桥今日通车。", 4000) + "</p>"
	for i := range 70 {
		it := c.item("daily", 100+i)
		it.Content = long.Content
		c.deliver("daily", it)
	}
	for _, path := range []string{"/feed.rss", "/feed.atom", "/feed.json", "/feed.html"} {
		text := c.read(path)
		if n := strings.Count(text, "第1"); len(text) > 250_000 || n < 50 {
			t.Errorf("GET %s: %d bytes, %d stories", path, len(text), n)
		}
	}
}

func TestP57FramePolicy(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	for _, path := range []string{"/", "/feed.html", c.story("daily", 0), "/status", "/nothing", "/feed.rss"} {
		policy := c.get(path).Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'self'", "base-uri 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("GET %s: Content-Security-Policy %q has no %s", path, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src") {
			t.Errorf("GET %s: Content-Security-Policy %q", path, policy)
		}
	}
}

func TestP58CrossOrigin(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	for path, want := range map[string]string{
		"/feed.rss": "*", "/feed.atom": "*", "/feed.json": "*", "/subscriptions.opml": "*", c.story("daily", 0) + ".json": "*",
		"/": "", "/feed.html": "", "/status": "", "/readyz": "",
	} {
		h := c.get(path, "Origin", "https://evil.example").Header
		if got := h.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("GET %s: Access-Control-Allow-Origin %q, want %q", path, got, want)
		}
		if h.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("GET %s: credentials allowed", path)
		}
	}
}
