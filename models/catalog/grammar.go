package catalog

import (
	"time"

	"civicfeed/models"
)

// grammar is the whole of feeds.yaml: what stands where, what holds where it is left out, and what
// is still to come.
func grammar() *object {
	return &object{name: "file", says: "the file", keys: []key{
		{name: "site", is: site(), must: true, doc: "The city whose news this is, and who publishes it."},
		{name: "network", is: network(), doc: "How sources are fetched."},
		{name: "defaults", is: &object{name: "defaults", says: "defaults", keys: settings()}, doc: "Settings of all sources that say nothing else."},
		{name: "regions", is: list{of: region()}, also: []string{"places", "region"}, doc: "Places, as a tree."},
		{name: "sections", is: list{of: section()}, also: []string{"topics", "section"}, doc: "Headings under which news is republished, in the order shown."},
		{name: "sources", is: list{of: source(), least: 1}, must: true, also: []string{"feeds", "feed", "source"}, doc: "Where the news comes from."},
		{name: "rules", later: "apply rules to the whole site"},
		{name: "include", later: "read further files"},
		{name: "retention", later: "forget old items and visits"},
		{name: "alarms", later: "raise alarms"},
	}}
}

func site() *object {
	return &object{name: "site", says: "site", keys: []key{
		{name: "title", is: text("咸宁新闻汇"), must: true, also: []string{"name"}, doc: "The name of the site."},
		{name: "url", is: base(), also: []string{"base", "base_url", "address"}, doc: "The public address; every published link begins with it. Left out: the address the daemon listens on."},
		{name: "id", is: prefix(), doc: "The beginning of all published ids; needed once url is set. Never change it, or readers see everything again."},
		{name: "description", is: text("咸宁市、区、乡镇的新闻与通知"), doc: "A sentence about the site."},
		{name: "language", is: language(), def: "zh-CN", also: []string{"lang"}, doc: "The language of the site (BCP 47)."},
		{name: "timezone", is: zone(), def: models.DefaultZone, also: []string{"tz", "zone"}, doc: "For dates that name no zone, and for the days that pages show."},
		{name: "contact", is: text("editor@example.org"), also: []string{"email", "mail"}, doc: "Whom to write to."},
		{name: "footer", is: footer(), doc: "What the law or habit wants at the foot of a page."},
		{name: "theme", is: &object{name: "theme", says: "theme", keys: []key{
			{name: "color", is: colour(), also: []string{"colour"}, doc: "The colour of the site, in hexadecimal and in quotes."},
			{name: "logo", later: "show a logo"},
			{name: "large_type", later: "offer larger type"},
		}}, doc: "How the site looks."},
		{name: "embed", later: "embed views in other sites"},
		{name: "hub", later: "push to a hub"},
		{name: "webhooks", later: "call webhooks"},
	}}
}

func footer() *object {
	return &object{name: "footer", says: "footer", keys: []key{
		{name: "icp", is: text("鄂ICP备00000000号"), doc: "备案号."},
		{name: "police", is: text("鄂公网安备00000000000000号"), doc: "公安备案号."},
		{name: "site_code", is: text("4212000000"), doc: "政府网站标识码."},
		{name: "text", is: text("咸宁市融媒体中心"), doc: "A line of text."},
		{name: "links", is: list{of: &object{name: "link", says: "a link", keys: []key{
			{name: "title", is: text("网站地图"), must: true, also: []string{"name", "text"}, doc: "What is read."},
			{name: "url", is: address(), must: true, also: []string{"href", "link", "address"}, doc: "Where it leads."},
		}}}, doc: "Links at the foot of a page."},
	}}
}

func network() *object {
	return &object{name: "network", says: "network", keys: []key{
		{name: "per_host", is: &object{name: "per_host", says: "per_host", keys: []key{
			{name: "concurrency", is: number(1, 1, 16), def: "1", doc: "Requests at once to one host."},
			{name: "gap", is: duration("1s", 0, time.Hour), def: "1s", doc: "Time between the starts of two requests to one host."},
		}}, doc: "Politeness towards one host."},
		{name: "floor", is: duration("5m", 0, 30*24*time.Hour), def: "5m", doc: "No source is visited more often than this."},
		{name: "max_body", is: size("10MB"), def: "10MB", doc: "The longest document that is read, after decompression."},
		{name: "user_agent", is: text("civicfeed (+https://feeds.example.org/)"), doc: "How we name ourselves to sources."},
		{name: "allow", is: list{of: cidr()}, doc: "Intranet ranges that would otherwise be refused."},
		{name: "ports", is: list{of: number(443, 1, 65535), least: 1}, def: "[80, 443, 8080]", doc: "Ports that may be asked."},
		{name: "proxy", is: proxy(), doc: "What all requests go through."},
		{name: "ca_file", is: file("/etc/ssl/city.pem"), also: []string{"ca", "cafile"}, doc: "Certificates (PEM) that are trusted beside the system's."},
	}}
}

func region() *object {
	o := &object{name: "region", says: "a region"}
	o.keys = []key{
		{name: "key", is: name(aRegion), must: true, also: []string{"id", "slug"}, doc: "Its name in addresses."},
		{name: "name", is: text("咸安区"), must: true, also: []string{"title"}, doc: "Its name for people."},
		{name: "level", is: text("district"), doc: "Its rank: province, municipality, district, county, subdistrict, town, community, …"},
		{name: "code", is: text("421202"), doc: "The state's own number for it, in quotes."},
		{name: "aliases", is: list{of: text("咸安"), single: true}, also: []string{"alias"}, doc: "Other names for it."},
		{name: "was", is: list{of: former(aRegion), single: true}, doc: "Keys it had before; their addresses lead here."},
		{name: "regions", is: list{of: o}, also: []string{"children", "districts"}, doc: "The places within it."},
		{name: "needs_witness", later: "look for places in the text"},
	}
	return o
}

func section() *object {
	o := &object{name: "section", says: "a section"}
	o.keys = []key{
		{name: "key", is: name(aSection), must: true, also: []string{"id", "slug"}, doc: "Its name in addresses."},
		{name: "title", is: text("新闻聚焦"), must: true, also: []string{"name"}, doc: "The heading."},
		{name: "description", is: text("市委市政府要闻"), doc: "A sentence about it."},
		{name: "color", is: colour(), also: []string{"colour"}, doc: "Its colour, in hexadecimal and in quotes."},
		{name: "was", is: list{of: former(aSection), single: true}, doc: "Keys it had before; their addresses lead here."},
		{name: "sections", is: list{of: o}, doc: "The headings below it."},
		{name: "kind", is: choice("a kind of section", map[string]string{
			"notices": "treat notices in a way of their own", "alerts": "keep alerts first until they end",
		}, "news"), def: "news", doc: "What its items are."},
		{name: "match", is: list{of: rule()}, also: []string{"rules", "when"}, doc: "Which items belong here, wherever they come from: any line may match."},
	}
	return o
}

// rule is a line of match. All of its conditions must hold.
func rule() *object {
	many := func(s shape) shape { return list{of: s, least: 1, single: true} }
	o := &object{name: "rule", says: "a line of match", least: 1}
	o.keys = []key{
		{name: "category", is: many(text("新闻聚焦")), also: []string{"categories", "tag", "tags"}, doc: "The source's own category for the item."},
		{name: "path", is: many(path()), also: []string{"url", "link"}, doc: "How the path of the item's link begins."},
		{name: "credit", is: many(text("咸宁日报")), doc: "Whom the item names as its origin (来源)."},
		{name: "breadcrumb", is: many(text("新闻聚焦")), also: []string{"breadcrumbs", "crumb"}, doc: "A part of its page's breadcrumb (当前位置); its source reads articles."},
		{name: "column", is: many(text("砥砺奋进的五年")), also: []string{"columns"}, doc: "The site's own heading over the item (栏目), as its page tells it."},
		{name: "source", is: many(refer(aSource)), also: []string{"sources"}, doc: "The key of its source."},
		{name: "region", is: many(refer(aRegion)), also: []string{"regions"}, doc: "The key of a place it belongs to, or of one around that."},
		{name: "title", is: many(expression("^【砥砺奋进")), doc: "RE2 on the title."},
		{name: "text", is: many(expression("招聘|招考")), also: []string{"body", "content"}, doc: "RE2 on the text."},
		{name: "not", is: o, doc: "What must not hold."},
	}
	return o
}

func source() *object {
	return &object{name: "source", says: "a source", keys: append([]key{
		{name: "key", is: name(aSource), must: true, also: []string{"id", "slug"}, doc: "Its name in addresses. Never change it, or its items come again."},
		{name: "name", is: text("咸宁新闻网·新闻聚焦"), must: true, also: []string{"title"}, doc: "Its name for people."},
		{name: "url", is: address(), must: true, also: []string{"feed", "feed_url", "href", "link", "address", "rss"}, doc: "Where it is fetched."},
		{name: "headers", is: headers(), also: []string{"header"}, doc: "What its own host is sent besides; ${NAME} stands for an environment variable."},
		{name: "auth", is: auth(), also: []string{"login", "basic_auth", "credentials"}, doc: "Name and password, for its own host alone."},
	}, settings()...)}
}

// settings are what a source may say, and defaults for all of them.
func settings() []key {
	return []key{
		{name: "kind", is: choice("a kind of source", map[string]string{
			"opml": "read lists of sources",
		}, "feed", "page", "json", "sitemap"), def: "feed", also: []string{"type"}, doc: "What stands at its address: a feed, a page that lists articles, a list in JSON, or a sitemap."},
		{name: "site", is: address(), also: []string{"homepage", "home"}, doc: "Its home page. Left out: what the feed says."},
		{name: "region", is: refer(aRegion), also: []string{"regions", "place"}, doc: "The key of the place it writes about."},
		{name: "section", is: list{of: refer(aSection), least: 1, single: true}, also: []string{"sections", "topic"}, doc: "Where its items go that no section's match claims: one key, or several."},
		{name: "schedule", is: schedule(), def: `"@hourly"`, also: []string{"cron", "interval", "every", "refresh"}, doc: "When it is visited: a cron spec of five fields, @hourly, @daily, @every 45m, or auto: as often as it publishes."},
		{name: "timezone", is: zone(), also: []string{"tz", "zone"}, doc: "For its dates that name no zone, and for its schedule. Left out: the site's."},
		{name: "language", is: language(), also: []string{"lang"}, doc: "For items that name none. Left out: the site's."},
		{name: "encoding", is: encoding(), also: []string{"charset"}, doc: "Of its bytes, where it tells it wrongly."},
		{name: "timeout", is: duration("30s", time.Second, time.Minute), def: "30s", doc: "The longest a visit may take, at most a minute."},
		{name: "max_items", is: number(50, 1, 100000), also: []string{"limit"}, doc: "How many of its newest items a visit reads. Left out: all."},
		{name: "enabled", is: boolean(), def: "true", doc: "False: it is not visited, and keeps its items."},
		{name: "republish", is: choice("a way to republish", nil, "full", "summary", "title"), def: "full", doc: "How much of an item the source's terms let us publish."},
		{name: "was", later: "follow sources to a new key"},
		{name: "review", later: "wait for a person's approval"},
		{name: "mask", later: "mask personal numbers"},
		{name: "articles", is: boolean(), def: "false", also: []string{"full_text", "fulltext", "article"}, doc: "True: the page of each new item is read for what the feed or list lacks."},
		{name: "page", is: pageRules(), also: []string{"selectors", "list"}, doc: "Where things stand on its pages, in CSS selectors; what is left out is found by itself."},
		{name: "json", is: jsonPaths(), also: []string{"paths"}, doc: "Where things stand in its JSON list: names with points between them."},
		{name: "ca_file", is: file("/etc/ssl/city.pem"), also: []string{"ca", "cafile"}, doc: "Certificates (PEM) that are trusted beside the system's, for a source that https would refuse."},
		{name: "proxy", is: proxy(), doc: "What its requests go through; none: the network's proxy is passed by."},
		{name: "history", later: "fetch a source's history"},
	}
}
