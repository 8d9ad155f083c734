package decode

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// A server that is moved, a script that converts twice, a proxy that cuts: texts that were right
// come back wrong, and nothing in their bytes says so. By itself such a text may be what was meant;
// beside the one that it is to replace it can be told.

// Spoils tells whether a text is the one before it, or another, as it should not be read: it has
// characters that come of a wrong encoding where the one before has none or fewer, and either
// those are not few, or but for them it is that text.
func Spoils(now, before string) bool {
	n := damage(now)
	if n <= damage(before) {
		return foreign(now, before)
	}
	return n >= few && n*50 >= utf8.RuneCountInString(now) || within(intact(now), before)
}

// Garbled tells a text of which a good part, a quarter, comes of a wrong encoding.
func Garbled(s string) bool {
	n := damage(s)
	return n >= few && n*4 >= utf8.RuneCountInString(s)
}

// few damaged characters are in many a good text: one was cut in half at its end, a sign is a
// private one.
const few = 3

// damage counts the characters of a text that come of a wrong encoding.
func damage(s string) (n int) {
	questions, marks := 0, 0
	for _, c := range s {
		switch {
		case c == utf8.RuneError, c >= 0x80 && c < 0xA0, unicode.Is(unicode.Co, c):
			n++
		case c == '?':
			questions++
		case c > ' ':
			marks++
		}
	}
	if questions >= 3 && questions > marks { // 新闻聚焦 was converted to ????
		n += questions
	}
	return n + misreadings(s)
}

// misreadings counts the characters in runs beyond ASCII that are misread. A short one (É® and É» are
// UTF-8, too) counts where most runs are like it, as they are in a text with accents.
func misreadings(s string) (n int) {
	short, shorts, good := 0, 0, 0
	for _, run := range strings.FieldsFunc(s, func(c rune) bool { return c < utf8.RuneSelf || c == utf8.RuneError }) {
		switch length := utf8.RuneCountInString(run); {
		case !misread(run):
			good++
		case length < 4:
			short += length
			shorts++
		default:
			n += length
		}
	}
	if shorts > 1 && shorts > good {
		n += short
	}
	return n
}

// misread tells a run of characters beyond ASCII that are bytes of another encoding: UTF-8 read as
// Latin-1 or as GBK, or a multi-byte text read as Latin-1.
func misread(run string) bool {
	var narrow []byte
	for _, c := range run {
		b, ok := charmap.Windows1252.EncodeRune(c)
		if !ok {
			wide, err := simplifiedchinese.GB18030.NewEncoder().String(run)
			return err == nil && sequences(wide, 3) >= 2
		}
		narrow = append(narrow, b)
	}
	return sequences(string(narrow), 2) >= 1 || len(narrow) >= 6 && letters(run)*3 >= len(narrow)*2
}

// sequences counts the characters of a string that is UTF-8, but perhaps at its very end; 0 where
// it is not, or where one is shorter than least bytes.
func sequences(s string, least int) (n int) {
	for len(s) > 0 {
		c, size := utf8.DecodeRuneInString(s)
		if bad := c == utf8.RuneError && size == 1; bad && len(s) < 3 {
			return n
		} else if bad || size < least {
			return 0
		}
		n++
		s = s[size:]
	}
	return n
}

func letters(s string) (n int) {
	for _, c := range s {
		if unicode.IsLetter(c) {
			n++
		}
	}
	return n
}

// intact is a text without its damaged characters.
func intact(s string) string {
	return strings.Map(func(c rune) rune {
		if c == utf8.RuneError || c == '?' || c >= 0x80 && c < 0xA0 || unicode.Is(unicode.Co, c) {
			return -1
		}
		return c
	}, s)
}

// within tells whether the characters of a text stand in another in the same order.
func within(s, of string) bool {
	for _, c := range s {
		i := strings.IndexRune(of, c)
		if i < 0 {
			return false
		}
		of = of[i+utf8.RuneLen(c):]
	}
	return true
}

// foreign tells a text in which, unlike in the one before it, hardly any character is a common one:
// it is Chinese or Korean read as what it is not.
func foreign(now, before string) bool {
	n, commonNow := ideographs(now)
	b, commonBefore := ideographs(before)
	return n >= 20 && b >= 20 && commonBefore*10 >= b && commonNow*50 < n
}

func ideographs(s string) (all, often int) {
	for _, c := range s {
		if c >= 0x3400 && c <= 0x9FFF || c >= 0xAC00 && c <= 0xD7A3 {
			all++
			if strings.ContainsRune(common, c) {
				often++
			}
		}
	}
	return all, often
}
