package aggregator

import (
	"fmt"

	"civicfeed/aggregator/fetch"
	"civicfeed/models"
)

// Request is how a source is asked.
func Request(src models.Source) fetch.Request {
	return fetch.Request{URL: src.URL, Access: src.Access, Timeout: src.Timeout}
}

// Unready tells what is missing to ask sources: secrets that were not provided, files that are not
// there. Each error names its line of feeds.yaml.
func Unready(client *fetch.Client, cat *models.Catalog) []error {
	var all []error
	for _, src := range cat.Sources {
		if err := client.Ready(src.Access); err != nil && src.Enabled {
			all = append(all, fmt.Errorf("line %d: source %s: %w", src.Line, src.Key, err))
		}
	}
	return all
}

// logMove tells of a source that is asked at another address from now on.
func (a *Aggregator) logMove(d *models.Delivery) {
	switch {
	case d.Lost || !d.Turned:
	case d.Address == "":
		a.opts.Log.Warn("source did not move after all", "source", d.Claim.Source, "from", d.Claim.Asked(), "url", d.Claim.URL)
	default:
		a.opts.Log.Warn("source has moved", "source", d.Claim.Source, "url", d.Claim.URL, "to", d.Address)
	}
}
