package fetch

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// accept lists what the program reads, best first, and takes anything rather than get a 406:
// many feeds call themselves text/html.
const accept = "application/atom+xml, application/rss+xml, application/feed+json, " +
	"application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"

// request is all that we ever put on the wire: a GET with these headers, those of the source's
// own settings, and no others. Validators go back byte for byte, and only what was received
// (RFC 9110 section 13.1).
func (t *trip) request(ctx context.Context, u *url.URL, atHome bool) *http.Request {
	header := http.Header{
		"User-Agent":      {t.agent},
		"Accept":          {accept},
		"Accept-Encoding": {"gzip"},
	}
	maps.Copy(header, t.pass.open)
	if atHome {
		maps.Copy(header, t.pass.closed)
	}
	v := t.validators
	if v.ETag != "" {
		header["If-None-Match"] = []string{v.ETag}
	}
	if v.LastModified != "" {
		header["If-Modified-Since"] = []string{v.LastModified}
	}
	r := (&http.Request{
		Method: http.MethodGet, URL: u, Host: u.Host, Header: header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if u.User != nil {
		password, _ := u.User.Password()
		r.SetBasicAuth(u.User.Username(), password)
	}
	return r
}

// userAgent is what feeds.yaml wants, else the program's name, version and contact, so that a
// publisher who is annoyed knows whom to write to.
func userAgent(wanted string, o Options) (string, error) {
	if wanted != "" {
		if !sendable(wanted) {
			return "", fmt.Errorf("network.user_agent %q: control characters cannot be sent: write it in one line", wanted)
		}
		return wanted, nil
	}
	agent := "civicfeed"
	if version := keep(o.Version, isTokenByte); version != "" {
		agent += "/" + version
	}
	if contact := keep(o.Contact, isCommentByte); contact != "" {
		agent += " (+" + contact + ")"
	}
	return agent, nil
}

func keep(s string, wanted func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if wanted(r) {
			return r
		}
		return -1
	}, s)
}

func isTokenByte(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-._+~", r)
}

func isCommentByte(r rune) bool { return r > ' ' && r < 0x7f && !strings.ContainsRune(`()\`, r) }

// sendable tells whether a header value can be sent as it is (RFC 9110 section 5.5).
func sendable(value string) bool {
	return !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}
