package parse

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"strings"
)

// shape is what JSON Feed wants of a value.
type shape int

const (
	aString shape = iota
	aPerson
	people
	words
	attachments
	items
)

// shapes are those of the members that are not strings.
var shapes = map[string]shape{
	"author": aPerson, "authors": people, "tags": words, "attachments": attachments, "items": items,
}

// free are members that gofeed takes as they come, or does not look at.
var free = map[string]bool{"id": true, "expired": true, "size_in_bytes": true, "duration_in_seconds": true, "hubs": true}

// bend brings values of the wrong kind into the shape that JSON Feed wants: a lone value into
// a list, a name into a person, words between commas into tags, numbers into strings. What
// cannot be bent is dropped.
func bend(text []byte) ([]byte, error) {
	d := stdjson.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return stdjson.Marshal(object(v))
}

func object(v any) map[string]any {
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	for key, value := range m {
		switch s, known := shapes[key]; {
		case free[key] || strings.HasPrefix(key, "_"):
		case !known:
			m[key] = scalar(value)
		default:
			m[key] = shaped(value, s)
		}
		if m[key] == nil {
			delete(m, key)
		}
	}
	return m
}

func shaped(v any, s shape) any {
	switch s {
	case aPerson:
		if list, ok := v.([]any); ok && len(list) > 0 {
			v = list[0]
		}
		return personOf(v)
	case people:
		return each(v, personOf)
	case words:
		if text, ok := v.(string); ok {
			return strings.FieldsFunc(text, isComma)
		}
		return each(v, func(v any) any { return scalar(v) })
	default:
		return each(v, func(v any) any {
			if m := object(v); m != nil {
				return m
			}
			return nil
		})
	}
}

// each bends the members of a list, or a lone value into a list; nil ones are left out.
func each(v any, one func(any) any) any {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []any
	for _, v := range list {
		if b := one(v); b != nil {
			out = append(out, b)
		}
	}
	return out
}

func personOf(v any) any {
	if m := object(v); m != nil {
		return m
	}
	if name := scalar(v); name != nil {
		return map[string]any{"name": name}
	}
	return nil
}

// scalar gives a string for a string, a number or a truth value.
func scalar(v any) any {
	switch v := v.(type) {
	case string:
		return v
	case stdjson.Number, bool:
		return fmt.Sprint(v)
	}
	return nil
}
