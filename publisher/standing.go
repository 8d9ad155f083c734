package publisher

import (
	"sync"
	"time"

	"civicfeed/publisher/render"
)

// shown is an edition with what its headers say.
type shown struct {
	edition                       *Edition
	suffix                        string
	vary, cacheControl, mediaType []string
	anywhere                      bool // pages of other sites may read it
	styled                        bool // browsers show it through its style sheet
}

func (p *Publisher) newShown(route route, e *Edition) shown {
	f, listed := render.Lookup(route.suffix)
	v := shown{
		edition: e, suffix: route.suffix, mediaType: []string{route.mediaType()}, anywhere: f.Feed || !listed, styled: f.Styled,
		vary: p.policies.vary, cacheControl: p.policies.feed,
	}
	if route.open || v.styled {
		v.vary = p.policies.varyOpen
	}
	switch {
	case route.kind == statusPage:
		v.cacheControl = p.policies.live
	case !v.anywhere:
		v.cacheControl = p.policies.page
	}
	return v
}

// browser names the formats that a browser shows through a style sheet; who asks otherwise is none.
type browser map[string]bool

// browserOf tells by Accept.
func browserOf(accept string) browser {
	b := browser{}
	for _, f := range render.Formats() {
		if f.Styled && isBrowser(accept, address{suffix: f.Suffix}) {
			b[f.Suffix] = true
		}
	}
	return b
}

// standing knows by its path alone each edition that was found fresh within the last second, for as
// long as neither catalog nor store say otherwise: what many ask for is then looked up once.
type standing struct {
	mu sync.RWMutex
	st *stage
	n  *news
	at map[string]stood
}

type stood struct {
	shown
	until time.Time
}

const (
	standsFor = time.Second // then the cache hears again that it is asked for
	mostStand = 256
)

func (s *standing) get(st *stage, n *news, path string, now time.Time) (shown, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.st != st || s.n != n {
		return shown{}, false
	}
	at, ok := s.at[path]
	return at.shown, ok && now.Before(at.until)
}

func (s *standing) put(st *stage, n *news, path string, v shown, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.st != st || s.n != n || len(s.at) >= mostStand {
		s.st, s.n, s.at = st, n, make(map[string]stood)
	}
	s.at[path] = stood{v, now.Add(standsFor)}
}

// stands tells whether an edition is what its path gives for as long as stage and news are these.
func (p *Publisher) stands(st *stage, n *news, route route, e *Edition) bool {
	if route.open || route.kind == statusPage {
		return false
	}
	h, ok := p.cache.peek(route.name())
	return ok && h.Edition == e && p.isFresh(st, n, route.address, h)
}
