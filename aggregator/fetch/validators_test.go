package fetch

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

func TestF02F03ValidatorsComeBackByteForByte(t *testing.T) {
	etags := []string{`"x"`, `W/"x"`, `"a b\"c"`, `""`, `abc`, `"` + strings.Repeat("e", 4094) + `"`, `"新闻"`, `"a&quot;-gzip"`, "\"\xe9\""}
	dates := []string{"Wed, 04 Mar 2026 02:20:00 GMT", "wed, 4 mar 2026 02:20:00 gmt", "2026-03-04 10:20:00", "Wed, 04 Mar 2026 10:20:00 +0800", "0", "三月四日", "Thu, 01 Jan 1970 00:00:00 GMT", "-1", "x  y"}
	for i, etag := range etags {
		sent := models.Validators{ETag: etag, LastModified: dates[i]}
		o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header()["ETag"] = []string{sent.ETag}
			w.Header()["Last-Modified"] = []string{sent.LastModified}
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(http.StatusNotModified)
			}
		})
		c := newClient(t, loopback())
		first := mustGet(t, c, Request{URL: o.URL})
		if first.Validators != sent {
			t.Errorf("received %+v, want %+v", first.Validators, sent)
		}
		second := mustGet(t, c, Request{URL: o.URL, Validators: first.Validators})
		if !second.NotModified || second.Status != 304 || second.Body != nil {
			t.Errorf("the second answer is %+v", second)
		}
		h := o.asked()[1].Header
		if got := (models.Validators{ETag: h.Get("If-None-Match"), LastModified: h.Get("If-Modified-Since")}); got != sent {
			t.Errorf("sent back %+v, want %+v", got, sent)
		}
	}
}

func TestF04F05OnlyWhatWasReceived(t *testing.T) {
	var sent models.Validators
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		if sent.ETag != "" {
			w.Header().Set("ETag", sent.ETag)
		}
		if sent.LastModified != "" {
			w.Header().Set("Last-Modified", sent.LastModified)
		}
		_, _ = w.Write([]byte(feed))
	})
	c := newClient(t, loopback())
	date := "Wed, 04 Mar 2026 02:20:00 GMT"
	var held models.Validators
	for i, sent2 := range []models.Validators{{}, {ETag: `"1"`}, {LastModified: date}, {ETag: `"2"`, LastModified: date}, {ETag: `"3"`}, {}, {}} {
		before := held
		sent = sent2
		held = mustGet(t, c, Request{URL: o.URL, Validators: held}).Validators
		if held != sent2 {
			t.Errorf("after answer %d the validators are %+v, want %+v", i, held, sent2)
		}
		h := o.asked()[i].Header
		_, hasETag := h["If-None-Match"]
		_, hasDate := h["If-Modified-Since"]
		if hasETag != (before.ETag != "") || hasDate != (before.LastModified != "") {
			t.Errorf("request %d: If-None-Match %t, If-Modified-Since %t, holding %+v", i, hasETag, hasDate, before)
		}
	}
}

func TestValidatorsThatCannotBeSentAreNone(t *testing.T) {
	url := rawOrigin(t, send("HTTP/1.1 200 OK\r\nETag: \"a\x01b\"\r\nLast-Modified: \x7f\r\nContent-Length: 2\r\n\r\nhi"))
	c := newClient(t, loopback())
	res, err := c.Get(t.Context(), Request{URL: url})
	if err == nil && (res.Validators != models.Validators{}) {
		t.Errorf("kept %q", res.Validators)
	}
	if err != nil && models.ClassOf(err) != models.ErrConnect {
		t.Error(err)
	}
	if got := received(http.Header{"Etag": {"\"a\x01b\""}, "Last-Modified": {"\x7f"}}); got != (models.Validators{}) {
		t.Errorf("kept %q", got)
	}
}

func TestF12A304Freshens(t *testing.T) {
	for _, c := range []struct{ held, brought, want models.Validators }{
		{models.Validators{ETag: `"1"`, LastModified: "then"}, models.Validators{}, models.Validators{ETag: `"1"`, LastModified: "then"}},
		{models.Validators{ETag: `"1"`, LastModified: "then"}, models.Validators{ETag: `"2"`}, models.Validators{ETag: `"2"`, LastModified: "then"}},
		{models.Validators{ETag: `"1"`}, models.Validators{LastModified: "now"}, models.Validators{ETag: `"1"`, LastModified: "now"}},
	} {
		o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
			for name, value := range map[string]string{"ETag": c.brought.ETag, "Last-Modified": c.brought.LastModified} {
				if value != "" {
					w.Header().Set(name, value)
				}
			}
			w.Header().Set("Cache-Control", "max-age=7200")
			w.WriteHeader(http.StatusNotModified)
		})
		res := mustGet(t, newClient(t, loopback()), Request{URL: o.URL, Validators: c.held})
		if res.Validators != c.want || res.MaxAge != 2*time.Hour {
			t.Errorf("held %+v, the 304 brought %+v: now %+v, fresh for %s", c.held, c.brought, res.Validators, res.MaxAge)
		}
	}
}

func TestF13A304ToAnUnconditionalRequestIsAnError(t *testing.T) {
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotModified) })
	res := mustFail(t, newClient(t, loopback()), Request{URL: o.URL}, models.ErrHTTP5xx, "304 Not Modified")
	if res.Status != 304 {
		t.Errorf("status %d", res.Status)
	}
}
