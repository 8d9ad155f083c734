package parse

import (
	"slices"
	"strings"
	"unicode"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"civicfeed/models"
)

// propose gives the selectors by which the entries of a list are found again, the simplest that
// are exact; what cannot be told by selectors is left to be found by itself.
func (s *sheet) propose(b *block) (rules models.PageRules) {
	if b.entries[0].node == b.entries[0].link.node && b.dates > 0 && !slices.ContainsFunc(b.entries, func(e listed) bool { return e.date.inLink }) {
		return rules // nothing but links, their dates between them
	}
	rules.Link = inEach(b, linkName, func(e listed, n *html.Node) bool { return n == e.link.node })
	for {
		want := map[*html.Node]bool{}
		nodes := make([]*html.Node, 0, len(b.entries))
		for _, e := range b.entries {
			want[e.node] = true
			nodes = append(nodes, e.node)
		}
		names := candidates(nodes, b.within)
		rules.Item = firstOf(names, func(css string) bool { return s.exact(css, want, "") })
		if rules.Item == "" && rules.Link != "" { // others there have links too, but not such
			rules.Item = firstOf(names, func(css string) bool { return s.exact(css, want, rules.Link) })
		}
		if rules.Item != "" {
			break
		}
		if !s.narrow(b) {
			return models.PageRules{}
		}
	}
	if b.dates*2 > len(b.entries) {
		rules.Date = inEach(b, dateName, func(e listed, n *html.Node) bool { return e.date.node == nil || n == e.date.node })
	}
	return rules
}

// narrow takes of every entry the element in it that holds its link, as long as that has all that
// is told of it.
func (s *sheet) narrow(b *block) bool {
	for i := range b.entries {
		e := &b.entries[i]
		n := e.link.node
		for n != e.node && n.Parent != e.node {
			n = n.Parent
		}
		if n == e.node || n == e.link.node || e.date.raw != "" && e.span.holds(e.date.at) && !s.spans[n].holds(e.date.at) {
			return false
		}
		e.node = n
	}
	for i := range b.entries {
		b.entries[i].span = s.spans[b.entries[i].node]
	}
	return true
}

// candidates are selectors of elements that are alike, the simplest first.
func candidates(nodes []*html.Node, within *html.Node) (all []string) {
	last := shared(nodes)
	parents := make([]*html.Node, 0, len(nodes))
	for _, n := range nodes {
		if n.Parent != nil {
			parents = append(parents, n.Parent)
		}
	}
	middle := shared(parents)
	if strings.Contains(last, ".") {
		all = append(all, last)
	}
	if strings.Contains(middle, ".") {
		all = append(all, middle+" > "+last)
	}
	for up := within; up != nil && up.Type == html.ElementNode; up = up.Parent {
		for _, name := range namesOf(up) {
			if slices.Contains(nodes, up) {
				continue
			}
			if slices.Contains(parents, up) {
				all = append(all, name+" > "+last)
			}
			all = append(all, name+" "+last, name+" "+middle+" > "+last)
		}
		if len(all) > 40 {
			break
		}
	}
	return append(all, middle+" > "+last, last)
}

// shared names what elements have in common: their tag, and the classes that all of them have.
func shared(nodes []*html.Node) string {
	if len(nodes) == 0 {
		return "*"
	}
	tag, classes := nodes[0].Data, plain(strings.Fields(attrOf(nodes[0], "class")))
	for _, n := range nodes[1:] {
		if n.Data != tag {
			return "*"
		}
		have := strings.Fields(attrOf(n, "class"))
		classes = slices.DeleteFunc(classes, func(c string) bool { return !slices.Contains(have, c) })
	}
	return strings.Join(append([]string{tag}, classes...), ".")
}

// namesOf are the ways to name one element, the surest first.
func namesOf(n *html.Node) (names []string) {
	if id := plain([]string{attrOf(n, "id")}); len(id) == 1 {
		names = append(names, "#"+id[0])
	}
	if classes := plain(strings.Fields(attrOf(n, "class"))); len(classes) > 0 {
		names = append(names, n.Data+"."+strings.Join(classes, "."))
	}
	return names
}

// plain keeps the words that can stand in a selector as they are, and look as if they stay: no
// numbers of a day or an hour, no state.
func plain(words []string) (kept []string) {
	for _, w := range words {
		digits := strings.IndexFunc(strings.TrimLeftFunc(w, unicode.IsLetter), unicode.IsDigit) >= 0 && countDigits(w) > 3
		if w != "" && len(w) <= 60 && !digits && !variants[strings.ToLower(w)] && unicode.IsLetter([]rune(w)[0]) &&
			strings.Trim(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == "" {
			kept = append(kept, w)
		}
	}
	return kept
}

func countDigits(w string) (n int) {
	for _, r := range w {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

func firstOf(names []string, fits func(string) bool) string {
	if i := slices.IndexFunc(names, fits); i >= 0 {
		return names[i]
	}
	return ""
}

// exact tells whether a selector finds all the elements wanted, and no others that have links, or
// links of the kind that is told.
func (s *sheet) exact(css string, want map[*html.Node]bool, link string) bool {
	group, err := cascadia.ParseGroup(css)
	if err != nil {
		return false
	}
	links, _ := cascadia.ParseGroup(or(link, "a"))
	found := 0
	for _, n := range cascadia.QueryAll(s.root, group) {
		switch {
		case want[n]:
			found++
		case len(s.linksIn(s.spans[n])) > 0 && cascadia.Query(n, links) != nil:
			return false
		}
	}
	return found == len(want)
}

// inEach gives the first selector of those that the first entries suggest that finds the right
// element first in each of them.
func inEach(b *block, suggest func(listed) []string, right func(listed, *html.Node) bool) string {
	var tried []string
	for _, e := range b.entries[:min(len(b.entries), 3)] {
		for _, css := range suggest(e) {
			if slices.Contains(tried, css) {
				continue
			}
			tried = append(tried, css)
			group, err := cascadia.ParseGroup(css)
			if err != nil {
				continue
			}
			if !slices.ContainsFunc(b.entries, func(e listed) bool { return !right(e, cascadia.Query(e.node, group)) }) {
				return css
			}
		}
	}
	return ""
}

func linkName(e listed) []string {
	names := []string{"a"}
	if class := plain(strings.Fields(attrOf(e.link.node, "class"))); len(class) > 0 {
		names = append(names, "a."+strings.Join(class, "."))
	}
	names = append(names, "a:last-of-type", "a:nth-of-type(2)")
	if p := e.link.node.Parent; p != nil && p != e.node {
		names = append(names, shared([]*html.Node{p})+" > a", p.Data+" > a")
	}
	return names
}

func dateName(e listed) []string {
	n := e.date.node
	if n == nil || n == e.node || n.DataAtom == atom.A {
		return nil
	}
	names := []string{n.Data}
	if class := plain(strings.Fields(attrOf(n, "class"))); len(class) > 0 {
		names = []string{n.Data + "." + strings.Join(class, "."), n.Data}
	}
	if n.Parent != nil && n.Parent != e.node {
		names = append(names, shared([]*html.Node{n.Parent})+" > "+n.Data)
	}
	return append(names, n.Data+":last-child", n.Data+":last-of-type")
}
