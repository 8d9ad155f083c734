package normalize

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// sketch cleans of an entry all but what finish cleans; its id is given by Identify.
func (n *document) sketch(e *parse.Entry) models.Item {
	base := n.entryBase(e)
	n.listen()
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
	n.dates(&it, e)
	if !e.Title.HTML && marked(e.Title.Value, false) {
		it.Warnings = append(it.Warnings, "the title has tags where its format has plain text: they were taken off")
	}
	it.Address = Place(it.Link)
	it.Told = n.toldBy(e)
	return it
}

// finish cleans the texts of an entry, and adds to its item what depends on them.
func (n *document) finish(it *models.Item, e *parse.Entry) {
	base, doubts := n.entryBase(e), it.Warnings
	it.Warnings = nil
	picture := n.texts(it, e, base)
	it.Warnings = append(it.Warnings, doubts...)
	it.Image = cmp.Or(resource(base, e.Image), firstPicture(it.Media), picture)
	it.Hash = hashOf(it)
	n.doubtItem(it, e)
	n.told.rest(e, it, base, n.language)
	it.Steps = n.told.all()
}

// toldBy is the digest of all that an item is made of: the entry as it came, and how it is read.
func (n *document) toldBy(e *parse.Entry) string {
	facts := *e
	facts.Title.Value, facts.Summary.Value, facts.Content.Value = "", "", "" // which are long
	around, err := json.Marshal([]any{n.in.Manner, n.base, n.language, n.Document.Feed.Base, facts})
	if err != nil { // strings, numbers and lists of them
		return ""
	}
	return digest(string(around), e.Title.Value, e.Summary.Value, e.Content.Value)
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
	if guid := strings.TrimSpace(e.GUID); e.IsLink && likeAddress(guid) {
		return absolute(base, guid)
	}
	return ""
}

// likeAddress tells whether a guid, which RSS 2.0 takes for an address unless it says otherwise,
// looks like one, whole or relative. A version or a serial number with points in it does not.
func likeAddress(guid string) bool {
	return strings.ContainsAny(guid, "/?") || pageName.MatchString(guid)
}

var pageName = regexp.MustCompile(`(?i)^www\.|\.(?:s?html?|xhtml|php|aspx?|jsp|do)$`)

func isAddress(s string) bool {
	return len(s) > 8 && (strings.EqualFold(s[:7], "http://") || strings.EqualFold(s[:8], "https://"))
}

// texts fills summary, content and text, and tells the first picture in the content.
func (n *document) texts(it *models.Item, e *parse.Entry, base *url.URL) string {
	source := e.Content
	if strings.TrimSpace(source.Value) == "" {
		source = e.Summary
	}
	b := bodyOf(source, n.textBase(base, source), n.told)
	n.told.text(source, &b)
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

// bodyOf cleans a text by its kind. Markup that was escaped once too often is markup still; what
// comes of it, read again, stays as it is.
func bodyOf(t parse.Text, base *url.URL, told *teller) body {
	value := t.Value
	if !t.HTML {
		return cleanPlain(value)
	}
	if !tagged(value) {
		once := html.UnescapeString(value)
		if !strings.Contains(once, "<") || !escaped(once) {
			return cleanPlain(indented(once))
		}
		value = once
	}
	b := safeHTML(value, base, told)
	if !tagged(b.html) {
		doubts := b.doubts
		b = cleanPlain(indented(html.UnescapeString(b.html)))
		b.doubts = append(doubts, b.doubts...)
	}
	return b
}

// tagged tells whether markup may have a tag, be it one whose end was cut off.
func tagged(s string) bool {
	i := strings.IndexByte(s, '<')
	return i >= 0 && strings.ContainsAny(s[i:], ">=")
}

// indented is HTML without tags as lines: its white space means nothing, but for the ideographic
// spaces that begin a paragraph.
func indented(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(c rune) bool { return c == '\n' || c == '\r' || c == '\t' }), " ")
	return strings.ReplaceAll(s, " \u3000\u3000", "\n\u3000\u3000")
}

// dates reads the entry's dates. A publication that nobody told is the update.
func (n *document) dates(it *models.Item, e *parse.Entry) {
	it.Published, it.Updated = n.moment("published", e.Published, it.Language, it.Link), n.moment("updated", e.Updated, it.Language, it.Link)
	for _, m := range []models.Moment{it.Published, it.Updated} {
		if m.At == 0 && m.Raw != "" {
			it.Warnings = append(it.Warnings, "the date cannot be read for certain: "+quoted(m.Raw))
		}
	}
	if it.Published.At == 0 && it.Updated.At != 0 {
		it.Published = it.Updated
	}
	if it.Published.At == 0 {
		n.dateByAddress(it)
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
