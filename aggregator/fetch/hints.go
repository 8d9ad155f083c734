package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longest is as long as a server may ask us to wait before it is merely wrong; how much of it is
// kept is for the schedule to say.
const longest = 10 * 365 * 24 * time.Hour

// retryAfter reads Retry-After, seconds or a date (RFC 9110 section 10.2.3). What is past or
// cannot be read is 0.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if wait, ok := seconds(value); ok {
		return wait
	}
	return until(value, clock(h, now))
}

// freshness is how long an answer stays fresh: max-age, else Expires, less the age it already
// has (RFC 9111 section 4.2). 0: not at all, or not said.
func freshness(h http.Header, now time.Time) time.Duration {
	directives := strings.ToLower(strings.Join(h.Values("Cache-Control"), ","))
	life, said := time.Duration(0), false
	for directive := range strings.SplitSeq(directives, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch name = strings.TrimSpace(name); {
		case name == "no-cache" || name == "no-store":
			return 0
		case name == "max-age" && !said:
			life, _ = seconds(strings.Trim(strings.TrimSpace(value), `"`))
			said = true
		}
	}
	if !said {
		life = until(h.Get("Expires"), clock(h, now))
	}
	age, _ := seconds(strings.TrimSpace(h.Get("Age")))
	return max(life-age, 0)
}

// seconds reads delta-seconds (RFC 9111 section 1.2.2): digits only, however many.
func seconds(s string) (time.Duration, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > int64(longest/time.Second) {
		return longest, true
	}
	return time.Duration(n) * time.Second, true
}

func until(date string, now time.Time) time.Duration {
	t, err := http.ParseTime(date)
	if err != nil {
		return 0
	}
	return min(max(t.Sub(now), 0), longest)
}

// clock is what the server's own clock shows, for its dates are to be read by it.
func clock(h http.Header, now time.Time) time.Time {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		return date
	}
	return now
}
