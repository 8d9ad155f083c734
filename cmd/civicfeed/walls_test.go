package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// homes names, for each third-party library, the packages that may import it.
var homes = map[string][]string{
	"go.yaml.in/yaml":                        {"models/catalog"},
	"github.com/fsnotify/":                   {"models/catalog"},
	"github.com/robfig/cron/":                {"models/catalog", "aggregator"},
	"gorm.io/":                               {"models/store"},
	"modernc.org/":                           {"models/store"},
	"github.com/gofrs/flock":                 {"models/store"},
	"github.com/mmcdole/":                    {"aggregator/parse"},
	"github.com/andybalholm/cascadia":        {"aggregator/parse"},
	"codeberg.org/readeck/go-readability/v2": {"aggregator/parse"},
	"golang.org/x/net/html/charset":          {"aggregator/decode"},
	"golang.org/x/text/encoding":             {"aggregator/decode"},
	"github.com/microcosm-cc/":               {"aggregator/normalize"},
	"golang.org/x/net/html":                  {"aggregator/normalize", "aggregator/parse"},
	"code.dny.dev/ssrf":                      {"aggregator/fetch"},
	"golang.org/x/net/idna":                  {"publisher/render"},
	"golang.org/x/text/language":             {"publisher/render"},
	"golang.org/x/time/rate":                 {"aggregator/fetch", "publisher"},
	"golang.org/x/net/netutil":               {"cmd/civicfeed"},
	"github.com/gorilla/":                    {"publisher/render"},
	"github.com/klauspost/compress":          {"publisher"},
	"github.com/cespare/xxhash/":             {"publisher"},
	"github.com/andybalholm/brotli":          {"publisher"},
	"github.com/spf13/":                      {"cmd/civicfeed"},
	"github.com/schollz/progressbar/":        {"cmd/civicfeed"},
	"github.com/rivo/uniseg":                 {"cmd/civicfeed"},
	"golang.org/x/term":                      {"cmd/civicfeed"},
	"golang.org/x/text/unicode/norm":         nil, // any room
	"golang.org/x/sync/":                     nil,
}

// pure packages get everything as arguments: no clock, no network, no files, no database.
var pure = []string{
	"aggregator/schedule", "aggregator/decode", "aggregator/parse", "aggregator/normalize", "aggregator/match", "publisher/render",
	"models/search",
}

// impure identifiers, as package and name; a name of "" means any.
var impure = [][2]string{
	{"time", "Now"}, {"time", "Since"}, {"time", "Until"}, {"time", "Sleep"}, {"time", "After"},
	{"time", "NewTimer"}, {"time", "NewTicker"}, {"time", "AfterFunc"}, {"time", "Tick"}, {"time", "Local"}, {"time", "LoadLocation"},
	{"path/filepath", ""}, {"os/exec", ""}, {"syscall", ""}, {"crypto/rand", ""},
	{"net/http", ""}, {"os", ""}, {"database/sql", ""}, {"net", ""},
	{"math/rand", ""}, {"math/rand/v2", ""},
}

// breaches tells what one file imports or names against the walls. dir is relative to the root.
func breaches(dir string, f *ast.File) []string {
	var found []string
	say := func(format string, args ...any) { found = append(found, dir+": "+fmt.Sprintf(format, args...)) }
	locals := map[string]string{} // name in the file -> import path
	for _, spec := range f.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		locals[name] = p
		first, _, _ := strings.Cut(p, "/")
		own, inside := strings.CutPrefix(p, "civicfeed/")
		switch {
		case inside && dir == "models":
			say("models imports the standard library only, not %s", p)
		case inside && strings.HasPrefix(dir, "models/") && !strings.HasPrefix(own, "models"):
			say("what stands on models must not be imported by it: %s", p)
		case inside && strings.HasPrefix(dir, "aggregator") && strings.HasPrefix(own, "publisher"),
			inside && strings.HasPrefix(dir, "publisher") && strings.HasPrefix(own, "aggregator"):
			say("aggregator and publisher meet only in the store: %s", p)
		case inside && !strings.HasPrefix(dir, "cmd/") && strings.HasPrefix(own, "cmd/"):
			say("only cmd sees cmd: %s", p)
		case !inside && strings.Contains(first, "."):
			if !atHome(dir, p) {
				say("%s has another home, or none yet: see ARCHITECTURE in the README", p)
			}
		}
	}
	if slices.Contains(pure, dir) {
		found = append(found, impurities(dir, f, locals)...)
	}
	return found
}

func atHome(dir, imported string) bool {
	longest, ok := "", false
	for lib, rooms := range homes {
		if strings.HasPrefix(imported, lib) && len(lib) > len(longest) {
			longest = lib
			ok = rooms == nil || slices.Contains(rooms, dir)
		}
	}
	return ok
}

func impurities(dir string, f *ast.File, locals map[string]string) (found []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok {
			return true
		}
		for _, bad := range impure {
			if locals[x.Name] == bad[0] && (bad[1] == "" || bad[1] == sel.Sel.Name) {
				found = append(found, fmt.Sprintf("%s: is pure and must not name %s.%s", dir, x.Name, sel.Sel.Name))
			}
		}
		return true
	})
	return found
}

// files parses every Go file of the repository that is no test, with its folder.
func files(t *testing.T, visit func(dir string, f *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(name))
		visit(filepath.ToSlash(dir), f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWalls(t *testing.T) {
	seen := map[string]bool{}
	files(t, func(dir string, f *ast.File) {
		seen[dir] = true
		for _, b := range breaches(dir, f) {
			t.Error(b)
		}
	})
	for lib, used := range usedLibraries(t) {
		if !used {
			t.Errorf("%s has a home and nobody lives there", lib)
		}
	}
	for _, room := range []string{"models", "models/store", "models/catalog", "aggregator", "aggregator/parse", "publisher/render", "cmd/civicfeed"} {
		if !seen[room] {
			t.Errorf("%s was not looked at", room)
		}
	}
}

// usedLibraries tells which of the libraries with a home are imported at all.
func usedLibraries(t *testing.T) map[string]bool {
	used := map[string]bool{}
	for lib := range homes {
		used[lib] = false
	}
	files(t, func(_ string, f *ast.File) {
		for _, spec := range f.Imports {
			p, _ := strconv.Unquote(spec.Path.Value)
			for lib := range homes {
				used[lib] = used[lib] || strings.HasPrefix(p, lib)
			}
		}
	})
	return used
}

// TestWallsFall shows that each wall would be seen to fall.
func TestWallsFall(t *testing.T) {
	for _, c := range []struct{ dir, source, want string }{
		{"models", `import _ "civicfeed/models/store"`, "standard library only"},
		{"models", `import _ "gorm.io/gorm"`, "another home"},
		{"models/store", `import _ "civicfeed/publisher"`, "stands on models"},
		{"aggregator", `import _ "civicfeed/publisher/render"`, "meet only in the store"},
		{"publisher", `import _ "civicfeed/aggregator/fetch"`, "meet only in the store"},
		{"publisher", `import _ "civicfeed/cmd/civicfeed/demo"`, "only cmd"},
		{"aggregator", `import _ "github.com/mmcdole/gofeed"`, "another home"},
		{"publisher/render", `import _ "example.org/unheard/of"`, "another home"},
		{"aggregator/normalize", `import _ "golang.org/x/net/html/charset"`, "another home"},
		{"aggregator/normalize", "import \"time\"\nvar x = time.Now", "time.Now"},
		{"aggregator/parse", "import web \"net/http\"\nvar x = web.Get", "web.Get"},
		{"publisher/render", "import \"os\"\nvar x = os.Args", "os.Args"},
		{"aggregator/decode", "import \"database/sql\"\nvar x sql.DB", "sql.DB"},
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+c.source, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(breaches(c.dir, f), "\n"); !strings.Contains(got, c.want) {
			t.Errorf("%s in %s: breaches %q do not tell %q", c.source, c.dir, got, c.want)
		}
	}
}

// TestTree holds the top level to the house: a stranger finds each thing at first guess.
func TestTree(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	known := []string{
		".ci", ".git", ".github", ".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "aggregator", "cmd", "docs", "feeds.yaml",
		"go.mod", "go.sum", "models", "publisher", "testdata",
	}
	for _, e := range entries {
		if !slices.Contains(known, e.Name()) && !strings.HasPrefix(e.Name(), "civicfeed") {
			t.Errorf("%s does not belong at the top level", e.Name())
		}
	}
}
