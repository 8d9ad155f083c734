package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"civicfeed/models"
)

// print writes what was found as YAML, what it is and a preview of its items in comments before it.
func (f finding) print(out io.Writer) {
	r, src := f.reading, f.src
	var preview strings.Builder
	t := newTable("PUBLISHED", "TITLE", "LINK")
	for _, it := range r.Items[:min(len(r.Items), sampled)] {
		t.row(localTime(it.Published, src.Location), clip(it.Title, 48), it.Link)
	}
	t.print(&preview)
	fmt.Fprintf(out, "# %s%s\n", comment(f.what()), f.how)
	fmt.Fprintf(out, "# %d items, the first of them:\n", len(r.Items))
	for line := range strings.Lines(preview.String()) {
		fmt.Fprint(out, "#   "+line)
	}
	for _, w := range r.Warnings[:min(len(r.Warnings), 3)] {
		fmt.Fprintln(out, "# note: "+comment(w))
	}
	if f.known != "" {
		fmt.Fprintf(out, "# It is a source already, %s: paste nothing.\n", f.known)
	}
	name := cmp.Or(src.Name, r.Feed.Title, hostOf(src.URL))
	fmt.Fprintf(out, "  - key: %s\n    name: %s\n    url: %s\n", cmp.Or(f.key, keyFor(src.URL)), quoted(name), quoted(src.URL))
	if src.Kind != models.KindFeed {
		fmt.Fprintf(out, "    kind: %s\n", src.Kind)
	}
	if selectors := f.selectors(); len(selectors) > 0 {
		fmt.Fprintf(out, "    page: {%s}\n", strings.Join(selectors, ", "))
	}
	if src.Kind == models.KindSitemap {
		fmt.Fprintln(out, "    max_items: 50 # a sitemap lists all pages of a site: the newest are enough")
	}
	if src.Kind != models.KindFeed || !slices.ContainsFunc(r.Items, func(it models.Item) bool { return it.Text != "" }) {
		fmt.Fprintln(out, "    articles: true # it has no texts: read them on the pages of its items")
	}
}

// what says what stands at its address.
func (f finding) what() string {
	switch f.src.Kind {
	case models.KindPage:
		if f.src.Page.Item == "" {
			return "A page that lists articles; no selector tells them from the rest, so the list is found by itself each time."
		}
		return "A page that lists articles, with the selectors that find them."
	case models.KindJSON:
		return "A list in JSON, whose members are found by their usual names."
	case models.KindSitemap:
		return "A sitemap."
	}
	return "A feed (" + f.reading.Feed.Version + ")."
}

// comment is a text as part of a comment: in one line.
func comment(s string) string { return strings.Join(strings.Fields(s), " ") }

func (f finding) selectors() (all []string) {
	for _, s := range [][2]string{{"item", f.src.Page.Item}, {"link", f.src.Page.Link}, {"date", f.src.Page.Date}} {
		if s[1] != "" {
			all = append(all, s[0]+": "+quoted(s[1]))
		}
	}
	return all
}

// quoted writes a text as YAML, of which JSON is a part.
func quoted(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string can be encoded
	return strings.TrimSpace(b.String())
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

var (
	noKey    = regexp.MustCompile(`[^a-z0-9]+`)
	commonly = regexp.MustCompile(`^(?:www|m|news)\.|\.(?:com|gov|org|net|edu|cn|tw|hk|jp|kr|uk)\b|/?(?:index|default|list)?\.(?:s?html?|aspx?|php|jsp|xml|json)$`)
)

// keyFor makes a key of an address: its host without what all hosts have, and the end of its path.
func keyFor(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "source"
	}
	host := commonly.ReplaceAllString(commonly.ReplaceAllString(strings.ToLower(u.Hostname()), ""), "")
	path := commonly.ReplaceAllString(strings.ToLower(u.Path), "")
	key := strings.Trim(noKey.ReplaceAllString(host+"-"+path, "-"), "-")
	if len(key) > 40 {
		key = strings.Trim(key[:40], "-")
	}
	return cmp.Or(key, "source")
}
