package fetch

import (
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"civicfeed/models"
)

// newProxy is a proxy that goes wherever it is sent, and remembers where.
func newProxy(t *testing.T, password string) (address string, sent func() []string) {
	t.Helper()
	var mu sync.Mutex
	var asks []string
	handler := func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asks = append(asks, r.Method+" "+r.RequestURI)
		mu.Unlock()
		if !strings.Contains(r.Header.Get("User-Agent"), "civicfeed") {
			t.Errorf("the proxy was asked by %q", r.Header.Get("User-Agent"))
		}
		r.Header.Set("Authorization", r.Header.Get("Proxy-Authorization"))
		if _, got, _ := r.BasicAuth(); got != password {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		if r.Method == http.MethodConnect {
			tunnel(t, w, r.Host)
			return
		}
		r.RequestURI = ""
		r.Header.Del("Authorization")
		r.Header.Del("Proxy-Authorization")
		reply, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer reply.Body.Close()
		maps.Copy(w.Header(), reply.Header)
		w.WriteHeader(reply.StatusCode)
		_, _ = io.Copy(w, reply.Body)
	}
	o := httptest.NewServer(http.HandlerFunc(handler))
	t.Cleanup(o.Close)
	t.Cleanup(http.DefaultTransport.(*http.Transport).CloseIdleConnections)
	return o.Listener.Addr().String(), func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(asks)
	}
}

// tunnel carries bytes between whoever asked and a host, until both have ended. Whoever asked is told
// that the way is open only once the connection is ours alone: what is sent at that word must not
// be lost to a server that still reads from it.
func tunnel(t *testing.T, w http.ResponseWriter, host string) {
	there, err := net.Dial("tcp", host)
	if err != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	defer there.Close()
	here, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	defer here.Close()
	_, _ = io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n")
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(there, here); there.Close() })
	both.Go(func() { _, _ = io.Copy(here, there); here.Close() })
	both.Wait()
}

func TestT09AProxyOfFeedsYaml(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, feed) }
	plain := newOrigin(t, answer)
	secure, ca := secureOrigin(t, answer)
	proxy, sent := newProxy(t, "tk-4711-geheim")
	t.Setenv("CITY_TOKEN", "tk-4711-geheim")
	via := models.Access{Proxy: "http://reader:${CITY_TOKEN}@" + proxy, CAFile: ca}
	c := newClient(t, loopback())
	for _, url := range []string{plain.URL, secure.URL} {
		if res := mustGet(t, c, Request{URL: url, Access: via}); string(res.Body) != feed {
			t.Errorf("%s: %q", url, res.Body)
		}
	}
	want := []string{"GET " + plain.URL + "/", "CONNECT " + secure.Listener.Addr().String()}
	if got := sent(); !slices.Equal(got, want) {
		t.Errorf("the proxy was sent %q, want %q", got, want)
	}
	for _, r := range plain.asked() {
		if r.Header.Get("Proxy-Authorization") != "" {
			t.Error("the origin learnt the proxy's password")
		}
	}

	n := loopback()
	n.Proxy, n.CAFile = via.Proxy, ca
	c = newClient(t, n)
	mustGet(t, c, Request{URL: plain.URL})
	mustGet(t, c, Request{URL: plain.URL, Access: models.Access{Proxy: models.Direct}})
	if n := len(sent()); n != 3 {
		t.Errorf("%d requests through the proxy, want 3", n)
	}
	for _, url := range []string{plain.URL, secure.URL} {
		mustFail(t, c, Request{URL: url, Access: models.Access{Proxy: "http://" + proxy, CAFile: ca}}, models.ErrConnect, "407")
	}
}

// The guard judges the proxy itself, and where it would be sent, at each redirect.
func TestT09TheGuardSeesThroughAProxy(t *testing.T) {
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
	})
	proxy, sent := newProxy(t, "")
	via := models.Access{Proxy: "http://" + proxy}
	c := newClient(t, loopback())
	c.ways.lookup = (&net.Resolver{PreferGo: true, Dial: stubDNS(t, map[string][]string{"inner.example.": {"127.0.0.1", "10.1.2.3"}}).dial}).LookupNetIP
	for _, to := range []string{
		"http://127.0.0.2/", "http://169.254.169.254/latest/", "http://[::ffff:10.0.0.1]/", "https://192.168.1.1/", "http://inner.example/",
		"http://①⑦②.⑯.⓪.①/", "http://10。0。0。1/", "http://８.８.８.８:22/", "http://8.8.8.8:6379/", "http://metadata.google.internal/", "http://intranet/", "http://printer.local./",
	} {
		mustFail(t, c, Request{URL: to, Access: via}, models.ErrBlocked)
		before := len(sent())
		mustFail(t, c, Request{URL: o.URL + "/?to=" + to, Access: via}, models.ErrBlocked)
		if got := sent()[before:]; len(got) != 1 || !strings.Contains(got[0], o.URL) {
			t.Errorf("%s: the proxy was sent %q", to, got)
		}
	}
	// A name that only the proxy knows is its to judge.
	mustFail(t, c, Request{URL: "http://somewhere.example/", Access: via}, models.ErrHTTP5xx, "502")
	// The proxy is dialled like anything else.
	mustFail(t, newClient(t, models.Network{}), Request{URL: "http://8.8.8.8/", Access: via}, models.ErrBlocked, "network.allow")
	mustFail(t, c, Request{URL: "http://8.8.8.8/", Access: models.Access{Proxy: "http://169.254.169.254"}}, models.ErrBlocked)
	mustFail(t, c, Request{URL: o.URL, Access: models.Access{Proxy: "http://127.0.0.1:1"}}, models.ErrConnect, "check proxy")
	mustFail(t, c, Request{URL: o.URL, Access: models.Access{Proxy: "socks5://127.0.0.1:1"}}, models.ErrConnect, "check proxy")
}

// The port of a proxy is the admin's choice; a private address has to be allowed all the same.
func TestGuardOfProxies(t *testing.T) {
	guard, _ := newGuard(models.Network{})
	for address, open := range map[string]bool{"8.8.8.8:3128": true, "8.8.8.8:80": true, "10.0.0.1:3128": false, "169.254.169.254:80": false} {
		if err := guard.controlProxy("tcp4", address, nil); (err == nil) != open {
			t.Errorf("%s: %v", address, err)
		}
	}
}
