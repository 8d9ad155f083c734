package render

import (
	"bytes"
	"fmt"
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
func HTML(p *Page) ([]byte, error) {
	ed := compose(p)
	f := newFrame(p)
	f.describe(ed)
	if len(ed.held) > 0 {
		f.Stories = seam
	} else {
		f.Void = f.void()
	}
	head, err := f.write("view")
	if err == nil {
		err = CheckHTML(head)
	}
	if err != nil {
		return nil, fmt.Errorf("write %s as HTML: %w", ed.name, err)
	}
	sh := shell{head, len(head), CheckHTML}
	if f.Stories != "" {
		sh.seam = bytes.Index(head, []byte(seam))
		sh.head = append(head[:sh.seam], head[sh.seam+len(seam):]...)
	}
	if f.marks() {
		ed.memo = nil // what was searched for is another each time
	}
	texts := ed.texts(p, sh, variant{suffix: "html", within: p.View}, f.entry)
	list, err := f.days(sh, ed.held, texts)
	if err != nil {
		return nil, fmt.Errorf("write the days of %s as HTML: %w", ed.name, err)
	}
	return sh.with(list, ""), nil
}

// seam is where the stories belong. No text becomes a comment.
const seam = "<!--stories-->"

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
			f.Next = to
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
	var b bytes.Buffer
	err := templates()["view"].ExecuteTemplate(&b, "row", r)
	return b.Bytes(), err
}

// days puts the headings of days between stories, in the order given.
func (f *frame) days(sh shell, stories []*held, texts []string) ([]string, error) {
	list, last := make([]string, 0, 2*len(texts)), ""
	for i, h := range stories {
		t, _ := f.published(&h.story)
		if date := t.Format(time.DateOnly); date != last {
			heading, err := sh.guard(func() ([]byte, error) { return f.day(t, last != "") })
			if err != nil {
				return nil, err
			}
			list, last = append(list, heading), date
		}
		list = append(list, texts[i])
	}
	if last != "" {
		list = append(list, endOfDay)
	}
	return list, nil
}

const endOfDay = "\n</div></section>"

// day writes the heading of a day, after the end of the one before.
func (f *frame) day(t time.Time, ends bool) ([]byte, error) {
	var b bytes.Buffer
	if ends {
		b.WriteString(endOfDay)
	}
	err := templates()["view"].ExecuteTemplate(&b, "day", shownTime{Human: f.T.date(t), Machine: t.Format(time.DateOnly)})
	return b.Bytes(), err
}
