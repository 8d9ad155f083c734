package render

import (
	"bytes"
	"fmt"

	"civicfeed/models"
)

// HomePage is what the front page shows: the latest of everything, and of each section. Its stories
// are named by their ids.
type HomePage struct {
	Page
	Latest  []string
	Shelves []Shelf
}

// Shelf is a section with its latest stories.
type Shelf struct {
	Section models.Section
	Stories []string
}

// shelf is one as the template sees it.
type shelf struct {
	link
	Filled bool
}

// Home writes the front page.
func Home(h *HomePage) (Body, error) {
	ed, f := compose(&h.Page), newFrame(&h.Page)
	stories := make(map[string]*held, len(ed.held))
	for _, one := range ed.held {
		stories[one.story.ID] = one
	}
	for _, id := range h.Latest {
		if one := stories[id]; one != nil {
			f.year = max(f.year, f.local(one.story.Published).Year())
		}
	}
	filled, all := h.rows()
	head, err := ed.frame("home "+filled, func(*held, variant) ([]byte, error) { return f.aroundHome(h) })
	if err != nil {
		return nil, fmt.Errorf("write the home page: %w", err)
	}
	between := bytes.Split(head, []byte(seam))
	body := Body{between[0]}
	for i, r := range all {
		body = append(append(body, f.rowsOf(ed, stories, r)...), between[i+1])
	}
	return body, nil
}

// rows are what stands at one seam of the front page: stories by their ids, in one kind of row.
type rows struct {
	kind string
	ids  []string
}

// rows are those of the page in the order of its seams, and a word that tells which of them there are.
func (h *HomePage) rows() (filled string, all []rows) {
	if len(h.Latest) > 0 {
		filled, all = "l", []rows{{"top", h.Latest[:1]}, {"latest", h.Latest[1:]}}
	}
	for _, s := range h.Shelves {
		if len(s.Stories) == 0 {
			filled += "-"
			continue
		}
		filled, all = filled+"s", append(all, rows{"line", s.Stories})
	}
	return filled, all
}

// aroundHome writes what stands around them.
func (f *frame) aroundHome(h *HomePage) ([]byte, error) {
	f.Kind, f.AtHome, f.Title = "home", true, f.Site.Title
	f.Strap, f.Description, f.Canonical = f.Site.Description, f.Site.Description, h.Base
	f.Feeds, f.AllHref, f.Regions = f.feeds("feed", "", ""), f.view(models.View{}), f.places()
	f.Stories, f.Filled = seam, len(h.Latest) > 0
	for _, s := range h.Shelves {
		f.Shelves = append(f.Shelves, shelf{
			link:   link{Title: s.Section.Title, Href: f.view(models.View{Section: s.Section.Key}), Tint: tint(s.Section.Key)},
			Filled: len(s.Stories) > 0,
		})
	}
	return f.checked("home")
}

// rowsOf writes rows. This year's dates name no year.
func (f *frame) rowsOf(ed *edition, stories map[string]*held, r rows) [][]byte {
	some := *ed
	some.held = nil
	for _, id := range r.ids {
		if one := stories[id]; one != nil {
			some.held = append(some.held, one)
		}
	}
	return some.texts(f.p, variant{suffix: fmt.Sprint("home ", r.kind, f.year)}, func(one *held, _ variant) ([]byte, error) {
		return f.piece("home", r.kind, f.row(&one.story, "", f.p.View), "")
	})
}
