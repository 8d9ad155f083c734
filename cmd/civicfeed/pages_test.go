package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpusPage is a page of the corpus, and what a person read off it.
type corpusPage struct {
	File     string
	Expected map[string]string
	zone     string
}

// corpusPages finds the pages of articles with expected results, and those that list articles.
func corpusPages(t *testing.T) (folder string, articles []corpusPage, lists []corpusPage) {
	t.Helper()
	folder = os.Getenv("CIVICFEED_CORPUS")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	manifest, err := os.ReadFile(filepath.Join(folder, "MANIFEST.tsv"))
	if err != nil {
		t.Skipf("no corpus of pages: set CIVICFEED_CORPUS to its folder: %v", err)
	}
	zones := map[string]string{}
	for line := range strings.Lines(string(manifest)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) < 10 || !strings.HasPrefix(f[0], "pages/") {
			continue
		}
		zones[f[0]] = f[9]
		if strings.Contains(f[len(f)-1], "listing") {
			lists = append(lists, corpusPage{File: f[0], zone: zones[f[0]]})
		}
	}
	file, err := os.Open(filepath.Join(folder, "expected_pages", "pages.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var p corpusPage
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		p.zone = zones[p.File]
		articles = append(articles, p)
	}
	if len(articles) < 20 || len(lists) < 1 {
		t.Fatalf("the corpus in %s has only %d pages of articles and %d lists", folder, len(articles), len(lists))
	}
	return folder, articles, lists
}

// pageExceptions are the values that stand on a page though its expectation does not name them, with
// the reason: file, field, value, reason. Nothing else may come where a field is absent.
func pageExceptions(t *testing.T) map[[3]string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "corpus", "pages.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[[3]string]bool{}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 4 || len(f[3]) < 10 {
			t.Fatalf("pages.tsv:%d: write FILE, FIELD, VALUE and the reason, with tabs between", i+1)
		}
		all[[3]string(f[:3])] = false
	}
	return all
}

// TestCorpusPagesAgree reads every article page of the corpus as preview does and holds what comes of
// it against what a person read. An author beyond those expected is an extra value like any other.
func TestCorpusPagesAgree(t *testing.T) {
	t.Parallel()
	folder, pages, _ := corpusPages(t)
	excepted := pageExceptions(t)
	var s share
	for _, p := range pages {
		items := showPage(t, filepath.Join(folder, filepath.FromSlash(p.File)), "--base", "http://news.example/x.html", "--timezone", p.zone)
		if len(items) != 1 {
			t.Errorf("%s: %d items", p.File, len(items))
			continue
		}
		got := fieldsOf(&items[0])
		for _, field := range strings.Fields("title published source editor author") {
			for _, value := range p.compare(t, field, got[field], &s) {
				key := [3]string{p.File, field, value}
				if _, known := excepted[key]; !known {
					t.Errorf("%s: %s is not stated, but came: %q", p.File, field, value)
				}
				excepted[key] = true
			}
		}
	}
	for key, needed := range excepted {
		if !needed {
			t.Errorf("pages.tsv: %s of %s did not come: it is no exception", key[1], key[0])
		}
	}
	if t.Logf("%d of %d fields agree: %.1f %%", s.good, s.all, s.percent()); s.all < 80 || s.percent() < 95 {
		t.Errorf("%d of %d fields agree: %.1f %%, want 95 %%", s.good, s.all, s.percent())
	}
}

// compare counts a field, and gives the values that came and are not expected.
func (p *corpusPage) compare(t *testing.T, field string, got []string, s *share) (extra []string) {
	t.Helper()
	want, expected := p.Expected[field]
	if !expected {
		return got
	}
	s.all++
	names := []string{want}
	if field == "author" {
		names = strings.Fields(want)
	}
	for i, name := range names {
		if i >= len(got) || got[i] != name {
			t.Logf("%s: %s: want %q, got %q", p.File, field, names, got)
			return nil
		}
	}
	s.good++
	return got[len(names):]
}

func fieldsOf(it *pageItem) map[string][]string {
	some := func(s string) []string {
		if s == "" {
			return nil
		}
		return []string{s}
	}
	fields := map[string][]string{
		"title": some(it.Title), "published": some(it.Published), "source": some(it.Own.Credit), "editor": some(it.Own.Editor),
	}
	for _, a := range it.Authors {
		fields["author"] = append(fields["author"], a.Name)
	}
	return fields
}

// TestCorpusListPages: of pages that list articles each entry comes with title, link and day, the
// newest first, and nothing of what stands around the list.
func TestCorpusListPages(t *testing.T) {
	t.Parallel()
	folder, _, lists := corpusPages(t)
	for _, p := range lists {
		items := showPage(t, filepath.Join(folder, filepath.FromSlash(p.File)), "--base", "https://council.example/news", "--timezone", p.zone)
		page, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(p.File)))
		if err != nil {
			t.Fatal(err)
		}
		if rows := strings.Count(string(page), "newsrowimageholder"); len(items) != rows || rows < 20 {
			t.Errorf("%s: %d items, the page has %d", p.File, len(items), rows)
		}
		seen, last := map[string]bool{}, "9"
		for _, it := range items {
			day, _, _ := strings.Cut(it.Published, "T")
			if it.Title == "" || it.Published == "" || seen[it.URL] || !strings.HasPrefix(it.URL, "https://council.example/news/") || day > last {
				t.Errorf("%s: %q at %s of %s", p.File, it.Title, it.URL, it.Published)
			}
			seen[it.URL], last = true, day
		}
		t.Logf("%s: %d items", p.File, len(items))
	}
}
