package parse

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const whereProse = "where the prose is"

// findBody chooses the box of the text: what the rules say, one with a name that bodies have, the
// smallest with nearly all of the page's prose.
func (r *reading) findBody() {
	r.end = len(r.lines)
	where := ""
	if nodes := r.chosenBody(); len(nodes) > 0 {
		r.body, where = r.boxOf(nodes[0]), "selector article.body"
	} else {
		if r.chosen.body != nil {
			r.warn("the selector of article.body matches nothing")
		}
		dense := r.densest()
		if r.body = r.namedBody(dense); r.body > 0 {
			where = "name of its element"
		} else if r.body = dense; r.body > 0 {
			where = whereProse
		}
	}
	if r.body > 0 {
		r.page.Where["Body"] = where
		r.start, r.end = r.boxes[r.body].from, r.boxes[r.body].to
	}
}

// boxOf gives the box of an element, or the one it stands in.
func (r *reading) boxOf(n *html.Node) int {
	for ; n != nil; n = n.Parent {
		for i := range r.boxes {
			if r.boxes[i].node == n {
				return i
			}
		}
	}
	return 0
}

// densest gives the smallest box that holds nearly all of the prose; where most prose stands beside
// an article by its names, those are not believed.
func (r *reading) densest() int {
	root := &r.boxes[0]
	if root.all == 0 {
		return 0
	}
	believed := root.prose*3 >= root.all
	weight := func(i int) (int, int) {
		if believed {
			return r.boxes[i].prose, r.boxes[i].heavy
		}
		return r.boxes[i].all, r.boxes[i].heavyAll
	}
	at := 0
	for {
		whole, next := weight(at)
		if next == 0 {
			break
		}
		part, _ := weight(next)
		share := 82
		if at == 0 || r.boxes[at].node.DataAtom == atom.Body || r.boxes[at].node.DataAtom == atom.Html {
			share = 55 // the page itself is no good answer
		}
		if part*100 < whole*share {
			break
		}
		at = next
	}
	for at > 0 && tooSmall(r.boxes[at].node) {
		at = r.boxes[at].parent
	}
	return at
}

// tooSmall are elements that are a part of a text, not one.
func tooSmall(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P, atom.Tr, atom.Tbody, atom.Li, atom.Ul, atom.Ol, atom.Blockquote, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Pre,
		atom.Dd, atom.Dt, atom.Dl, atom.Figure, atom.Figcaption:
		return true
	}
	return n.Type == html.ElementNode && !breaks[n.DataAtom] && !bodyName(attrOf(n, "class")+" "+attrOf(n, "id"))
}

// namedBody gives the box with a name that bodies have, if it holds enough of the prose; of those
// inside each other the inner, of those beside each other the first.
func (r *reading) namedBody(dense int) int {
	most, best := 0, 0
	for i := range r.boxes {
		if b := &r.boxes[i]; b.named && b.all > most {
			most = b.all
		}
	}
	for i := range r.boxes {
		b := &r.boxes[i]
		if b.named && strings.HasPrefix(attrOf(b.node, "id"), "postmessage_") { // of a forum: the others answer it
			return i
		}
		if !b.named || b.from == b.to && b.pictures == 0 || b.all*2 < most {
			continue
		}
		if best == 0 || b.parent >= best && b.from >= r.boxes[best].from && b.to <= r.boxes[best].to && b.all*20 >= r.boxes[best].all*19 {
			best = i
		}
	}
	if best > 0 && dense > 0 && r.boxes[best].all*2 < r.boxes[dense].prose {
		return 0
	}
	return best
}

// pictured gives, where there is no prose, the first box under the title that shows a picture.
func (r *reading) pictured() int {
	for i := range r.boxes {
		b := &r.boxes[i]
		if b.from >= r.titleEnd && b.pictures > 0 && !b.beside && b.to-b.from <= 12 {
			r.page.Where["Body"] = "its pictures"
			return i
		}
	}
	return 0
}
