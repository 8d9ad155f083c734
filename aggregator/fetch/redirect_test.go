package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"civicfeed/models"
)

func TestRedirectsAreFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/old/feed.xml":
				w.Header().Set("Location", "../新/feed.xml#x")
				w.WriteHeader(status)
			default:
				w.WriteHeader(http.StatusNotModified)
			}
		})
		held := models.Validators{ETag: `"1"`, LastModified: "then"}
		res := mustGet(t, newClient(t, loopback()), Request{URL: o.URL + "/old/feed.xml", Validators: held})
		if want := o.URL + "/%E6%96%B0/feed.xml"; res.URL != want || !res.NotModified {
			t.Errorf("%d: %s answered, want %s", status, res.URL, want)
		}
		for _, r := range o.asked() {
			if r.Method != "GET" || r.Header.Get("If-None-Match") != `"1"` || r.Header.Get("Referer") != "" {
				t.Errorf("%d: %s with %v", status, r.Method, r.Header)
			}
		}
	}
}

func TestF36T13RedirectLimits(t *testing.T) {
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		switch left, err := strconv.Atoi(strings.Trim(r.URL.Path, "/")); {
		case err == nil && left > 0:
			http.Redirect(w, r, "/"+strconv.Itoa(left-1), http.StatusFound)
		case r.URL.Path == "/self":
			http.Redirect(w, r, "/self", http.StatusFound)
		case r.URL.Path == "/a":
			http.Redirect(w, r, "/b", http.StatusFound)
		case r.URL.Path == "/b":
			http.Redirect(w, r, "/a#again", http.StatusMovedPermanently)
		case r.URL.Path == "/nowhere":
			w.WriteHeader(http.StatusFound)
		case r.URL.Path == "/garbage":
			w.Header().Set("Location", "http://user:geheim@[::1")
			w.WriteHeader(http.StatusFound)
		}
	})
	c := newClient(t, loopback())
	mustGet(t, c, Request{URL: o.URL + "/5"})
	mustFail(t, c, Request{URL: o.URL + "/6"}, models.ErrHTTP5xx, "more than 5 redirects")
	mustFail(t, c, Request{URL: o.URL + "/1000"}, models.ErrHTTP5xx, "more than 5 redirects")
	mustFail(t, c, Request{URL: o.URL + "/self"}, models.ErrHTTP5xx, "in a circle")
	mustFail(t, c, Request{URL: o.URL + "/a"}, models.ErrHTTP5xx, "in a circle")
	mustFail(t, c, Request{URL: o.URL + "/nowhere"}, models.ErrHTTP5xx, "302 Found", "without saying where to")
	if res := mustFail(t, c, Request{URL: o.URL + "/garbage"}, models.ErrBlocked, "cannot be read"); res.Status != 302 {
		t.Errorf("status %d", res.Status)
	}
	if n := len(o.asked()); n > 6+6+6+1+2+1+1 {
		t.Errorf("%d requests", n)
	}
}

func TestT08RedirectsAreJudgedLikeAddresses(t *testing.T) {
	for _, to := range []string{
		"http://127.0.0.2/", "http://169.254.169.254/latest/meta-data/", "http://[::ffff:10.0.0.1]/", "//192.168.1.1/",
		"file:///etc/passwd", "gopher://127.0.0.1/", "http://2130706433/", "javascript:alert(1)",
	} {
		o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		})
		mustFail(t, newClient(t, loopback()), Request{URL: o.URL}, models.ErrBlocked)
		if n := len(o.asked()); n != 1 {
			t.Errorf("%s: %d requests", to, n)
		}
	}
}

func TestF36CredentialsStayWithTheirHost(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
		}
	}
	here, there := newOrigin(t, answer), newOrigin(t, answer)
	c := newClient(t, loopback())
	with := strings.Replace(here.URL, "http://", "http://reader:geheim@", 1)
	mustGet(t, c, Request{URL: with + "/?to=/here"})
	mustGet(t, c, Request{URL: with + "/?to=" + there.URL + "/there"})
	mustGet(t, c, Request{URL: with + "/?to=" + strings.Replace(there.URL, "http://", "http://x:y@", 1) + "/there"})
	for _, r := range here.asked() {
		if _, _, ok := r.BasicAuth(); !ok {
			t.Errorf("%s without credentials", r.URL)
		}
	}
	for _, r := range there.asked() {
		if r.Header.Get("Authorization") != "" {
			t.Errorf("credentials went to another host: %v", r.Header)
		}
	}
	if len(here.asked()) != 4 || len(there.asked()) != 2 {
		t.Errorf("%d and %d requests", len(here.asked()), len(there.asked()))
	}
}
