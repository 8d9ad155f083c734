package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"civicfeed/cmd/civicfeed/demo"
	"civicfeed/models/catalog"
)

// serveDemo serves the simulated city: its sources on loopback, its database in a temporary
// folder unless one was named.
func (e *env) serveDemo(ctx context.Context, s *serving, log *slog.Logger, keep bool) error {
	if !keep {
		dir, err := os.MkdirTemp("", "civicfeed-demo-")
		if err != nil {
			return fmt.Errorf("make a folder for the demo: %w", err)
		}
		defer os.RemoveAll(dir)
		e.db = filepath.Join(dir, "demo.db")
	}
	var lc net.ListenConfig
	origin, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for the demo's sources: %w", err)
	}
	city := demo.New(demo.Options{Start: time.Now(), Clock: time.Now})
	cat, err := catalog.Parse("demo/feeds.yaml", city.Catalog("http://"+origin.Addr().String()))
	if err != nil {
		origin.Close()
		return err
	}
	d, err := e.open(ctx, s, cat, log)
	if err != nil {
		origin.Close()
		return err
	}
	defer d.close()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return serveHTTP(ctx, origin, city.Handler(), log) })
	g.Go(func() error { return d.run(ctx) })
	return g.Wait()
}
