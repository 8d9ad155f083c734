// Package aggregator is what comes in: it visits the sources that are due and hands what they
// publish to the store. Its input is a catalog and the store's claims, its output one delivery
// for each visit. It never publishes, and never judges what belongs to a view.
//
//	tick -> claim -> fetch -> parse -> normalize -> known? -> save
package aggregator

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/robfig/cron/v3"
	"golang.org/x/sync/semaphore"

	"civicfeed/aggregator/fetch"
	"civicfeed/models"
	"civicfeed/models/store"
)

const (
	lease = 15 * time.Minute // of a claim: waiting for its host, fetching, saving
	hands = 128              // visits at once; most of them wait for their host
	batch = 25               // claims taken at once, deliveries saved at once
)

// Options of an aggregator.
type Options struct {
	Version string // of civicfeed, for the User-Agent
	Log     *slog.Logger
	// Observe is called for each delivery after it was saved, one at a time; it may be nil.
	Observe func(*models.Delivery)
}

// Aggregator visits sources. Make one with [New]. It is either run or used once.
type Aggregator struct {
	store  *store.Store
	opts   Options
	plan   atomic.Pointer[plan]
	hands  *semaphore.Weighted
	parses *semaphore.Weighted // reading is what a changed feed costs: one at a time a core
	visits sync.WaitGroup
	saves  chan *models.Delivery
}

// plan is a catalog and the client made for it; a reload swaps both at once.
type plan struct {
	catalog *models.Catalog
	client  *fetch.Client
}

// New makes an aggregator over an open store, for a catalog that the store has applied.
func New(st *store.Store, cat *models.Catalog, o Options) (*Aggregator, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &Aggregator{
		store: st, opts: o,
		hands:  semaphore.NewWeighted(hands),
		parses: semaphore.NewWeighted(int64(runtime.GOMAXPROCS(0))),
		saves:  make(chan *models.Delivery, batch),
	}
	swap, err := a.Prepare(cat)
	if err != nil {
		return nil, err
	}
	swap()
	return a, nil
}

// Prepare makes all that another catalog needs; swap lets later visits follow it, while those
// under way end by the old one.
func (a *Aggregator) Prepare(cat *models.Catalog) (swap func(), err error) {
	client, err := newClient(cat, a.opts.Version, a.plan.Load())
	if err != nil {
		return nil, err
	}
	return func() {
		if old := a.plan.Swap(&plan{cat, client}); old != nil {
			old.client.Close()
		}
	}, nil
}

// NewClient makes the fetcher for a catalog: the one way out to the network.
func NewClient(cat *models.Catalog, version string) (*fetch.Client, error) {
	return newClient(cat, version, nil)
}

// newClient keeps, after a reload, the pauses that the client before owes to hosts.
func newClient(cat *models.Catalog, version string, before *plan) (*fetch.Client, error) {
	o := fetch.Options{Version: version, Contact: cmp.Or(cat.Site.URL, cat.Site.Contact)}
	if before != nil {
		o.Before = before.client
	}
	return fetch.New(cat.Network, o)
}

// Run visits what is due until ctx ends, then gives back or finishes what is under way.
func (a *Aggregator) Run(ctx context.Context) error {
	log := cronLog{a.opts.Log}
	clock := cron.New(cron.WithChain(cron.SkipIfStillRunning(log), cron.Recover(log)))
	if _, err := clock.AddFunc("@every 1s", func() { a.tick(ctx) }); err != nil {
		return err
	}
	return a.saving(func() error {
		a.tick(ctx)
		clock.Start()
		<-ctx.Done()
		<-clock.Stop().Done()
		return nil
	})
}

// Once visits each source that which names, or that is due, once; it returns when all are saved.
func (a *Aggregator) Once(ctx context.Context, which store.Which) error {
	keys := which.Keys
	if len(keys) == 0 {
		for _, s := range a.plan.Load().catalog.Sources {
			keys = append(keys, s.Key)
		}
	}
	return a.saving(func() error {
		for len(keys) > 0 {
			n := min(batch, len(keys))
			which.Keys, keys = keys[:n], keys[n:]
			if err := a.hands.Acquire(ctx, int64(n)); err != nil {
				return err
			}
			if _, err := a.start(ctx, which, n); err != nil {
				return err
			}
		}
		a.visits.Wait()
		return ctx.Err()
	})
}

// saving runs the writer beside work, and waits until every visit that work started is saved.
func (a *Aggregator) saving(work func() error) error {
	var writer sync.WaitGroup
	writer.Go(a.save)
	err := work()
	a.visits.Wait()
	close(a.saves)
	writer.Wait()
	return err
}

// tick starts the visits that are due, as many as there are free hands.
func (a *Aggregator) tick(ctx context.Context) {
	for started := batch; started == batch && ctx.Err() == nil && a.hands.TryAcquire(batch); {
		var err error
		if started, err = a.start(ctx, store.Which{}, batch); err != nil && ctx.Err() == nil {
			a.opts.Log.Error("sources not claimed", "err", err)
		}
	}
}

// start claims up to n sources, for which n hands are held, and visits each on its own goroutine.
func (a *Aggregator) start(ctx context.Context, which store.Which, n int) (int, error) {
	claims, err := a.store.Claim(ctx, n, lease, which)
	a.hands.Release(int64(n - len(claims)))
	for _, c := range claims {
		a.visits.Go(func() {
			defer a.hands.Release(1)
			a.visit(ctx, c)
		})
	}
	return len(claims), err
}

// visit carries one claim to its delivery. It gives the claim back when we are to stop, or when
// the store knows the source by another catalog than we do: one of us is about to reload.
func (a *Aggregator) visit(ctx context.Context, c models.Claim) {
	p, rest := a.plan.Load(), time.Minute
	if src, ok := p.catalog.Source(c.Source); ok && src.URL == c.URL {
		timed, cancel := context.WithTimeout(ctx, lease*4/5)
		d := a.deliver(timed, p, src, c)
		cancel()
		if ctx.Err() == nil {
			a.saves <- d
			return
		}
		rest = 0
	}
	if err := a.store.Release(context.WithoutCancel(ctx), []models.Claim{c}, rest); err != nil {
		a.opts.Log.Error("claim not given back; it ends by itself", "source", c.Source, "err", err)
	}
}

// save is the one writer: it saves deliveries as they come, all that wait in one transaction.
func (a *Aggregator) save() {
	for d := range a.saves {
		ds := []*models.Delivery{d}
		for len(ds) < batch && len(a.saves) > 0 {
			ds = append(ds, <-a.saves)
		}
		a.saveBatch(ds)
	}
}

// saveBatch tries for a minute. What cannot be saved is fetched again when its claim has ended:
// the validators in the store are still those of the items in the store.
func (a *Aggregator) saveBatch(ds []*models.Delivery) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for pause := 100 * time.Millisecond; ; pause *= 2 {
		err := a.store.Save(ctx, ds)
		if err == nil {
			break
		}
		a.opts.Log.Error("visits not saved", "visits", len(ds), "err", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
	}
	for _, d := range ds {
		a.logVisit(d)
		if a.opts.Observe != nil {
			a.opts.Observe(d)
		}
	}
}

// logVisit writes the one line of a visit.
func (a *Aggregator) logVisit(d *models.Delivery) {
	v, level := d.Visit, slog.LevelInfo
	attrs := []any{
		"source", v.Source, "outcome", v.Outcome, "status", v.Status, "bytes", v.Bytes, "ms", v.Duration,
		"items", v.Items, "new", v.New, "changed", v.Changed, "next", d.NextAt.UTC().Format(time.RFC3339),
	}
	if v.Outcome == models.Failed {
		level = slog.LevelWarn
		attrs = append(attrs, "class", v.Class, "err", v.Error)
	}
	if d.Lost {
		level = slog.LevelWarn
		attrs = append(attrs, "err", errLost)
	}
	a.opts.Log.Log(context.Background(), level, "visit", attrs...)
}

var errLost = errors.New("the claim had ended and was another's: nothing saved")

// cronLog lets cron speak through slog; its remarks on each tick are left out.
type cronLog struct{ log *slog.Logger }

func (cronLog) Info(string, ...any) {}
func (l cronLog) Error(err error, msg string, attrs ...any) {
	l.log.Error("tick: "+msg, append(attrs, "err", err)...)
}
