package parse

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"civicfeed/models"
)

// maxSitemap bounds the addresses of a sitemap (https://www.sitemaps.org/protocol.html).
const maxSitemap = 50_000

// Sitemap reads a sitemap, or a news sitemap as Google has them, into a document of version
// "sitemap": titles and times of publication where it tells them, else when a page was changed. A
// text of one address a line is a sitemap too. Of those with very many the newest are read.
//
// Errors are [models.Failure] of class not_a_feed, too_large or parse; an index of sitemaps is
// not_a_feed, and the sentence names its newest.
func Sitemap(text []byte) (*Document, error) {
	return guarded(func() (*Document, error) {
		text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
		s := &siteMap{doc: &Document{Version: "sitemap"}}
		var err error
		if bytes.HasPrefix(text, []byte("<")) {
			err = s.read(text)
		} else {
			err = s.lines(text)
		}
		if err != nil {
			return nil, err
		}
		s.newest()
		return s.doc, nil
	})
}

// Index is the error that an index of sitemaps is, and what it lists.
type Index struct {
	Sitemaps int
	Newest   string // the address of the one that changed last
}

func (x *Index) Error() string {
	return fmt.Sprintf("an index of %d sitemaps, and no sitemap itself: name one of them in feeds.yaml, such as %s", x.Sitemaps, x.Newest)
}

// siteMap is a sitemap as it is read.
type siteMap struct {
	doc   *Document
	root  string
	path  []string
	entry Entry
	text  strings.Builder
	index []Entry // the sitemaps that an index lists
}

// read reads tag by tag: what encoding/xml does about namespaces costs too much where there are
// many, and prefixes are as habit has them.
func (s *siteMap) read(text []byte) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	for {
		t, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			return s.end(false)
		case err != nil && len(s.doc.Entries) > 0:
			return s.end(true)
		case err != nil:
			return models.Fail(models.ErrParse, "parse the sitemap: %w", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := s.open(strings.ToLower(t.Name.Local)); err != nil {
				return err
			}
		case xml.EndElement:
			s.close(strings.ToLower(t.Name.Local))
		case xml.CharData:
			if s.text.Len() < maxAddress*2 {
				s.text.Write(t[:min(len(t), maxAddress*2)])
			}
		}
	}
}

func (s *siteMap) open(name string) error {
	switch {
	case len(s.path) == 0 && name != "urlset" && name != "sitemapindex":
		return models.Fail(models.ErrNotAFeed, "not a sitemap: XML whose root element is <%.40s>", name)
	case len(s.path) == 0:
		s.root = name
	case len(s.path) > maxDepth:
		return models.Fail(models.ErrTooLarge, "parse the sitemap: elements are nested more than %d deep", maxDepth)
	case len(s.path) == 1:
		s.entry = Entry{}
	}
	s.path = append(s.path, name)
	s.text.Reset()
	return nil
}

func (s *siteMap) close(name string) {
	at := len(s.path) - 1
	for at >= 0 && s.path[at] != name {
		at--
	}
	if at < 0 {
		return // of an element that was never opened
	}
	text := strings.TrimSpace(s.text.String())
	s.text.Reset()
	s.path = s.path[:at]
	parent := ""
	if at > 0 {
		parent = s.path[at-1]
	}
	switch {
	case at == 1:
		s.keep()
	case name == "loc" && at == 2:
		s.entry.Link = text
	case name == "loc" && parent == "image":
		s.entry.Image = or(s.entry.Image, text)
	case name == "lastmod":
		s.entry.Updated = text
	case name == "publication_date":
		s.entry.Published = text
	case name == "title" && parent != "image":
		s.entry.Title.Value = text
	case name == "language":
		s.entry.Language = text
	case name == "keywords":
		s.keywords(text)
	case name == "name" && parent == "publication" && s.doc.Feed.Title.Value == "":
		s.doc.Feed.Title.Value = text
	}
}

func (s *siteMap) keywords(text string) {
	for _, term := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，;；、", r) }) {
		if term = strings.TrimSpace(term); term != "" && len(s.entry.Categories) < maxAttributes {
			s.entry.Categories = append(s.entry.Categories, models.Category{Term: term})
		}
	}
}

// keep keeps an address that has been read.
func (s *siteMap) keep() {
	switch {
	case s.entry.Link == "" || len(s.entry.Link) > maxAddress:
	case s.root == "sitemapindex":
		if len(s.index) < maxSitemap {
			s.index = append(s.index, s.entry)
		}
	case len(s.doc.Entries) < maxSitemap:
		s.doc.Entries = append(s.doc.Entries, s.entry)
	}
	s.entry = Entry{}
}

func (s *siteMap) end(early bool) error {
	switch {
	case s.root == "sitemapindex" && len(s.index) > 0:
		newest := slices.MaxFunc(s.index, func(x, y Entry) int { return cmp.Compare(x.Updated, y.Updated) })
		return models.Fail(models.ErrNotAFeed, "%w", &Index{Sitemaps: len(s.index), Newest: newest.Link})
	case s.root == "":
		return models.Fail(models.ErrNotAFeed, "not a sitemap: there is nothing in it")
	}
	if early || len(s.path) > 0 {
		s.doc.Partial = true
		s.doc.Warnings = append(s.doc.Warnings, "the sitemap ends early: addresses may be missing")
	}
	return nil
}

// lines reads a sitemap of one address a line.
func (s *siteMap) lines(text []byte) error {
	for line := range bytes.Lines(text) {
		link := string(bytes.TrimSpace(line))
		switch {
		case link == "":
		case !isWeb(link) || strings.ContainsAny(link, " <"):
			return models.Fail(models.ErrNotAFeed, "not a sitemap: neither XML nor addresses in lines, but %q", excerptOf(link))
		case len(link) <= maxAddress && len(s.doc.Entries) < maxSitemap:
			s.doc.Entries = append(s.doc.Entries, Entry{Link: link})
		}
	}
	if len(s.doc.Entries) == 0 {
		return models.Fail(models.ErrNotAFeed, "not a sitemap: there is nothing in it")
	}
	return nil
}

// newest leaves of very many addresses those that changed last, in the order of the sitemap.
func (s *siteMap) newest() {
	entries := s.doc.Entries
	if len(entries) <= maxEntries {
		return
	}
	when := func(i int) string { return or(entries[i].Published, entries[i].Updated) }
	order := make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(when(y), when(x)) })
	order = order[:maxEntries]
	slices.Sort(order)
	kept := make([]Entry, 0, maxEntries)
	for _, i := range order {
		kept = append(kept, entries[i])
	}
	s.doc.Entries = kept
	s.doc.Warnings = append(s.doc.Warnings, "only the newest of its addresses are read")
}
