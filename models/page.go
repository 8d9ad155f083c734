package models

import (
	"strings"
	"time"
)

// Kind is what stands at the address of a source.
type Kind string

// The kinds of sources. The empty one is [KindFeed].
const (
	KindFeed    Kind = "feed"
	KindPage    Kind = "page"    // a page that lists articles
	KindJSON    Kind = "json"    // a list in JSON that is no JSON Feed
	KindSitemap Kind = "sitemap" // sitemaps.org, with or without Google's news
	KindArticle Kind = "article" // the page of one article, looked at by itself; no source is of it
)

// PageRules tell where things stand on a source's pages, as CSS selectors. What is left empty is
// found by itself.
type PageRules struct {
	Item    string // one article of the list; the others but Next are looked for in it
	Link    string
	Title   string
	Date    string
	Summary string
	Next    string // the link to the next page of the list
	Pages   int    // pages of the list that a visit reads; 0: one
	Article ArticleRules
}

// ArticleRules tell where things stand on the page of an article.
type ArticleRules struct {
	Title, Body, Date, Credit, Byline string
	Remove                            []string // what is cut out of the body
}

// JSONPaths tell where things stand in a JSON list: names of members, with points between them.
// All but Items begin at an entry of it.
type JSONPaths struct{ Items, Link, Title, Date, ID, Summary string }

// Neighbour is the article before or after another on its site.
type Neighbour struct {
	Title  string `json:"title,omitempty"`
	URL    string `json:"url,omitempty"`
	Column string `json:"column,omitempty"`
}

// PageClaim is a lease on the page of an item: the right to read it and to save what it told, while
// Epoch holds.
type PageClaim struct {
	Item   string // id
	Source string // key
	URL    string
	Epoch  int64
	Tries  int    // this one among them
	At     Millis // when it was made, by the store's clock
}

// PageDelivery is what the page of an item told, or why it told nothing.
type PageDelivery struct {
	Claim PageClaim
	Base  string // digest of the item that was completed
	Item  *Item  // completed; nil: nothing was told
	Class ErrorClass
	Error string        // a sentence, for the admin
	Again time.Duration // after which it is tried again; 0: never
	Quiet time.Duration // for which its host wants none of its pages read
	Free  bool          // it was not asked, or failed by no fault of it: the try does not count

	Lost bool // set by the store: the lease was gone, or the item another by now: nothing was saved
}

// Complete makes it, which was held and has been completed from its page, the new text of the item
// held. What tells it from others stays, and so do the moments that order it, but for a time that is
// told better by the page. The first completion is no update, and neither is one that shows people
// nothing else than what is held: a title that its list corrected was an update when that was seen.
func (it *Item) Complete(held Item, seen Millis) {
	first := held.Page == ""
	it.ID, it.Source, it.Story, it.FirstSeen = held.ID, held.Source, held.Story, held.FirstSeen
	it.Identity, it.Address, it.GUID, it.Link = held.Identity, held.Address, held.GUID, held.Link
	it.Hash, it.Told = held.Hash, held.Told
	if it.Published.At == 0 || it.Published.At > seen {
		it.Published = held.Published
	}
	told := it.Updated
	it.Updated = held.Updated
	if first || it.Title == held.Title && it.Text == held.Text && it.Content == held.Content {
		return
	}
	if told.At <= held.Updated.At || told.At > seen {
		told = Moment{At: max(seen, held.Updated.At), Precision: Second, From: FromSeen, Raw: told.Raw}
	}
	it.Updated = told
}

// Retain keeps, of an item held that its page has completed, what the page told: its feed or list
// tells less, visit after visit: of a title nothing, at times, or its beginning.
func (it *Item) Retain(held Item) {
	if it.Title == "" || begins(it.Title, held.Title) {
		it.Title = held.Title
	}
	it.Page, it.Breadcrumb, it.Column = held.Page, held.Breadcrumb, held.Column
	it.Previous, it.Next = held.Previous, held.Next
	if len(it.Text) <= len(held.Text) {
		it.Content, it.Text = held.Content, held.Text
	}
	if it.Summary == "" {
		it.Summary = held.Summary
	}
	if len(held.People) > 0 {
		it.People = held.People
	}
	if len(held.Media) > 0 {
		it.Media = held.Media
	}
	if it.Image == "" {
		it.Image = held.Image
	}
	if held.Credit != "" {
		it.Credit = held.Credit
	}
	it.Language = held.Language
	if held.Published.From == FromPage {
		it.Published = held.Published
	}
}

// begins tells whether a title that was cut short is of a whole one.
func begins(cut, whole string) bool {
	short := strings.TrimRight(cut, "….· ")
	return short != "" && short != cut && strings.HasPrefix(unspaced(whole), unspaced(short))
}

func unspaced(s string) string { return strings.Join(strings.Fields(s), "") }

// PageState is how the reading of the pages of a source's items stands.
type PageState struct {
	Source  string
	Waiting int // to be read
	Failing int // of them, or of those given up within a day
	Class   ErrorClass
	Error   string // with its class: of the one that failed last
}
