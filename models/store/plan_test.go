package store

import (
	"fmt"
	"strings"
	"testing"

	"civicfeed/models"
)

// TestLatestIsOneRange: whatever the size of a view, its newest stories are one range of one
// index, in order. Nothing is scanned, nothing sorted.
func TestLatestIsOneRange(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, _ := ready(t, d)
		populate(t, s, d)
		for _, o := range []models.Order{models.ByListed, models.ByPublished} {
			for _, v := range []models.View{{}, {Section: "focus"}, {Region: "dong"}, {Region: "dong", Section: "focus"}, {Source: "daily"}} {
				view, err := viewOf(s.reader, v)
				must(t, err)
				query, args := rangeOf(o, models.Cursor{})
				plan := explain(t, s, d, query, append(append([]any{view.ID}, args...), 50)...)
				wanted := []string{"SEARCH m USING COVERING INDEX memberships_" + string(o) + " (view=? AND " + string(o) + "<?)"}
				if d.postgres {
					wanted = []string{"Index Only Scan using memberships_" + string(o), "Index Cond: ((view = "}
				}
				for _, want := range wanted {
					if !strings.Contains(plan, want) {
						t.Errorf("%s by %s has no %q in its plan:\n%s", v.Name(), o, want, plan)
					}
				}
				for _, bad := range []string{"SCAN", "Seq Scan", "Sort", "TEMP B-TREE", "Bitmap"} {
					if strings.Contains(plan, bad) {
						t.Errorf("%s by %s has a %s in its plan:\n%s", v.Name(), o, bad, plan)
					}
				}
			}
		}
	})
}

// populate makes views of different sizes, several thousand stories in the largest.
func populate(t *testing.T, s *Store, d database) {
	t.Helper()
	numbers := "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
	db := d.raw(t)
	views := []string{"feed", "sections/focus", "regions/dong", "regions/dong/sections/focus", "sources/daily"}
	for i, name := range views {
		_, err := db.Exec(fmt.Sprintf("INSERT INTO views (id, name, rev, changed) VALUES (%d, '%s', 1, 1)", i+1, name))
		must(t, err)
		_, err = db.Exec(numbers + fmt.Sprintf(
			"INSERT INTO memberships (story, view, listed, published) SELECT 'story-' || i, %d, i / 3, (i * 7919) %% 20000 FROM n WHERE i %% %d = 0", i+1, i*i+1))
		must(t, err)
	}
	_, err := db.Exec(numbers + "INSERT INTO views (id, name, rev, changed) SELECT 100 + i, 'sources/s' || i, 1, 1 FROM n WHERE i <= 3000")
	must(t, err)
	// What the background does of itself in time. There, plans are made from statistics.
	statements := []string{"ANALYZE"}
	if d.postgres {
		statements = []string{"VACUUM ANALYZE memberships", "VACUUM ANALYZE views"}
	}
	for _, statement := range statements {
		_, err := db.Exec(statement)
		must(t, err)
	}
}

func explain(t *testing.T, s *Store, d database, query string, args ...any) string {
	t.Helper()
	var lines []string
	if d.postgres {
		must(t, s.reader.Raw("EXPLAIN "+query, args...).Scan(&lines).Error)
		return strings.Join(lines, "\n")
	}
	var steps []struct{ Detail string }
	must(t, s.reader.Raw("EXPLAIN QUERY PLAN "+query, args...).Scan(&steps).Error)
	for _, step := range steps {
		lines = append(lines, step.Detail)
	}
	return strings.Join(lines, "\n")
}
