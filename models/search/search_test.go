package search

import (
	"bufio"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// example is a row of testdata/queries.tsv.
type example struct {
	line   int
	query  string
	fields []string
	found  bool
	note   string
}

func examples(t testing.TB) (all []example) {
	t.Helper()
	f, err := os.Open("testdata/queries.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for line := 1; s.Scan(); line++ {
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		columns := strings.Split(s.Text(), "\t")
		if len(columns) != 4 || columns[2] != "found" && columns[2] != "not" {
			t.Fatalf("queries.tsv:%d: want query, text, found or not, note", line)
		}
		e := example{line, escapes(t, columns[0]), nil, columns[2] == "found", columns[3]}
		for field := range strings.SplitSeq(columns[1], " | ") {
			e.fields = append(e.fields, escapes(t, field))
		}
		all = append(all, e)
	}
	return all
}

// escapes resolves \u, \U and \n, and leaves quotation marks as they are.
func escapes(t testing.TB, s string) string {
	t.Helper()
	out, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return out
}

func TestExamples(t *testing.T) {
	all := examples(t)
	if len(all) < 80 {
		t.Errorf("only %d examples", len(all))
	}
	for _, e := range all {
		q := Parse(e.query)
		if got := q.Matches(e.fields...); got != e.found {
			t.Errorf("line %d: %s in %q: %v, want %v (%s)", e.line, e.query, e.fields, got, e.found, e.note)
		}
		holds(t, e.query, e.fields...)
	}
}

// TestEveryExampleAgainstEvery asks for each query in each text: the index must not miss what the
// check finds.
func TestEveryExampleAgainstEvery(t *testing.T) {
	all := examples(t)
	for _, e := range all {
		for _, o := range all {
			holds(t, e.query, o.fields...)
		}
	}
}

func TestTerms(t *testing.T) {
	for _, c := range []struct {
		text string
		want string
	}{
		{"", ""},
		{"咸宁咸宁", "咸 咸宁 宁 宁咸"},
		{"咸 宁", "咸 宁"},
		{"5G基站", "5g 基 基站 站"},
		{"Hello, hello WORLD", "hello world"},
		{"第3季", "第 3 季"},
		{"臺灣", "台 台湾 湾"},
		{strings.Repeat("a", 100), strings.Repeat("a", maxUnit)},
	} {
		if got := strings.Join(Terms(c.text), " "); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	if got := strings.Join(Terms("咸", "宁咸"), " "); got != "咸 宁 宁咸" {
		t.Errorf("fields run together: %q", got)
	}
}

func TestQueryTerms(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"桂", "桂"},
		{"咸宁", "咸宁"},
		{"咸寧溫泉 GDP", "咸宁 宁温 温泉 gdp"},
		{"5G基站", "5g 基站"},
		{"第3季", "第 3 季"},
		{`"咸宁，温泉"`, "咸宁 温泉"},
		{"，", ""},
	} {
		if got := strings.Join(Parse(c.query).Terms(), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.query, got, c.want)
		}
	}
	if got := Parse(strings.Repeat("咸宁温泉旅游节开幕", 20)).Terms(); len(got) > MaxTerms {
		t.Errorf("%d terms", len(got))
	}
}

func TestString(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"", ""},
		{" ，。 ", ""},
		{"  咸宁\t　温泉 ", "咸宁 温泉"},
		{"“十四五”规划", `"十四五" 规划`},
		{`"new   york`, `"new york"`},
		{"咸宁 ， 温泉", "咸宁 温泉"},
		{"咸\u202e宁 \x00\xff", "咸宁"},
		{"咸\x00宁", "咸\uFFFD宁"},
		{"臺北 Café", "臺北 Café"},
		{"十四五” 规划 纲要", "十四五 规划 纲要"},
		{strings.Repeat("宁", 200), strings.Repeat("宁", MaxText)},
		{strings.Repeat(`a"b`, 60), ""},
	} {
		got := Parse(c.query).String()
		if got != c.want && c.want != "" || c.want == "" && len([]rune(got)) > MaxText {
			t.Errorf("%q: %q, want %q", c.query, got, c.want)
		}
		if again := Parse(got).String(); again != got {
			t.Errorf("%q is %q the second time", got, again)
		}
	}
}

func TestMarks(t *testing.T) {
	for _, c := range []struct{ query, text, want string }{
		{"咸宁", "在咸宁，咸宁好", "在[咸宁]，[咸宁]好"},
		{"哈哈", "哈哈哈！", "[哈哈哈]！"},
		{"咸宁 宁温", "咸宁温泉", "[咸宁温]泉"},
		{"台北 GDP", "臺北ＧＤＰ与gdp", "[臺北ＧＤＰ]与[gdp]"},
		{"5G基站", "建5G 基站", "建[5G 基站]"},
		{"a", "a b a", "[a] b [a]"},
		{"cafe", "le Cafe\u0301!", "le [Cafe\u0301]!"},
		{"会社", "㍿山田", "[㍿]山田"},
		{"葛", "葛\U000E0100城", "[葛\U000E0100]城"},
		{"咸宁", "咸\u200b宁", "[咸\u200b宁]"},
		{"3.5", "涨3.5%", "涨[3.5]%"},
		{"1", "⑴\u093e", "[⑴\u093e]"},
		{"山", "咸宁", "咸宁"},
	} {
		if got := bracketed(c.text, Parse(c.query).Marks(c.text)); got != c.want {
			t.Errorf("%s: %s, want %s", c.query, got, c.want)
		}
	}
}

func bracketed(text string, marks [][2]int) string {
	for _, m := range slices.Backward(marks) {
		text = text[:m[0]] + "[" + text[m[0]:m[1]] + "]" + text[m[1]:]
	}
	return text
}
