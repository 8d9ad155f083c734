package decode

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"civicfeed/models"
)

// root is where the root element begins.
type root struct {
	at      int
	skipped int    // bytes before it that do not belong into a prologue
	subset  []byte // internal subset of the document type
}

// declare puts a declaration of UTF-8 before the root element, in place of all that was there.
func (r root) declare(b []byte) []byte {
	out := make([]byte, 0, len(declaration)+len(b)-r.at)
	return append(append(out, declaration...), r.expand(b[r.at:])...)
}

var (
	feedRoot = regexp.MustCompile(`<(?:[A-Za-z_][\w.-]*:)?(?:rss|RSS|Rss|rdf|RDF|feed|Feed|channel|CHANNEL|Channel|entry)[\s>/]`)
	pageRoot = regexp.MustCompile(`(?i)<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]`)
	title    = regexp.MustCompile(`(?is)<title[^>]*>(.{0,500}?)</title`)
	login    = regexp.MustCompile(`(?i)<input[^>]+type\s*=\s*["']?password`)
	jsonFeed = regexp.MustCompile(`\{\s*"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org`)
	element  = regexp.MustCompile(`^<([^\s/>]+)`)
)

// searched bounds how far a root element, and the marks of a page, are looked for, in bytes.
const searched = 64 << 10

// findRoot passes over the prologue, and over what a server spilled before it, to the root
// element of a feed. It refuses documents that have none.
func findRoot(b []byte) (root, error) {
	r := root{}
	at := r.prologue(b)
	if feedAt(b[at:]) {
		r.at = at
		return r, nil
	}
	found := feedRoot.FindIndex(b[at:min(len(b), at+searched)])
	if found == nil {
		return r, refuse(b, at)
	}
	page := pageRoot.FindIndex(b[:at+found[1]])
	if page != nil && page[0] < at+found[0] {
		return r, refuse(b, at)
	}
	if _, known := stranger(b[at:]); known {
		return r, refuse(b, at)
	}
	r.at, r.skipped = at+found[0], found[0]
	return r, nil
}

// jsonRoot finds where a JSON Feed begins behind what a server spilled before it; 0: nowhere.
func jsonRoot(b []byte) int {
	b = b[:min(len(b), searched)]
	if b[0] == '{' || b[0] == '[' {
		return 0
	}
	at := jsonFeed.FindIndex(b)
	if at == nil || pageRoot.Match(b[:at[0]]) || feedRoot.Match(b[:at[0]]) {
		return 0
	}
	return at[0]
}

func feedAt(b []byte) bool {
	m := feedRoot.FindIndex(b[:min(len(b), 200)])
	return m != nil && m[0] == 0
}

// prologue passes over declaration, comments, instructions and document type.
func (r *root) prologue(b []byte) int {
	rest := b
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		var next []byte
		switch {
		case bytes.HasPrefix(rest, []byte("<?")):
			next = after(rest, "?>")
		case bytes.HasPrefix(rest, []byte("<!--")):
			next = after(rest, "-->")
		case bytes.HasPrefix(rest, []byte("<!")):
			next = afterDoctype(rest)
			r.subset = rest[:len(rest)-len(next)]
		}
		if len(next) == 0 {
			return len(b) - len(rest)
		}
		rest = next
	}
}

// after gives what follows the mark, or nothing when it never comes.
func after(b []byte, mark string) []byte {
	i := bytes.Index(b, []byte(mark))
	if i < 0 {
		return nil
	}
	return b[i+len(mark):]
}

// afterDoctype gives what follows a declaration, its internal subset included.
func afterDoctype(b []byte) []byte {
	subset := 0
	for i, c := range b {
		switch {
		case c == '[':
			subset++
		case c == ']':
			subset--
		case c == '>' && subset <= 0:
			return b[i+1:]
		}
	}
	return nil
}

var entity = regexp.MustCompile(`<!ENTITY\s+([A-Za-z][\w.-]{0,63})\s+(?:"([^"&%<]{0,200})"|'([^'&%<]{0,200})')\s*>`)

// maxExpansion bounds what the entities of a document type may add, in bytes.
const maxExpansion = 1 << 20

// expand puts the plain texts that the document type declares in place of their references.
// All other entities stay as they are: external ones, and those made of others.
func (r root) expand(b []byte) []byte {
	for _, m := range entity.FindAllSubmatch(r.subset, 20) {
		name, text := []byte("&"+string(m[1])+";"), append(m[2], m[3]...)
		if bytes.Count(b, name)*len(text) <= maxExpansion {
			b = bytes.ReplaceAll(b, name, text)
		}
	}
	return b
}

// refuse says what the document is, when it is no feed.
func refuse(b []byte, at int) error {
	if name, ok := stranger(b[at:]); ok {
		return models.Fail(models.ErrNotAFeed, "not a feed: %s", name)
	}
	if pageRoot.Match(b[:min(len(b), searched)]) || !bytes.HasPrefix(b[at:], []byte("<")) && bytes.Contains(b, []byte("</")) {
		return models.Fail(models.ErrNotAFeed, "not a feed: %s", page(b))
	}
	if m := element.FindSubmatch(b[at:]); m != nil {
		return models.Fail(models.ErrNotAFeed, "not a feed: XML whose root element is <%s>", excerpt(m[1]))
	}
	return models.Fail(models.ErrNotAFeed, "not a feed: neither XML nor JSON, but %q", excerpt(b[at:]))
}

func page(b []byte) string {
	what := "an HTML page"
	if login.Match(b[:min(len(b), searched)]) {
		what = "a login page"
	}
	if m := title.FindSubmatch(b[:min(len(b), searched)]); m != nil {
		if name := strings.TrimSpace(html.UnescapeString(excerpt(m[1]))); name != "" {
			what += ", titled “" + name + "”"
		}
	}
	return what
}

// stranger knows XML that is often given in place of a feed.
func stranger(b []byte) (string, bool) {
	m := element.FindSubmatch(b[:min(len(b), 200)])
	if m == nil {
		return "", false
	}
	_, local, found := strings.Cut(string(m[1]), ":")
	if !found {
		local = string(m[1])
	}
	switch strings.ToLower(local) {
	case "opml":
		return "an OPML subscription list", true
	case "urlset", "sitemapindex":
		return "a sitemap", true
	case "svg":
		return "a picture", true
	case "error", "errors":
		return "an error message in XML", true
	}
	return "", false
}

// excerpt shows the beginning of a document in one short line.
func excerpt(b []byte) string {
	r := []rune(string(bytes.Join(bytes.Fields(b[:min(len(b), 400)]), []byte(" "))))
	if len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return string(r)
}
