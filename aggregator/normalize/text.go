package normalize

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

// Bounds of plain texts, in characters.
const (
	maxTitle   = 500
	maxSummary = 1000
	maxName    = 200
	maxGUID    = 2000
)

// plain makes one line of plain text of a text that may hold markup or entities, once or twice
// escaped: tags and entities are resolved, white space is folded, invisible and overriding
// characters are gone. Text that is no markup by its type is shown as written, but for entities
// and where it has a tag, a text and the tag's end: those were escaped once too often.
func plain(value string, markup bool) string {
	if !strings.ContainsAny(value, "<&") {
		return fold(value)
	}
	if markup {
		value = dissolve(value)
	}
	for pass := range 4 { // what was escaped once more, and tags that came of it
		again := pass < 2
		switch {
		case marked(value, markup && again):
			value = dissolve(value)
		case again && hasEntity(value):
			value = html.UnescapeString(value)
		}
	}
	return fold(value)
}

// marked tells whether plain text holds tags of inline elements that are meant as such, and not
// spoken of: a text between a tag and its end; where there was markup around it, also an end alone,
// a break, a tag with attributes.
func marked(s string, wasMarkup bool) bool {
	if !strings.Contains(s, "<") || !escaped(s) {
		return false
	}
	open := map[string]bool{} // and whether text followed
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return false
		}
		if kind == html.TextToken {
			says := len(bytes.TrimSpace(z.Text())) > 0
			for name := range open {
				open[name] = open[name] || says
			}
			continue
		}
		raw, attributes := z.TagName()
		name := string(raw)
		switch {
		case !inlineTags[name]:
		case wasMarkup && (attributes || kind != html.StartTagToken || breaking(name)), kind == html.EndTagToken && open[name]:
			return true
		case kind == html.StartTagToken:
			open[name] = false
		}
	}
}

// escaped tells whether plain text holds markup that nobody writes on purpose: an entity, or the
// tag of an inline element. "a < b" and "<关于…的通知>" are text.
func escaped(s string) bool {
	if hasEntity(s) {
		return true
	}
	for rest := s; ; {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			return false
		}
		rest = strings.TrimPrefix(rest[i+1:], "/")
		end := strings.IndexFunc(rest, func(c rune) bool { return !(c|0x20 >= 'a' && c|0x20 <= 'z') && !(c >= '0' && c <= '9') })
		if end > 0 && end <= 6 && strings.IndexByte(rest, '>') >= end && inlineTags[strings.ToLower(rest[:end])] {
			return true
		}
	}
}

func hasEntity(s string) bool {
	i := strings.IndexByte(s, '&')
	return i >= 0 && html.UnescapeString(s[i:]) != s[i:] && strings.IndexByte(s[i:], ';') > 0
}

// inlineTags are those found in titles.
var inlineTags = map[string]bool{
	"a": true, "b": true, "i": true, "u": true, "s": true, "em": true, "strong": true, "font": true, "span": true, "br": true,
	"p": true, "div": true, "sup": true, "sub": true, "small": true, "big": true, "h1": true, "h2": true, "h3": true,
	"img": true, "center": true, "script": true, "style": true,
}

// dissolve resolves the tags and entities of markup, in one pass without a tree.
func dissolve(s string) string {
	if !strings.ContainsRune(s, '<') {
		return html.UnescapeString(s)
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken:
			name, _ := z.TagName()
			tag := string(name)
			if tag == "script" || tag == "style" {
				z.Next() // its text
			} else if !inlineTags[tag] || breaking(tag) {
				b.WriteByte(' ')
			}
		case html.EndTagToken, html.SelfClosingTagToken:
			if name, _ := z.TagName(); breaking(string(name)) {
				b.WriteByte(' ')
			}
		}
	}
}

func breaking(tag string) bool { return tag == "br" || tag == "img" || blocks[tag] }

// fold makes one line: white space is folded, ends are trimmed, characters that show nothing or
// reorder others are dropped, the rest is in Unicode's composed form (NFC). An ideographic space
// between two words stays, for headlines are divided by it; as padding it is white space.
func fold(s string) string {
	if clean(s) {
		return norm.NFC.String(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	var previous rune
	gap, wide := 0, false
	for i, c := range s {
		size := utf8.RuneLen(c)
		switch {
		case unicode.IsSpace(c):
			gap++
			wide = c == '\u3000'
			continue
		case c == utf8.RuneError && size > 1 && !strings.HasPrefix(s[i:], "\uFFFD"), hidden(c) && !joins(c, previous, s[i:]):
			continue
		}
		switch {
		case gap == 0 || b.Len() == 0:
		case gap == 1 && wide:
			b.WriteRune('\u3000')
		default:
			b.WriteByte(' ')
		}
		gap = 0
		b.WriteRune(c)
		previous = c
	}
	return norm.NFC.String(b.String())
}

// clean tells that fold has nothing to do.
func clean(s string) bool {
	space := true
	for _, c := range s {
		switch {
		case c == ' ' && !space:
			space = true
		case c == utf8.RuneError || unicode.IsSpace(c) || hidden(c):
			return false
		default:
			space = false
		}
	}
	return !space || s == ""
}

// hidden tells the characters that show nothing, or change the order or look of others: controls,
// zero-width characters, overrides of direction, tags, noncharacters.
func hidden(c rune) bool {
	switch {
	case c < 0x20 || c >= 0x7F && c < 0xA0:
		return true
	case c < 0x200B:
		return c == 0xAD || c == 0x61C || c == 0x180E
	case c <= 0x200F, c >= 0x202A && c <= 0x202E, c >= 0x2060 && c <= 0x206F:
		return true
	case c == 0xFEFF, c >= 0xFFF9 && c <= 0xFFFB, c >= 0xFDD0 && c <= 0xFDEF, c&0xFFFE == 0xFFFE:
		return true
	}
	return c >= 0xE0000 && c <= 0xE007F
}

// joins tells whether a zero-width joiner or non-joiner does its work between two others: in
// emoji, and in the scripts that need it.
func joins(c, previous rune, rest string) bool {
	if c != 0x200C && c != 0x200D {
		return false
	}
	next, _ := utf8.DecodeRuneInString(rest[len("\u200D"):])
	return joined(previous) && joined(next)
}

func joined(c rune) bool {
	return c >= 0x600 && c < 0x1100 || c >= 0x2600 && c < 0x2C00 || c == 0xFE0F || c >= 0x1F000 && c < 0x20000
}

// visible drops the hidden characters of a text whose white space has meaning.
func visible(s string) string {
	if plainly(s) {
		return s
	}
	for i, c := range s {
		if c != utf8.RuneError && (!hidden(c) || c == '\n' || c == '\t') {
			continue
		}
		var b strings.Builder
		b.WriteString(s[:i])
		previous, _ := utf8.DecodeLastRuneInString(s[:i])
		for j, c := range s[i:] {
			invalid := c == utf8.RuneError && !strings.HasPrefix(s[i+j:], "\uFFFD")
			if c == '\n' || c == '\t' || !invalid && (!hidden(c) || joins(c, previous, s[i+j:])) {
				b.WriteRune(c)
				previous = c
			}
		}
		return b.String()
	}
	return s
}

// plainly tells, of most texts, that nothing in them is hidden or invalid, by looking at one byte of most
// characters.
func plainly(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 0x20 && c < 0x7F || c == '\n' || c == '\t':
		case c >= 0xE3 && c <= 0xE9 && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80:
			i += 2
		case c == 0xEF && i+2 < len(s) && (s[i+1] == 0xBC || s[i+1] == 0xBD) && s[i+2]&0xC0 == 0x80: // full-width forms
			i += 2
		case c == 0xE2 && i+2 < len(s) && s[i+1] == 0x80 && (s[i+2] >= 0x90 && s[i+2] <= 0xA7 || s[i+2] >= 0xB0 && s[i+2] <= 0xBF): // dashes and quotation marks
			i += 2
		default:
			return false
		}
	}
	return true
}

// clip cuts a text to a number of characters and says so by an ellipsis. It cuts after the last
// end of a sentence, where one is near.
func clip(s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	end, n := 0, 0
	for i := range s {
		if n == limit-1 {
			end = i
			break
		}
		n++
	}
	s = s[:end]
	if i := strings.LastIndexAny(s, "。！？；!?"); i > end*4/5 {
		_, size := utf8.DecodeRuneInString(s[i:])
		s = s[:i+size]
	}
	return strings.TrimRightFunc(s, unicode.IsSpace) + "…"
}

// cut cuts a text to a number of bytes, on the border of a character.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
