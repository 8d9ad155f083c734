package normalize

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxAddress is the length of the longest address kept, in bytes.
const maxAddress = 8192

// within resolves an xml:base, or the like, against the address around it. An address that
// cannot be one leaves what is around in force.
func within(around *url.URL, base string) *url.URL {
	if strings.TrimSpace(base) == "" {
		return around
	}
	u := resolve(around, base)
	if u == nil {
		return around
	}
	return u
}

// absolute makes an absolute http(s) address of one that may be relative to base. All others, and
// what is no address, become empty; relative ones stay so where no base is known. Default ports, credentials and tracking parameters are
// dropped; the host keeps its own script, path and query are percent-encoded as browsers do.
func absolute(base *url.URL, raw string) string {
	u := resolve(base, raw)
	if u == nil {
		return ""
	}
	u.RawQuery = untracked(u.RawQuery, trackers)
	if u.Fragment != "" && (strings.HasPrefix(u.Fragment, "xtor=") || strings.HasPrefix(u.Fragment, "utm_")) {
		u.Fragment, u.RawFragment = "", ""
	}
	return write(u)
}

// resource is absolute without the dropping of parameters: of files, and of links in a text,
// which are as their writer wanted them.
func resource(base *url.URL, raw string) string {
	u := resolve(base, raw)
	if u == nil {
		return ""
	}
	return write(u)
}

// resolve reads an address as browsers do (WHATWG URL), within what net/url can tell.
func resolve(base *url.URL, raw string) *url.URL {
	raw = tidyAddress(raw)
	if raw == "" || len(raw) > maxAddress {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil
	}
	if base != nil && !u.IsAbs() {
		u = base.ResolveReference(u)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme == "" && u.Host != "" {
		u.Scheme = "https"
	}
	if u.Scheme == "" && (base == nil || base.Scheme == "") && u.Opaque == "" {
		return u
	}
	if u.Scheme != "http" && u.Scheme != "https" || !validHost(u) {
		return nil
	}
	u.User = nil
	if u.Path == "" {
		u.Path = "/"
	}
	return u
}

func validHost(u *url.URL) bool {
	name, port := strings.ToLower(u.Hostname()), u.Port()
	if name == "" || strings.ContainsAny(name, "<>\"'\\^`{|}% ") || strings.ContainsFunc(name, hidden) {
		return false
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if port != "" && !(u.Scheme == "http" && port == "80") && !(u.Scheme == "https" && port == "443") {
		name += ":" + port
	}
	u.Host = name
	return true
}

// tidyAddress mends what browsers mend: white space and controls around and in it, backslashes,
// missing or too many slashes, per cent signs that escape nothing.
func tidyAddress(s string) string {
	if tidy(s) {
		return s
	}
	s = strings.TrimFunc(s, func(c rune) bool { return c <= ' ' || c == 0xA0 || c == 0x3000 || hidden(c) })
	if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c >= 0x7F && hidden(c) || c == utf8.RuneError }) {
		s = strings.Map(func(c rune) rune {
			if hidden(c) {
				return -1
			}
			return c
		}, strings.ToValidUTF8(s, ""))
	}
	for strings.Contains(s, "&amp;") {
		s = strings.ReplaceAll(s, "&amp;", "&")
	}
	path, query := s, ""
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		path, query = s[:i], s[i:]
	}
	path = strings.ReplaceAll(path, `\`, "/")
	for _, scheme := range []string{"http:", "https:"} {
		if len(path) > len(scheme) && strings.EqualFold(path[:len(scheme)], scheme) {
			path = scheme + "//" + strings.TrimLeft(path[len(scheme):], "/")
		}
	}
	if len(path) > 4 && strings.EqualFold(path[:4], "www.") && strings.Count(strings.SplitN(path, "/", 2)[0], ".") >= 2 {
		path = "http://" + path // a host, by a hand that left out the scheme
	}
	return strayPercents(path + query)
}

// tidy tells of most addresses that there is nothing to mend.
func tidy(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://")
	}
	if !ok && !strings.HasPrefix(s, "/") || strings.HasPrefix(rest, "/") && ok {
		return false
	}
	for i := range len(rest) {
		if c := rest[i]; c <= ' ' || c >= 0x7F || c == '\\' || c == '%' || c == '&' {
			return false
		}
	}
	return true
}

func strayPercents(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteByte(s[i])
		if s[i] == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])) {
			b.WriteString("25")
		}
	}
	return b.String()
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// write is u.String() but for the host, which it leaves in its own script, and the query, which
// it escapes.
func write(u *url.URL) string {
	var b strings.Builder
	if u.Scheme != "" {
		b.WriteString(u.Scheme + "://" + u.Host)
	}
	b.WriteString(u.EscapedPath())
	if u.RawQuery != "" {
		b.WriteByte('?')
		escape(&b, u.RawQuery)
	}
	if u.Fragment != "" {
		b.WriteByte('#')
		escape(&b, u.EscapedFragment())
	}
	if b.Len() > maxAddress {
		return ""
	}
	return b.String()
}

func escape(b *strings.Builder, s string) {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7F || strings.IndexByte("\"<>`", c) >= 0 {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		} else {
			b.WriteByte(c)
		}
	}
}

// trackers are the query parameters that tell where a reader came from and change nothing of the
// page; a name that ends in * stands for all that begin so. Sources: the documentation of Google
// Analytics and Ads, Meta, Microsoft, Yandex, Mailchimp, HubSpot, Matomo and AT Internet, Firefox's
// list of stripped parameters; for spm and scm Alibaba's, for hm* Baidu Tongji's.
var trackers = []string{
	"utm_*", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "_ga", "_gl", "fbclid", "fb_action_ids", "fb_source",
	"msclkid", "yclid", "_openstat", "mc_cid", "mc_eid", "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp", "hsctatracking",
	"mtm_*", "pk_campaign", "pk_kwd", "xtor", "at_medium", "at_campaign", "igshid", "igsh", "twclid", "ttclid", "li_fat_id",
	"mkt_tok", "oly_anon_id", "oly_enc_id", "vero_id", "wickedid", "__s", "spm", "scm", "hmsr", "hmpl", "hmcu", "hmkw", "hmci",
	"isappinstalled", "nsukey", "vd_source", "share_source", "share_medium",
}

// untracked drops the parameters of a query that a table names; the others stay as written.
func untracked(query string, table []string) string {
	if query == "" {
		return ""
	}
	parameters := strings.Split(query, "&")
	kept := slices.DeleteFunc(parameters, func(p string) bool {
		name, _, _ := strings.Cut(strings.ToLower(p), "=")
		return listed(name, table)
	})
	return strings.Join(kept, "&")
}
