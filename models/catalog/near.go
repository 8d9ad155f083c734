package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// nearest finds the candidate that was probably meant by a word, or "".
// Case and the choice of separator count for nothing.
func nearest(word string, candidates []string) string {
	w := plain(word)
	best, least := "", max(1, len(w)/3)+1
	for _, c := range candidates {
		if d := distance(w, plain(c), least); d < least {
			best, least = c, d
		}
	}
	return best
}

func plain(s string) []rune {
	return []rune(strings.NewReplacer("_", "-", " ", "-").Replace(strings.ToLower(s)))
}

// distance counts the insertions, deletions, replacements and swaps of neighbours that make b of a.
// What is certain to reach limit is not counted out.
func distance(a, b []rune, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(last[j]+change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// oneOf lists words for a sentence, the first few of many: "a, b or c".
func oneOf(words []string) string {
	const most = 12
	switch n := len(words); {
	case n == 0:
		return "nothing"
	case n == 1:
		return words[0]
	case n > most:
		return fmt.Sprintf("%s … (%d in all)", strings.Join(words[:most], ", "), n)
	default:
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
}

// slug makes a key of a word as well as can be, or "".
func slug(word string) string {
	s := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			return c
		case c == ' ', c == '_', c == '-', c == '.', c == '/':
			return '-'
		}
		return -1
	}, strings.ToLower(word))
	parts := slices.DeleteFunc(strings.Split(s, "-"), func(p string) bool { return p == "" })
	for len(strings.Join(parts, "-")) > 40 && len(parts) > 1 {
		parts = parts[:len(parts)-1]
	}
	s = strings.Join(parts, "-")
	return s[:min(len(s), 40)]
}
