package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"civicfeed/aggregator"
	"civicfeed/models"
	"civicfeed/publisher/render"
)

// floors are the shares of what is expected, in percent, that must be read: the first by field, the
// others by class.
var floors = map[string]float64{
	"accepted": 99.7, "title": 99.3, "link": 99, "id": 99.3, "date*": 99, "body*": 98, "body_urls*": 97,
	"authors": 97, "categories": 98, "enclosures": 99,
	"titles of every encoding": 97, "expressions": 85,
}

// share counts how much of what is expected was read.
type share struct{ good, all int }

func (s share) percent() float64 { return 100 * float64(s.good) / float64(max(s.all, 1)) }

// agreement is what comes of all files: shares by field, and what does not agree.
type agreement struct {
	mu       sync.Mutex
	shares   map[string]share
	misses   map[string][]string // by field, as file and values
	excepted map[[2]string]bool  // file and field: whether the exception was called for
	bad      []string            // what must never be
}

func (a *agreement) tell(file, field, want, got string) {
	if want == "" {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, key := range [][2]string{{file, field}, {file, "*"}} {
		if needed, excepted := a.excepted[key]; excepted {
			a.excepted[key] = needed || want != got
			return
		}
	}
	if want != got {
		a.misses[field] = append(a.misses[field], fmt.Sprintf("%s: want %.100q, got %.100q", file, want, got))
	}
	s := a.shares[field]
	s.all++
	if want == got {
		s.good++
	}
	a.shares[field] = s
}

// has says whether a file's field has an exception.
func (a *agreement) has(file, field string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, excepted := a.excepted[[2]string{file, field}]
	return excepted
}

func (a *agreement) never(file, format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.bad = append(a.bad, file+": "+fmt.Sprintf(format, args...))
}

// TestCorpusAgrees reads every feed of the corpus as preview does, holds what comes of it against
// what is expected, and looks through all formats for what is active.
// CIVICFEED_MISSES=FIELD lists what does not agree.
func TestCorpusAgrees(t *testing.T) {
	t.Parallel()
	folder, files := corpus(t)
	a := &agreement{shares: map[string]share{}, misses: map[string][]string{}, excepted: exceptions(t, files)}
	begin, queue := time.Now(), make(chan corpusFile)
	var readers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		readers.Go(func() {
			for f := range queue {
				a.file(t, folder, f)
			}
		})
	}
	for _, f := range files {
		queue <- f
	}
	close(queue)
	readers.Wait()
	t.Logf("%d feeds in %v", len(files), time.Since(begin).Round(time.Second))
	slices.Sort(a.bad)
	for _, s := range a.bad {
		t.Error(s)
	}
	a.judge(t)
	for key, needed := range a.excepted {
		if !needed {
			t.Errorf("%s agrees in %s: it is no exception", key[0], key[1])
		}
	}
}

func (a *agreement) judge(t *testing.T) {
	for _, field := range slices.Sorted(maps.Keys(a.shares)) {
		s := a.shares[field]
		floor, held := floors[field]
		switch {
		case held && (s.all < 90 || s.percent() < floor):
			t.Errorf("%s: %.2f %% of %d agree, want %.1f %%", field, s.percent(), s.all, floor)
		default:
			t.Logf("%-25s %5d %6.2f %%", field, s.all, s.percent())
		}
		if field == os.Getenv("CIVICFEED_MISSES") {
			slices.Sort(a.misses[field])
			t.Logf("%s:\n%s", field, strings.Join(a.misses[field], "\n"))
		}
	}
	for field := range floors {
		if a.shares[field].all == 0 {
			t.Errorf("%s: nothing was compared", field)
		}
	}
}

// exceptions are the cases whose expected result we hold to be wrong, or which cannot be had without
// doing wrong, with the reason: file, field (*: all), reason. They count neither way.
func exceptions(t *testing.T, files []corpusFile) map[[2]string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "corpus", "exceptions.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	all, named := map[[2]string]bool{}, map[string]bool{}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 3 || len(f[2]) < 10 {
			t.Fatalf("exceptions.tsv:%d: write FILE, FIELD and the reason, with tabs between", i+1)
		}
		if !slices.ContainsFunc(files, func(c corpusFile) bool { return c.name == f[0] }) {
			t.Errorf("exceptions.tsv:%d: there is no %s", i+1, f[0])
		}
		all[[2]string{f[0], f[1]}], named[f[0]] = false, true
	}
	if limit := len(files) / 100; len(named) > limit {
		t.Errorf("%d files are exceptions, more than 1 %% of all: %d", len(named), limit)
	}
	return all
}

// file reads one feed and tells what agrees.
func (a *agreement) file(t *testing.T, folder string, f corpusFile) {
	doc, page, err := previewed(t, folder, f)
	if models.ClassOf(err) == models.ErrInternal {
		a.never(f.name, "our own fault: %v", err)
	}
	if !f.want.OK {
		if err == nil {
			if !a.has(f.name, "refused") {
				a.never(f.name, "is no feed, but was read")
				return
			}
			a.tell(f.name, "refused", "yes", "no")
		}
		return
	}
	a.tell(f.name, "accepted", "yes", map[bool]string{true: "yes"}[err == nil])
	got := report{}
	if err == nil {
		got = reported(t, doc)
		for _, s := range active(t, page, doc) {
			a.never(f.name, "%s", s)
		}
	}
	tell := func(field, want, got string) { a.tell(f.name, field, want, got) }
	if e := expression(t, folder, f); e != "" && f.want.holds(e, false) {
		field := "expressions"
		if beyond.MatchString(e) {
			field = "expressions beyond us"
		}
		tell(field, e, map[bool]string{true: e}[got.holds(e, true)])
	}
	f.want.Feed.compareFeed(&got.Feed, tell)
	tell("entries", fmt.Sprint(len(f.want.Entries)), fmt.Sprint(len(got.Entries)))
	for i, want := range f.want.Entries {
		entry := &account{}
		if i < len(got.Entries) {
			entry = got.Entries[i]
		}
		want.compare(entry, tell)
		if f.kind == "encmatrix" {
			tell("titles of every encoding", words(want.Title), words(entry.Title))
		}
	}
}

// previewed reads a file as preview does: the JSON Feed it prints, and the page that would be
// published.
func previewed(t *testing.T, folder string, f corpusFile) ([]byte, *render.Page, error) {
	e := &env{config: "none.yaml"}
	name := filepath.Join(folder, filepath.FromSlash(f.name))
	cat, src, resp, err := e.obtain(t.Context(), name, &previewing{base: f.url, contentType: f.contentType, timezone: f.zone, zoned: true})
	if err != nil {
		t.Error(err)
		return nil, nil, err
	}
	var headers map[string]string
	if f.headers != "" {
		if err := json.Unmarshal([]byte(f.headers), &headers); err != nil {
			t.Errorf("%s: headers: %v", f.name, err)
		}
	}
	for name, value := range headers {
		switch strings.ToLower(name) {
		case "content-location":
			resp.ContentLocation = value
		case "content-language":
			resp.ContentLanguage = value
		}
	}
	r, err := aggregator.Read(resp, src)
	if err != nil {
		return nil, nil, err
	}
	page := previewPage(cat, src, r)
	doc, err := render.Preview(page, r.Feed, r.Warnings)
	return doc, page, err
}
