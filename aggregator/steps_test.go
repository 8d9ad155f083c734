package aggregator

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"civicfeed/aggregator/fetch"
	"civicfeed/models"
)

// TestTraceReadsTheSame: being watched changes nothing of what is read, and nobody who did not ask
// gets steps.
func TestTraceReadsTheSame(t *testing.T) {
	files, err := filepath.Glob("testdata/corpus/*/*.*")
	if err != nil {
		t.Fatal(err)
	}
	src := models.Source{Key: "yunxi", Location: time.FixedZone("Asia/Shanghai", 8*3600), Republish: models.Full}
	read := 0
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		resp := &fetch.Response{Status: 200, URL: "http://news.example/rss.xml", Body: body}
		plain, refusal := Read(resp, src)
		traced, steps, refused := Trace(resp, src)
		if (refusal == nil) != (refused == nil) {
			t.Errorf("%s: read %v, traced %v", file, refusal, refused)
		}
		if refusal != nil {
			continue
		}
		read++
		if len(plain.Feed.Steps) != 0 || slices.ContainsFunc(plain.Items, func(it models.Item) bool { return it.Steps != nil }) {
			t.Errorf("%s: steps that nobody asked for", file)
		}
		told := 0
		for i := range traced.Items {
			told += len(traced.Items[i].Steps)
			if plain.Items[i].Sum() != traced.Items[i].Sum() {
				t.Errorf("%s: item %d: steps are kept", file, i+1)
			}
			traced.Items[i].Steps = nil
		}
		if traced.Feed.Steps = nil; len(steps) == 0 || told == 0 && len(plain.Items) > 0 {
			t.Errorf("%s: nothing is told", file)
		}
		if d := cmp.Diff(plain, traced, cmpopts.IgnoreUnexported(Reading{})); d != "" {
			t.Errorf("%s is read otherwise when it is watched:\n%s", file, d)
		}
	}
	if read < 20 {
		t.Errorf("%d documents were read", read)
	}
}

// TestTraceTellsEveryWarning: what is repaired or doubted of a document is in its steps.
func TestTraceTellsEveryWarning(t *testing.T) {
	body := "\xef\xbb\xbfPHP Notice\n" + `<rss version="2.0"><channel><title>云溪` + "\x07" + `</title><ttl>soon</ttl><lastBuildDate>昨天</lastBuildDate>
<item><title>甲</title><guid>1</guid>`
	r, steps, err := Trace(&fetch.Response{Body: []byte(body), ContentType: "text/xml; charset=big5"}, models.Source{Key: "yunxi"})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Warnings) < 4 {
		t.Errorf("too few warnings for what was done: %q", r.Warnings)
	}
	for _, w := range r.Warnings {
		tells := func(s models.Step) bool { return s.Why == w }
		if !slices.ContainsFunc(steps, tells) && !strings.Contains(w, "the feed is empty") {
			t.Errorf("no step tells %q: %+v", w, steps)
		}
	}
}

// TestRemarksTellOfItems: a visit tells what is doubtful about items, of each kind once.
func TestRemarksTellOfItems(t *testing.T) {
	r := &Reading{Warnings: []string{"a repair"}, Items: []models.Item{
		{Warnings: []string{"the date cannot be read for certain: “03/04/2026”"}},
		{Warnings: []string{"the date cannot be read for certain: “昨天”", "the entry has neither title nor text"}},
		{},
	}}
	want := []string{
		"a repair",
		"of 2 items, such as one: the date cannot be read for certain: “03/04/2026”",
		"of an item: the entry has neither title nor text",
	}
	if d := cmp.Diff(want, r.remarks()); d != "" {
		t.Error(d)
	}
	if len(r.Warnings) != 1 {
		t.Errorf("the warnings of the document became %q", r.Warnings)
	}
	for range 3 * maxRemarks {
		r.Items[2].Warnings = append(r.Items[2].Warnings, strings.Repeat("x", len(r.Items[2].Warnings)+1))
	}
	if got := len(r.remarks()); got != 1+maxRemarks {
		t.Errorf("%d remarks", got)
	}
}
