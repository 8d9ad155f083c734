package publisher

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// FuzzPath sends any path as it stands in a request line: no answer but those that a path can earn,
// and no file but those of the cache, whose names are hashes.
func FuzzPath(f *testing.F) {
	for _, path := range []string{
		"/", "/../../etc/passwd", "/assets/../../etc/passwd", "/..%2f..%2fetc/passwd", "/stories/..%2f..%2fx", "/%2e%2e/feed.rss", "/sections/focus%00.rss",
		"/sections/%e2%80%ae.rss", "//evil.example/", "/feed.rss/..", "/regions/yunlan/sections/focus.json", "/sources/daily/../../x.rss", `/..\..\x`, "/feed.rss?x=../..",
		"http://evil.example/feed.rss", "*", "/stories/a.json", "/sections/headlines", "/" + strings.Repeat("a", 5000), "/assets/icon.svg", "/a:b", "/%", "/C:/x", "/feed.rss;x",
	} {
		f.Add(path)
	}
	c := newCity(f)
	c.populate(2)
	above := filepath.Dir(c.cache)
	before := filesIn(f, above)
	name := regexp.MustCompile(`^[0-9a-f]{32}\.edition$`)
	f.Fuzz(func(t *testing.T, path string) {
		r, err := http.NewRequest("GET", "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.URL, err = r.URL.Parse(path); err != nil {
			return // net/http answers 400
		}
		r.RequestURI = path
		w := httptest.NewRecorder()
		c.h.ServeHTTP(w, r)
		if !slices.Contains([]int{200, 301, 304, 400, 404, 410, 414, 429}, w.Code) {
			t.Errorf("GET %q: %d", path, w.Code)
		}
		if to := w.Header().Get("Location"); to != "" && !inOwnWords()["Location"].MatchString(to) {
			t.Errorf("GET %q leads to %q", path, to)
		}
		if strings.Contains(w.Body.String(), "root:x:") {
			t.Errorf("GET %q shows a file", path)
		}
		if w.Code == 200 {
			if now := filesIn(t, above); !slices.Equal(now, before) {
				t.Errorf("GET %q: files beside the cache: %q, before %q", path, now, before)
			}
			for _, file := range filesIn(t, c.cache) {
				if !name.MatchString(file) {
					t.Errorf("GET %q made the file %q", path, file)
				}
			}
		}
	})
}

// filesIn lists a folder, if it is there, but for what a database adds to its own file and the folder
// of the cache.
func filesIn(t testing.TB, folder string) (names []string) {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasPrefix(file.Name(), "city.db") && file.Name() != "cache" {
			names = append(names, file.Name())
		}
	}
	return names
}
