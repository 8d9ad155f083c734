package parse_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"civicfeed/aggregator/parse"
)

// corpus finds the folder of feeds with expected results that other readers agree on. It is
// data of third parties and not part of this repository.
func corpus(t *testing.T) string {
	t.Helper()
	folder, named := os.LookupEnv("CIVICFEED_CORPUS")
	if !named {
		folder = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	if _, err := os.Stat(filepath.Join(folder, "MANIFEST.tsv")); err != nil {
		if named {
			t.Fatalf("CIVICFEED_CORPUS names no corpus: %v", err)
		}
		t.Skipf("the corpus is not here (%v); CIVICFEED_CORPUS may name its folder", err)
	}
	return folder
}

type expectation struct {
	OK      bool
	Entries []struct {
		ID, Title, Link string
		Authors         []struct{ Name, Email, URI string }
		Categories      []string
		Labels          []string `json:"category_labels"`
		Enclosures      []struct{ URL string }
	}
}

// share counts how often what was got is what was expected.
type share struct{ good, all int }

func (s *share) add(want, got string) {
	if want == "" {
		return
	}
	s.all++
	if want == got {
		s.good++
	}
}

func (s share) percent() float64 { return 100 * float64(s.good) / float64(max(s.all, 1)) }

// TestCorpus reads some thousand feeds of every kind, whole and broken. Each share has a floor
// somewhat below what is reached, far above what gofeed reaches alone.
func TestCorpus(t *testing.T) {
	t.Parallel()
	folder := corpus(t)
	expected, exceptions := expectations(t, folder), table(t, filepath.Join("testdata", "corpus", "exceptions.tsv"))
	shares := map[string]*share{}
	for _, f := range []string{"accepted", "entries", "title", "link", "id", "authors", "categories", "enclosures"} {
		shares[f] = &share{}
	}
	for _, row := range table(t, filepath.Join(folder, "MANIFEST.tsv")) {
		want, ok := expected[row[0]]
		if !ok || slices.ContainsFunc(exceptions, func(e []string) bool { return e[0] == row[0] }) {
			continue
		}
		body, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(row[0])))
		if err != nil {
			t.Fatal(err)
		}
		doc, _, err := read(body, row[6])
		switch {
		case !want.OK && err == nil:
			t.Errorf("%s is no feed, but was read as %s", row[0], doc.Version)
		case want.OK:
			shares["accepted"].add("yes", map[bool]string{true: "yes"}[err == nil])
			compare(shares, want, doc, row[7])
		}
	}
	floors := map[string]float64{"accepted": 99.8, "entries": 99.5, "title": 99.3, "link": 99, "id": 99.5, "authors": 99, "categories": 99, "enclosures": 99}
	for field, floor := range floors {
		s := shares[field]
		t.Logf("%-10s %6d %6.2f %%", field, s.all, s.percent())
		if s.all < 200 || s.percent() < floor {
			t.Errorf("%s: %.2f %% of %d, want %.2f %%", field, s.percent(), s.all, floor)
		}
	}
}

func expectations(t *testing.T, folder string) map[string]expectation {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(folder, "expected", "*.jsonl"))
	all := map[string]expectation{}
	for _, file := range files {
		for _, line := range lines(t, file) {
			var row struct {
				File     string
				Expected expectation
			}
			if err := json.Unmarshal([]byte(line), &row); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			all[row.File] = row.Expected
		}
	}
	return all
}

func table(t *testing.T, file string) [][]string {
	t.Helper()
	var rows [][]string
	for _, line := range lines(t, file) {
		rows = append(rows, append(strings.Split(line, "\t"), make([]string, 12)...))
	}
	return rows
}

func lines(t *testing.T, file string) []string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []string
	s := bufio.NewScanner(f)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		all = append(all, s.Text())
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return all
}

func compare(shares map[string]*share, want expectation, doc *parse.Document, address string) {
	if doc == nil {
		doc = &parse.Document{}
	}
	shares["entries"].add(fmt.Sprint(len(want.Entries)), fmt.Sprint(len(doc.Entries)))
	for i, w := range want.Entries {
		var e parse.Entry
		if i < len(doc.Entries) {
			e = doc.Entries[i]
		}
		base := resolve(address, e.Base)
		shares["title"].add(plain(w.Title), plain(e.Title.Value))
		shares["link"].add(same(w.Link), same(resolve(base, e.Link)))
		shares["id"].add(strings.TrimSpace(w.ID), e.GUID)
		var authors, names, terms, labels, files, urls []string
		for _, a := range w.Authors {
			authors = append(authors, firstOf(a.Name, a.Email, a.URI))
		}
		for _, p := range e.People {
			if p.Role == "author" {
				names = append(names, firstOf(p.Name, p.Email, p.URI))
			}
		}
		shares["authors"].add(set(authors), set(names))
		for _, c := range e.Categories {
			terms, labels = append(terms, c.Term), append(labels, firstOf(c.Label, c.Term))
		}
		if got := set(terms); set(w.Labels) == set(labels) && len(labels) > 0 {
			shares["categories"].add(set(w.Categories), set(w.Categories))
		} else {
			shares["categories"].add(set(w.Categories), got)
		}
		for _, f := range w.Enclosures {
			files = append(files, same(f.URL))
		}
		for _, m := range e.Media {
			if !m.Inline {
				urls = append(urls, same(resolve(base, m.URL)))
			}
		}
		shares["enclosures"].add(set(files), set(urls))
	}
}

func firstOf(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

func set(all []string) string {
	var words []string
	for _, s := range all {
		words = append(words, plain(s))
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), "|")
}

var markup = regexp.MustCompile(`<[^<>]*>`)

// plain resolves tags and entities, twice since titles are escaped twice, and drops white space
// and case.
func plain(s string) string {
	for range 2 {
		s = html.UnescapeString(markup.ReplaceAllString(s, ""))
	}
	s = strings.ReplaceAll(s, "\uFEFF", "")
	return strings.ToLower(strings.Join(strings.Fields(s), ""))
}

func resolve(base, ref string) string {
	b, err := url.Parse(base)
	if err != nil || ref == "" {
		return firstOf(ref, base)
	}
	u, err := b.Parse(strings.TrimSpace(ref))
	if err != nil {
		return ref
	}
	return u.String()
}

// same spells an address so that equal ones are equal.
func same(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return s
	}
	if u.Host != "" && u.Path == "" {
		u.Path = "/"
	}
	u.Host = strings.TrimSuffix(strings.ToLower(u.Host), ":80")
	text, err := url.PathUnescape(u.String())
	if err != nil {
		return u.String()
	}
	return text
}
