package normalize

import (
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"civicfeed/models"
)

// table reads a file of tab-separated rows, all of one width, under a line of headings.
func table(t testing.TB, path string, columns int) [][]string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for i, line := range strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n") {
		row := strings.Split(line, "\t")
		if len(row) != columns {
			t.Fatalf("%s:%d: %d columns, want %d", path, i+1, len(row), columns)
		}
		rows = append(rows, row)
	}
	return rows[1:]
}

// credited writes people as the tables do: role, name, and the outlet after @.
func credited(people []models.Person) string {
	var all []string
	for _, p := range people {
		s := p.Role + " " + p.Name
		if p.Outlet != "" {
			s += " @" + p.Outlet
		}
		all = append(all, s)
	}
	return strings.Join(all, "; ")
}

// TestBylines reads the table of bylines: the raw words, the people, the outlet, and what is left
// (= stands for all of it).
func TestBylines(t *testing.T) {
	rows := table(t, "testdata/bylines.tsv", 5)
	if len(rows) < 60 {
		t.Errorf("%d bylines, want 60", len(rows))
	}
	for _, row := range rows {
		people, outlet, rest := Byline(row[0])
		want := row[3]
		if want == "=" {
			want = row[0]
		}
		if got := credited(people); got != row[1] || outlet != row[2] || rest != want {
			t.Errorf("%s: %q is %q, outlet %q, rest %q\nwant %q, %q, %q", row[4], row[0], got, outlet, rest, row[1], row[2], want)
		}
	}
}

// TestHostileBylines reads what is made to cost much, each in well under a second.
func TestHostileBylines(t *testing.T) {
	for _, part := range []string{"(", ")", "()", "记者", "记者·", "文·", "文/", "王", "·", "（记者 李明）", "李明 ", "记者 李明 ", "来源：", "图由", "10月4日讯", "/", "a ", "By A and "} {
		for _, raw := range []string{strings.Repeat(part, 20000), "记者 " + strings.Repeat(part, 150), "（" + strings.Repeat(part, 60) + "）", strings.Repeat(part, 60)} {
			from := time.Now()
			Byline(raw)
			if took := time.Since(from); took > time.Second {
				t.Errorf("%d times %q takes %v", len(raw)/len(part), part, took)
			}
		}
	}
}

func FuzzByline(f *testing.F) {
	for _, row := range table(f, "testdata/bylines.tsv", 5) {
		f.Add(row[0])
	}
	f.Fuzz(func(t *testing.T, raw string) {
		people, _, rest := Byline(raw)
		for _, p := range people {
			if p.Name == "" || p.Role == "" || !utf8.ValidString(p.Name+p.Role+p.Outlet) || strings.ContainsAny(p.Name, "（）()：:") {
				t.Errorf("%q names %+v", raw, p)
			}
		}
		if !utf8.ValidString(rest) {
			t.Errorf("%q leaves %q", raw, rest)
		}
	})
}

func BenchmarkByline(b *testing.B) {
	for b.Loop() {
		Byline("本报讯 （记者 汪丽娜 通讯员 王硕）4月4日上午，云溪区举行植树活动。")
	}
}
