package parse

import (
	"bytes"
	"fmt"

	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"

	"civicfeed/models"
)

// Feed reads a feed: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed 1.x. The text is UTF-8
// as package decode leaves it. Errors are [models.Failure] of class not_a_feed, too_large or parse.
func Feed(text []byte) (*Document, error) {
	return guarded(func() (*Document, error) {
		if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
			return readJSON(trimmed)
		}
		return readXML(text)
	})
}

// guarded makes a failure of a panic.
func guarded(read func() (*Document, error)) (doc *Document, err error) {
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, models.Fail(models.ErrParse, "parse the feed: the parser panicked: %v", r)
		}
	}()
	return read()
}

// readXML has gofeed read what the speller makes of a document.
func readXML(text []byte) (*Document, error) {
	s, err := spell(text)
	if err != nil {
		return nil, err
	}
	d := &Document{Version: s.version, Partial: s.truncated, Warnings: s.warnings()}
	if s.atom {
		f, err := new(atom.Parser).Parse(bytes.NewReader(s.out))
		if err != nil {
			return nil, models.Fail(models.ErrParse, "parse Atom: %w", err)
		}
		d.Feed = translateFeed(f.Extensions)
		for _, e := range f.Entries {
			d.Entries = append(d.Entries, translateEntry(e.Extensions))
		}
		return d, nil
	}
	f, err := new(rss.Parser).Parse(bytes.NewReader(s.out))
	if err != nil {
		return nil, models.Fail(models.ErrParse, "parse RSS: %w", err)
	}
	d.Feed = translateFeed(f.Extensions)
	if f.Image != nil && f.Image.URL != "" {
		d.Feed.Image = f.Image.URL
	}
	if err := s.recognize(d.Feed); err != nil {
		return nil, err
	}
	for _, i := range f.Items {
		d.Entries = append(d.Entries, translateEntry(i.Extensions))
	}
	return d, nil
}

// count says how often something was repaired.
func count(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, n)
}

// tree is what gofeed keeps of an element's children: by prefix, by name, in their order.
type tree ext.Extensions

func (t tree) nodes(prefix, name string) []ext.Extension { return t[prefix][name] }

// last gives the last of the named children that says anything, of the first name that has one.
func (t tree) last(names ...name) (ext.Extension, bool) {
	for _, n := range names {
		nodes := t[n[0]][n[1]]
		for i := len(nodes) - 1; i >= 0; i-- {
			if nodes[i].Value != "" {
				return nodes[i], true
			}
		}
	}
	return ext.Extension{}, false
}

func (t tree) value(names ...name) string {
	n, _ := t.last(names...)
	return n.Value
}

// parts gives the texts of an element's parts.
func (t tree) parts(whole, part string) []string {
	var all []string
	for _, n := range t[own][whole] {
		for _, p := range n.Children[part] {
			if p.Value != "" {
				all = append(all, p.Value)
			}
		}
	}
	return all
}

// attr gives an attribute of the first of the named children that has it.
func (t tree) attr(prefix, name, key string) string {
	for _, n := range t[prefix][name] {
		if v := attr(n, key); v != "" {
			return v
		}
	}
	return ""
}

// inForce gives what is in force for the feed or entry itself.
func (t tree) inForce(key string) string {
	for _, n := range t[own]["scope"] {
		return n.Attrs[key]
	}
	return ""
}

// attr gives an attribute that the document has.
func attr(n ext.Extension, key string) string { return n.Attrs[said+key] }
