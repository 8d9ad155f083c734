package parse

import "strings"

// own is the prefix under which the elements of RSS, Atom and CDF are spelled.
const own = "f"

// vocabularies are the namespaces that matter, in lower case without what they end in; others
// keep the prefix of the document.
var vocabularies = map[string]string{
	"http://purl.org/rss/1.0":                                        own,
	"http://my.netscape.com/rdf/simple/0.9":                          own,
	"http://channel.netscape.com/rdf/simple/0.9":                     own,
	"http://my.netscape.com/publish/formats/rss-0.91.dtd":            own,
	"http://purl.org/net/rss1.1":                                     own,
	"http://backend.userland.com/rss":                                own,
	"http://backend.userland.com/rss2":                               own,
	"http://backend.userland.com/rss091":                             own,
	"http://backend.userland.com/rss092":                             own,
	"http://blogs.law.harvard.edu/tech/rss":                          own,
	"http://cyber.law.harvard.edu/rss/rss.html":                      own,
	"http://www.w3.org/2005/atom":                                    own,
	"http://purl.org/atom/ns":                                        own,
	"http://purl.org/rss/1.0/modules/content":                        own, // content:encoded
	"http://www.w3.org/1999/xhtml":                                   "xhtml",
	"http://purl.org/dc/elements/1.1":                                "dc",
	"http://purl.org/dc/elements/1.0":                                "dc",
	"http://purl.org/dc/terms":                                       "dcterms",
	"http://search.yahoo.com/mrss":                                   "media",
	"http://video.search.yahoo.com/mrss":                             "media",
	"http://www.itunes.com/dtds/podcast-1.0.dtd":                     "itunes",
	"http://example.com/dtds/podcast-1.0.dtd":                        "itunes",
	"http://www.w3.org/1999/02/22-rdf-syntax-ns":                     "rdf",
	"http://webns.net/mvcb":                                          "admin",
	"http://www.georss.org/georss":                                   "georss",
	"http://purl.org/rss/1.0/modules/syndication":                    "sy",
	"http://rssnamespace.org/feedburner/ext/1.0":                     "feedburner",
	"http://purl.org/rss/1.0/modules/threading":                      "thr",
	"http://purl.org/syndication/thread/1.0":                         "thr",
	"http://wellformedweb.org/commentapi":                            "wfw",
	"http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativecommons",
	"http://backend.userland.com/creativecommonsrssmodule":           "creativecommons",
}

// vocabulary names the prefix that a namespace is spelled with.
func vocabulary(uri, prefix string) string {
	uri = strings.TrimRight(strings.ToLower(strings.TrimSpace(uri)), "/#")
	if v, ok := vocabularies[uri]; ok {
		return v
	}
	switch prefix = strings.ToLower(prefix); prefix {
	case "", "atom", "rss", "rss1", "atom10", "atom03", "content", "a10":
		return own
	}
	return prefix
}

// texts are the elements that may hold markup, escaped or as it is.
var texts = map[name]bool{
	{own, "title"}: true, {own, "subtitle"}: true, {own, "tagline"}: true, {own, "summary"}: true,
	{own, "description"}: true, {own, "abstract"}: true, {own, "content"}: true, {own, "rights"}: true,
	{own, "copyright"}: true, {own, "info"}: true, {own, "encoded"}: true, {own, "body"}: true, {own, "fullitem"}: true,
	{"xhtml", "body"}: true, {"xhtml", "div"}: true, {"dc", "description"}: true, {"dc", "title"}: true, {"dc", "rights"}: true,
	{"itunes", "summary"}: true, {"media", "text"}: true, {"media", "description"}: true, {"media", "title"}: true,
	{"dcterms", "abstract"}: true,
}

// closed are elements of an entry that hold no other of these: where one begins inside
// another, an end tag is missing.
var closed = map[string]bool{
	"title": true, "link": true, "guid": true, "id": true, "pubdate": true, "published": true, "updated": true,
	"issued": true, "modified": true, "comments": true, "category": true, "enclosure": true, "description": true,
	"summary": true, "content": true, "encoded": true, "author": true,
}

// leaves are those of them that hold text only.
var leaves = map[string]bool{
	"link": true, "guid": true, "id": true, "pubdate": true, "published": true, "updated": true, "issued": true,
	"modified": true, "comments": true, "category": true, "enclosure": true, "language": true, "ttl": true,
}
