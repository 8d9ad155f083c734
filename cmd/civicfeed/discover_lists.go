package main

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"civicfeed/aggregator/decode"
	"civicfeed/aggregator/fetch"
	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// fewest is how many articles make a list that another page leads to.
const fewest = 3

// fromPage finds the list that a page is, or those that it leads to: of a home page these come first,
// for what it shows is a part of each.
func (s *search) fromPage(ctx context.Context, resp *fetch.Response, text []byte) ([]finding, error) {
	ways := s.ways(resp.URL, text)
	home := isHome(resp.URL) || leads(ways) >= 2
	if home {
		if found := s.lists(ctx, ways, 0); len(found) > 0 {
			return found, nil
		}
	}
	rules, _, err := parse.Propose(text)
	if err == nil {
		f, err := s.read(resp, models.KindPage, rules)
		if err != nil {
			return nil, err
		}
		return []finding{f}, nil
	}
	if !home {
		if found := s.lists(ctx, ways, 0); len(found) > 0 {
			return found, nil
		}
	}
	if found := s.mapped(ctx, resp.URL); len(found) > 0 {
		return found, nil
	}
	return nil, fmt.Errorf("%s tells of no feed, there is none at the usual addresses, and it lists no articles: %w", resp.URL, err)
}

// fromArticle finds the list that an article stands in: the innermost part of its breadcrumb that is
// one, else those that the page leads to.
func (s *search) fromArticle(ctx context.Context, resp *fetch.Response, text []byte) ([]finding, error) {
	var trail []string
	if page, err := parse.Article(text, models.PageRules{}); err == nil {
		trail = slices.Clone(page.Breadcrumb)
		slices.Reverse(trail)
	}
	ways := s.ways(resp.URL, text, trail...)
	named := 0
	for _, w := range ways {
		if slices.Contains(trail, w.Title) {
			named++
		}
	}
	for _, w := range ways[:named] {
		if found := s.lists(ctx, []way{w}, 1); len(found) > 0 {
			found[0].how = fmt.Sprintf(" The article stands in it: its breadcrumb names “%s”.", comment(w.Title))
			return found, nil
		}
	}
	if found := s.lists(ctx, ways[named:], 0); len(found) > 0 {
		return found, nil
	}
	if found := s.mapped(ctx, resp.URL); len(found) > 0 {
		return found, nil
	}
	return nil, fmt.Errorf("%s is the page of one article, and no list was found that it stands in: name the page that lists the articles of its heading", resp.URL)
}

// way is a link to what may be a list.
type way struct {
	parse.Way
	address string
}

// ways are the links of a page that may lead to lists on the same host, the likeliest first.
func (s *search) ways(page string, text []byte, names ...string) (all []way) {
	found, base, err := parse.Ways(text, names...)
	if err != nil {
		return nil
	}
	base = resolve(page, base)
	seen := map[string]bool{page: true}
	for _, w := range found {
		address := resolve(base, w.Link)
		if address == "" || seen[address] || !strings.EqualFold(hostOf(address), hostOf(page)) || isHome(address) {
			continue
		}
		seen[address] = true
		all = append(all, way{w, address})
	}
	return all
}

// leads counts the lists of which a page shows some and says that there is more.
func leads(ways []way) (n int) {
	for _, w := range ways {
		if w.More {
			n++
		}
	}
	return n
}

// isHome tells the address of a home page.
func isHome(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.RawQuery != "" {
		return false
	}
	switch strings.ToLower(strings.TrimSuffix(path.Base(u.Path), path.Ext(u.Path))) {
	case "index", "default", "home", "main":
		return path.Dir(u.Path) == "/"
	}
	return u.Path == "" || u.Path == "/"
}

// lists tries where ways lead, a few at most, and keeps what lists articles; enough of them, if that
// is not 0, end the search.
func (s *search) lists(ctx context.Context, ways []way, enough int) (found []finding) {
	for _, w := range ways[:min(len(ways), listsTried)] {
		if ctx.Err() != nil {
			break
		}
		f, err := s.list(ctx, w)
		if err != nil {
			fmt.Fprintf(s.log, "%s: %s\n", w.address, models.ClassOf(err))
			continue
		}
		fmt.Fprintf(s.log, "%s: found\n", w.address)
		if !slices.ContainsFunc(found, func(other finding) bool { return other.src.URL == f.src.URL }) {
			found = append(found, f)
		}
		if len(found) == enough {
			break
		}
	}
	return found
}

// list reads one page as a list, with the selectors that it suggests.
func (s *search) list(ctx context.Context, w way) (finding, error) {
	resp, err := s.get(ctx, w.address)
	if err != nil {
		return finding{}, err
	}
	text, err := decode.Page(resp.Body, resp.ContentType, "")
	if err != nil {
		return finding{}, err
	}
	rules, _, err := parse.Propose(text.Bytes)
	if err != nil {
		return finding{}, err
	}
	f, err := s.read(resp, models.KindPage, rules)
	if err != nil {
		return finding{}, err
	}
	if len(f.reading.Items) < fewest {
		return finding{}, models.Fail(models.ErrNotAFeed, "%d articles make no list", len(f.reading.Items))
	}
	if title := f.reading.Feed.Title; w.Title != "" && !strings.Contains(title, w.Title) {
		f.src.Name = strings.Trim(title+"·"+w.Title, "·")
	}
	return f, nil
}
