package fetch

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"civicfeed/models"
)

func TestF34F35MovedForGoodOrForNow(t *testing.T) {
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		next := map[string]struct {
			to     string
			status int
		}{
			"/301": {"/feed#x", 301}, "/308": {"/feed", 308}, "/302": {"/feed", 302}, "/303": {"/feed", 303}, "/307": {"/feed", 307},
			"/301-308": {"/308", 301}, "/301-302": {"/302", 301}, "/302-301": {"/301", 302}, "/301-302-301": {"/302-301", 301},
			"/301-404": {"/404", 301},
		}[r.URL.Path]
		switch {
		case next.to != "":
			w.Header().Set("Location", next.to)
			w.WriteHeader(next.status)
		case r.URL.Path == "/404":
			w.WriteHeader(404)
		case r.Header.Get("If-None-Match") != "":
			w.WriteHeader(304)
		}
	})
	c := newClient(t, loopback())
	for path, want := range map[string]string{
		"/feed": "", "/301": "/feed", "/308": "/feed", "/302": "", "/303": "", "/307": "",
		"/301-308": "/feed", "/301-302": "/302", "/302-301": "", "/301-302-301": "/302-301",
	} {
		if want != "" {
			want = o.URL + want
		}
		for _, v := range []models.Validators{{}, {ETag: `"1"`}} {
			if res := mustGet(t, c, Request{URL: o.URL + path, Validators: v}); res.MovedTo != want {
				t.Errorf("%s moved to %q, want %q", path, res.MovedTo, want)
			}
		}
	}
	if res := mustFail(t, c, Request{URL: o.URL + "/301-404"}, models.ErrHTTP4xx); res.MovedTo != "" {
		t.Errorf("to where nothing is: %q", res.MovedTo)
	}
	var failure *models.Failure
	if _, err := c.Get(t.Context(), Request{URL: o.URL, MovedTo: o.URL + "/404"}); !errors.As(err, &failure) || !strings.Contains(err.Error(), "/404") {
		t.Errorf("%v", err)
	}
}
