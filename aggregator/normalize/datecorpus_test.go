package normalize

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

// dateRow is a row of a table of dates: raw, zone, language, the expected UTC time (empty: must
// be refused; *: must be read as any date), and the class it belongs to.
type dateRow struct {
	raw, language, want, class string
	loc                        *time.Location
}

func readDates(t *testing.T, path string) []dateRow {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []dateRow
	for _, rec := range records[1:] {
		loc, err := time.LoadLocation(rec[1])
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		rows = append(rows, dateRow{raw: rec[0], loc: loc, language: rec[2], want: rec[3], class: rec[4]})
	}
	return rows
}

// verdict tells what Date made of a row: right, refused (though there is a date), or wrong.
func (r dateRow) verdict() (verdict, got string) {
	at, _, ok := Date(r.raw, r.loc, r.language)
	if ok {
		got = at.Truncate(time.Second).Format(time.RFC3339)
	}
	switch {
	case got == r.want, r.want == "*" && ok:
		return "right", got
	case !ok:
		return "refused", got
	}
	return "wrong", got
}

// corpusFolder finds the shared corpus of feeds and dates, or skips the test saying so.
func corpusFolder(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("CIVICFEED_CORPUS")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	if _, err := os.Stat(filepath.Join(folder, "dates.tsv")); err != nil {
		t.Skipf("the corpus is not here (CIVICFEED_CORPUS names its folder): %v", err)
	}
	return folder
}

func TestDateCorpus(t *testing.T) {
	rows := readDates(t, filepath.Join(corpusFolder(t), "dates.tsv"))
	right := 0
	for _, r := range rows {
		switch verdict, got := r.verdict(); verdict {
		case "right":
			right++
		case "refused":
			t.Logf("%s: %q is refused, want %s", r.class, r.raw, r.want)
		default:
			t.Errorf("%s: %q is read as %s, want %q: silently wrong", r.class, r.raw, got, r.want)
		}
	}
	if share := 100 * float64(right) / float64(len(rows)); len(rows) < 100 || share < 97 {
		t.Errorf("%d of %d dates (%.1f %%) are right, want 97 %% of at least 100", right, len(rows), share)
	} else {
		t.Logf("%d of %d dates (%.1f %%) are right", right, len(rows), share)
	}
}

func TestDates(t *testing.T) {
	for _, r := range readDates(t, "testdata/dates.tsv") {
		if verdict, got := r.verdict(); verdict != "right" {
			t.Errorf("%s: %q in %s (%s) is %q, want %q", r.class, r.raw, r.loc, r.language, got, r.want)
		}
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range strings.Split("2026-10-04 01:39:11.0|28 九月 2026|115-09-28|Sun, 12 May 2024 08:30:15 CST|令和6年5月12日 午後3時|2002-12-31T192030+01:00|10/30/23 21:55:58|5月半|元十|+8:+-", "|") {
		f.Add(s, "Asia/Shanghai", "zh-CN")
		f.Add(s, "Asia/Taipei", "zh-TW")
		f.Add(s, "America/Chicago", "en")
	}
	f.Fuzz(func(t *testing.T, raw, zone, language string) {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			loc = nil
		}
		at, precision, ok := Date(raw, loc, language)
		if !ok {
			if !at.IsZero() || precision != "" {
				t.Errorf("%q is refused, yet %v %q", raw, at, precision)
			}
			return
		}
		if y := at.Year(); y < oldestYear-1 || y > newestYear+1 || precision == "" || at.Location() != time.UTC {
			t.Errorf("%q is %v, precision %q", raw, at, precision)
		}
		if again, _, ok := Date(at.Format(time.RFC3339Nano), loc, language); datable(at) && (!ok || !again.Equal(at)) {
			t.Errorf("%q is %v, which is read back as %v", raw, at, again)
		}
	})
}

func datable(t time.Time) bool { return t.Year() >= oldestYear && t.Year() <= newestYear }
