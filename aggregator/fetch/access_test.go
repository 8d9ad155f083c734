package fetch

import (
	"encoding/pem"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"civicfeed/models"
)

func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// secretive is a source with secrets of every kind.
func secretive(t testing.TB) models.Access {
	t.Setenv("CITY_TOKEN", "tk-4711-geheim")
	return models.Access{
		Headers: map[string]string{"x-api-key": "a${CITY_TOKEN}b", "User-Agent": "云溪/2", "Accept-Language": "zh-CN", "From": "x@${CITY_TOKEN}", "Cookie": "consent=yes"},
		Auth:    models.Auth{User: "reader", PasswordFile: write(t, "password", "geheim pass:wort\n")},
	}
}

func TestAccessIsSent(t *testing.T) {
	o := newOrigin(t, func(http.ResponseWriter, *http.Request) {})
	mustGet(t, newClient(t, loopback()), Request{URL: o.URL, Access: secretive(t)})
	h := o.asked()[0].Header
	want := map[string]string{"X-Api-Key": "atk-4711-geheimb", "User-Agent": "云溪/2", "Accept-Language": "zh-CN", "From": "x@tk-4711-geheim", "Cookie": "consent=yes", "Accept": accept, "Accept-Encoding": "gzip"}
	for name, value := range want {
		if got := h.Values(name); len(got) != 1 || got[0] != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
	if user, password, ok := o.asked()[0].BasicAuth(); !ok || user != "reader" || password != "geheim pass:wort" {
		t.Errorf("logged in as %q with %q", user, password)
	}
	if names := slices.Sorted(maps.Keys(h)); len(names) != len(want)+1 {
		t.Errorf("headers %q", names)
	}
}

// A password that is changed holds from the next visit on.
func TestPasswordIsReadAnew(t *testing.T) {
	var seen []string
	o := newOrigin(t, func(_ http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		seen = append(seen, password)
	})
	c, a := newClient(t, loopback()), secretive(t)
	mustGet(t, c, Request{URL: o.URL, Access: a})
	if err := os.WriteFile(a.Auth.PasswordFile, []byte("neu"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustGet(t, c, Request{URL: o.URL, Access: a})
	if !slices.Equal(seen, []string{"geheim pass:wort", "neu"}) {
		t.Errorf("passwords %q", seen)
	}
}

func TestF36SecretsStayAtHome(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusMovedPermanently)
		}
	}
	home, away := newOrigin(t, answer), newOrigin(t, answer)
	c, a := newClient(t, loopback()), secretive(t)
	mustGet(t, c, Request{URL: home.URL + "/?to=/here", Access: a})
	mustGet(t, c, Request{URL: home.URL + "/?to=" + away.URL + "/there", Access: a})
	mustGet(t, c, Request{URL: home.URL + "/?to=" + away.URL + "/%3Fto=" + home.URL + "/back", Access: a})
	mustGet(t, c, Request{URL: home.URL, MovedTo: away.URL + "/moved", Access: a})
	mustGet(t, c, Request{URL: home.URL, MovedTo: home.URL + "/moved", Access: a})
	secrets := []string{"Authorization", "X-Api-Key", "Cookie", "From"}
	for _, r := range slices.Concat(home.asked(), away.asked()) {
		foreign := r.Host != strings.TrimPrefix(home.URL, "http://") || r.URL.Path == "/back"
		for _, name := range secrets {
			if got := r.Header.Get(name); (got == "") != foreign {
				t.Errorf("%s%s was sent %s: %q", r.Host, r.URL, name, got)
			}
		}
		if r.Header.Get("User-Agent") != "云溪/2" {
			t.Errorf("%s%s was asked as %s", r.Host, r.URL, r.Header.Get("User-Agent"))
		}
	}
	if len(home.asked()) != 6 || len(away.asked()) != 3 {
		t.Errorf("%d and %d requests", len(home.asked()), len(away.asked()))
	}
}

func TestT11SecretsAreInNoSentence(t *testing.T) {
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		switch echo := r.Header.Get("X-Api-Key") + r.Header.Get("Authorization"); r.URL.Path {
		case "/loop":
			http.Redirect(w, r, "http://[::1/"+echo, http.StatusFound)
		case "/scheme":
			http.Redirect(w, r, "gopher://x/"+echo+"geheim pass:wort", http.StatusFound)
		case "/coding":
			w.Header().Set("Content-Encoding", echo)
			_, _ = io.WriteString(w, feed)
		case "/moved":
			http.Redirect(w, r, "/feed?key="+r.Header.Get("X-Api-Key"), http.StatusMovedPermanently)
		}
	})
	c, a := newClient(t, loopback()), secretive(t)
	for _, path := range []string{"/loop", "/scheme", "/coding"} {
		_, err := c.Get(t.Context(), Request{URL: o.URL + path, Access: a})
		if err == nil || strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "cmVhZGVy") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if res := mustGet(t, c, Request{URL: o.URL + "/moved", Access: a}); res.MovedTo != "" {
		t.Errorf("moved to %s, which is kept", res.MovedTo)
	}
	a.Proxy = "http://reader:${CITY_TOKEN}@127.0.0.2:1"
	for _, proxy := range []string{a.Proxy, "http://reader:${CITY_TOKEN}@[::1", "socks5://reader:${CITY_TOKEN}@127.0.0.2:1"} {
		a.Proxy = proxy
		if _, err := c.Get(t.Context(), Request{URL: o.URL, Access: a}); err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("through %s: %v", proxy, err)
		}
	}
}

// What an admin has yet to provide is our own fault and not the source's: it is not asked, and
// nothing is counted against it.
func TestMissingSecretsAreTold(t *testing.T) {
	o := newOrigin(t, func(http.ResponseWriter, *http.Request) {})
	t.Setenv("CITY_LINES", "a\r\nX-Evil: 1")
	empty, large := write(t, "empty", "\n"), write(t, "large", strings.Repeat("x", 5000))
	auth := func(file string) models.Access {
		return models.Access{Auth: models.Auth{User: "a", PasswordFile: file}}
	}
	header := func(v string) models.Access { return models.Access{Headers: map[string]string{"X-Token": v}} }
	for want, a := range map[string]models.Access{
		"CITY_NOTHING is not set":    header("${CITY_NOTHING}"),
		"X-Token: its value has a":   header("${CITY_LINES}"),
		"no such file":               auth("/no/such/file"),
		"is empty: write":            auth(empty),
		"more than 4096 bytes":       auth(large),
		"proxy: the environment var": {Proxy: "http://a:${CITY_NOTHING}@x:1"},
		"ca_file: read the cert":     {CAFile: "/no/such/file"},
		"holds no certificate":       {CAFile: empty},
	} {
		mustFail(t, newClient(t, loopback()), Request{URL: o.URL, Access: a}, models.ErrInternal, want)
	}
	if n := len(o.asked()); n != 0 {
		t.Errorf("%d requests", n)
	}
	for _, n := range []models.Network{{CAFile: "/no/such/file"}, {Proxy: "http://${CITY_NOTHING}"}} {
		if _, err := New(n, Options{}); err == nil || !strings.HasPrefix(err.Error(), "network: ") {
			t.Errorf("%v", err)
		}
	}
}

// secureOrigin is one with a certificate of its own, and the file that makes it trusted.
func secureOrigin(t *testing.T, answer http.HandlerFunc) (o *httptest.Server, caFile string) {
	t.Helper()
	o = httptest.NewUnstartedServer(answer)
	o.Config.ErrorLog = quiet()
	o.StartTLS()
	t.Cleanup(o.Close)
	return o, write(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.Certificate().Raw})))
}

func TestT60CertificatesOfYourOwn(t *testing.T) {
	o, ca := secureOrigin(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, feed) })
	c := newClient(t, loopback())
	mustFail(t, c, Request{URL: o.URL}, models.ErrTLS, "x509")
	if res := mustGet(t, c, Request{URL: o.URL, Access: models.Access{CAFile: ca}}); string(res.Body) != feed {
		t.Errorf("body %q", res.Body)
	}
	mustFail(t, c, Request{URL: o.URL}, models.ErrTLS, "x509") // trust is the source's, not the host's

	resolveWith(t, c, loopback(), stubDNS(t, map[string][]string{"other.test.": {"127.0.0.1"}}))
	transport, err := c.ways.of(models.Access{CAFile: ca})
	if err != nil {
		t.Fatal(err)
	}
	transport.DialContext = c.transport.DialContext
	_, port, _ := net.SplitHostPort(o.Listener.Addr().String())
	mustFail(t, c, Request{URL: "https://other.test:" + port, Access: models.Access{CAFile: ca}}, models.ErrTLS, "other.test")

	n := loopback()
	n.CAFile = ca
	mustGet(t, newClient(t, n), Request{URL: o.URL})
	mustGet(t, newClient(t, n), Request{URL: o.URL, Access: models.Access{CAFile: ca}})
}

func TestT61NoWayBackFromHTTPSEvenWithSecrets(t *testing.T) {
	plain := newOrigin(t, func(http.ResponseWriter, *http.Request) {})
	o, ca := secureOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, plain.URL, http.StatusMovedPermanently)
	})
	a := secretive(t)
	a.CAFile = ca
	mustFail(t, newClient(t, loopback()), Request{URL: o.URL, Access: a}, models.ErrBlocked, "from https to")
	if len(plain.asked()) != 0 {
		t.Error("the plain address was asked")
	}
}
