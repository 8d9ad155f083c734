package store

import (
	"fmt"
	"strings"
	"testing"

	"civicfeed/models"
)

func TestFindByIDOrAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		a, b := item("daily", "a", c.millisNow()-2), item("daily", "b", c.millisNow()-1)
		a.Address, b.Address = "town.example/a", "town.example/b"
		deliver(t, s, "daily", a, b)
		reader := d.open(t, Options{ReadOnly: true})
		for name, q := range map[string]struct {
			ids, addresses []string
			want           string
		}{
			"id":        {[]string{"daily-a"}, nil, "daily-a"},
			"address":   {nil, []string{"http://town.example/b", "town.example/b"}, "daily-b"},
			"both ways": {[]string{"daily-a"}, []string{"town.example/a"}, "daily-a"},
			"two":       {[]string{"daily-b"}, []string{"town.example/a"}, "daily-a daily-b"},
			"nothing":   {[]string{"x"}, []string{"y"}, ""},
			"no wish":   {nil, nil, ""},
		} {
			stories, err := reader.Find(t.Context(), q.ids, q.addresses)
			must(t, err)
			var found []string
			for _, story := range stories {
				found = append(found, story.ID)
			}
			if got := strings.Join(found, " "); got != q.want {
				t.Errorf("%s: %q, want %q", name, got, q.want)
			}
		}
	})
}

// TestFactsGoThroughAllOnce over more than one batch, of one source or of all, without long texts.
func TestFactsGoThroughAllOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		var many []models.Item
		for i := range factBatch + 7 {
			it := item("daily", fmt.Sprintf("n%04d", i), c.millisNow()-1)
			it.Text, it.Content, it.Categories, it.Breadcrumb = "全文", "<p>全文</p>", []models.Category{{Term: "要闻"}}, []string{"首页"}
			many = append(many, it)
		}
		deliver(t, s, "daily", many...)
		for source, want := range map[string]int{"": len(many), "daily": len(many), "other": 0} {
			seen := map[string]int{}
			must(t, s.Facts(t.Context(), source, false, func(items []models.Item) error {
				for i := range items {
					it := &items[i]
					if seen[it.ID]++; it.Text != "" || it.Content != "" || len(it.Categories) != 1 || len(it.Breadcrumb) != 1 || it.Title == "" {
						t.Fatalf("%+v", it)
					}
				}
				return nil
			}))
			if len(seen) != want {
				t.Errorf("%q: %d items, want %d", source, len(seen), want)
			}
			for id, n := range seen {
				if n != 1 {
					t.Errorf("%s came %d times", id, n)
				}
			}
		}
		must(t, s.Facts(t.Context(), "daily", true, func(items []models.Item) error {
			if items[0].Text != "全文" {
				t.Errorf("%+v", items[0])
			}
			return nil
		}))
	})
}
