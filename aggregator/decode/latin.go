package decode

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// written are the encodings of languages that are written in Latin letters, the most common first,
// and the letters beyond ASCII that each language has.
var written = []struct {
	enc       encoding.Encoding
	name      string
	languages map[string]string
}{
	{charmap.Windows1252, "windows-1252", map[string]string{
		"fr": "àâæçéèêëîïôœùûüÿ", "de": "äöüßé", "es": "áéíñóúüç", "pt": "áâãàçéêíóôõúü", "it": "àèéìíîòóùú", "nl": "áéèêëïíóöúü",
		"sv": "åäöé", "fi": "åäö", "da": "æøåé", "no": "æøåéòôü", "is": "áðéíóúýþæö", "ca": "àçéèíïóòúü", "et": "äöüõ", "ga": "áéíóú",
	}},
	{charmap.Windows1250, "windows-1250", map[string]string{
		"cs": "áčďéěíňóřšťúůýž", "sk": "áäčďéíĺľňóôŕšťúýž", "pl": "ąćęłńóśźż", "hu": "áéíóöőúüű", "hr": "čćđšž", "sl": "čšž", "ro": "ăâîşţ",
	}},
	{charmap.Windows1254, "windows-1254", map[string]string{"tr": "çğıiöşüâîû"}},
	{charmap.Windows1257, "windows-1257", map[string]string{"lt": "ąčęėįšųūž", "lv": "āčēģīķļņšūž", "et": "äöüõšž"}},
}

var spoken = regexp.MustCompile(`(?i)<language>\s*([a-z]{2})\b|\sxml:lang\s*=\s*["']([a-z]{2})\b`)

// latin names the encoding in which the letters of a text are those of one language: of the one
// that the body names, else of any. Where none fits or several do, it is the most common.
func latin(text, body []byte) (encoding.Encoding, string) {
	const fits = 0.95
	said := ""
	if m := spoken.FindSubmatch(body[:min(len(body), 4096)]); m != nil {
		said = strings.ToLower(string(m[1]) + string(m[2]))
	}
	best, most := written[0], 0.0
	for _, w := range written {
		decoded, err := w.enc.NewDecoder().String(string(text))
		if err != nil {
			continue
		}
		for language, letters := range w.languages {
			share := spelled(decoded, letters)
			if share < fits {
				continue
			}
			if language == said {
				share = 2
			}
			if share > most {
				best, most = w, share
			}
		}
	}
	return best.enc, best.name
}

// spelled tells the share of a text's letters beyond ASCII that a language has. A sign in the midst
// of a word is a letter it does not have.
func spelled(text, letters string) float64 {
	known, all := 0, 0
	before := ' '
	for i, r := range text {
		after, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
		switch {
		case r < utf8.RuneSelf:
		case strings.ContainsRune(letters, unicode.ToLower(r)):
			known++
			all++
		case unicode.IsLetter(r), r < 0xA0, r == utf8.RuneError, unicode.IsLetter(before) && unicode.IsLetter(after) && !strings.ContainsRune("’‘·–—…\u00ad", r):
			all++
		}
		before = r
	}
	return float64(known) / float64(max(all, 1))
}
