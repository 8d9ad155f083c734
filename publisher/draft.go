package publisher

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
	"civicfeed/publisher/render"
)

// draft is what was rendered.
type draft struct {
	body    render.Body
	follows models.View   // whose changes change it
	seen    models.State  // of the store, of what it was made; zero: not known
	closed  models.Millis // of an archive: when it last became another
	of, by  *news         // what it was made of, and what the store said when it was done
}

// draft renders what the store holds now, of which n may not know yet: where the two differ, again.
func (p *Publisher) draft(ctx context.Context, st *stage, n *news, a address) (*draft, error) {
	for range 2 {
		d, err := p.write(ctx, st, n, a)
		if err != nil || d.by.same(n, a.kind, d.follows) {
			return d, err
		}
		n = d.by
	}
	return p.write(ctx, st, n, a)
}

// date is when the bytes became what they are; zero: not known. It is never older than what they
// show, and later than that of other bytes before them by what a date can tell, a second (RFC 9110
// section 8.8.2.2).
func (d *draft) date(a address, before *Edition) time.Time {
	changed := d.by.changed(a)
	if a.kind == archivePage {
		changed = max(d.closed, d.by.CatalogChanged)
	}
	if changed == 0 {
		return time.Time{}
	}
	date := changed.Time().Truncate(time.Second)
	if before != nil && !date.After(before.Modified) {
		date = before.Modified.Add(time.Second)
	}
	return date
}

// write renders and checks the bytes, and looks whether the store is still where it was. A panic in it
// is an error like others.
func (p *Publisher) write(ctx context.Context, st *stage, n *news, a address) (d *draft, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("render %s: panic: %v\n%s", a.name(), cause, debug.Stack())
		}
	}()
	db, err := p.db()
	if err != nil {
		return nil, err
	}
	d = &draft{follows: a.view, of: n, by: n}
	if err := p.render(ctx, db, st, a, d); err != nil {
		return nil, err
	}
	if a.kind == storyPage { // the others were read as they were written
		f, _ := render.Lookup(a.suffix)
		if err := f.Check(d.body.Bytes()); err != nil {
			return nil, fmt.Errorf("check %s: %w", a.name(), err)
		}
	}
	if d.seen != n.State {
		d.by, err = p.read(ctx, n)
	}
	return d, err
}

func (p *Publisher) render(ctx context.Context, db *store.Store, st *stage, a address, d *draft) error {
	page := &render.Page{
		Catalog: st.catalog, Base: st.base, View: a.view, Sources: d.of.sources, Words: d.of.Words + 1, Memo: p.memo,
		Changed: cmp.Or(d.of.views[a.view].Changed, d.of.CatalogChanged),
	}
	switch a.kind {
	case homePage:
		return p.renderHome(ctx, db, st, page, a, d)
	case storyPage:
		return p.renderStory(ctx, db, page, a, d)
	case subscriptions:
		body, err := render.OPML(st.catalog, st.base, d.of.CatalogChanged)
		d.body = render.Body{body}
		return err
	case statusPage:
		return p.renderStatus(ctx, db, st, a, d)
	case archivePage:
		return p.renderArchive(ctx, db, page, a, d)
	}
	return p.renderView(ctx, db, st, page, a, d)
}
