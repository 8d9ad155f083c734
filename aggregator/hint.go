package aggregator

import (
	"fmt"
	"net/url"
	"strings"

	"civicfeed/aggregator/decode"
	"civicfeed/aggregator/fetch"
	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// hinted adds to the reason why a source could not be read what its answer offers instead, for whoever
// mends feeds.yaml: a feed that the page tells of, or a list of articles in place of a feed.
func hinted(err error, resp *fetch.Response, src models.Source) error {
	if class := models.ClassOf(err); class != models.ErrNotAFeed && class != models.ErrPageChanged {
		return err
	}
	text, bad := decode.Page(resp.Body, resp.ContentType, src.Encoding)
	if bad != nil {
		return err
	}
	if to := SentOn(resp); to != "" && to != src.URL {
		return fmt.Errorf("%w; the page sends its readers on: url: %s", err, to)
	}
	if feed := announced(text.Bytes, resp.URL); feed != "" && feed != src.URL {
		return fmt.Errorf("%w; the page tells of a feed: url: %s", err, feed)
	}
	if src.Kind != models.KindFeed && src.Kind != "" {
		return err // what was found of a list is told already
	}
	if _, list, bad := parse.Propose(text.Bytes); bad == nil && len(list.Entries) >= several {
		return fmt.Errorf("%w; it lists %d articles, which kind: page would read", err, len(list.Entries))
	}
	return err
}

// SentOn is the address to which a page sends whoever opens it, by its markup and not by its status;
// empty: it sends nowhere.
func SentOn(resp *fetch.Response) string {
	if resp == nil {
		return ""
	}
	at, err := url.Parse(resp.URL)
	if err != nil {
		return ""
	}
	to, err := at.Parse(parse.Refresh(resp.Body))
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || to.Host == "" {
		return ""
	}
	if to.Fragment = ""; to.String() == resp.URL {
		return ""
	}
	return to.String()
}

// announced is the address of the first feed that a page tells of; empty: of none.
func announced(text []byte, page string) string {
	links, base, err := parse.Announced(text)
	at, bad := url.Parse(page)
	if err != nil || bad != nil {
		return ""
	}
	if within, err := at.Parse(strings.TrimSpace(base)); err == nil {
		at = within
	}
	for _, l := range links {
		if u, err := at.Parse(strings.TrimSpace(l.Link)); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
			return u.String()
		}
	}
	return ""
}
