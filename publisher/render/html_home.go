package render

import (
	"bytes"
	"fmt"
	"slices"

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
	latest, shelves := ed.named(h.Latest), make([][]*held, len(h.Shelves))
	for i := range h.Shelves {
		shelves[i] = ed.named(h.Shelves[i].Stories)
	}
	for _, one := range latest {
		f.year = max(f.year, f.local(one.story.Published).Year())
	}
	filled, all := rowsOf(latest, shelves)
	head, err := ed.frame("home "+filled, func(*held, variant) ([]byte, error) { return f.aroundHome(h, filled) })
	if err != nil {
		return nil, fmt.Errorf("write the home page: %w", err)
	}
	between := bytes.Split(head, []byte(seam))
	body := Body{between[0]}
	for i, r := range all {
		body = append(append(body, f.written(ed, r)...), between[i+1])
	}
	return body, nil
}

// named are the stories of these ids that are there and can be published.
func (ed *edition) named(ids []string) (all []*held) {
	for _, id := range ids {
		if i := slices.IndexFunc(ed.held, func(h *held) bool { return h.story.ID == id }); i >= 0 {
			all = append(all, ed.held[i])
		}
	}
	return all
}

// rows are what stands at one seam of the front page: stories in one kind of row.
type rows struct {
	kind    string
	stories []*held
}

// rowsOf are the rows of the page in the order of its seams. Filled has a letter for the latest and for
// each shelf: y where it has rows, n where it has none.
func rowsOf(latest []*held, shelves [][]*held) (filled string, all []rows) {
	filled = "n"
	if len(latest) > 0 {
		filled, all = "y", []rows{{"top", latest[:1]}, {"latest", latest[1:]}}
	}
	for _, stories := range shelves {
		if len(stories) == 0 {
			filled += "n"
			continue
		}
		filled, all = filled+"y", append(all, rows{"line", stories})
	}
	return filled, all
}

// aroundHome writes what stands around them.
func (f *frame) aroundHome(h *HomePage, filled string) ([]byte, error) {
	f.Kind, f.AtHome, f.Title = "home", true, f.Site.Title
	f.Strap, f.Description, f.Canonical = f.Site.Description, f.Site.Description, h.Base
	f.Feeds, f.AllHref, f.Regions = f.feeds("feed", "", ""), f.view(models.View{}), f.places()
	f.Stories, f.Filled = seam, filled[0] == 'y'
	for i, s := range h.Shelves {
		f.Shelves = append(f.Shelves, shelf{
			link:   link{Title: s.Section.Title, Href: f.view(models.View{Section: s.Section.Key}), Tint: tint(s.Section.Key)},
			Filled: filled[i+1] == 'y',
		})
	}
	return f.checked("home")
}

// written are rows as they stand in the page. This year's dates name no year.
func (f *frame) written(ed *edition, r rows) [][]byte {
	some := *ed
	some.held = r.stories
	return some.texts(f.p, variant{suffix: fmt.Sprint("home ", r.kind, f.year)}, func(one *held, _ variant) ([]byte, error) {
		return f.piece("home", r.kind, f.row(&one.story, "", f.p.View), "")
	})
}
