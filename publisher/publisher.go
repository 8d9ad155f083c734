// Package publisher is what goes out. Its input is the store and a catalog, its output pages and
// feeds over HTTP: each view in each format is rendered once, checked, and from then on served
// as bytes until it changes. It must never fetch a source, and on the way of a request for an
// edition that is held it never asks the store.
package publisher

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"civicfeed/models"
	"civicfeed/models/store"
	"civicfeed/publisher/render"
)

const (
	pollGap   = time.Second      // between looks at the store's revision
	warm      = time.Hour        // an edition asked for since is made again when it changes
	saveGap   = 5 * time.Second  // between writings to the folder
	lookFor   = 10 * time.Second // at most: a connection may have died without a word
	patience  = 2 * time.Second  // until a rendering may begin
	renderFor = 30 * time.Second // at most
)

// Options of a publisher. The zero value holds 128 MB of editions, and no files. A quarter of their
// room is for what is asked for one by one, and half of it for stories that pages share.
type Options struct {
	Base       string           // public address, ending in "/", where the catalog names none
	CacheDir   string           // folder of finished editions; empty: none
	CacheBytes int64            // of finished editions in memory; 0: 128 MB
	Clock      func() time.Time // nil: time.Now
	Log        *slog.Logger     // nil: nowhere
	Limits     Limits           // of what one client may ask for
	Proxies    Proxies          // trusted to say for whom they ask
}

// Publisher makes editions and serves them. Make one with [New]; it is fresh while [Publisher.Run] runs.
type Publisher struct {
	store    atomic.Pointer[store.Store]
	opts     Options
	log      *slog.Logger
	stage    atomic.Pointer[stage]
	news     atomic.Pointer[news]
	reloaded chan struct{}
	cache    *cache // of what is kept fresh
	singles  *cache // of what is asked for one by one
	memo     *render.Memo
	folder   folder
	flights  singleflight.Group
	slots    *semaphore.Weighted // renderings at once
	policies policies

	singleSlots *semaphore.Weighted // of singles
	clients     *clients
	answers     *answers
	made        atomic.Int64         // renderings begun
	codings     *negotiated[coding]  // by Accept-Encoding
	browsers    *negotiated[browser] // by Accept
	standing    standing
	told        sync.Map // each message, to when it was last logged
}

// New makes a publisher over an open store, for a catalog that the store has applied. Without a store
// it serves what its folder holds, until one is attached.
func New(st *store.Store, cat *models.Catalog, o Options) *Publisher {
	if o.CacheBytes == 0 {
		o.CacheBytes = 128 << 20
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	p := &Publisher{
		opts: o, log: o.Log, reloaded: make(chan struct{}, 1),
		cache: newCache(o.CacheBytes - o.CacheBytes/4), singles: newCache(o.CacheBytes / 4), memo: render.NewMemo(o.CacheBytes / 2),
		folder: folder(o.CacheDir), singleSlots: semaphore.NewWeighted(int64(max(1, runtime.GOMAXPROCS(0)/2))),
		slots: semaphore.NewWeighted(int64(2*runtime.GOMAXPROCS(0) + 2)), policies: newPolicies(),
		clients: newClients(o.Limits, o.Proxies), answers: newAnswers(),
		codings: newNegotiated(codingFor), browsers: newNegotiated(browserOf),
	}
	p.stage.Store(newStage(cat, o.Base))
	p.store.Store(st)
	return p
}

// Attach gives it a store, if it had none.
func (p *Publisher) Attach(st *store.Store) { p.store.Store(st) }

// HasKept tells whether the folder holds anything that could be served.
func (p *Publisher) HasKept() bool { return p.folder.any() }

var errNoStore = errors.New("the database has not answered yet")

// db is the store, if there is one yet.
func (p *Publisher) db() (*store.Store, error) {
	if st := p.store.Load(); st != nil {
		return st, nil
	}
	return nil, errNoStore
}

// Reload takes another catalog, which the store has applied. What is asked for is made anew; until
// that is done the old bytes are served.
func (p *Publisher) Reload(cat *models.Catalog) {
	p.stage.Store(newStage(cat, p.opts.Base))
	select {
	case p.reloaded <- struct{}{}:
	default: // one is enough
	}
}

// Run keeps fresh what is being asked for, until ctx ends. A store that does not answer stops
// nothing: what is held is served meanwhile. Nor does a slow disk, which is written to beside it.
func (p *Publisher) Run(ctx context.Context) error {
	var g errgroup.Group
	g.Go(func() error {
		p.keepOn(ctx)
		return nil
	})
	g.Go(func() error {
		p.follow(ctx)
		return nil
	})
	return g.Wait()
}

// follow looks at the store again and again.
func (p *Publisher) follow(ctx context.Context) {
	tick := time.NewTicker(pollGap)
	defer tick.Stop()
	away, force := false, false
	for {
		err := p.catchUp(ctx, force)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !away:
			p.log.Error("store not read: what is held is served", "err", err)
		case err == nil && away:
			p.log.Info("store read again")
		}
		away, force = err != nil, force && err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-p.reloaded:
			force = true
		}
	}
}

// keepOn writes to the folder every now and then, and once more at the end.
func (p *Publisher) keepOn(ctx context.Context) {
	if err := p.folder.sweep(time.Now()); err != nil {
		p.log.Warn("leftovers stay", "err", err)
	}
	tick := time.NewTicker(saveGap)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			p.keep()
			return
		case <-tick.C:
			p.keep()
		}
	}
}

// catchUp looks whether the store has changed, or takes it that the stage has, and makes the warm
// editions of what changed.
func (p *Publisher) catchUp(ctx context.Context, force bool) error {
	old := p.news.Load()
	fresh, err := p.read(ctx, old)
	if err != nil || fresh == old && !force {
		return err
	}
	st := p.stage.Load()
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	stale := p.cache.asked(p.opts.Clock().Add(-warm), func(at address, h held) bool { return at.kept() && !p.isFresh(st, fresh, at, h) })
	slices.SortStableFunc(stale, func(a, b address) int { return cmp.Compare(a.suffix, b.suffix) }) // side by side, those of different views
	for _, at := range stale {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if _, err := p.make(ctx, st, fresh, at); err != nil {
				p.log.Error("edition not renewed: the one before stays", "edition", at.name(), "err", err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	p.news.Store(fresh)
	return nil
}
