package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"civicfeed/models"
	"civicfeed/models/catalog"
	"civicfeed/models/store"
	"civicfeed/publisher"
)

// TestMain lets this test binary be civicfeed itself, for scripts and for processes to kill, and an
// origin whose processor time is not ours.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"civicfeed":    func() { main() },
		"still-origin": stillOrigin,
		"wild-origin":  wildOrigin,
		crowdName:      crowd,
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			mux := http.NewServeMux()
			mux.Handle("/", newSmallCity())
			mux.Handle("/files/", http.StripPrefix("/files/", http.FileServer(http.Dir(env.WorkDir)))) // the script's own
			origin := httptest.NewServer(mux)
			env.Defer(origin.Close)
			env.Setenv("ORIGIN", origin.URL)
			env.Setenv("HOME", env.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"envsubst": func(ts *testscript.TestScript, neg bool, args []string) {
				text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
			},
		},
	})
}

// fetchAll runs fetch over a catalog and database and reads its summary.
func fetchAll(t *testing.T, config, db string, flags ...string) summary {
	t.Helper()
	args := append([]string{"fetch", "--json", "--log-level", "error", "--config", config, "--db", db}, flags...)
	var out, errs bytes.Buffer
	run(t.Context(), args, strings.NewReader(""), &out, &errs)
	var s summary
	if err := json.Unmarshal(out.Bytes(), &s); err != nil {
		t.Fatalf("civicfeed %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return s
}

// write puts a file into a new folder.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// opened opens a store for reading what commands left in it.
func opened(t *testing.T, db string, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), db, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func parsed(t *testing.T, config string) *models.Catalog {
	t.Helper()
	cat, err := catalog.Load(config)
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

// published answers requests from a store, with no daemon between.
func published(t *testing.T, s *store.Store, cat *models.Catalog) func(path string) *httptest.ResponseRecorder {
	t.Helper()
	p := publisher.New(s, cat, publisher.Options{Base: "http://news.example/", CacheDir: t.TempDir(), Limits: publisher.Limits{PerSecond: -1, PagesMade: -1}})
	h := p.Handler()
	return func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), "GET", path, nil))
		return w
	}
}

// views lists the addresses of a catalog's views, without suffix.
func views(cat *models.Catalog) (paths []string) {
	paths = append(paths, "/feed")
	for _, s := range cat.Sections {
		paths = append(paths, "/sections/"+s.Key)
	}
	for _, r := range cat.Regions {
		paths = append(paths, "/regions/"+r.Key)
		for _, s := range cat.Sections {
			paths = append(paths, fmt.Sprintf("/regions/%s/sections/%s", r.Key, s.Key))
		}
	}
	return paths
}

// TestExitStatus: 0 done, 1 what was asked failed, 2 wrong usage.
func TestExitStatus(t *testing.T) {
	config := write(t, "feeds.yaml", `site: {title: 临江新闻汇}
network: {allow: [127.0.0.0/8]}
sections: [{key: news, title: 要闻}]
sources: [{key: street, name: 柳巷街道, url: "http://127.0.0.1:9/rss.xml", section: news}]
`)
	page := write(t, "page.html", "<!DOCTYPE html><html><body>首页</body></html>")
	for _, c := range []struct {
		args string
		want int
	}{
		{"version", done}, {"check", done}, {"help", done},
		{"check --fetch", failed}, {"fetch --force street", failed}, {"preview " + page, failed}, {"check --config none.yaml", failed},
		{"fetch nosuch", usage}, {"preview --format xls " + page, usage}, {"preview --timezone Asia/Beijing " + page, usage},
		{"serve --roles bake", usage}, {"fetch --log-level loud", usage}, {"serv", usage}, {"check --fecth", usage}, {"preview", usage},
	} {
		args := append(strings.Fields(c.args), "--db", filepath.Join(t.TempDir(), "civicfeed.db"))
		if !strings.Contains(c.args, "--config") {
			args = append(args, "--config", config)
		}
		var out, errs bytes.Buffer
		if got := run(t.Context(), args, strings.NewReader(""), &out, &errs); got != c.want {
			t.Errorf("civicfeed %s: exit status %d, want %d\n%s", c.args, got, c.want, errs.String())
		}
		if c.want != done && errs.Len()+out.Len() == 0 {
			t.Errorf("civicfeed %s: fails without a word", c.args)
		}
	}
}
