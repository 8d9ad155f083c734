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
	"net"
	"os/exec"
	"runtime"
	"strings"
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
	grip  = 64               // claims taken at once
)

// Options of an aggregator.
type Options struct {
	Version string // of civicfeed, for the User-Agent
	Log     *slog.Logger
	// Observe is called for each delivery after it was saved, one at a time; it may be nil.
	Observe func(*models.Delivery)
	// Alone makes a process that does [ReadAlone], for what comes from a source over which a process
	// has died; nil: it is read in this one, once more.
	Alone func(context.Context) *exec.Cmd
	// Accept takes what is withheld of sources; see [models.Withheld].
	Accept bool

	dial func(ctx context.Context, network, address string) (net.Conn, error) // see fetch.Options.Dial
}

// Aggregator visits sources. Make one with [New]. It does one thing at a time: Run or Once.
type Aggregator struct {
	store   *store.Store
	opts    Options
	plan    atomic.Pointer[plan]
	free    *free
	readers *free // of articles
	cores   int64
	parses  *semaphore.Weighted                                    // reading is what a changed feed costs: one at a time a core
	rooms   *rooms                                                 // for big bodies
	read    func(*fetch.Response, models.Source) (*Reading, error) // sketch; tests break it
	uplink  *uplink
	ticked  time.Time // by the store's clock: the last tick
	visits  sync.WaitGroup
	inHand  atomic.Int64 // visits that are not yet delivered
	saves   chan *models.Delivery
}

// plan is a catalog and the client made for it; a reload swaps both at once.
type plan struct {
	catalog  *models.Catalog
	sources  map[string]*planned // of the catalog, by key
	client   *fetch.Client
	articles bool // some source wants those read
}

// planned is a source and the way it is read.
type planned struct {
	models.Source
	manner string
}

func newPlan(cat *models.Catalog, client *fetch.Client) *plan {
	p := &plan{catalog: cat, sources: make(map[string]*planned, len(cat.Sources)), client: client}
	for _, src := range cat.Sources {
		p.sources[src.Key] = &planned{src, manner(src)}
		p.articles = p.articles || src.Articles
	}
	return p
}

// New makes an aggregator over an open store, for a catalog that the store has applied.
func New(st *store.Store, cat *models.Catalog, o Options) (*Aggregator, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	cores := int64(runtime.GOMAXPROCS(0))
	a := &Aggregator{
		store: st, opts: o, cores: cores, read: sketch,
		free:    newFree(),
		readers: newFree(),
		parses:  semaphore.NewWeighted(cores),
		rooms:   newRooms(),
		uplink:  newUplink(o.Log),
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
	client, err := newClient(cat, a.opts, a.plan.Load())
	if err != nil {
		return nil, err
	}
	for _, err := range Unready(client, cat) {
		a.opts.Log.Warn("source cannot be asked", "err", err)
	}
	return func() {
		if old := a.plan.Swap(newPlan(cat, client)); old != nil {
			old.client.Close()
		}
	}, nil
}

// NewClient makes the fetcher for a catalog: the one way out to the network.
func NewClient(cat *models.Catalog, version string) (*fetch.Client, error) {
	return newClient(cat, Options{Version: version}, nil)
}

// newClient keeps, after a reload, the pauses that the client before owes to hosts.
func newClient(cat *models.Catalog, opts Options, before *plan) (*fetch.Client, error) {
	o := fetch.Options{Version: opts.Version, Contact: cmp.Or(cat.Site.URL, cat.Site.Contact), Dial: opts.dial}
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
	_ = a.saving(func() error { // what was not saved is told in the log and visited again
		a.tick(ctx)
		clock.Start()
		<-ctx.Done()
		<-clock.Stop().Done()
		return nil
	})
	return nil
}

// Once visits each source that which names, or that is due, once, and then reads the pages of items
// that are due; it returns when all are saved.
func (a *Aggregator) Once(ctx context.Context, which store.Which) error {
	err := a.saving(func() error {
		left, err := a.due(ctx, which)
		for ; err == nil && len(left) > 0; err = ctx.Err() {
			var some []errand
			if some, left = a.free.take(left, grip); len(some) == 0 {
				a.free.wait(ctx)
			} else if err := a.start(ctx, which, some); err != nil {
				return err
			}
		}
		a.visits.Wait()
		return cmp.Or(err, ctx.Err())
	})
	return cmp.Or(err, a.readPages(ctx, which.Keys...))
}

// saving runs the writer beside work, and waits until every visit that work started is saved. An
// error tells that work failed, or that some were not.
func (a *Aggregator) saving(work func() error) error {
	unsaved := make(chan error, 1)
	a.saves = make(chan *models.Delivery, transaction/4)
	go func() { unsaved <- a.save() }()
	err := work()
	a.visits.Wait()
	close(a.saves)
	return cmp.Or(err, <-unsaved)
}

// tick starts the visits that are due, and then the reading of pages, as many as can be.
func (a *Aggregator) tick(ctx context.Context) {
	err := a.startVisits(ctx)
	if err == nil {
		_, err = a.startPages(ctx)
	}
	if err != nil && ctx.Err() == nil {
		a.opts.Log.Error("sources not claimed", "err", err)
	}
}

func (a *Aggregator) startVisits(ctx context.Context) error {
	var left []errand
	err := a.wake(ctx)
	if err == nil {
		left, err = a.due(ctx, store.Which{})
	}
	for err == nil {
		var some []errand
		if some, left = a.free.take(left, grip); len(some) == 0 {
			return nil
		}
		err = a.start(ctx, store.Which{}, some)
	}
	return err
}

// due lists the visits that may be made.
func (a *Aggregator) due(ctx context.Context, which store.Which) ([]errand, error) {
	p := a.plan.Load()
	which.Floor = p.catalog.Network.Floor
	due, err := a.store.Due(ctx, which)
	return p.errands(due), err
}

// wake has the store resume where the clock shows another time since the last tick than a second or
// so: at first, after a sleep of the machine, after a step of the clock.
func (a *Aggregator) wake(ctx context.Context) error {
	now, err := a.store.Now(ctx)
	if err != nil {
		return err
	}
	if now.Sub(a.ticked).Abs() > time.Minute {
		if err := a.store.Resume(ctx); err != nil {
			return err
		}
	}
	a.ticked = now
	return nil
}

// start claims the sources of errands, and visits each that is not another's by now on its own
// goroutine.
func (a *Aggregator) start(ctx context.Context, which store.Which, some []errand) error {
	which.Floor, which.Keys = a.plan.Load().catalog.Network.Floor, make([]string, len(some))
	holds := make(map[string]errand, len(some))
	for i, e := range some {
		which.Keys[i], holds[e.source] = e.source, e
	}
	claiming := time.Now()
	claims, err := a.store.Claim(ctx, len(some), lease, which)
	claims = a.awake(ctx, which, claims)
	a.inHand.Add(int64(len(claims)))
	a.uplink.begin(len(claims))
	for _, c := range claims {
		e := holds[c.Source]
		delete(holds, c.Source)
		a.visits.Go(func() {
			defer a.free.give(e)
			a.visit(ctx, c, claiming)
		})
	}
	for _, e := range holds {
		a.free.give(e)
	}
	return err
}

// visit carries one claim to its delivery. It gives the claim back when we are to stop, due as it was
// or, where it was asked already, after the floor; and when the store knows the source by another
// catalog than we do: one of us is about to reload. Our clock showed claiming when the store was
// asked, which read its own a little later.
func (a *Aggregator) visit(ctx context.Context, c models.Claim, claiming time.Time) {
	p, rest := a.plan.Load(), time.Minute
	if src := p.sources[c.Source]; src != nil && src.URL == c.URL {
		timed, cancel := context.WithTimeout(ctx, lease*4/5)
		d, asked := a.deliver(timed, p, src, c, claiming)
		cancel()
		if ctx.Err() == nil {
			a.saves <- d
			return
		}
		a.rooms.leave(d)
		if rest = 0; asked {
			rest = p.catalog.Network.Floor
		}
	} else {
		a.uplink.drop()
	}
	a.inHand.Add(-1)
	if err := a.store.Release(context.WithoutCancel(ctx), []models.Claim{c}, rest); err != nil {
		a.opts.Log.Error("claim not given back; it ends by itself", "source", c.Source, "err", err)
	}
}

// logVisit writes the one line of a visit, with the reason if it was not saved.
func (a *Aggregator) logVisit(d *models.Delivery, unsaved error) {
	v, level := d.Visit, slog.LevelInfo
	attrs := []any{
		"source", v.Source, "outcome", v.Outcome, "status", v.Status, "bytes", v.Bytes, "ms", v.Duration,
		"validators", kinds(d.Validators), "items", v.Items, "new", v.New, "changed", v.Changed, "next", d.NextAt.UTC().Format(time.RFC3339),
	}
	if v.Outcome == models.Failed {
		level = slog.LevelWarn
		attrs = append(attrs, "class", v.Class, "err", v.Error)
	}
	if d.Lost {
		unsaved = errLost
	}
	if unsaved != nil {
		level = slog.LevelWarn
		attrs = append(attrs, "unsaved", unsaved)
	}
	a.opts.Log.Log(context.Background(), level, "visit", attrs...)
}

// kinds names the validators that the next visit will carry. Their values are the server's own
// words, and long ones at times.
func kinds(v models.Validators) string {
	var names []string
	if v.ETag != "" {
		names = append(names, "etag")
	}
	if v.LastModified != "" {
		names = append(names, "date")
	}
	return cmp.Or(strings.Join(names, "+"), "none")
}

var errLost = errors.New("the claim had ended and was another's")

// cronLog lets cron speak through slog; its remarks on each tick are left out.
type cronLog struct{ log *slog.Logger }

func (cronLog) Info(string, ...any) {}
func (l cronLog) Error(err error, msg string, attrs ...any) {
	l.log.Error("tick: "+msg, append(attrs, "err", err)...)
}
