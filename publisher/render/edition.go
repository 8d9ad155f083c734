package render

import (
	"errors"
	"strings"
	"time"

	"civicfeed/models"
)

// edition is a page as every format tells it: chosen, worded and addressed once.
type edition struct {
	site        models.Site
	catalog     *models.Catalog
	states      map[string]models.SourceState
	words       int64                         // see [Page.Words]
	then        map[string]models.SourceState // of an archive: as they were when it was closed
	outlets     map[string]*outlet            // as far as they were asked for
	base        string                        // ends in "/"
	name        string                        // of the view, or of the story: the address without suffix
	title       string
	description string
	language    string
	home        string // the same for people
	updated     models.Millis
	memo        *Memo
	held        []*held // the stories, in order
	paging
}

// compose reads a page. Stories keep their order; one that cannot be published is left out.
func compose(p *Page) *edition {
	ed := head(p)
	p.Left = nil
	shown := p.shown()
	seen := make(map[string]bool, len(shown))
	ed.held = make([]*held, 0, len(shown))
	for _, s := range shown {
		h, id := s.held, s.id()
		if seen[id] {
			continue
		}
		seen[id] = true
		if h == nil {
			var err error
			if h, err = ed.take(s.Story); err != nil {
				p.Left = append(p.Left, Left{id, err})
				continue
			}
		}
		ed.held = append(ed.held, h)
		ed.updated = max(ed.updated, h.record.updated)
	}
	return ed
}

// shown is a story of a page: as it was loaded, or else as the memo had it.
type shown struct {
	*models.Story
	held *held
}

func (s shown) id() string {
	if s.held != nil {
		return s.held.story.ID
	}
	return s.ID
}

// shown lists the stories of a page in the order to show. What is mentioned and not there is gone.
func (p *Page) shown() []shown {
	loaded := p.Stories
	if p.Archive != nil && loaded == nil {
		loaded = p.Archive.Stories
	}
	all := make([]shown, 0, max(len(loaded), len(p.Mentions)))
	if p.Mentions == nil {
		for i := range loaded {
			all = append(all, shown{Story: &loaded[i]})
		}
		return all
	}
	byID := make(map[string]*models.Story, len(loaded))
	for i := range loaded {
		byID[loaded[i].ID] = &loaded[i]
	}
	for i, m := range p.Mentions {
		if st := byID[m.ID]; st != nil {
			all = append(all, shown{Story: st})
		} else if i < len(p.pinned) && p.pinned[i] != nil && p.pinned[i].story.ID == m.ID {
			all = append(all, shown{held: p.pinned[i]})
		}
	}
	return all
}

// take reads a loaded story, if it can be published.
func (ed *edition) take(st *models.Story) (h *held, err error) {
	if !publishable(st) {
		return nil, errors.New("it has no id fit for an address, no item, or a date whose year has not four digits")
	}
	_, err = guard(func() ([]byte, error) {
		h = ed.hold(st)
		return nil, nil
	})
	return h, err
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

// begin is what reading a story takes.
func begin(p *Page) *edition {
	cat := p.catalog()
	ed := &edition{
		site: cat.Site, catalog: cat, states: p.Sources, words: p.Words, outlets: map[string]*outlet{},
		base: p.Base, language: language(cat.Site.Language), memo: p.Memo,
	}
	if p.Archive != nil { // its stories are as they were: the memo's are as they are
		ed.memo, ed.then = nil, p.Archive.Sources
	}
	ed.site.Title = siteTitle(cat)
	return ed
}

func head(p *Page) *edition {
	ed := begin(p)
	ed.name, ed.paging = p.name(), ed.turn(p)
	ed.title, ed.description = line(p.Title()), line(ed.site.Description)
	if s, ok := ed.catalog.Section(p.view().Section); ok && s.Description != "" {
		ed.description = line(s.Description)
	}
	if ed.description == "" {
		ed.description = ed.title
	}
	ed.home = ed.at("html", ed.filter)
	if ed.filter == "" && p.view() == (models.View{}) && !p.Search {
		ed.home = ed.base
	}
	if datable(p.Changed) && p.Archive == nil {
		ed.updated = p.Changed
	}
	return ed
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

func (ed *edition) stylesheet() string { return uri(ed.base + "assets/feed.css") }

// rfc3339 and rfc822 write a moment in UTC; 0 becomes empty (RFC 3339; RFC 2822 section 3.3).
func rfc3339(m models.Millis) string { return timestamp(m, "2006-01-02T15:04:05Z") }
func rfc822(m models.Millis) string  { return timestamp(m, time.RFC1123Z) }

func timestamp(m models.Millis, layout string) string {
	if m == 0 || !datable(m) {
		return ""
	}
	return m.Time().Format(layout)
}
