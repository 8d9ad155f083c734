package parse

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"civicfeed/models"
)

// FeedLink is a page's word that there is a feed somewhere.
type FeedLink struct {
	Title string
	Link  string // as written; relative to the base that [Announced] gives, or to the page
	Sure  bool   // told by autodiscovery (<link rel=alternate>), not merely a link that looks like one
}

var (
	feedType = regexp.MustCompile(`(?i)^\s*application/(?:rss\+xml|atom\+xml|rdf\+xml|feed\+json)`)
	feedLike = regexp.MustCompile(`(?i)[/?=._-](?:rss|atom|feeds?|rdf)(?:[/?=&._-]|\d*$)|\.(?:rss|atom|rdf)$`)
	feedWord = regexp.MustCompile(`(?i)\brss\b|\batom\b|订阅源|訂閱源`)
)

// Announced gives the feeds that a page tells of, the surest first, and its <base href>. Feeds of
// comments come last.
func Announced(text []byte) (links []FeedLink, base string, err error) {
	if bytes.Count(text, []byte("<")) > maxPageTags {
		return nil, "", models.Fail(models.ErrTooLarge, "parse the page: more than %d tags", maxPageTags)
	}
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, "", models.Fail(models.ErrParse, "parse the page: %w", err)
	}
	seen := map[string]bool{}
	for n := range root.Descendants() {
		if n.DataAtom == atom.Base && base == "" {
			base = strings.TrimSpace(attrOf(n, "href"))
		}
		l, ok := announcement(n)
		if ok && !seen[l.Link] && len(links) < maxAttributes {
			seen[l.Link] = true
			links = append(links, l)
		}
	}
	slices.SortStableFunc(links, func(x, y FeedLink) int { return x.rank() - y.rank() })
	return links, base, nil
}

func announcement(n *html.Node) (FeedLink, bool) {
	switch n.DataAtom {
	case atom.Link:
		rel := strings.Fields(strings.ToLower(attrOf(n, "rel")))
		l := FeedLink{Title: squeeze(attrOf(n, "title")), Link: strings.TrimSpace(attrOf(n, "href")), Sure: true}
		return l, l.Link != "" && len(l.Link) <= maxAddress && slices.Contains(rel, "alternate") && feedType.MatchString(attrOf(n, "type"))
	case atom.A:
		l := FeedLink{Link: addressOf(n)}
		if l.Link == "" || !feedLike.MatchString(l.Link) && !feedWord.MatchString(attrOf(n, "title")) {
			text := ""
			if l.Link != "" {
				text = squeeze(textOf(n))
			}
			return l, len(text) < 40 && feedWord.MatchString(text)
		}
		l.Title = squeeze(textOf(n))
		return l, true
	}
	return FeedLink{}, false
}

func (l FeedLink) rank() int {
	rank := 0
	if !l.Sure {
		rank = 1
	}
	if strings.Contains(strings.ToLower(l.Link+l.Title), "comment") || strings.Contains(l.Title, "评论") {
		rank += 2
	}
	return rank
}
