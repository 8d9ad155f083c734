package normalize

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// fate is what becomes of an element.
type fate int

const (
	keep   fate = iota
	unwrap      // it goes, what is in it stays
	remove
)

// mend makes an element's addresses absolute http(s) ones and puts its attributes in one order.
func (t *tree) mend(n *html.Node) fate {
	if blocks[n.Data] {
		n.Data, n.DataAtom = "div", atom.Div
	}
	old := n.Attr
	n.Attr = nil
	switch n.DataAtom {
	case atom.A:
		return t.link(n, old)
	case atom.Img:
		return t.picture(n, old)
	case atom.Video, atom.Audio:
		return t.film(n, old)
	case atom.Source:
		return t.film(n, old)
	case atom.Picture:
		return unwrap
	}
	for _, a := range old {
		if value, ok := t.attribute(a.Key, a.Val); ok {
			add(n, a.Key, value)
		}
	}
	return keep
}

// attribute cleans one of the attributes that carry no address of a file.
func (t *tree) attribute(key, value string) (string, bool) {
	switch key {
	case "lang":
		value = language(value)
		return value, value != ""
	case "dir":
		value = strings.ToLower(value)
		return value, value == "ltr" || value == "rtl" || value == "auto"
	case "cite":
		value = absolute(t.base, value)
		return value, value != ""
	case "colspan", "rowspan", "span":
		n, err := strconv.Atoi(value)
		return value, err == nil && n >= 0 && n <= 1000
	case "start", "value":
		n, err := strconv.Atoi(value)
		return value, err == nil && n > -100000 && n < 100000
	case "scope":
		return value, slices.Contains([]string{"row", "col", "rowgroup", "colgroup"}, value)
	case "type":
		return value, slices.Contains([]string{"1", "a", "A", "i", "I"}, value)
	case "reversed":
		return "", true
	}
	value = clip(fold(value), maxTitle) // title, datetime
	return value, value != ""
}

func (t *tree) link(n *html.Node, old []html.Attribute) fate {
	raw := get(old, "href")
	href := resource(t.base, raw)
	if href == "" {
		if href = contact(raw); href == "" {
			return unwrap
		}
	}
	add(n, "href", href)
	if title := clip(fold(get(old, "title")), maxTitle); title != "" {
		add(n, "title", title)
	}
	return keep
}

// contact is a mail address or a telephone number as a link writes it, without what a mail
// program would be made to fill in.
func contact(raw string) string {
	address, _, _ := strings.Cut(tidyAddress(raw), "?")
	scheme, rest, _ := strings.Cut(address, ":")
	switch scheme = strings.ToLower(scheme); {
	case len(rest) > 200, scheme == "mailto" && !mailbox.MatchString(rest), scheme == "tel" && !telephone.MatchString(rest):
		return ""
	case scheme != "mailto" && scheme != "tel":
		return ""
	}
	return scheme + ":" + rest
}

var (
	mailbox   = regexp.MustCompile(`^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)
	telephone = regexp.MustCompile(`^\+?[0-9][0-9().-]{1,30}$`)
)

// picture finds an image's true address. One without goes, and so do those that only count readers.
func (t *tree) picture(n *html.Node, old []html.Attribute) fate {
	src := t.source(old)
	width, height := pixels(get(old, "width")), pixels(get(old, "height"))
	if src == "" || width >= 0 && height >= 0 && width <= 1 && height <= 1 || counter(src) || unseen(old) {
		t.told.picture(old, t.base, "", "dropped: it has no address of the web, or is there to count readers")
		return remove
	}
	t.told.picture(old, t.base, src, "made real: the page loads it later, by a script")
	if t.image == "" {
		t.image = src
	}
	add(n, "src", src)
	add(n, "alt", clip(fold(get(old, "alt")), maxTitle))
	if title := clip(fold(get(old, "title")), maxTitle); title != "" {
		add(n, "title", title)
	}
	sized(n, width, height)
	add(n, "loading", "lazy")
	add(n, "referrerpolicy", "no-referrer")
	return keep
}

// unseen tells an image that no page would show: it is there to be fetched.
func unseen(attributes []html.Attribute) bool {
	for _, a := range attributes {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			style := strings.ToLower(squeeze(a.Val))
			if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") || tiny.MatchString(style) {
				return true
			}
		}
	}
	return false
}

var tiny = regexp.MustCompile(`(^|;)(width|height):[01](px)?(;|!|$)`)

// source is the address of an image: that of lazy loading, else its src, else the first of srcset.
func (t *tree) source(old []html.Attribute) string {
	for _, key := range lazySources {
		value := get(old, key)
		if value == "" || !strings.ContainsAny(value, "/.") {
			continue
		}
		if src := resource(t.base, value); src != "" {
			return src
		}
	}
	if src := resource(t.base, get(old, "src")); src != "" {
		return src
	}
	for _, key := range []string{"data-srcset", "srcset"} {
		if first := strings.Fields(get(old, key)); len(first) > 0 {
			if src := resource(t.base, strings.TrimRight(first[0], ",")); src != "" {
				return src
			}
		}
	}
	return ""
}

// counters are the hosts whose images are there to count readers, each with the beginning of the path.
var counters = []string{
	"://hm.baidu.com/hm.gif", "://pixel.wp.com/", "://stats.wordpress.com/", "://feeds.feedburner.com/~r/", "://feeds.feedburner.com/~ff/",
	"://www.google-analytics.com/", "://ssl.google-analytics.com/", "://b.scorecardresearch.com/", "://pixel.quantserve.com/",
	"://s4.cnzz.com/", "://da.feedsportal.com/", "://res.feedsportal.com/", "://rss.feedsportal.com/",
}

func counter(src string) bool {
	return slices.ContainsFunc(counters, func(c string) bool { return strings.Contains(src[:min(len(src), 80)], c) })
}

// film keeps audio, video and their sources.
func (t *tree) film(n *html.Node, old []html.Attribute) fate {
	src := resource(t.base, get(old, "src"))
	if n.DataAtom == atom.Source {
		if src == "" || n.Parent.DataAtom != atom.Video && n.Parent.DataAtom != atom.Audio {
			return remove
		}
		add(n, "src", src)
		if kind := mediaType(get(old, "type"), ""); kind != "" {
			add(n, "type", kind)
		}
		return keep
	}
	if src != "" {
		add(n, "src", src)
	} else if !t.sourced(n) {
		return unwrap
	}
	if poster := resource(t.base, get(old, "poster")); poster != "" {
		add(n, "poster", poster)
	}
	sized(n, pixels(get(old, "width")), pixels(get(old, "height")))
	add(n, "controls", "")
	add(n, "preload", "none")
	return keep
}

// sourced tells whether one of the children is a source that will stay.
func (t *tree) sourced(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Source && resource(t.base, get(c.Attr, "src")) != "" {
			return true
		}
	}
	return false
}

func sized(n *html.Node, width, height int) {
	if width > 0 {
		add(n, "width", strconv.Itoa(width))
	}
	if height > 0 {
		add(n, "height", strconv.Itoa(height))
	}
}

// pixels reads a width or height; -1 where it tells none.
func pixels(s string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(s), "px"))
	if err != nil || n < 0 || n > 20000 {
		return -1
	}
	return n
}

func get(attributes []html.Attribute, key string) string {
	for _, a := range attributes {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func add(n *html.Node, key, value string) {
	if get(n.Attr, key) == "" {
		n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value})
	}
}

// mediaType is a type as written where it has the form of one (RFC 6838 section 4.2), else what
// the address ends in.
func mediaType(written, address string) string {
	kind, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(written)), ";")
	kind = strings.TrimSpace(kind)
	major, minor, ok := strings.Cut(kind, "/")
	if ok && token(major) && token(minor) {
		return kind
	}
	end, _, _ := strings.Cut(address, "?")
	return extensions[strings.ToLower(path.Ext(end))]
}

func token(s string) bool {
	return s != "" && len(s) <= 127 && !strings.ContainsFunc(s, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.ContainsRune("!#$&^_.+-", c))
	})
}

// extensions tells the type of files that news come with.
var extensions = map[string]string{
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif",
	".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".wav": "audio/wav", ".mp4": "video/mp4", ".webm": "video/webm",
	".m3u8": "application/vnd.apple.mpegurl", ".pdf": "application/pdf", ".zip": "application/zip", ".rar": "application/vnd.rar",
	".doc": "application/msword", ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xls": "application/vnd.ms-excel", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".wps": "application/vnd.ms-works", ".ofd": "application/ofd", ".txt": "text/plain", ".ics": "text/calendar",
}
