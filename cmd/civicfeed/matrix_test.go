package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"civicfeed/aggregator"
	"civicfeed/aggregator/fetch"
	"civicfeed/models"
)

// entry is what every reader must see of an item.
type entry struct{ ID, Title string }

// matrix are those who read, each in its own way, a feed at an address.
var matrix = []struct {
	name string
	read func(t *testing.T, doc []byte, address string) []entry
}{
	{"strict XML", readStrictly},
	{"gofeed", readOurselves},
	{"feedparser", readByFeedparser},
	{"sfeed", readBySfeed},
	{"newsboat", readByNewsboat},
}

// TestP64ReadersAgree: every reader sees the same items in the same order, in a feed, in its pages,
// in an archive and in the answer to a search.
func TestP64ReadersAgree(t *testing.T) {
	t.Parallel()
	get, _ := hostileSite(t)
	second := func(suffix string) string {
		next := leading("/feed."+suffix, get("/feed."+suffix+"?limit=20").Body.String())
		if len(next) == 0 {
			t.Fatalf("/feed.%s?limit=20 has no second page", suffix)
		}
		return next[0]
	}
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := get(r.URL.RequestURI())
		w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
		_, _ = w.Write(answer.Body.Bytes()) // whoever hangs up has had enough
	}))
	t.Cleanup(origin.Close)
	for _, suffix := range []string{"rss", "atom"} {
		for name, path := range map[string]string{
			"feed": "/feed." + suffix, "page": second(suffix), "archive": "/archive/feed/1." + suffix, "search": "/search." + suffix + "?q=" + "%E9%80%9A%E7%9F%A5",
		} {
			answer := get(path)
			if answer.Code != http.StatusOK {
				t.Errorf("%s: status %d", path, answer.Code)
				continue
			}
			want := readStrictly(t, answer.Body.Bytes(), "")
			if len(want) == 0 {
				t.Errorf("%s has no items", path)
			}
			for _, reader := range matrix {
				t.Run(suffix+" "+name+" by "+reader.name, func(t *testing.T) {
					wantEntries(t, reader.read(t, answer.Body.Bytes(), origin.URL+path), want)
				})
			}
		}
	}
}

// wantEntries wants the same ids in the same order, and titles where they are no puzzle.
func wantEntries(t *testing.T, got, want []entry) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d items of %d", len(got), len(want))
	}
	for i := range got {
		if got[i].ID != want[i].ID {
			t.Fatalf("item %d is %s, not %s", i+1, got[i].ID, want[i].ID)
		}
		plain := !strings.ContainsAny(want[i].Title, "<&\\") // readers differ about what is HTML
		if plain && strings.Join(strings.Fields(got[i].Title), " ") != strings.Join(strings.Fields(want[i].Title), " ") {
			t.Errorf("item %d: title %q, not %q", i+1, got[i].Title, want[i].Title)
		}
	}
}

func readStrictly(t *testing.T, doc []byte, _ string) (all []entry) {
	t.Helper()
	var feed struct {
		Items []struct {
			GUID  string `xml:"guid"`
			Title string `xml:"title"`
		} `xml:"channel>item"`
		Entries []struct {
			ID    string `xml:"id"`
			Title string `xml:"title"`
		} `xml:"entry"`
	}
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.Strict = true
	if err := d.Decode(&feed); err != nil {
		t.Fatal(err)
	}
	for _, it := range feed.Items {
		all = append(all, entry{it.GUID, it.Title})
	}
	for _, e := range feed.Entries {
		all = append(all, entry{e.ID, e.Title})
	}
	return all
}

// readOurselves reads as the daemon reads its sources, which is by gofeed.
func readOurselves(t *testing.T, doc []byte, address string) (all []entry) {
	t.Helper()
	r, err := aggregator.Read(&fetch.Response{URL: address, Body: doc}, models.Source{Key: "own", URL: address, Location: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range r.Items {
		all = append(all, entry{it.GUID, it.Title})
	}
	return all
}

func readByFeedparser(t *testing.T, doc []byte, _ string) (all []entry) {
	t.Helper()
	wantInstalled(t, "feedparser")
	out := output(t, doc, "/usr/bin/python3", "-c", `import sys, json, feedparser
d = feedparser.parse(sys.stdin.buffer.read())
assert not d.bozo, d.bozo_exception
json.dump([{"ID": e.id, "Title": e.title} for e in d.entries], sys.stdout)`)
	if err := json.Unmarshal(out, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func readBySfeed(t *testing.T, doc []byte, address string) (all []entry) {
	t.Helper()
	wantInstalled(t, "sfeed")
	for line := range strings.Lines(string(output(t, doc, "sfeed", address))) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		all = append(all, entry{fields[5], fields[1]})
	}
	return all
}

// readByNewsboat looks into what it has kept; it numbers the items of a feed from the last to the first.
func readByNewsboat(t *testing.T, _ []byte, address string) (all []entry) {
	t.Helper()
	wantInstalled(t, "newsboat")
	urls, cache := write(t, "urls", address+"\n"), filepath.Join(t.TempDir(), "cache.db")
	output(t, nil, "newsboat", "-q", "-C", "/dev/null", "-u", urls, "-c", cache, "-x", "reload")
	if _, err := os.Stat(cache); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", cache)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "SELECT guid, title FROM rss_item ORDER BY id DESC")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var e entry
		if err := rows.Scan(&e.ID, &e.Title); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func wantInstalled(t *testing.T, reader string) {
	t.Helper()
	if !installed(reader) {
		t.Skipf("%s is not installed: apt-get install newsboat sfeed python3-feedparser", reader)
	}
}

// output runs a program on bytes.
func output(t *testing.T, stdin []byte, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var errs bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(stdin), &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w: %s", name, err, errs.String()))
	}
	return out
}
