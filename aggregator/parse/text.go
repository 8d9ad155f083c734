package parse

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode/utf8"

	ext "github.com/mmcdole/gofeed/extensions"
)

// text gives the first of the named texts that says anything.
func (t tree) text(names ...name) Text {
	n, ok := t.last(names...)
	if !ok {
		return Text{}
	}
	return readText(n)
}

// readText reads a text by what its attributes say: type of Atom 1.0 (RFC 4287 section 3.1),
// type and mode of Atom 0.3; RSS says nothing, and its descriptions are HTML.
func readText(n ext.Extension) Text {
	kind, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(attr(n, "type"))), ";")
	x := Text{Value: n.Value, Base: n.Attrs[baseAttr]}
	if isBase64(kind, strings.ToLower(attr(n, "mode"))) {
		if decoded, ok := fromBase64(x.Value); ok {
			x.Value = decoded
		}
	}
	switch {
	case strings.Contains(kind, "xhtml"):
		x.HTML, x.Value = true, unwrap(x.Value)
	case strings.HasSuffix(kind, "html"), strings.HasSuffix(kind, "xml"):
		x.HTML = true
		if attr(n, "mode") == "xml" {
			x.Value = unwrap(x.Value)
		}
	case kind == "text", kind == "text/plain" && attr(n, "mode") == "":
	case kind == "" && markupByHabit[strings.ToLower(n.Name)]:
		x.HTML = true
	default:
		x.HTML = looksLikeHTML(x.Value)
	}
	return x
}

// markupByHabit are elements whose text is HTML though nothing says so.
var markupByHabit = map[string]bool{"description": true, "encoded": true, "body": true, "fullitem": true, "div": true}

func isBase64(kind, mode string) bool {
	if mode != "" {
		return mode == "base64"
	}
	return strings.Contains(kind, "/") && !strings.HasPrefix(kind, "text/") && !strings.HasSuffix(kind, "xml")
}

// fromBase64 gives the text that base64 hides, not bytes that are none.
func fromBase64(s string) (string, bool) {
	decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil || !utf8.Valid(decoded) {
		return "", false
	}
	return strings.TrimSpace(string(decoded)), true
}

var (
	divTag = regexp.MustCompile(`(?i)<(/?)div(?:\s[^>]*)?>`)
	hint   = regexp.MustCompile(`</[A-Za-z]\w*\s*>|<(?:br|img|hr|p|a)\b[^<>]*>|&(?:#\w+|[A-Za-z]\w+);`)
	anyTag = regexp.MustCompile(`<(/?[A-Za-z][\w-]*)[^<>]*>`)
)

// unwrap takes off the div that wraps XHTML in Atom (RFC 4287 section 3.1.1.3).
func unwrap(s string) string {
	tags := divTag.FindAllStringSubmatchIndex(s, -1)
	if len(tags) < 2 || tags[0][0] != 0 || tags[len(tags)-1][1] != len(s) {
		return s
	}
	depth := 0
	for i, t := range tags {
		if t[2] == t[3] {
			depth++
		} else {
			depth--
		}
		if depth == 0 && i < len(tags)-1 {
			return s
		}
	}
	return strings.TrimSpace(s[tags[0][1]:tags[len(tags)-1][0]])
}

// looksLikeHTML tells that a text of unknown kind is meant as markup: it has an end tag or an
// entity, and no tag that HTML lacks.
func looksLikeHTML(s string) bool {
	if !strings.ContainsAny(s, "<&") || !hint.MatchString(s) {
		return false
	}
	for _, m := range anyTag.FindAllStringSubmatch(s, -1) {
		if !inline[strings.ToLower(strings.TrimPrefix(m[1], "/"))] {
			return false
		}
	}
	return true
}

// inline are elements that people write in titles and summaries.
var inline = func() map[string]bool {
	set := map[string]bool{}
	for _, n := range strings.Fields("a abbr acronym b bdo big blockquote br center cite code dd del dfn div dl dt em figure figcaption font " +
		"h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rb rp rt ruby s samp section small span strike strong sub sup table " +
		"tbody td tfoot th thead time tr tt u ul var video audio source") {
		set[n] = true
	}
	return set
}()
