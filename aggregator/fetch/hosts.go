package fetch

import (
	"context"
	"maps"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// hosts keeps the manners towards each host, by its name without port: so many requests at once,
// and a pause between their starts. A host is forgotten when nobody needs it and its pause is over.
type hosts struct {
	atOnce int
	gap    time.Duration

	mu     sync.Mutex
	byName map[string]*host
}

type host struct {
	places chan struct{} // one taken by each request under way
	pace   *rate.Limiter
	guests int // waiting or under way; guarded by hosts.mu
}

// newHosts goes on with those of the client before, unless the manners became others.
func newHosts(atOnce int, gap time.Duration, before *Client) *hosts {
	if before != nil && before.hosts.atOnce == atOnce && before.hosts.gap == gap {
		return before.hosts
	}
	return &hosts{atOnce: atOnce, gap: gap, byName: map[string]*host{}}
}

// enter waits until a request to the host may start; leave must be called when it has ended.
func (h *hosts) enter(ctx context.Context, name string) (leave func(), err error) {
	it := h.join(strings.ToLower(strings.TrimSuffix(name, ".")))
	select {
	case it.places <- struct{}{}:
	case <-ctx.Done():
		h.part(it)
		return nil, ctx.Err()
	}
	leave = func() {
		<-it.places
		h.part(it)
	}
	if err := it.pace.Wait(ctx); err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}

func (h *hosts) join(name string) *host {
	h.mu.Lock()
	defer h.mu.Unlock()
	it, known := h.byName[name]
	if !known {
		h.forget()
		it = &host{places: make(chan struct{}, h.atOnce), pace: rate.NewLimiter(rate.Every(h.gap), 1)}
		h.byName[name] = it
	}
	it.guests++
	return it
}

func (h *hosts) part(it *host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	it.guests--
}

func (h *hosts) forget() {
	maps.DeleteFunc(h.byName, func(_ string, it *host) bool {
		return it.guests == 0 && it.pace.Tokens() >= 1
	})
}
