package normalize

import "strings"

// language is a language tag in its canonical form (RFC 5646 section 2.1.1): zh-cn and ZH_CN.UTF-8
// become zh-CN. What is no tag becomes empty.
func language(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), ".")
	if len(s) < 2 || len(s) > 35 {
		return ""
	}
	subtags := strings.FieldsFunc(strings.ToLower(s), func(c rune) bool { return c == '-' || c == '_' })
	for i, t := range subtags {
		if len(t) > 8 || !alphanumeric(t) || i == 0 && (len(t) < 2 || len(t) > 3) {
			return ""
		}
		switch {
		case i == 0 || len(subtags[i-1]) == 1: // after a singleton all is lower
		case len(t) == 2:
			subtags[i] = strings.ToUpper(t)
		case len(t) == 4 && t[0] > '9':
			subtags[i] = strings.ToUpper(t[:1]) + t[1:]
		}
	}
	return strings.Join(subtags, "-")
}

func alphanumeric(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool { return !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9') })
}

// languageOf is the first of several that is a tag.
func languageOf(told ...string) string {
	for _, s := range told {
		if tag := language(s); tag != "" {
			return tag
		}
	}
	return ""
}
