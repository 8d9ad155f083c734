package main

import (
	"os"
	"path/filepath"
	"testing"

	"civicfeed/models"
	"civicfeed/publisher/render"
)

// FuzzRoundTrip: whatever the bytes of a source, what is published of them holds nothing active, passes
// the checks of every format, and read by ourselves is what was published.
func FuzzRoundTrip(f *testing.F) {
	files, _ := filepath.Glob("../../aggregator/testdata/corpus/*/*.*")
	for _, file := range files {
		if body, err := os.ReadFile(file); err == nil && filepath.Ext(file) != ".want" {
			f.Add(body)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		page, err := pageOf(t, body)
		if models.ClassOf(err) == models.ErrInternal {
			t.Fatal(err)
		}
		if err != nil {
			return
		}
		preview, err := render.Preview(page, models.Feed{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range append(roundTrip(page), active(t, page, preview)...) {
			t.Error(s)
		}
	})
}
