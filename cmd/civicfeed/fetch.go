package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"civicfeed/aggregator"
	"civicfeed/models"
	"civicfeed/models/store"
)

func (e *env) fetch() *cobra.Command {
	var which store.Which
	var asJSON, accept bool
	cmd := &cobra.Command{
		Use:   "fetch [SOURCE...]",
		Short: "Visit the sources that are due once, save, exit",
		Long: `Visit the sources that are due once, save what they brought, and exit.

SOURCE is a key of feeds.yaml; without any, all sources are meant. The exit status is 1 when a
source that was named failed, or all of them did.
It does not run beside a daemon that polls into the same database file.`,
		Example: "  civicfeed fetch\n  civicfeed fetch --all --json\n  civicfeed fetch news-gov-hk-top --force",
		RunE: func(cmd *cobra.Command, args []string) error {
			which.Keys = args
			log, err := e.log()
			if err != nil {
				return err
			}
			if accept && len(args) == 0 {
				return misused("--accept takes what is withheld of the sources that are named: which ones?")
			}
			which.All = which.All || accept
			return e.fetchOnce(cmd.Context(), which, accept, asJSON, log, cmd.OutOrStdout())
		},
		ValidArgsFunction: e.completeSources,
	}
	f := cmd.Flags()
	f.BoolVar(&which.All, "all", false, "due or not, but never against a floor or a Retry-After")
	f.BoolVar(&which.Force, "force", false, "also against them: for an admin who knows why")
	f.BoolVar(&accept, "accept", false, "take what is withheld of these sources (see /status): entries that look like old ones under other names")
	f.BoolVar(&asJSON, "json", false, "print one summary object on stdout")
	return cmd
}

// completeSources offers the keys of feeds.yaml to the shell.
func (e *env) completeSources(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	quiet := env{config: e.config, stderr: io.Discard}
	cat, err := quiet.load()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var keys []string
	for _, s := range cat.Sources {
		keys = append(keys, s.Key+"\t"+s.Name)
	}
	return keys, cobra.ShellCompDirectiveNoFileComp
}

// summary is what one fetch did.
type summary struct {
	Visits    int       `json:"visits"`
	Fetched   int       `json:"fetched"`
	Unchanged int       `json:"unchanged"`
	Failed    int       `json:"failed"`
	Items     int       `json:"items"` // in the documents read
	New       int       `json:"new"`
	Changed   int       `json:"changed"`
	Waiting   int       `json:"pages_waiting"` // of items: to be read when their host allows
	Millis    int64     `json:"ms"`
	Failures  []failure `json:"failures"`
	slowest   models.Visit
}

type failure struct {
	Source string            `json:"source"`
	Class  models.ErrorClass `json:"class"`
	Error  string            `json:"error"`
}

func (s *summary) add(v models.Visit) {
	s.Visits++
	s.Items, s.New, s.Changed = s.Items+v.Items, s.New+v.New, s.Changed+v.Changed
	switch v.Outcome {
	case models.Fetched:
		s.Fetched++
	case models.Unchanged:
		s.Unchanged++
	case models.Failed:
		s.Failed++
		s.Failures = append(s.Failures, failure{v.Source, v.Class, v.Error})
	}
	if v.Duration > s.slowest.Duration {
		s.slowest = v
	}
}

func (s *summary) String() string {
	if s.Visits == 0 {
		return "nothing was due; --all visits every source that may be asked again"
	}
	text := fmt.Sprintf("%d visits in %.1f s: %d fetched, %d unchanged, %d failed; %d items: %d new, %d changed; slowest %s (%.1f s)",
		s.Visits, float64(s.Millis)/1000, s.Fetched, s.Unchanged, s.Failed, s.Items, s.New, s.Changed, s.slowest.Source, float64(s.slowest.Duration)/1000)
	if s.Waiting > 0 {
		text += fmt.Sprintf("; %d pages of articles wait for a later visit", s.Waiting)
	}
	return text
}

func (e *env) fetchOnce(ctx context.Context, which store.Which, accept, asJSON bool, log *slog.Logger, out io.Writer) error {
	cat, err := e.load()
	if err != nil {
		return err
	}
	for _, key := range which.Keys {
		if _, ok := cat.Source(key); !ok {
			return misused("no source %q in %s: it has %s", key, e.config, sourceKeys(cat))
		}
	}
	bar := e.bar(len(cat.Sources), "fetching")
	if bar.ProgressBar != nil {
		log = slog.New(slog.DiscardHandler) // the bar and the summary tell it
	}
	sum := summary{Failures: []failure{}}
	began := time.Now()
	pages, err := e.visitOnce(ctx, cat, which, accept, log, func(d *models.Delivery) {
		sum.add(d.Visit)
		bar.done(sum.slowest.Source)
	})
	bar.close()
	if err != nil {
		return err
	}
	for key, p := range pages {
		if len(which.Keys) == 0 || slices.Contains(which.Keys, key) {
			sum.Waiting += p.Waiting
		}
	}
	sum.Millis = time.Since(began).Milliseconds()
	return sum.print(out, e.stderr, asJSON, len(which.Keys) > 0)
}

// visitOnce opens the store for polling, visits, and closes it. It tells which pages of items are left.
func (e *env) visitOnce(ctx context.Context, cat *models.Catalog, which store.Which, accept bool, log *slog.Logger, observe func(*models.Delivery)) (map[string]models.PageState, error) {
	d := &daemon{log: log}
	defer d.close()
	var err error
	if d.store, err = store.Open(ctx, e.db, store.Options{Log: log}); err != nil {
		return nil, err
	}
	if d.unlock, err = d.store.LockPolling(ctx); err != nil {
		return nil, err
	}
	if err := d.store.Apply(ctx, cat); err != nil {
		return nil, err
	}
	a, err := aggregator.New(d.store, cat, aggregator.Options{Version: built(), Log: log, Observe: observe, Alone: alone, Accept: accept})
	if err != nil {
		return nil, err
	}
	if err := a.Once(ctx, which); err != nil {
		return nil, err
	}
	return d.store.Pages(ctx)
}

// print tells the summary; failures make the exit status 1 where the sources were named, or all failed.
func (s *summary) print(out, stderr io.Writer, asJSON, named bool) error {
	if asJSON {
		if err := json.NewEncoder(out).Encode(s); err != nil {
			return err
		}
	} else {
		for _, f := range s.Failures {
			fmt.Fprintf(stderr, "%s: %s: %s\n", f.Source, f.Class, f.Error)
		}
		fmt.Fprintln(stderr, s)
	}
	if s.Failed > 0 && (named || s.Failed == s.Visits) {
		return errTold
	}
	return nil
}

func sourceKeys(cat *models.Catalog) string {
	var keys []string
	for _, s := range cat.Sources {
		keys = append(keys, s.Key)
	}
	return strings.Join(keys, ", ")
}
