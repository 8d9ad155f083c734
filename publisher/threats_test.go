package publisher

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// everyAnswer lists paths of each sort of answer there is.
func (c *city) everyAnswer() []string {
	return append(everyPath(), c.story("daily", 0), c.story("daily", 0)+".json", "/status", "/status.json", "/healthz", "/readyz", "/robots.txt",
		"/assets/site.css", "/favicon.ico", "/nothing", "/sections/headlines.rss", "/sections/focus/")
}

// hostileText is what a source, or a careless catalog, may say.
func hostileText() string {
	return "桂花\r\nSet-Cookie: a=b\r\n\r\n<script>alert(1)</script>\u2028</script>]]>\x00\x0b\ufffe\x85\u202e<?xml-stylesheet href=\"evil.xsl\"?><!DOCTYPE x [<!ENTITY e \"x\">]>&e;"
}

// newHostileCity has hostile words wherever words may be.
func newHostileCity(t testing.TB) *city {
	c := newCity(t)
	hostile := strings.Map(func(r rune) rune { // YAML holds no others
		if r < ' ' && r != '\r' && r != '\n' || r == 0x85 || r == 0xfffe {
			return -1
		}
		return r
	}, hostileText())
	c.catalog.Site.Title, c.catalog.Site.Description = hostile, hostile
	for i := range c.catalog.Sections {
		c.catalog.Sections[i].Title = hostile
	}
	for i := range c.catalog.Regions {
		c.catalog.Regions[i].Name = hostile
	}
	for i := range c.catalog.Sources {
		c.catalog.Sources[i].Name = hostile
	}
	if err := c.store.Apply(t.Context(), c.catalog); err != nil {
		t.Fatal(err)
	}
	c.publish(c.cache)
	it := c.item("daily", 0)
	it.Title, it.Summary, it.Text, it.GUID = hostileText(), hostileText(), hostileText(), "../../"+hostileText()
	it.Content = "<p>]]&gt;" + strings.Repeat("桂花", 10) + "</p>"
	c.deliver("daily", it)
	return c
}

func TestT32DataInPages(t *testing.T) {
	c := newHostileCity(t)
	for _, path := range []string{"/feed.json", c.story("daily", 0) + ".json"} {
		res := c.get(path + "?callback=evil&jsonp=evil")
		text := body(t, res)
		if !json.Valid([]byte(text)) || res.Header.Get("Content-Type") != "application/feed+json; charset=utf-8" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("GET %s could be taken for more than data: %v, %.300s", path, res.Header, text)
		}
	}
	for _, path := range []string{"/", "/feed.html", c.story("daily", 0) + ".html"} {
		if text := c.read(path); strings.Contains(text, "<script>alert") || strings.Contains(text, "]]><?xml") {
			t.Errorf("GET %s has the words as markup", path)
		}
	}
}

// TestT33T34OutputIsOneDocument: nothing that was said ends the document, or says how to read it.
func TestT33T34OutputIsOneDocument(t *testing.T) {
	c := newHostileCity(t)
	for _, path := range []string{"/feed.rss", "/feed.atom", "/sections/focus.rss", "/sources/daily.atom", "/subscriptions.opml"} {
		d := xml.NewDecoder(strings.NewReader(c.read(path)))
		said, roots, depth := 0, 0, 0
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("GET %s: %v", path, err)
			}
			switch tok := token.(type) {
			case xml.StartElement:
				if depth == 0 {
					roots++
				}
				depth++
			case xml.EndElement:
				depth--
			case xml.Directive:
				t.Errorf("GET %s: <!%s>", path, tok)
			case xml.ProcInst:
				if tok.Target != "xml" && !bytes.Contains(tok.Inst, []byte(`href="https://news.example.org/assets/feed.css"`)) {
					t.Errorf("GET %s: <?%s %s?>", path, tok.Target, tok.Inst)
				}
			case xml.CharData:
				said += strings.Count(string(tok), "桂花")
			}
		}
		if roots != 1 || said == 0 && !strings.HasSuffix(path, ".opml") {
			t.Errorf("GET %s: %d roots, the words are told %d times", path, roots, said)
		}
	}
}

// TestT38Frames: pages are framed by the site's own at most, whatever they answer.
func TestT38Frames(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	c.limited(Limits{PerSecond: 1, Burst: 1000}, nil)
	for _, path := range c.everyAnswer() {
		h := c.get(path, "Origin", "https://evil.example", "Sec-Fetch-Dest", "iframe").Header
		if policy := h.Values("Content-Security-Policy"); len(policy) != 1 || !strings.Contains(policy[0], "frame-ancestors 'self'") || strings.Contains(policy[0], "evil") {
			t.Errorf("GET %s: Content-Security-Policy %q", path, policy)
		}
	}
}

// TestT39OtherSites: feeds may be read by pages of any site, without credentials, and nothing else.
func TestT39OtherSites(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	for _, origin := range []string{"", "https://evil.example", "null", "https://news.example.org", "https://news.example.org.evil.example"} {
		for _, path := range c.everyAnswer() {
			for _, method := range []string{"GET", "HEAD", "OPTIONS", "POST"} {
				res := c.ask(method, path, "Origin", origin, "Cookie", "a=b", "Authorization", "Basic eA==",
					"Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "authorization")
				feed := strings.HasSuffix(path, ".rss") || strings.HasSuffix(path, ".atom") || strings.HasSuffix(path, ".json") || strings.HasSuffix(path, ".opml")
				want := ""
				if reads := method == "GET" || method == "HEAD"; reads && feed && res.StatusCode == 200 {
					want = "*"
				}
				if got := res.Header.Values("Access-Control-Allow-Origin"); strings.Join(got, "|") != want {
					t.Errorf("%s %s from %q: Access-Control-Allow-Origin %q, want %q", method, path, origin, got, want)
				}
				for name := range res.Header {
					if strings.HasPrefix(name, "Access-Control-") && name != "Access-Control-Allow-Origin" || name == "Set-Cookie" {
						t.Errorf("%s %s: %s: %s", method, path, name, res.Header.Get(name))
					}
				}
				if allow := res.Header.Get("Allow"); method == "OPTIONS" && (res.StatusCode != 405 || allow != "GET, HEAD") {
					t.Errorf("OPTIONS %s: %s, Allow %q", path, res.Status, allow)
				}
			}
		}
	}
}

// TestT40Matrix: no header that a cache does not tell answers apart by makes another answer.
func TestT40Matrix(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	variants := [][]string{
		{"Host", "evil.example"}, {"X-Forwarded-Host", "evil.example"}, {"X-Forwarded-Proto", "http"}, {"X-Forwarded-Scheme", "http"}, {"X-Forwarded-Port", "666"},
		{"X-Forwarded-Prefix", "/evil"}, {"X-Forwarded-Server", "evil.example"}, {"X-Host", "evil.example"}, {"Forwarded", "host=evil.example;proto=http"},
		{"X-Original-URL", "/status"}, {"X-Rewrite-URL", "/status"}, {"X-Original-Host", "evil.example"}, {"X-HTTP-Method-Override", "DELETE"}, {"X-Forwarded-For", "203.0.113.1"},
		{"Accept-Language", "en"}, {"Range", "bytes=0-3"}, {"If-Range", `"x"`}, {"Origin", "https://evil.example"}, {"Referer", "https://evil.example/"},
		{"User-Agent", "evil"}, {"Cookie", "a=b"}, {"Authorization", "Basic eA=="}, {"Accept", "application/atom+xml"}, {"Accept", "text/html"},
		{"Accept-Encoding", "gzip"}, {"Accept-Encoding", "br"}, {"?", "evil=evil"}, {"?", "utm_source=evil&callback=evil&_=1"}, {"?", "%zz;evil"},
	}
	for _, path := range c.everyAnswer() {
		plain := c.get(path)
		text := body(t, plain)
		vary := strings.Split(plain.Header.Get("Vary"), ", ")
		for _, v := range variants {
			if slices.Contains(vary, v[0]) {
				continue // a cache tells these apart
			}
			r := httptest.NewRequest("GET", "http://news.example.org"+path, nil)
			switch v[0] {
			case "Host":
				r.Host = v[1]
			case "?":
				r.URL.RawQuery = v[1]
			default:
				r.Header.Set(v[0], v[1])
			}
			w := httptest.NewRecorder()
			c.h.ServeHTTP(w, r)
			if w.Code != plain.StatusCode || w.Body.String() != text {
				t.Errorf("GET %s with %s: %s: %d, another answer", path, v[0], v[1], w.Code)
			}
			for name, values := range w.Result().Header {
				same := slices.Equal(values, plain.Header[name])
				if name == "Cache-Control" && (v[0] == "Cookie" || v[0] == "Authorization") {
					same = slices.Equal(values, []string{"no-store"})
				}
				if !same {
					t.Errorf("GET %s with %s: %s: %s: %q, not %q", path, v[0], v[1], name, values, plain.Header[name])
				}
			}
		}
	}
}

func TestT41CredentialsAreNotCached(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	for _, path := range c.everyAnswer() {
		plain := c.get(path)
		text := body(t, plain)
		for _, header := range []string{"Authorization", "Cookie"} {
			for _, tag := range []string{"", plain.Header.Get("ETag")} {
				res := c.get(path, header, "x", "If-None-Match", tag)
				if got := res.Header.Get("Cache-Control"); got != "no-store" {
					t.Errorf("GET %s with %s, %s: Cache-Control %q", path, header, res.Status, got)
				}
				if res.StatusCode != 304 && (body(t, res) != text || res.StatusCode != plain.StatusCode) {
					t.Errorf("GET %s with %s: another answer", path, header)
				}
			}
		}
	}
}

// inOwnWords is what the value of a header of ours may be made of.
func inOwnWords() map[string]*regexp.Regexp {
	words := map[string]string{
		"Access-Control-Allow-Origin": `\*`, "Cache-Control": `[a-z0-9=, -]+`, "Content-Encoding": `gzip|br`, "Content-Length": `\d+`,
		"Content-Security-Policy": `[ -~]+`, "Content-Type": `[a-z]+/[a-z+-]+; charset=utf-8|image/svg\+xml`, "Etag": `"[0-9a-f]{16}-\d+(-gz|-br)?"`,
		"Last-Modified": `[A-Za-z0-9,: ]+ GMT`, "Location": `https://news\.example\.org/[a-z0-9/.-]*`, "Referrer-Policy": `[a-z-]+`,
		"Vary": `(Accept, )?Accept-Encoding`, "X-Content-Type-Options": `nosniff`, "Retry-After": `\d+`, "Allow": `GET, HEAD`,
	}
	all := make(map[string]*regexp.Regexp)
	for name, pattern := range words {
		all[name] = regexp.MustCompile(`^(` + pattern + `)$`)
	}
	return all
}

// TestT47HeadersAreOurs: no header has anything in it that a source, a catalog or a request said.
func TestT47HeadersAreOurs(t *testing.T) {
	c := newHostileCity(t)
	known := inOwnWords()
	for _, path := range append(c.everyAnswer(), "/sections/focus%0d%0aSet-Cookie:a=b.rss", "/feed.rss/%0d%0ax", "/stories/%0d%0aa") {
		for _, encoding := range []string{"identity", "gzip\r\nX: y"} {
			for name, values := range c.get(path, "Accept-Encoding", encoding).Header {
				for _, v := range values {
					if known[name] == nil || !known[name].MatchString(v) {
						t.Errorf("GET %s: %s: %q", path, name, v)
					}
				}
			}
		}
	}
}

// TestT48LogLines: what a request says is one short line of plain characters, and floods tell little.
func TestT48LogLines(t *testing.T) {
	var text, data bytes.Buffer
	for _, out := range []struct {
		log  *slog.Logger
		said *bytes.Buffer
	}{{slog.New(slog.NewTextHandler(&text, nil)), &text}, {slog.New(slog.NewJSONHandler(&data, nil)), &data}} {
		c := newCity(t)
		c.populate(1)
		c.limited(Limits{PerSecond: 1, Burst: 1}, out.log)
		r := httptest.NewRequest("GET", "/", nil)
		for range 100 {
			r.URL.Path = "/x\r\nlevel=ERROR msg=forged \x1b[31m\u202e\u009b" + strings.Repeat("长", 1<<14)
			c.h.ServeHTTP(httptest.NewRecorder(), r)
		}
		c.p.clients = newClients(Limits{PerSecond: -1}, nil)
		c.p.browsers = nil // to panic at
		r.URL.Path = "/feed.rss"
		for range 100 {
			c.h.ServeHTTP(httptest.NewRecorder(), r)
		}
		lines := strings.Split(strings.TrimSpace(out.said.String()), "\n")
		if len(lines) != 2 {
			t.Errorf("%d lines for two troubles: %.2000s", len(lines), lines)
		}
		for _, line := range lines {
			if len(line) > 8<<10 || strings.ContainsAny(line, "\r\x1b\u202e\u009b") {
				t.Errorf("%d bytes: %.300q", len(line), line)
			}
		}
		if !strings.Contains(out.said.String(), "client turned away") || !strings.Contains(out.said.String(), "request not answered") {
			t.Errorf("the log does not tell what happened: %.400s", out.said.String())
		}
	}
}

// TestT44NothingLongIsRead: an address may be so long, and whoever sends a body is let go.
func TestT44NothingLongIsRead(t *testing.T) {
	c := newCity(t)
	for path, want := range map[string]int{"/feed.rss?" + strings.Repeat("x", 4000): 200, "/feed.rss?" + strings.Repeat("x", 4100): 414, "/" + strings.Repeat("长", 1400): 414} {
		if res := c.get(path); res.StatusCode != want || want == 414 && res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("an address of %d bytes: %s, Cache-Control %q", len(path), res.Status, res.Header.Get("Cache-Control"))
		}
	}
	srv := httptest.NewServer(c.h)
	defer srv.Close()
	for _, method := range []string{"GET", "POST"} {
		r, err := http.NewRequestWithContext(t.Context(), method, srv.URL+"/feed.rss", strings.NewReader("GET /"))
		if err != nil {
			t.Fatal(err)
		}
		res, err := srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if !res.Close {
			t.Errorf("%s with a body: %s, and the connection stays", method, res.Status)
		}
	}
}
