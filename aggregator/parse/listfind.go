package parse

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// block is a list on a page: links that stand alike, each with what is told of it.
type block struct {
	entries []listed
	within  *html.Node // the innermost element that holds them all
	dates   int        // entries that have one
	weight  float64    // of its place
	score   float64
}

// listed is an entry of a list.
type listed struct {
	link  anchor
	links []anchor   // all that stand in it
	node  *html.Node // the outermost element that is about it alone
	span  span
	date  dated
}

// enough is the score of a block from which on it is a list of articles: two of them with their
// dates, or some more whose addresses look like those of articles.
const enough = 1.2

// prose is how much text, in runes beside its links, makes a page an article: what is listed there
// without dates is something else to read.
const prose = 800

// find gives the list of articles of a page; nil where there is none.
func (s *sheet) find() *block {
	groups := map[uint64][]anchor{}
	var order []uint64
	for _, l := range s.links {
		if l.text == "" {
			continue
		}
		if _, ok := groups[l.alike]; !ok {
			order = append(order, l.alike)
		}
		groups[l.alike] = append(groups[l.alike], l)
	}
	var best *block
	for _, key := range order {
		b := s.block(groups[key])
		if b != nil && (best == nil || b.score > best.score) {
			best = b
		}
	}
	if best == nil || best.score < enough || best.dates*2 < len(best.entries) && s.words > prose {
		return nil
	}
	return s.complete(best.alone())
}

// alone leaves out what stands elsewhere and has no date, where the others have.
func (b *block) alone() *block {
	home := map[*html.Node]bool{}
	for _, e := range b.entries {
		if e.date.raw != "" {
			home[e.node.Parent] = true
		}
	}
	if b.dates*3 >= len(b.entries)*2 {
		b.entries = slices.DeleteFunc(b.entries, func(e listed) bool { return e.date.raw == "" && !home[e.node.Parent] })
	}
	return b
}

// block makes a list of links that stand alike; nil where they are none.
func (s *sheet) block(links []anchor) *block {
	links = articles(links)
	if len(links) < 2 {
		return nil
	}
	b := &block{weight: 1}
	above := s.climb(b, links)
	if s.crowded(b) {
		return nil
	}
	s.date(b)
	b.weight = min(links[0].weight, s.introduce(b.entries[0].span.from, s.spans[above].from))
	b.judge()
	return b
}

// articles leaves out of links that stand alike those that are not of articles: names of columns
// before the titles, further links to the same article.
func articles(links []anchor) []anchor {
	times := map[string]int{}
	for _, l := range links {
		times[l.href]++
	}
	var kept []anchor
	for i, l := range links {
		again := len(kept) > 0 && kept[len(kept)-1].href == l.href
		switch {
		case again:
			if last := &kept[len(kept)-1]; utf8.RuneCountInString(l.text) > utf8.RuneCountInString(last.text) {
				*last = l
			}
		case isColumn(l, links, i) || times[l.href] > 1 && utf8.RuneCountInString(l.text) <= 8:
		default:
			kept = append(kept, l)
		}
	}
	return kept
}

// isColumn tells the link to a column that stands before an article's.
func isColumn(l anchor, links []anchor, i int) bool {
	if text := l.text; strings.ContainsAny(text[:1], "[(") && strings.ContainsAny(text[len(text)-1:], "])") ||
		strings.HasPrefix(text, "【") && strings.HasSuffix(text, "】") || strings.HasPrefix(text, "［") && strings.HasSuffix(text, "］") {
		return true
	}
	return i+1 < len(links) && links[i+1].node.Parent == l.node.Parent && links[i+1].node.Parent.LastChild != nil &&
		utf8.RuneCountInString(l.text) <= 6 && utf8.RuneCountInString(links[i+1].text) >= 10 && nextElement(l.node) == links[i+1].node
}

func nextElement(n *html.Node) *html.Node {
	for n = n.NextSibling; n != nil && n.Type != html.ElementNode; n = n.NextSibling {
	}
	return n
}

// climb finds for each link the outermost element that is about it alone, and the innermost that
// holds them all. It gives the one above that.
func (s *sheet) climb(b *block, links []anchor) (above *html.Node) {
	count := map[*html.Node]int{}
	for _, l := range links {
		for n := l.node; n != nil; n = n.Parent {
			count[n]++
		}
	}
	for _, l := range links {
		n := l.node
		for n.Parent != nil && count[n.Parent] == 1 {
			n = n.Parent
		}
		b.entries = append(b.entries, listed{link: l, node: n, span: s.spans[n]})
	}
	b.within = b.entries[0].node
	for b.within.Parent != nil && count[b.within] < len(links) {
		b.within = b.within.Parent
	}
	if b.within.Parent != nil && b.within.Parent.Type == html.ElementNode {
		return b.within.Parent
	}
	return b.within
}

// crowded tells a list of blocks that have many links each: a home page's.
func (s *sheet) crowded(b *block) bool {
	all := 0
	for i := range b.entries {
		e := &b.entries[i]
		e.links = s.linksIn(e.span)
		seen := map[string]bool{}
		for _, l := range e.links {
			seen[l.href] = true
		}
		all += len(seen)
	}
	return all > 4*len(b.entries)
}

func (s *sheet) linksIn(where span) []anchor {
	from := lastBefore(len(s.links), func(i int) bool { return s.links[i].at < where.from }) + 1
	to := lastBefore(len(s.links), func(i int) bool { return s.links[i].at <= where.to }) + 1
	return s.links[from:to]
}

// Addresses as those of articles: with the day in them, or with a number.
var (
	dayInAddress    = regexp.MustCompile(`(?:19|20)\d{2}[-/]?(?:0?[1-9]|1[0-2])[-/_]?\d{0,2}[-/_]|t(?:19|20)\d{6}_|/(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-3]\d)?/`)
	numberInAddress = regexp.MustCompile(`\d{3,}[^/?]*$|[?&/](?:id|aid|tid|nid|newsid|articleid|artid|infoid|contentid)=?\w*\d`)
)

// judge scores a block: by the entries that are like articles, how long their titles are, and
// where it stands.
func (b *block) judge() {
	length, signs := 0, 0.0
	texts, hosts := map[string]bool{}, map[string]bool{}
	abroad := 0
	for _, e := range b.entries {
		length += min(utf8.RuneCountInString(e.link.text), 60)
		texts[e.link.text] = true
		switch {
		case e.date.raw != "":
			signs++
		case dayInAddress.MatchString(e.link.href):
			signs += 0.7
		case utf8.RuneCountInString(e.link.text) >= 6 && numberInAddress.MatchString(strings.ToLower(e.link.href)):
			signs += 0.3
		default:
			signs += 0.02
		}
		if host := hostIn(e.link.href); host != "" {
			abroad++
			hosts[host] = true
		}
	}
	n := len(b.entries)
	b.score = signs * b.weight * min(float64(length)/float64(n)/10, 1.6)
	if b.dates*10 < n {
		b.score *= 0.5
	}
	switch {
	case len(texts)*10 < n*6: // “more”, again and again
		b.score *= 0.05
	case len(hosts) > 3 && abroad*2 > n && len(hosts)*2 > abroad: // other sites
		b.score *= 0.05
	case b.entries[0].link.picture:
		b.score *= 0.6
	case strings.IndexFunc(b.entries[0].link.text, unicode.IsLetter) < 0: // numbers of pages
		b.score *= 0.05
	}
}

func hostIn(href string) string {
	_, rest, ok := strings.Cut(href, "//")
	if !ok {
		return ""
	}
	host, _, _ := strings.Cut(rest, "/")
	return strings.ToLower(host)
}

// complete adds the entries that stand among the others in another dress: the first with a
// picture, the newest in bold.
func (s *sheet) complete(b *block) *block {
	held := map[*html.Node]bool{}
	rows := map[*html.Node]int{}
	kind := b.entries[0].node.Data
	for _, e := range b.entries {
		held[e.node] = true
		if e.node.Data == kind {
			rows[e.node.Parent]++
		}
	}
	added := false
	for _, e := range slices.Clone(b.entries) {
		if rows[e.node.Parent] < 2 {
			continue
		}
		for n := e.node.Parent.FirstChild; n != nil; n = n.NextSibling {
			if n.Data != kind || held[n] {
				continue
			}
			held[n] = true
			if more, ok := s.lonely(n, b); ok {
				b.entries = append(b.entries, more)
				added = true
			}
		}
		rows[e.node.Parent] = 0
	}
	if added {
		slices.SortFunc(b.entries, func(x, y listed) int { return x.span.from - y.span.from })
	}
	return b
}

// lonely reads an element beside a list's entries as one of them.
func (s *sheet) lonely(n *html.Node, b *block) (listed, bool) {
	e := listed{node: n, span: s.spans[n]}
	e.links = s.linksIn(e.span)
	if b.entries[0].node == b.entries[0].link.node || len(e.links) == 0 || len(e.links) > 6 {
		return e, false
	}
	e.link = titleLink(e.links)
	d, ok := chooseDate(s.datesIn(e.span))
	if ok {
		e.date = d
		b.dates++
	}
	return e, e.link.text != "" && (ok || b.dates == 0 && e.link.alikeTags == b.entries[0].link.alikeTags)
}

// titleLink gives the link among those of an entry that is its title: the longest.
func titleLink(links []anchor) (best anchor) {
	for _, l := range links {
		if best.text == "" || best.picture && !l.picture ||
			best.picture == l.picture && min(utf8.RuneCountInString(l.text), 60) > min(utf8.RuneCountInString(best.text), 60) {
			best = l
		}
	}
	return best
}
