package normalize

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxBody bounds a body, as it comes and as it is kept, in bytes.
const maxBody = 1 << 20

// body is a text cleaned: balanced HTML of the safe subset, its plain text with a line for each
// paragraph, the first picture in it, and what had to be done to it.
type body struct {
	html, text, image string
	doubts            []string
}

// cleanHTML makes a body of HTML from outside; addresses in it are resolved against base. Its
// result cleaned again is itself.
func cleanHTML(value string, base *url.URL) body { return safeHTML(value, base, nil) }

// safeHTML is cleanHTML that tells what becomes of pictures.
func safeHTML(value string, base *url.URL, told *teller) body {
	var b body
	if len(value) > maxBody {
		value = cut(value, maxBody)
		if open := strings.LastIndexByte(value, '<'); open > strings.LastIndexByte(value, '>') {
			value = value[:open]
		}
		b.doubts = append(b.doubts, "the text is longer than 1 MB; its end was cut off")
	}
	if strings.Contains(value, "<![CDATA[") {
		value = strings.NewReplacer("<![CDATA[", "", "]]>", "").Replace(value)
	}
	safe := policy.Sanitize(unswallow(value, base))
	t := grow(safe, base, told)
	for range 4 { // until parsing what was written gives the same again
		if t == nil || t.settled {
			break
		}
		again := grow(t.html, base, nil)
		if again != nil && again.html == t.html {
			again.settled = true
		}
		t = again
	}
	if t == nil || !t.settled || len(t.html) > maxBody {
		b.doubts = append(b.doubts, "the HTML is too large or too deeply confused to be kept; its text was taken")
		text := fold(dissolve(safe))
		b.html, b.text = paragraphs(text), text
		return b
	}
	b.html, b.text, b.image = t.html, t.text, t.image
	return b
}

// paragraphs makes a body's HTML of plain text: a paragraph for each of its lines, if it has several,
// or speaks of tags, so that nobody takes it for markup that was escaped once too often.
func paragraphs(text string) string {
	if text = strings.Trim(text, "\r\n"); !strings.Contains(text, "\n") {
		if text = fold(text); !escaped(text) {
			return escapeText(text, maxBody)
		}
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		room := maxBody - b.Len() - len("<p></p>")
		if line = fold(line); line == "" || room < 0 {
			continue
		}
		if line = escapeText(line, room); line != "" {
			b.WriteString("<p>" + line + "</p>")
		}
	}
	return b.String()
}

// escapeText writes text as HTML, at most so many bytes of it, and no half character.
func escapeText(s string, limit int) string {
	s = html.EscapeString(s)
	if len(s) <= limit {
		return s
	}
	s = cut(s, limit)
	if entity := strings.LastIndexByte(s, '&'); entity >= 0 && !strings.Contains(s[entity:], ";") {
		s = s[:entity]
	}
	return s
}

// cleanPlain makes a body of plain text.
func cleanPlain(value string) body {
	b := body{html: paragraphs(cut(value, maxBody))}
	var lines []string
	for line := range strings.Lines(cut(value, maxBody)) {
		if line = fold(line); line != "" {
			lines = append(lines, line)
		}
	}
	b.text = strings.Join(lines, "\n")
	if len(value) > maxBody {
		b.doubts = append(b.doubts, "the text is longer than 1 MB; its end was cut off")
	}
	return b
}

// tree is a body's HTML on its way through the parser.
type tree struct {
	base *url.URL
	told *teller
	html string
	flow
	image string
	// settled tells that the tree is of a shape that survives writing and parsing unchanged.
	settled bool
}

// grow parses safe HTML, mends it, and writes it. It is nil where the parser gives up.
func grow(safe string, base *url.URL, told *teller) *tree {
	nodes, err := html.ParseFragment(strings.NewReader(safe), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		return nil
	}
	root := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	t := &tree{base: base, told: told, settled: true}
	t.children(root, inside{})
	var b strings.Builder
	b.Grow(len(safe))
	for n := root.FirstChild; n != nil; n = n.NextSibling {
		if html.Render(&b, n) != nil {
			return nil
		}
	}
	t.html, t.text = strings.TrimSpace(b.String()), t.flow.String()
	return t
}

// inside is what an element lies in, as far as the parser's repairs depend on it.
type inside struct{ p, a, heading, item, term, pre, reading bool }

// children mends what lies in a node. What may not stay goes, and leaves its own children where
// they are harmless.
func (t *tree) children(parent *html.Node, in inside) {
	for n := parent.FirstChild; n != nil; {
		next := n.NextSibling
		switch {
		case n.Type == html.TextNode:
			n.Data = visible(n.Data)
			if !in.reading {
				t.write(n.Data, in.pre)
			}
		case n.Type != html.ElementNode || n.Namespace != "":
			parent.RemoveChild(n)
		default:
			switch t.mend(n) {
			case keep:
				t.element(n, in)
			case unwrap:
				if n.FirstChild != nil {
					next = n.FirstChild
				}
				for c := n.FirstChild; c != nil; c = n.FirstChild {
					n.RemoveChild(c)
					parent.InsertBefore(c, n)
				}
				parent.RemoveChild(n)
			case remove:
				parent.RemoveChild(n)
			}
		}
		n = next
	}
}

// element goes on into an element that stays.
func (t *tree) element(n *html.Node, in inside) {
	_, block := blocks[n.Data]
	t.settled = t.settled && settles(n, block, in)
	switch n.DataAtom {
	case atom.Br, atom.Hr:
		t.line()
		return
	case atom.P:
		in.p = true
	case atom.A:
		in.a = true
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		in.heading = true
	case atom.Ul, atom.Ol:
		in.item = false
	case atom.Li:
		in.item = true
	case atom.Dl:
		in.term = false
	case atom.Dt, atom.Dd:
		in.term = true
	case atom.Td, atom.Th, atom.Caption:
		in = inside{a: in.a}
		t.space(false)
	case atom.Pre:
		in.pre = true
	case atom.Rt, atom.Rp, atom.Rtc:
		in.reading = true
	}
	if block {
		t.line()
	}
	t.children(n, in)
	if block {
		t.line()
	}
}

// settles tells whether an element where it stands is parsed again as it is. It may doubt too
// much, never too little.
func settles(n *html.Node, block bool, in inside) bool {
	switch n.DataAtom {
	case atom.A:
		return !in.a
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return !in.heading && !in.p
	case atom.Li:
		return !in.item && !in.p
	case atom.Dt, atom.Dd:
		return !in.term && !in.p
	case atom.Table:
		return !in.p && only(n, atom.Caption, atom.Colgroup, atom.Thead, atom.Tbody, atom.Tfoot)
	case atom.Thead, atom.Tbody, atom.Tfoot:
		return only(n, atom.Tr)
	case atom.Tr:
		return only(n, atom.Td, atom.Th)
	case atom.Colgroup:
		return only(n, atom.Col)
	}
	return !block || !in.p
}

func only(n *html.Node, allowed ...atom.Atom) bool {
child:
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode && strings.Trim(c.Data, " \t\n") == "" {
			continue
		}
		for _, a := range allowed {
			if c.DataAtom == a && c.Type == html.ElementNode {
				continue child
			}
		}
		return false
	}
	return true
}
