package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"civicfeed/models"
)

// kinds of facts, as the conditions of a section's match call them.
var factKinds = [...]string{"category", "breadcrumb", "column", "credit", "path"}

// unclaimed is what items have that no rule claims.
type unclaimed struct {
	Items     int                `json:"items"`
	Unclaimed int                `json:"unclaimed"` // by no rule
	Default   int                `json:"default"`   // of them, where their source puts them
	Nowhere   int                `json:"nowhere"`   // of them, in no section
	Unread    int                `json:"unread"`    // of them, whose page is to be read and has not been
	Facts     map[string][]tally `json:"facts"`     // by kind, the most frequent first
	at        map[string]map[string]*tally
}

// tally counts a fact.
type tally struct {
	Value   string `json:"value"`
	Items   int    `json:"items"`             // that no rule claims
	Claimed int    `json:"claimed,omitempty"` // that have it too, and a rule claims them
	Title   string `json:"title"`             // of one of them
	Link    string `json:"link"`
	Match   string `json:"match"` // the line of a section's match that would claim them
	source  string // the only one that has it; empty: there are several
}

func (e *env) tellUnclaimed(ctx context.Context, x *explaining, out io.Writer) error {
	cat, st, err := e.catalogAndStore(ctx, true)
	if err != nil {
		return err
	}
	defer st.Close()
	if _, ok := cat.Source(x.source); x.source != "" && !ok {
		return misused("no source %q in %s: it has %s", x.source, e.config, sourceKeys(cat))
	}
	u := unclaimed{at: map[string]map[string]*tally{}}
	for _, kind := range factKinds {
		u.at[kind] = map[string]*tally{}
	}
	texts := slices.ContainsFunc(cat.Sections, func(s models.Section) bool { return slices.ContainsFunc(s.Match, readsText) })
	err = st.Facts(ctx, x.source, texts, func(items []models.Item) error {
		for i := range items {
			u.count(cat, &items[i])
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	u.settle(x.top)
	if x.format == "json" {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(u)
	}
	u.print(out, x)
	return nil
}

// readsText tells whether a rule looks at texts, which are long.
func readsText(r models.Rule) bool {
	return len(r.Text) > 0 || r.Not != nil && readsText(*r.Not)
}

// count takes an item: what it has, and whether a rule claims it. An item whose source is no longer
// named is nobody's business.
func (u *unclaimed) count(cat *models.Catalog, it *models.Item) {
	src, ok := cat.Source(it.Source)
	if !ok {
		return
	}
	m := cat.Membership(it)
	u.Items++
	if m.Unclaimed {
		u.Unclaimed++
		if len(m.Sections) > 0 {
			u.Default++
		} else {
			u.Nowhere++
		}
		if src.Articles && it.Page == "" {
			u.Unread++
		}
	}
	for _, kind := range factKinds {
		for _, value := range factsOf(it, kind) {
			u.add(kind, value, it, m.Unclaimed)
		}
	}
}

func (u *unclaimed) add(kind, value string, it *models.Item, open bool) {
	t := u.at[kind][value]
	if t == nil {
		t = &tally{Value: value, source: it.Source}
		u.at[kind][value] = t
	}
	if t.source != it.Source {
		t.source = ""
	}
	if !open {
		t.Claimed++
		return
	}
	if t.Items++; t.Title == "" {
		t.Title, t.Link = it.Title, it.Link
	}
}

// factsOf are the values that an item has of a kind, each once.
func factsOf(it *models.Item, kind string) (all []string) {
	var told []string
	switch kind {
	case "category":
		for _, c := range it.Categories {
			told = append(told, cmp.Or(c.Label, c.Term))
		}
	case "breadcrumb":
		told = slices.DeleteFunc(slices.Clone(it.Breadcrumb), homePart.MatchString)
	case "column":
		told = []string{it.Column}
	case "credit":
		told = []string{it.Credit}
	case "path":
		told = []string{firstFolders(it.Link)}
	}
	for _, v := range told {
		if v != "" && !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// homePart is the first part of a breadcrumb, which every page of a site has.
var homePart = regexp.MustCompile(`(?i)^(?:(?:网站|网站|網站)?首[页頁]|主[页頁]|home|トップ(?:ページ)?|ホーム|홈)$`)

// noFolder is a part of a path that is another for each article, or each day.
var noFolder = regexp.MustCompile(`^[A-Za-z_-]?\d|^$|\.`)

// firstFolders are the first folders of a link's path, two at most, as far as they name a heading and
// not a day or a number. An article that lies in none has none.
func firstFolders(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	parts := strings.Split(strings.TrimPrefix(u.Path, "/"), "/")
	parts = parts[:len(parts)-1]
	n := 0
	for n < min(len(parts), 2) && !noFolder.MatchString(parts[n]) {
		n++
	}
	if n == 0 {
		return ""
	}
	return "/" + strings.Join(parts[:n], "/") + "/"
}

// settle orders what was counted, the most frequent first, and keeps the first of each kind.
func (u *unclaimed) settle(top int) {
	u.Facts = map[string][]tally{}
	for _, kind := range factKinds {
		all := []tally{}
		for _, t := range u.at[kind] {
			if t.Items > 0 {
				t.Match = matchLine(kind, *t)
				all = append(all, *t)
			}
		}
		slices.SortFunc(all, func(a, b tally) int {
			return cmp.Or(cmp.Compare(b.Items, a.Items), cmp.Compare(a.Claimed, b.Claimed), cmp.Compare(a.Value, b.Value))
		})
		if top > 0 && len(all) > top {
			all = all[:top]
		}
		u.Facts[kind] = all
	}
}

// matchLine is the line of a section's match that claims what has a fact. A path means nothing
// without its host, and so is bound to the source where that is one.
func matchLine(kind string, t tally) string {
	if kind == "path" && t.source != "" {
		return fmt.Sprintf("- {path: %s, source: %s}", quoted(t.Value), t.source)
	}
	return fmt.Sprintf("- {%s: %s}", kind, quoted(t.Value))
}

func (u *unclaimed) print(out io.Writer, x *explaining) {
	of := ""
	if x.source != "" {
		of = " of " + x.source
	}
	fmt.Fprintf(out, "%d of %d items%s are claimed by no rule: %d are where their source puts them, %d are in no section.\n",
		u.Unclaimed, u.Items, of, u.Default, u.Nowhere)
	if u.Unread > 0 {
		fmt.Fprintf(out, "The pages of %d of them have not been read yet, so that their breadcrumbs and columns are not known.\n", u.Unread)
	}
	for _, kind := range factKinds {
		tallies := u.Facts[kind]
		if len(tallies) == 0 {
			continue
		}
		fmt.Fprintf(out, "\n%s\n", kind)
		for _, t := range tallies {
			also := ""
			if t.Claimed > 0 {
				also = fmt.Sprintf("  (and %d that a rule claims)", t.Claimed)
			}
			fmt.Fprintf(out, "%6d  %s%s\n        %s  %s\n", t.Items, t.Match, also, clip(t.Title, 48), t.Link)
		}
	}
	if u.Unclaimed > 0 {
		fmt.Fprintln(out, "\nA line above goes below \"match:\" of the section that is to have these items; what is stored is sorted anew when feeds.yaml is saved.")
	}
}
