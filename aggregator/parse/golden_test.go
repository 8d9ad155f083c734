package parse_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"civicfeed/aggregator/decode"
	"civicfeed/aggregator/parse"
)

var update = flag.Bool("update", false, "write the golden files")

// read goes from the bytes of a response to the document, as a visit does.
func read(body []byte, contentType string) (*parse.Document, []string, error) {
	text, err := decode.Decode(body, contentType, "")
	if err != nil {
		return nil, nil, err
	}
	doc, err := parse.Feed(text.Bytes)
	return doc, text.Repairs, err
}

// TestGolden reads every feed of testdata; what must come of it stands beside it.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range files {
		if strings.HasSuffix(file, ".golden") {
			continue
		}
		seen++
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc, repairs, err := read(body, "")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, file+".golden", map[string]any{"document": doc, "repairs": repairs})
		})
	}
	if seen < 15 {
		t.Errorf("testdata holds %d feeds, some are lost", seen)
	}
}

func golden(t *testing.T, file string, got any) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("differs from %s (-want +got):\n%s", file, diff)
	}
}
