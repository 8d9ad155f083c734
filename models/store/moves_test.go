package store

import (
	"fmt"
	"strings"
	"testing"

	"civicfeed/models"
)

// TestMovesTellWhatALookWould: whatever happens, stories taken back and given back included, an answer
// brought up to date by what moved is the one that a look would give.
func TestMovesTellWhatALookWould(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		town := newTown(t, d, 21)
		var held []string
		for n := range 250 {
			town.happen()
			if n%3 == 0 && len(town.held) > 0 {
				held = append(held, town.held[town.IntN(len(town.held))].ID)
				_, err := town.s.Withdraw(t.Context(), false, held[len(held)-1])
				must(t, err)
			}
			if n%7 == 0 && len(held) > 0 {
				_, err := town.s.Withdraw(t.Context(), true, held[town.IntN(len(held))])
				must(t, err)
			}
			for _, r := range town.readers {
				if town.IntN(2) == 0 {
					r.update(t, town.s)
				}
			}
		}
		for _, r := range town.readers {
			if r.updated < 30 {
				t.Errorf("%s: what moved told %d times what a look would", r.view.Name(), r.updated)
			}
		}
	})
}

// TestMovesAreBounded: where more moved than is worth telling, nothing is told, and answers are asked for.
func TestMovesAreBounded(t *testing.T) {
	s, c := ready(t, newSQLite(t))
	var items []models.Item
	for n := range mostMoves {
		items = append(items, item("daily", fmt.Sprint("n", n), c.millisNow()))
	}
	deliver(t, s, "daily", items[0])
	q := models.Query{Order: models.ByListed, Limit: 20}
	before, err := s.List(t.Context(), q)
	must(t, err)
	deliver(t, s, "daily", items[1:]...)
	m, err := s.Moves(t.Context(), before.State.Rev)
	must(t, err)
	if _, ok := m.Follow(before, q); ok || len(m.views) > 0 {
		t.Errorf("%d views are told of", len(m.views))
	}
}

// TestMovesReadWhatMoved: what did not is not looked at.
func TestMovesReadWhatMoved(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, _ := ready(t, d)
		populate(t, s, d)
		db := d.raw(t)
		_, err := db.Exec("INSERT INTO stories (seq, id, rev, listed, published, updated) SELECT row_number() OVER (), story, row_number() OVER (), 1, 1, 1 FROM memberships WHERE view = 1")
		must(t, err)
		_, err = db.Exec("ANALYZE")
		must(t, err)
		plan := explain(t, s, d, movesSince, 19_000, 100)
		want := "SEARCH s USING COVERING INDEX stories_rev (rev>?)"
		if d.postgres {
			want = "stories_rev"
		}
		if !strings.Contains(plan, want) || strings.Contains(plan, "SCAN") || strings.Contains(plan, "Seq Scan on stories") || strings.Contains(plan, "Seq Scan on memberships") {
			t.Errorf("no %q in its plan:\n%s", want, plan)
		}
	})
}
