package catalog

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// reader walks one file. It goes on after every problem, so that all are told at once.
type reader struct {
	file     string
	data     []byte
	lines    []string // of data, once a message needs them
	grammar  *object
	problems Problems
	given    map[kind]map[string]*yaml.Node // the keys of regions, sections and sources, and where
	calls    map[kind]map[string]string     // what people call them, to the key
	former   map[kind]map[string]*yaml.Node // the keys they had before
	refs     []reference
	gaps     map[string]time.Duration // the shortest pause of each schedule, for many share one
}

// kind is what a key names.
type kind string

const (
	aRegion  kind = "region"
	aSection kind = "section"
	aSource  kind = "source"
)

// reference is a place of the file that names a region, a section or a source.
type reference struct {
	to   kind
	name string // of the key it is the value of
	node *yaml.Node
}

func newReader(file string, data []byte) *reader {
	r := &reader{
		file: file, data: data, grammar: grammar(), gaps: map[string]time.Duration{},
		given: map[kind]map[string]*yaml.Node{}, calls: map[kind]map[string]string{}, former: map[kind]map[string]*yaml.Node{},
	}
	for _, k := range []kind{aRegion, aSection, aSource} {
		r.given[k], r.calls[k], r.former[k] = map[string]*yaml.Node{}, map[string]string{}, map[string]*yaml.Node{}
	}
	return r
}

func (r *reader) say(n *yaml.Node, format string, args ...any) {
	r.problems = append(r.problems, Problem{r.file, n.Line, n.Column, fmt.Sprintf(format, args...)})
}

// wrong says that a value is of another type than wanted, and what to do.
func (r *reader) wrong(n *yaml.Node, name, want, remedy string) {
	r.say(n, "%s: %s stands where %s belongs: %s", name, describe(n), want, remedy)
}

func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.MappingNode:
		return "a mapping (key: value)"
	case isNull(n):
		return "nothing"
	case n.Tag == "!!str":
		return fmt.Sprintf("the text %q", n.Value)
	case n.Tag == "!!int", n.Tag == "!!float":
		return "the number " + n.Value
	case n.Tag == "!!bool":
		return n.Value
	case n.Tag == "!!timestamp":
		return "the date " + n.Value
	}
	return "a value tagged " + n.Tag
}

// unknown says what was probably meant by a key that the grammar has not here, and gives it.
func (r *reader) unknown(at *yaml.Node, o *object) (meant string) {
	var known []string
	for _, k := range o.keys {
		known = append(known, k.name)
		if slices.Contains(k.also, at.Value) {
			meant = k.name
		}
	}
	if places := r.places(at.Value); meant == "" && len(places) > 0 {
		r.say(at, "%q is not a setting of %s: move it to %s", at.Value, o.says, oneOf(places))
		return ""
	}
	if meant = cmp.Or(meant, nearest(at.Value, known)); meant == "" {
		r.say(at, "unknown key %q: %s has %s", at.Value, o.says, oneOf(o.names()))
		return ""
	}
	r.say(at, "unknown key %q: write %q", at.Value, meant)
	return meant
}

// places lists which objects of the grammar know a key.
func (r *reader) places(name string) []string {
	var found []string
	seen := map[*object]bool{}
	var visit func(shape)
	visit = func(s shape) {
		switch s := s.(type) {
		case list:
			visit(s.of)
		case *object:
			if seen[s] {
				return
			}
			seen[s] = true
			if k := s.key(name); k != nil && k.later == "" {
				found = append(found, s.says)
			}
			for _, k := range s.keys {
				visit(k.is)
			}
		}
	}
	visit(r.grammar)
	return found
}

// called notes how people call what a key names.
func (r *reader) called(k kind, key string, names ...string) {
	for _, name := range names {
		r.calls[k][name] = key
	}
}

// resolve tells of references to what is not there, and of former keys that are in use again.
func (r *reader) resolve() {
	for _, ref := range r.refs {
		if r.given[ref.to][ref.node.Value] == nil {
			r.say(ref.node, "%s: unknown %s %q: %s", ref.name, ref.to, ref.node.Value, r.meant(ref.to, ref.node.Value))
		}
	}
	for k, keys := range r.former {
		for key, n := range keys {
			if at := r.given[k][key]; at != nil {
				r.say(n, "was: %q is the key of the %s in line %d: a former key must be free", key, k, at.Line)
			}
		}
	}
}

// meant tells what to write instead of an unknown key.
func (r *reader) meant(k kind, word string) string {
	keys := slices.Sorted(maps.Keys(r.given[k]))
	if len(keys) == 0 {
		return fmt.Sprintf("none is defined yet: add %ss: with a key %s, or remove it", k, word)
	}
	if key := r.calls[k][word]; key != "" {
		return fmt.Sprintf("write its key %q", key)
	}
	if near := nearest(word, keys); near != "" {
		return fmt.Sprintf("write %q", near)
	}
	if near := nearest(word, slices.Sorted(maps.Keys(r.calls[k]))); near != "" {
		return fmt.Sprintf("write %q (%s)", r.calls[k][near], near)
	}
	return "write one that is defined: " + oneOf(keys)
}

// quoted puts a text into quotes as YAML wants it.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
