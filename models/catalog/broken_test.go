package catalog

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what comes into testdata")

// Each archive holds a broken file and all that is said of it.
func TestBroken(t *testing.T) {
	files, err := filepath.Glob("testdata/broken/*.txtar")
	if err != nil || len(files) < 25 {
		t.Fatalf("%d files, want 25 or more (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil || len(ar.Files) != 2 {
				t.Fatalf("%d parts, want feeds.yaml and want (%v)", len(ar.Files), err)
			}
			c, err := Parse("feeds.yaml", ar.Files[0].Data)
			if c != nil || err == nil {
				t.Fatal("taken as good")
			}
			got := err.Error() + "\n"
			if *update {
				ar.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(ar.Files[1].Data), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			told(t, err, string(ar.Files[0].Data))
		})
	}
}

// told checks what holds for every problem: it stands within the file and names a remedy.
func told(t *testing.T, err error, data string) {
	t.Helper()
	var ps Problems
	if !errors.As(err, &ps) || len(ps) == 0 {
		t.Fatalf("%T is not Problems", err)
	}
	remedy := regexp.MustCompile(`\b(write|add|remove|keep|put|save|give|begin|split|move|must be free|leads to one|is the most|has)\b`)
	for _, p := range ps {
		if lines := strings.Split(data, "\n"); p.Line < 1 || p.Line > len(lines) || p.Col < 1 || p.Col > len([]rune(lines[p.Line-1]))+1 {
			t.Errorf("%v: stands outside of the file", p)
		}
		if !remedy.MatchString(p.Message) {
			t.Errorf("%v: names no remedy", p)
		}
	}
}
