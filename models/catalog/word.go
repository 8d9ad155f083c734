package catalog

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// word is a single value. Parse comes first, for it knows the best remedy; pattern and choices
// hold in any case, as they stand in the schema.
type word struct {
	tag     string         // of YAML: !!str, !!int, !!bool
	want    string         // in messages: "text"
	such    string         // an example
	pattern *regexp.Regexp // written so that ECMA 262 reads it alike
	choices []string
	later   map[string]string // choices to come; see key.later
	min     int               // of a number
	max     int
	parse   func(string) (any, error)
	note    func(r *reader, name string, n *yaml.Node) // keeps a name or a reference for later
}

func (w word) read(r *reader, name string, n *yaml.Node) (any, bool) {
	n = follow(n)
	if n.Kind != yaml.ScalarNode || n.Tag != w.tag {
		if err := w.unquoted(n); err != nil {
			r.say(n, "%s: %v", name, err)
		} else {
			r.wrong(n, name, w.want, w.remedy(n, r.commented(n)))
		}
		return nil, false
	}
	v, err := w.value(n.Value)
	if err != nil {
		r.say(n, "%s: %v", name, err)
		return nil, false
	}
	if w.note != nil {
		w.note(r, name, n)
	}
	return v, true
}

func (w word) value(s string) (any, error) {
	if w.choices != nil {
		return w.choose(s)
	}
	v, err := any(strings.TrimSpace(s)), error(nil)
	if w.parse != nil {
		v, err = w.parse(s)
	}
	if err != nil {
		return nil, err
	}
	if w.pattern != nil && !w.pattern.MatchString(s) {
		return nil, fmt.Errorf("%q is not %s: write it like %s", s, w.want, w.such)
	}
	return v, nil
}

func (w word) choose(s string) (any, error) {
	if slices.Contains(w.choices, s) {
		return s, nil
	}
	if does := w.later[s]; does != "" {
		return nil, fmt.Errorf("%q is part of the grammar, but this version does not %s yet: write %s for now", s, does, oneOf(w.choices))
	}
	if near := nearest(s, slices.Concat(w.choices, slices.Sorted(maps.Keys(w.later)))); near != "" {
		return nil, fmt.Errorf("%q is not %s: write %s", s, w.want, near)
	}
	return nil, fmt.Errorf("%q is not %s: write %s", s, w.want, oneOf(w.choices))
}

// unquoted tells what else is wrong with a text that YAML takes for a number or a date: quotes alone
// would not make it good.
func (w word) unquoted(n *yaml.Node) error {
	if w.tag != "!!str" || n.Kind != yaml.ScalarNode || isNull(n) || !strings.HasPrefix(n.Tag, "!!") {
		return nil
	}
	_, err := w.value(n.Value)
	return err
}

// commented tells whether a value is missing because a comment begins where it would stand.
func (r *reader) commented(n *yaml.Node) bool {
	return isNull(n) && strings.HasPrefix(strings.TrimSpace(r.tail(n.Line, n.Column)), "#")
}

// remedy tells how to make a value of the wanted type.
func (w word) remedy(n *yaml.Node, commented bool) string {
	switch {
	case commented && strings.HasPrefix(w.such, `"#`):
		return fmt.Sprintf("# begins a comment: put the value in quotes, like %s", w.such)
	case isNull(n):
		return fmt.Sprintf("write one, like %s, or remove the key", w.such)
	case n.Kind != yaml.ScalarNode:
		return fmt.Sprintf("write a single value, like %s", w.such)
	case w.tag == "!!str" && strings.HasPrefix(n.Tag, "!!"):
		return fmt.Sprintf("put it in quotes: %s", quoted(n.Value))
	case w.tag == "!!bool":
		if b, ok := spoken(n.Value); ok {
			return fmt.Sprintf("write %t", b)
		}
		return "write true or false"
	case w.tag == "!!int" && n.Tag == "!!str":
		if _, err := strconv.Atoi(n.Value); err == nil {
			return "write it without quotes: " + n.Value
		}
	}
	return "write it like " + w.such
}

func spoken(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "yes", "on", "y", "true", "1", "是", "开":
		return true, true
	case "no", "off", "n", "false", "0", "否", "关":
		return false, true
	}
	return false, false
}

// text is anything that people read.
func text(such string) word {
	return parsed("text", quoted(such), `\S`, func(s string) (any, error) {
		if strings.TrimSpace(s) == "" {
			return nil, errors.New("the text is empty: write one")
		}
		if i := strings.IndexFunc(s, control); i >= 0 {
			return nil, fmt.Errorf("%q holds a control character, which no feed can carry: remove it", s)
		}
		return strings.TrimSpace(s), nil
	})
}

func control(c rune) bool {
	return unicode.IsControl(c) && c != '\n' && c != '\t' || c == '\uFFFE' || c == '\uFFFF'
}

// parsed is text of a certain form.
func parsed(want, such, pattern string, parse func(string) (any, error)) word {
	return word{tag: "!!str", want: want, such: such, pattern: regexp.MustCompile(pattern), parse: parse}
}

// boolean is true or false.
func boolean() word {
	return word{tag: "!!bool", want: "true or false", such: "true", parse: func(s string) (any, error) {
		return strings.EqualFold(s, "true"), nil
	}}
}

// number is a whole number within bounds.
func number(such, low, high int) word {
	return word{tag: "!!int", want: "a whole number", such: strconv.Itoa(such), min: low, max: high, parse: func(s string) (any, error) {
		n, err := strconv.Atoi(s)
		if err != nil || n < low || n > high {
			return nil, fmt.Errorf("%s is not a whole number from %d to %d: write it like %d", s, low, high, such)
		}
		return n, nil
	}}
}

// choice is one of some words; later tells of those to come.
func choice(want string, later map[string]string, words ...string) word {
	return word{tag: "!!str", want: want, such: words[0], choices: words, later: later}
}

// keyed is a key: it stands in addresses.
func keyed(want string) word {
	w := parsed(want, "focus", `^[a-z0-9-]{1,40}$`, nil)
	w.parse = func(s string) (any, error) {
		if w.pattern.MatchString(s) {
			return s, nil
		}
		instead := slug(s)
		if instead == "" {
			instead = "focus"
		}
		return nil, fmt.Errorf("%q cannot be a key, which is 1 to 40 of a-z, 0-9 and -, as it stands in addresses: write it like %s", s, instead)
	}
	return w
}

// name is the key that a region, section or source is given.
func name(k kind) word {
	w := keyed("a key")
	w.note = func(r *reader, _ string, n *yaml.Node) {
		if first := r.given[k][n.Value]; first != nil {
			r.say(n, "key: the %s %q stands already in line %d: give this one another key", k, n.Value, first.Line)
			return
		}
		r.given[k][n.Value] = n
	}
	return w
}

// former is a key that a region or section had before.
func former(k kind) word {
	w := keyed("a former key")
	w.note = func(r *reader, _ string, n *yaml.Node) {
		if first := r.former[k][n.Value]; first != nil {
			r.say(n, "was: %q stands already in line %d: one former key leads to one %s", n.Value, first.Line, k)
			return
		}
		r.former[k][n.Value] = n
	}
	return w
}

// refer is the key of a region, section or source that stands elsewhere.
func refer(k kind) word {
	return word{tag: "!!str", want: fmt.Sprintf("the key of a %s", k), such: "focus", note: func(r *reader, name string, n *yaml.Node) {
		r.refs = append(r.refs, reference{k, name, n})
	}}
}
