package render

import (
	"strconv"
	"time"

	"civicfeed/models"

	"github.com/gorilla/feeds"
)

func rssFormat() Format {
	return Format{
		Suffix: "rss", Name: "RSS", MediaType: "application/rss+xml", Also: []string{"application/xml", "text/xml"},
		Order: models.ByListed, Feed: true, Styled: true, Archives: true,
		Render: RSS, Check: CheckRSS,
	}
}

// RSS writes a page as RSS 2.0 (www.rssboard.org/rss-specification, with the advice of its
// profile), with Dublin Core, content, Atom links and Media RSS.
func RSS(p *Page) (Body, error) { return rssScript().write(p) }

func rssScript() *script {
	return &script{
		Format: rssFormat(), head: (*edition).rss, seam: before("\n  </channel>"),
		entry: func(e *record) ([]byte, error) { return element(e.rss(), 2, e.size()) },
		least: `<rss version="2.0" xmlns:content="` + nsContent + `" xmlns:atom="` + nsAtom + `" xmlns:dc="` + nsDC + `" xmlns:media="` + nsMedia +
			`"><channel><title>-</title><link>http://-/</link><description>-</description><atom:link rel="self" href="http://-/"/>` + "\n  </channel></rss>",
	}
}

// The library's structs carry the plain parts; a field of ours shadows theirs of the same name
// where that falls short.
type rssDocument struct {
	feeds.RssFeedXml
	Atom    string      `xml:"xmlns:atom,attr"`
	DC      string      `xml:"xmlns:dc,attr"`
	Media   string      `xml:"xmlns:media,attr"`
	History string      `xml:"xmlns:fh,attr,omitempty"` // of archives (RFC 5005)
	Channel *rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       plain  `xml:"title"`
	Link        string `xml:"link"`
	Description plain  `xml:"description"`
	feeds.RssFeed
	More []byte `xml:",innerxml"`
}

type rssItem struct {
	Title plain `xml:"title"`
	feeds.RssItem
	Description string `xml:"description,omitempty"`
	Content     *feeds.RssContent
	More        []byte `xml:",innerxml"`
}

// plain is text that is no HTML, where readers might think it is.
type plain struct {
	XML []byte `xml:",innerxml"`
}

// rss is the head.
func (ed *edition) rss() ([]byte, error) {
	ch := &rssChannel{
		Title: plain{escape(nil, ed.title)}, Link: uri(ed.home), Description: plain{escape(nil, ed.description)},
		RssFeed: feeds.RssFeed{
			Language:      ed.language,
			LastBuildDate: rfc822(ed.updated),
			Generator:     "civicfeed",
			Ttl:           int(TTL / time.Minute),
		},
	}
	more := within(1, 1<<10)
	more.add("atom:link", "", "rel", "self", "href", uri(ed.self("rss")), "type", "application/rss+xml")
	for _, r := range ed.relations("rss") {
		more.add("atom:link", "", "rel", r.rel, "href", uri(r.href), "type", "application/rss+xml")
	}
	root := rssDocument{
		RssFeedXml: feeds.RssFeedXml{Version: "2.0", ContentNamespace: nsContent},
		Atom:       nsAtom, DC: nsDC, Media: nsMedia, Channel: ch,
	}
	if ed.closed > 0 {
		more.add("fh:archive", "")
		root.History = nsHistory
	}
	ch.More = more.buf
	return document{ed.stylesheet(), root}.write()
}

func (e *record) rss() *rssItem {
	it := &rssItem{
		Title: plain{escape(nil, e.headline)},
		RssItem: feeds.RssItem{
			Link: uri(e.link), Comments: uri(e.comments),
			Guid:    &feeds.RssGuid{Id: e.id, IsPermaLink: "false"},
			PubDate: rfc822(e.published),
		},
		Description: markup(either(e.summary, e.text)),
	}
	if e.content != "" { // readers expect a description before it
		it.Description = either(it.Description, markup(e.headline))
		it.Content = &feeds.RssContent{Content: e.content}
	}
	if len(e.attached) > 0 {
		m := e.attached[0]
		it.Enclosure = &feeds.RssEnclosure{Url: uri(m.URL), Length: strconv.FormatInt(m.Length, 10), Type: m.Type}
	}
	more := within(2, 1<<10)
	e.rssPeople(more)
	e.rssPlaces(more)
	e.rssMedia(more)
	it.More = more.buf
	return it
}

func (e *record) rssPeople(x *elements) {
	for _, p := range e.authors {
		x.add("dc:creator", p.Name)
	}
	for _, p := range e.contributors {
		x.add("dc:contributor", p.Name)
	}
	x.optional("dc:source", e.credit)
	x.optional("dc:language", e.language)
	x.optional("dc:rights", e.rights)
}

// rssPlaces tells where the story belongs and where else it is to be found. Our headings have
// their address as domain, the source's own its scheme.
func (e *record) rssPlaces(x *elements) {
	for _, h := range e.sections {
		x.add("category", h.name, "domain", uri(h.url))
	}
	for _, h := range e.regions {
		x.add("category", h.name, "domain", uri(h.url))
	}
	for _, c := range e.categories {
		x.add("category", either(c.Label, c.Term), "domain", c.Scheme)
	}
	if s := e.source; s.url != "" && s.name != "" {
		x.add("source", s.name, "url", uri(s.url))
	}
	if e.page != e.link {
		x.add("atom:link", "", "rel", "related", "href", uri(e.page), "type", "text/html")
	}
	for _, c := range e.copies {
		x.add("atom:link", "", "rel", "related", "href", uri(c.url), "title", c.source)
	}
}

// rssMedia gives what is not the enclosure, of which there may be one.
func (e *record) rssMedia(x *elements) {
	for i, m := range e.attached {
		if i > 0 {
			x.add("media:content", "", "url", uri(m.URL), "type", m.Type, "fileSize", length(m.Length))
		}
	}
	for _, m := range e.inline {
		x.add("media:content", "", "url", uri(m.URL), "type", m.Type, "fileSize", length(m.Length))
	}
	if e.image != "" {
		x.add("media:thumbnail", "", "url", uri(e.image))
	}
}

// length writes a number of bytes; unknown becomes empty.
func length(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
