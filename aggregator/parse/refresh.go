package parse

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// refreshing is the content of <meta http-equiv=refresh>: seconds, and where to
// (https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-refresh).
var refreshing = regexp.MustCompile(`(?i)^\s*(\d{1,4})(?:\.\d*)?\s*[;,\s]\s*(?:url\s*=\s*)?["']?([^"']+)["']?\s*$`)

// Refresh is the address to which a page sends whoever opens it, as it stands there, within the
// seconds that nobody reads it for; empty: it sends nowhere.
func Refresh(text []byte) string {
	unscripted := 0                                                        // for those who run no scripts: another page than everybody sees
	z := html.NewTokenizer(bytes.NewReader(text[:min(len(text), 16<<10)])) // it stands at the head
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.EndTagToken:
			if name, _ := z.TagName(); atom.Lookup(name) == atom.Noscript {
				unscripted--
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if t.DataAtom == atom.Noscript {
				unscripted++
			}
			if to := refreshOf(&html.Node{Attr: t.Attr}); t.DataAtom == atom.Meta && unscripted <= 0 && to != "" {
				return to
			}
		}
	}
}

func refreshOf(n *html.Node) string {
	m := refreshing.FindStringSubmatch(attrOf(n, "content"))
	if m == nil || !strings.EqualFold(strings.TrimSpace(attrOf(n, "http-equiv")), "refresh") || len(m[2]) > maxAddress {
		return ""
	}
	if wait, _ := strconv.Atoi(m[1]); wait > 5 {
		return ""
	}
	return strings.TrimSpace(m[2])
}
