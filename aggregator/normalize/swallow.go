package normalize

import (
	"slices"
	"strings"
)

// unswallow takes out start tags that would make all that follows theirs: of elements written as
// empty, <iframe …/>, which HTML reads as open, and of those that never end. What a script or a
// style holds that never ends stays theirs: it is no text.
func unswallow(s string) string {
	type tag struct{ start, end int }
	var out []tag
	open := map[string][]tag{}
	for at := 0; ; {
		i := strings.IndexByte(s[at:], '<')
		if i < 0 {
			break
		}
		at += i + 1
		name, ends := tagName(s[at:])
		if !swallowing[name] {
			continue
		}
		t := tag{at - 1, at + tagLength(s[at:])}
		switch {
		case ends:
			open[name] = nil
		case strings.HasSuffix(s[t.start:t.end], "/>"):
			out = append(out, t)
		case name != "script" && name != "style":
			open[name] = append(open[name], t)
		}
		at = t.end
	}
	for _, tags := range open {
		out = append(out, tags...)
	}
	slices.SortFunc(out, func(a, b tag) int { return a.start - b.start })
	var b strings.Builder
	kept := 0
	for _, t := range out {
		b.WriteString(s[kept:t.start])
		kept = t.end
	}
	return b.String() + s[kept:]
}

// tagName is the name of the tag that begins with '<' and s.
func tagName(s string) (name string, ends bool) {
	s, ends = strings.CutPrefix(s, "/")
	n := 0
	for n < len(s) && n < 10 && (s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z') {
		n++
	}
	return strings.ToLower(s[:n]), ends
}

// tagLength is how far the tag that begins with '<' and s goes on, values in quotes passed over.
func tagLength(s string) int {
	var quote byte
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '>':
			return i + 1
		case (c == '"' || c == '\'') && i > 0 && s[i-1] == '=':
			quote = c
		}
	}
	return len(s)
}

// swallowing are the elements whose content is no part of a text.
var swallowing = map[string]bool{
	"iframe": true, "script": true, "style": true, "textarea": true, "title": true, "noscript": true, "noembed": true,
	"noframes": true, "xmp": true, "svg": true, "template": true, "select": true, "applet": true,
}
