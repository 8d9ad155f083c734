package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"
)

// address is an http or https address. Messages never repeat one that holds a password.
func address() word {
	return parsed("an address", "https://www.example.gov.cn/rss.xml", `^https?://[^\s\\]+$`, func(s string) (any, error) {
		u, err := url.Parse(s)
		scheme, rest, found := strings.Cut(s, "://")
		switch {
		case strings.ContainsAny(s, " \t\n\\"):
			return nil, errors.New("an address holds no blanks and no backslashes: write them as %20 and %5C")
		case err == nil && u.User != nil, strings.Contains(strings.SplitN(rest, "/", 2)[0], "@"):
			return nil, errors.New("a user name or password stands in the address, and would be seen by everybody: remove what comes before the @")
		case strings.Contains(s, "${"):
			return nil, errors.New("an address is seen by everybody, and nothing is put into it: put a secret under headers or auth")
		case !found || scheme == "":
			return nil, fmt.Errorf("%q is not a whole address: write %s", s, meantAddress(s))
		case scheme != "http" && scheme != "https":
			return nil, fmt.Errorf("%q begins with %q, but only http and https are fetched: write %s", s, scheme, meantAddress(s))
		case err != nil:
			return nil, fmt.Errorf("%q is not an address: %w: write %s", s, errors.Unwrap(err), meantAddress(""))
		case !hostname(u.Hostname()):
			return nil, fmt.Errorf("%q names no host that could be asked: write %s", s, meantAddress(""))
		case len(s) > 2048:
			return nil, fmt.Errorf("the address is %d bytes long: 2048 are the most", len(s))
		}
		if p, err := strconv.Atoi(cmp.Or(u.Port(), "80")); err != nil || p < 1 || p > 65535 {
			return nil, fmt.Errorf("%q names port %s: write one from 1 to 65535, or none", s, u.Port())
		}
		return s, nil
	})
}

var (
	scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:/*`)
	dotted = regexp.MustCompile(`^[^/:]+\.[^/:]+(:[0-9]+)?(/|$)`)
)

// meantAddress is the address that was probably meant, or an example.
func meantAddress(s string) string {
	rest := strings.TrimLeft(s, "/:")
	if !dotted.MatchString(rest) {
		rest = scheme.ReplaceAllString(rest, "")
	}
	if !dotted.MatchString(rest) {
		return "it like https://www.example.gov.cn/rss.xml"
	}
	return "https://" + rest
}

// hostname tells whether a name could be one of a host: an IP address, or labels between dots.
func hostname(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	odd := func(c rune) bool {
		return c < 0x80 && c != '-' && c != '_' && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z')
	}
	labels := strings.Split(strings.TrimSuffix(s, "."), ".")
	return len(s) <= 253 && !slices.ContainsFunc(labels, func(l string) bool {
		return l == "" || len(l) > 63 || strings.ContainsFunc(l, odd)
	})
}

// port is the port an address leads to.
func port(u *url.URL) int {
	if p, err := strconv.Atoi(u.Port()); err == nil {
		return p
	}
	if u.Scheme == "https" {
		return 443
	}
	return 80
}

// sameAddress writes an address so that two ways of writing one are equal (RFC 3986 section 6.2.2).
func sameAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	u.Host, u.Fragment = fmt.Sprintf("%s:%d", strings.ToLower(u.Hostname()), port(u)), ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

// base is the public address of the site; its value ends in "/".
func base() word {
	w := address()
	w.such = "https://feeds.example.org/"
	whole := w.parse
	w.parse = func(s string) (any, error) {
		if _, err := whole(s); err != nil {
			return nil, err
		}
		if cut := strings.IndexAny(s, "?#"); cut >= 0 {
			return nil, fmt.Errorf("%q ends in %q, but every published address begins with it: write %s", s, s[cut:], strings.TrimRight(s[:cut], "/")+"/")
		}
		return strings.TrimRight(s, "/") + "/", nil
	}
	return w
}

var tag = regexp.MustCompile(`^tag:[A-Za-z0-9.@_-]+,\d{4}(-\d\d(-\d\d)?)?:`)

// prefix begins every published id; with a story's id behind it, it must be an IRI (RFC 4287 section 4.2.6).
func prefix() word {
	const such = "tag:example.org,2026:news"
	return parsed("the beginning of an id", such, `^[a-z][a-z0-9+.-]*:[A-Za-z0-9._~:/?@!$&'()*+,;=%-]+$`, func(s string) (any, error) {
		if strings.HasSuffix(s, "/") {
			return nil, fmt.Errorf("%q ends in a slash, and one is added: write %s", s, strings.TrimRight(s, "/"))
		}
		if strings.HasPrefix(s, "tag:") && !tag.MatchString(s) {
			return nil, fmt.Errorf("%q is not a tag (RFC 4151), which has a domain, a comma, a year and a name: write it like %s", s, such)
		}
		if _, err := url.Parse(s); err != nil {
			return nil, fmt.Errorf("%q cannot begin an id: write it like %s", s, such)
		}
		return s, nil
	})
}

const durationPattern = `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h|d|y))+$`

// duration is one of Go's, with d for 24 hours and y for 365 days besides.
func duration(such string, least, most time.Duration) word {
	return parsed("a duration", such, durationPattern, func(s string) (any, error) {
		d, err := parseDuration(s)
		if err == nil && d < least {
			err = fmt.Errorf("%s is too short: write %s or more", s, short(least))
		}
		if err == nil && d > most {
			err = fmt.Errorf("%s is too long: write %s or less", s, short(most))
		}
		return d, err
	})
}

var (
	durationForm = regexp.MustCompile(durationPattern)
	segment      = regexp.MustCompile(`([0-9.]+)([a-zµ]+)`)
)

func parseDuration(s string) (time.Duration, error) {
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return 0, fmt.Errorf("%q has no unit: write %ss, %sm or %sh", s, s, s, s)
	}
	if strings.HasPrefix(s, "-") {
		return 0, fmt.Errorf("%q is negative: write %s", s, s[1:])
	}
	if !durationForm.MatchString(s) {
		return 0, fmt.Errorf("%q is not a duration: write it like 90s, 45m, 1h30m, 7d or 1y", s)
	}
	var sum float64
	units := map[string]time.Duration{"d": 24 * time.Hour, "y": 365 * 24 * time.Hour, "h": time.Hour, "m": time.Minute,
		"s": time.Second, "ms": time.Millisecond, "us": time.Microsecond, "µs": time.Microsecond, "ns": 1}
	for _, m := range segment.FindAllStringSubmatch(s, -1) {
		n, _ := strconv.ParseFloat(m[1], 64)
		sum += n * float64(units[m[2]])
	}
	if sum > 100*float64(units["y"]) {
		return 0, fmt.Errorf("%s is too long: 100y is the most", s)
	}
	return time.Duration(math.Round(sum)), nil
}

// size is a number of bytes; its value is an int64. KB and KiB are both 1024 bytes.
func size(such string) word {
	form := regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(B|KB|MB|GB|KiB|MiB|GiB)$`)
	units := map[string]float64{"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
	return parsed("a size", such, `^[0-9]+(\.[0-9]+)?(B|KB|MB|GB|KiB|MiB|GiB)$`, func(s string) (any, error) {
		m := form.FindStringSubmatch(s)
		if m == nil {
			return nil, fmt.Errorf("%q is not a size: write a number and B, KB, MB, GB, KiB, MiB or GiB, like %s", s, such)
		}
		n, _ := strconv.ParseFloat(m[1], 64)
		n *= units[m[2]]
		if n < 1<<10 || n > 1<<30 {
			return nil, fmt.Errorf("%s is out of bounds: write a size from 1KB to 1GB, like %s", s, such)
		}
		return int64(n), nil
	})
}

// cidr is a range of IP addresses; its value is the text.
func cidr() word {
	return parsed("a range of addresses", "10.20.0.0/16", `^[0-9a-fA-F:.]+/[0-9]+$`, func(s string) (any, error) {
		p, err := netip.ParsePrefix(s)
		if err == nil && p != p.Masked() {
			return nil, fmt.Errorf("%s is an address within its range: write %s", s, p.Masked())
		}
		if a, alone := netip.ParseAddr(s); err != nil && alone == nil && a.Zone() == "" {
			return nil, fmt.Errorf("%s is a single address: write %s/%d", s, s, a.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("%q is not a range of IP addresses: write it like 10.20.0.0/16 or fd00:20::/32", s)
		}
		return s, nil
	})
}

// expression is RE2; its value is the compiled expression.
func expression(such string) word {
	return parsed("a regular expression", quoted(such), `.`, func(s string) (any, error) {
		if len(s) > 1000 {
			return nil, fmt.Errorf("the expression is %d bytes long, 1000 are the most: split it into several", len(s))
		}
		re, err := regexp.Compile(s)
		if err != nil {
			return nil, broken(s, err)
		}
		if re.MatchString("") {
			return nil, fmt.Errorf("%q matches every text: write what must be there", s)
		}
		return re, nil
	})
}

func broken(s string, err error) error {
	var se *syntax.Error
	if errors.As(err, &se) && strings.HasPrefix(se.Expr, "(?") {
		return fmt.Errorf("%q is not a regular expression as RE2 knows them, which cannot look ahead or back (%s): write another condition, or not: {title: …}", s, se.Expr)
	}
	return fmt.Errorf("%q is not a regular expression (%s): put a backslash before any of ()[]{}*+?.|^$ that stands for itself", s, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
}

// path is the beginning of the path of an item's link.
func path() word {
	return parsed("a path", "/xwzx/", `^/`, func(s string) (any, error) {
		if u, err := url.Parse(s); err == nil && u.Host != "" {
			return nil, fmt.Errorf("%q is a whole address, but the path alone is compared: write %s", s, cmp.Or(u.Path, "/"))
		}
		if !strings.HasPrefix(s, "/") {
			return nil, fmt.Errorf("%q does not begin with a slash: write /%s", s, s)
		}
		return s, nil
	})
}

// colour is a CSS colour; it goes into styles, so only hexadecimal ones are let through.
func colour() word {
	return parsed("a colour in hexadecimal", `"#c8102e"`, `^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`, nil)
}
