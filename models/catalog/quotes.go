package catalog

import (
	"slices"
	"strings"
)

// misquoted finds the quotation behind whose end YAML gave up, and says what is wrong with it: that
// it ends early, at a quote that belongs to the text, or that it was not ended where it should, so
// that the opening quote of a later one ended it. It tells whether there is one.
func (r *reader) misquoted(gaveUp spot) bool {
	q := &quotes{lines: strings.Split(string(r.data), "\n")}
	var found *quotation
	for {
		next, ok := q.next()
		if !ok || next.end.line > gaveUp.line {
			break
		}
		if next.followed && next.end.line == gaveUp.line && next.end.col <= gaveUp.col {
			found = &next
		}
	}
	switch {
	case found == nil:
		return false
	case found.start.line < found.end.line:
		found.start.tell(r, "the quotation that begins here does not end in this line, but at the quote in line %d: add the closing quote", found.end.line)
	case found.quote == '\'':
		found.start.tell(r, "the quotation that begins here ends early, in column %d: write '' for a ' within it, or put double quotes around", found.end.col)
	default:
		found.start.tell(r, `the quotation that begins here ends early, in column %d: put single quotes around, or write \" for a " within it`, found.end.col)
	}
	return true
}

// quotation is a text in quotes.
type quotation struct {
	quote      rune
	start, end spot // of its quotes
	followed   bool // by something that may not stand there
}

// quotes looks for quotations, as YAML does, but does not mind what else is wrong.
type quotes struct {
	lines []string
	line  int    // from 0
	rest  []rune // of the line
	col   int    // of rest, from 0
	begun bool   // a line
	fresh bool   // a value may begin here
	depth int    // of brackets
}

// next is the next quotation that ends.
func (q *quotes) next() (quotation, bool) {
	for q.advance() {
		c := q.rest[0]
		if (c == '"' || c == '\'') && q.fresh {
			return q.quotation(c)
		}
		q.step(c)
	}
	return quotation{}, false
}

// advance sees to it that there is a character to look at.
func (q *quotes) advance() bool {
	for !q.begun || len(q.rest) == 0 {
		if q.begun {
			q.line++
		}
		if q.line >= len(q.lines) {
			return false
		}
		q.rest, q.col, q.begun, q.fresh = []rune(strings.TrimRight(q.lines[q.line], "\r")), 0, true, true
	}
	return true
}

// step passes a character outside of quotations.
func (q *quotes) step(c rune) {
	spaced := len(q.rest) == 1 || q.rest[1] == ' '
	switch {
	case c == ' ':
	case c == '#' && q.fresh:
		q.skip(len(q.rest))
		return
	case (c == '[' || c == '{') && q.fresh:
		q.depth++
	case (c == ']' || c == '}') && q.depth > 0:
		q.depth--
		q.fresh = false
	case c == ',' && q.depth > 0, c == ':' && spaced, c == '-' && spaced && q.fresh:
		q.fresh = true
	default:
		q.fresh = false
	}
	q.skip(1)
}

func (q *quotes) skip(n int) { q.rest, q.col = q.rest[n:], q.col+n }

// quotation reads one to its end, on whatever line that is.
func (q *quotes) quotation(quote rune) (quotation, bool) {
	found := quotation{quote: quote, start: spot{q.line + 1, q.col + 1}}
	q.skip(1)
	for q.advance() {
		switch c := q.rest[0]; {
		case c == '\\' && quote == '"' && len(q.rest) > 1, c == quote && quote == '\'' && len(q.rest) > 1 && q.rest[1] == quote:
			q.skip(2)
		case c == quote:
			found.end = spot{q.line + 1, q.col + 1}
			q.skip(1)
			found.followed = q.followed()
			q.fresh = false
			return found, true
		default:
			q.skip(1)
		}
	}
	return found, false
}

// followed tells whether something stands behind a quotation that may not.
func (q *quotes) followed() bool {
	at := slices.IndexFunc(q.rest, func(c rune) bool { return c != ' ' })
	switch {
	case at < 0, q.rest[at] == ':':
		return false
	case q.rest[at] == '#':
		return at == 0
	}
	return q.depth == 0 || !strings.ContainsRune(",]}", q.rest[at])
}
