package render

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// address is an absolute http or https address without credentials, written in ASCII but for its
// host (RFC 3987 section 3.1); anything else becomes empty, and so does one whose host no name
// server could know.
func address(s string) string {
	s = strings.TrimSpace(s)
	if ordinary(s) {
		return s
	}
	if !isLegal(s) {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !resolvable(u.Hostname()) {
		return ""
	}
	return u.Scheme + "://" + strings.TrimSuffix(u.Host, ":") + percent(behind(s))
}

// behind is what follows the host in an address: path, query and fragment.
func behind(s string) string {
	rest := s[strings.Index(s, "//")+2:]
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		return rest[i:]
	}
	return ""
}

// ordinary tells quickly of most addresses that nothing about them needs a closer look.
func ordinary(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://")
	}
	host := strings.IndexByte(rest, '/')
	if host < 0 {
		host = len(rest)
	}
	if !ok || !named(rest[:host]) {
		return false
	}
	for i := host; i < len(rest); i++ {
		if c := rest[i]; !isAlphanumeric(c) && strings.IndexByte("/._-?=&#~:;,+@!", c) < 0 {
			return false
		}
	}
	return true
}

// named tells whether a host is a name in ASCII whose parts are neither empty nor too long (RFC 1035
// section 2.3.4). Underscores are in use.
func named(host string) bool {
	part := 0
	for i := range len(host) {
		switch c := host[i]; {
		case c == '.' && part > 0:
			part = 0
		case (c == '-' || c == '_' || isAlphanumeric(c)) && part < 63:
			part++
		default:
			return false
		}
	}
	return host != "" && len(host) <= 254
}

// resolvable tells whether a host is a name, in any script, or an address of IPv4 or IPv6.
func resolvable(host string) bool {
	if named(host) {
		return true
	}
	if strings.IndexFunc(host, unhosted) >= 0 {
		return false
	}
	if _, err := hosts.ToASCII(host); err == nil {
		return true
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}

// hosts writes names of hosts in ASCII, as browsers do (UTS 46, not transitional), and refuses those
// that have no such form.
var hosts = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false), idna.VerifyDNSLength(true))

// uri is an address with its host in ASCII too, and never without a path: RSS and Media RSS have URLs.
func uri(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	path := behind(s)
	host := rest[:len(rest)-len(path)]
	if path != "" && path[0] != '/' {
		path = "/" + path
	}
	if strings.IndexFunc(host, func(r rune) bool { return r >= 0x7f }) >= 0 {
		name, port := host, ""
		if i := strings.LastIndexByte(host, ':'); i >= 0 {
			name, port = host[:i], host[i:]
		}
		if ascii, err := hosts.ToASCII(name); err == nil {
			host = ascii + port
		}
	}
	return scheme + "://" + host + path
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func unlinkable(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"<>[]\\^`{|}", r)
}

func unhosted(r rune) bool { return r < 0x7f && unlinkable(r) || illegal(r) || unicode.IsSpace(r) }

func percent(s string) string {
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, 3*len(s))
	for i := range len(s) {
		if c := s[i]; unlinkable(rune(c)) {
			b = append(b, '%', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}

// relative is an address that is relative to one that nobody told; anything else becomes empty.
func relative(s string) string {
	u, err := url.Parse(s)
	if err != nil || !isLegal(s) || u.Scheme != "" || u.Host != "" || u.Opaque != "" || strings.HasPrefix(s, "//") {
		return ""
	}
	return percent(s)
}

// identifier tells whether s may stand where a format wants an absolute URI, in the form that its
// scheme wants: those of web addresses, URNs (RFC 2141), UUIDs (RFC 4122) and tags (RFC 4151).
func identifier(s string) bool {
	u, err := url.Parse(s)
	if err != nil || strings.IndexFunc(s, unlinkable) >= 0 {
		return false
	}
	switch u.Scheme {
	case "http", "https":
		return address(s) != ""
	case "urn":
		if len(s) >= 9 && strings.EqualFold(s[4:9], "uuid:") {
			return uuid.MatchString(s[9:])
		}
		return urn.MatchString(s[4:])
	case "tag":
		return tag.MatchString(s[4:])
	}
	return u.Scheme != "" && (u.Opaque != "" || u.Host != "")
}

var (
	uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	urn  = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-]{1,31}:([a-zA-Z0-9()+,.:=@;$_!*'-]|%[0-9a-fA-F]{2})+$`)
	tag  = regexp.MustCompile(`^([a-z0-9._-]+@)?[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[^#]*(#[^#]*)?$`)
)
