package parse

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/net/html"

	"civicfeed/models"
)

// listCase is a page that lists articles with what is to come of it.
type listCase struct {
	page []byte
	want string            // date, title, link, summary of each entry
	told map[string]string // the rules proposed, and the next page
}

func listCases(t *testing.T) map[string]listCase {
	t.Helper()
	files, err := filepath.Glob("testdata/lists/*.txtar")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d pages, %v", len(files), err)
	}
	cases := map[string]listCase{}
	for _, name := range files {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c := listCase{told: map[string]string{}}
		for _, f := range a.Files {
			switch f.Name {
			case "page.html":
				c.page = f.Data
			case "want.tsv":
				c.want = string(f.Data)
			case "rules":
				for line := range strings.Lines(string(f.Data)) {
					key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
					c.told[key] = strings.TrimSpace(value)
				}
			}
		}
		cases[strings.TrimSuffix(filepath.Base(name), ".txtar")] = c
	}
	return cases
}

func entryLines(d *Document) string {
	var b strings.Builder
	for _, e := range d.Entries {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", e.Published, e.Title.Value, e.Link, e.Summary.Value)
	}
	return b.String()
}

// TestListsAreFoundByThemselves reads every layout without rules.
func TestListsAreFoundByThemselves(t *testing.T) {
	for name, c := range listCases(t) {
		t.Run(name, func(t *testing.T) {
			d, err := List(c.page, models.PageRules{})
			if err != nil {
				t.Fatal(err)
			}
			if d.Version != "page" || d.Feed.Next != c.told["next"] {
				t.Errorf("version %q, next %q, want page, %q", d.Version, d.Feed.Next, c.told["next"])
			}
			if diff := cmp.Diff(c.want, entryLines(d)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestProposedRulesFindTheSame reads every layout by the rules that are proposed for it.
func TestProposedRulesFindTheSame(t *testing.T) {
	for name, c := range listCases(t) {
		t.Run(name, func(t *testing.T) {
			rules, _, err := Propose(c.page)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{"item": rules.Item, "link": rules.Link, "date": rules.Date, "next": c.told["next"]}
			if diff := cmp.Diff(c.told, got); diff != "" {
				t.Error(diff)
			}
			d, err := List(c.page, rules)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, entryLines(d)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// BenchmarkList reads a page of thirty entries, some 30 KB, and parses it alone for comparison.
func BenchmarkList(b *testing.B) {
	page := htmlPage("要闻", `<div class="nav">`+rows(40, `<a href="/c/%d/">%s</a><!-- %d -->`)+`</div><ul class="xw">`+rows(60, plainRow)+`</ul><div>`+strings.Repeat("<p>汐州市人民政府主办。</p>", 500)+`</div>`)
	b.Run("list", func(b *testing.B) {
		b.SetBytes(int64(len(page)))
		for b.Loop() {
			if d, err := List(page, models.PageRules{}); err != nil || len(d.Entries) != 60 {
				b.Fatal(err)
			}
		}
	})
	b.Run("x/net/html alone", func(b *testing.B) {
		b.SetBytes(int64(len(page)))
		for b.Loop() {
			if _, err := html.Parse(bytes.NewReader(page)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
