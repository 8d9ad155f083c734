package aggregator

import (
	"regexp"
	"slices"
	"strings"

	"civicfeed/models"
)

// A page is redesigned without a word, and what then looks most like its list may be another: the
// ways about the site, the hot news, another section's articles. So a list of which nothing was
// there before is not taken for the one that was followed, unless it looks like it.

// relisted tells, by an error, that what was found on a page is not the list that was followed: none
// of it is known, and none has the date that all had. Where all stands elsewhere on the site than
// what is held, it is for a person to say; see withhold.
func (c *recognition) relisted(d *models.Delivery, r *Reading) error {
	there, dated, heldDated := 0, 0, 0
	for i := range c.items {
		it := &c.items[i]
		if !c.isNew(it) {
			there++
		}
		if it.Published.At != 0 || it.Updated.At != 0 {
			dated++
		}
	}
	for _, h := range c.held {
		if h.Published.From != models.FromSeen {
			heldDated++
		}
	}
	had := len(c.held) >= overlap && heldDated*2 > len(c.held)
	switch {
	case d.Claim.BodyHash == "" || d.Reread || d.Backlog != 0 || len(c.items) == 0:
	case there == 0 && had && dated == 0:
		return models.Fail(models.ErrPageChanged, "none of the %d links that look most like a list on its page is known or has a date, as all had before: "+
			"its layout has changed", len(c.items))
	case there == 0 && c.strange && len(c.held) >= overlap:
		c.astray = c.elsewhere()
	case there > 0 && had && dated == 0:
		r.Warnings = append(r.Warnings, "none of its entries has a date any more: new ones are dated by their pages, or by when they are first seen")
	}
	return nil
}

// elsewhere tells that all entries stand in other folders of their site than what is held.
func (c *recognition) elsewhere() bool {
	folders := map[string]bool{}
	for _, h := range c.held {
		folders[folderOf(h)] = true
	}
	return !slices.ContainsFunc(c.items, func(it models.Item) bool { return folders[folderOf(it)] })
}

var figures = regexp.MustCompile(`\d+`)

// folderOf is the first folder of an item's address, the figures in it left out: they are days, at times.
func folderOf(it models.Item) string {
	way, _, _ := strings.Cut(it.Address, "?")
	parts := strings.Split(way, "/")
	if len(parts) < 3 { // host and file
		return ""
	}
	return figures.ReplaceAllString(parts[1], "#")
}
