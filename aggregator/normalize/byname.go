package normalize

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// chinese tells of a word that it is written in characters of East Asia throughout.
func chinese(word string) bool {
	return word != "" && !strings.ContainsFunc(word, func(c rune) bool { return !asian(c) })
}

func endsIn(word string, ends []string) bool {
	return slices.ContainsFunc(ends, func(end string) bool { return len(word) > len(end) && strings.HasSuffix(word, end) })
}

// isMedium tells a word that names a paper, a station, a portal; 本报 and the like among them.
func isMedium(word string) bool {
	return ownName(word) || utf8.RuneCountInString(word) >= 3 && endsIn(word, mediaEnds)
}

// ownName tells the words by which a site speaks of itself: 本网, 本站, 本报, 本台, 本刊.
func ownName(word string) bool {
	switch strings.TrimSuffix(strings.TrimSuffix(word, "讯"), "原创") {
	case "本网", "本網", "本站", "本报", "本報", "本台", "本刊", "本社", "本", "我站", "我网", "本网站", "本客户端":
		return true
	}
	return false
}

// isBody tells a word that names an office, a school, a firm. Of three characters it is one only
// where no surname begins it.
func isBody(word string) bool {
	n := utf8.RuneCountInString(word)
	if n < 3 || !endsIn(word, bodyEnds) && !slices.Contains(bodyEnds, word) && !isMedium(word) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(word)
	return n > 4 || n == 4 && !slices.Contains(compounds, prefix(word, 2)) || !strings.ContainsRune(surnames, first)
}

func prefix(word string, n int) string {
	for i := range word {
		if n == 0 {
			return word[:i]
		}
		n--
	}
	return word
}

// begins tells whether a name may begin so: by a surname, or as names do that have none.
func begins(word []rune) bool {
	return len(word) > 0 && strings.ContainsRune(surnames, word[0]) || compounded(word) || far(string(word))
}

func compounded(word []rune) bool {
	return len(word) >= 2 && slices.Contains(compounds, string(word[:2]))
}

func far(word string) bool {
	return slices.ContainsFunc(farNames, func(f string) bool { return strings.HasPrefix(word, f) })
}

// namesIn reads a word as the name of a person, or of several written without a gap. Strictly, each
// begins with a surname; else any two to four characters are one. It is nil where it is none.
func namesIn(word string, strict bool) []string {
	if strings.ContainsAny(word, neverNames) && !strings.Contains(word, "·") {
		return nil
	}
	if parts := strings.Split(word, "·"); len(parts) > 1 {
		for _, p := range parts {
			if n := utf8.RuneCountInString(p); n < 1 || n > 8 || !chinese(p) {
				return nil
			}
		}
		return []string{word}
	}
	if !chinese(word) {
		return nil
	}
	return chineseNames([]rune(word), strict)
}

func chineseNames(word []rune, strict bool) []string {
	n := len(word)
	switch {
	case n < 2:
		return nil
	case n <= 3:
		if strict && !begins(word) || ownName(string(word)) {
			return nil
		}
		return []string{string(word)}
	case compounded(word) && n == 4, far(string(word)) && n <= 8:
		return []string{string(word)}
	}
	if split := split(word); split != nil {
		return split
	}
	if n == 4 && (!strict || begins(word)) && !isBody(string(word)) {
		return []string{string(word)}
	}
	return nil
}

// split parts names that are written without a gap, each with a surname; the fewest of them.
func split(word []rune) []string {
	if len(word) == 0 {
		return []string{}
	}
	if len(word) > 12 || !begins(word) {
		return nil
	}
	sizes := []int{3, 2}
	if compounded(word) {
		sizes = []int{4, 3}
	}
	var best []string
	for _, n := range sizes {
		if n > len(word) || n == len(word) && n == 4 && !compounded(word) {
			continue
		}
		rest := split(word[n:])
		if rest == nil {
			continue
		}
		if all := append([]string{string(word[:n])}, rest...); best == nil || len(all) < len(best) {
			best = all
		}
	}
	return best
}

// rejoin joins what was set apart to the width of three characters: 李　伟, 欧 阳 修.
func rejoin(words []string) []string {
	var all []string
	for i := 0; i < len(words); {
		end := i
		for end < len(words) && utf8.RuneCountInString(words[end]) == 1 && chinese(words[end]) {
			end++
		}
		switch singles := words[i:end]; {
		case len(singles) == 3 && slices.Contains(compounds, singles[0]+singles[1]):
			all = append(all, strings.Join(singles, ""))
		case len(singles) >= 2:
			for pair := range slices.Chunk(singles, 2) {
				all = append(all, strings.Join(pair, ""))
			}
		case len(singles) == 1 && i+1 < len(words) && strings.ContainsRune(surnames, []rune(singles[0])[0]) &&
			utf8.RuneCountInString(words[i+1]) == 2 && chinese(words[i+1]) && len(namesIn(words[i+1], true)) == 0:
			all = append(all, singles[0]+words[i+1]) // 王 小明
			end++
		default:
			all = append(all, words[i])
			end = i + 1
		}
		i = end
	}
	return all
}

// latin tells a word of a name in letters.
func latin(word string) bool {
	return word != "" && !strings.ContainsFunc(word, func(c rune) bool {
		return asian(c) || !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune(".'’-_@", c)
	})
}

func hasDigit(word string) bool { return strings.ContainsFunc(word, unicode.IsDigit) }
