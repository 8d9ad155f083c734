package aggregator

import (
	"context"
	"errors"
	"fmt"

	"civicfeed/aggregator/fetch"
	"civicfeed/models"
)

// turnPages adds to the reading of a list what stands on its next pages, as many as its source wants.
// Where one cannot be read, what was read is good nevertheless: the items beyond are older ones.
func (a *Aggregator) turnPages(ctx context.Context, src models.Source, r *Reading) {
	seen := map[string]bool{src.URL: true}
	held := make(map[string]bool, len(r.Items))
	for i := range r.Items {
		held[r.Items[i].Identity] = true
	}
	next := r.Feed.Next
	for n := 2; n <= src.Page.Pages && next != "" && !seen[next]; n++ {
		seen[next] = true
		more, err := a.turnPage(ctx, src, next)
		if err != nil {
			r.Warnings = append(r.Warnings, fmt.Sprintf("page %d of the list was not read: %v", n, err))
			return
		}
		for _, it := range more.Items {
			if !held[it.Identity] {
				held[it.Identity] = true
				r.Items = append(r.Items, it)
			}
		}
		r.rest = either(r.rest, more.rest)
		next = more.Feed.Next
	}
}

func (a *Aggregator) turnPage(ctx context.Context, src models.Source, url string) (*Reading, error) {
	resp, err := a.plan.Load().client.Get(ctx, fetch.Request{URL: url, Access: accessOf(src, url), Timeout: src.Timeout})
	if err != nil {
		return nil, errors.New(resp.Mask(err.Error()))
	}
	if err := a.parses.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer a.parses.Release(1)
	return a.read(resp, src)
}

// either is the reading of what was put off of either of two documents.
func either(one, other func(*models.Item)) func(*models.Item) {
	return func(it *models.Item) {
		for _, rest := range []func(*models.Item){one, other} {
			if rest != nil {
				rest(it)
			}
		}
	}
}
