package normalize

import (
	"strings"

	"github.com/microcosm-cc/bluemonday"
)

// policy is what may stay of HTML from outside: the elements that news is written with, and of
// their attributes those that carry meaning. Addresses pass it unread: the tree behind it is
// where they become absolute http(s) ones or go. It is safe for concurrent use.
var policy = newPolicy()

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowNoAttrs().OnElements(strings.Fields(`p br hr div section article aside header footer main nav address hgroup center
		h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr td th figure figcaption picture
		blockquote pre code kbd samp var tt b i em strong sub sup u s strike del ins small big mark cite q dfn abbr time bdi bdo
		ruby rt rp rb rtc details summary a img audio video source wbr`)...)
	p.AllowAttrs("lang", "dir").Globally()
	p.AllowAttrs("href", "title").OnElements("a")
	p.AllowAttrs(append(lazySources, "src", "srcset", "data-srcset", "alt", "title", "width", "height", "style", "hidden")...).OnElements("img")
	p.AllowAttrs("src", "poster", "width", "height").OnElements("video")
	p.AllowAttrs("src").OnElements("audio")
	p.AllowAttrs("src", "type").OnElements("source")
	p.AllowAttrs("colspan", "rowspan", "scope").OnElements("td", "th")
	p.AllowAttrs("span").OnElements("col", "colgroup")
	p.AllowAttrs("start", "type", "reversed").OnElements("ol")
	p.AllowAttrs("value").OnElements("li")
	p.AllowAttrs("cite").OnElements("blockquote", "q", "del", "ins")
	p.AllowAttrs("datetime").OnElements("time", "del", "ins")
	p.AllowAttrs("title").OnElements("abbr", "dfn")
	p.SkipElementsContent("title", "template", "svg", "textarea", "select", "applet", "xmp")
	p.AllowElementsContent("frame", "frameset", "object", "nostyle") // their end tags are often missing, and all would be skipped
	return p
}

// lazySources are the attributes in which pages that load images late keep the true address,
// the most telling first.
var lazySources = []string{
	"data-original", "data-src", "data-lazy-src", "data-actualsrc", "data-original-src", "data-url", "data-echo",
	"data-lazy", "data-hi-res-src", "zoomfile", "file", "_src", "original", "oldsrc",
}

// blocks are the elements that stand in lines of their own. Those that are true are written as
// div: they mean nothing to a reader of feeds.
var blocks = map[string]bool{
	"p": false, "div": false, "section": true, "article": true, "aside": true, "header": true, "footer": true, "main": true,
	"nav": true, "address": true, "hgroup": true, "center": true, "h1": false, "h2": false, "h3": false, "h4": false,
	"h5": false, "h6": false, "ul": false, "ol": false, "li": false, "dl": false, "dt": false, "dd": false, "table": false,
	"caption": false, "tr": false, "figure": false, "figcaption": false, "blockquote": false, "pre": false, "hr": false,
	"details": false, "summary": false,
}
