package aggregator

import (
	"bufio"
	"bytes"
	"context"
	"encoding/gob"
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

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"civicfeed/aggregator/fetch"
	"civicfeed/models"
	"civicfeed/models/store"
)

func TestWayOf(t *testing.T) {
	const day, now = models.Millis(24 * 3600 * 1000), models.Millis(1_800_000_000_000)
	died := func(body string, ago models.Millis) models.Mark { return models.Mark{Body: body, At: now - ago} }
	poison := func(body string, ago models.Millis) models.Mark {
		return models.Mark{Body: body, At: now - ago, Poison: true}
	}
	for name, tt := range map[string]struct {
		mark models.Mark
		want way
		left models.Mark // when the body was read well
	}{
		"nothing":            {models.Mark{}, here, models.Mark{}},
		"died of it":         {died("b", 1), alone, models.Mark{}},
		"of another":         {died("x", 1), alone, died("x", 1)},
		"almost a day ago":   {died("x", day-1), alone, died("x", day-1)},
		"a day ago":          {died("b", day), here, models.Mark{}},
		"of another then":    {died("x", day), here, models.Mark{}},
		"poison":             {poison("b", day-1), never, models.Mark{}},
		"other poison":       {poison("x", day-1), alone, poison("x", day-1)},
		"poison, a day ago":  {poison("b", day), alone, models.Mark{}},
		"other, a day ago":   {poison("x", day), alone, models.Mark{}},
		"of a clock gone on": {died("b", -10*day), alone, models.Mark{}},
	} {
		if got := wayOf(tt.mark, "b", now); got != tt.want {
			t.Errorf("%s: way %d, want %d", name, got, tt.want)
		}
		if got := remains(tt.mark, "b", now); got != tt.left {
			t.Errorf("%s: %+v is left, want %+v", name, got, tt.left)
		}
	}
}

// TestReadAloneReadsAlike: what another process reads is what this one would.
func TestReadAloneReadsAlike(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	src := models.Source{Key: "daily", Name: "日报", Location: zone, Language: "zh-CN", MaxItems: 15}
	for _, body := range [][]byte{cityFeed(), []byte("<html>")} {
		resp := &fetch.Response{URL: "http://www.example.gov.cn/rss.xml", Body: body, ContentType: "text/xml", ContentLanguage: "zh"}
		want, wantErr := Read(resp, src)
		var in, out bytes.Buffer
		var got reading
		if err := errors.Join(gob.NewEncoder(&in).Encode(documentOf(resp, src)), readAloneWith(Read, &in, &out), gob.NewDecoder(&out).Decode(&got)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Reading, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("reading (-here +alone):\n%s", diff)
		}
		if wantErr != nil && (got.Error != wantErr.Error() || got.Class != models.ClassOf(wantErr)) {
			t.Errorf("%s: %s, want %v", got.Class, got.Error, wantErr)
		}
	}
}

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

// TestR38CrashingFeed: a feed over which the process really dies ends the daemon once and never
// again, while others are visited and whatever it is changed into.
func TestR38CrashingFeed(t *testing.T) {
	t.Parallel()
	x := newTroubles(t)
	x.city.says("bad", overflowWord)
	x.visit(true)
	x.wantTried(0)
	x.city.says("good", "甲", "乙")
	x.visit(false)
	x.wantTried(1)
	x.wantHeld("good", "甲", "乙")
	x.wantPoison("tried alone")
	x.visit(false)
	x.wantTried(0)
	x.wantPoison("not tried again")
	x.city.says("bad", overflowWord, "又")
	x.visit(false)
	x.wantTried(1)
	x.wantPoison("changed")
	x.days = 2
	x.visit(false)
	x.wantTried(1)
	x.wantPoison("after a day")
	x.city.says("bad", "好")
	x.visit(false)
	x.wantTried(1)
	x.wantHeld("bad", "好")
	x.city.says("bad", overflowWord, "又")
	x.visit(false)
	x.wantTried(0)
	x.city.says("bad", "好", "更好")
	x.days = 4
	x.visit(false)
	x.wantTried(1)
	if s := x.wantHeld("bad", "好", "更好"); s.Class != "" || s.Reading != (models.Mark{}) {
		t.Errorf("in the end it is %q, mark %+v", s.Class, s.Reading)
	}
	x.wantHeld("good", "甲", "乙")
}

// TestR38KilledIsNoPoison: what was being read when the process was killed is read the next time,
// and with it all that comes from its source that day.
func TestR38KilledIsNoPoison(t *testing.T) {
	t.Parallel()
	x := newTroubles(t)
	x.city.says("bad", killWord)
	x.kill()
	if s := x.wantHeld("bad"); s.Reading.Body == "" || s.Reading.Poison {
		t.Fatalf("the mark is %+v", s.Reading)
	}
	x.visit(false)
	x.wantTried(1)
	if s := x.wantHeld("bad", killWord); s.Reading != (models.Mark{}) {
		t.Errorf("the mark is %+v", s.Reading)
	}
	x.city.says("bad", killWord, "乙")
	x.kill()
	x.city.says("bad", killWord, "丙")
	x.visit(false)
	x.wantTried(1)
	if s := x.wantHeld("bad", killWord, "丙"); s.Reading.Body == "" {
		t.Error("another body took the suspicion away")
	}
	x.days = 2
	x.city.says("bad", killWord, "丁")
	x.visit(false)
	x.wantTried(0)
	if s := x.wantHeld("bad", killWord, "丙", "丁"); s.Reading != (models.Mark{}) {
		t.Errorf("a day later the mark is %+v", s.Reading)
	}
}

// TestR37Quarantine: a panic harms no other source; its body is not read again until it changes.
func TestR37Quarantine(t *testing.T) {
	t.Parallel()
	x := newTroubles(t)
	x.city.says("bad", panicWord)
	visit := func() { visitAll(t, x.db, cityCatalog(x.city.URL, "good", "bad"), 0, nil) }
	visit()
	if s := x.wantHeld("bad"); s.Class != models.ErrInternal || !strings.Contains(s.Error, "civicfeed itself failed (惊慌)") {
		t.Errorf("class %q: %s", s.Class, s.Error)
	}
	x.wantHeld("good", "甲")
	visit()
	x.wantPoison("the same again")
	x.city.says("bad", "好")
	visit()
	x.wantHeld("bad", "好")
}

// TestR38ABusyDatabaseIsNoPoison: that a mark cannot be written says nothing of the body.
func TestR38ABusyDatabaseIsNoPoison(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", says(rss("桂花节")))
		b.alter("CREATE TRIGGER busy BEFORE UPDATE OF reading_body ON sources WHEN new.leased_until > 0 BEGIN SELECT RAISE(ABORT, 'busy'); END")
		b.visit(store.Which{})
		b.ended(models.Failed, models.ErrInternal)
		if s := b.state("daily"); s.Reading != (models.Mark{}) || !strings.Contains(s.Error, "busy") {
			b.Errorf("the mark is %+v: %s", s.Reading, s.Error)
		}
		b.alter("DROP TRIGGER busy")
		b.visit(store.Which{Force: true})
		b.holds("daily", "桂花节")
	})
}

// TestR37APanicElsewhereIsPoisonToo: it ends the process in which its body is read alone.
func TestR37APanicElsewhereIsPoisonToo(t *testing.T) {
	t.Parallel()
	x := newTroubles(t)
	x.city.says("bad", overflowWord)
	x.visit(true)
	x.city.says("bad", panicWord)
	x.visit(false)
	x.wantTried(1)
	x.wantPoison("a panic")
	x.visit(false)
	x.wantTried(0)
}
