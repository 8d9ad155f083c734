package fetch

import (
	"context"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

func TestGet(t *testing.T) {
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=gb2312")
		h.Set("Content-Location", "feed.zh.xml")
		h.Set("Content-Language", "zh-CN")
		h.Set("ETag", `"a"`)
		h.Set("Cache-Control", "public, max-age=1800")
		_, _ = w.Write([]byte(feed))
	})
	res := mustGet(t, newClient(t, loopback()), Request{URL: o.URL + "/新闻/feed.xml?栏目=要闻 快讯#top"})
	want := Response{
		Status: 200, URL: o.URL + "/%E6%96%B0%E9%97%BB/feed.xml?%E6%A0%8F%E7%9B%AE=%E8%A6%81%E9%97%BB%20%E5%BF%AB%E8%AE%AF",
		ContentType: "text/html; charset=gb2312", ContentLocation: "feed.zh.xml", ContentLanguage: "zh-CN",
		Validators: models.Validators{ETag: `"a"`}, MaxAge: 30 * time.Minute, Bytes: int64(len(feed)), Duration: res.Duration,
	}
	if string(res.Body) != feed || res.Duration <= 0 {
		t.Errorf("body %q in %s", res.Body, res.Duration)
	}
	res.Body = nil
	if got := *res; got.Status != want.Status || got.URL != want.URL || got.ContentType != want.ContentType ||
		got.ContentLocation != want.ContentLocation || got.ContentLanguage != want.ContentLanguage ||
		got.Validators != want.Validators || got.MaxAge != want.MaxAge || got.Bytes != want.Bytes || got.NotModified {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if q := o.asked()[0].URL.Query().Get("栏目"); q != "要闻 快讯" {
		t.Errorf("asked for %q", q)
	}
}

func TestF38F39F41OnlyTheseHeaders(t *testing.T) {
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/there?x=1", http.StatusFound)
		}
	})
	c := newClient(t, loopback())
	for range 2 {
		mustGet(t, c, Request{URL: o.URL + "/#fragment"})
	}
	for i, r := range o.asked() {
		names := slices.Sorted(maps.Keys(r.Header))
		if want := []string{"Accept", "Accept-Encoding", "User-Agent"}; !slices.Equal(names, want) {
			t.Errorf("headers %q, want %q", names, want)
		}
		if got := r.Header.Get("User-Agent"); got != "civicfeed/1.2.3 (+https://feeds.example.org/)" {
			t.Errorf("User-Agent %q", got)
		}
		if got := r.Header.Get("Accept-Encoding"); got != "gzip" {
			t.Errorf("Accept-Encoding %q", got)
		}
		for _, kind := range []string{"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml;q=", "xml;q=", "*/*;q=0.1"} {
			if !strings.Contains(r.Header.Get("Accept"), kind) {
				t.Errorf("Accept %q without %q", r.Header.Get("Accept"), kind)
			}
		}
		if want := []string{"/", "/there?x=1"}[i%2]; r.RequestURI != want {
			t.Errorf("request for %q, want %q", r.RequestURI, want)
		}
	}
}

func TestF42OnlyOneGET(t *testing.T) {
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`<html><link rel="icon" href="/favicon.ico"><img src="/a.png"></html>`))
	})
	mustGet(t, newClient(t, loopback()), Request{URL: o.URL})
	if asks := o.asked(); len(asks) != 1 || asks[0].Method != "GET" {
		t.Errorf("%d requests, the first a %s", len(asks), asks[0].Method)
	}
}

func TestF38UserAgent(t *testing.T) {
	for _, c := range []struct {
		wanted  string
		options Options
		want    string
	}{
		{"", Options{Version: "1.0", Contact: "https://feeds.example.org/"}, "civicfeed/1.0 (+https://feeds.example.org/)"},
		{"", Options{Version: "(devel)", Contact: "mailto:news@example.org"}, "civicfeed/devel (+mailto:news@example.org)"},
		{"", Options{Version: "1.0", Contact: "云溪市融媒体中心 (02) x@y\r\nCookie: a"}, "civicfeed/1.0 (+02x@yCookie:a)"},
		{"", Options{}, "civicfeed"},
		{"Yunxi/2 (+https://yunxi.example/)", Options{Version: "1.0", Contact: "x"}, "Yunxi/2 (+https://yunxi.example/)"},
	} {
		if got, err := userAgent(c.wanted, c.options); err != nil || got != c.want {
			t.Errorf("userAgent(%q, %v) = %q, %v, want %q", c.wanted, c.options, got, err, c.want)
		}
	}
	if _, err := New(models.Network{UserAgent: "a\nb"}, Options{}); err == nil {
		t.Error("a User-Agent of two lines was accepted")
	}
}

func TestStatusClasses(t *testing.T) {
	for status, class := range map[int]models.ErrorClass{
		200: "", 203: "", 204: models.ErrNotAFeed, 206: models.ErrNotAFeed, 300: models.ErrNotAFeed, 301: models.ErrHTTP5xx,
		400: models.ErrHTTP4xx, 401: models.ErrOrigin, 403: models.ErrOrigin, 404: models.ErrHTTP4xx, 410: models.ErrGone,
		412: models.ErrOrigin, 429: models.ErrRateLimited, 451: models.ErrOrigin, 500: models.ErrHTTP5xx, 503: models.ErrHTTP5xx,
		521: models.ErrOrigin, 599: models.ErrHTTP5xx,
	} {
		o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "1800")
			w.WriteHeader(status)
			if status != 204 {
				_, _ = w.Write([]byte(feed))
			}
		})
		c := newClient(t, loopback())
		if class == "" {
			mustGet(t, c, Request{URL: o.URL})
			continue
		}
		res := mustFail(t, c, Request{URL: o.URL}, class, o.URL)
		if res == nil || res.Status != status || res.RetryAfter != 30*time.Minute {
			t.Errorf("%d: the response beside the error is %+v", status, res)
		}
	}
}

func TestF40Encodings(t *testing.T) {
	packed := string(gzipped(t, feed))
	broken := []byte(packed)
	broken[len(broken)-5] ^= 1 // of the checksum
	for _, c := range []struct {
		name, encoding, body string
		class                models.ErrorClass
	}{
		{"gzip", "gzip", packed, ""},
		{"x-gzip", "X-GZIP", packed, ""},
		{"two gzip members", "gzip", string(gzipped(t, feed[:40])) + string(gzipped(t, feed[40:])), ""},
		{"identity", "identity", feed, ""},
		{"short gzip", "gzip", packed[:len(packed)-9], models.ErrParse},
		{"gzip without its end", "gzip", packed[:len(packed)-8], models.ErrParse},
		{"wrong checksum", "gzip", string(broken), models.ErrParse},
		{"not gzip at all", "gzip", feed, models.ErrParse},
		{"nothing", "gzip", "", models.ErrParse},
		{"deflate", "deflate", packed, models.ErrParse},
		{"br", "br", feed, models.ErrParse},
		{"gzip twice", "gzip, gzip", string(gzipped(t, packed)), models.ErrParse},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Encoding", c.encoding)
				_, _ = w.Write([]byte(c.body))
			})
			client := newClient(t, loopback())
			if c.class != "" {
				mustFail(t, client, Request{URL: o.URL}, c.class)
				return
			}
			if res := mustGet(t, client, Request{URL: o.URL}); string(res.Body) != feed {
				t.Errorf("body %q", res.Body)
			}
		})
	}
}

func TestF44EveryAddressFamily(t *testing.T) {
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(feed)) })
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Fatal(err)
	}
	six := &httptest.Server{Listener: l, Config: &http.Server{Handler: answer}}
	six.Start()
	defer six.Close()
	c := newClient(t, loopback())
	if res := mustGet(t, c, Request{URL: six.URL}); string(res.Body) != feed {
		t.Errorf("over IPv6: %q", res.Body)
	}

	// A host with both addresses, of which only one answers.
	_, port, _ := net.SplitHostPort(l.Addr().String())
	names := stubDNS(t, map[string][]string{"both.example.": {"127.0.0.1", "::1"}})
	resolveWith(t, c, loopback(), names)
	if res := mustGet(t, c, Request{URL: "http://both.example:" + port + "/"}); string(res.Body) != feed {
		t.Errorf("with both families: %q", res.Body)
	}
}

func TestHTTP2(t *testing.T) {
	o := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("asked by %s", r.Proto)
		}
		if r.Header.Get("If-None-Match") == `"新"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"新"`)
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(gzipped(t, feed))
	}))
	o.EnableHTTP2 = true
	o.StartTLS()
	defer o.Close()
	c := newClient(t, loopback())
	c.transport.TLSClientConfig = o.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	res := mustGet(t, c, Request{URL: o.URL})
	if string(res.Body) != feed {
		t.Errorf("body %q", res.Body)
	}
	if !mustGet(t, c, Request{URL: o.URL, Validators: res.Validators}).NotModified {
		t.Error("not conditional")
	}
}

func TestCredentialsAreSentAndNeverShown(t *testing.T) {
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "reader" || password != "geheim" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		if r.URL.Path == "/gone" {
			w.WriteHeader(http.StatusGone)
		}
	})
	c := newClient(t, loopback())
	address := strings.Replace(o.URL, "http://", "http://reader:geheim@", 1)
	if res := mustGet(t, c, Request{URL: address}); res.URL != o.URL {
		t.Errorf("the address is shown as %q", res.URL)
	}
	for _, bad := range []string{address + "/gone", "http://reader:geheim@127.0.0.1:1/", "http://reader:geheim@[::1/", "http://reader:ge heim@nowhere/", "gopher://reader:geheim@x/", "http://reader:geheim\x00@x/"} {
		_, err := c.Get(t.Context(), Request{URL: bad})
		if err == nil || strings.Contains(err.Error(), "heim") {
			t.Errorf("GET %q: %v", bad, err)
		}
	}
}

func TestCancelledVisitIsOurOwnFault(t *testing.T) {
	reached := make(chan struct{})
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		close(reached)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-reached
		cancel()
	}()
	_, err := newClient(t, loopback()).Get(ctx, Request{URL: o.URL})
	if models.ClassOf(err) != models.ErrInternal {
		t.Errorf("%v (%s)", err, models.ClassOf(err))
	}
}

func BenchmarkGet304(b *testing.B) {
	o := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", r.Header.Get("If-None-Match"))
		w.WriteHeader(http.StatusNotModified)
	}))
	defer o.Close()
	b.Run("ours", func(b *testing.B) {
		c := newClient(b, loopback())
		r := Request{URL: o.URL, Validators: models.Validators{ETag: `"a"`}}
		for b.Loop() {
			mustGet(b, c, r)
		}
	})
	b.Run("floor", func(b *testing.B) {
		c := &http.Client{Transport: &http.Transport{}}
		for b.Loop() {
			r, _ := http.NewRequest("GET", o.URL, nil)
			r.Header.Set("If-None-Match", `"a"`)
			res, err := c.Do(r)
			if err != nil {
				b.Fatal(err)
			}
			res.Body.Close()
		}
	})
}

// Whoever asked may have no more time. That is none of the server's faults.
func TestOurOwnTimeIsOver(t *testing.T) {
	o := newOrigin(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := newClient(t, loopback()).Get(ctx, Request{URL: o.URL}); models.ClassOf(err) != models.ErrInternal {
		t.Errorf("%s: %v", models.ClassOf(err), err)
	}
}
