package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"civicfeed/aggregator"
	"civicfeed/aggregator/decode"
	"civicfeed/aggregator/fetch"
	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// How much discover asks of a site: politely, one request after another.
const (
	announcedTried = 6  // of the feeds that a page tells of
	listsTried     = 8  // of the lists that a page leads to
	sampled        = 10 // items of a preview
	sentOn         = 2  // times that a page may send its readers on
)

// usualPaths are where feeds lie that no page tells of, below the page and at the root of its host.
var usualPaths = [...]string{"feed", "rss.xml", "atom.xml", "index.xml", "feed.xml", "rss"}

func (e *env) discover() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "discover URL",
		Short: "Find feeds (and, failing that, a list of articles) and print ready-to-paste YAML",
		Long: `Look at a page for the feeds that it tells of, then at the usual addresses of feeds near it.
Where there is none, the page's own list of articles is found, and selectors for it are proposed; of
the home page of a site, the lists that it leads to; of an article, the list that its breadcrumb names.
Where no list is found either, the sitemaps that robots.txt names are looked at, and /sitemap.xml.

What goes to stdout can be pasted below "sources:" of feeds.yaml: what was found, with a preview of
its items in comments. The addresses that were tried are told on stderr. The requests go out one
after another, and no more than a few; the network settings of feeds.yaml hold, where there is one.`,
		Example: "  civicfeed discover https://www.example.gov.cn/news/",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.discoverAt(cmd.Context(), args[0], cmd.OutOrStdout())
		},
	}
	return cmd
}

// search is a look for what can be read near an address.
type search struct {
	client *fetch.Client
	src    models.Source // as which everything is read
	tried  map[string]bool
	empty  []finding // feeds in which nothing is
	log    io.Writer
}

// finding is a source that was found.
type finding struct {
	src     models.Source
	reading *aggregator.Reading
	how     string // it was found, where that is to be told: a sentence with a space before it
	key     string // proposed; empty: that of its address
	known   string // where it is a source already, in words
}

func (e *env) discoverAt(ctx context.Context, address string, out io.Writer) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return misused("%q: name an address that begins with http:// or https://", address)
	}
	cat, src, err := e.unknown(address, &previewing{})
	if err != nil {
		return err
	}
	client, err := aggregator.NewClient(cat, built())
	if err != nil {
		return err
	}
	defer client.Close()
	s := &search{client: client, src: src, tried: map[string]bool{}, log: e.stderr}
	found, err := s.run(ctx, address)
	if err != nil {
		return err
	}
	e.distinct(found)
	for i, f := range found {
		if i > 0 {
			fmt.Fprintln(out)
		}
		f.print(out)
	}
	return nil
}

// distinct gives findings keys that are theirs alone, in feeds.yaml too where there is one.
func (e *env) distinct(found []finding) {
	taken := map[string]bool{}
	site, err := (&env{config: e.config, stderr: io.Discard}).load()
	if err != nil {
		site = &models.Catalog{}
	}
	for _, src := range site.Sources {
		taken[src.Key] = true
	}
	for i := range found {
		f := &found[i]
		for _, src := range site.Sources {
			if src.URL == f.src.URL {
				f.known = fmt.Sprintf("%s at line %d of %s", src.Key, src.Line, e.config)
			}
		}
		base := keyFor(f.src.URL)
		f.key = base
		for n := 2; taken[f.key]; n++ {
			f.key = fmt.Sprintf("%s-%d", strings.TrimRight(base[:min(len(base), 36)], "-"), n)
		}
		taken[f.key] = true
	}
}

// run looks for what is read there, and is content with a feed that holds nothing where there is
// nothing else.
func (s *search) run(ctx context.Context, address string) ([]finding, error) {
	found, err := s.look(ctx, address)
	if err != nil && len(s.empty) > 0 && ctx.Err() == nil {
		return s.empty, nil
	}
	return found, err
}

// arrive asks for the page that people see who open an address.
func (s *search) arrive(ctx context.Context, address string) (*fetch.Response, error) {
	for n := 0; ; n++ {
		resp, err := s.get(ctx, address)
		if err != nil || n == sentOn {
			return resp, err
		}
		to := aggregator.SentOn(resp)
		if to == "" || s.tried[to] {
			return resp, nil
		}
		fmt.Fprintf(s.log, "%s: sends its readers on\n", address)
		address = to
	}
}

// look looks where it is likeliest first, and stops where something is found.
func (s *search) look(ctx context.Context, address string) ([]finding, error) {
	resp, err := s.arrive(ctx, address)
	if err != nil {
		return nil, err
	}
	kind := aggregator.KindOf(resp, s.src)
	if kind != models.KindPage && kind != models.KindArticle {
		f, err := s.read(resp, kind, models.PageRules{})
		if err != nil {
			return nil, err
		}
		return []finding{f}, nil
	}
	text, err := decode.Page(resp.Body, resp.ContentType, "")
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", resp.URL, err)
	}
	if found := s.announced(ctx, resp.URL, text.Bytes); len(found) > 0 {
		return found, nil
	}
	if found := s.usual(ctx, resp.URL, kind == models.KindArticle); len(found) > 0 {
		return found, nil
	}
	if kind == models.KindArticle {
		return s.fromArticle(ctx, resp, text.Bytes)
	}
	return s.fromPage(ctx, resp, text.Bytes)
}

// announced tries the feeds that a page tells of.
func (s *search) announced(ctx context.Context, page string, text []byte) (found []finding) {
	links, base, err := parse.Announced(text)
	if err != nil {
		return nil
	}
	for _, l := range links[:min(len(links), announcedTried)] {
		more := s.try(ctx, resolve(page, base), l.Link, models.KindFeed)
		if len(more) > 0 && more[0].reading.Feed.Title == "" {
			more[0].src.Name = l.Title
		}
		found = append(found, more...)
	}
	return found
}

// usual tries where feeds lie that nobody tells of, and is content with one. Beside an article there
// is none.
func (s *search) usual(ctx context.Context, page string, article bool) []finding {
	for _, path := range usualPaths {
		for _, from := range []string{"./", "/"} {
			if article && from == "./" {
				continue
			}
			if found := s.try(ctx, page, from+path, models.KindFeed); len(found) > 0 {
				return found
			}
		}
	}
	return nil
}

// try looks at one address, once.
func (s *search) try(ctx context.Context, base, ref string, kind models.Kind) []finding {
	address := resolve(base, ref)
	if address == "" || s.tried[address] || ctx.Err() != nil {
		return nil
	}
	resp, err := s.get(ctx, address)
	if err != nil {
		fmt.Fprintf(s.log, "%s: %s\n", address, models.ClassOf(err))
		return nil
	}
	f, err := s.read(resp, kind, models.PageRules{})
	if err != nil {
		fmt.Fprintf(s.log, "%s: %s\n", address, models.ClassOf(err))
		return nil
	}
	if len(f.reading.Items) == 0 {
		fmt.Fprintf(s.log, "%s: holds nothing\n", address)
		s.empty = append(s.empty, f)
		return nil
	}
	fmt.Fprintf(s.log, "%s: found\n", address)
	return []finding{f}
}

func (s *search) get(ctx context.Context, address string) (*fetch.Response, error) {
	s.tried[address] = true
	src := s.src
	src.URL = address
	return s.client.Get(ctx, aggregator.Request(src))
}

// read reads an answer just as a source with these settings is read.
func (s *search) read(resp *fetch.Response, kind models.Kind, rules models.PageRules) (finding, error) {
	src := s.src
	src.URL, src.Kind, src.Page = resp.URL, kind, rules
	src.Name = ""
	r, err := aggregator.Read(resp, src)
	return finding{src: src, reading: r}, err
}

// resolve gives the address that a reference on a page leads to; empty: none that could be asked.
func resolve(base, ref string) string {
	b, err := url.Parse(base)
	if err != nil {
		return ""
	}
	u, err := b.Parse(strings.TrimSpace(ref))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.Fragment = ""
	return u.String()
}
