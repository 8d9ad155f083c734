package render

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tags "golang.org/x/text/language"
)

// legal drops what no format may carry: bytes that are not UTF-8, control characters, and the two
// code points that XML excludes (XML 1.0 section 2.2). Tab and line ends stay.
func legal(s string) string {
	if isLegal(s) {
		return s
	}
	s = strings.ToValidUTF8(s, "")
	return strings.Map(func(r rune) rune {
		if illegal(r) {
			return -1
		}
		return r
	}, s)
}

// isLegal takes short ways through ASCII and Han, of which most bodies consist.
func isLegal[text string | []byte](s text) bool {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c >= 0x20 && c < 0x7f:
			i++
			continue
		case c >= 0xe1 && c <= 0xec && i+2 < len(s) && s[i+1]&0xc0 == 0x80 && s[i+2]&0xc0 == 0x80:
			i += 3
			continue
		}
		r, n := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
		if r == utf8.RuneError && n == 1 || illegal(r) {
			return false
		}
		i += n
	}
	return true
}

func illegal(r rune) bool {
	switch {
	case r < 0x20:
		return r != '\t' && r != '\n' && r != '\r'
	case r < 0x7f:
		return false
	case r < 0xa0:
		return r != 0x85
	}
	return r == 0xfffe || r == 0xffff
}

// line is a text fit for one line: legal, spaces folded, trimmed. An ideographic space alone
// between two words stays, for headlines are divided by it.
func line(s string) string {
	if isLine(s) {
		return s
	}
	var b strings.Builder
	spaces, last := 0, ' '
	for _, r := range legal(s) {
		if unicode.IsSpace(r) {
			spaces, last = spaces+1, r
			continue
		}
		switch {
		case spaces == 0 || b.Len() == 0:
		case spaces == 1 && last == wide:
			b.WriteRune(wide)
		default:
			b.WriteByte(' ')
		}
		spaces = 0
		b.WriteRune(r)
	}
	return b.String()
}

const wide = '\u3000'

func isLine(s string) bool {
	space := true
	for _, r := range s {
		if r == utf8.RuneError || illegal(r) || unicode.IsSpace(r) && (r != ' ' && r != wide || space) {
			return false
		}
		space = unicode.IsSpace(r)
	}
	return !space
}

// cut shortens a text to n characters and an ellipsis. It never parts a character from the marks
// and joiners that follow it.
func cut(s string, n int) string {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	count, joined := 0, false
	for i, r := range s {
		if clings(r) {
			joined = r == zwj
			continue
		}
		if count >= n && !joined {
			return strings.TrimRightFunc(s[:i], unicode.IsSpace) + "…"
		}
		count, joined = count+1, false
	}
	return s
}

const zwj = '\u200d'

func clings(r rune) bool {
	if r < 0x300 || r >= 0x3400 && r < 0xa000 {
		return false
	}
	return r == zwj || r >= 0x1f3fb && r <= 0x1f3ff || unicode.In(r, unicode.Mn, unicode.Me)
}

// markup writes plain text as HTML; its lines stay lines.
func markup(s string) string { return escaper.Replace(s) }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", "<br/>\n")

// mailbox tells whether s looks like a mail address.
func mailbox(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	return ok && name != "" && strings.Contains(host, ".") && !strings.Contains(host, "@") &&
		strings.IndexFunc(s, func(r rune) bool { return r >= 0x7f || r <= ' ' || strings.ContainsRune(`<>()[],;:"\`, r) }) < 0
}

// language is a BCP 47 tag of a language that there is, as the formats want it, or empty.
func language(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	for i, part := range strings.Split(s, "-") {
		if len(part) < 1 || len(part) > 8 || strings.IndexFunc(part, func(r rune) bool { return !subtag(r, i == 0) }) >= 0 {
			return ""
		}
	}
	if first, _, _ := strings.Cut(s, "-"); len(first) > 1 {
		if _, err := tags.ParseBase(first); err != nil {
			return ""
		}
	}
	return s
}

func subtag(r rune, first bool) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || !first && r >= '0' && r <= '9'
}

// mediaType is that of a file, as normalized; one that nobody knows is bytes.
func mediaType(known string) string { return either(line(known), "application/octet-stream") }
