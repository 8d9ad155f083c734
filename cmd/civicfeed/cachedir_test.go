package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestFoldersOfFinishedPagesAreNotShared: two sites of one user on one server have a folder each, and
// one site has the same whatever its password is.
func TestFoldersOfFinishedPagesAreNotShared(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	one := cacheDir("", "postgres://a:secret@db.example/one", "feeds.yaml")
	for name, other := range map[string]string{
		"another database": cacheDir("", "postgres://a:secret@db.example/two", "feeds.yaml"),
		"another catalog":  cacheDir("", "postgres://a:secret@db.example/one", "/etc/other/feeds.yaml"),
		"another file":     cacheDir("", "city.db", "feeds.yaml"),
	} {
		if other == one || other == "" {
			t.Errorf("%s: %s", name, other)
		}
	}
	if again := cacheDir("", "postgres://a:changed@db.example/one", "feeds.yaml"); again != one || strings.Contains(one, "secret") {
		t.Errorf("%s, then %s", one, again)
	}
	if dir := cacheDir("", filepath.Join("data", "city.db"), "feeds.yaml"); dir != filepath.Join("data", "city.db.cache") {
		t.Errorf("beside the file: %s", dir)
	}
}
