package search

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// holds checks what must hold for any query and document.
func holds(t testing.TB, query string, fields ...string) {
	t.Helper()
	q := Parse(query)
	found := q.Matches(fields...)
	if found && q.Empty() {
		t.Errorf("%q is empty and found in %q", query, fields)
	}
	index := Terms(fields...)
	for _, term := range q.Terms() {
		if found && !slices.Contains(index, term) {
			t.Errorf("%q is found in %q, whose terms lack %q: %q", query, fields, term, index)
		}
	}
	marked := false
	for _, s := range fields {
		marks := q.Marks(s)
		marked = marked || len(marks) > 0
		placed(t, query, s, marks)
	}
	if len(q.phrases) == 1 && marked != found || found && !marked {
		t.Errorf("%q in %q: found %v, marked %v", query, fields, found, marked)
	}
	canonical(t, q, query, fields)
}

func canonical(t testing.TB, q Query, query string, fields []string) {
	t.Helper()
	s := q.String()
	again := Parse(s)
	switch {
	case again.String() != s:
		t.Errorf("%q is %q is %q", query, s, again)
	case q.Empty() != (s == ""), utf8.RuneCountInString(s) > MaxText, !utf8.ValidString(s), s != strings.TrimSpace(s):
		t.Errorf("%q is written %q", query, s)
	case again.Matches(fields...) != q.Matches(fields...), !slices.Equal(again.Terms(), q.Terms()):
		t.Errorf("%q and %q do not mean the same: %q, %q", query, s, q.phrases, again.phrases)
	case len(q.Terms()) > MaxTerms, !q.Empty() && len(q.Terms()) == 0:
		t.Errorf("%q has %d terms", query, len(q.Terms()))
	}
}

// placed checks that ranges are in order, do not touch, and part no character from its marks.
func placed(t testing.TB, query, s string, marks [][2]int) {
	t.Helper()
	end := -1
	for _, m := range marks {
		if m[0] <= end || m[1] <= m[0] || m[1] > len(s) {
			t.Fatalf("%q in %q: ranges %v", query, s, marks)
		}
		end = m[1]
		for _, i := range m {
			if parted(s, i) {
				t.Errorf("%q in %q: %v parts a character at %d", query, s, marks, i)
			}
		}
	}
}

// parted tells that a place is inside a character, or between one and its mark.
func parted(s string, i int) bool {
	if i == len(s) {
		return false
	}
	c, size := utf8.DecodeRuneInString(s[i:])
	before, width := utf8.DecodeLastRuneInString(s[:i])
	if c == utf8.RuneError && size == 1 {
		return utf8.ValidString(s)
	}
	return unicode.IsMark(c) && width > 0 && before != utf8.RuneError && !unicode.IsControl(before) && !unicode.Is(unicode.Cf, before)
}

func TestTermsHoldNoSpace(t *testing.T) {
	for _, e := range examples(t) {
		for _, s := range e.fields {
			clean(t, s, Terms(s))
		}
	}
}

func clean(t testing.TB, s string, terms []string) {
	t.Helper()
	seen := map[string]bool{}
	for _, term := range terms {
		bad := func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsNumber(c) && !unicode.IsMark(c) }
		if term == "" || seen[term] || !utf8.ValidString(term) || strings.ContainsFunc(term, bad) || len(term) > 2*maxUnit {
			t.Errorf("%q has the term %q", s, term)
		}
		seen[term] = true
	}
}

// alphabet has what combines, parts, vanishes or unfolds, beside plain characters.
var alphabet = []rune("咸宁温泉臺台發髮⻓○aAeßéÉœ19Ⅳ①㍿㎡ﬃカガｶﾞ\u3099ー한국\u1112\u1161\u11ABㅏกินํ้ำйи\u0301\u0327\u200b\u200d\u00ad\uFE0F\U000E0100\u20E3\u093e\u115F\u034F 　\n\t,，.。·\"“”「」-'🎉\uFFFD\u00a0")

func randomText(r *rand.Rand, n int) string {
	var b strings.Builder
	for range r.IntN(n) {
		if r.IntN(40) == 0 {
			b.WriteByte(byte(r.IntN(256)))
		} else {
			b.WriteRune(alphabet[r.IntN(len(alphabet))])
		}
	}
	return b.String()
}

func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 12_000 {
		text, second := randomText(r, 30), randomText(r, 10)
		query := randomText(r, 5)
		if runes := []rune(text); r.IntN(2) == 0 && len(runes) > 0 { // mostly found
			from := r.IntN(len(runes))
			query = string(runes[from:min(len(runes), from+1+r.IntN(6))])
		}
		holds(t, query, text, second)
		clean(t, text, Terms(text, second))
		if Parse(query).Matches(text, second) {
			found++
		}
	}
	if found < 2000 {
		t.Errorf("only %d of the queries were found", found)
	}
}

// TestTextFindsItself: a text is found by itself, as it is, and normalized in any way.
func TestTextFindsItself(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 8_000 {
		text := strings.ToValidUTF8(randomText(r, 20), "")
		text = strings.Map(func(c rune) rune {
			if unicode.Is(unicode.Cf, c) || c == '\u034F' { // what vanishes may stand in the way of composition
				return -1
			}
			return c
		}, text)
		q := Parse(text)
		for _, s := range []string{text, norm.NFC.String(text), norm.NFD.String(text), norm.NFKC.String(text), norm.NFKD.String(text), strings.ToUpper(text)} {
			if !q.Empty() && !q.Matches(s) {
				t.Fatalf("%+q %+q is not in %+q: %+q", text, q.phrases, s, foldedText(s))
			}
		}
	}
}

func foldedText(s string) string {
	f := newFolder()
	f.text(s)
	return f.out.String()
}

func FuzzTerms(f *testing.F) {
	for _, e := range examples(f) {
		f.Add(strings.Join(e.fields, "\n"))
	}
	f.Add("a\xff\xe5\x92咸\u0301\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		clean(t, s, Terms(s))
		if q := Parse(s); utf8.RuneCountInString(s) <= MaxText && utf8.ValidString(s) && !strings.ContainsFunc(s, func(c rune) bool { return c == '\u034F' || unicode.Is(unicode.Cf, c) }) {
			if !q.Empty() && !q.Matches(s) {
				t.Errorf("%+q is not found by itself: %+q, %+q", s, q.phrases, foldedText(s))
			}
		}
	})
}

func FuzzMarks(f *testing.F) {
	for _, e := range examples(f) {
		f.Add(e.query, strings.Join(e.fields, "\n"), "咸宁")
	}
	f.Fuzz(func(t *testing.T, query, text, second string) { holds(t, query, text, second) })
}
