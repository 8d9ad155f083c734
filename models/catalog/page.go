package catalog

import (
	"errors"
	"fmt"
	"strings"

	"civicfeed/models"
)

// pageRules is how pages are read.
func pageRules() *object {
	return &object{name: "page", says: "page", keys: []key{
		{name: "item", is: selector("ul.news-list > li"), also: []string{"items", "entry", "list"}, doc: "One article of the list."},
		{name: "link", is: selector("a"), also: []string{"url", "href"}, doc: "Its link, within the item."},
		{name: "title", is: selector("a"), doc: "Its title, within the item."},
		{name: "date", is: selector("span.date"), also: []string{"time", "published"}, doc: "Its date, within the item."},
		{name: "summary", is: selector("p.summary"), also: []string{"description", "excerpt"}, doc: "Its summary, within the item."},
		{name: "next", is: selector("a.next"), also: []string{"next_page"}, doc: "The link to the next page of the list."},
		{name: "pages", is: number(1, 1, 50), def: "1", also: []string{"max_pages"}, doc: "How many pages of the list a visit reads."},
		{name: "article", is: &object{name: "article", says: "article", keys: []key{
			{name: "title", is: selector("h1"), doc: "The headline."},
			{name: "body", is: selector("div.TRS_Editor"), also: []string{"content", "text"}, doc: "The text."},
			{name: "date", is: selector("span.time"), also: []string{"time", "published"}, doc: "When it was published."},
			{name: "credit", is: selector("span.source"), also: []string{"source"}, doc: "Whom it names as its origin (来源)."},
			{name: "byline", is: selector("span.author"), also: []string{"author", "authors", "people"}, doc: "Who wrote it."},
			{name: "remove", is: list{of: selector("div.share"), single: true}, also: []string{"drop", "exclude"}, doc: "What is cut out of the text."},
		}}, doc: "The same on the page of an article."},
	}}
}

// jsonPaths is how a list in JSON is read.
func jsonPaths() *object {
	return &object{name: "json", says: "json", keys: []key{
		{name: "items", is: jsonPath("data.rows"), also: []string{"item", "list", "entries"}, doc: "The list; left out: the document is the list."},
		{name: "link", is: jsonPath("url"), also: []string{"url", "href"}, doc: "An entry's link."},
		{name: "title", is: jsonPath("title"), doc: "Its title."},
		{name: "date", is: jsonPath("publishTime"), also: []string{"time", "published"}, doc: "Its date."},
		{name: "id", is: jsonPath("id"), also: []string{"guid", "key"}, doc: "Its own id."},
		{name: "summary", is: jsonPath("abstract"), also: []string{"description", "excerpt"}, doc: "Its summary."},
	}}
}

// selector is a CSS selector. Whether it is a good one shows when it is used; what is plainly
// none is told here.
func selector(such string) word {
	return parsed("a CSS selector", quoted(such), `\S`, func(s string) (any, error) {
		s = strings.TrimSpace(s)
		switch {
		case s == "":
			return nil, errors.New("the selector is empty: write one, or remove the key: then it is found by itself")
		case strings.HasPrefix(s, "/"):
			return nil, fmt.Errorf("%q is an XPath: write a CSS selector, like %s", s, such)
		case strings.ContainsFunc(s, control) || len(s) > 500 || !paired(s):
			return nil, fmt.Errorf("%q is not a CSS selector: write it like %s", s, such)
		}
		return s, nil
	})
}

// paired tells whether brackets and quotes are closed.
func paired(s string) bool {
	var open []rune
	quote := rune(0)
	for _, c := range s {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(' || c == '[':
			open = append(open, c)
		case c == ')' || c == ']':
			if len(open) == 0 || (open[len(open)-1] == '(') != (c == ')') {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return quote == 0 && len(open) == 0
}

// jsonPath is a path into JSON.
func jsonPath(such string) word {
	return parsed("a path into JSON", such, `^(\$\.)?[^.\s]+(\.[^.\s]+)*$`, nil)
}

// pageOf reads the rules of a source's pages; one without them has none.
func pageOf(rec *record) models.PageRules {
	if rec == nil {
		return models.PageRules{}
	}
	rules := models.PageRules{
		Item:    find[string]("item", rec),
		Link:    find[string]("link", rec),
		Title:   find[string]("title", rec),
		Date:    find[string]("date", rec),
		Summary: find[string]("summary", rec),
		Next:    find[string]("next", rec),
		Pages:   find[int]("pages", rec),
	}
	if a := find[*record]("article", rec); a != nil {
		rules.Article = models.ArticleRules{
			Title:  find[string]("title", a),
			Body:   find[string]("body", a),
			Date:   find[string]("date", a),
			Credit: find[string]("credit", a),
			Byline: find[string]("byline", a),
			Remove: all[string]("remove", a),
		}
	}
	return rules
}

func jsonOf(rec *record) models.JSONPaths {
	if rec == nil {
		return models.JSONPaths{}
	}
	return models.JSONPaths{
		Items:   find[string]("items", rec),
		Link:    find[string]("link", rec),
		Title:   find[string]("title", rec),
		Date:    find[string]("date", rec),
		ID:      find[string]("id", rec),
		Summary: find[string]("summary", rec),
	}
}

// kinds tells of settings that another kind of source has.
func (r *reader) kinds(rec *record, s models.Source) {
	if rec.has("json") && s.Kind != models.KindJSON {
		r.say(rec.at("json"), "json: this is how a list in JSON is read, but the source is of kind %s: add kind: json, or remove it", s.Kind)
	}
	if !rec.has("page") || s.Kind == models.KindPage {
		return
	}
	if rules := s.Page; rules.Item+rules.Link+rules.Title+rules.Date+rules.Summary+rules.Next != "" {
		r.say(rec.at("page"), "page: this is how a page that lists articles is read, but the source is of kind %s: add kind: page, or keep of it article alone", s.Kind)
	} else if !s.Articles {
		r.say(rec.at("page"), "page: nothing reads a page of this source: add kind: page, or articles: true, or remove it")
	}
}
