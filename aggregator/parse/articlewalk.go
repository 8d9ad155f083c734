package parse

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// paper is an article's page laid out in lines, as a reader sees it.
type paper struct {
	root     *html.Node
	pieces   []piece
	lines    []line
	boxes    []box // elements that stand in lines of their own; the first is the page
	meta     map[string]string
	scripts  []string // JSON-LD
	docTitle string
	lang     string
	base     string
	pictures []picture
	times    []picture // elements <time>
	stamped  string    // time of publication in a variable of a script
	outlet   string    // credit in one
	password bool
	searched int // bytes of scripts looked through

	from int // first piece of the line being read
}

// piece is a text node.
type piece struct {
	node *html.Node
	link *html.Node // the <a> it stands in
}

// line is a visual line.
type line struct {
	from, to int // pieces
	box      int // the innermost box it stands in
	runes    int
	linked   int // runes in links
	text     string
	marked   string // text with a mark between its pieces
	date     string // the date in it, once looked for
	dated    bool   // it was looked for
	whole    bool   // the line is nothing but the date
}

// box is an element that stands in lines of its own, or one that has a name bodies have.
type box struct {
	node     *html.Node
	parent   int
	from, to int // lines
	prose    int // runes of sentences, outside what stands beside the article
	all      int // runes of sentences
	heavy    int // child with the most prose; 0: none
	heavyAll int
	pictures int
	beside   bool
	named    bool // its name is one that bodies have
}

type picture struct {
	node *html.Node
	line int // that would come next
}

// mark stands between the pieces of a line where its elements matter.
const mark = '\x1f'

// inlineBox are block elements of a line: they end a line, but are no containers.
var breaks = map[atom.Atom]bool{
	atom.Address: true, atom.Article: true, atom.Aside: true, atom.Blockquote: true, atom.Body: true, atom.Center: true,
	atom.Dd: true, atom.Details: true, atom.Div: true, atom.Dl: true, atom.Dt: true, atom.Fieldset: true, atom.Figcaption: true,
	atom.Figure: true, atom.Footer: true, atom.Form: true, atom.Frameset: true, atom.H1: true, atom.H2: true, atom.H3: true,
	atom.H4: true, atom.H5: true, atom.H6: true, atom.Header: true, atom.Hgroup: true, atom.Hr: true, atom.Html: true, atom.Li: true,
	atom.Main: true, atom.Nav: true, atom.Ol: true, atom.P: true, atom.Pre: true, atom.Section: true, atom.Summary: true,
	atom.Table: true, atom.Tbody: true, atom.Td: true, atom.Th: true, atom.Tr: true, atom.Ul: true, atom.Caption: true,
}

// voids of text: what is in them is not read as text of an article.
var silent = map[atom.Atom]bool{
	atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Select: true, atom.Svg: true, atom.Iframe: true,
	atom.Object: true, atom.Textarea: true, atom.Button: true, atom.Title: true, atom.Script: true,
}

// layOut reads a page of about so many tags in one walk.
func layOut(root *html.Node, tags int) *paper {
	p := &paper{
		root: root, meta: map[string]string{},
		pieces: make([]piece, 0, tags/2+1), lines: make([]line, 0, tags/4+1), boxes: make([]box, 0, tags/4+1),
	}
	p.boxes = append(p.boxes, box{node: root, parent: -1})
	p.walk(root, 0, nil)
	p.endLine(0)
	p.boxes[0].to = len(p.lines)
	return p
}

func (p *paper) walk(n *html.Node, in int, link *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			if !blank(c.Data) {
				p.pieces = append(p.pieces, piece{c, link})
			}
		case html.ElementNode:
			p.element(c, in, link)
		}
	}
}

func (p *paper) element(n *html.Node, in int, link *html.Node) {
	if silent[n.DataAtom] {
		p.silence(n)
		return
	}
	switch n.DataAtom {
	case atom.Html:
		p.lang = attrOf(n, "lang")
	case atom.Br:
		p.endLine(in)
		return
	case atom.Meta, atom.Link, atom.Base, atom.Input:
		p.notice(n)
		return
	case atom.Img:
		p.pictures = append(p.pictures, picture{n, len(p.lines)})
		p.boxes[in].pictures++
		return
	case atom.Video:
		p.boxes[in].pictures++
	case atom.Time:
		if len(p.times) < 100 && attrOf(n, "datetime") != "" {
			p.times = append(p.times, picture{n, len(p.lines)})
		}
	case atom.A:
		link = n
	}
	class, id, hidden, named := namesOfBox(n)
	named = named || attrOf(n, "itemprop") == "articleBody" || strings.HasSuffix(n.Data, "-content")
	if hidden && !named && n.DataAtom != atom.Body {
		return
	}
	if !breaks[n.DataAtom] && !named {
		p.walk(n, in, link)
		return
	}
	p.endLine(in)
	b := box{node: n, parent: in, from: len(p.lines), named: named}
	b.beside = p.boxes[in].beside || !named && (class != "" || id != "" || n.DataAtom == atom.Nav || n.DataAtom == atom.Footer || n.DataAtom == atom.Aside) && weigh(n, class+" "+id) < 1
	at := len(p.boxes)
	p.boxes = append(p.boxes, b)
	p.walk(n, at, link)
	p.endLine(at)
	p.close(at)
}

// close ends a box and adds it up.
func (p *paper) close(at int) {
	b := &p.boxes[at]
	b.to = len(p.lines)
	if p.besides(b) {
		b.prose, b.all, b.heavy, b.heavyAll = 0, 0, 0, 0
	}
	up := &p.boxes[b.parent]
	up.prose += b.prose
	up.all += b.all
	up.pictures += b.pictures
	if b.prose > 0 && (up.heavy == 0 || b.prose > p.boxes[up.heavy].prose) {
		up.heavy = at
	}
	if b.all > 0 && (up.heavyAll == 0 || b.all > p.boxes[up.heavyAll].all) {
		up.heavyAll = at
	}
}

// besides tells a box of other articles, by its heading and its links.
func (p *paper) besides(b *box) bool {
	if b.all == 0 || b.to-b.from < 4 || b.to-b.from > 400 || p.lines[b.from].runes > 40 || !isRelated(p.text(b.from)) {
		return false
	}
	links := 0
	for _, l := range p.lines[b.from+1 : b.to] {
		if l.linked >= 8 && l.linked == l.runes {
			links++
		}
	}
	return links >= 3
}

// endLine ends a line in a box.
func (p *paper) endLine(in int) {
	if p.from == len(p.pieces) {
		return
	}
	l := line{from: p.from, to: len(p.pieces), box: in}
	for _, x := range p.pieces[l.from:l.to] {
		n := shownRunes(x.node.Data)
		l.runes += n
		if x.link != nil {
			l.linked += n
		}
	}
	p.from = len(p.pieces)
	p.lines = append(p.lines, l)
	if free := l.runes - l.linked; free >= 12 && l.linked*2 < l.runes && !p.footed(len(p.lines)-1) {
		b := &p.boxes[in]
		b.all += free
		if !b.beside {
			b.prose += free
		}
	}
}

// footed tells a line of the page's foot.
func (p *paper) footed(i int) bool {
	return p.lines[i].runes <= 200 && beginsWith(p.pieces[p.lines[i].from].node.Data, footerBegins) && isFooter(p.text(i))
}

// namesOfBox gives what an element calls itself.
func namesOfBox(n *html.Node) (class, id string, hidden, named bool) {
	for _, a := range n.Attr {
		switch a.Key {
		case "class":
			class = a.Val
		case "id":
			id = a.Val
		case "style":
			hidden = strings.Contains(strings.ReplaceAll(strings.ToLower(a.Val), " ", ""), "display:none")
		case "hidden":
			hidden = true
		}
	}
	return class, id, hidden, bodyName(class) || bodyName(id)
}

func bodyName(names string) bool {
	if names == "" {
		return false
	}
	for w := range strings.FieldsSeq(names) {
		if bodyNames[strings.ToLower(w)] || strings.HasPrefix(w, "postmessage_") {
			return true
		}
	}
	return false
}

// bodyNames are classes and ids by which content systems call the text of an article.
var bodyNames = wordSet("trs_editor trs_editor_view trs_ueditor ucap-content zoom zoomcon articlebody article-body article_body article-content " +
	"article_content articlecontent articletext article-text article_text bt-content bt_content wzcon newscontnet j-fontcontent " +
	"content-article detail-content detail_content detailcontent detailcon news_content_con newstext news-text news_text " +
	"con_text main-text text-content view_content viewcontent pages_content entry-content post-content post-body t_f " +
	"contentbox arccontent arc_body arc-content art_con artcontent art-content ozoom contentarticle xl_content xlcontent nr_content " +
	"info-content infocontent cas_content vsbcontent v_news_content vsb_content fontzoom js_content rich_media_content " +
	"fr-view newsbody news-body story-body story-content articlecon wp_articlecontent mce-content-body txt_con edittext")

// text gives a line's text, white space folded.
func (p *paper) text(i int) string {
	l := &p.lines[i]
	if l.text == "" {
		l.text = squeeze(p.joined(l, ""))
	}
	return l.text
}
