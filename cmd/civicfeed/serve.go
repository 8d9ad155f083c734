package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"civicfeed/aggregator"
	"civicfeed/models"
	"civicfeed/models/catalog"
	"civicfeed/models/store"
	"civicfeed/publisher"
)

// serving is what the flags of serve say.
type serving struct {
	listen   string
	roles    []string
	cacheDir string
	demo     bool
	proxies  []string
}

func (e *env) serve() *cobra.Command {
	s := &serving{}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Poll the sources and publish the merged feeds (the default command)",
		Long: `Poll the sources of feeds.yaml when each is due, and publish the merged feeds.

Saving feeds.yaml, or SIGHUP, reloads it: a file with errors changes nothing and is told in the log.
SIGTERM or Ctrl-C stops: visits under way are finished or given back.`,
		Example: `  civicfeed                                    # feeds.yaml, civicfeed.db, http://localhost:8080/
  civicfeed serve --demo                       # a simulated city, offline
  civicfeed serve --db postgres://user@host/civicfeed --roles publish`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := e.log()
			if err != nil {
				return err
			}
			if s.demo {
				return e.serveDemo(cmd.Context(), s, log, cmd.Flags().Changed("db"))
			}
			return e.serveCatalog(cmd.Context(), s, log)
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.listen, "listen", ":8080", "address to publish at")
	f.StringSliceVar(&s.roles, "roles", []string{"poll", "publish"}, "what this process does: poll, publish or both")
	f.StringVar(&s.cacheDir, "cache-dir", "", "folder for finished pages and feeds (default: beside the database, or the user's cache)")
	f.StringSliceVar(&s.proxies, "trusted-proxies", []string{"127.0.0.0/8", "::1"}, "addresses or ranges of reverse proxies whose X-Forwarded-For is believed; none: nobody's")
	f.BoolVar(&s.demo, "demo", false, "simulate a small city on loopback, offline")
	return cmd
}

// serveCatalog serves feeds.yaml until ctx ends.
func (e *env) serveCatalog(ctx context.Context, s *serving, log *slog.Logger) error {
	cat, err := e.load()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	edits := watch(ctx, g, e.config)
	d, err := e.open(ctx, s, cat, log)
	if err != nil {
		cancel()
		return errors.Join(err, g.Wait())
	}
	defer d.close()
	g.Go(func() error {
		for edit := range edits {
			d.reload(ctx, edit.catalog, edit.err)
		}
		return nil
	})
	g.Go(func() error { return d.run(ctx) })
	return g.Wait()
}

// edit is feeds.yaml read anew: a catalog, or why there is none.
type edit struct {
	catalog *models.Catalog
	err     error
}

// watch tells of each change of the file from now on, and reads it at each SIGHUP, until ctx ends.
func watch(ctx context.Context, g *errgroup.Group, file string) <-chan edit {
	edits := make(chan edit)
	send := func(cat *models.Catalog, err error) {
		select {
		case edits <- edit{cat, err}:
		case <-ctx.Done():
		}
	}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	var watchers errgroup.Group
	watchers.Go(func() error { return catalog.Watch(ctx, file, send) })
	watchers.Go(func() error {
		defer signal.Stop(hangup)
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-hangup:
				send(catalog.Load(file))
			}
		}
	})
	g.Go(func() error {
		defer close(edits)
		return watchers.Wait()
	})
	return edits
}

// daemon is a store with what polls into it and publishes from it; nil is what it does not do.
type daemon struct {
	store      *store.Store
	aggregator *aggregator.Aggregator
	publisher  *publisher.Publisher
	listener   net.Listener
	unlock     func() error
	log        *slog.Logger
	config     string
}

// open makes a daemon ready to run. Whatever it took is given back by close.
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
	d = &daemon{log: log, config: e.config}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if d.store, err = store.Open(ctx, e.db, store.Options{Log: log}); err != nil {
		return d, err
	}
	if slices.Contains(s.roles, "poll") {
		if d.unlock, err = d.store.LockPolling(ctx); err != nil {
			return d, err
		}
		if d.aggregator, err = aggregator.New(d.store, cat, aggregator.Options{Version: built(), Log: log, Alone: alone}); err != nil {
			return d, err
		}
	}
	if err = d.store.Apply(ctx, cat); err != nil {
		return d, err
	}
	if slices.Contains(s.roles, "publish") {
		err = d.publish(ctx, s, e.db, cat, proxies)
	}
	return d, err
}

// publish takes the address and makes what serves it.
func (d *daemon) publish(ctx context.Context, s *serving, db string, cat *models.Catalog, proxies publisher.Proxies) (err error) {
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
	d.publisher = publisher.New(d.store, cat, publisher.Options{
		Base: localBase(d.listener.Addr()), CacheDir: cacheDir(s.cacheDir, db), Log: d.log, Proxies: proxies,
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

// cacheDir is the folder of finished editions: as asked, else beside a database file, else the user's.
func cacheDir(asked, db string) string {
	if asked != "" {
		return asked
	}
	if !strings.Contains(db, "://") {
		return db + ".cache"
	}
	if dir, err := os.UserCacheDir(); err == nil {
		return filepath.Join(dir, "civicfeed")
	}
	return ""
}

// run polls and publishes until ctx ends or one of them cannot go on.
func (d *daemon) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	if d.aggregator != nil {
		g.Go(func() error { return d.aggregator.Run(ctx) })
	}
	if d.publisher != nil {
		g.Go(func() error { return d.publisher.Run(ctx) })
		g.Go(func() error { return serveHTTP(ctx, d.listener, d.publisher.Handler(), d.log) })
	}
	return g.Wait()
}

// reload takes a new catalog everywhere, or keeps the old one and says why. What could still
// refuse it comes first: a client that cannot be made, then a database that does not answer.
func (d *daemon) reload(ctx context.Context, cat *models.Catalog, err error) {
	swap := func() {}
	if err == nil && d.aggregator != nil {
		swap, err = d.aggregator.Prepare(cat)
	}
	if err == nil {
		err = d.store.Apply(ctx, cat)
	}
	if err != nil {
		d.log.Error("catalog not reloaded: the one before stays", "file", d.config, "err", err)
		return
	}
	swap()
	if d.publisher != nil {
		d.publisher.Reload(cat)
	}
	d.log.Info("catalog reloaded", "file", d.config, "sources", len(cat.Sources), "sections", len(cat.Sections), "regions", len(cat.Regions))
}

func (d *daemon) close() {
	if d.listener != nil {
		d.listener.Close() // closed already where it served
	}
	if d.unlock != nil {
		d.complain("lock not given back", d.unlock())
	}
	if d.store != nil {
		d.complain("store not closed", d.store.Close())
	}
}

func (d *daemon) complain(msg string, err error) {
	if err != nil {
		d.log.Error(msg, "err", err)
	}
}
