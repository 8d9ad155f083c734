package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// mapsNamed is how many sitemaps of robots.txt are looked at.
const mapsNamed = 3

// mapped looks for a sitemap: where robots.txt says, or where they usually are.
func (s *search) mapped(ctx context.Context, page string) []finding {
	var addresses []string
	if resp, err := s.get(ctx, resolve(page, "/robots.txt")); err == nil {
		addresses = sitemapsOf(resp.Body)
	}
	for _, a := range append(addresses, "/sitemap.xml") {
		if found := s.tryMap(ctx, page, a, true); len(found) > 0 {
			return found
		}
	}
	return nil
}

// sitemapsOf are the sitemaps that a robots.txt names (RFC 9309 section 2.2.4, sitemaps.org), the
// first few of them.
func sitemapsOf(robots []byte) (all []string) {
	robots = bytes.TrimPrefix(robots, []byte("\ufeff"))
	for line := range bytes.Lines(robots[:min(len(robots), 64<<10)]) {
		name, value, _ := strings.Cut(string(line), ":")
		if !strings.EqualFold(strings.TrimSpace(name), "sitemap") {
			continue
		}
		// What follows the address is a comment.
		if words := strings.Fields(value); len(words) > 0 && !strings.HasPrefix(words[0], "#") && len(all) < mapsNamed && !slices.Contains(all, words[0]) {
			all = append(all, words[0])
		}
	}
	return all
}

// tryMap looks at a sitemap, and where it is an index of sitemaps at the newest of those.
func (s *search) tryMap(ctx context.Context, base, ref string, index bool) []finding {
	address := resolve(base, ref)
	if address == "" || ctx.Err() != nil {
		return nil
	}
	resp, err := s.get(ctx, address)
	if err != nil {
		fmt.Fprintf(s.log, "%s: %s\n", address, models.ClassOf(err))
		return nil
	}
	var of *parse.Index
	f, err := s.read(resp, models.KindSitemap, models.PageRules{})
	switch {
	case errors.As(err, &of) && index:
		fmt.Fprintf(s.log, "%s: an index of %d sitemaps\n", address, of.Sitemaps)
		return s.tryMap(ctx, resp.URL, of.Newest, false)
	case err != nil:
		fmt.Fprintf(s.log, "%s: %s\n", address, models.ClassOf(err))
		return nil
	case len(f.reading.Items) == 0:
		fmt.Fprintf(s.log, "%s: holds nothing\n", address)
		return nil
	}
	fmt.Fprintf(s.log, "%s: found\n", address)
	return []finding{f}
}
