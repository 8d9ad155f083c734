package publisher

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
)

// discard is a response that goes nowhere, as cheap as can be.
type discard struct{ h http.Header }

func (d *discard) Header() http.Header         { return d.h }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

func serveBench(b *testing.B, h http.Handler, r *http.Request) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(&discard{make(http.Header, 12)}, r)
	}
}

// BenchmarkServe answers from a held edition, beside a bare handler that writes the same bytes and
// headers: over a connection, which is what readers see, and in memory, which is our own part.
func BenchmarkServe(b *testing.B) {
	c := newCity(b)
	c.populate(50)
	whole := c.get("/feed.rss", "Accept-Encoding", "gzip")
	data := []byte(body(b, whole))
	bare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range whole.Header {
			w.Header()[name] = values
		}
		if r.Header.Get("If-None-Match") != "" {
			w.Header().Del("Content-Length")
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		w.Write(data)
	})
	for _, kind := range []struct{ name, tag string }{{"get", ""}, {"304", whole.Header.Get("ETag")}} {
		for _, one := range []struct {
			name string
			h    http.Handler
		}{{"edition", c.h}, {"bare", bare}} {
			request := func(address string) *http.Request {
				r := httptest.NewRequest("GET", address+"/feed.rss", nil)
				r.RequestURI = ""
				r.Header.Set("Accept-Encoding", "gzip")
				if kind.tag != "" {
					r.Header.Set("If-None-Match", kind.tag)
				}
				return r
			}
			b.Run(kind.name+"/memory/"+one.name, func(b *testing.B) { serveBench(b, one.h, request("http://x")) })
			b.Run(kind.name+"/socket/"+one.name, func(b *testing.B) {
				srv := httptest.NewServer(one.h)
				defer srv.Close()
				r := request(srv.URL)
				b.ReportAllocs()
				for b.Loop() {
					res, err := srv.Client().Do(r)
					if err != nil {
						b.Fatal(err)
					}
					body(b, res)
					res.Body.Close()
				}
			})
		}
	}
}
