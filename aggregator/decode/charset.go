package decode

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"mime"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

func (t *Text) repaired(format string, args ...any) {
	t.Repairs = append(t.Repairs, fmt.Sprintf(format, args...))
}

// label is an encoding that somebody claims the bytes to be in.
type label struct{ by, name string }

// unicode converts the body to UTF-8.
func (t *Text) unicode(body []byte, contentType, hint string) []byte {
	return t.read(body, claims(body, contentType, hint))
}

// read converts the body, which is claimed to be in some encodings, to UTF-8.
func (t *Text) read(body []byte, labels []label) []byte {
	if enc, name, size := byMark(body); enc != nil {
		t.Encoding, t.By = name, "the byte order mark"
		return t.convert(enc, body[size:])
	}
	if enc, name := byPattern(body); enc != nil {
		t.Encoding, t.By = name, "the zeros among the first bytes"
		return t.convert(enc, body)
	}
	if enc, name := byEscapes(body, labels); enc != nil {
		t.Encoding, t.By = name, "the escape sequences in it"
		return t.convert(enc, body)
	}
	if isUTF8(body, labels) {
		t.Encoding, t.By = "utf-8", "the bytes, all of them ASCII"
		if !isASCII(body) {
			t.By = "the bytes, which are UTF-8"
			t.belie(labels)
		}
		return t.valid(body)
	}
	for _, l := range labels {
		enc, name := lookup(l.name)
		if enc == nil {
			continue
		}
		if text := t.tryConvert(enc, body); text != nil {
			t.Encoding, t.By = name, fmt.Sprintf("%s, which says %q", l.by, l.name)
			t.belie(labels)
			return text
		}
	}
	enc, name := detect(body)
	t.Encoding, t.By = name, "how the bytes read as text, no label fitting them"
	if len(labels) == 0 {
		t.repaired("read as %s, judging by the bytes", name)
	}
	t.belie(labels)
	return t.convert(enc, body)
}

// belie tells of labels that were wrong.
func (t *Text) belie(labels []label) {
	for _, l := range labels {
		if _, name := lookup(l.name); name != t.Encoding {
			t.repaired("read as %s, though %s says %q", t.Encoding, l.by, l.name)
		}
	}
}

func byMark(b []byte) (encoding.Encoding, string, int) {
	marks := []struct {
		mark string
		enc  encoding.Encoding
		name string
	}{
		{"\xef\xbb\xbf", encoding.Nop, "utf-8"},
		{"\x00\x00\xfe\xff", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "utf-32be"},
		{"\xff\xfe\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "utf-32le"},
		{"\xfe\xff", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be"},
		{"\xff\xfe", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le"},
	}
	for _, m := range marks {
		if !bytes.HasPrefix(b, []byte(m.mark)) {
			continue
		}
		if m.name == "utf-8" && !readsAsUTF8(b, claimed) {
			return nil, "", 0 // a mark put before another encoding
		}
		return m.enc, m.name, len(m.mark)
	}
	return nil, "", 0
}

// byPattern knows UTF-16 and UTF-32 without a mark by the zeros beside the first character,
// which in a feed is ASCII (XML 1.0 appendix F.1).
func byPattern(b []byte) (encoding.Encoding, string) {
	if len(b) < 4 {
		return nil, ""
	}
	ascii := func(c byte) bool { return c != 0 && c < utf8.RuneSelf }
	switch z := [4]bool{b[0] == 0, b[1] == 0, b[2] == 0, b[3] == 0}; {
	case z == [4]bool{true, true, true, false} && ascii(b[3]):
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "utf-32be"
	case z == [4]bool{false, true, true, true} && ascii(b[0]):
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "utf-32le"
	case z == [4]bool{true, false, true, false} && ascii(b[1]):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be"
	case z == [4]bool{false, true, false, true} && ascii(b[0]):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le"
	}
	return nil, ""
}

// byEscapes knows the encodings that hide in ASCII: their bytes are valid UTF-8, and no others.
func byEscapes(b []byte, labels []label) (encoding.Encoding, string) {
	if !isASCII(b) {
		return nil, ""
	}
	if bytes.Contains(b, []byte("\x1b$B")) || bytes.Contains(b, []byte("\x1b$@")) {
		return japanese.ISO2022JP, "iso-2022-jp"
	}
	for _, l := range labels {
		if normalize(l.name) == "hz-gb-2312" && bytes.Contains(b, []byte("~{")) {
			return simplifiedchinese.HZGB2312, "hz-gb-2312"
		}
	}
	return nil, ""
}

var declared = regexp.MustCompile(`^\s*(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']?\s*([^"'?>\s]+)`)

// claims lists who says what of the encoding, the most trusted first.
func claims(body []byte, contentType, hint string) []label {
	var strong, weak []label
	add := func(by, name string) {
		switch _, canonical := lookup(name); {
		case name == "":
		case isLatin(canonical):
			weak = append(weak, label{by, name})
		default:
			strong = append(strong, label{by, name})
		}
	}
	if m := declared.FindSubmatch(body[:min(len(body), 1024)]); m != nil {
		add("the XML declaration", string(m[1]))
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil && !byDefault(params["charset"]) {
		add("the HTTP header", params["charset"])
	}
	add("feeds.yaml", hint)
	return append(strong, weak...)
}

// byDefault tells a charset that servers name without having looked.
func byDefault(name string) bool {
	switch normalize(name) {
	case "iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii":
		return true
	}
	return false
}

func isLatin(name string) bool { return name == "windows-1252" }

func normalize(name string) string {
	return strings.ToLower(strings.Trim(strings.TrimSpace(name), `"'`))
}

// kin are labels that the WHATWG's table lacks.
var kin = map[string]string{
	"cp936": "gb18030", "ms936": "gb18030", "windows-936": "gb18030", "936": "gb18030", "euc-cn": "gb18030",
	"gb-2312": "gb18030", "gb2312-80": "gb18030", "gb13000": "gb18030", "gbk2312": "gb18030", "gb_18030": "gb18030", "gb-18030": "gb18030",
	"cp950": "big5", "ms950": "big5", "windows-950": "big5", "big-5": "big5", "big5hkscs": "big5",
	"cp932": "shift_jis", "ms932": "shift_jis", "sjis-win": "shift_jis", "x-ms-cp932": "shift_jis",
	"cp949": "euc-kr", "ms949": "euc-kr", "uhc": "euc-kr", "x-windows-949": "euc-kr", "eucjp": "euc-jp", "ujis": "euc-jp", "euckr": "euc-kr",
	"win-1251": "windows-1251", "win1251": "windows-1251", "koi8": "koi8-r", "u8": "utf-8", "utf_8": "utf-8", "utf-8n": "utf-8",
}

// lookup finds an encoding by a label. It gives nil for none, for UTF-8, and for UTF-16 and
// UTF-32, which would have been known by their zero bytes.
func lookup(name string) (encoding.Encoding, string) {
	name = normalize(name)
	if k, ok := kin[name]; ok {
		name = k
	}
	enc, canonical := charset.Lookup(name)
	switch {
	case canonical == "gbk" || canonical == "gb18030":
		return simplifiedchinese.GB18030, "gb18030"
	case canonical == "utf-8":
		return nil, "utf-8"
	case strings.HasPrefix(name, "utf-16"), strings.HasPrefix(name, "utf-32"), strings.HasPrefix(name, "ucs"), canonical == "replacement":
		return nil, ""
	case enc != nil:
		return enc, canonical
	}
	if enc, err := ianaindex.IANA.Encoding(name); err == nil && enc != nil {
		return enc, name
	}
	return nil, ""
}

// isUTF8 tells that bytes beyond ASCII are UTF-8, with a stray one here and there; with more of
// them where somebody says that it is.
func isUTF8(b []byte, labels []label) bool {
	if len(labels) > 0 {
		if _, name := lookup(labels[0].name); name == "utf-8" {
			return readsAsUTF8(b, claimed)
		}
	}
	return readsAsUTF8(b, unclaimed)
}

// What a stray byte weighs against UTF-8, by whether a label or a mark speaks for it.
const claimed, unclaimed = 2, 3

// readsAsUTF8 weighs the bytes of characters of three and more, which other encodings hardly ever
// make by chance, and characters of two against strays, each of which weighs so much.
func readsAsUTF8(b []byte, stray int) bool {
	if utf8.Valid(b) {
		return true
	}
	good, bad := 0, 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 2:
			good += size
		default:
			good++
		}
		i += size
	}
	return bad*stray <= good
}

// valid makes one replacement character of each byte that is no UTF-8.
func (t *Text) valid(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	out, bad := make([]byte, 0, len(b)+16), 0
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			bad++
		}
		out = utf8.AppendRune(out, r)
		b = b[size:]
	}
	t.repaired("replaced bytes that are no UTF-8: %d", bad)
	return out
}

// convert reads b in an encoding, whatever comes of it.
func (t *Text) convert(enc encoding.Encoding, b []byte) []byte {
	if enc == encoding.Nop {
		return t.valid(b)
	}
	text, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return t.valid(b)
	}
	if bad := bytes.Count(text, []byte("\uFFFD")); bad > 0 {
		t.repaired("replaced bytes that are no %s: %d", t.Encoding, bad)
	}
	return t.valid(text)
}

// tryConvert gives nil when the bytes are not in the encoding: a stray one is let through.
func (t *Text) tryConvert(enc encoding.Encoding, b []byte) []byte {
	text, err := enc.NewDecoder().Bytes(b)
	if err != nil || !utf8.Valid(text) {
		return nil
	}
	bad := bytes.Count(text, []byte("\uFFFD"))
	if bad == 0 {
		return text
	}
	if bad > 1+beyondASCII(text)/50 {
		return nil
	}
	t.repaired("replaced bytes that the encoding does not know: %d", bad)
	return text
}

func isASCII(b []byte) bool {
	for len(b) >= word {
		if binary.LittleEndian.Uint64(b)&highs != 0 {
			return false
		}
		b = b[word:]
	}
	return !slices.ContainsFunc(b, func(c byte) bool { return c >= utf8.RuneSelf })
}

func beyondASCII(text []byte) int {
	n := 0
	for _, c := range text {
		if c >= 0xC0 {
			n++
		}
	}
	return n
}
