package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"civicfeed/models"
)

// address reads an address that may be asked for: http or https, with a host, and without its
// fragment, which is nobody's business but the reader's. What cannot stand in a request line is
// percent-encoded; nothing else changes.
func address(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, models.Fail(models.ErrBlocked, "its address cannot be read: %w", reason(err))
	}
	return admit(u)
}

func admit(u *url.URL) (*url.URL, error) {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, models.Fail(models.ErrBlocked, "%q is not a scheme that is fetched: write http:// or https://", clip(u.Scheme))
	case u.Hostname() == "":
		return nil, models.Fail(models.ErrBlocked, "its address names no host")
	case looksNumeric(u.Hostname()):
		return nil, models.Fail(models.ErrBlocked, "%q is an obscure way to write an address: write four decimal numbers", clip(u.Hostname()))
	}
	u.Fragment, u.RawFragment = "", ""
	u.RawQuery = escapeQuery(u.RawQuery)
	return u, nil
}

// looksNumeric finds hosts like 2130706433, 0x7f.1 or 0177.0.0.1, which some resolvers take for
// IPv4 addresses and others for names.
func looksNumeric(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	host = strings.TrimSuffix(host, ".")
	last := strings.ToLower(host[strings.LastIndexByte(host, '.')+1:])
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}

func escapeQuery(q string) string {
	bad := func(b byte) bool { return b <= ' ' || b >= 0x7f || b == '"' || b == '<' || b == '>' }
	if !slices.ContainsFunc([]byte(q), bad) {
		return q
	}
	var s strings.Builder
	for i := range len(q) {
		if b := q[i]; bad(b) {
			fmt.Fprintf(&s, "%%%02X", b)
		} else {
			s.WriteByte(b)
		}
	}
	return s.String()
}

// redirects tells the statuses that send a GET elsewhere (RFC 9110 section 15.4).
func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// redirect judges where an answer sends us: not back, not too far, never from https to http, and
// with our credentials only while the host stays the same. trail holds the addresses asked so far.
func redirect(from *url.URL, location string, trail []string) (*url.URL, error) {
	if len(trail) > maxRedirects {
		return nil, models.Fail(models.ErrHTTP5xx, "more than %d redirects, the last to %s", maxRedirects, clip(redact(location)))
	}
	to, err := from.Parse(location)
	if err != nil {
		return nil, models.Fail(models.ErrBlocked, "redirected to an address that cannot be read: %w", reason(err))
	}
	to.User = nil
	if strings.EqualFold(to.Host, from.Host) {
		to.User = from.User
	}
	if to, err = admit(to); err != nil {
		return nil, fmt.Errorf("redirected to %s: %w", clip(redact(location)), err)
	}
	if from.Scheme == "https" && to.Scheme == "http" {
		return nil, models.Fail(models.ErrBlocked, "redirected from https to %s, where anybody could change it on the way: refused", clip(public(to)))
	}
	if slices.Contains(trail, to.String()) {
		return nil, models.Fail(models.ErrHTTP5xx, "redirected in a circle, back to %s", clip(public(to)))
	}
	return to, nil
}

// redact writes an address without credentials, for people and logs.
func redact(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		if at := strings.LastIndexByte(raw, '@'); at >= 0 {
			raw = "…" + raw[at:]
		}
		return fmt.Sprintf("%q", raw)
	}
	return public(u)
}

// public is an address without credentials.
func public(u *url.URL) string {
	plain := *u
	plain.User = nil
	return plain.String()
}

// reason takes the address out of an error of net/url: it may hold a password.
func reason(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// clip shortens outside text in a sentence.
func clip(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
