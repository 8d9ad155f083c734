package demo

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func TestValidators(t *testing.T) {
	c := cityAt(0)
	for _, s := range c.sources {
		t.Run(s.Key, func(t *testing.T) {
			first := get(c, s.Feed)
			etag, modified := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
			if (etag != "") != (s.ETag != "") || (modified != "") != s.Modified {
				t.Errorf("ETag %q, Last-Modified %q", etag, modified)
			}
			for name, value := range map[string]string{"If-None-Match": etag, "If-Modified-Since": modified} {
				if value == "" {
					continue
				}
				if r := get(c, s.Feed, name, value); r.StatusCode != http.StatusNotModified || len(body(t, r)) > 0 {
					t.Errorf("%s: %s", name, r.Status)
				}
				if r := get(cityAt(2*time.Hour), s.Feed, name, value); r.StatusCode != http.StatusOK {
					t.Errorf("%s two hours later: %s", name, r.Status)
				}
			}
		})
	}
}

func TestOverTheWire(t *testing.T) {
	c := cityAt(0)
	server := httptest.NewServer(c.Handler())
	defer server.Close()
	r, err := server.Client().Get(server.URL + "/xw/rss.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.ContentLength >= 0 || !slices.Equal(r.TransferEncoding, []string{"chunked"}) {
		t.Errorf("length %d, transfer encoding %v, want chunked", r.ContentLength, r.TransferEncoding)
	}
	if !bytes.Contains(body(t, r), []byte(server.URL+"/xw/t")) {
		t.Error("no link leads back to this server")
	}
}

func TestGzip(t *testing.T) {
	c := cityAt(0)
	r := get(c, "/wl/atom.xml", "Accept-Encoding", "gzip")
	if r.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("header %v", r.Header)
	}
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(plain, body(t, get(c, "/wl/atom.xml"))) {
		t.Errorf("gzip holds other bytes: %v", err)
	}
}

func TestOutageTellsWhenItEnds(t *testing.T) {
	for after, want := range map[time.Duration]string{
		0: "200 ", time.Minute: "503 40", 80 * time.Second: "503 20", 100 * time.Second: "200 ",
		6 * time.Minute: "503 40", 99*time.Second + 500*time.Millisecond: "503 1",
	} {
		r := get(cityAt(after), "/qy/rss.xml")
		if got := fmt.Sprint(r.StatusCode, " ", r.Header.Get("Retry-After")); got != want {
			t.Errorf("after %v: %s, want %s", after, got, want)
		}
		if r := get(cityAt(after), "/xzrb/rss.xml"); r.StatusCode != http.StatusOK {
			t.Errorf("after %v a sound source: %s", after, r.Status)
		}
	}
}

func TestLinksLeadToPages(t *testing.T) {
	c := cityAt(90 * time.Minute)
	for _, s := range c.sources {
		for _, e := range c.latest(s, c.clock()) {
			r := get(c, e.Link)
			text := body(t, r)
			if r.StatusCode != http.StatusOK {
				t.Fatalf("GET %s: %s", e.Link, r.Status)
			}
			if strings.Contains(r.Header.Get("Content-Type"), "gbk") {
				text, _ = simplifiedchinese.GBK.NewDecoder().Bytes(text)
			}
			if s.Charset != "big5" && !bytes.Contains(text, []byte(e.Title)) {
				t.Errorf("%s does not tell of %s", e.Link, e.Title)
			}
			if e.Picture != "" && get(c, e.Picture).Header.Get("Content-Type") != "image/png" {
				t.Errorf("no picture at %s", e.Picture)
			}
		}
		if r := get(c, s.Home); r.StatusCode != http.StatusOK {
			t.Errorf("GET %s: %s", s.Home, r.Status)
		}
	}
	for _, path := range []string{"/xzrb/t20261004_9999.html", "/xzrb/t19990101_4100.html", "/xzrb/x.html", "/images/99.png", "/images/a", "/none"} {
		if r := get(c, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: %s", path, r.Status)
		}
	}
}
