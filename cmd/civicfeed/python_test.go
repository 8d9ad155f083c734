package main

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// python evaluates the little of that language that the expressions use; what it does not know, it
// panics over with an error.
type python struct {
	rest  string
	names dict
}

func (p *python) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// take cuts a token off, if it comes next.
func (p *python) take(token string) bool {
	p.space()
	after, ok := strings.CutPrefix(p.rest, token)
	if last := token[len(token)-1]; ok && last >= 'a' && last <= 'z' && after != "" && name.MatchString(after) {
		return false
	}
	if ok {
		p.rest = after
	}
	return ok
}

func (p *python) want(token string) {
	if !p.take(token) {
		panic(fmt.Errorf("no %s at %s", token, p.rest))
	}
}

func (p *python) or() any {
	v := p.and()
	for p.take("or") {
		if w := p.and(); !truth(v) {
			v = w
		}
	}
	return v
}

func (p *python) and() any {
	v := p.not()
	for p.take("and") {
		if w := p.not(); truth(v) {
			v = w
		}
	}
	return v
}

func (p *python) not() any {
	if p.take("not") {
		return !truth(p.not())
	}
	v := p.value()
	if !p.take("==") {
		return v
	}
	equal := true
	for again := true; again; again = p.take("==") {
		w := p.value()
		equal, v = equal && reflect.DeepEqual(v, w), w
	}
	return equal
}

var name, digits = regexp.MustCompile(`^[A-Za-z_]\w*`), regexp.MustCompile(`^\d+`)

func (p *python) value() any {
	v := p.atom()
	for {
		switch {
		case p.take("."):
			p.space()
			key := name.FindString(p.rest)
			p.want(key)
			v = v.(dict).get(key)
		case p.take("["):
			switch i := p.or().(type) {
			case int:
				v = v.([]any)[i]
			case string:
				v = v.(dict).get(i)
			}
			p.want("]")
		default:
			return v
		}
	}
}

func (p *python) atom() any {
	p.space()
	if s, ok := p.text(); ok {
		return s
	}
	if d := digits.FindString(p.rest); d != "" {
		p.want(d)
		n, err := strconv.Atoi(d)
		if err != nil {
			panic(err)
		}
		return n
	}
	switch {
	case p.take("("):
		list, alone := p.list(")")
		if alone {
			return list[0]
		}
		return list
	case p.take("["):
		list, _ := p.list("]")
		return list
	case p.take("{"):
		d := dict{}
		for !p.take("}") {
			key, _ := p.text()
			p.want(":")
			d[key] = p.or()
			p.take(",")
		}
		return d
	case p.take("len"):
		p.want("(")
		v := p.or()
		p.want(")")
		if s, ok := v.(string); ok {
			return utf8.RuneCountInString(s)
		}
		return reflect.ValueOf(v).Len()
	}
	n := name.FindString(p.rest)
	p.rest = p.rest[len(n):]
	switch n {
	case "True":
		return true
	case "False":
		return false
	case "None":
		return nil
	}
	return p.names.get(n)
}

func (p *python) list(end string) (all []any, alone bool) {
	alone = true
	for !p.take(end) {
		all = append(all, p.or())
		if p.take(",") {
			alone = false
		}
	}
	return all, alone && len(all) == 1
}

var literal = regexp.MustCompile(`(?s)^u?(?:"""(.*?)"""|'''(.*?)'''|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')`)

func (p *python) text() (string, bool) {
	p.space()
	m := literal.FindStringSubmatch(p.rest)
	if m == nil {
		return "", false
	}
	p.rest = p.rest[len(m[0]):]
	return unescaped(either(m[1:]...)), true
}

var escapes = regexp.MustCompile(`(?s)\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)`)

func unescaped(s string) string {
	return escapes.ReplaceAllStringFunc(s, func(e string) string {
		switch c := e[1]; {
		case len(e) > 2:
			n, err := strconv.ParseInt(e[2:], 16, 32)
			if err != nil {
				panic(err)
			}
			return string(rune(n))
		case c == 'n':
			return "\n"
		case c == 't':
			return "\t"
		case c == 'r':
			return "\r"
		case strings.IndexByte(`\'"`, c) >= 0:
			return e[1:]
		}
		return e
	})
}

func truth(v any) bool {
	switch x := v.(type) {
	case nil:
		return false
	case bool:
		return x
	case int:
		return x != 0
	case string:
		return x != ""
	}
	return reflect.ValueOf(v).Len() > 0
}
