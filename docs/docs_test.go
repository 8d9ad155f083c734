// Package docs_test holds the documentation to the program: what it describes must be there, and
// what is there must be described.
package docs_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"civicfeed/models/catalog"
)

// pages are the texts that people read, from this folder.
func pages() []string {
	return []string{"../README.md", "../CHANGELOG.md", "operating.md", "feeds-yaml.md", "addresses.md"}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// keys gathers the names of all properties of a JSON Schema.
func keys(schema any, found map[string]bool) {
	switch s := schema.(type) {
	case map[string]any:
		if properties, ok := s["properties"].(map[string]any); ok {
			for name := range properties {
				found[name] = true
			}
		}
		for _, v := range s {
			keys(v, found)
		}
	case []any:
		for _, v := range s {
			keys(v, found)
		}
	}
}

func TestEveryKeyIsDescribedAndExists(t *testing.T) {
	var schema any
	if err := json.Unmarshal(catalog.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	exist := map[string]bool{}
	keys(schema, exist)
	text := read(t, "feeds-yaml.md")
	for name := range exist {
		if !regexp.MustCompile("`([a-z_]+\\.)?" + name + "[.`]").MatchString(text) {
			t.Errorf("feeds-yaml.md does not describe %s", name)
		}
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\|").FindAllStringSubmatch(text, -1) {
		for name := range strings.SplitSeq(row[1], ".") {
			if !exist[name] {
				t.Errorf("feeds-yaml.md describes %s, which is no key", row[1])
			}
		}
	}
}

func TestWholeExamplesLoad(t *testing.T) {
	whole := 0
	for _, page := range pages() {
		for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(read(t, page), -1) {
			if !strings.Contains(block[1], "\nsources:") {
				continue
			}
			whole++
			if _, err := catalog.Parse(page, []byte(block[1])); err != nil {
				t.Error(err)
			}
		}
	}
	if whole < 3 {
		t.Errorf("%d whole examples found, want 3 or more", whole)
	}
}

// constants lists the values of the string constants of a type in a file.
func constants(t *testing.T, file, typ string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != typ {
			return true
		}
		for _, v := range spec.Values {
			if s, err := strconv.Unquote(v.(*ast.BasicLit).Value); err == nil {
				values = append(values, s)
			}
		}
		return true
	})
	return values
}

func TestEveryErrorClassIsExplainedInBothLanguages(t *testing.T) {
	classes := constants(t, "../models/visit.go", "ErrorClass")
	if len(classes) < 10 {
		t.Fatalf("only %d classes found: %v", len(classes), classes)
	}
	text := read(t, "operating.md")
	for _, c := range classes {
		if n := strings.Count(text, "\n| `"+c+"` |"); n != 2 {
			t.Errorf("operating.md explains %s %d times, want once in each language", c, n)
		}
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_0-9]+)` \\|").FindAllStringSubmatch(text, -1) {
		if !slices.Contains(classes, row[1]) {
			t.Errorf("operating.md explains %s, which is no class", row[1])
		}
	}
}

// TestLinksLeadSomewhere follows the links between our own texts. Pictures are left out.
func TestLinksLeadSomewhere(t *testing.T) {
	for _, page := range pages() {
		for _, m := range regexp.MustCompile(`[^!]\[[^\]]*\]\(([^)\s]+)\)`).FindAllStringSubmatch(read(t, page), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			file := page
			if target != "" {
				file = filepath.Join(filepath.Dir(page), target)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			if anchor != "" && !slices.Contains(anchors(read(t, file)), anchor) {
				t.Errorf("%s: %s has no heading %q", page, file, anchor)
			}
		}
	}
}

// anchors are the names that GitHub gives to headings.
func anchors(text string) []string {
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(text, -1) {
		name := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		names = append(names, strings.ReplaceAll(name, " ", "-"))
	}
	return names
}
