package parse

import (
	"bytes"
	stdjson "encoding/json"
	"strings"

	"civicfeed/models"
)

// mender writes JSON anew that is none by a hand's or a server's mistakes: line breaks in strings,
// escapes that there are not, commas after the last, words after the end, an end that never comes.
type mender struct {
	out    []byte
	open   []byte // the brackets that are
	member int    // of out, up to the end of the last whole member of the document
	item   int    // likewise, of a list in it

	breaks, escapes, commas int
	after, truncated        bool
}

// mend gives JSON of which all that is whole is kept, and what was done; of text that is JSON
// already, the text itself.
func mend(text []byte) (mended []byte, m *mender, err error) {
	m = &mender{}
	if stdjson.Valid(text) {
		return text, m, nil
	}
	m.out = make([]byte, 0, len(text)+16)
	for i := 0; i < len(text); {
		i = m.step(text, i)
		if len(m.open) == 0 && i > 0 && len(m.out) > 0 {
			m.after = len(bytes.TrimSpace(text[i:])) > 0
			break
		}
	}
	if len(m.open) > 0 {
		m.finish()
	}
	var syntax any
	if err := stdjson.Unmarshal(m.out, &syntax); err != nil {
		return nil, m, models.Fail(models.ErrParse, "parse JSON: %w", err)
	}
	return m.out, m, nil
}

// step copies what is at i, and gives where the next is.
func (m *mender) step(text []byte, i int) int {
	switch c := text[i]; c {
	case '"':
		return m.quoted(text, i)
	case '{', '[':
		m.open = append(m.open, c)
	case ',':
		if len(m.open) == 1 {
			m.member = len(m.out)
		}
	case '}', ']':
		if n := len(m.open); n > 0 {
			m.open = m.open[:n-1]
		}
		if last := bytes.TrimRight(m.out, " \t\r\n"); bytes.HasSuffix(last, []byte(",")) {
			m.out = last[:len(last)-1]
			m.commas++
		}
	}
	m.out = append(m.out, text[i])
	if string(m.open) == "{[" && text[i] == '}' {
		m.item = len(m.out)
	}
	return i + 1
}

// quoted copies a string.
func (m *mender) quoted(text []byte, i int) int {
	m.out = append(m.out, '"')
	for i++; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			m.out = append(m.out, '"')
			return i + 1
		case c == '\\' && i+1 < len(text):
			i++
			if strings.IndexByte(`"\/bfnrtu`, text[i]) < 0 {
				m.escapes++
			} else {
				m.out = append(m.out, '\\')
			}
			m.out = append(m.out, text[i])
		case c < 0x20:
			m.breaks++
			m.out = append(m.out, ' ')
		default:
			m.out = append(m.out, c)
		}
	}
	return i
}

// finish ends a document that was cut short after its last whole item, or what is whole before all items.
func (m *mender) finish() {
	m.truncated = true
	switch {
	case m.item > m.member:
		m.out = append(m.out[:m.item], "]}"...)
	case m.member > 0:
		m.out = append(m.out[:m.member], '}')
	}
}

func (m *mender) warnings() []string {
	var w []string
	if m.truncated {
		w = append(w, "truncated: the document ends early; only its whole entries are read")
	}
	if m.after {
		w = append(w, "what follows the end of the document is not read")
	}
	for _, r := range []struct {
		n         int
		one, many string
	}{
		{m.breaks, "a line break or tab in a string became a space", "%d line breaks and tabs in strings became spaces"},
		{m.escapes, "an escape that JSON does not have was taken for its character", "%d escapes that JSON does not have were taken for their characters"},
		{m.commas, "a comma after the last of a list was dropped", "%d commas after the last of a list were dropped"},
	} {
		if r.n > 0 {
			w = append(w, count(r.n, r.one, r.many))
		}
	}
	return w
}
