package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"civicfeed/models"
	"civicfeed/models/catalog"
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
	cat, err := e.loadOrLast(s, log)
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
	last := s.lastGood(e.db, e.config)
	d.complain("feeds.yaml not copied", last.keep(e.config))
	g.Go(func() error {
		for edit := range edits {
			d.reload(ctx, edit.catalog, edit.err)
			d.complain("feeds.yaml not copied", last.keep(e.config))
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
