package publisher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"civicfeed/models/store"
	"civicfeed/publisher/render"

	"golang.org/x/sync/semaphore"
)

const statusFor = 2 * time.Second // the state of sources has no revision

var errBusy = errors.New("too many pages are being made")

// kept tells whether an edition is made again when it changes, and backed by a file. Stories, archives
// and what may be asked of views are too many for either.
func (a address) kept() bool {
	switch a.kind {
	case homePage, subscriptions:
		return true
	case viewPage:
		return a.asked == "" && !a.search
	}
	return false
}

// shelf is where an edition is held: what is asked for one by one pushes out none of the others.
func (p *Publisher) shelf(a address) *cache {
	if a.costly() {
		return p.singles
	}
	return p.cache
}

// lane is what renderings of its kind wait in.
func (p *Publisher) lane(a address) *semaphore.Weighted {
	if a.costly() {
		return p.singleSlots
	}
	return p.slots
}

// costly tells whether an edition is made for its client alone. Those kept are as many as the catalog
// names, and the state of sources is made once for all who ask within statusFor.
func (a address) costly() bool { return !a.kept() && a.kind != statusPage }

// edition gives what an address asks for: what is held while that is fresh, else made now, else,
// where that cannot be, the last good bytes.
func (p *Publisher) edition(ctx context.Context, st *stage, a address) (*Edition, error) {
	shelf := p.shelf(a)
	h, ok := shelf.get(a.name(), p.opts.Clock())
	if ok && p.isFresh(st, p.news.Load(), a, h) {
		return h.Edition, nil
	}
	n, err := p.latest(ctx)
	if !ok && a.kept() {
		h, ok = p.recall(n, a)
	}
	if err == nil && ok && p.isFresh(st, n, a, h) {
		return h.Edition, nil
	}
	ok = ok && p.mayStay(st, n, a, h)
	var e *Edition
	switch {
	case err != nil:
	case ok && p.busy(a):
		err = errBusy
	default:
		if a.costly() && a.kind != archivePage { // whoever was away has many archives to read
			err = p.clients.admitPage(ctx, p.opts.Clock())
		}
		if err == nil {
			e, err = p.make(ctx, st, n, a)
		}
	}
	switch {
	case err == nil:
		return e, nil
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrWithdrawn):
		shelf.drop(a.name())
		return nil, err
	case ok:
		p.complain("edition not renewed: the one before is served", a, err)
		return h.Edition, nil
	}
	return nil, fmt.Errorf("make %s: %w", a.name(), err)
}

// mayStay tells whether an edition that is not fresh may be served for want of a better one. What shows
// a story that was taken back may not; nor may a single page that was made by another catalog, whose
// terms may be others now: who is asked for one by one is not made anew at a reload.
func (p *Publisher) mayStay(st *stage, n *news, a address, h held) bool {
	if n == nil {
		n = p.news.Load()
	}
	if n != nil && h.rev < n.views[h.follows].Withdrawn {
		return false
	}
	return !a.costly() || h.stamp == st.stamp
}

// busy tells whether a rendering would have to wait.
func (p *Publisher) busy(a address) bool {
	free := p.lane(a).TryAcquire(1)
	if free {
		p.lane(a).Release(1)
	}
	return !free
}

// isFresh tells whether an edition is what would be made now. One made from what the store said
// since is fresher.
func (p *Publisher) isFresh(st *stage, n *news, a address, h held) bool {
	if n == nil || h.stamp != st.stamp {
		return false
	}
	if a.kind == statusPage {
		return p.opts.Clock().Sub(h.made) < statusFor
	}
	return h.rev >= n.revOf(a.kind, h.follows) && h.catalog >= n.CatalogChanged
}

// recall brings an edition back from its file into the cache. It is good for what n says, or else
// for when nothing better can be made.
func (p *Publisher) recall(n *news, a address) (held, bool) {
	name := a.name()
	h, err := p.folder.load(name, p.site(), func(e *Edition, n int) { p.cache.grow(name, e, n) })
	if err != nil {
		return held{}, false
	}
	h.follows = a.view
	if n == nil || h.rev != n.revOf(a.kind, a.view) || h.catalog != n.CatalogChanged || h.changed != n.changed(a) {
		h.catalog = -1 // it is not fresh
	}
	h.saved = true
	p.cache.put(a, h, p.opts.Clock())
	return h, true
}

// make renders an edition, once for all who ask at the same time, and keeps it. How long that may
// take is for nobody who asks to say: they share what comes of it.
func (p *Publisher) make(ctx context.Context, st *stage, n *news, a address) (*Edition, error) {
	made, err, _ := p.flights.Do(st.stamp+" "+a.name(), func() (any, error) {
		if h, ok := p.shelf(a).peek(a.name()); ok && p.isFresh(st, n, a, h) {
			return h.Edition, nil // made between the look at the cache and now
		}
		ctx := context.WithoutCancel(ctx)
		queue, leave := context.WithTimeout(ctx, patience)
		defer leave()
		if p.lane(a).Acquire(queue, 1) != nil {
			return nil, errBusy
		}
		defer p.lane(a).Release(1)
		ctx, cancel := context.WithTimeout(ctx, renderFor)
		defer cancel()
		return p.renew(ctx, st, n, a)
	})
	if err != nil {
		return nil, err
	}
	return made.(*Edition), nil
}

// renew renders an edition and puts it in the place of the one before. Where the bytes are the
// same, so are the validators.
func (p *Publisher) renew(ctx context.Context, st *stage, n *news, a address) (*Edition, error) {
	p.made.Add(1)
	d, err := p.draft(ctx, st, n, a)
	if err != nil {
		return nil, err
	}
	shelf, name, now := p.shelf(a), a.name(), p.opts.Clock()
	before, _ := shelf.peek(name)
	if a.costly() {
		d.body = render.Body{d.body.Bytes()} // it shares no piece with others that would be asked for
	}
	e := before.Edition
	if e == nil || !e.Body.Equal(d.body) {
		e = newEdition(d.body, d.date(a, before.Edition), func(e *Edition, n int) { shelf.grow(name, e, n) })
	}
	h := held{Edition: e, follows: d.follows, rev: d.of.revOf(a.kind, d.follows), catalog: d.of.CatalogChanged, stamp: st.stamp, changed: d.of.changed(a), made: now}
	shelf.put(a, h, now)
	return h.Edition, nil
}

// site is what all ids of the site begin with.
func (p *Publisher) site() string { return p.stage.Load().catalog.Site.Identify("") }

// keep writes to the folder what was made since it last did. It does so now and then only: what
// changes every second is written once.
func (p *Publisher) keep() {
	for a, h := range p.cache.unsaved() {
		if err := p.folder.save(a.name(), p.site(), h); err != nil {
			p.complain("edition not kept on disk", a, err)
		}
	}
}
