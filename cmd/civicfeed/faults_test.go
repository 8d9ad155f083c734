package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// child is civicfeed in a process of its own.
type child struct {
	*exec.Cmd
	log page
}

// born starts a daemon in a process of its own, by a shell that may prepare it; it tells its address.
func born(t *testing.T, prepare, config, db string) (c *child, address string) {
	t.Helper()
	c = &child{}
	c.Cmd = exec.Command("/bin/sh", "-c", prepare+` exec "$0" "$@"`, itself(t, "civicfeed"),
		"serve", "--listen", "127.0.0.1:0", "--config", config, "--db", db, "--cache-dir", t.TempDir())
	c.Stderr = &c.log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill() // unless it has ended
		_ = c.Wait()
	})
	listen := regexp.MustCompile(`listen=(\S+)`)
	eventually(t, "the address", func() bool {
		if m := listen.FindStringSubmatch(c.log.String()); m != nil {
			address = m[1]
		}
		return address != ""
	})
	return c, address
}

// TestR17ZoneDatabase: where there is no zone database, zones are known all the same. Without the
// one that is built in, the program would find that of this machine: so it is locked out of that.
func TestR17ZoneDatabase(t *testing.T) {
	prison := t.TempDir()
	build := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(prison, "civicfeed"), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, text := range map[string]string{
		"feeds.yaml": "site: {title: 临江新闻汇, timezone: Asia/Shanghai}\nsections: [{key: news, title: 要闻}]\n" +
			"sources: [{key: street, name: 柳巷街道, url: \"http://www.example/rss.xml\", section: news, timezone: Europe/Berlin}]\n",
		"feed.xml": `<rss version="2.0"><channel><title>要闻</title><item><title>新馆开放</title><pubDate>2026-10-04 09:30</pubDate></item></channel></rss>`,
	} {
		if err := os.WriteFile(filepath.Join(prison, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ args, want string }{
		{"check --config feeds.yaml", "1 source"},
		{"preview feed.xml --config feeds.yaml", "2026-10-04 09:30"},
		{"preview feed.xml --timezone America/New_York --format json", "2026-10-04T13:30:00Z"},
	} {
		out, err := imprisoned(t, prison, strings.Fields(c.args)...)
		if err != nil || !strings.Contains(out, c.want) {
			t.Errorf("civicfeed %s: %v, does not say %q\n%s", c.args, err, c.want, out)
		}
	}
}

// imprisoned runs the program with a folder as all of its file system; as a user who may not do that,
// in a namespace where he may.
func imprisoned(t *testing.T, prison string, args ...string) (string, error) {
	t.Helper()
	var out []byte
	var err error
	for _, flags := range []uintptr{0, syscall.CLONE_NEWUSER} {
		cmd := exec.CommandContext(t.Context(), "/civicfeed", args...)
		cmd.Dir, cmd.Env = "/", []string{"ZONEINFO=/nonexistent"}
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: prison, Cloneflags: flags}
		if flags != 0 {
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
			cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
		}
		if out, err = cmd.CombinedOutput(); !errors.Is(err, fs.ErrPermission) {
			break
		}
	}
	return string(out), err
}

// TestR40NoDescriptorsLeft: more connections than a process may have descriptors cost no processor
// time and no source a failure; when they go, all goes on.
func TestR40NoDescriptorsLeft(t *testing.T) {
	city := newSmallCity()
	var asked atomic.Int64
	origin := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("Connection", "close") // each visit needs a descriptor anew
		city.ServeHTTP(w, r)
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = origin.Serve(l) })
	defer serving.Wait()
	defer origin.Close()
	config := write(t, "feeds.yaml", fmt.Sprintf(`site: {title: 临江新闻汇}
network: {floor: 1s, per_host: {gap: 0s}, allow: [127.0.0.0/8]}
sections: [{key: news, title: 要闻}]
sources: [{key: street, name: 柳巷街道, url: "http://%s/news/street.rss", section: news, schedule: "@every 1s"}]
`, l.Addr()))
	db := filepath.Join(t.TempDir(), "few.db")
	c, address := born(t, "ulimit -n 64;", config, db)
	eventually(t, "the first visits", func() bool { return asked.Load() > 2 })

	var crowd []net.Conn
	defer func() {
		for _, conn := range crowd {
			conn.Close()
		}
	}()
	for range 150 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		crowd = append(crowd, conn)
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n") // and no more
	}
	eventually(t, "a visit that finds no descriptor", func() bool { return strings.Contains(c.log.String(), "too many open files") })
	before := spent(t, c.Process.Pid)
	time.Sleep(2 * time.Second)
	if busy := spent(t, c.Process.Pid) - before; busy > time.Second {
		t.Errorf("%s of the processor in two seconds without a descriptor", busy)
	}
	for _, conn := range crowd {
		conn.Close()
	}
	crowd = nil
	seen := asked.Load()
	eventually(t, "pages and visits to come back", func() bool {
		return strings.Contains(get200("http://"+address+"/sections/news.atom"), "临江市第3号消息") && asked.Load() > seen+2
	})
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("ended with %v\n%s", err, c.log.String())
	}
	states, err := opened(t, db, store.Options{}).Sources(t.Context())
	if err != nil || len(states) != 1 || states[0].Failures != 0 || states[0].Class != "" {
		t.Errorf("the source is left as %+v, %v", states, err)
	}
	if strings.Contains(c.log.String(), "class=connect") || strings.Contains(c.log.String(), "panic") {
		t.Errorf("the lack was held against the source:\n%s", c.log.String())
	}
}

// spent is the processor time that a process has used.
func spent(t *testing.T, pid int) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	var user, system int64 // the 14th and 15th field; what follows the name in brackets begins with the third
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		t.Fatal(err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond // clock ticks, a hundred a second on Linux
}

// TestR51StoppedWhileFetching stops a daemon in the middle of fifty visits, of which none, some or
// all are answered at that moment: it ends in time and in order, what was saved is whole, and the
// others are due after the floor.
func TestR51StoppedWhileFetching(t *testing.T) {
	const sources = 50
	var waiting atomic.Int64
	var gate atomic.Pointer[chan struct{}]
	closed := make(chan struct{})
	close(closed)
	city := newSmallCity()
	origin := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		waiting.Add(1)
		select {
		case <-*gate.Load():
			city.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})}
	l, err := net.Listen("tcp4", ":0") // all of 127.0.0.0/8: a host of its own for each source
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = origin.Serve(l) })
	defer serving.Wait()
	defer origin.Close()
	var y strings.Builder
	y.WriteString("site: {title: 临江新闻汇}\nnetwork: {floor: 1s, per_host: {gap: 0s}, allow: [127.0.0.0/8]}\nsections: [{key: news, title: 要闻}]\nsources:\n")
	want := map[string]int{}
	for i := range sources {
		key := fmt.Sprintf("s%02d", i)
		want[key] = 3
		fmt.Fprintf(&y, "  - {key: %s, name: 第%d站, url: \"http://127.0.0.%d:%d/news/%[1]s.rss\", section: news}\n", key, i, i+1, l.Addr().(*net.TCPAddr).Port)
	}
	config := write(t, "feeds.yaml", y.String())
	for _, open := range []int{0, 1, sources / 2, sources} {
		t.Run(fmt.Sprint(open, " answered"), func(t *testing.T) {
			hold := make(chan struct{})
			gate.Store(&hold)
			waiting.Store(0)
			db := filepath.Join(t.TempDir(), "term.db")
			c, _ := born(t, "", config, db)
			eventually(t, "fifty visits under way", func() bool { return waiting.Load() == sources })
			for range open {
				hold <- struct{}{}
			}
			began := time.Now()
			if err := c.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			err := c.Wait()
			if took := time.Since(began); err != nil || took > 10*time.Second {
				t.Errorf("ended after %s with %v\n%s", took, err, c.log.String())
			}
			if log := c.log.String(); strings.Contains(log, "panic") || strings.Contains(log, "level=ERROR") || strings.Contains(log, "DATA RACE") {
				t.Errorf("it says:\n%s", log)
			}
			checkStopped(t, db)
			gate.Store(&closed)
			time.Sleep(time.Second) // the floor
			fetchAll(t, config, db)
			wantOnce(t, opened(t, db, store.Options{}), want)
		})
	}
}

// checkStopped wants each source either visited well or as if it had not been visited at all.
func checkStopped(t *testing.T, db string) {
	t.Helper()
	s, err := store.Open(t.Context(), db, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	states, err := s.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now := models.MillisOf(time.Now())
	for _, st := range states {
		stories, err := s.Latest(t.Context(), models.View{Source: st.Key}, models.ByListed, 10)
		if err != nil {
			t.Fatal(err)
		}
		whole, none := st.LastOK != 0 && len(stories) == 3, st.LastVisit == 0 && st.NextAt <= now && len(stories) == 0
		if st.Failures != 0 || st.Class != "" || st.LeasedUntil > now || !whole && !none {
			t.Errorf("%s is left with %d items: %+v", st.Key, len(stories), st)
		}
	}
}
