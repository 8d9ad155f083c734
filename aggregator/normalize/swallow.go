package normalize

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// edit replaces a stretch of markup.
type edit struct {
	start, end int
	text       string
}

// maxOpenTags bounds the tags mended whose quotation mark is missing: to find one that nothing
// closes means reading to the end.
const maxOpenTags = 16

// unswallow mends markup in which something would be lost that people are meant to see. It takes
// out start tags that would make all that follows theirs: of elements written as empty,
// <iframe …/>, which HTML reads as open, and of those that never end. What a script or a style
// holds that never ends stays theirs: it is no text. A tag that ends nowhere because a quotation
// mark is missing gets it. Before a frame or a plug-in that shows a film stands a link to it, or the film.
func unswallow(s string, base *url.URL) string {
	var edits []edit
	open := map[string][]edit{}
	endless := 0
	for at := 0; ; {
		i := strings.IndexByte(s[at:], '<')
		if i < 0 {
			break
		}
		at += i + 1
		if strings.HasPrefix(s[at:], "!--") {
			at += past(s[at:], "-->")
			continue
		}
		name, ends := tagName(s[at:])
		if name == "" {
			continue
		}
		length, quote := tagLength(s[at:])
		if quote != 0 && endless < maxOpenTags {
			endless++
			if end := strings.IndexByte(s[at:], '>'); end >= 0 {
				edits = append(edits, edit{at + end, at + end, string(quote)})
				length = end + 1
			}
		}
		t := edit{start: at - 1, end: at + length}
		if !ends && (name == "iframe" || name == "embed") {
			edits = append(edits, edit{t.start, t.start, shown(name, s[t.start:t.end], base)})
		}
		at = t.end
		switch {
		case !swallowing[name]:
		case ends:
			open[name] = nil
		case strings.HasSuffix(s[t.start:t.end], "/>"):
			edits = append(edits, t)
		case name == "script" || name == "style":
			at += past(s[at:], "</"+name)
		default:
			open[name] = append(open[name], t)
		}
	}
	for _, tags := range open {
		edits = append(edits, tags...)
	}
	return edited(s, edits)
}

// past is where s goes on after the first end of something, in whatever case; where it has none, its length.
func past(s, end string) int {
	for at := 0; ; at++ {
		i := strings.IndexByte(s[at:], end[0])
		if at += i; i < 0 || len(s) < at+len(end) {
			return len(s)
		}
		if strings.EqualFold(s[at:at+len(end)], end) {
			return at + len(end)
		}
	}
}

func edited(s string, edits []edit) string {
	if len(edits) == 0 {
		return s
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return a.start - b.start })
	var b strings.Builder
	kept := 0
	for _, e := range edits {
		if e.start < kept {
			continue
		}
		b.WriteString(s[kept:e.start])
		b.WriteString(e.text)
		kept = e.end
	}
	return b.String() + s[kept:]
}

// players are where films lie that pages show in a frame.
var players = []string{
	"://player.bilibili.com/", "://v.qq.com/", "://player.youku.com/", "://open.iqiyi.com/", "://open.douyin.com/", "://www.ixigua.com/iframe/",
	"://www.youtube.com/embed/", "://www.youtube-nocookie.com/embed/", "://player.vimeo.com/", "://www.dailymotion.com/embed/",
}

// shown is what stands for a frame or a plug-in: the film itself where its address tells that it
// is one, a link to it where it is a player, else nothing.
func shown(name, tag string, base *url.URL) string {
	z := html.NewTokenizer(strings.NewReader(tag))
	z.Next()
	attributes := z.Token().Attr
	src := resource(base, get(attributes, "src"))
	if src == "" {
		return ""
	}
	address := html.EscapeString(src)
	switch kind, _, _ := strings.Cut(mediaType("", src), "/"); kind {
	case "video", "audio":
		return "<" + kind + ` src="` + address + `"></` + kind + ">"
	}
	if name != "iframe" || !slices.ContainsFunc(players, func(p string) bool { return strings.Contains(src[:min(len(src), 80)], p) }) {
		return ""
	}
	title := fold(get(attributes, "title"))
	if title == "" {
		_, title, _ = strings.Cut(src, "://")
		title, _, _ = strings.Cut(title, "/")
	}
	return `<a href="` + address + `">▶ ` + html.EscapeString(clip(title, maxTitle)) + "</a>"
}

// tagName is the name of the tag that begins with '<' and s.
func tagName(s string) (name string, ends bool) {
	s, ends = strings.CutPrefix(s, "/")
	n := 0
	for n < len(s) && n < 10 && (s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z') {
		n++
	}
	return strings.ToLower(s[:n]), ends
}

// tagLength is how far the tag that begins with '<' and s goes on, values in quotes passed over.
// Where a value never ends it is all, and the mark is told that is missing.
func tagLength(s string) (length int, missing byte) {
	var quote, previous byte
	for i := range len(s) {
		c := s[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '>':
			return i + 1, 0
		case (c == '"' || c == '\'') && previous == '=':
			quote = c
		}
		if c > ' ' {
			previous = c
		}
	}
	return len(s), quote
}

// swallowing are the elements whose content is no part of a text.
var swallowing = map[string]bool{
	"iframe": true, "script": true, "style": true, "textarea": true, "title": true, "noscript": true, "noembed": true,
	"noframes": true, "xmp": true, "svg": true, "template": true, "select": true, "applet": true,
}
