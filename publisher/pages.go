package publisher

import (
	"context"
	"errors"
	"fmt"

	"civicfeed/models"
	"civicfeed/models/search"
	"civicfeed/models/store"
	"civicfeed/publisher/render"
)

// How many stories are on a page.
const (
	perView  = 50
	perHome  = 9
	perShelf = 5
)

// renderView lists what is asked for; only the stories that no other page has shown are read whole.
func (p *Publisher) renderView(ctx context.Context, db *store.Store, st *stage, page *render.Page, a address, d *draft) error {
	f, ok := render.Lookup(a.suffix)
	if !ok {
		return fmt.Errorf("no format has the suffix %q", a.suffix)
	}
	q, err := st.ask(a.view, f.Order, a.asked, func(string) bool { return true })
	if err != nil {
		return err
	}
	page.Asked, page.Search, page.Text = a.asked, a.search, q.Text
	if a.search && q.Text == "" {
		return p.written(f, page, a, d)
	}
	if q.Text != "" {
		page.Marks = search.Parse(q.Text).Marks
	}
	answer, err := p.answerTo(ctx, db, q, d.of)
	if err != nil {
		return err
	}
	d.seen, page.Archives = answer.State, answer.Archives
	if answer.Next != (models.Cursor{}) {
		page.Next = q.at(answer.Next)
	}
	if answer.Newer != (models.Cursor{}) && q.Order == models.ByListed {
		page.Newer = q.at(answer.Newer)
	}
	if page.Stories, err = db.Stories(ctx, page.Recall(answer.Mentions)); err != nil {
		return err
	}
	if !current(page.Stories, answer.Mentions) {
		d.seen = models.State{}
	}
	return p.written(f, page, a, d)
}

// answerTo asks the store, or takes what it said already to another format.
func (p *Publisher) answerTo(ctx context.Context, db *store.Store, q asking, n *news) (models.Answer, error) {
	if q.filter == "" && q.Cursor == (models.Cursor{}) {
		return p.newest(ctx, db, n, q.Query)
	}
	return db.List(ctx, q.Query)
}

// current tells whether stories are as they were when they were mentioned.
func current(stories []models.Story, mentions []models.Mention) bool {
	revs := make(map[string]int64, len(mentions))
	for _, m := range mentions {
		revs[m.ID] = m.Rev
	}
	for i := range stories {
		if stories[i].Rev != revs[stories[i].ID] {
			return false
		}
	}
	return true
}

// written renders a page, and tells of the stories that had to be left out.
func (p *Publisher) written(f render.Format, page *render.Page, a address, d *draft) (err error) {
	d.body, err = f.Render(page)
	p.leftOut(page, a)
	return err
}

func (p *Publisher) leftOut(page *render.Page, a address) {
	for _, left := range page.Left {
		p.complain("story left out", a, fmt.Errorf("story %s: %w", left.ID, left.Err))
	}
}

// renderArchive writes what never changes, but for what is taken back.
func (p *Publisher) renderArchive(ctx context.Context, db *store.Store, page *render.Page, a address, d *draft) error {
	f, ok := render.Lookup(a.suffix)
	if !ok || !f.Archives {
		return fmt.Errorf("no archive has the suffix %q", a.suffix)
	}
	archive, err := db.Archive(ctx, a.view, a.number)
	if err != nil {
		return err
	}
	page.Archive, page.Memo, d.closed = &archive, nil, archive.Closed
	return p.written(f, page, a, d)
}

// renderStory follows the view of the story's source: a change of the story, or of what any source
// of it says of itself, changes that.
func (p *Publisher) renderStory(ctx context.Context, db *store.Store, page *render.Page, a address, d *draft) error {
	s, err := db.Story(ctx, a.story)
	if err != nil {
		return err
	}
	f, ok := render.Lookup(a.suffix)
	if !ok || f.Story == nil {
		return fmt.Errorf("no story is written with the suffix %q", a.suffix)
	}
	page.Stories, d.follows.Source = []models.Story{s}, s.Items[0].Source
	body, err := f.Story(page)
	d.body = render.Body{body}
	return err
}

// renderHome shows the newest of everything, and of each section.
func (p *Publisher) renderHome(ctx context.Context, db *store.Store, st *stage, page *render.Page, a address, d *draft) (err error) {
	h := &render.HomePage{Page: *page}
	d.seen = d.of.State
	var all []models.Mention
	newest := func(v models.View, n int) (ids []string, err error) {
		answer, err := p.newest(ctx, db, d.of, models.Query{View: v, Order: models.ByPublished, Limit: perView})
		if answer.State != d.of.State {
			d.seen = models.State{}
		}
		for _, m := range answer.Mentions[:min(n, len(answer.Mentions))] {
			ids, all = append(ids, m.ID), append(all, m)
		}
		return ids, err
	}
	if h.Latest, err = newest(models.View{}, perHome); err != nil {
		return err
	}
	for _, s := range st.catalog.Sections {
		if s.Parent != "" {
			continue
		}
		shelf := render.Shelf{Section: s}
		if shelf.Stories, err = newest(models.View{Section: s.Key}, perShelf); err != nil {
			return err
		}
		h.Shelves = append(h.Shelves, shelf)
	}
	if h.Stories, err = db.Stories(ctx, h.Recall(all)); err != nil {
		return err
	}
	if !current(h.Stories, all) {
		d.seen = models.State{}
	}
	d.body, err = render.Home(h)
	p.leftOut(&h.Page, a)
	return err
}

func (p *Publisher) renderStatus(ctx context.Context, db *store.Store, st *stage, a address, d *draft) error {
	sources, err := db.Sources(ctx)
	pages, pagesErr := db.Pages(ctx)
	if err := errors.Join(err, pagesErr); err != nil {
		return err
	}
	page := &render.StatusPage{Catalog: st.catalog, Base: st.base, Sources: sources, Pages: pages}
	write := render.Status
	if a.suffix == "json" {
		write = render.StatusJSON
	}
	body, err := write(page)
	d.body = render.Body{body}
	return err
}
