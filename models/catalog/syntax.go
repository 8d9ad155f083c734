package catalog

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v4"
)

// syntax says what YAML could not read, where, and what to do. YAML tells where it gave up; where
// the fault began, its context, is often the better place to point to.
func (r *reader) syntax(err error) {
	var le *yaml.LoadError
	if !errors.As(err, &le) {
		r.tell(1, 1, "%v: write the file as YAML", err)
		return
	}
	at, from := place(le.Mark), place(le.ContextMark)
	says := func(words ...string) bool {
		for _, w := range words {
			if !strings.Contains(le.Message, w) && !strings.Contains(le.ContextMsg, w) {
				return false
			}
		}
		return true
	}
	switch {
	case (says("did not find expected") || says("mapping values are not allowed")) && r.misquoted(at):
	case says("cannot start any token"), says("unknown anchor"):
		r.unquoted(at)
	case says("alphabetic or numeric"):
		r.unquoted(from)
	case says("mapping values are not allowed"):
		at.tell(r, `a second ": " stands in this line, or it is indented unlike its neighbours: put a text with ": " into quotes, and begin the keys of one level in one column`)
	case says("could not find expected ':'"):
		from.tell(r, "%q has no colon: write key: value", strings.TrimSpace(r.tail(from.line, 1)))
	case says("unexpected end of stream", "quoted scalar"):
		from.tell(r, "the quotation that begins here does not end: add the closing quote")
	case says("',' or '}'"):
		r.unclosed(from, "}")
	case says("',' or ']'"):
		r.unclosed(from, "]")
	case says("did not find expected"):
		at.tell(r, "this line is indented unlike its neighbours: begin it in the column of the line it belongs to")
	case says("block sequence entries are not allowed"):
		at.tell(r, `a list begins here behind its key: put "- " on a line of its own`)
	default:
		at.tell(r, "%s: keep to plain key: value lines here, and look at the indentation and the quotes", le.Message)
	}
}

// spot is a place of the file.
type spot struct{ line, col int }

func place(m yaml.Mark) spot { return spot{max(m.Line, 1), max(m.Column, 1)} }

func (s spot) tell(r *reader, format string, args ...any) { r.tell(s.line, s.col, format, args...) }

// unquoted tells that a text begins with a character that has a meaning in YAML.
func (r *reader) unquoted(at spot) {
	rest := r.tail(at.line, at.col)
	at.tell(r, "a text that begins with %.1s needs quotes: write %s", rest, quoted(bare(rest)))
}

// unclosed tells of a bracket that is not closed.
func (r *reader) unclosed(at spot, bracket string) {
	if strings.Contains(r.tail(at.line, at.col), " #") {
		at.tell(r, `the bracket that opens here is not closed in this line, where " #" begins a comment: put a text with # into quotes`)
		return
	}
	at.tell(r, "the bracket that opens here is not closed, or a comma is missing: add %s", bracket)
}

// tail is a line from a column on.
func (r *reader) tail(line, col int) string {
	if r.lines == nil {
		r.lines = strings.Split(string(r.data), "\n")
	}
	if line > len(r.lines) {
		return ""
	}
	runes := []rune(strings.TrimRight(r.lines[line-1], "\r"))
	return string(runes[min(col-1, len(runes)):])
}

// bare is a value without what stands behind it.
func bare(s string) string {
	s, _, _ = strings.Cut(s, " #")
	if end := strings.IndexAny(s, ",]}"); end >= 0 {
		s = s[:end]
	}
	return strings.TrimSpace(s)
}
