package aggregator

import (
	"bytes"
	"fmt"

	"civicfeed/aggregator/decode"
	"civicfeed/aggregator/fetch"
	"civicfeed/aggregator/normalize"
	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// decoded turns the bytes of a source into text: only a feed has to look like one.
func decoded(resp *fetch.Response, src models.Source) (decode.Text, error) {
	if src.Kind == models.KindFeed || src.Kind == "" {
		return decode.Decode(resp.Body, resp.ContentType, src.Encoding)
	}
	return decode.Page(resp.Body, resp.ContentType, src.Encoding)
}

// parsed reads a text as what stands at the address of its source.
func parsed(text []byte, src models.Source) (*parse.Document, error) {
	switch src.Kind {
	case models.KindPage:
		return parse.List(text, src.Page)
	case models.KindJSON:
		return parse.JSONList(text, src.JSON)
	case models.KindSitemap:
		return parse.Sitemap(text)
	}
	return parse.Feed(text)
}

// KindOf tells what an answer is, for one who looks at an address of which nothing is known: a feed,
// a list in JSON, a sitemap, the page of an article, or else a page that may list some.
func KindOf(resp *fetch.Response, src models.Source) (kind models.Kind) {
	defer func() {
		if recover() != nil {
			kind = models.KindFeed // whose reading tells what is wrong
		}
	}()
	if _, err := decode.Decode(resp.Body, resp.ContentType, src.Encoding); err == nil {
		return models.KindFeed
	}
	text, err := decode.Page(resp.Body, resp.ContentType, src.Encoding)
	if err != nil {
		return models.KindFeed
	}
	head := text.Bytes[:min(len(text.Bytes), 4<<10)]
	switch {
	case bytes.IndexByte([]byte("{["), head[0]) >= 0:
		return models.KindJSON
	case bytes.Contains(head, []byte("<urlset")), bytes.Contains(head, []byte("<sitemapindex")):
		return models.KindSitemap
	}
	if page, err := parse.Article(text.Bytes, src.Page); err == nil && page.Kind == parse.KindArticle {
		return models.KindArticle
	}
	return models.KindPage
}

// article reads the page of an article. What is none is a failure, with the reason in words.
func article(resp *fetch.Response, src models.Source) (*parse.Page, decode.Text, error) {
	text, err := decode.Page(resp.Body, resp.ContentType, src.Encoding)
	if err != nil {
		return nil, text, err
	}
	page, err := parse.Article(text.Bytes, src.Page)
	switch {
	case err != nil:
		return nil, text, err
	case page.Kind == parse.KindList:
		return nil, text, models.Fail(models.ErrPageChanged, "not the page of an article: %s", page.Reason)
	case page.Kind != parse.KindArticle:
		return nil, text, models.Fail(models.ErrNotAFeed, "not the page of an article: %s", page.Reason)
	}
	return page, text, nil
}

// readAsArticle reads the page of an article that is looked at by itself: one item.
func readAsArticle(resp *fetch.Response, src models.Source, name string, t *trace) (*Reading, error) {
	page, text, err := article(resp, src)
	t.decoded(text)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	feed, item := normalize.Article(page, normalize.Input{
		Source: src, URL: resp.URL, ContentLocation: resp.ContentLocation, Language: resp.ContentLanguage,
		Day: resp.At, Manner: manner(src), Steps: t.on(),
	})
	t.normalized(feed, 1)
	warnings := append(append(text.Repairs, page.Warnings...), feed.Warnings...)
	return &Reading{Encoding: text.Encoding, Feed: feed, Items: []models.Item{item}, Warnings: warnings}, nil
}
