package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"civicfeed/models"
)

// TestASearchFindsAllOfIt: the pages of a search, one after another, are what a naive look at every
// text finds, the newest first.
func TestASearchFindsAllOfIt(t *testing.T) {
	t.Parallel()
	p := newPress(min(pressSize(t), 20_000))
	articles := make([]article, p.size)
	for n := range articles {
		articles[len(articles)-1-n] = p.article(n)
	}
	queries := slices.Concat([]string{everyWord, secondWord, neverWord, neverWord[:6], "雲溪 通知", "\"工作会议\" 发展", "發展", "社區工作", "溪", "和", "gdp", "GDP 云溪", "Covid 19", "covid-19 通知", "改革发展的", "在通知"},
		midWords[:6], rareWords, phrases[:4], p.words[30:34], p.words[1000:1010])
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s, _ := printed(t, p, engine == "postgres")
			for i, text := range queries {
				views := []models.View{{}, {Section: "s00"}, {Region: "r03"}, {Region: "r40"}, {Region: "r00", Section: "s01"}, {Source: "source-007"}, {Section: "s19"}}
				compareSearch(t, s, p, articles, models.Query{Text: text, Limit: 200})
				compareSearch(t, s, p, articles, models.Query{Text: text, Limit: 50, View: views[i%len(views)], Order: models.ByListed})
			}
		})
	}
}

func compareSearch(t *testing.T, s *Store, p *press, articles []article, q models.Query) {
	t.Helper()
	var want []string
	for i := range articles {
		if a := &articles[i]; p.in(a, q.View) && a.has(q.Text) {
			want = append(want, a.id)
		}
	}
	name := fmt.Sprintf("%s in %s", q.Text, q.View.Name())
	got, _ := walk(t, s, &q, len(articles)+2)
	if !slices.Equal(got, want) {
		t.Errorf("%s: found %d, a look at every text finds %d", name, len(got), len(want))
	}
}

// in tells whether a view lists an article, by the tree of regions.
func (p *press) in(a *article, v models.View) bool {
	return (v.Section == "" || slices.Contains(a.sections, v.Section)) &&
		(v.Region == "" || slices.Contains(p.catalog.RegionPath(a.region), v.Region)) &&
		(v.Source == "" || a.source == v.Source)
}

// simplified undoes what some articles and queries are written with.
var simplified = strings.NewReplacer("雲", "云", "發", "发", "區", "区", "\"", "", "Covid 19", "covid-19")

// has is the naive look: every word stands in the title or in the text.
func (a *article) has(text string) bool {
	for word := range strings.FieldsSeq(strings.ToLower(simplified.Replace(text))) {
		if !strings.Contains(a.plain[0], word) && !strings.Contains(a.plain[1], word) {
			return false
		}
	}
	return true
}
