package publisher

import (
	"context"
	"sync"

	"civicfeed/models"
	"civicfeed/models/store"
)

// answers are what the store said to plain questions: the newest of a view in an order, which all
// formats show, and the home page. Each is asked again only where what moved since does not tell what
// it is now. The table keeps two generations, as that of clients does: whatever is asked for stays.
type answers struct {
	mu         sync.Mutex
	young, old map[listing]models.Answer
}

// listing is the newest of a view in an order.
type listing struct {
	view  models.View
	order models.Order
}

const perGeneration = 512 // answers, of some 6 KB

func newAnswers() *answers {
	return &answers{young: make(map[listing]models.Answer), old: make(map[listing]models.Answer)}
}

func (as *answers) get(l listing) (models.Answer, bool) {
	as.mu.Lock()
	defer as.mu.Unlock()
	a, ok := as.young[l]
	if !ok {
		a, ok = as.old[l]
	}
	return a, ok
}

func (as *answers) put(l listing, a models.Answer) {
	as.mu.Lock()
	defer as.mu.Unlock()
	if _, ok := as.young[l]; !ok && len(as.young) >= perGeneration {
		clear(as.old)
		as.young, as.old = as.old, as.young
	}
	as.young[l] = a
}

// newest lists the newest of a view, as n knows it or newer.
func (p *Publisher) newest(ctx context.Context, db *store.Store, n *news, q models.Query) (models.Answer, error) {
	l := listing{q.View, q.Order}
	a, ok := p.answers.get(l)
	if ok {
		a, ok = n.update(ctx, db, a, q)
	}
	if !ok {
		var err error
		if a, err = db.List(ctx, q); err != nil {
			return a, err
		}
	}
	p.answers.put(l, a)
	return a, nil
}

// update brings an earlier answer up to date, if what is known of its view and of what moved tells how.
func (n *news) update(ctx context.Context, db *store.Store, a models.Answer, q models.Query) (models.Answer, bool) {
	if a.State.Rev > n.Rev || a.State.CatalogChanged != n.CatalogChanged {
		return a, false
	}
	if n.views[q.View].Rev <= a.State.Rev {
		a.State = n.State
		return a, true
	}
	if before, now := n.past.revs[q.View]; !now || before > a.State.Rev {
		return a, false
	}
	moved := n.moves(ctx, db)
	if moved == nil {
		return a, false
	}
	a.State = n.past.State
	return moved.Follow(a, q)
}

// moves is what moved between the news before and these. Where that cannot be had, whoever needs it asks
// for the whole, and hears why.
func (n *news) moves(ctx context.Context, db *store.Store) *store.Moves {
	n.past.asked.Do(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookFor)
		defer cancel()
		if m, err := db.Moves(ctx, n.past.Rev); err == nil && m.State == n.State {
			n.past.moved = m
		}
	})
	return n.past.moved
}
