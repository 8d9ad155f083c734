package normalize

import (
	"cmp"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// item cleans one entry; its id is given by Identify.
func (n *document) item(e *parse.Entry) models.Item {
	base := n.entryBase(e)
	it := models.Item{
		Identity:   n.identityOf(e),
		Source:     n.in.Source.Key,
		GUID:       clip(visible(strings.TrimSpace(e.GUID)), maxGUID),
		Link:       n.link(e, base),
		Title:      clip(plain(e.Title.Value, e.Title.HTML), maxTitle),
		People:     people(e.People, base),
		Categories: categories(e.Categories),
		Media:      media(e.Media, base),
		Comments:   absolute(base, e.Comments),
		Language:   cmp.Or(language(e.Language), n.language),
		Rights:     excerpt(e.Rights),
		Credit:     clip(plain(e.Credit, true), maxName),
	}
	picture := n.texts(&it, e, base)
	it.Image = cmp.Or(resource(base, e.Image), firstPicture(it.Media), picture)
	n.dates(&it, e)
	it.Address = addressKey(nil, it.Link)
	it.Hash = hashOf(&it)
	n.doubtItem(&it, e)
	return it
}

// entryBase is the base of the entry's addresses; an entry's xml:base comes resolved against
// those above it.
func (n *document) entryBase(e *parse.Entry) *url.URL {
	return within(n.base, cmp.Or(e.Base, n.Document.Feed.Base))
}

// textBase is the base of the addresses inside a text.
func (n *document) textBase(entry *url.URL, t parse.Text) *url.URL {
	if t.Base == "" {
		return entry
	}
	return within(n.base, t.Base)
}

// link is the entry's link, else its guid where that says of itself to be an address.
func (n *document) link(e *parse.Entry, base *url.URL) string {
	if link := absolute(base, e.Link); link != "" {
		return link
	}
	if guid := strings.TrimSpace(e.GUID); e.IsLink && strings.ContainsAny(guid, "/.?") {
		return absolute(base, guid)
	}
	return ""
}

func isAddress(s string) bool {
	return len(s) > 8 && (strings.EqualFold(s[:7], "http://") || strings.EqualFold(s[:8], "https://"))
}

// texts fills summary, content and text, and tells the first picture in the content.
func (n *document) texts(it *models.Item, e *parse.Entry, base *url.URL) string {
	source := e.Content
	if strings.TrimSpace(source.Value) == "" {
		source = e.Summary
	}
	b := bodyOf(source, n.textBase(base, source))
	it.Content, it.Text = b.html, b.text
	it.Warnings = append(it.Warnings, b.doubts...)
	switch {
	case strings.TrimSpace(e.Summary.Value) == "":
	case e.Summary.Value == source.Value:
		it.Summary = clip(fold(cut(it.Text, 8<<10)), maxSummary)
	default:
		it.Summary = excerpt(e.Summary)
	}
	if it.Text == "" {
		it.Text = it.Summary
	}
	return b.image
}

// bodyOf cleans a text by its kind. Markup that was escaped once too often is markup still.
func bodyOf(t parse.Text, base *url.URL) body {
	value := t.Value
	if !t.HTML {
		return cleanPlain(value)
	}
	if !strings.Contains(value, "<") {
		once := html.UnescapeString(value)
		if !strings.Contains(once, "<") || !escaped(once) {
			return cleanPlain(indented(once))
		}
		value = once
	}
	return cleanHTML(value, base)
}

// indented is HTML without tags as lines: its white space means nothing, but for the ideographic
// spaces that begin a paragraph.
func indented(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(c rune) bool { return c == '\n' || c == '\r' || c == '\t' }), " ")
	return strings.ReplaceAll(s, " \u3000\u3000", "\n\u3000\u3000")
}

// dates reads the entry's dates. A publication that nobody told is the update.
func (n *document) dates(it *models.Item, e *parse.Entry) {
	it.Published, it.Updated = n.moment(e.Published, it.Language), n.moment(e.Updated, it.Language)
	for _, m := range []models.Moment{it.Published, it.Updated} {
		if m.At == 0 && m.Raw != "" {
			it.Warnings = append(it.Warnings, "the date cannot be read for certain: "+quoted(m.Raw))
		}
	}
	if it.Published.At == 0 && it.Updated.At != 0 {
		it.Published = it.Updated
	}
}

// doubtItem tells what an item lacks.
func (n *document) doubtItem(it *models.Item, e *parse.Entry) {
	if it.Link == "" && strings.TrimSpace(e.Link) != "" {
		it.Warnings = append(it.Warnings, "the link is no address of the web: "+quoted(e.Link))
	}
	if it.Title == "" && it.Text == "" {
		it.Warnings = append(it.Warnings, "the entry has neither title nor text")
	}
	if lost := len(e.Media) - len(it.Media); lost > 0 && len(it.Media) == 0 {
		it.Warnings = append(it.Warnings, "none of its files has an address of the web")
	}
}

func firstPicture(files []models.Media) string {
	for _, m := range files {
		if m.Inline && strings.HasPrefix(m.Type, "image/") {
			return m.URL
		}
	}
	return ""
}
