package demo

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/fnv"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Handler is the web server of all the sources: feeds, home pages, articles and pictures.
// It writes absolute links with the Host it was asked for, so that it can stand on any port.
func (c *City) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.serveCity)
	mux.HandleFunc("GET /images/{name}", c.servePicture)
	for _, s := range c.sources {
		mux.HandleFunc("GET "+s.Feed, func(w http.ResponseWriter, r *http.Request) { c.serveFeed(w, r, s) })
		mux.HandleFunc("GET "+s.Home+"{$}", func(w http.ResponseWriter, r *http.Request) { c.serveHome(w, r, s) })
		mux.HandleFunc("GET "+s.Home+"files/{name}", func(w http.ResponseWriter, r *http.Request) { c.serveFile(w, r, s) })
		mux.HandleFunc("GET "+s.Home+"{article}", func(w http.ResponseWriter, r *http.Request) { c.serveArticle(w, r, s) })
	}
	return mux
}

func (c *City) serveFeed(w http.ResponseWriter, r *http.Request, s source) {
	now := c.clock()
	if wait := c.outage(s, now); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())))
		http.Error(w, "服务器正在维护，请稍后再试", http.StatusServiceUnavailable)
		return
	}
	body, updated, err := c.render(s, "http://"+r.Host, now)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", s.Type)
	s.send(w, r, body, updated)
}

// outage tells for how long a frail source is still down: forty seconds of every five minutes,
// after a first minute of good health. The answer is in whole seconds and never too short.
func (c *City) outage(s source, now time.Time) time.Duration {
	const cycle, from, to = 5 * time.Minute, time.Minute, 100 * time.Second
	at := now.Sub(c.start) % cycle
	if !s.Frail || at < from || at >= to {
		return 0
	}
	return (to - at + time.Second - 1).Truncate(time.Second)
}

// send answers with a body in the manner of the source's server.
func (s source) send(w http.ResponseWriter, r *http.Request, body []byte, updated time.Time) {
	if s.Gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		body = compress(body)
		w.Header().Set("Content-Encoding", "gzip")
	}
	if s.Gzip {
		w.Header().Set("Vary", "Accept-Encoding")
	}
	if s.Chunked {
		sendPieces(w, body)
		return
	}
	h := fnv.New64a()
	h.Write(body)
	switch s.ETag {
	case "strong":
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, h.Sum64()))
	case "weak":
		w.Header().Set("ETag", fmt.Sprintf(`W/"%x"`, h.Sum64()))
	}
	if !s.Modified {
		updated = time.Time{}
	}
	http.ServeContent(w, r, "", updated, bytes.NewReader(body))
}

// sendPieces sends without a length, and with no thought for what the visitor has already.
func sendPieces(w http.ResponseWriter, body []byte) {
	flusher, _ := w.(http.Flusher)
	for len(body) > 0 {
		n := min(len(body), 4096)
		if _, err := w.Write(body[:n]); err != nil {
			return
		}
		if flusher != nil {
			flusher.Flush()
		}
		body = body[n:]
	}
}

func compress(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(body) // a buffer takes everything
	z.Close()
	return b.Bytes()
}

func (c *City) serveCity(w http.ResponseWriter, _ *http.Request) {
	c.servePage(w, source{}, "city.html", c.sources)
}

func (c *City) serveHome(w http.ResponseWriter, _ *http.Request, s source) {
	c.servePage(w, s, "home.html", feed{Source: s, Entries: c.latest(s, c.clock())})
}

func (c *City) serveArticle(w http.ResponseWriter, r *http.Request, s source) {
	e, ok := c.find(s, r.URL.Path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	if s.Format == listed {
		c.servePage(w, s, "town.html", c.town(e))
		return
	}
	c.servePage(w, s, "article.html", e)
}

var articlePath = regexp.MustCompile(`/t\d{8}_(\d{1,9})\.html$`)

// find is the entry whose page has a path.
func (c *City) find(s source, path string) (entry, bool) {
	m := articlePath.FindStringSubmatch(path)
	if m == nil {
		return entry{}, false
	}
	number, _ := strconv.Atoi(m[1])
	serial, now := number-firstNumber, c.clock()
	if serial < 0 || serial > c.newest(now) {
		return entry{}, false
	}
	e, ok := c.entry(s, serial)
	return e, ok && e.Page == path && !e.Published.After(now)
}

func (c *City) servePage(w http.ResponseWriter, s source, name string, data any) {
	var b bytes.Buffer
	if err := c.pages.ExecuteTemplate(&b, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	charset := s.Charset
	if charset == "" {
		charset = "utf-8"
	}
	w.Header().Set("Content-Type", "text/html; charset="+charset)
	w.Write(c.encode(s, b.Bytes()))
}

func (c *City) servePicture(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(strings.TrimSuffix(r.PathValue("name"), ".png"))
	if err != nil || n < 0 || n >= len(c.pictures) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(c.pictures[n]))
}
