package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"civicfeed/aggregator"
	"civicfeed/models"
	"civicfeed/models/store"
	"civicfeed/publisher"
)

// connectGap is how long a daemon waits that started without its database before it tries again.
const connectGap = 5 * time.Second

// daemon is a store with what polls into it and publishes from it; nil is what it does not do.
type daemon struct {
	roles     []string
	db        string
	publisher *publisher.Publisher
	listener  net.Listener
	log       *slog.Logger
	config    string

	mu         sync.Mutex      // held while a catalog is taken, here and there
	catalog    *models.Catalog // to be taken once the store answers
	store      *store.Store    // nil until it answered
	aggregator *aggregator.Aggregator
	unlock     func() error
}

// open makes a daemon ready to run. Whatever it took is given back by close. Where the database does
// not answer and there are finished pages of before, they are served until it does.
func (e *env) open(ctx context.Context, s *serving, cat *models.Catalog, log *slog.Logger) (d *daemon, err error) {
	for _, r := range s.roles {
		if r != "poll" && r != "publish" {
			return nil, misused("--roles %s: write poll, publish or poll,publish", r)
		}
	}
	proxies, err := s.trusted()
	if err != nil {
		return nil, err
	}
	d = &daemon{log: log, config: e.config, roles: s.roles, db: e.db, catalog: cat}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if slices.Contains(s.roles, "publish") {
		if err = d.publish(ctx, s, cat, proxies); err != nil {
			return d, err
		}
	}
	err = d.connect(ctx)
	if err != nil && d.canWait(err) {
		log.Error("the database does not answer: finished pages of before are served until it does", "err", err)
		err = nil
	}
	return d, err
}

// canWait tells whether a daemon has something to serve, and its database might come.
func (d *daemon) canWait(err error) bool {
	for _, never := range []error{store.ErrNewer, store.ErrOlder, store.ErrPolling, context.Canceled} {
		if errors.Is(err, never) {
			return false
		}
	}
	return d.publisher != nil && d.publisher.HasKept()
}

// connect opens the store, and gives it to whom needs it.
func (d *daemon) connect(ctx context.Context) (err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	st, err := store.Open(ctx, d.db, store.Options{Log: d.log})
	if err != nil {
		return err
	}
	d.store = st
	defer func() {
		if err != nil {
			d.disconnect()
		}
	}()
	if slices.Contains(d.roles, "poll") {
		if d.unlock, err = st.LockPolling(ctx); err != nil {
			return err
		}
		if d.aggregator, err = aggregator.New(st, d.catalog, aggregator.Options{Version: built(), Log: d.log, Alone: alone}); err != nil {
			return err
		}
	}
	if err := st.Apply(ctx, d.catalog); err != nil {
		return err
	}
	if d.publisher != nil {
		d.publisher.Attach(st)
		d.publisher.Reload(d.catalog)
	}
	return nil
}

// publish takes the address and makes what serves it.
func (d *daemon) publish(ctx context.Context, s *serving, cat *models.Catalog, proxies publisher.Proxies) (err error) {
	var lc net.ListenConfig
	if d.listener, err = lc.Listen(ctx, "tcp", s.listen); err != nil {
		return fmt.Errorf("listen at %s: %w: choose another with --listen, for example --listen :8090", s.listen, err)
	}
	d.listener = bounded(d.listener, proxies, d.log)
	base := cat.Site.URL
	if base == "" {
		base = localBase(d.listener.Addr())
		if !s.demo {
			d.log.Warn("site.url is not set: published links begin with the address of --listen", "base", base)
		}
	}
	d.publisher = publisher.New(nil, cat, publisher.Options{
		Base: localBase(d.listener.Addr()), CacheDir: cacheDir(s.cacheDir, d.db, d.config), Log: d.log, Proxies: proxies,
	})
	d.log.Info("publishing", "at", base, "listen", d.listener.Addr().String())
	return nil
}

// localBase is the address under which a browser on this machine reaches a listener.
func localBase(addr net.Addr) string {
	host, port, _ := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

// cacheDir is the folder of finished editions: as asked, else beside a database file, else one among the
// user's for this server and this feeds.yaml alone.
func cacheDir(asked, db, config string) string {
	if asked != "" {
		return asked
	}
	if !strings.Contains(db, "://") {
		return db + ".cache"
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	if at, err := url.Parse(db); err == nil {
		at.User = url.User(at.User.Username()) // a password may change
		db = at.String()
	}
	if path, err := filepath.Abs(config); err == nil {
		config = path
	}
	sum := sha256.Sum256([]byte(db + "\n" + config))
	return filepath.Join(dir, "civicfeed", hex.EncodeToString(sum[:8]))
}

// run polls and publishes until ctx ends or one of them cannot go on.
func (d *daemon) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := d.await(ctx); err != nil || d.aggregator == nil {
			return err
		}
		return d.aggregator.Run(ctx)
	})
	if d.publisher != nil {
		g.Go(func() error { return d.publisher.Run(ctx) })
		g.Go(func() error { return serveHTTP(ctx, d.listener, d.publisher.Handler(), d.log) })
	}
	return g.Wait()
}

// await connects where that is still to be done, as often as it takes.
func (d *daemon) await(ctx context.Context) error {
	for d.store == nil {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(connectGap):
		}
		err := d.connect(ctx)
		switch {
		case err == nil:
			d.log.Info("the database answers")
		case ctx.Err() != nil:
			return nil
		case !d.canWait(err):
			return err
		default:
			d.log.Warn("the database still does not answer", "err", err)
		}
	}
	return nil
}

// reload takes a new catalog everywhere, or keeps the old one and says why. What could still
// refuse it comes first: a client that cannot be made, then a database that does not answer.
func (d *daemon) reload(ctx context.Context, cat *models.Catalog, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		err = d.take(ctx, cat)
	}
	if err != nil {
		d.log.Error("catalog not reloaded: the one before stays", "file", d.config, "err", err)
		return
	}
	d.catalog = cat
	d.log.Info("catalog reloaded", "file", d.config, "sources", len(cat.Sources), "sections", len(cat.Sections), "regions", len(cat.Regions))
}

func (d *daemon) take(ctx context.Context, cat *models.Catalog) error {
	if d.store == nil {
		return nil // with all the rest, once it answers
	}
	swap := func() {}
	if d.aggregator != nil {
		var err error
		if swap, err = d.aggregator.Prepare(cat); err != nil {
			return err
		}
	}
	if err := d.store.Apply(ctx, cat); err != nil {
		return err
	}
	swap()
	if d.publisher != nil {
		d.publisher.Reload(cat)
	}
	return nil
}

func (d *daemon) close() {
	if d.listener != nil {
		d.listener.Close() // closed already where it served
	}
	d.disconnect()
}

// disconnect gives back what connect took.
func (d *daemon) disconnect() {
	if d.unlock != nil {
		d.complain("lock not given back", d.unlock())
	}
	if d.store != nil {
		d.complain("store not closed", d.store.Close())
	}
	d.store, d.aggregator, d.unlock = nil, nil, nil
}

func (d *daemon) complain(msg string, err error) {
	if err != nil {
		d.log.Error(msg, "err", err)
	}
}
