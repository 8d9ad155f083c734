package parse_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// FuzzFeed: whatever the bytes, there is a document of valid UTF-8, not much larger than they
// are, or an error with a class; the same each time.
func FuzzFeed(f *testing.F) {
	files, _ := filepath.Glob("../testdata/corpus/*/*.*")
	for _, file := range files {
		if body, err := os.ReadFile(file); err == nil && !strings.HasSuffix(file, ".want") {
			f.Add(body)
		}
	}
	for _, body := range bombs() {
		f.Add(body[:min(len(body), 2_000)])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, read := range []func() (*parse.Document, error){
			func() (*parse.Document, error) { return parse.Feed(body) },
			func() (*parse.Document, error) { d, _, err := read(body, ""); return d, err },
		} {
			doc, err := read()
			if err != nil {
				if c := models.ClassOf(err); c != models.ErrParse && c != models.ErrNotAFeed && c != models.ErrTooLarge {
					t.Fatalf("class %q: %v", c, err)
				}
				continue
			}
			first := encode(t, doc)
			if !utf8.ValidString(first) {
				t.Fatalf("not UTF-8: %q", first)
			}
			if limit := 200*len(body) + 4096; len(first) > limit {
				t.Fatalf("%d bytes became %d", len(body), len(first))
			}
			if again, err := read(); err != nil || encode(t, again) != first {
				t.Fatalf("read again it differs: %v", err)
			}
		}
	})
}

func encode(t *testing.T, doc *parse.Document) string {
	t.Helper()
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
