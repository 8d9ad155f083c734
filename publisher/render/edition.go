package render

import (
	"strings"
	"time"

	"civicfeed/models"
)

// edition is a page as every format tells it: chosen, worded and addressed once.
type edition struct {
	site        models.Site
	catalog     *models.Catalog
	states      map[string]models.SourceState
	outlets     map[string]*outlet // as far as they were asked for
	base        string             // ends in "/"
	name        string             // of the view, or of the story: the address without suffix
	title       string
	description string
	language    string
	home        string // the same for people
	updated     models.Millis
	records     []*record
}

// bounded writes a page so that it stays within MaxBytes: bodies give way, stories never do.
func bounded(p *Page, write func(*edition) ([]byte, error)) ([]byte, error) {
	ed := compose(p)
	for room := MaxBytes * 2 / 3; ; { // bytes of bodies; the rest is for all else
		bodies := ed.fit(room)
		out, err := write(ed)
		over := len(out) - MaxBytes
		if err != nil || over <= 0 || bodies == 0 {
			return out, err
		}
		room = max(0, bodies-over*9/8)
	}
}

// fit makes summaries of the bodies that find no room, and tells how many bytes the others take.
// Short bodies find room behind long ones that did not.
func (ed *edition) fit(room int) (bodies int) {
	for _, e := range ed.records {
		switch w := e.weight(); {
		case e.short:
		case bodies+w <= room:
			bodies += w
		default:
			e.shorten()
		}
	}
	return bodies
}

// compose reads a page. Stories keep their order; one that cannot be published is left out.
func compose(p *Page) *edition {
	ed := head(p)
	seen := make(map[string]bool, len(p.Stories))
	ed.records = make([]*record, 0, len(p.Stories))
	for i := range p.Stories {
		st := &p.Stories[i]
		if !publishable(st) || seen[st.ID] {
			continue
		}
		seen[st.ID] = true
		e := ed.record(st)
		e.condense()
		ed.records = append(ed.records, e)
		ed.updated = max(ed.updated, e.updated)
	}
	return ed
}

// publishable tells whether a story can be written in every format: it has an id fit for an
// address, an item, and dates whose year has four digits.
func publishable(st *models.Story) bool {
	return nameable(st.ID) && len(st.Items) > 0 && datable(st.Published) && datable(st.Updated)
}

// nameable tells whether a key or id may be part of an address as it stands.
func nameable(s string) bool { return s != "" && strings.IndexFunc(s, unnameable) < 0 }

func unnameable(r rune) bool {
	return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_' || r == '.')
}

func datable(m models.Millis) bool {
	y := m.Time().Year()
	return y >= 1 && y <= 9999
}

func head(p *Page) *edition {
	cat := p.Catalog
	if cat == nil {
		cat = &models.Catalog{}
	}
	ed := &edition{
		site: cat.Site, catalog: cat, states: p.Sources, outlets: map[string]*outlet{},
		base: p.Base, name: p.View.Name(), language: language(cat.Site.Language),
	}
	ed.site.Title = siteTitle(cat)
	ed.title, ed.description = line(p.Title()), line(cat.Site.Description)
	if s, ok := cat.Section(p.View.Section); ok && s.Description != "" {
		ed.description = line(s.Description)
	}
	if ed.description == "" {
		ed.description = ed.title
	}
	ed.home = ed.base + ed.name + ".html"
	if p.View == (models.View{}) {
		ed.home = ed.base
	}
	if datable(p.Changed) {
		ed.updated = p.Changed
	}
	return ed
}

func siteTitle(cat *models.Catalog) string {
	if t := line(cat.Site.Title); t != "" {
		return t
	}
	return "civicfeed"
}

// Title names the page: the site alone for everything, else place, section or source before it.
func (p *Page) Title() string {
	cat := p.Catalog
	if cat == nil {
		cat = &models.Catalog{}
	}
	site := siteTitle(cat)
	if h := p.Heading(); h != "" {
		return h + " - " + site
	}
	return site
}

// Heading is the title without the site; empty for everything. A key that the catalog no longer
// knows stands for its name.
func (p *Page) Heading() string {
	var parts []string
	add := func(key, name string) {
		if name = line(name); name == "" {
			name = key
		}
		if name != "" {
			parts = append(parts, name)
		}
	}
	cat := p.Catalog
	if cat == nil {
		cat = &models.Catalog{}
	}
	region, _ := cat.Region(p.View.Region)
	section, _ := cat.Section(p.View.Section)
	add(p.View.Region, region.Name)
	add(p.View.Section, section.Title)
	if p.View.Source != "" {
		add(p.View.Source, newOutlet(cat, p.Sources, p.View.Source).name)
	}
	return strings.Join(parts, " · ")
}

// either is the first of several texts that is not empty.
func either(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func (ed *edition) self(suffix string) string { return ed.base + ed.name + "." + suffix }

func (ed *edition) stylesheet() string { return ed.base + "assets/feed.css" }

// rfc3339 and rfc822 write a moment in UTC; 0 becomes empty (RFC 3339; RFC 2822 section 3.3).
func rfc3339(m models.Millis) string { return timestamp(m, "2006-01-02T15:04:05Z") }
func rfc822(m models.Millis) string  { return timestamp(m, time.RFC1123Z) }

func timestamp(m models.Millis, layout string) string {
	if m == 0 || !datable(m) {
		return ""
	}
	return m.Time().Format(layout)
}
