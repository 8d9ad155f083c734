package main

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"civicfeed/models"
	"civicfeed/publisher/render"
)

// TestT24T28ActiveNowhere looks through what would be published of our own corpus.
func TestT24T28ActiveNowhere(t *testing.T) {
	t.Parallel()
	const folder = "../../aggregator/testdata/corpus"
	names, err := filepath.Glob(folder + "/*/*")
	if err != nil || len(names) < 100 {
		t.Fatalf("%d cases: %v", len(names), err)
	}
	looked := 0
	for _, name := range names {
		if filepath.Ext(name) == ".want" || filepath.Ext(name) == "" {
			continue
		}
		f := corpusFile{name: strings.TrimPrefix(filepath.ToSlash(name), folder+"/"), url: "https://www.linhu.example/rss/yw.xml", zone: "Asia/Shanghai"}
		doc, page, err := previewed(t, folder, f)
		if err != nil {
			continue // not a feed
		}
		looked++
		for _, s := range active(t, page, doc) {
			t.Errorf("%s: %s", f.name, s)
		}
	}
	if looked < 60 {
		t.Errorf("only %d feeds were looked through", looked)
	}
}

// TestActiveIsSeen shows that what is active would be found.
func TestActiveIsSeen(t *testing.T) {
	for _, s := range []string{
		"<p><script>x</script>", "<Svg/onload=x>", "<p ONCLICK=x>", "<iframe src=/x>", `<a href="java&#115;cript:x">`, "<a href=' javascript:x'>",
		"<img src=data:image/png;base64,x>", "<p style=x>", `<img srcset="javascript:x 1x, b.jpg 2x">`, "<form>", "<base href=/>", "<p id=x>", "<video poster=vbscript:x>",
	} {
		if len(activeMarkup(s)) == 0 {
			t.Errorf("%s passes", s)
		}
	}
	for _, s := range []string{"<script src=//evil.example/x.js></script>", "<form action=http://evil.example/>", "<meta http-equiv=Refresh content=0>", "<p onclick=x>", "<base href=/>"} {
		if len(activePage(s)) == 0 {
			t.Errorf("a page with %s passes", s)
		}
	}
	for _, s := range []string{
		"<rss><description>&lt;script></description></rss>", "<feed><content type='html'>&lt;p onclick=x></content></feed>", "<rss><link>javascript:x</link></rss>",
		"<feed><link href='data:text/html,x'/></feed>", "<!DOCTYPE rss><rss/>", "<rss><?php x?></rss>",
	} {
		if len(activeXML([]byte(s))) == 0 {
			t.Errorf("%s passes", s)
		}
	}
	if s := "<p>甲<a href=\"https://a.example/\">乙</a></p>"; len(activeMarkup(s)) != 0 {
		t.Errorf("%s: %q", s, activeMarkup(s))
	}
}

// active looks through what would be published of a page, in every format, for what a browser or
// a reader would run, load or submit.
func active(t *testing.T, page *render.Page, preview []byte) (found []string) {
	say := func(where string, what []string) {
		for _, s := range what {
			found = append(found, where+": "+s)
		}
	}
	for _, e := range reported(t, preview).Entries {
		say("preview", activeMarkup(e.Summary))
		say("preview", activeMarkup(e.Content))
		say("preview", activeAddress(e.Link))
	}
	p := publishable(page)
	for _, f := range render.Formats() {
		body, err := f.Render(p)
		out := body.Bytes()
		if err == nil {
			err = f.Check(out)
		}
		switch {
		case err != nil:
			found = append(found, f.Suffix+": "+err.Error())
		case f.Suffix == "html":
			say("html", activePage(string(out)))
		case f.Suffix != "json": // its strings are those of the preview
			say(f.Suffix, activeXML(out))
		}
	}
	for i := range p.Stories {
		one := *p
		one.Stories = p.Stories[i : i+1]
		out, err := render.Story(&one)
		if err != nil {
			found = append(found, "story: "+err.Error())
			continue
		}
		say("story", activePage(string(out)))
	}
	return found
}

// publishable is a page as it would stand once its items are saved.
func publishable(page *render.Page) *render.Page {
	p := *page
	cat := *page.Catalog
	cat.Site.Title, cat.Site.ID = "语料汇编", "tag:news.example,2026:corpus"
	p.Catalog, p.Base, p.View, p.Stories = &cat, "https://news.example/", models.View{}, slices.Clone(page.Stories)
	const seen = 1_793_520_000_000
	for i := range p.Stories {
		s := &p.Stories[i]
		it := s.Items[0]
		it.Admit(seen)
		s.Items, s.Seq, s.Rev = []models.Item{it}, int64(i+1), int64(i+1)
		s.Published, s.Updated, s.Listed = it.Published.At, it.Updated.At, it.Published.At
	}
	return &p
}

// dangerous are elements that no body may hold: they run, load, submit, or change how what follows
// is read.
var dangerous = strings.Fields("script style iframe object embed applet frame frameset meta link base form input button textarea select option " +
	"svg math template noscript noembed noframes xmp plaintext param portal dialog slot title head body html marquee bgsound isindex")

// activeMarkup lists what in a body is active, or overlays what is around it.
func activeMarkup(s string) (found []string) {
	if !strings.Contains(s, "<") {
		return nil
	}
	for z := html.NewTokenizer(strings.NewReader(s)); z.Next() != html.ErrorToken; {
		token := z.Token()
		if token.Type != html.StartTagToken && token.Type != html.SelfClosingTagToken {
			continue
		}
		if slices.Contains(dangerous, token.Data) {
			found = append(found, "<"+token.Data+">")
		}
		for _, a := range token.Attr {
			switch a.Key {
			case "style", "srcdoc", "id", "name", "class", "action", "formaction", "ping", "autofocus", "background", "xlink:href", "http-equiv":
				found = append(found, fmt.Sprintf("<%s %s>", token.Data, a.Key))
			default:
				found = append(found, activeAttribute(a)...)
			}
		}
	}
	return found
}

func activeAttribute(a html.Attribute) []string {
	if strings.HasPrefix(a.Key, "on") {
		return []string{a.Key}
	}
	switch a.Key {
	case "href", "src", "poster", "cite", "data", "longdesc":
		return activeAddress(a.Val)
	case "srcset":
		var found []string
		for one := range strings.SplitSeq(a.Val, ",") {
			found = append(found, activeAddress(strings.TrimSpace(one))...)
		}
		return found
	}
	return nil
}

// activeAddress tells an address with a scheme that nothing published may have.
func activeAddress(s string) []string {
	u, err := url.Parse(s)
	if err == nil && slices.Contains([]string{"", "http", "https", "mailto", "tel"}, u.Scheme) {
		return nil
	}
	return []string{fmt.Sprintf("address %.60q", s)}
}

// activePage looks through a page of ours. Scripts, forms and links in its head are those of its
// templates: they have addresses below our own.
func activePage(s string) (found []string) {
	for z := html.NewTokenizer(strings.NewReader(s)); z.Next() != html.ErrorToken; {
		token := z.Token()
		if token.Type != html.StartTagToken && token.Type != html.SelfClosingTagToken {
			continue
		}
		switch token.Data {
		case "iframe", "object", "embed", "applet", "frame", "frameset", "base", "math", "noscript", "template", "textarea":
			found = append(found, "<"+token.Data+">")
		case "script", "form":
			for _, key := range []string{"src", "action"} {
				if at := attribute(token, key); at != "" && !ours(at) {
					found = append(found, fmt.Sprintf("<%s %s=%.60q>", token.Data, key, at))
				}
			}
		case "meta":
			if refresh := attribute(token, "http-equiv"); strings.EqualFold(refresh, "refresh") {
				found = append(found, "<meta refresh>")
			}
		}
		for _, a := range token.Attr {
			found = append(found, activeAttribute(a)...)
		}
	}
	return found
}

func attribute(token html.Token, key string) string {
	for _, a := range token.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func ours(address string) bool {
	return strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") || strings.HasPrefix(address, "https://news.example/")
}

// activeXML looks through an RSS or Atom document: bodies as the HTML they are, attributes and the
// text of links as addresses, and no instruction or declaration that is not ours.
func activeXML(doc []byte) (found []string) {
	d := xml.NewDecoder(strings.NewReader(string(doc)))
	var in []string
	plain := false // text of Atom that is no markup
	for {
		token, err := d.Token()
		if err != nil {
			return found
		}
		switch x := token.(type) {
		case xml.StartElement:
			in, plain = append(in, x.Name.Local), false
			for _, a := range x.Attr {
				plain = plain || a.Name.Local == "type" && a.Value == "text"
				if a.Name.Local == "href" || a.Name.Local == "url" || a.Name.Local == "src" {
					found = append(found, activeAddress(a.Value)...)
				}
			}
		case xml.EndElement:
			in = in[:len(in)-1]
		case xml.CharData:
			switch innermost(in) {
			case "description", "encoded", "content", "summary":
				if !plain {
					found = append(found, activeMarkup(string(x))...)
				}
			case "link", "comments", "uri", "logo", "icon", "docs":
				found = append(found, activeAddress(strings.TrimSpace(string(x)))...)
			}
		case xml.Directive:
			found = append(found, "a document type")
		case xml.ProcInst:
			if x.Target != "xml" && !(x.Target == "xml-stylesheet" && len(in) == 0) {
				found = append(found, "an instruction: "+x.Target)
			}
		}
	}
}

func innermost(elements []string) string {
	if len(elements) == 0 {
		return ""
	}
	return elements[len(elements)-1]
}
