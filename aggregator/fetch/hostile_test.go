package fetch

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestF46T14GzipBomb(t *testing.T) {
	for name, body := range map[string][]byte{
		"1 GB":    bytes.Repeat(gzipped(t, strings.Repeat("\x00", 1<<20)), 1<<10),
		"nothing": bytes.Repeat(gzipped(t, ""), 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				w.(http.Flusher).Flush()
				_, _ = w.Write(body)
			})
			n := loopback()
			if name == "nothing" {
				n.MaxBody = 1 << 20 // it is the bytes sent that are too many
			}
			c := newClient(t, n)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			mustFail(t, c, Request{URL: o.URL}, models.ErrTooLarge, "network.max_body")
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			if took > 3*time.Second {
				t.Errorf("refused after %s", took)
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 100<<20 {
				t.Errorf("%d MB allocated", grown>>20)
			}
		})
	}
}

func TestF46BodyLimitToTheByte(t *testing.T) {
	const limit = 100_000
	n := loopback()
	n.MaxBody = limit
	c := newClient(t, n)
	for size, class := range map[int]models.ErrorClass{0: "", limit - 1: "", limit: "", limit + 1: models.ErrTooLarge, 3 * limit: models.ErrTooLarge} {
		body := strings.Repeat("新", size/3) + strings.Repeat("x", size%3)
		for _, way := range []string{"length", "chunked", "gzip"} {
			o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
				switch way {
				case "length":
					w.Header().Set("Content-Length", fmt.Sprint(size))
				case "chunked":
					w.(http.Flusher).Flush()
				case "gzip":
					w.Header().Set("Content-Encoding", "gzip")
					_, _ = w.Write(gzipped(t, body))
					return
				}
				_, _ = io.WriteString(w, body)
			})
			if class != "" {
				res := mustFail(t, c, Request{URL: o.URL}, class)
				if res == nil || res.Status != 200 {
					t.Errorf("%s: the response beside the error is %+v", way, res)
				}
			} else if res := mustGet(t, c, Request{URL: o.URL}); string(res.Body) != body || res.Bytes != int64(size) {
				t.Errorf("%s: %d bytes of %d", way, res.Bytes, size)
			}
		}
	}
}

func TestF47T15DripEndsAtTheDeadline(t *testing.T) {
	dripAfter := func(head string) func(net.Conn) {
		return func(c net.Conn) {
			_, _ = io.WriteString(c, head)
			drip(c, "x")
		}
	}
	for name, answer := range map[string]func(net.Conn){
		"silence":     func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
		"status line": dripAfter("HTTP/1.1 200 "),
		"headers":     dripAfter("HTTP/1.1 200 OK\r\nX-Drip: "),
		"body":        dripAfter("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
		"chunks":      dripAfter("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n"),
		"early hints": func(c net.Conn) { drip(c, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			mustFail(t, newClient(t, loopback()), Request{URL: rawOrigin(t, answer), Timeout: 300 * time.Millisecond}, models.ErrTimeout, "longer timeout")
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("ended after %s", took)
			}
		})
	}
}

// The deadline is of the whole visit: redirects do not begin it anew.
func TestF47RedirectsShareOneDeadline(t *testing.T) {
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(150 * time.Millisecond)
		http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
	})
	began := time.Now()
	mustFail(t, newClient(t, loopback()), Request{URL: o.URL, Timeout: 300 * time.Millisecond}, models.ErrTimeout)
	if took := time.Since(began); took > 800*time.Millisecond {
		t.Errorf("ended after %s", took)
	}
}

func drip(c net.Conn, drop string) {
	for {
		if _, err := io.WriteString(c, drop); err != nil {
			return
		}
		time.Sleep(40 * time.Millisecond)
	}
}

func TestF48NothingOfABrokenBody(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nETag: \"1\"\r\n"
	for name, answer := range map[string]string{
		"short Content-Length":    head + "Content-Length: 1000\r\n\r\n" + feed,
		"missing last chunk":      head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
		"chunk cut off":           head + "Transfer-Encoding: chunked\r\n\r\nff\r\nhello",
		"broken chunk size":       head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\nhello\r\n0\r\n\r\n",
		"gzip in a missing chunk": head + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + fmt.Sprintf("%x\r\n%s\r\n", len(gzipped(t, feed)), gzipped(t, feed)),
		"two lengths":             head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
		"half a header":           "HTTP/1.1 200 OK\r\nContent-Le",
		"no HTTP at all":          "<rss>hello</rss>",
		"nothing":                 "",
	} {
		t.Run(name, func(t *testing.T) {
			mustFail(t, newClient(t, loopback()), Request{URL: rawOrigin(t, send(answer))}, models.ErrConnect)
		})
	}
}

func TestF48Reset(t *testing.T) {
	url := rawOrigin(t, func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"+feed)
		time.Sleep(20 * time.Millisecond)
		_ = c.(*net.TCPConn).SetLinger(0)
	})
	mustFail(t, newClient(t, loopback()), Request{URL: url}, models.ErrConnect)
}

func TestF37NoRetryOfAFreshConnection(t *testing.T) {
	asked := make(chan struct{}, 10)
	url := rawOrigin(t, func(c net.Conn) {
		asked <- struct{}{}
		_ = c.(*net.TCPConn).SetLinger(0)
	})
	mustFail(t, newClient(t, loopback()), Request{URL: url}, models.ErrConnect)
	if n := len(asked); n < 1 || n > 2 {
		t.Errorf("%d requests", n)
	}
}

func TestT13T15HeaderLimit(t *testing.T) {
	for name, answer := range map[string]func(net.Conn){
		"10 MB of Location": func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 302 Found\r\nLocation: /"+strings.Repeat("x", 10<<20)+"\r\n\r\n")
		},
		"endless headers": func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			for i := 0; ; i++ {
				if _, err := fmt.Fprintf(c, "X-%d: %s\r\n", i, strings.Repeat("x", 1000)); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			mustFail(t, newClient(t, loopback()), Request{URL: rawOrigin(t, answer)}, models.ErrTooLarge)
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("refused after %s", took)
			}
		})
	}
}

func TestT15EndlessStream(t *testing.T) {
	url := rawOrigin(t, func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
		_, _ = io.Copy(c, zeroReader{})
	})
	mustFail(t, newClient(t, loopback()), Request{URL: url}, models.ErrTooLarge)
}

func TestT16ChunkExtensionsAndTrailers(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, answer := range map[string]func(net.Conn){
		"extensions": func(c net.Conn) {
			_, _ = io.WriteString(c, head)
			for {
				if _, err := io.WriteString(c, "1;"+strings.Repeat("e", 3000)+"\r\nx\r\n"); err != nil {
					return
				}
			}
		},
		"trailers": func(c net.Conn) {
			_, _ = io.WriteString(c, head+"5\r\nhello\r\n0\r\n")
			for {
				if _, err := io.WriteString(c, "X-Trailer: "+strings.Repeat("e", 1000)+"\r\n"); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, err := newClient(t, loopback()).Get(t.Context(), Request{URL: rawOrigin(t, answer), Timeout: 10 * time.Second})
			if class := models.ClassOf(err); class != models.ErrConnect && class != models.ErrTooLarge {
				t.Errorf("%v (%s)", err, class)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("refused after %s", took)
			}
		})
	}
}

func TestConnectErrors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	mustFail(t, newClient(t, loopback()), Request{URL: "http://" + l.Addr().String() + "/feed"}, models.ErrConnect, "refused")
}

func TestT60TLS(t *testing.T) {
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(feed)) })
	secure := httptest.NewUnstartedServer(answer)
	secure.Config.ErrorLog = quiet()
	secure.StartTLS()
	defer secure.Close()
	plain := newOrigin(t, answer)
	trust := secure.Client().Transport.(*http.Transport).TLSClientConfig

	mustFail(t, newClient(t, loopback()), Request{URL: secure.URL}, models.ErrTLS, "x509", "tell the publisher")
	mustFail(t, newClient(t, loopback()), Request{URL: strings.Replace(plain.URL, "http:", "https:", 1)}, models.ErrTLS)

	trusting := newClient(t, loopback())
	trusting.transport.TLSClientConfig = trust.Clone()
	if res := mustGet(t, trusting, Request{URL: secure.URL}); string(res.Body) != feed {
		t.Errorf("body %q", res.Body)
	}
	wrongHost := newClient(t, loopback())
	wrongHost.transport.TLSClientConfig = trust.Clone()
	resolveWith(t, wrongHost, loopback(), stubDNS(t, map[string][]string{"other.test.": {"127.0.0.1"}}))
	_, port, _ := net.SplitHostPort(secure.Listener.Addr().String())
	mustFail(t, wrongHost, Request{URL: "https://other.test:" + port + "/"}, models.ErrTLS, "other.test")
}

func TestF43T61SchemesOfRedirects(t *testing.T) {
	plain := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusMovedPermanently)
		}
	})
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/down" {
			http.Redirect(w, r, plain.URL, http.StatusMovedPermanently)
		}
	}))
	defer secure.Close()
	c := newClient(t, loopback())
	c.transport.TLSClientConfig = secure.Client().Transport.(*http.Transport).TLSClientConfig.Clone()

	mustGet(t, c, Request{URL: plain.URL})
	if res := mustGet(t, c, Request{URL: plain.URL + "/?to=" + secure.URL + "/up"}); res.URL != secure.URL+"/up" {
		t.Errorf("%s answered", res.URL)
	}
	asked := len(plain.asked())
	mustFail(t, c, Request{URL: secure.URL + "/down"}, models.ErrBlocked, "from https to")
	if len(plain.asked()) != asked {
		t.Error("the plain address was asked")
	}
}
