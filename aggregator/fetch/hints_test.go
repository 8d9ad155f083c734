package fetch

import (
	"net/http"
	"testing"
	"time"
)

func TestF28F29F30RetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 4, 2, 20, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "120": 2 * time.Minute, " 3600 ": time.Hour, "-1": 0, "+5": 0, "1.5": 0, "soon": 0, "1e3": 0, "12O": 0,
		"315360000": longest, "99999999999999999999999": longest,
		"Wed, 04 Mar 2026 03:20:00 GMT":     time.Hour,
		"Wednesday, 04-Mar-26 03:20:00 GMT": time.Hour,
		"Wed Mar  4 03:20:00 2026":          time.Hour,
		"Wed, 04 Mar 2026 01:20:00 GMT":     0,
		"Wed, 04 Mar 9999 03:20:00 GMT":     longest,
		"Wed, 32 Mar 2026 03:20:00 GMT":     0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("Retry-After: %q is %s, want %s", value, got, want)
		}
	}
	// A server whose clock is a day late means what its own Date makes of it.
	h := http.Header{"Retry-After": {"Tue, 03 Mar 2026 03:20:00 GMT"}, "Date": {"Tue, 03 Mar 2026 02:20:00 GMT"}}
	if got := retryAfter(h, now); got != time.Hour {
		t.Errorf("by the server's clock: %s", got)
	}
}

func TestF18Freshness(t *testing.T) {
	now := time.Date(2026, 3, 4, 2, 20, 0, 0, time.UTC)
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Add(pairs[i], pairs[i+1])
		}
		return h
	}
	const cc = "Cache-Control"
	for _, c := range []struct {
		h    http.Header
		want time.Duration
	}{
		{header(), 0},
		{header(cc, "max-age=3600"), time.Hour},
		{header(cc, "Public , MAX-AGE = 3600"), time.Hour},
		{header(cc, `max-age="3600"`), time.Hour},
		{header(cc, "public", cc, "max-age=60"), time.Minute},
		{header(cc, "max-age=60, max-age=3600"), time.Minute},
		{header(cc, "max-age=3600", "Age", "600"), 50 * time.Minute},
		{header(cc, "max-age=3600", "Age", "7200"), 0},
		{header(cc, "max-age=3600", "Age", "old"), time.Hour},
		{header(cc, "s-maxage=3600"), 0},
		{header(cc, "no-cache, max-age=3600"), 0},
		{header(cc, "max-age=3600, no-store"), 0},
		{header(cc, "max-age=-1"), 0},
		{header(cc, "max-age"), 0},
		{header(cc, "max-age=99999999999999999999"), longest},
		{header("Expires", "Wed, 04 Mar 2026 03:20:00 GMT"), time.Hour},
		{header("Expires", "Wed, 04 Mar 2026 03:20:00 GMT", "Date", "Wed, 04 Mar 2026 03:00:00 GMT"), 20 * time.Minute},
		{header("Expires", "0"), 0},
		{header("Expires", "Wed, 04 Mar 2026 03:20:00 GMT", cc, "max-age=60"), time.Minute},
		{header("Expires", "Wed, 04 Mar 2026 03:20:00 GMT", cc, "max-age=junk"), 0},
	} {
		if got := freshness(c.h, now); got != c.want {
			t.Errorf("%v: fresh for %s, want %s", c.h, got, c.want)
		}
	}
}

func FuzzHints(f *testing.F) {
	f.Add("120", "max-age=60, public", "Wed, 04 Mar 2026 03:20:00 GMT", "Wed, 04 Mar 2026 02:20:00 GMT", "5")
	f.Add("Wed, 04 Mar 0001 03:20:00 GMT", `max-age="`, "0", "Fri, 31 Dec 9999 23:59:59 GMT", "99999999999999999999")
	f.Fuzz(func(t *testing.T, retry, control, expires, date, age string) {
		h := http.Header{"Retry-After": {retry}, "Cache-Control": {control}, "Expires": {expires}, "Date": {date}, "Age": {age}}
		now := time.Date(2026, 3, 4, 2, 20, 0, 0, time.UTC)
		for name, d := range map[string]time.Duration{"retryAfter": retryAfter(h, now), "freshness": freshness(h, now)} {
			if d < 0 || d > longest {
				t.Errorf("%s of %q: %s", name, h, d)
			}
		}
	})
}
