package catalog

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// validator checks values against the JSON Schema as far as ours goes, and refuses to guess at
// a keyword that it does not know.
type validator struct{ defs map[string]any }

func newValidator(t testing.TB) (*validator, map[string]any) {
	t.Helper()
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	return &validator{schema["$defs"].(map[string]any)}, schema
}

func (v *validator) errors(at string, schema map[string]any, value any) (all []string) {
	wrong := func(format string, args ...any) { all = append(all, at+": "+fmt.Sprintf(format, args...)) }
	for word, want := range schema {
		switch word {
		case "$schema", "$defs", "title", "description", "default", "examples", "properties", "required":
		case "$ref":
			name := strings.TrimPrefix(want.(string), "#/$defs/")
			all = append(all, v.errors(at, v.defs[name].(map[string]any), value)...)
		case "anyOf":
			var tried []string
			if !slices.ContainsFunc(want.([]any), func(s any) bool {
				e := v.errors(at, s.(map[string]any), value)
				tried = append(tried, e...)
				return len(e) == 0
			}) {
				all = append(all, tried...)
			}
		case "type":
			if got := typeOf(value); got != want {
				wrong("is %s, not %s", got, want)
			}
		case "enum":
			if !slices.Contains(want.([]any), value) {
				wrong("%v is none of %v", value, want)
			}
		case "pattern":
			if s, ok := value.(string); ok && !regexp.MustCompile(want.(string)).MatchString(s) {
				wrong("%q does not match %s", s, want)
			}
		case "minimum", "maximum":
			if n, ok := number64(value); ok && (word == "minimum") == (n < want.(float64)) && n != want.(float64) {
				wrong("%v is beyond the %s %v", n, word, want)
			}
		case "minItems":
			if l, ok := value.([]any); ok && float64(len(l)) < want.(float64) {
				wrong("has %d items", len(l))
			}
		case "minProperties":
			if m, ok := value.(map[string]any); ok && float64(len(m)) < want.(float64) {
				wrong("has %d properties", len(m))
			}
		case "items":
			l, _ := value.([]any)
			for i, item := range l {
				all = append(all, v.errors(fmt.Sprintf("%s[%d]", at, i), want.(map[string]any), item)...)
			}
		case "additionalProperties":
			all = append(all, v.properties(at, schema, value)...)
		default:
			wrong("the validator of this test does not know %q", word)
		}
	}
	return all
}

func (v *validator) properties(at string, schema map[string]any, value any) (all []string) {
	m, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	known := schema["properties"].(map[string]any)
	for name, sub := range m {
		if s, ok := known[name].(map[string]any); ok {
			all = append(all, v.errors(at+"."+name, s, sub)...)
		} else {
			all = append(all, at+": has "+name)
		}
	}
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, ok := m[name.(string)]; !ok {
			all = append(all, fmt.Sprintf("%s: lacks %s", at, name))
		}
	}
	return all
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	default:
		if n, ok := number64(v); ok && n == math.Trunc(n) {
			return "integer"
		}
		return fmt.Sprintf("%T", v)
	}
}

func number64(v any) (float64, bool) {
	r := reflect.ValueOf(v)
	switch {
	case r.CanInt():
		return float64(r.Int()), true
	case r.CanUint():
		return float64(r.Uint()), true
	case r.CanFloat():
		return r.Float(), true
	}
	return 0, false
}

// validate checks a file against the schema.
func validate(t testing.TB, data []byte) []string {
	t.Helper()
	v, schema := newValidator(t)
	var value any
	if err := yaml.Unmarshal(data, &value); err != nil {
		return []string{err.Error()}
	}
	return v.errors("file", schema, value)
}

func TestSchemaAgreesWithTheLoader(t *testing.T) {
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if wrong := validate(t, full); len(wrong) > 0 {
		t.Errorf("full.yaml: %s", strings.Join(wrong, "\n"))
	}
	// What is wrong in form, and not in what it refers to, both refuse.
	for _, data := range []string{
		"", "[]", "site: {title: 城}", "site: {title: 城}\nsources: []", "site: {title: 城}\nsources:", "sources: [{key: a, name: 甲, url: https://a/}]",
		"site: {title: 城, x: 1}\nsources: [{key: a, name: 甲, url: https://a/}]",
		"site: {title: 1}\nsources: [{key: a, name: 甲, url: https://a/}]",
		"site: {title: 城}\nsources: [{key: A, name: 甲, url: https://a/}]",
		"site: {title: 城}\nsources: [{key: a, name: 甲, url: a.example}]",
		"site: {title: 城}\nsources: [{key: a, name: 甲, url: https://a/, enabled: yes}]",
		"site: {title: 城}\nsources: [{key: a, name: 甲, url: https://a/, timeout: 30}]",
		"site: {title: 城}\nsources: [{key: a, name: 甲, url: https://a/, kind: opml}]",
		"site: {title: 城}\nnetwork: {ports: [0]}\nsources: [{key: a, name: 甲, url: https://a/}]",
		"site: {title: 城}\nsections: [{key: a, title: 甲, match: [{}]}]\nsources: [{key: a, name: 甲, url: https://a/}]",
		"site: {title: 城}\nsections: [{key: a, title: 甲, match: [{category: []}]}]\nsources: [{key: a, name: 甲, url: https://a/}]",
	} {
		if _, err := Parse("f", []byte(data)); err == nil {
			t.Errorf("the loader takes %s", data)
		}
		if wrong := validate(t, []byte(data)); len(wrong) == 0 {
			t.Errorf("the schema takes %s", data)
		}
	}
}

// walk visits every object of the grammar once.
func walk(s shape, visit func(*object)) {
	seen := map[*object]bool{}
	var step func(shape)
	step = func(s shape) {
		switch s := s.(type) {
		case list:
			step(s.of)
		case *object:
			if !seen[s] {
				seen[s] = true
				visit(s)
				for _, k := range s.keys {
					step(k.is)
				}
			}
		}
	}
	step(s)
}

// Every key does something and is in the schema, or is to come and is in neither.
func TestGrammar(t *testing.T) {
	v, _ := newValidator(t)
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	keys := 0
	walk(grammar(), func(o *object) {
		properties := v.defs[o.name].(map[string]any)["properties"].(map[string]any)
		for i := range o.keys {
			k := &o.keys[i]
			keys++
			if _, there := properties[k.name]; there == (k.later != "") {
				t.Errorf("%s.%s: in the schema: %t, later: %q", o.name, k.name, there, k.later)
			}
			if k.later != "" {
				continue
			}
			if k.doc == "" || k.is == nil || !strings.HasSuffix(k.doc, ".") && !strings.HasSuffix(k.doc, "…") || !utf8.ValidString(k.doc) {
				t.Errorf("%s.%s: is not described", o.name, k.name)
			}
			if !regexp.MustCompile(`\b` + k.name + `:`).Match(full) {
				t.Errorf("%s.%s: is not in full.yaml", o.name, k.name)
			}
			if k.def != "" && k.standard() == nil {
				t.Errorf("%s.%s: the default %s is not a value of it", o.name, k.name, k.def)
			}
			if w, ok := k.is.(word); ok && w.note == nil {
				if _, err := w.value(strings.Trim(w.such, `"`)); err != nil {
					t.Errorf("%s.%s: the example is wrong: %v", o.name, k.name, err)
				}
			}
			for _, also := range k.also {
				if o.key(also) != nil {
					t.Errorf("%s.%s: %s is a key of its own", o.name, k.name, also)
				}
			}
		}
	})
	if keys < 90 {
		t.Errorf("%d keys were looked at", keys)
	}
}

func TestValidatorOfThisTest(t *testing.T) {
	for _, data := range []string{"site: {title: '  '}\nsources: [{key: a, name: 甲, url: https://a/}]", "site: 5\nsources: {}"} {
		if len(validate(t, []byte(data))) == 0 {
			t.Errorf("takes %s", data)
		}
	}
	v := &validator{}
	if e := v.errors("x", map[string]any{"oneOf": []any{}}, 1); len(e) != 1 {
		t.Errorf("an unknown keyword passes: %v", e)
	}
}
