package catalog

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

// quick is a pace for tests: changes are told by the system, polling is too slow to help.
var quick = pace{settle: 200 * time.Millisecond, poll: time.Hour}

// patient is one for changes in several steps, on a machine that is busy.
var patient = pace{settle: 800 * time.Millisecond, poll: time.Hour}

// news is what a watch told.
type news struct {
	title string
	err   error
}

// watched runs a watch over a file with a title, until the test ends.
func watched(t *testing.T, path string, p pace) <-chan news {
	t.Helper()
	told, done := make(chan news, 1000), make(chan error)
	ctx, stop := context.WithCancel(t.Context())
	w := newWatcher(path, func(c *models.Catalog, err error) {
		if err != nil {
			told <- news{err: err}
			return
		}
		told <- news{title: c.Site.Title}
	})
	go func() { done <- w.run(ctx, p) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("watch: %v", err)
		}
		w.close()
	})
	return told
}

func content(title string) string {
	return fmt.Sprintf("site: {title: %s}\nsources: [{key: a, name: 甲, url: https://a.example/}]\n", title)
}

func write(t *testing.T, path, data string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, told <-chan news, title, problem string) {
	t.Helper()
	select {
	case n := <-told:
		if n.title != title || (n.err != nil) != (problem != "") || n.err != nil && !strings.Contains(n.err.Error(), problem) {
			t.Errorf("told %q, %v; want %q, %q", n.title, n.err, title, problem)
		}
	case <-time.After(30 * time.Second):
		t.Errorf("told nothing; want %q, %q", title, problem)
	}
}

func silence(t *testing.T, told <-chan news, p pace) {
	t.Helper()
	select {
	case n := <-told:
		t.Errorf("told %q, %v; want nothing", n.title, n.err)
	case <-time.After(2 * p.settle):
	}
}

func TestWatchR42(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "feeds.yaml")
	write(t, path, content("一"))
	told := watched(t, path, patient)

	write(t, path, content("二"))
	expect(t, told, "二", "")
	write(t, path, content("二"))
	silence(t, told, patient) // the same content

	write(t, path, "site: {titel: 三}\n")
	expect(t, told, "", `write "title"`)
	write(t, path, content("二"))
	expect(t, told, "二", "") // good again, though nothing new

	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	expect(t, told, "", "no such file")
	write(t, path, content("二"))
	expect(t, told, "二", "")
}

// Editors write a new file and put it into the place of the old one.
func TestWatchRename(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "feeds.yaml")
	write(t, path, content("一"))
	told := watched(t, path, patient)
	for _, title := range []string{"二", "三"} {
		fresh := filepath.Join(dir, ".feeds.yaml.swp")
		write(t, fresh, content(title))
		if err := os.Rename(path, path+"~"); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(fresh, path); err != nil {
			t.Fatal(err)
		}
		expect(t, told, title, "")
	}
	silence(t, told, patient)
}

// A write in steps is read once, when it is over.
func TestWatchHalfWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "feeds.yaml")
	write(t, path, content("一"))
	told := watched(t, path, patient)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.SplitAfter(content("二"), "{") {
		if _, err := f.WriteString(part); err != nil {
			t.Fatal(err)
		}
		time.Sleep(quick.settle / 10)
	}
	f.Close()
	expect(t, told, "二", "")
	silence(t, told, patient)
}

// Deployments let a link lead to another directory.
func TestWatchSymlink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, v := range []string{"一", "二"} {
		if err := os.Mkdir(filepath.Join(dir, v), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, v, "feeds.yaml"), content(v))
	}
	link := func(old, name string) {
		t.Helper()
		if err := os.Symlink(old, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	link("一", "data")
	link("data/feeds.yaml", "feeds.yaml")
	told := watched(t, filepath.Join(dir, "feeds.yaml"), patient)
	link("二", "fresh")
	if err := os.Rename(filepath.Join(dir, "fresh"), filepath.Join(dir, "data")); err != nil {
		t.Fatal(err)
	}
	expect(t, told, "二", "")
	write(t, filepath.Join(dir, "二", "feeds.yaml"), content("三")) // behind the link
	expect(t, told, "三", "")
}

// Of a hundred saves the last one wins, and nothing is left running.
func TestWatchR44Storm(t *testing.T) {
	path := filepath.Join(t.TempDir(), "feeds.yaml")
	write(t, path, content("零"))
	before := runtime.NumGoroutine()
	t.Run("storm", func(t *testing.T) {
		told := watched(t, path, quick)
		for i := range 100 {
			write(t, path, content(fmt.Sprintf("第%d", i)))
		}
		last := ""
		for last != "第99" {
			select {
			case n := <-told:
				if n.err == nil {
					last = n.title
				}
			case <-time.After(30 * time.Second):
				t.Fatalf("the last told is %q", last)
			}
		}
		silence(t, told, quick)
	})
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

// The database writes beside the catalog without end; that must not keep a change from being read.
func TestWatchBesideABusyFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "feeds.yaml")
	write(t, path, content("一"))
	told := watched(t, path, patient)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			_ = os.WriteFile(filepath.Join(dir, "civicfeed.db-wal"), []byte("x"), 0o600)
			time.Sleep(5 * time.Millisecond)
		}
	}()
	defer func() { stop(); <-done }()
	write(t, path, content("二"))
	expect(t, told, "二", "")
}

func TestWatchPolls(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "later", "feeds.yaml") // its directory is not there yet
	told := watched(t, path, pace{settle: time.Hour, poll: 30 * time.Millisecond})
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, path+".new", content("一"))
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	expect(t, told, "一", "")
}

func TestWatchRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "feeds.yaml", content("一"))
	told := watched(t, "feeds.yaml", quick)
	write(t, "feeds.yaml", content("二"))
	expect(t, told, "二", "")
}

func TestWatchEnds(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := Watch(ctx, filepath.Join(t.TempDir(), "feeds.yaml"), func(*models.Catalog, error) { t.Error("told") }); err != nil {
		t.Error(err)
	}
}
