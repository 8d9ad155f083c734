package main

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"civicfeed/aggregator"
	"civicfeed/models"
	"civicfeed/models/store"
)

// corpusFile is a feed of the corpus, what it came with, and what is expected of it.
type corpusFile struct {
	name        string
	kind        string
	contentType string
	url         string
	headers     string // further ones, JSON
	zone        string
	want        report
}

// corpus finds the feeds with expected results, kept beside the repository or where
// CIVICFEED_CORPUS says.
func corpus(t *testing.T) (folder string, files []corpusFile) {
	t.Helper()
	folder = os.Getenv("CIVICFEED_CORPUS")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	manifest, err := os.ReadFile(filepath.Join(folder, "MANIFEST.tsv"))
	if err != nil {
		t.Skipf("no corpus of feeds: set CIVICFEED_CORPUS to its folder: %v", err)
	}
	wanted := expectations(t, folder)
	for _, line := range strings.Split(string(manifest), "\n")[1:] {
		f := strings.Split(line, "\t")
		if len(f) < 10 {
			continue
		}
		if want, expected := wanted[f[0]]; expected {
			files = append(files, corpusFile{name: f[0], kind: f[5], contentType: f[6], url: f[7], headers: f[8], zone: f[9], want: want})
		}
	}
	if len(files) < 1000 {
		t.Fatalf("the corpus in %s has only %d feeds", folder, len(files))
	}
	return folder, files
}

func expectations(t *testing.T, folder string) map[string]report {
	t.Helper()
	wanted := map[string]report{}
	lists, err := filepath.Glob(filepath.Join(folder, "expected", "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		f, err := os.Open(list)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			var e struct {
				File     string
				Expected report
			}
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				t.Fatalf("%s: %v", list, err)
			}
			wanted[e.File] = e.Expected
		}
		if err := lines.Err(); err != nil {
			t.Fatalf("%s: %v", list, err)
		}
	}
	return wanted
}

// serveCorpus serves the files with their Content-Type, and writes the catalog that names them all.
func serveCorpus(t *testing.T, folder string, files []corpusFile) (config string) {
	t.Helper()
	types := map[string]string{}
	for _, f := range files {
		types["/"+f.name] = f.contentType
	}
	content := http.FileServer(http.Dir(folder))
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ct := types[r.URL.Path]; ct != "" {
			w.Header().Set("Content-Type", ct)
		}
		content.ServeHTTP(w, r)
	}))
	t.Cleanup(origin.Close)
	var y strings.Builder
	y.WriteString(`site: {title: 语料汇编, url: "https://news.example/", id: "tag:news.example,2026:corpus"}
network: {per_host: {concurrency: 16, gap: 0s}, floor: 1s, allow: [127.0.0.0/8]}
regions:
  - {key: linjiang, name: 临江市, regions: [{key: jiangnan, name: 江南区}]}
sections:
  - {key: news, title: 新闻}
  - {key: notices, title: 通知公告, match: [{title: "通知|公告|[Nn]otice"}]}
sources:
`)
	for i, f := range files {
		zone := f.zone
		if zone == "" {
			zone = "UTC"
		}
		region := []string{"linjiang", "jiangnan"}[i%2]
		fmt.Fprintf(&y, "  - {key: c%04d, name: %q, url: %q, region: %s, section: news, timezone: %q}\n",
			i, f.name, origin.URL+"/"+(&urlPath{f.name}).String(), region, zone)
	}
	return write(t, "feeds.yaml", y.String())
}

type urlPath struct{ name string }

// String escapes what a file name may hold and a path may not.
func (p *urlPath) String() string {
	return strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23", " ", "%20").Replace(p.name)
}

// TestCorpusIsIngested serves every feed of the corpus and wants one fetch to take in at least
// 98 % of those that are feeds, all the municipal ones among them; and a second to change nothing.
func TestCorpusIsIngested(t *testing.T) {
	folder, files := corpus(t)
	config := serveCorpus(t, folder, files)
	db := filepath.Join(t.TempDir(), "corpus.db")
	first := fetchAll(t, config, db, "--all")
	t.Logf("first: %s", &first)
	if first.Visits != len(files) {
		t.Errorf("%d visits for %d sources", first.Visits, len(files))
	}
	wantAccepted(t, files, first)

	s, cat := opened(t, db, store.Options{}), parsed(t, config)
	before := editions(t, published(t, s, cat), cat)
	second := fetchAll(t, config, db, "--all", "--force")
	t.Logf("second: %s", &second)
	if second.New != 0 || second.Changed != 0 || second.Fetched != 0 {
		t.Errorf("nothing had changed, but: %s", &second)
	}
	after := editions(t, published(t, s, cat), cat)
	for path, e := range before {
		if after[path] != e {
			t.Errorf("%s: another edition though nothing had changed", path)
		}
	}
	for _, path := range []string{"/feed.rss", "/feed.atom"} {
		_, body, _ := strings.Cut(after[path], "\n")
		t.Run("readers of "+path, func(t *testing.T) { wantRead(t, write(t, "feed.xml", body), 50) })
	}
}

func wantAccepted(t *testing.T, files []corpusFile, s summary) {
	t.Helper()
	failed := map[string]failure{}
	for _, f := range s.Failures {
		failed[f.Source] = f
	}
	expected, taken := 0, 0
	for i, f := range files {
		if !f.want.OK {
			continue
		}
		expected++
		why, bad := failed[fmt.Sprintf("c%04d", i)]
		if !bad {
			taken++
			continue
		}
		if strings.HasPrefix(f.name, "municipal/") {
			t.Errorf("%s: %s: %s", f.name, why.Class, why.Error)
		} else {
			t.Logf("%s: %s: %s", f.name, why.Class, why.Error)
		}
		if why.Class == models.ErrInternal {
			t.Errorf("%s: our own fault: %s", f.name, why.Error)
		}
	}
	if share := float64(taken) / float64(expected); share < 0.98 {
		t.Errorf("%d of %d feeds ingested: %.2f %%, want at least 98 %%", taken, expected, 100*share)
	} else {
		t.Logf("%d of %d feeds ingested: %.2f %%", taken, expected, 100*share)
	}
}

// editions reads every view in every format: ETag and body.
func editions(t *testing.T, get func(string) *httptest.ResponseRecorder, cat *models.Catalog) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, path := range views(cat) {
		for _, suffix := range []string{".rss", ".atom", ".json", ".html"} {
			w := get(path + suffix)
			if w.Code != http.StatusOK || w.Body.Len() == 0 {
				t.Fatalf("%s%s: status %d, %d bytes", path, suffix, w.Code, w.Body.Len())
			}
			all[path+suffix] = w.Header().Get("ETag") + "\n" + w.Body.String()
		}
	}
	return all
}

// TestSameBytesOnBothEngines ingests the same feeds with the same clock into SQLite and PostgreSQL. In
// which order they come is by chance, and so are the numbers in cursors and of archives, and the tags.
func TestSameBytesOnBothEngines(t *testing.T) {
	dsn := os.Getenv("CIVICFEED_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("no PostgreSQL: set CIVICFEED_TEST_POSTGRES to the address of a server, such as postgres:///postgres?host=/run/postgresql")
	}
	folder, files := corpus(t)
	config := serveCorpus(t, folder, files)
	cat := parsed(t, config)
	clock := func() time.Time { return time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC) }
	var all [2]map[string]string
	for i, db := range []string{filepath.Join(t.TempDir(), "corpus.db"), emptySchema(t, dsn)} {
		s := opened(t, db, store.Options{Clock: clock})
		ingest(t, s, cat)
		all[i] = editions(t, published(t, s, cat), cat)
	}
	byChance := regexp.MustCompile(`"[0-9a-f]{16}-\d+"|cursor=[a-z0-9.]+|(/archive/[a-z/-]+/)\d+`)
	for path, e := range all[0] {
		if byChance.ReplaceAllString(all[1][path], "$1") != byChance.ReplaceAllString(e, "$1") {
			t.Errorf("%s: the engines differ", path)
		}
	}
}

// ingest visits every source of a catalog once, into an open store.
func ingest(t *testing.T, s *store.Store, cat *models.Catalog) {
	t.Helper()
	if err := s.Apply(t.Context(), cat); err != nil {
		t.Fatal(err)
	}
	a, err := aggregator.New(s, cat, aggregator.Options{Version: built()})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Once(t.Context(), store.Which{All: true}); err != nil {
		t.Fatal(err)
	}
}

// emptySchema makes a schema of its own on a PostgreSQL server, and its address.
func emptySchema(t testing.TB, dsn string) string {
	t.Helper()
	name := fmt.Sprintf("civicfeed_test_%d", time.Now().UnixNano())
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("DROP SCHEMA " + name + " CASCADE"); err != nil {
			t.Error(err)
		}
		db.Close()
	})
	if _, err := db.Exec("CREATE SCHEMA " + name); err != nil {
		t.Fatal(err)
	}
	sep := "?"
	if strings.Contains(dsn, "?") {
		sep = "&"
	}
	return dsn + sep + "search_path=" + name
}
