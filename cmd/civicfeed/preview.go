package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"civicfeed/aggregator"
	"civicfeed/aggregator/fetch"
	"civicfeed/models"
	"civicfeed/publisher/render"
)

// previewing is what the flags of preview say.
type previewing struct {
	format, base, contentType, timezone, language string
	zoned                                         bool // a zone was given, be it an empty one: UTC
	steps                                         bool
}

func (e *env) preview() *cobra.Command {
	p := &previewing{}
	cmd := &cobra.Command{
		Use:   "preview FILE|URL|SOURCE",
		Short: "Show the items that would be published, storing nothing",
		Long: `Show what civicfeed reads in a file, at an address, or at a source of feeds.yaml.
Nothing is stored. A file or an address needs no feeds.yaml; where there is one, its network
settings and its zone hold.

With --steps each stage is told, with every repair and choice: the answer, its bytes and how their
encoding is known, the parsed feed, each item's id, link, dates, people and text, its sections and
regions. With --format json the steps are in _civicfeed.steps of the feed and of each item.`,
		Example: `  civicfeed preview https://news.example.gov.cn/rss.xml
  civicfeed preview feed.xml --base https://news.example.gov.cn/rss.xml --timezone Asia/Shanghai
  civicfeed preview xnnews-focus --steps
  civicfeed preview xnnews-focus --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p.zoned = cmd.Flags().Changed("timezone")
			return e.previewOne(cmd.Context(), args[0], p, cmd.OutOrStdout())
		},
		ValidArgsFunction: e.completeSources,
	}
	f := cmd.Flags()
	f.StringVar(&p.format, "format", "table", "table or json (JSON Feed 1.1)")
	f.StringVar(&p.base, "base", "", "address that a FILE came from, for its relative links")
	f.StringVar(&p.contentType, "content-type", "", "the Content-Type that a FILE came with")
	f.StringVar(&p.timezone, "timezone", "", "zone of dates that name none, such as Asia/Shanghai (default: the site's; a SOURCE has its own)")
	f.BoolVar(&p.steps, "steps", false, "tell each stage, with every repair and choice in words")
	f.StringVar(&p.language, "language", "", "language of items that name none, such as zh-CN")
	return cmd
}

func (e *env) previewOne(ctx context.Context, what string, p *previewing, out io.Writer) error {
	if p.format != "table" && p.format != "json" {
		return misused("--format %s: write table or json", p.format)
	}
	cat, src, resp, err := e.obtain(ctx, what, p)
	if err != nil {
		return err
	}
	r, err := e.read(resp, cat, src, p, out)
	if err != nil {
		return err
	}
	switch {
	case p.format == "table" && p.steps:
		return nil // they are told
	case p.format == "table":
		return printReading(out, cat, src, r)
	}
	doc, err := render.Preview(previewPage(cat, src, r), r.Feed, r.Warnings)
	if err != nil {
		return err
	}
	_, err = out.Write(doc)
	return err
}

// read reads what came; where steps are asked for it notes them, and in words tells them, those to a
// failure too.
func (e *env) read(resp *fetch.Response, cat *models.Catalog, src models.Source, p *previewing, out io.Writer) (*aggregator.Reading, error) {
	if src.Kind == "" { // of a file or an address nothing is known
		src.Kind = guess(resp, src)
	}
	if !p.steps {
		r, err := aggregator.Read(resp, src)
		e.name(cat, r)
		return r, err
	}
	r, steps, err := aggregator.Trace(resp, src)
	if r != nil {
		e.name(cat, r)
		r.Feed.Steps = append(steps, e.place(cat, src, r.Items)...)
		steps = r.Feed.Steps
	}
	if p.format == "table" {
		printSteps(out, steps, r)
	}
	return r, err
}

// guess tells as what an answer is read. A page that lists nothing is told to be no feed.
func guess(resp *fetch.Response, src models.Source) models.Kind {
	src.Kind = aggregator.KindOf(resp, src)
	if src.Kind == models.KindPage {
		if _, err := aggregator.Read(resp, src); err != nil {
			return models.KindFeed
		}
	}
	return src.Kind
}

// obtain finds what is to be previewed, and the source as which it is read. The network settings
// and the zone of feeds.yaml hold for a FILE or URL too, where there is one.
func (e *env) obtain(ctx context.Context, what string, p *previewing) (*models.Catalog, models.Source, *fetch.Response, error) {
	cat, src, err := e.unknown(what, p)
	if err != nil {
		return nil, src, nil, err
	}
	if strings.HasPrefix(what, "http://") || strings.HasPrefix(what, "https://") {
		resp, err := get(ctx, cat, src)
		return cat, src, resp, err
	}
	body, err := os.ReadFile(filepath.Clean(what))
	if err == nil {
		src.URL = p.base
		return cat, src, &fetch.Response{URL: p.base, Body: body, ContentType: p.contentType, At: time.Now()}, nil
	}
	if !errors.Is(err, os.ErrNotExist) || strings.ContainsAny(what, "./") {
		return nil, src, nil, fmt.Errorf("%w: name a file, an address that begins with http:// or https://, or a source of %s", err, e.config)
	}
	return e.obtainSource(ctx, what)
}

// unknown is a source of which nothing is known but where it is.
func (e *env) unknown(what string, p *previewing) (*models.Catalog, models.Source, error) {
	cat := &models.Catalog{Network: models.DefaultNetwork()}
	zone := models.DefaultZone
	if site, err := (&env{config: e.config, stderr: io.Discard}).load(); err == nil {
		cat.Network, cat.Regions, zone = site.Network, site.Regions, site.Site.Location.String()
	}
	if p.zoned {
		zone = p.timezone
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return nil, models.Source{}, misused("--timezone %s: no such zone: write one like Asia/Shanghai", zone)
	}
	return cat, models.Source{
		Key: "preview", Name: what, URL: what, Location: loc, Language: p.language,
		Republish: models.Full, Timeout: fetch.DefaultTimeout,
	}, nil
}

func (e *env) obtainSource(ctx context.Context, key string) (*models.Catalog, models.Source, *fetch.Response, error) {
	cat, err := e.load()
	if err != nil {
		return nil, models.Source{}, nil, err
	}
	src, ok := cat.Source(key)
	if !ok {
		return nil, src, nil, misused("%q is neither a file, nor an address, nor a source of %s, which has %s", key, e.config, sourceKeys(cat))
	}
	resp, err := get(ctx, cat, src)
	return cat, src, resp, err
}

func get(ctx context.Context, cat *models.Catalog, src models.Source) (*fetch.Response, error) {
	client, err := aggregator.NewClient(cat, built())
	if err != nil {
		return nil, err
	}
	defer client.Close()
	return client.Get(ctx, aggregator.Request(src))
}

// previewPage is the page on which the items of one source would stand.
func previewPage(cat *models.Catalog, src models.Source, r *aggregator.Reading) *render.Page {
	page := &render.Page{
		Catalog: cat, View: models.View{Source: src.Key},
		Sources: map[string]models.SourceState{src.Key: {
			Key: src.Key, Name: src.Name, URL: src.URL, Site: src.Site, Republish: src.Republish, Feed: r.Feed,
		}},
	}
	for i := range r.Items {
		it := &r.Items[i]
		m := cat.Membership(it)
		page.Stories = append(page.Stories, models.Story{ID: it.ID, Sections: m.Sections, Regions: m.Regions, Items: []models.Item{*it}})
	}
	return page
}

func printReading(out io.Writer, cat *models.Catalog, src models.Source, r *aggregator.Reading) error {
	fmt.Fprintf(out, "%s (%s, %s)  %s\n", r.Feed.Title, r.Feed.Version, r.Encoding, r.Feed.Link)
	for _, w := range r.Warnings {
		fmt.Fprintln(out, "    "+w)
	}
	t := newTable("PUBLISHED", "TITLE", "SECTIONS", "LINK")
	for i := range r.Items {
		it := &r.Items[i]
		m := cat.Membership(it)
		t.row(localTime(it.Published, src.Location), clip(it.Title, 48), because(m), it.Link)
		for _, w := range it.Warnings {
			t.note(w)
		}
	}
	t.print(out)
	return nil
}

// because lists an item's sections, each with the line of feeds.yaml that put it there.
func because(m models.Membership) string {
	var parts []string
	for i, key := range m.Sections {
		parts = append(parts, fmt.Sprintf("%s (line %d)", key, m.Because[i]))
	}
	return strings.Join(parts, ", ")
}

// localTime writes a moment as exactly as it is known.
func localTime(m models.Moment, loc *time.Location) string {
	switch {
	case m.At == 0:
		return "(first seen)"
	case m.Precision == models.Day:
		return m.At.Time().In(loc).Format(time.DateOnly)
	}
	return m.At.Time().In(loc).Format("2006-01-02 15:04")
}
