package parse

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"

	"civicfeed/models"
)

// Article reads the page of an article, given as UTF-8, into a [Page]. What the rules do not tell is
// found by itself: by what the page says of itself in its head, by labels, by names that bodies
// have, by where the prose is. A page that is no article is no error: its Kind says so.
//
// Errors are [models.Failure] of class too_large or parse.
func Article(text []byte, rules Rules) (page *Page, err error) {
	defer func() {
		if r := recover(); r != nil {
			page, err = nil, models.Fail(models.ErrParse, "parse the page: the parser panicked: %v", r)
		}
	}()
	chosen, err := compileArticle(rules.Article)
	if err != nil {
		return nil, err
	}
	tags := bytes.Count(text, []byte("<"))
	if tags > maxPageTags {
		return nil, models.Fail(models.ErrTooLarge, "parse the page: more than %d tags", maxPageTags)
	}
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, models.Fail(models.ErrParse, "parse the page: %w", err)
	}
	r := &reading{paper: layOut(root, tags), chosen: chosen, page: &Page{Where: map[string]string{}}}
	r.read()
	return r.page, nil
}

// reading is a page at the work of being read.
type reading struct {
	*paper
	chosen *articleSelectors
	page   *Page
	data   schema

	body     int // box of the article's text; 0: none was found
	start    int // its first line
	end      int // the line after its last
	title    int // line of the title; -1: none
	facts    []lineFacts
	dropped  []bool // lines that are no part of the body; one more than there are
	titleEnd int    // the line after the title
	info     int    // line of the facts under the title; -1: none
}

// lineFacts are the facts of a line.
type lineFacts struct {
	line   int
	before string
	told   []told
}

func (r *reading) read() {
	r.dropped, r.title, r.info = make([]bool, len(r.lines)+1), -1, -1
	r.data = readLinked(r.scripts)
	r.findBody()
	r.findFacts()
	r.findTitle()
	r.bound()
	r.readHead()
	r.readBreadcrumb()
	r.readNeighbours()
	r.readFacts()
	r.readBylines()
	r.override()
	r.readFiles()
	r.judge()
	r.writeBody()
}

// set fills a field of the page that nobody filled before, and notes what told it.
func (r *reading) set(field string, to *string, value, where string) {
	if value = strings.TrimSpace(value); value == "" || *to != "" {
		return
	}
	*to = value
	r.page.Where[field] = where
}

func (r *reading) warn(text string) { r.page.Warnings = append(r.page.Warnings, text) }

// fewWords is how short a text is that need not be an article's, in characters.
const fewWords = 60

// judge tells what kind of page it is.
func (r *reading) judge() {
	p := r.page
	prose := 0
	if r.body > 0 {
		for i := r.start; i < r.end && i < len(r.lines); i++ {
			if !r.dropped[i] {
				prose += r.lines[i].runes - r.lines[i].linked
			}
		}
	}
	dates, links := 0, 0
	if prose < 150 {
		dates, links = r.datedLinks()
	}
	whole := r.boxes[0].all
	p.Kind, p.Reason = KindArticle, "it has a title and a text"
	switch {
	case r.password && prose < 100 && p.Published == "" && p.Credit == "":
		p.Kind, p.Reason = KindNeither, "it asks for a password"
	case p.Where["Title"] == "" && prose == 0 && links == 0:
		p.Kind, p.Reason = KindNeither, "nothing stands on it"
	case len(r.chosenBody()) > 0:
		p.Reason = "the selector of its body matches"
	case whole < 400 && prose < 300 && p.Published == "" && r.troubled():
		p.Kind, p.Reason = KindNeither, "it tells an error: "+excerptOf(r.words())
	case p.Credit == "" && r.meta["articletitle"] == "" && r.data.headline == "" && r.meta["og:type"] != "article" && r.listed():
		p.Kind, p.Reason = KindList, "its text is made of links with dates"
	case prose < 150 && dates >= 5 && p.Credit == "" && r.meta["articletitle"] == "":
		p.Kind, p.Reason = KindList, "it has dated links and no text"
	case prose < fewWords && len(p.Attachments) == 0 && len(p.Images) == 0 && p.Published == "" && r.meta["articletitle"] == "" && links > 30:
		p.Kind, p.Reason = KindList, "it has links and no text"
	case prose < fewWords && len(p.Attachments) == 0 && len(p.Images) == 0 && p.Published == "" && r.meta["articletitle"] == "":
		p.Kind, p.Reason = KindNeither, "it has no text: "+excerptOf(r.words())
	}
}

// troubled tells that what the page says first is that something went wrong.
func (r *reading) troubled() bool { return errorWords.MatchString(r.docTitle + " " + r.words()) }

// words are the first words of the page.
func (r *reading) words() string {
	var b strings.Builder
	for i := range r.lines {
		if b.Len() > 600 {
			break
		}
		b.WriteString(r.text(i) + " ")
	}
	return squeeze(b.String())
}

// listed tells that what was taken for the text is a list of articles.
func (r *reading) listed() bool {
	dates := 0
	for i := r.start; i < r.end && i < len(r.lines); i++ {
		if l := &r.lines[i]; l.runes < 80 {
			if raw, _ := r.date(i); raw != "" {
				dates++
			}
		}
	}
	if dates < 5 {
		return false
	}
	s := flatten(r.root)
	b := s.find()
	return b != nil && b.weight >= 1 && len(b.entries) >= 5
}

// datedLinks counts the lines that are a link and a date, and all links.
func (r *reading) datedLinks() (dates, links int) {
	for i, l := range r.lines {
		if l.linked < 8 {
			continue
		}
		links++
		near := i
		if l.linked == l.runes && i+1 < len(r.lines) && r.lines[i+1].linked == 0 {
			near = i + 1
		}
		if r.lines[near].runes > 120 {
			continue
		}
		if raw, _ := r.date(near); raw != "" {
			dates++
		}
	}
	return dates, links
}
