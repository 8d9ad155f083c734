package publisher

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzRequest sends any path and headers: it must be answered, with a status that a request can
// earn, and what it says must not come back in a header.
func FuzzRequest(f *testing.F) {
	for _, path := range []string{"/", "/feed", "/feed.rss", "/sections/headlines.rss", "/regions/yunlan/sections/focus.json", "/stories/x.json", "//evil/", "/../x", "/status.", "/\x00", "/feed.rss/", "/assets/site.css"} {
		f.Add(path, "text/html, */*;q=0.1", "br;q=0.5, gzip, *;q=0", `W/"a", "b-gz"`, "Mon, 01 Jan 2001 00:00:00 GMT")
	}
	c := newCity(f)
	c.populate(2)
	f.Fuzz(func(t *testing.T, path, accept, encoding, tags, since string) {
		w := httptest.NewRecorder()
		h := http.Header{"Accept": {accept}, "Accept-Encoding": {encoding}, "If-None-Match": {tags}, "If-Modified-Since": {since}}
		c.h.ServeHTTP(w, &http.Request{Method: "GET", URL: &url.URL{Path: path}, Header: h})
		switch w.Code {
		case 200, 301, 304, 404, 503:
		default:
			t.Errorf("%q: %d", path, w.Code)
		}
		if to := w.Header().Get("Location"); to != "" && !strings.HasPrefix(to, "https://news.example.org/") {
			t.Errorf("%q leads to %q", path, to)
		}
	})
}

func FuzzMatches(f *testing.F) {
	f.Add(`W/"a", "b"`, "b")
	f.Add(`*`, "b")
	f.Add(`"`, "")
	f.Add(`, ,"b-br`, "b")
	f.Fuzz(func(t *testing.T, header, tag string) {
		got := matches(header, tag)
		if got && !strings.Contains(header, "*") && !strings.Contains(header, `"`+tag) {
			t.Errorf("%q matches %q", header, tag)
		}
		if !strings.ContainsRune(tag, '"') && !matches(`"x", W/"`+tag+`-gz"`, tag) {
			t.Errorf("%q does not match itself", tag)
		}
	})
}
