package publisher

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits are what one client may ask for. Of each, zero is the default, and a negative rate is no
// limit. The first is wide enough for an office behind one address whose readers ask for every feed
// of the site at once; the second is for what is made for nobody else: a story, a question.
type Limits struct {
	PerSecond   float64 // requests; default 100
	Burst       int     // requests at once; default 400
	PagesMade   float64 // per second, pages made on demand that are not kept for others; default 10
	PagesAtOnce int     // of them; default 60
}

func (l Limits) orDefault() Limits {
	return Limits{
		PerSecond: cmp.Or(l.PerSecond, 100), Burst: cmp.Or(l.Burst, 400),
		PagesMade: cmp.Or(l.PagesMade, 10), PagesAtOnce: cmp.Or(l.PagesAtOnce, 60),
	}
}

// The table of clients has a fixed size, in shards so that few wait for each other. A shard keeps
// two generations: when the young one is full it becomes the old one, and the old one goes. So a
// flood of addresses costs no more memory, and whoever keeps asking is kept.
const (
	shards   = 64
	perShard = 256 // of a generation
)

// clients counts what each client asks for.
type clients struct {
	limits  Limits
	proxies Proxies
	shards  [shards]shard
}

type shard struct {
	mu         sync.Mutex
	young, old map[Client]*allowance
	_          [40]byte // to a cache line of its own
}

// allowance is what a client may still ask for.
type allowance struct{ requests, pages *rate.Limiter }

func newClients(l Limits, proxies Proxies) *clients {
	c := &clients{limits: l.orDefault(), proxies: proxies}
	for i := range c.shards {
		c.shards[i].young, c.shards[i].old = make(map[Client]*allowance), make(map[Client]*allowance)
	}
	return c
}

// admit counts a request; where the client has no more, it tells how long until it has.
func (c *clients) admit(r *http.Request, now time.Time) (wait time.Duration) {
	if c.limits.PerSecond < 0 {
		return 0
	}
	if id, ok := c.proxies.client(r); ok {
		return take(c.allowance(id).requests, now)
	}
	return 0
}

// admitPage counts a page that must be made for the client that the context tells of.
func (c *clients) admitPage(ctx context.Context, now time.Time) error {
	r, _ := ctx.Value(askerKey{}).(*http.Request)
	if r == nil || c.limits.PagesMade < 0 {
		return nil
	}
	id, ok := c.proxies.client(r)
	if !ok {
		return nil
	}
	if wait := take(c.allowance(id).pages, now); wait > 0 {
		return errTooMany{wait}
	}
	return nil
}

func take(l *rate.Limiter, now time.Time) (wait time.Duration) {
	if l.AllowN(now, 1) {
		return 0
	}
	missing := (1 - l.TokensAt(now)) / float64(l.Limit())
	return max(time.Duration(missing*float64(time.Second)), time.Millisecond)
}

// allowance finds a client's, or gives it a whole one.
func (c *clients) allowance(id Client) *allowance {
	s := &c.shards[uint64(id)*0x9e3779b97f4a7c15>>58] // by the golden ratio: neighbours lie apart
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, ok := s.young[id]; ok {
		return a
	}
	a, ok := s.old[id]
	if !ok {
		a = &allowance{
			requests: rate.NewLimiter(rate.Limit(c.limits.PerSecond), c.limits.Burst),
			pages:    rate.NewLimiter(rate.Limit(c.limits.PagesMade), c.limits.PagesAtOnce),
		}
	}
	if len(s.young) >= perShard {
		clear(s.old)
		s.young, s.old = s.old, s.young
	}
	s.young[id] = a
	return a
}

// errTooMany is that a client asked for more than its share.
type errTooMany struct{ wait time.Duration }

func (errTooMany) Error() string { return "the client asks for too many pages" }

// asker is a request's context that tells whose it is, to be asked only where a page must be made.
type asker struct {
	context.Context
	r *http.Request
}

type askerKey struct{}

func (a asker) Value(key any) any {
	if key == (askerKey{}) {
		return a.r
	}
	return a.Context.Value(key)
}

// askedBy is the context of a request, with whose it is.
func askedBy(r *http.Request) context.Context { return asker{r.Context(), r} }

// admit turns away who asks for too much, and lets others through.
func (p *Publisher) admit(w http.ResponseWriter, r *http.Request) {
	now := p.opts.Clock()
	if wait := p.clients.admit(r, now); wait > 0 {
		p.turnAway(w, r, p.stage.Load(), wait)
		return
	}
	p.serve(w, r, now)
}

// turnAway says when to come again. It costs as little as can be: there may be many.
func (p *Publisher) turnAway(w http.ResponseWriter, r *http.Request, st *stage, wait time.Duration) {
	p.tell(slog.LevelWarn, "client turned away: it asks for too much", "peer", r.RemoteAddr, "path", pathOf(r))
	h := w.Header()
	h["Cache-Control"], h["X-Content-Type-Options"] = p.policies.none, p.policies.noSniff
	h["Content-Type"] = []string{"text/plain; charset=utf-8"}
	h["Retry-After"] = []string{strconv.Itoa(int(math.Ceil(wait.Seconds())))}
	h["Content-Length"] = []string{strconv.Itoa(len(st.tooMany))}
	w.WriteHeader(http.StatusTooManyRequests)
	if r.Method != http.MethodHead {
		w.Write(st.tooMany)
	}
}

// turnedAway turns the client away if that is what err says.
func (p *Publisher) turnedAway(w http.ResponseWriter, r *http.Request, st *stage, err error) bool {
	var e errTooMany
	if !errors.As(err, &e) {
		return false
	}
	p.turnAway(w, r, st, e.wait)
	return true
}
