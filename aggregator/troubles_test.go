package aggregator

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"civicfeed/aggregator/fetch"
	"civicfeed/models"
	"civicfeed/models/store"
)

// troubledCity is an origin whose feed of a key is what its test says.
type troubledCity struct {
	*httptest.Server
	feeds map[string]*atomic.Pointer[string]
}

func newTroubledCity(t *testing.T, keys ...string) *troubledCity {
	t.Helper()
	c := &troubledCity{feeds: map[string]*atomic.Pointer[string]{}}
	for _, key := range keys {
		c.feeds[key] = new(atomic.Pointer[string])
		c.says(key, "甲")
	}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if feed, ok := c.feeds[strings.Trim(r.URL.Path, "/")]; ok {
			fmt.Fprint(w, *feed.Load())
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// says makes a feed of these titles.
func (c *troubledCity) says(key string, titles ...string) {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>要闻</title>`)
	for _, title := range titles {
		fmt.Fprintf(&b, `<item><guid isPermaLink="false">%s-%s</guid><title>%[2]s</title></item>`, key, title)
	}
	b.WriteString(`</channel></rss>`)
	text := b.String()
	c.feeds[key].Store(&text)
}

func cityCatalog(origin string, keys ...string) *models.Catalog {
	cat := &models.Catalog{Site: models.Site{Title: "临江新闻汇", Location: time.UTC}, Network: models.DefaultNetwork()}
	cat.Network.Allow = []string{"127.0.0.0/8"}
	cat.Network.Gap, cat.Network.Floor = 0, time.Second
	for _, key := range keys {
		cat.Sources = append(cat.Sources, models.Source{
			Key: key, Name: key, URL: origin + "/" + key, Enabled: true, Location: time.UTC, Timeout: 30 * time.Second,
		})
	}
	return cat
}

// The words in a body that break a process which reads it, and the variables that a child gets.
const (
	overflowWord = "溢出" // its stack
	panicWord    = "惊慌"
	killWord     = "等待" // it says so and waits to be killed, where waitVariable is set

	childVariable = "CIVICFEED_TEST_CHILD" // the work of a child process
	dbVariable    = "CIVICFEED_TEST_DB"
	cityVariable  = "CIVICFEED_TEST_CITY"
	daysVariable  = "CIVICFEED_TEST_DAYS" // how far its clock is ahead
	waitVariable  = "CIVICFEED_TEST_WAIT"
	triesVariable = "CIVICFEED_TEST_TRIES" // a file that gets the source of each process of its own
)

// brittle is Read, but for those words.
func brittle(resp *fetch.Response, src models.Source) (*Reading, error) {
	switch {
	case bytes.Contains(resp.Body, []byte(overflowWord)):
		debug.SetMaxStack(1 << 20)
		return nil, errors.New(strings.Repeat("x", overflow(1)))
	case bytes.Contains(resp.Body, []byte(killWord)) && os.Getenv(waitVariable) != "":
		fmt.Println("reading")
		time.Sleep(time.Minute)
	case bytes.Contains(resp.Body, []byte(panicWord)):
		return nil, &panicked{"惊慌", nil}
	}
	return Read(resp, src)
}

// overflow ends after more steps than any stack has.
func overflow(n int) int {
	if n == 0 {
		return 0
	}
	return overflow(n+1) + 1
}

// TestChild is the child processes; by itself it does nothing.
func TestChild(t *testing.T) {
	switch os.Getenv(childVariable) {
	case "daemon":
		days := 0
		_, _ = fmt.Sscan(os.Getenv(daysVariable), &days)
		visitAll(t, os.Getenv(dbVariable), cityCatalog(os.Getenv(cityVariable), "good", "bad"), time.Duration(days)*24*time.Hour, child)
		os.Exit(0)
	case "alone":
		note := func(resp *fetch.Response, src models.Source) (*Reading, error) {
			f, err := os.OpenFile(os.Getenv(triesVariable), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
			if err != nil {
				return nil, err
			}
			fmt.Fprintln(f, src.Key)
			return brittle(resp, src)
		}
		if err := readAloneWith(note, os.Stdin, os.Stdout); err != nil {
			t.Fatal(err)
		}
		os.Exit(0)
	}
}

// child makes a process of this test binary that reads alone.
func child(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), childVariable+"=alone")
	return cmd
}

// visitAll visits every source of a catalog once, as a daemon does that has just been started.
func visitAll(t *testing.T, db string, cat *models.Catalog, ahead time.Duration, alone func(context.Context) *exec.Cmd) {
	t.Helper()
	ctx := context.Background()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	st, err := store.Open(ctx, db, store.Options{Clock: func() time.Time { return time.Now().Add(ahead) }})
	check(err)
	unlock, err := st.LockPolling(ctx)
	check(err)
	check(st.Apply(ctx, cat))
	a, err := New(st, cat, Options{Alone: alone})
	check(err)
	a.read = brittle
	check(a.Once(ctx, store.Which{Force: true}))
	check(unlock())
	check(st.Close())
}

// troubles are a city, its database and the daemons that are started on it one after the other.
type troubles struct {
	*testing.T
	city  *troubledCity
	db    string
	tries string
	days  int
}

func newTroubles(t *testing.T) *troubles {
	dir := t.TempDir()
	return &troubles{T: t, city: newTroubledCity(t, "good", "bad"), db: filepath.Join(dir, "x.db"), tries: filepath.Join(dir, "tries")}
}

func (t *troubles) daemon() *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), childVariable+"=daemon", dbVariable+"="+t.db, cityVariable+"="+t.city.URL,
		triesVariable+"="+t.tries, fmt.Sprintf("%s=%d", daysVariable, t.days))
	return cmd
}

// visit runs a daemon, which is to die or to live.
func (t *troubles) visit(dies bool) {
	t.Helper()
	var out bytes.Buffer
	cmd := t.daemon()
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if dies != (err != nil) || dies && !strings.Contains(out.String(), "stack overflow") {
		t.Fatalf("the daemon ended with %v:\n%.2000s", err, out.String())
	}
}

// kill runs a daemon until a document is being read, and kills it.
func (t *troubles) kill() {
	t.Helper()
	cmd := t.daemon()
	cmd.Env = append(cmd.Env, waitVariable+"=yes")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != "reading"; {
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
}

// wantTried checks how many processes of their own the bad feed had since it was last asked. The
// good one has some too where it was being read when the daemon ended.
func (t *troubles) wantTried(n int) {
	t.Helper()
	said, err := os.ReadFile(t.tries)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if got := strings.Count(string(said), "bad"); got != n {
		t.Errorf("%d processes of their own, want %d", got, n)
	}
	_ = os.Remove(t.tries)
}

// wantHeld checks the titles held of a source, and gives its state.
func (t *troubles) wantHeld(key string, titles ...string) models.SourceState {
	t.Helper()
	st, err := store.Open(t.Context(), t.db, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	stories, err := st.Latest(t.Context(), models.View{Source: key}, models.ByListed, 100)
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]bool{}
	for _, s := range stories {
		held[s.Items[0].Title] = true
	}
	for _, title := range titles {
		if !held[title] {
			t.Errorf("%s: %s is not held", key, title)
		}
	}
	if len(stories) != len(titles) {
		t.Errorf("%s: %d items are held, want %d", key, len(stories), len(titles))
	}
	all, err := st.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Key == key {
			return s
		}
	}
	t.Fatalf("no source %s", key)
	return models.SourceState{}
}

func (t *troubles) wantPoison(because string) {
	t.Helper()
	s := t.wantHeld("bad")
	if s.Class != models.ErrInternal || !strings.Contains(s.Error, "report this feed") || s.Failures != 0 || !s.Reading.Poison {
		t.Errorf("%s: class %q, %d failures, mark %+v: %s", because, s.Class, s.Failures, s.Reading, s.Error)
	}
}
