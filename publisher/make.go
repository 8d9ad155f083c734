package publisher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"civicfeed/models/store"
)

const statusFor = 2 * time.Second // the state of sources has no revision

var errBusy = errors.New("too many pages are being made")

// kept tells whether an edition is made again when it changes, and backed by a file. Stories are
// too many for either.
func (a address) kept() bool { return a.kind != storyPage && a.kind != statusPage }

// edition gives what an address asks for: what is held while that is fresh, else made now, else,
// where that cannot be, the last good bytes.
func (p *Publisher) edition(ctx context.Context, st *stage, a address) (*Edition, error) {
	h, ok := p.cache.get(a.name(), p.opts.Clock())
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
	var e *Edition
	switch {
	case err != nil:
	case ok && p.busy():
		err = errBusy
	default:
		e, err = p.make(ctx, st, n, a)
	}
	switch {
	case err == nil:
		return e, nil
	case errors.Is(err, store.ErrNotFound):
		p.cache.drop(a.name())
		return nil, err
	case ok:
		p.complain("edition not renewed: the one before is served", a, err)
		return h.Edition, nil
	}
	return nil, fmt.Errorf("make %s: %w", a.name(), err)
}

// busy tells whether a rendering would have to wait.
func (p *Publisher) busy() bool {
	free := p.slots.TryAcquire(1)
	if free {
		p.slots.Release(1)
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
	return h.rev >= n.revOf(a.kind, h.follows) && h.catalog >= n.catalogChanged
}

// recall brings an edition back from its file into the cache. It is good for what n says, or else
// for when nothing better can be made.
func (p *Publisher) recall(n *news, a address) (held, bool) {
	name := a.name()
	h, changed, err := p.folder.load(name, func(tag string, n int) { p.cache.grow(name, tag, n) })
	if err != nil {
		return held{}, false
	}
	h.follows = a.view
	if n == nil || h.rev != n.revOf(a.kind, a.view) || h.catalog != n.catalogChanged || changed != n.changed(a) {
		h.rev = -1
	}
	p.cache.put(a, h, p.opts.Clock())
	return h, true
}

// make renders an edition, once for all who ask at the same time, and keeps it. How long that may
// take is for nobody who asks to say: they share what comes of it.
func (p *Publisher) make(ctx context.Context, st *stage, n *news, a address) (*Edition, error) {
	made, err, _ := p.flights.Do(st.stamp+" "+a.name(), func() (any, error) {
		ctx := context.WithoutCancel(ctx)
		queue, leave := context.WithTimeout(ctx, patience)
		defer leave()
		if p.slots.Acquire(queue, 1) != nil {
			return nil, errBusy
		}
		defer p.slots.Release(1)
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
	d, err := p.draft(ctx, st, n, a)
	if err != nil {
		return nil, err
	}
	name, tag, now := a.name(), tagOf(d.body), p.opts.Clock()
	h := held{follows: d.follows, rev: d.of.revOf(a.kind, d.follows), catalog: d.of.catalogChanged, stamp: st.stamp, made: now}
	if before, _ := p.cache.peek(name); before.Edition != nil && before.Tag == tag {
		h.Edition = before.Edition
	} else {
		h.Edition = newEdition(d.body, d.date(a, before.Edition), func(bytes int) { p.cache.grow(name, tag, bytes) })
	}
	p.cache.put(a, h, now)
	if a.kept() {
		if err := p.folder.save(name, h, d.of.changed(a)); err != nil {
			p.complain("edition not kept on disk", a, err)
		}
	}
	return h.Edition, nil
}
