package parse

import (
	"net/url"
	"strings"

	readability "codeberg.org/readeck/go-readability/v2"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// writeBody writes the text, without what is no part of it.
func (r *reading) writeBody() {
	if r.body == 0 {
		r.readably()
		return
	}
	nodes := r.chosenBody()
	if len(nodes) == 0 {
		nodes = []*html.Node{r.boxes[r.body].node}
	}
	for _, s := range r.chosen.remove {
		for _, n := range cascadia.QueryAll(r.root, s.SelectorGroup) {
			detach(n)
		}
	}
	r.removeLines()
	var b strings.Builder
	b.Grow(4 * r.boxes[r.body].all)
	for i, n := range nodes {
		if i > 0 && within(n, nodes[i-1]) {
			continue
		}
		r.clean(n)
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if html.Render(&b, c) != nil {
				r.warn("the text cannot be written")
				return
			}
		}
	}
	r.page.Body = Text{Value: strings.TrimSpace(b.String()), HTML: true}
}

func within(n, outer *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == outer {
			return true
		}
	}
	return false
}

func detach(n *html.Node) {
	if n.Parent != nil {
		n.Parent.RemoveChild(n)
	}
}

// removeLines takes the dropped lines out of the tree, and the elements that they leave empty.
func (r *reading) removeLines() {
	top := r.boxes[r.body].node
	tables := map[*html.Node]bool{} // that have lost lines
	for i := range r.lines {
		if !r.dropped[i] {
			continue
		}
		for at := r.lines[i].box; at > r.body; at = r.boxes[at].parent {
			if n := r.boxes[at].node; n.DataAtom == atom.Table {
				tables[n] = true
				break
			}
		}
		for _, x := range r.pieces[r.lines[i].from:r.lines[i].to] {
			prune(x.node, top)
		}
	}
	for table := range tables {
		if !showing(table) {
			prune(table, top)
		}
	}
	b := &r.boxes[r.body]
	if r.start > b.from && r.title >= b.from { // pictures over the title, and behind the end
		for _, pic := range r.pictures {
			if pic.line >= b.from && pic.line <= r.title || pic.line > r.end && pic.line < b.to {
				detach(pic.node)
			}
		}
	}
}

// showing tells that an element has text, a picture or a player left.
func showing(n *html.Node) bool {
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode && !blank(d.Data):
			return true
		case d.Type == html.ElementNode && (d.DataAtom == atom.Img || d.DataAtom == atom.Video || d.DataAtom == atom.Audio || d.DataAtom == atom.Iframe):
			return true
		}
	}
	return false
}

// prune removes a node, and what it leaves empty up to an element.
func prune(n, top *html.Node) {
	for n != nil && n != top && n.Parent != nil {
		up := n.Parent
		up.RemoveChild(n)
		if !hollow(up) {
			return
		}
		n = up
	}
}

// hollow tells that an element shows nothing.
func hollow(n *html.Node) bool {
	if n.DataAtom == atom.Td || n.DataAtom == atom.Th {
		return false
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode && !blank(c.Data) || c.Type == html.ElementNode && c.DataAtom != atom.Br {
			return false
		}
	}
	return true
}

// clean takes from the text elements that are tools of the page.
func (r *reading) clean(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case c.Type == html.CommentNode:
			n.RemoveChild(c)
		case c.Type != html.ElementNode:
		case tools[c.DataAtom], r.isTool(c):
			n.RemoveChild(c)
		default:
			r.clean(c)
		}
		c = next
	}
}

// tools are elements that no text is made of.
var tools = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Form: false, atom.Button: true, atom.Input: true, atom.Select: true, atom.Textarea: true,
	atom.Noscript: true, atom.Template: true, atom.Link: true, atom.Meta: true, atom.Nav: true,
}

// toolWords are words of classes and ids of what stands in texts and is no part of them.
var toolWords = wordSet("share bdshare bdsharebuttonbox sharebox jiathis print printer pager pagination pagebar fenye page-nav pagenav prevnext prev-next " +
	"related relate relatednews relates xgxw xgwz xgyd recommend tuijian copyright toolbar fontsize font-size font_size qrcode ewm erweima advert ads adsbygoogle " +
	"comment comments pinglun social sns like likes praise breadcrumb breadcrumbs crumbs dqwz tags article-tags editor_box")

// isTool tells a tool of the page by its name, where it is small.
func (r *reading) isTool(n *html.Node) bool {
	class, id, hidden, named := namesOfBox(n)
	if named {
		return false
	}
	found := hidden && n.DataAtom != atom.Video
	for w := range strings.FieldsSeq(class + " " + id) {
		found = found || toolWords[strings.ToLower(w)]
	}
	if !found {
		return false
	}
	size := 0
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			size += len(d.Data)
		}
	}
	return size < 3*max(600, r.boxes[r.body].all/3)
}

// readably lets readability find the text where nothing else did.
func (r *reading) readably() {
	parser := readability.NewParser()
	parser.DisableJSONLD = true
	parser.CharThresholds = 100
	article, err := parser.ParseDocument(r.root, &url.URL{Scheme: "about"})
	if err != nil || article.Node == nil {
		return
	}
	var b strings.Builder
	if article.RenderHTML(&b) == nil && b.Len() > 0 {
		r.page.Body = Text{Value: strings.TrimSpace(b.String()), HTML: true}
		r.page.Where["Body"] = "readability"
	}
}
