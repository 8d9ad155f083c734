package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"civicfeed/aggregator/normalize"
	"civicfeed/models"
	"civicfeed/models/store"
)

// explaining is what the flags of explain say.
type explaining struct {
	format, source           string
	asJSON, every, unclaimed bool
	top                      int
}

func (e *env) explain() *cobra.Command {
	x := &explaining{}
	cmd := &cobra.Command{
		Use:   "explain URL|ID | --unclaimed",
		Short: "Tell why an item is in its sections, places and story: which rule at which line, which copy",
		Long: `Tell why an item of the database stands where it stands: its story and each copy of it, what is known
of each, which line of feeds.yaml puts it into which section and by what, which lines nearly do.

URL is the link of an article, by whatever door of its site (www or m, http or https, any page of
it), or the address of a page of ours; ID is the id of a story or an item, or a published id.

With --unclaimed it tells instead which categories, breadcrumbs, columns, credits and paths items
have that no rule claims, how many of each, and the line of a section's match that would claim them.

The database is only read, and a daemon may be at work on it.`,
		Example: `  civicfeed explain http://www.example.gov.cn/yw/202610/t20261004_12.shtml
  civicfeed explain tag:example.org,2026:news/4mz6o2gzt7v3yq5k2x1c9d8e7f
  civicfeed explain --unclaimed --source xnnews-focus`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case x.unclaimed && len(args) > 0:
				return misused("--unclaimed tells of all items: leave out %q, or name a source with --source", args[0])
			case !x.unclaimed && len(args) != 1:
				return misused("name one article: its address, or its id; or write --unclaimed")
			case !x.unclaimed && x.source != "":
				return misused("--source is for --unclaimed")
			case x.format != "text" && x.format != "json":
				return misused("--format %s: write text or json", x.format)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if x.asJSON {
				x.format = "json"
			}
			if x.unclaimed {
				return e.tellUnclaimed(cmd.Context(), x, cmd.OutOrStdout())
			}
			return e.explainOne(cmd.Context(), args[0], x, cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.StringVar(&x.format, "format", "text", "text or json")
	f.BoolVar(&x.asJSON, "json", false, "the same as --format json")
	f.BoolVar(&x.every, "all", false, "tell of every line of every section, near or not")
	f.BoolVar(&x.unclaimed, "unclaimed", false, "tell what items have that no rule claims, with counts")
	f.StringVar(&x.source, "source", "", "with --unclaimed: of the items of this source alone")
	f.IntVar(&x.top, "top", 15, "with --unclaimed: how many of each kind are told; 0: all")
	_ = cmd.RegisterFlagCompletionFunc("source", e.completeSources)
	return cmd
}

// catalogAndStore opens what the daemon has: the catalog, and the database, perhaps for reading only.
func (e *env) catalogAndStore(ctx context.Context, readOnly bool) (*models.Catalog, *store.Store, error) {
	cat, err := e.load()
	if err != nil {
		return nil, nil, err
	}
	log, err := e.log()
	if err != nil {
		return nil, nil, err
	}
	st, err := store.Open(ctx, e.db, store.Options{Log: log, ReadOnly: readOnly})
	if err != nil {
		return nil, nil, fmt.Errorf("%w: name the database of the daemon with --db", err)
	}
	return cat, st, nil
}

func (e *env) explainOne(ctx context.Context, what string, x *explaining, out io.Writer) error {
	cat, st, err := e.catalogAndStore(ctx, true)
	if err != nil {
		return err
	}
	defer st.Close()
	stories, err := e.found(ctx, cat, st, what)
	if err != nil {
		return err
	}
	told := make([]explanation, len(stories))
	for i := range stories {
		told[i] = e.explained(cat, &stories[i])
	}
	if x.format == "json" {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(map[string]any{"asked": what, "stories": told})
	}
	for i, t := range told {
		if i > 0 {
			fmt.Fprintln(out)
		}
		e.printExplanation(out, cat, t, x.every)
	}
	return nil
}

// found are the stories for which a person's words stand, of which there is one at least.
func (e *env) found(ctx context.Context, cat *models.Catalog, st *store.Store, what string) ([]models.Story, error) {
	ids, addresses := sought(what)
	stories, err := st.Find(ctx, ids, addresses)
	if err == nil && len(stories) == 0 {
		err = e.nowhere(what, cat)
	}
	return stories, err
}

// sought are the ids and addresses for which a person's words may stand: an id, with or without the
// prefix of published ids; the link of an article, in the forms in which addresses are held; the
// address of a story's page, whose last part is its id.
func sought(what string) (ids, addresses []string) {
	what = strings.TrimSpace(what)
	last := what[strings.LastIndexByte(what, '/')+1:]
	if !strings.Contains(what, "://") || strings.Contains(what, "/stories/") {
		last, _, _ = strings.Cut(last, "?")
		last, _, _ = strings.Cut(last, "#")
		last = strings.TrimSuffix(strings.TrimSuffix(last, ".html"), ".json")
		ids = append(ids, what, last)
	}
	if place := normalize.Place(what); place != "" {
		addresses = normalize.Places(place, what)
		if u, err := url.Parse(what); err == nil && u.Scheme == "" {
			addresses = append(addresses, normalize.Places(place, "http://"+what)...)
		}
	}
	return slices.Compact(ids), addresses
}

// nowhere says that nothing was found, and what to do.
func (e *env) nowhere(what string, cat *models.Catalog) error {
	u, err := url.Parse(what)
	if err != nil || u.Host == "" {
		return fmt.Errorf("no story and no item in %s has the id %q: copy it from a feed or from the address of its page, or name the link of the article", e.db, what)
	}
	var near []string
	for _, s := range cat.Sources {
		if strings.EqualFold(hostOf(s.URL), u.Hostname()) {
			near = append(near, s.Key)
		}
	}
	if len(near) == 0 {
		return fmt.Errorf("no item in %s has this address, and no source of %s is on %s: see with \"civicfeed discover %s\" what could be read there",
			e.db, e.config, u.Hostname(), u.Scheme+"://"+u.Host+"/")
	}
	return fmt.Errorf("no item in %s has this address: see with \"civicfeed preview %s\" whether its source lists it now, and on /status whether that is well", e.db, near[0])
}
