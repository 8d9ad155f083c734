package render

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"civicfeed/models"
)

func htmlFormat() Format {
	return Format{
		Suffix: "html", Name: "HTML", MediaType: "text/html", Also: []string{"application/xhtml+xml"},
		Order:  models.ByPublished,
		Render: HTML, Story: Story, Check: CheckHTML,
	}
}

// HTML writes the page of a view or of a search: its stories by day, and how to subscribe to it.
func HTML(p *Page) (Body, error) {
	ed := compose(p)
	f := newFrame(p)
	if f.marks() {
		ed.memo = nil // what is searched for is another each time
	}
	filled, more := len(ed.held) > 0, ed.next != ""
	key := fmt.Sprintf("page %q %t %t", []string{ed.name, p.View.Name(), ed.title, p.Text, p.Asked}, filled, more)
	head, err := ed.frame(key, func(*held, variant) ([]byte, error) { return f.around(ed, filled) })
	if err != nil {
		return nil, fmt.Errorf("write %s as HTML: %w", ed.name, err)
	}
	texts := ed.texts(p, variant{suffix: "html", within: p.View}, f.entry)
	list, err := f.days(ed.held, texts)
	if err != nil {
		return nil, fmt.Errorf("write the days of %s as HTML: %w", ed.name, err)
	}
	if more { // the address of the next page is another at each change
		next := f.root + ed.at("html", ed.next)[len(ed.base):]
		head = bytes.ReplaceAll(head, []byte(f.root+nextSeam), []byte(markup(next)))
	}
	before, after, _ := bytes.Cut(head, []byte(seam))
	return shell{before, after}.with(list, ""), nil
}

// seam is where the stories belong: no text becomes a comment. nextSeam stands for the address of the
// next page, below the root, where no address of ours is so.
const (
	seam     = "<!--stories-->"
	nextSeam = "the-next-page"
)

// around writes what stands around them.
func (f *frame) around(ed *edition, filled bool) ([]byte, error) {
	f.describe(ed)
	if filled {
		f.Stories = seam
	} else {
		f.Void = f.void()
	}
	return f.checked("view")
}

// describe tells what the page shows and where it stands.
func (f *frame) describe(ed *edition) {
	p := f.p
	f.Kind, f.Heading, f.Text = "view", either(line(p.Heading()), f.T.More), line(p.Text)
	f.Title = f.Heading + " · " + f.Site.Title
	f.Canonical = ed.self("html")
	f.Crumbs = f.crumbs(p.View)
	heading := f.Heading
	switch {
	case p.Search:
		f.Kind = "search"
	case p.Text != "":
		f.Find = f.view(p.View)
		f.Crumbs = append(f.Crumbs, link{Title: f.viewTitle(p.View), Href: f.view(p.View)})
	default:
		f.Intro, f.Tint, f.Facets = f.viewIntro(p.View), tint(p.View.Section), f.facets(p.View)
		if p.View == (models.View{}) {
			heading = ""
		}
	}
	if !p.Search || p.Text != "" {
		f.Feeds = f.feeds(ed.name, heading, ed.filter)
	}
	for _, r := range ed.relations("html") {
		switch to := f.root + r.href[len(ed.base):]; r.rel {
		case "next":
			f.Next = f.root + nextSeam
		case "first":
			f.First = to
		}
	}
}

// void is what a page says that has no stories: a sentence, and what may help.
type void struct {
	Lead, How string
	Status    bool // the state of the sources may tell more
}

func (f *frame) void() *void {
	switch p := f.p; {
	case p.Text != "":
		return &void{Lead: f.T.NoHits, How: f.T.NoHitsHow}
	case p.Search:
		return &void{How: f.T.SearchHow}
	case p.Asked != "":
		return &void{Lead: f.T.Nothing}
	}
	return &void{Lead: f.T.Empty, How: f.T.EmptyHow, Status: true}
}

// entry writes the row of a story, under the heading of its day.
func (f *frame) entry(h *held, v variant) ([]byte, error) {
	t, _ := f.published(&h.story)
	r := f.row(&h.story, t.Format(time.DateOnly), v.within)
	if f.marks() {
		f.mark(&r, &h.story.Items[0])
	}
	return f.piece("view", "row", r, "")
}

// piece writes a part of the list of stories, as it can stand in a page.
func (f *frame) piece(page, name string, of any, behind string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(behind)
	if err := templates()[page].ExecuteTemplate(&b, name, of); err != nil {
		return nil, err
	}
	return b.Bytes(), CheckHTML(slices.Concat([]byte("<!doctype html>"), b.Bytes(), []byte("</html>")))
}

// days puts the headings of days between stories, in the order given.
func (f *frame) days(stories []*held, texts [][]byte) ([][]byte, error) {
	list, last := make([][]byte, 0, 2*len(texts)), ""
	for i, h := range stories {
		t, _ := f.published(&h.story)
		if date := t.Format(time.DateOnly); date != last {
			ends := endOfDay
			if last == "" {
				ends = ""
			}
			heading, err := f.piece("view", "day", shownTime{Human: f.T.date(t), Machine: date}, ends)
			if err != nil {
				return nil, err
			}
			list, last = append(list, heading), date
		}
		list = append(list, texts[i])
	}
	if last != "" {
		list = append(list, []byte(endOfDay))
	}
	return list, nil
}

const endOfDay = "\n</div></section>"
