package decode

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// sampleSize bounds the bytes that are read in each encoding to tell them apart.
const sampleSize = 16 << 10

// detect names the encoding in which the bytes read most like a language, Chinese first.
func detect(body []byte) (encoding.Encoding, string) {
	candidates := []struct {
		enc  encoding.Encoding
		name string
	}{
		{simplifiedchinese.GB18030, "gb18030"},
		{traditionalchinese.Big5, "big5"},
		{japanese.ShiftJIS, "shift_jis"},
		{japanese.EUCJP, "euc-jp"},
		{korean.EUCKR, "euc-kr"},
		{charmap.Windows1252, "windows-1252"},
		{charmap.Windows1251, "windows-1251"},
		{charmap.KOI8R, "koi8-r"},
		{charmap.Windows1253, "windows-1253"},
		{charmap.Windows1255, "windows-1255"},
		{charmap.Windows1256, "windows-1256"},
		{charmap.Windows874, "windows-874"},
	}
	text := sample(body)
	candidates[5].enc, candidates[5].name = latin(text, body)
	best, most := candidates[0], plausibility(text, candidates[0].enc)
	for _, c := range candidates[1:] {
		if p := plausibility(text, c.enc); p > most {
			best, most = c, p
		}
	}
	return best.enc, best.name
}

// sample takes the lines that hold bytes beyond ASCII.
func sample(body []byte) []byte {
	var s []byte
	for line := range strings.Lines(string(body)) {
		if i := strings.IndexFunc(line, func(r rune) bool { return r >= utf8.RuneSelf }); i >= 0 {
			s = append(s, line[max(0, i-1):]...)
		}
		if len(s) > sampleSize {
			return s[:sampleSize]
		}
	}
	return s
}

// common are the characters that every page of a language is full of.
const common = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经" +
	"這為個國時來們會發動過說產種後學經對區長開關於與" + "市区县镇村街道政府新闻通知公告月日本报讯记者" +
	"이다의에는을가고하지한은도로기사를서대정시리부인자" + "市區縣鄉鎮聞記者"

// plausibility scores text by how much it reads like a language, per byte beyond ASCII.
func plausibility(b []byte, enc encoding.Encoding) float64 {
	decoded, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return -100
	}
	score, high := 0.0, 0
	for _, c := range b {
		if c >= utf8.RuneSelf {
			high++
		}
	}
	text := []rune(" " + string(decoded) + " ")
	for i, r := range text {
		if r >= utf8.RuneSelf {
			score += worth(text[i-1], r, text[i+1])
		}
	}
	return score / float64(max(high, 1))
}

// worth is what a character adds to the score, between its neighbours.
func worth(before, r, after rune) float64 {
	switch {
	case r == utf8.RuneError, r < 0xA0:
		return -10
	case unicode.Is(unicode.Co, r):
		return -3
	case r >= 0xFF61 && r <= 0xFF9F: // half-width kana
		return -1
	case unicode.Is(unicode.Han, r) && isLatinLetter(before) && isLatinLetter(after):
		return -2
	case strings.ContainsRune(common, r):
		return 6
	case unicode.In(r, unicode.Hiragana, unicode.Katakana):
		return 4
	case r >= 0x4E00 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3, r >= 0x3001 && r <= 0x3011, r >= 0xFF01 && r <= 0xFF5E:
		return 1
	case unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Hebrew, unicode.Arabic, unicode.Thai):
		return alphabet(before, r, after)
	case unicode.IsLetter(r) && r < 0x250:
		if isLatinLetter(before) || isLatinLetter(after) {
			return 1
		}
		return -0.5
	}
	return -0.2
}

func isLatinLetter(r rune) bool { return r < utf8.RuneSelf && unicode.IsLetter(r) }

// frequent are the letters that an alphabet uses most; they tell alphabets apart whose letters
// have the same bytes.
const frequent = "оеаинтсрлв" + "יוהלאמרתשב" + "αοιετσνηυρ" + "اليمنورتبة"

// alphabet is what a letter of another script is worth: nothing beside a Latin one, little
// alone, and less as a capital after a small letter. (KOI8-R and Windows-1251 have them in each
// other's places.)
func alphabet(before, r, after rune) float64 {
	switch {
	case isLatinLetter(before), isLatinLetter(after):
		return -2
	case unicode.IsUpper(r) && unicode.IsLower(before):
		return -3
	case before < utf8.RuneSelf && after < utf8.RuneSelf:
		return 0
	case unicode.IsUpper(r):
		return 0.3
	case strings.ContainsRune(frequent, r):
		return 1.6
	}
	return 0.8
}
