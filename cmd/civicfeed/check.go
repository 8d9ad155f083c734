package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"civicfeed/aggregator"
	"civicfeed/models"
	"civicfeed/models/catalog"
)

// load reads feeds.yaml; its problems go to stderr, each on a line.
func (e *env) load() (*models.Catalog, error) {
	cat, err := catalog.Load(e.config)
	var problems catalog.Problems
	switch {
	case errors.As(err, &problems):
		fmt.Fprintln(e.stderr, problems)
		return nil, errTold
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%s: no such file: name one with --config FILE, or see a city at work with \"civicfeed serve --demo\"", e.config)
	}
	return cat, err
}

func (e *env) check() *cobra.Command {
	var visit bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Validate feeds.yaml; with --fetch also visit each source once",
		Long: `Validate feeds.yaml: every problem at once, as file:line:col: what is wrong: what to write instead.

With --fetch each enabled source is visited once. Nothing is stored; a table shows what would come.`,
		Example: "  civicfeed check\n  civicfeed check --fetch --config new-feeds.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cat, err := e.load()
			if err != nil {
				return err
			}
			if visit {
				return e.checkSources(cmd.Context(), cat, cmd.OutOrStdout())
			}
			if err := e.remarkUnready(cat); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: good: %d sources, %d sections, %d regions\n",
				e.config, len(cat.Sources), len(cat.Sections), len(cat.Regions))
			return err
		},
	}
	cmd.Flags().BoolVar(&visit, "fetch", false, "also visit each enabled source once, storing nothing")
	return cmd
}

// remarkUnready tells on stderr what sources still lack on this machine. Another may have it, so
// that the file is good all the same.
func (e *env) remarkUnready(cat *models.Catalog) error {
	client, err := aggregator.NewClient(cat, built())
	if err != nil {
		return fmt.Errorf("%s: %w", e.config, err)
	}
	defer client.Close()
	for _, err := range aggregator.Unready(client, cat) {
		fmt.Fprintf(e.stderr, "%s: %v\n", e.config, err)
	}
	return nil
}

// checkSources visits every enabled source and prints a table; an error if any failed.
func (e *env) checkSources(ctx context.Context, cat *models.Catalog, out io.Writer) error {
	client, err := aggregator.NewClient(cat, built())
	if err != nil {
		return err
	}
	defer client.Close()
	var enabled []models.Source
	for _, s := range cat.Sources {
		if s.Enabled {
			enabled = append(enabled, s)
		}
	}
	bar := e.bar(len(enabled), "checking")
	looks := make([]look, len(enabled))
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(16)
	for i, src := range enabled {
		g.Go(func() error {
			r, v := aggregator.Look(ctx, client, src)
			looks[i] = look{src, r, v}
			mu.Lock()
			defer mu.Unlock()
			bar.done(src.Key)
			return ctx.Err()
		})
	}
	err = g.Wait()
	bar.close()
	if err != nil {
		return err
	}
	return printLooks(out, cat, looks)
}

// look is a visit that stored nothing.
type look struct {
	source  models.Source
	reading *aggregator.Reading
	visit   models.Visit
}

func printLooks(out io.Writer, cat *models.Catalog, looks []look) error {
	t := newTable("SOURCE", "RESULT", "ITEMS", "NEWEST", "SECTIONS", "MS")
	bad := 0
	for _, l := range looks {
		if l.visit.Outcome == models.Failed {
			bad++
			t.row(l.source.Key, string(l.visit.Class), "-", "-", "-", fmt.Sprint(l.visit.Duration))
			t.note(l.visit.Error)
			continue
		}
		newest, sections := summarize(cat, l.source, l.reading.Items)
		t.row(l.source.Key, "ok", fmt.Sprint(len(l.reading.Items)), newest, sections, fmt.Sprint(l.visit.Duration))
		for _, w := range l.visit.Warnings {
			t.note(w)
		}
	}
	t.print(out)
	if bad > 0 {
		fmt.Fprintf(out, "%d of %d sources failed\n", bad, len(looks))
		return errTold
	}
	return nil
}

// summarize tells the newest day among items, where they have any, and how many go to which section.
func summarize(cat *models.Catalog, src models.Source, items []models.Item) (newest, sections string) {
	counts := map[string]int{}
	newest = "-"
	var latest models.Millis
	for i := range items {
		if at := items[i].Published.At; at > latest {
			latest, newest = at, at.Time().In(src.Location).Format(time.DateOnly)
		}
		for _, key := range cat.Membership(&items[i]).Sections {
			counts[key]++
		}
	}
	var parts []string
	for _, s := range cat.Sections {
		if n := counts[s.Key]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", s.Title, n))
		}
	}
	return newest, strings.Join(parts, ", ")
}
