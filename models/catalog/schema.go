package catalog

import (
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Schema is the JSON Schema (draft 2020-12) of feeds.yaml, for editors that complete and check while
// one types. What is still to come is absent from it.
func Schema() []byte {
	defs := map[string]any{}
	doc := grammar().schema(defs)
	doc["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	doc["title"] = "feeds.yaml"
	doc["description"] = "What civicfeed watches and publishes."
	doc["$defs"] = defs
	b, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		panic(err) // the grammar holds nothing that JSON cannot say
	}
	return append(b, '\n')
}

// schema refers to the definition of an object, and makes it where it is not made yet.
func (o *object) schema(defs map[string]any) map[string]any {
	if _, made := defs[o.name]; !made {
		defs[o.name] = nil // a region's regions come back here
		defs[o.name] = o.definition(defs)
	}
	return map[string]any{"$ref": "#/$defs/" + o.name}
}

func (o *object) definition(defs map[string]any) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, k := range o.keys {
		if k.later != "" {
			continue
		}
		s := k.is.schema(defs)
		s["description"] = k.doc
		if k.def != "" {
			s["default"] = k.example()
		}
		properties[k.name] = s
		if k.must {
			required = append(required, k.name)
		}
	}
	d := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		d["required"] = required
	}
	if o.least > 0 {
		d["minProperties"] = o.least
	}
	return d
}

// example is the default of a key as JSON would hold it.
func (k *key) example() (v any) {
	if err := yaml.Load([]byte(k.def), &v); err != nil {
		panic(err) // a default in the grammar is not YAML
	}
	return v
}

func (l list) schema(defs map[string]any) map[string]any {
	s := map[string]any{"type": "array", "items": l.of.schema(defs)}
	if l.least > 0 {
		s["minItems"] = l.least
	}
	if l.single {
		return map[string]any{"anyOf": []any{l.of.schema(defs), s}}
	}
	return s
}

func (w word) schema(map[string]any) map[string]any {
	types := map[string]string{"!!str": "string", "!!int": "integer", "!!bool": "boolean"}
	s := map[string]any{"type": types[w.tag]}
	if w.pattern != nil {
		s["pattern"] = w.pattern.String()
	}
	if w.choices != nil {
		s["enum"] = w.choices
	}
	if w.tag == "!!int" {
		s["minimum"], s["maximum"] = w.min, w.max
	}
	if w.tag == "!!str" && w.choices == nil {
		s["examples"] = []string{strings.Trim(w.such, `"`)}
	}
	return s
}
