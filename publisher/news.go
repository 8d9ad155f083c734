package publisher

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"sync"

	"civicfeed/models"
	"civicfeed/models/store"
	"civicfeed/publisher/render"
)

// news is what the store said when it was last looked at. It never changes.
type news struct {
	models.State
	views   map[models.View]models.Revision
	sources map[string]models.SourceState
	past    past
}

// past is what was news before.
type past struct {
	models.State
	revs  map[models.View]int64 // of the views that changed since
	asked sync.Once             // what moved since, when that was first needed
	moved *store.Moves          // nil: it is not known
}

// read looks at the store again; where that says what it said before, the answer is old itself.
// What tells of a change is read before what it is a change of.
func (p *Publisher) read(ctx context.Context, old *news) (*news, error) {
	db, err := p.db()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	state, err := db.State(ctx)
	if err != nil {
		return nil, err
	}
	if old != nil && state == old.State {
		return old, nil
	}
	n := &news{State: state, past: past{revs: make(map[models.View]int64)}}
	since := int64(-1)
	if old == nil {
		n.views = make(map[models.View]models.Revision)
	} else {
		since, n.views, n.past.State = old.Rev, maps.Clone(old.views), old.State
	}
	changed, err := db.Revisions(ctx, since)
	if err != nil {
		return nil, err
	}
	for _, r := range changed {
		n.past.revs[r.View] = n.views[r.View].Rev
		n.views[r.View] = r
	}
	if old != nil && state.Words == old.Words && state.CatalogChanged == old.CatalogChanged {
		n.sources = old.sources
		return n, nil
	}
	sources, err := db.Sources(ctx)
	n.sources = make(map[string]models.SourceState, len(sources))
	for _, s := range sources {
		n.sources[s.Key] = s
	}
	return n, err
}

// absent is the status of a path that the catalog does not know: gone where the store does, as it
// keeps every view that ever had a story.
func (n *news) absent(path string) int {
	if n == nil {
		return http.StatusNotFound
	}
	name, suffix, dotted := strings.Cut(path, ".")
	f, written := render.Lookup(suffix)
	if rest, ok := strings.CutPrefix(name, "archive/"); ok {
		if name, _, ok = numbered(rest); !ok || written && !f.Archives {
			return http.StatusNotFound
		}
	}
	if v, ok := models.ParseView(name); ok && n.views[v].Rev > 0 && (written || !dotted) {
		return http.StatusGone
	}
	return http.StatusNotFound
}

// had tells whether the key of a parameter was one of a place or section that had stories.
func (n *news) had(w wrongParameter) bool {
	switch {
	case n == nil:
		return false
	case w.name == "region":
		return n.views[models.View{Region: w.value}].Rev > 0
	case w.name == "section":
		return n.views[models.View{Section: w.value}].Rev > 0
	}
	return false
}

// latest is what is known, looked up if nothing is known yet.
func (p *Publisher) latest(ctx context.Context) (*news, error) {
	if n := p.news.Load(); n != nil {
		return n, nil
	}
	n, err := p.read(ctx, nil)
	if err != nil {
		return nil, err
	}
	p.news.CompareAndSwap(nil, n)
	return p.news.Load(), nil
}

// revOf is the revision of what a kind of page shows, which follows a view.
func (n *news) revOf(k kind, v models.View) int64 {
	switch k {
	case homePage: // its sections may change without the view of everything
		return max(n.views[v].Rev, n.Judged)
	case viewPage, storyPage, archivePage:
		return n.views[v].Rev
	}
	return 0
}

// same tells whether, for a kind of page that follows a view, nothing changed between two looks.
func (n *news) same(m *news, k kind, v models.View) bool {
	return n.revOf(k, v) == m.revOf(k, v) && n.CatalogChanged == m.CatalogChanged
}

// changed is when what an address shows last changed; 0: not known. A story's page has words of
// others in it, whose changes nobody dates.
func (n *news) changed(a address) models.Millis {
	switch a.kind {
	case viewPage, homePage:
		return max(n.views[a.view].Changed, n.CatalogChanged)
	case subscriptions:
		return n.CatalogChanged
	}
	return 0
}
