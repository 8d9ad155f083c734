package normalize

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a word of a date is.
type kind byte

const (
	isNothing kind = iota
	isNumber
	isSymbol
	isMonth
	isWeekday
	isUnit
	isHalf
	isHalfHour
	isEra
	isZone
	isClock
	isOrdinal
	isNoise
)

// The units that follow a number in East Asia.
const (
	unitYear = iota
	unitMonth
	unitDay
	unitHour
	unitMinute
	unitSecond
)

// half is a half of the day.
type half int

const (
	am half = iota + 1
	pm
	noon
	night
)

// lexeme is one word of a date.
type lexeme struct {
	kind   kind
	text   string // in lower case
	n      int
	digits int
	space  bool   // white space came before it
	symbol string // of a number: the separator between it and the number before
}

func (l lexeme) is(symbol string) bool { return l.kind == isSymbol && l.text == symbol }

// lex cuts a date into words. A word that no date holds refuses the whole.
func lex(s string) ([]lexeme, bool) {
	s = strings.ToLower(uncomment(narrow(s)))
	var words []lexeme
	separator, space := "", false
	for s != "" {
		c, size := utf8.DecodeRuneInString(s)
		var l lexeme
		switch {
		case unicode.IsSpace(c):
			space, s = true, s[size:]
			continue
		case c >= '0' && c <= '9':
			l, s = figures(s)
			l.symbol, separator = separator, ""
		case c < utf8.RuneSelf && !isLetter(c):
			if !strings.ContainsRune("+-/.,:;[]|'", c) {
				return nil, false
			}
			l, s = lexeme{kind: isSymbol, text: s[:size]}, s[size:]
			separator = l.text
		case asian(c):
			l, s = ideographs(s)
		default:
			l, s = letters(s)
		}
		if l.kind == isNothing || len(words) > 40 {
			return nil, false
		}
		l.space, space = space, false
		words = append(words, l)
		if l.kind == isNoise && asian(c) {
			s = strings.TrimPrefix(s, ":") // 发布时间：
		}
	}
	return words, len(words) > 0
}

// narrow turns full-width characters and odd blanks into their plain forms.
func narrow(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 0xFF01 && c <= 0xFF5E:
			return c - 0xFEE0
		case c == '－' || c == '‐' || c == '‑' || c == '–' || c == '—' || c == '−':
			return '-'
		case c == '．' || c == '。' || c == '・' || c == '·':
			return '.'
		case c == '、' || c == '，':
			return ','
		case c == '【' || c == '〔':
			return '['
		case c == '】' || c == '〕':
			return ']'
		case c == '’':
			return '\''
		case c == 0x200B || c == 0xFEFF || c == 0x200E || c == 0x200F:
			return -1
		}
		return c
	}, strings.TrimSpace(s))
}

// uncomment takes out what stands in parentheses (RFC 5322 section 3.2.2).
func uncomment(s string) string {
	if !strings.ContainsAny(s, "()") {
		return s
	}
	var b strings.Builder
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && depth > 0:
			i++
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(c)
			continue
		}
		b.WriteByte(' ')
	}
	return b.String()
}

func figures(s string) (lexeme, string) {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	l := lexeme{kind: isNumber, text: s[:end], digits: end}
	for i := 0; i < end && i < 18; i++ {
		l.n = l.n*10 + int(s[i]-'0')
	}
	return l, s[end:]
}

func isLetter(c rune) bool { return c >= 'a' && c <= 'z' }

func hangul(c rune) bool { return c >= 0x1100 && unicode.Is(unicode.Hangul, c) }

func asian(c rune) bool {
	return unicode.Is(unicode.Han, c) || hangul(c) || c == '〇' || c == '○'
}

// letters reads a word of an alphabet; points in it and after it are its abbreviation's.
func letters(s string) (lexeme, string) {
	end := strings.IndexFunc(s, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.Is(unicode.M, c) && c != '.' && c != 'º' && c != 'ª' && c != '°' || asian(c)
	})
	if end < 0 {
		end = len(s)
	}
	word := strings.ReplaceAll(s[:end], ".", "")
	if word == "" || end == 0 {
		return lexeme{}, s
	}
	l := alphabet[word]
	l.text = word
	return l, s[end:]
}

// ideographs reads the longest word of Chinese, Japanese or Korean at the beginning of s.
func ideographs(s string) (lexeme, string) {
	ends := make([]int, 0, 8)
	for i := range s {
		if i > 0 && len(ends) < 8 {
			ends = append(ends, i)
		}
	}
	if len(ends) < 8 {
		ends = append(ends, len(s))
	}
	for i := len(ends) - 1; i >= 0; i-- {
		if l, ok := han[s[:ends[i]]]; ok {
			l.text = s[:ends[i]]
			return l, s[ends[i]:]
		}
	}
	return numerals(s)
}

// numerals reads a number in Chinese characters: 二〇二四, 十二, 二十三.
func numerals(s string) (lexeme, string) {
	l := lexeme{kind: isNumber}
	rest := s
	positional, hundreds, tens, unit := 0, 0, -1, 0
	for rest != "" {
		c, size := utf8.DecodeRuneInString(rest)
		digit := strings.IndexRune("〇一二三四五六七八九", c)
		if c == '零' || c == '○' {
			digit = 0
		}
		switch {
		case digit >= 0:
			unit = digit / len("〇")
			positional = positional*10 + unit
			l.digits++
		case c == '十' && tens < 0:
			if l.digits == 0 {
				unit = 1
			}
			tens, unit = unit, 0
			l.digits = 2
		case c == '百' && tens < 0 && hundreds == 0 && l.digits == 1: // 民國一百一十五年
			hundreds, unit, tens = unit, 0, 0
		case c == '十' && hundreds > 0 && tens == 0:
			tens, unit = max(unit, 1), 0
		case c == '元' && l.digits == 0:
			unit, positional, l.digits = 1, 1, 1
		default:
			size = 0
		}
		if size == 0 || l.digits > 4 {
			break
		}
		rest = rest[size:]
	}
	if l.digits == 0 {
		return lexeme{}, s
	}
	l.n = positional
	if tens >= 0 {
		l.n = hundreds*100 + tens*10 + unit
	}
	return l, rest
}
