package publisher

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"time"

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

// draft is what was rendered.
type draft struct {
	body    []byte
	follows models.View // whose changes change it
	of, by  *news       // what it was made of, and what the store said when it was done
}

// draft renders what the store holds now, of which n may not know yet: where the two differ, again.
func (p *Publisher) draft(ctx context.Context, st *stage, n *news, a address) (d draft, err error) {
	for range 3 {
		d.of = n
		if d.body, d.follows, err = p.write(ctx, st, n, a); err != nil {
			return d, err
		}
		if d.by, err = p.read(ctx, n); err != nil || d.by.same(n, a.kind, d.follows) {
			return d, err
		}
		n = d.by
	}
	return d, nil
}

// date is when the bytes became what they are; zero: not known. It is never older than what they
// show, and later than that of other bytes before them by what a date can tell, a second (RFC 9110
// section 8.8.2.2).
func (d *draft) date(a address, before *Edition) time.Time {
	changed := d.by.changed(a)
	if changed == 0 {
		return time.Time{}
	}
	date := changed.Time().Truncate(time.Second)
	if before != nil && !date.After(before.Modified) {
		date = before.Modified.Add(time.Second)
	}
	return date
}

// write renders and checks the bytes, and tells which view they follow. A panic in it is an error
// like others.
func (p *Publisher) write(ctx context.Context, st *stage, n *news, a address) (body []byte, follows models.View, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("render %s: panic: %v\n%s", a.name(), cause, debug.Stack())
		}
	}()
	check := func([]byte) error { return nil }
	if f, ok := render.Lookup(a.suffix); ok && a.kind != statusPage {
		check = f.Check
	}
	if body, follows, err = p.render(ctx, st, n, a); err != nil {
		return nil, follows, err
	}
	if err := check(body); err != nil {
		return nil, follows, fmt.Errorf("check %s: %w", a.name(), err)
	}
	return body, follows, nil
}

func (p *Publisher) render(ctx context.Context, st *stage, n *news, a address) (body []byte, follows models.View, err error) {
	db, err := p.db()
	if err != nil {
		return nil, follows, err
	}
	page := render.Page{
		Catalog: st.catalog, Base: st.base, View: a.view, Sources: n.sources, Memo: p.memo,
		Changed: cmp.Or(n.views[a.view].Changed, n.catalogChanged),
	}
	switch a.kind {
	case homePage:
		body, err = p.renderHome(ctx, db, st, page)
	case storyPage:
		return p.renderStory(ctx, db, page, a)
	case subscriptions:
		body, err = render.OPML(st.catalog, st.base, n.catalogChanged)
	case statusPage:
		body, err = p.renderStatus(ctx, db, st, a.suffix)
	case archivePage:
		body, err = p.renderArchive(ctx, db, page, a)
	default:
		body, err = p.renderView(ctx, db, st, page, a)
	}
	return body, a.view, err
}

// renderView lists what is asked for; only the stories that no other page has shown are read whole.
func (p *Publisher) renderView(ctx context.Context, db *store.Store, st *stage, page render.Page, a address) ([]byte, error) {
	f, ok := render.Lookup(a.suffix)
	if !ok {
		return nil, fmt.Errorf("no format has the suffix %q", a.suffix)
	}
	q, err := st.ask(a.view, f.Order, a.asked, func(string) bool { return true })
	if err != nil {
		return nil, err
	}
	page.Asked, page.Search, page.Text = a.asked, a.search, q.Text
	if a.search && q.Text == "" {
		return f.Render(&page)
	}
	answer, err := db.List(ctx, q.Query)
	if err != nil {
		return nil, err
	}
	if answer.Next != (models.Cursor{}) {
		page.Next = q.at(answer.Next)
	}
	if answer.Newer != (models.Cursor{}) {
		page.Newer = q.at(answer.Newer)
	}
	page.Archives = answer.Archives
	if q.Text != "" {
		page.Marks = search.Parse(q.Text).Marks
	}
	if page.Stories, err = db.Stories(ctx, page.Recall(answer.Mentions)); err != nil {
		return nil, err
	}
	return p.written(f, &page, a)
}

// written renders a page, and tells of the stories that had to be left out.
func (p *Publisher) written(f render.Format, page *render.Page, a address) ([]byte, error) {
	body, err := f.Render(page)
	for _, left := range page.Left {
		p.complain("story left out", a, fmt.Errorf("story %s: %w", left.ID, left.Err))
	}
	return body, err
}

// renderArchive writes what never changes, but for what is taken back.
func (p *Publisher) renderArchive(ctx context.Context, db *store.Store, page render.Page, a address) ([]byte, error) {
	f, ok := render.Lookup(a.suffix)
	if !ok || !f.Archives {
		return nil, fmt.Errorf("no archive has the suffix %q", a.suffix)
	}
	archive, err := db.Archive(ctx, a.view, a.number)
	if err != nil {
		return nil, err
	}
	page.Archive, page.Memo = &archive, nil
	return p.written(f, &page, a)
}

// renderStory follows the view of the story's source: a change of the story, or of what any source
// of it says of itself, changes that.
func (p *Publisher) renderStory(ctx context.Context, db *store.Store, page render.Page, a address) (body []byte, follows models.View, err error) {
	s, err := db.Story(ctx, a.story)
	if err != nil {
		return nil, follows, err
	}
	f, ok := render.Lookup(a.suffix)
	if !ok || f.Story == nil {
		return nil, follows, fmt.Errorf("no story is written with the suffix %q", a.suffix)
	}
	page.Stories, follows.Source = []models.Story{s}, s.Items[0].Source
	body, err = f.Story(&page)
	return body, follows, err
}

func (p *Publisher) renderHome(ctx context.Context, db *store.Store, st *stage, page render.Page) ([]byte, error) {
	h := &render.HomePage{Page: page}
	var err error
	if h.Stories, err = db.Latest(ctx, models.View{}, models.ByPublished, perHome); err != nil {
		return nil, err
	}
	for _, s := range st.catalog.Sections {
		if s.Parent != "" {
			continue
		}
		stories, err := db.Latest(ctx, models.View{Section: s.Key}, models.ByPublished, perShelf)
		if err != nil {
			return nil, err
		}
		h.Shelves = append(h.Shelves, render.Shelf{Section: s, Stories: stories})
	}
	return render.Home(h)
}

func (p *Publisher) renderStatus(ctx context.Context, db *store.Store, st *stage, suffix string) ([]byte, error) {
	sources, err := db.Sources(ctx)
	if err != nil {
		return nil, err
	}
	pages, err := db.Pages(ctx)
	if err != nil {
		return nil, err
	}
	page := &render.StatusPage{Catalog: st.catalog, Base: st.base, Sources: sources, Pages: pages}
	if suffix == "json" {
		return render.StatusJSON(page)
	}
	return render.Status(page)
}
