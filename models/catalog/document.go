package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// document gives the single document of a file, or says why there is none.
func (r *reader) document() *yaml.Node {
	if !r.readable(r.data) {
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(r.data))
	if err != nil {
		r.syntax(err)
		return nil
	}
	var doc, second yaml.Node
	switch err := loader.Load(&doc); {
	case errors.Is(err, io.EOF):
		r.tell(1, 1, "the file is empty: write at least\n  site: {title: …}\n  sources:\n    - {key: …, name: …, url: https://…}")
		return nil
	case err != nil:
		r.syntax(err)
		return nil
	}
	switch err := loader.Load(&second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		r.syntax(err)
		return nil
	default:
		r.say(&second, "a second document begins here, and would not be read: remove the line --- above it")
	}
	if !r.finite(doc.Content[0]) {
		return nil
	}
	return doc.Content[0]
}

// most is how many bytes a file may have.
const most = 1 << 20

// readable tells whether bytes are text at all, which is checked before YAML sees them.
func (r *reader) readable(data []byte) bool {
	if len(data) > most {
		r.tell(1, 1, "the file has more than 1 MB, and no more is read: split the site into several")
		return false
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		r.tell(1, 1, "the file is in UTF-16: save it as UTF-8")
		return false
	}
	fine := true
	for i, line := range bytes.Split(data, []byte("\n")) {
		if at := invalid(line); at >= 0 {
			r.tell(i+1, utf8.RuneCount(line[:at])+1, "the bytes %s are not UTF-8 (GBK, perhaps): save the file as UTF-8", hex(line[at:]))
			return false // every line with such text would be told
		}
		if at := bytes.IndexByte(line, 0); at >= 0 {
			r.tell(i+1, utf8.RuneCount(line[:at])+1, "a NUL byte stands here: remove it")
			fine = false
		}
		if indent := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]; bytes.ContainsRune(indent, '\t') && len(bytes.TrimSpace(line)) > 0 {
			r.tell(i+1, bytes.IndexByte(line, '\t')+1, "a tab stands in the indentation: write spaces, two for each level")
			fine = false
		}
	}
	return fine
}

func invalid(line []byte) int {
	for i := 0; i < len(line); {
		c, n := utf8.DecodeRune(line[i:])
		if c == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

func hex(b []byte) string { return fmt.Sprintf("% X", b[:min(len(b), 4)]) }

func (r *reader) tell(line, col int, format string, args ...any) {
	r.say(&yaml.Node{Line: line, Column: col}, format, args...)
}

// finite tells whether following all aliases comes to an end, and soon.
func (r *reader) finite(root *yaml.Node) bool {
	const limit = 200_000
	sizes, open, endless := map[*yaml.Node]int{}, map[*yaml.Node]bool{}, false
	var size func(*yaml.Node) int
	size = func(at *yaml.Node) int {
		n := follow(at)
		if open[n] {
			endless = true
			r.say(at, "*%s stands within what it names, without end: write out what is meant", at.Value)
			return 0
		}
		if s, ok := sizes[n]; ok {
			return s
		}
		open[n] = true
		s := 1
		for _, c := range n.Content {
			s = min(s+size(c), limit+1)
		}
		delete(open, n)
		sizes[n] = s
		return s
	}
	if size(root) > limit {
		r.say(root, "the file has more than %d values once its aliases (*name) are followed: write them out, or put shared settings under defaults", limit)
		return false
	}
	return !endless
}
