package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// readers are programs that people read feeds with. Each prints a line for each entry it sees.
var readers = []struct {
	name    string
	command func(feed, address, folder string) *exec.Cmd
}{
	{"feedparser", func(feed, _, _ string) *exec.Cmd {
		return exec.Command("/usr/bin/python3", "-c", `import sys, feedparser
d = feedparser.parse(sys.argv[1])
assert not d.bozo, d.bozo_exception
for e in d.entries: print(e.id)`, feed)
	}},
	{"sfeed", func(feed, address, _ string) *exec.Cmd {
		return exec.Command("sh", "-c", `sfeed "$1" < "$0"`, feed, address)
	}},
	{"newsboat", func(_, address, folder string) *exec.Cmd {
		urls := filepath.Join(folder, "urls")
		if err := os.WriteFile(urls, []byte(address+"\n"), 0o600); err != nil {
			panic(err)
		}
		script := `newsboat -q -C /dev/null -u "$0/urls" -c "$0/cache.db" -x reload >&2 &&
			newsboat -q -C /dev/null -u "$0/urls" -c "$0/cache.db" -x print-unread | tr -dc 0-9 | xargs seq`
		return exec.Command("sh", "-c", script, folder)
	}},
}

// wantRead wants every reader that is installed to see so many entries in a feed, without complaint.
func wantRead(t *testing.T, feed string, entries int) {
	t.Helper()
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, feed) }))
	defer origin.Close()
	for _, reader := range readers {
		t.Run(reader.name, func(t *testing.T) {
			if !installed(reader.name) {
				t.Skipf("%s is not installed: apt-get install newsboat sfeed python3-feedparser", reader.name)
			}
			cmd := reader.command(feed, origin.URL+"/feed", t.TempDir())
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			if err := cmd.Run(); err != nil {
				t.Fatalf("%v: %s", err, errs.String())
			}
			if n := strings.Count(out.String(), "\n"); n != entries {
				t.Errorf("%d entries seen of %d\n%s", n, entries, errs.String())
			}
		})
	}
}

func installed(reader string) bool {
	if reader == "feedparser" {
		return exec.Command("/usr/bin/python3", "-c", "import feedparser").Run() == nil
	}
	_, err := exec.LookPath(reader)
	return err == nil
}
