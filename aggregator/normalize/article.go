package normalize

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// Article makes of an article's page, looked at by itself, the item that it is, and of its site a feed.
func Article(page *parse.Page, in Input) (models.Feed, models.Item) {
	alone := in
	alone.URL = "" // the page is the entry's, not the feed's
	n := newDocument(&parse.Document{Version: "page", Feed: parse.Head{Language: page.Language}}, alone)
	about := n.listen()
	base := within(within(nil, in.URL), in.ContentLocation)
	feed := models.Feed{
		Version: "page", Title: clip(plain(page.Site, true), maxTitle), Link: absolute(base, "/"),
		Language: languageOf(page.Language, n.header),
	}
	link := cmp.Or(in.URL, absolute(within(base, page.Base), page.Canonical))
	e := &parse.Entry{Link: link, Title: parse.Text{Value: page.Title}, Published: page.Published, Content: page.Body}
	it := models.Item{
		Source: in.Source.Key, Identity: n.identityOf(e), Link: absolute(nil, link), Language: n.language,
		Title: clip(plain(page.Title, false), maxTitle),
	}
	about.tell("title", page.Title, it.Title, "its page: "+page.Where["Title"])
	it.ID, it.Address, it.Steps = it.Identity, Place(it.Link), about.all()
	Merge(&it, page, in)
	return feed, it
}

// Merge completes an item from its page. What its feed or list told stays, unless the page knows
// better: the full text, the minute instead of the day, who wrote, wrote first, took the pictures,
// edited and checked it, where it stands on the site, its files. Credit, editor and reviewers keep
// their parts: none of them becomes an author.
func Merge(it *models.Item, page *parse.Page, in Input) {
	doc := &parse.Document{Version: "page", Feed: parse.Head{Language: page.Language, Base: page.Base}}
	m := &merging{document: newDocument(doc, in), page: page, it: it}
	m.listen()
	m.base = within(m.document.base, page.Base)
	m.site = m.siteName()
	m.title()
	m.texts()
	m.dates()
	m.origin()
	m.place()
	m.people()
	m.files()
	it.Language = cmp.Or(it.Language, m.language)
	it.Hash = hashOf(it)
	for _, w := range page.Warnings {
		it.Warnings = append(it.Warnings, clip(fold(w), maxTitle))
	}
	it.Steps = append(it.Steps, m.told.all()...)
}

// merging is an item at the work of being completed.
type merging struct {
	*document
	page *parse.Page
	it   *models.Item
	base *url.URL // of the page's addresses
	site string   // its own name: what 本网, 本站, 本报 mean
}

// note tells where a value came from on the page.
func (m *merging) note(what, field, from, to string) {
	if to != "" {
		m.told.tell(what, from, to, strings.TrimSuffix("its page: "+m.page.Where[field], ": "))
	}
}

func (m *merging) siteName() string {
	if site := clip(plain(m.page.Site, true), maxName); site != "" {
		return site
	}
	if name := m.in.Source.Name; !strings.ContainsAny(name, "/.\\") {
		return name
	}
	return ""
}

// title takes the page's where there is none, or where a list has cut it short.
func (m *merging) title() {
	title := clip(plain(m.page.Title, false), maxTitle)
	short := strings.TrimRight(m.it.Title, "….· ")
	if title == "" || title == m.it.Title || m.it.Title != "" && (short == m.it.Title || !strings.HasPrefix(squeeze(title), squeeze(short))) {
		return
	}
	m.it.Title = title
	m.note("title", "Title", m.page.Title, title)
}

// texts takes the page's text, where it is more than what is known of it, or was taken from the page
// before, unless its feed tells twice as much by now. A description that the text does not begin with, or hold, is the site's.
func (m *merging) texts() {
	it, source := m.it, m.page.Body
	base := m.base
	if source.Base != "" {
		base = within(base, source.Base)
	}
	b := bodyOf(source, base, m.told)
	if b.text != "" && (it.Content == "" || it.Page != "" && len(b.text)*2 > len(it.Text) || len(b.text) > len(it.Text)) {
		if it.Summary == it.Text {
			it.Summary = ""
		}
		m.told.text(source, &b)
		m.note("body", "Body", "", excerpt(parse.Text{Value: prefix(b.text, 20)}))
		it.Content, it.Text = b.html, b.text
		it.Warnings = append(it.Warnings, b.doubts...)
		it.Image = cmp.Or(it.Image, resource(m.base, m.page.Image), b.image)
	}
	it.Image = cmp.Or(it.Image, resource(m.base, m.page.Image))
	if it.Summary != "" {
		return
	}
	about := excerpt(parse.Text{Value: m.page.Summary})
	if about != "" && strings.Contains(squeeze(it.Text), squeeze(prefix(strings.TrimRight(about, "….。 "), 30))) {
		it.Summary = about
		return
	}
	it.Summary = clip(fold(cut(it.Text, 8<<10)), maxSummary)
}

// dates takes the page's time where it is told more exactly, or better known, than the list's.
func (m *merging) dates() {
	told, held := m.when("published", m.page.Published), m.it.Published
	switch {
	case told.At == 0:
		if held.At == 0 {
			m.dateByAddress(m.it)
		}
	case m.it.FirstSeen != 0 && told.At > m.it.FirstSeen:
		m.it.Warnings = append(m.it.Warnings, "its page dates it later than it was first seen: "+quoted(told.Raw))
	case held.At == 0, held.From == models.FromSeen, held.From == models.FromAddress, coarse(held) && near(held, told),
		(m.reckoned(held) || m.touched(held)) && !within24(told, held):
		m.it.Published = told
		m.note("published", "Published", told.Raw, told.At.Time().Format("2006-01-02T15:04:05Z07:00"))
	}
	if updated := m.when("updated", m.page.Updated); updated.At != 0 && updated.At > m.it.Published.At {
		m.it.Updated = updated
	}
}

// when reads a date of the page, in whatever words it stands.
func (m *merging) when(what, raw string) models.Moment {
	quiet := m.told
	m.told = nil
	t := m.moment(what, raw, "", m.it.Link)
	m.told = quiet
	if t.At == 0 && t.Raw != "" {
		if at, precision, ok := amid(narrow(raw), m.in.Source.Location, m.language); ok {
			t.At, t.Precision = models.MillisOf(at), precision
		} else {
			m.it.Warnings = append(m.it.Warnings, "the date on its page cannot be read for certain: "+quoted(t.Raw))
		}
	}
	if t.At != 0 {
		t.From = models.FromPage
	}
	return t
}

// reckoned tells of the time of a list that it was told from the moment of a visit, or without its year:
// a page that tells all of it knows better. Of an item that is held nothing but the words tell that.
func (m *merging) reckoned(held models.Moment) bool {
	if held.Reckoned || held.Raw == "" {
		return held.Reckoned
	}
	_, _, reckoned, _ := m.reckon(&reading{}, held.Raw, m.language, m.it.Link)
	return reckoned
}

// touched tells that a sitemap said only when the page was changed last.
func (m *merging) touched(held models.Moment) bool {
	return m.in.Source.Kind == models.KindSitemap && held.Raw != "" && held.Raw == m.it.Updated.Raw
}

// within24 tells of a day that a finer time held is within it: it says nothing better.
func within24(day, held models.Moment) bool {
	return coarse(day) && !coarse(held) && held.At >= day.At && held.At < day.At+24*60*60*1000
}

func coarse(t models.Moment) bool { return t.Precision == models.Day }

// near tells of a finer time that it is of the day told, or of those beside it.
func near(day, told models.Moment) bool {
	const hour = 60 * 60 * 1000
	return told.Precision != models.Day && told.At > day.At-24*hour && told.At < day.At+48*hour
}

// origin takes the credit. 本站 as a credit is the site itself.
func (m *merging) origin() {
	credit := clip(plain(m.page.Credit, true), maxName)
	if ownName(credit) && !strings.HasSuffix(credit, "原创") {
		credit = cmp.Or(m.site, credit)
	}
	if m.it.Credit == "" && credit != "" {
		m.it.Credit = credit
		m.note("credit", "Credit", m.page.Credit, credit)
	}
}

// place takes where the article stands on its site.
func (m *merging) place() {
	it := m.it
	if crumbs := crumbs(m.page.Breadcrumb, it.Title); len(crumbs) > 0 {
		it.Breadcrumb = crumbs
		m.note("breadcrumb", "Breadcrumb", strings.Join(m.page.Breadcrumb, " > "), strings.Join(crumbs, " > "))
	}
	if column := cmp.Or(clip(plain(m.page.Column, true), maxName), ColumnOf(it.Title)); column != "" {
		it.Column = column
		m.note("column", "Column", m.page.Column, column)
	}
	it.Previous = m.neighbour("previous", "Previous", m.page.Previous, it.Previous)
	it.Next = m.neighbour("next", "Next", m.page.Next, it.Next)
}

// neighbour is the article before or after; held stays where the page names none any more.
func (m *merging) neighbour(what, field string, n parse.Neighbour, held models.Neighbour) models.Neighbour {
	title := clip(plain(n.Title, true), maxTitle)
	if title == "" {
		return held
	}
	m.note(what, field, n.Title, title)
	return models.Neighbour{Title: title, URL: absolute(m.base, n.Link), Column: ColumnOf(title)}
}

// files takes the page's attachments, and those of its pictures that are not in the text.
func (m *merging) files() {
	it := m.it
	told := slices.Clone(m.page.Attachments)
	for _, picture := range m.page.Images {
		address := resource(m.base, picture.URL)
		if picture.Inline = true; address != "" && address != it.Image && !strings.Contains(it.Content, escapeText(address, maxBody)) {
			told = append(told, picture)
		}
	}
	found := media(told, m.base)
	for _, f := range found {
		at := slices.IndexFunc(it.Media, func(o models.Media) bool { return o.URL == f.URL })
		if at < 0 {
			it.Media = append(it.Media, f)
			continue
		}
		o := &it.Media[at]
		o.Length, o.Title, o.Type = cmp.Or(o.Length, f.Length), cmp.Or(o.Title, f.Title), cmp.Or(o.Type, f.Type)
	}
	m.told.files(told, found)
}

// crumbs are a breadcrumb's parts, without the words that only say where one is, and without the
// article itself.
func crumbs(told []string, title string) []string {
	var all []string
	for _, part := range told[:min(len(told), 20)] {
		part = clip(strings.Trim(plain(part, true), " >›»→-/|：:·"), maxName)
		switch part {
		case "", "正文", "文章正文", "内容", "详情", "详细内容", "正文内容", "当前位置", "您的位置", "您所在的位置", "您现在的位置", "本文", "内文", "內文":
			continue
		}
		if part != title {
			all = append(all, part)
		}
	}
	return all
}
