package store

import (
	"testing"

	"civicfeed/models"
)

// TestCopiesOfAStory: the item that founded a story stands first, the others as they came; what
// has no items is not shown.
func TestCopiesOfAStory(t *testing.T) {
	t.Parallel()
	copies := []models.Item{
		{ID: "a", Story: "m", FirstSeen: 9}, {ID: "z", Story: "m", FirstSeen: 2}, {ID: "m", Story: "m", FirstSeen: 5},
		{ID: "b", Story: "m", FirstSeen: 2}, {ID: "x", Story: "gone", FirstSeen: 1}, {ID: "k", Story: "k", FirstSeen: 1},
	}
	got := assemble([]string{"m", "none", "k"}, []models.Story{{ID: "k"}, {ID: "none"}, {ID: "m"}}, copies)
	if ids(got) != "m k" {
		t.Fatalf("stories are %s", ids(got))
	}
	order := ""
	for _, it := range got[0].Items {
		order += it.ID
	}
	if order != "mbza" {
		t.Errorf("copies are in the order %s, want mbza", order)
	}
}
