package catalog

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A shape is what may stand at one place of the file. The loader reads by it, and the JSON Schema
// is written from it.
type shape interface {
	// read turns a node into a Go value. What is wrong is told to the reader, with the name of
	// the key it is the value of; then there is no value.
	read(r *reader, name string, n *yaml.Node) (any, bool)
	// schema gives the JSON Schema, and puts definitions that others refer to into defs.
	schema(defs map[string]any) map[string]any
}

// list is a sequence; its value is a []any.
type list struct {
	of     shape
	least  int
	single bool // a value may also stand alone
}

func (l list) read(r *reader, name string, n *yaml.Node) (any, bool) {
	n = follow(n)
	if n.Kind != yaml.SequenceNode {
		if l.single && !isNull(n) {
			v, ok := l.of.read(r, name, n)
			return []any{v}, ok
		}
		r.wrong(n, name, "a list", `begin each entry on a line of its own with "- "`)
		return nil, false
	}
	if len(n.Content) < l.least {
		r.say(n, "%s: the list is empty: write at least one entry", name)
		return nil, false
	}
	values := make([]any, 0, len(n.Content))
	for _, entry := range n.Content {
		if v, ok := l.of.read(r, name, entry); ok {
			values = append(values, v)
		}
	}
	_, nested := l.of.(*object) // of these the whole ones are looked at further
	return values, nested || len(values) == len(n.Content)
}

// object is a mapping with known keys; its value is a *record.
type object struct {
	name  string // of its definition in the schema
	says  string // how messages name it: "a source"
	keys  []key
	least int  // keys at least
	hush  bool // what stands in its place may be a secret, and is not repeated
}

// key is one line of the grammar.
type key struct {
	name  string
	doc   string // for people who see it in their editor
	is    shape
	must  bool
	def   string   // in YAML: what holds where it is left out
	later string   // completes "this version does not … yet": refused, and no part of the schema
	also  []string // what people write when they mean it
	value any      // of def, once read
}

// record is a mapping that was read.
type record struct {
	of     *object
	node   *yaml.Node
	values map[string]any
	nodes  map[string]*yaml.Node // of the values
	meant  map[string]bool       // keys that stand there under a wrong name
}

func (o *object) read(r *reader, name string, n *yaml.Node) (any, bool) {
	n = follow(n)
	if n.Kind != yaml.MappingNode && o.hush {
		r.say(n, "%s: %s belongs here: %s", name, o.wanted(), o.remedy())
		return nil, false
	}
	if n.Kind != yaml.MappingNode {
		r.wrong(n, name, o.wanted(), o.remedy())
		return nil, false
	}
	rec := &record{of: o, node: n, values: map[string]any{}, nodes: map[string]*yaml.Node{}, meant: map[string]bool{}}
	for i := 0; i+1 < len(n.Content); i += 2 {
		o.pair(r, rec, n.Content[i], n.Content[i+1])
	}
	for _, k := range o.keys {
		if k.must && rec.nodes[k.name] == nil && !rec.meant[k.name] {
			r.say(n, "%s lacks %q: add %s: … (%s)", o.says, k.name, k.name, decapitalize(k.doc))
		}
	}
	if len(n.Content)/2 < o.least {
		r.say(n, "%s: no condition stands here, and it would hold for everything: add one of %s", name, oneOf(o.names()))
		return nil, false
	}
	return rec, true
}

func (o *object) pair(r *reader, rec *record, at, value *yaml.Node) {
	k := o.key(at.Value)
	switch {
	case at.Kind != yaml.ScalarNode:
		r.say(at, "a key must be a word: write one of %s", oneOf(o.names()))
	case at.Tag == "!!merge":
		r.say(at, "merge keys are not read: put settings that many sources share under defaults")
	case k == nil:
		rec.meant[r.unknown(at, o)] = true
	case k.later != "":
		r.say(at, "%q is part of the grammar, but this version does not %s yet: remove it for now", k.name, k.later)
	case rec.nodes[k.name] != nil:
		r.say(at, "%q stands twice, first in line %d: keep one of the two", k.name, rec.nodes[k.name].Line)
	default:
		rec.nodes[k.name] = value
		if v, ok := k.is.read(r, k.name, value); ok {
			rec.values[k.name] = v
		}
	}
}

// wanted is what messages say belongs there.
func (o *object) wanted() string {
	if strings.HasPrefix(o.says, "a ") {
		return o.says
	}
	return "a mapping"
}

// remedy shows how to begin one.
func (o *object) remedy() string {
	var musts []string
	for _, k := range o.keys {
		if k.must {
			musts = append(musts, k.name+": …")
		}
	}
	if len(musts) == 0 {
		return "write its settings as key: value, one a line"
	}
	return "write {" + strings.Join(musts, ", ") + "}"
}

func (o *object) key(name string) *key {
	for i := range o.keys {
		if o.keys[i].name == name {
			return &o.keys[i]
		}
	}
	return nil
}

// names lists the keys that do something.
func (o *object) names() []string {
	var names []string
	for _, k := range o.keys {
		if k.later == "" {
			names = append(names, k.name)
		}
	}
	return names
}

// sub is the record below a key; an empty one where the key is left out.
func (rec *record) sub(name string) *record {
	if v, ok := rec.values[name].(*record); ok {
		return v
	}
	return &record{of: rec.of.key(name).is.(*object), node: rec.node}
}

// find takes a setting from the first record that has it, else its default in the grammar.
func find[T any](name string, from ...*record) (value T) {
	for _, rec := range from {
		if v, ok := rec.values[name]; ok {
			value, _ = v.(T)
			return value
		}
	}
	for _, rec := range from {
		if k := rec.of.key(name); k != nil && k.def != "" {
			value, _ = k.standard().(T)
			return value
		}
	}
	return value
}

// all is find for a list.
func all[T any](name string, from ...*record) []T {
	var values []T
	for _, v := range find[[]any](name, from...) {
		if t, ok := v.(T); ok {
			values = append(values, t)
		}
	}
	return values
}

// standard is the value of a key that is left out.
func (k *key) standard() any {
	if k.value != nil {
		return k.value
	}
	var doc yaml.Node
	if err := yaml.Load([]byte(k.def), &doc); err != nil {
		return nil
	}
	k.value, _ = k.is.read(new(reader), k.name, doc.Content[0])
	return k.value
}

// at is where a value stands; where it is left out, the record.
func (rec *record) at(name string) *yaml.Node {
	if n := rec.nodes[name]; n != nil {
		return n
	}
	return rec.node
}

func (rec *record) has(name string) bool { return rec.nodes[name] != nil }

// follow gives what an alias stands for.
func follow(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func decapitalize(s string) string {
	first, _, _ := strings.Cut(s, ". ")
	return strings.TrimSuffix(fmt.Sprint(strings.ToLower(first[:1]), first[1:]), ".")
}
