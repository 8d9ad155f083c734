package render

import (
	"encoding/json"
	"strings"
	"testing"

	"civicfeed/models"
)

func statusOf(t *testing.T, s models.SourceState) (page, data string) {
	t.Helper()
	cat := riverCity()
	cat.Sources = cat.Sources[:1]
	s.Key = cat.Sources[0].Key
	p := &StatusPage{Catalog: cat, Base: "https://news.example.org/", Sources: []models.SourceState{s}}
	h, err := Status(p)
	if err != nil {
		t.Fatal(err)
	}
	j, err := StatusJSON(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(h), string(j)
}

// Our own fault counts against nobody: there is a trouble, and neither a count nor a beginning.
func TestStatusCountsNoFailuresWhereThereAreNone(t *testing.T) {
	page, _ := statusOf(t, models.SourceState{Class: models.ErrInternal, Error: "read: panic", LastVisit: at("2026-11-23 17:00"), LastOK: at("2026-11-23 16:00")})
	if !strings.Contains(page, wordsOf("zh-CN").trouble(models.ErrInternal, 0)) {
		t.Error("the trouble is not told")
	}
	for _, bad := range []string{"连续失败", wordsOf("zh-CN").Since} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
}

func TestStatusTellsTheFirstLineOfAnError(t *testing.T) {
	long := "read https://a.example/: " + strings.Repeat("坏", 400)
	for _, c := range []struct{ in, want string }{
		{"fetch https://a.example/: 502 Bad Gateway", "fetch https://a.example/: 502 Bad Gateway"},
		{"read: panic: boom\n\ngoroutine 1 [running]:\nmain.go:7", "read: panic: boom"},
		{"read: panic: boom\r\ngoroutine 1", "read: panic: boom"},
		{"\n two\tparts\x1b[31m\u0085 ", "two parts[31m"},
		{long, string([]rune(long)[:300]) + "…"},
	} {
		page, data := statusOf(t, models.SourceState{Failures: 1, Since: at("2026-11-23 17:00"), Class: models.ErrParse, Error: c.in})
		var r report
		if err := json.Unmarshal([]byte(data), &r); err != nil {
			t.Fatal(err)
		}
		if got := r.Sources[0].Error; got != c.want {
			t.Errorf("as JSON: %q, want %q", got, c.want)
		}
		if !strings.Contains(page, "<code>"+c.want+"</code>") {
			t.Errorf("the page does not say %q", c.want)
		}
	}
}
