package publisher

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func copyAll(w io.Writer, res *http.Response) (int64, error) { return io.Copy(w, res.Body) }

func TestP01TagsDependOnContentOnly(t *testing.T) {
	c := newCity(t)
	c.populate(3)
	first := make(map[string]string)
	paths := append(everyPath(), c.story("daily", 1)+".html", c.story("daily", 1)+".json")
	for _, path := range paths {
		tag := c.get(path).Header.Get("ETag")
		if !strings.HasPrefix(tag, `"`) || len(tag) < 10 {
			t.Errorf("GET %s: ETag %s", path, tag)
		}
		first[path] = tag
	}
	same := func(when string) {
		t.Helper()
		for _, path := range paths {
			if tag := c.get(path).Header.Get("ETag"); tag != first[path] {
				t.Errorf("%s: GET %s: ETag %s, was %s", when, path, tag, first[path])
			}
		}
	}
	c.publish(t.TempDir())
	same("a second daemon, without its files")
	c.store.Close()
	c.pass(time.Hour)
	c.open()
	same("after a restart")
	c.deliver("daily", c.item("daily", 0), c.item("daily", 1), c.item("daily", 2))
	same("after a visit that brought nothing new")
}

func TestP02LastModifiedIsTheNewestChange(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	applied := c.clock()
	modified := func(path string) string { return c.get(path).Header.Get("Last-Modified") }
	was := modified("/sections/focus.rss")
	if want := applied.Format(http.TimeFormat); was != want {
		t.Fatalf("Last-Modified %s, want %s", was, want)
	}
	c.pass(90 * time.Minute)
	c.look()
	if got := modified("/sections/focus.rss"); got != was {
		t.Errorf("time passing made it %s", got)
	}
	c.deliver("daily", c.item("daily", 7))
	if got, want := modified("/sections/focus.rss"), c.clock().Format(http.TimeFormat); got != want {
		t.Errorf("after a change: %s, want %s", got, want)
	}
	if got := modified("/sections/notices.rss"); got != was {
		t.Errorf("a change elsewhere made it %s", got)
	}
	c.pass(-48 * time.Hour)
	if got, now := modified("/sections/focus.rss"), c.clock().Format(http.TimeFormat); got != now {
		t.Errorf("a clock set back: %s, which is to come; now is %s", got, now)
	}
}

func TestP03IfNoneMatch(t *testing.T) {
	c := newCity(t)
	c.populate(2)
	tag := c.get("/feed.rss").Header.Get("ETag")
	tests := []struct {
		name, header string
		want         int
	}{
		{"the tag", tag, 304},
		{"weak", "W/" + tag, 304},
		{"in a list", `"x", W/"y,z" ,` + tag, 304},
		{"any", "*", 304},
		{"another", `"x"`, 200},
		{"without quotes", strings.Trim(tag, `"`), 200},
		{"cut short", strings.TrimSuffix(tag, `"`), 200},
		{"other letters", strings.ToUpper(tag), 200},
		{"longer", strings.TrimSuffix(tag, `"`) + `0"`, 200},
		{"nothing", "", 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := c.get("/feed.rss", "If-None-Match", tt.header)
			if res.StatusCode != tt.want {
				t.Fatalf("If-None-Match: %s: %s, want %d", tt.header, res.Status, tt.want)
			}
			if b := body(t, res); tt.want == 304 && b != "" {
				t.Errorf("304 with %d bytes", len(b))
			}
		})
	}
}

func TestP04TagBeatsDate(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	res := c.get("/feed.atom")
	tag, date := res.Header.Get("ETag"), res.Header.Get("Last-Modified")
	tests := []struct {
		tag, date string
		want      int
	}{
		{`"other"`, date, 200},
		{tag, "Mon, 01 Jan 2001 00:00:00 GMT", 304},
		{"", date, 304},
		{"", "Mon, 01 Jan 2001 00:00:00 GMT", 200},
		{"", "Mon, 01 Jan 2096 00:00:00 GMT", 304},
		{"", "yesterday", 200},
	}
	for _, tt := range tests {
		var headers []string
		if tt.tag != "" {
			headers = append(headers, "If-None-Match", tt.tag)
		}
		if res := c.get("/feed.atom", append(headers, "If-Modified-Since", tt.date)...); res.StatusCode != tt.want {
			t.Errorf("If-None-Match %s, If-Modified-Since %s: %s, want %d", tt.tag, tt.date, res.Status, tt.want)
		}
	}
}

func TestP05NotModifiedHasTheHeadersOfOK(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	for _, path := range everyPath() {
		whole := c.get(path, "Accept-Encoding", "gzip")
		short := c.get(path, "Accept-Encoding", "gzip", "If-None-Match", whole.Header.Get("ETag"))
		if short.StatusCode != 304 {
			t.Errorf("GET %s: %s", path, short.Status)
		}
		for _, h := range []string{"ETag", "Cache-Control", "Vary", "Last-Modified", "Access-Control-Allow-Origin"} {
			if a, b := whole.Header.Get(h), short.Header.Get(h); a != b {
				t.Errorf("GET %s: %s is %q with 200, %q with 304", path, h, a, b)
			}
		}
		if l := short.Header.Get("Content-Length"); l != "" {
			t.Errorf("GET %s: 304 with Content-Length %s", path, l)
		}
	}
}

func TestP06EachCodingHasItsTag(t *testing.T) {
	c := newCity(t)
	c.populate(5)
	codings := []string{"identity", "gzip", "br"}
	tags := make(map[string]bool)
	for _, coding := range codings {
		tags[c.get("/feed.rss", "Accept-Encoding", coding).Header.Get("ETag")] = true
	}
	if len(tags) != 3 {
		t.Fatalf("tags %v, want three", tags)
	}
	for tag := range tags {
		for _, coding := range codings {
			if res := c.get("/feed.rss", "Accept-Encoding", coding, "If-None-Match", tag); res.StatusCode != 304 {
				t.Errorf("with the tag %s asking for %s: %s", tag, coding, res.Status)
			}
		}
	}
}

func TestP10HeadIsGetWithoutBody(t *testing.T) {
	c := newCity(t)
	c.populate(2)
	for _, path := range append(everyPath(), c.story("daily", 0), "/status", "/status.json", "/healthz", "/assets/site.css", "/nothing") {
		get, head := c.get(path, "Accept-Encoding", "br"), c.ask("HEAD", path, "Accept-Encoding", "br")
		if get.StatusCode != head.StatusCode {
			t.Errorf("%s: HEAD %s, GET %s", path, head.Status, get.Status)
		}
		for name := range get.Header {
			if a, b := get.Header.Get(name), head.Header.Get(name); a != b {
				t.Errorf("%s: %s is %q with GET, %q with HEAD", path, name, a, b)
			}
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"} {
		res := c.ask(method, "/feed.rss")
		if res.StatusCode != 405 || res.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %s, Allow %q", method, res.Status, res.Header.Get("Allow"))
		}
	}
}

func TestP12SameDataSameBytes(t *testing.T) {
	c := newCity(t)
	c.populate(4)
	for _, path := range append(everyPath(), c.story("daily", 2)+".html") {
		a := c.read(path)
		c.publish("")
		if b := c.read(path); a != b {
			t.Errorf("GET %s: two renderings of the same data differ", path)
		}
	}
}

// A reader that asks every hour for three weeks, as the polite ones do, gets each change once.
func TestP65StubReaderOverWeeks(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	tag, date, whole, changes := "", "", 0, 1
	for hour := range 21 * 24 {
		if hour%24 == 23 {
			c.deliver("daily", c.item("daily", 100+hour))
			changes++
		}
		c.pass(time.Hour)
		c.look()
		headers := []string{"Accept-Encoding", "gzip"}
		if tag != "" {
			headers = append(headers, "If-None-Match", tag, "If-Modified-Since", date)
		}
		res := c.get("/feed.rss", headers...)
		if len(res.Header.Values("Set-Cookie")) > 0 {
			t.Fatal("a cookie")
		}
		switch res.StatusCode {
		case 200:
			whole++
			if res.Header.Get("Content-Encoding") != "gzip" {
				t.Fatal("not compressed")
			}
			tag, date = res.Header.Get("ETag"), res.Header.Get("Last-Modified")
		case 304:
		default:
			t.Fatalf("hour %d: %s", hour, res.Status)
		}
	}
	if whole != changes {
		t.Errorf("%d whole answers for %d changes", whole, changes)
	}
}

func TestRunSeesChanges(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	p := c.p
	go func() { done <- p.Run(ctx) }()
	before := c.get("/feed.json").Header.Get("ETag")
	c.p = New(c.store, c.catalog, Options{Clock: c.clock}) // another looks when deliver does
	c.deliver("daily", c.item("daily", 55))
	c.p = p
	deadline := time.Now().Add(10 * time.Second)
	for c.get("/feed.json").Header.Get("ETag") == before {
		if time.Now().After(deadline) {
			t.Fatal("no new edition within ten seconds")
		}
		time.Sleep(20 * time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
