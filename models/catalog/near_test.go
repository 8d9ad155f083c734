package catalog

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // so that zones are known wherever the tests run
)

func TestNearest(t *testing.T) {
	keys := []string{"title", "timezone", "timeout", "max_items", "url", "xianan", "咸安区"}
	for word, want := range map[string]string{
		"titel": "title", "Title": "title", "timezon": "timezone", "time-out": "timeout", "max-items": "max_items", "maxitems": "max_items",
		"ulr": "url", "xian-an": "xianan", "xianen": "xianan", "咸宁区": "咸安区", "咸": "", "wibble": "", "": "", "u": "",
	} {
		if got := nearest(word, keys); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"abc", "xbc", 1}, {"ca", "abc", 3}, {"kitten", "sitting", 3}, {"城市", "市城", 1}} {
		if got := distance([]rune(tt.a), []rune(tt.b), 9); got != tt.want {
			t.Errorf("%s, %s: %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := distance([]rune(tt.b), []rune(tt.a), 9); got != tt.want {
			t.Errorf("%s, %s: %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}

// The names we propose must be zones.
func TestZonesAreZones(t *testing.T) {
	names := strings.Fields(zones)
	if len(names) < 300 {
		t.Errorf("%d names", len(names))
	}
	for _, name := range append(names, meantZone("cst"), meantZone("jst"), meantZone("est"), meantZone("bst")) {
		if _, err := time.LoadLocation(name); err != nil {
			t.Error(err)
		}
	}
}

func TestDurations(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"0s": 0, "90s": 90 * time.Second, "1h30m": 90 * time.Minute, "1.5h": 90 * time.Minute, "7d": 168 * time.Hour, "1y": 8760 * time.Hour,
		"1d12h": 36 * time.Hour, "5y": 43800 * time.Hour, "250ms": 250 * time.Millisecond, "3µs": 3 * time.Microsecond, "100y": 876000 * time.Hour,
	} {
		if got, err := parseDuration(s); err != nil || got != want {
			t.Errorf("%s: %v, want %v (%v)", s, got, want, err)
		}
	}
	for _, s := range []string{"", "5", "-5m", "5 m", "1w", "s", "1h-5m", "1.h", ".5h", "1e3s", "101y", "99999999999999999999y", "５m"} {
		if got, err := parseDuration(s); err == nil {
			t.Errorf("%q was taken as %v", s, got)
		}
	}
}

func TestSameAddress(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"https://a.example", "https://A.example:443/", true},
		{"http://a.example/x#y", "http://a.example:80/x", true},
		{"http://a.example/x", "https://a.example/x", false},
		{"http://a.example/X", "http://a.example/x", false},
		{"http://a.example/?a=1", "http://a.example/?a=2", false},
		{"http://[::1]:80/", "http://[::1]/", true},
	} {
		if got := sameAddress(tt.a) == sameAddress(tt.b); got != tt.same {
			t.Errorf("%s, %s: %t", tt.a, tt.b, got)
		}
	}
}
