package publisher

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"civicfeed/models"
)

func TestP13OverloadIsToldOnlyWhereNothingIsHeld(t *testing.T) {
	c := newCity(t)
	c.populate(2)
	held := c.read("/feed.rss")
	slots := int64(0)
	for c.p.slots.TryAcquire(1) {
		slots++
	}
	defer c.p.slots.Release(slots)
	c.pass(time.Minute)
	c.deliver("dongpu-gov") // nothing new: the feed stays fresh
	if got := c.read("/feed.rss"); got != held {
		t.Error("the held edition was not served")
	}
	res := c.get("/feed.atom")
	if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s, Retry-After %q, Cache-Control %q", res.Status, res.Header.Get("Retry-After"), res.Header.Get("Cache-Control"))
	}
}

func TestP17HeldEditionsNeedNoStore(t *testing.T) {
	c := newCity(t)
	c.populate(2)
	tags := make(map[string]string)
	for _, path := range everyPath() {
		tags[path] = c.get(path).Header.Get("ETag")
	}
	c.store.Close() // from now on a query is an error
	for path, tag := range tags {
		if res := c.get(path, "If-None-Match", tag); res.StatusCode != 304 {
			t.Errorf("GET %s: %s", path, res.Status)
		}
		if res := c.get(path); res.StatusCode != 200 {
			t.Errorf("GET %s: %s", path, res.Status)
		}
	}
	allocs := testing.AllocsPerRun(50, func() {
		if _, err := c.p.edition(context.Background(), c.p.stage.Load(), address{suffix: "rss"}); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 5 {
		t.Errorf("%v allocations to find a held edition: something is rendered", allocs)
	}
}

// A change makes anew what is asked for and touched by it, before anybody asks again.
func TestChangeRenewsWhatItTouches(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	for _, path := range []string{"/sections/focus.rss", "/sections/notices.rss", "/sections/quiet.html", "/"} {
		c.read(path)
	}
	held := func(key, suffix string) *Edition {
		h, ok := c.p.cache.peek(address{view: models.View{Section: key}, suffix: suffix}.name())
		if !ok {
			t.Fatalf("sections/%s.%s is not held", key, suffix)
		}
		return h.Edition
	}
	notices := held("notices", "rss")
	c.pass(2 * time.Hour)
	c.read("/")
	c.deliver("daily", c.item("daily", 77))
	if held("notices", "rss") != notices {
		t.Error("what did not change was made anew")
	}
	if strings.Contains(string(held("focus", "rss").Body.Bytes()), "第77条") {
		t.Error("what nobody asked for within the hour was made anew")
	}
	c.read("/sections/focus.rss")
	c.pass(time.Minute)
	c.deliver("daily", c.item("daily", 78))
	c.store.Close()
	for _, path := range []string{"/", "/sections/focus.rss"} {
		if !strings.Contains(c.read(path), "第78条") {
			t.Errorf("GET %s: not made anew in the background", path)
		}
	}
}

func TestP18LastGoodBytes(t *testing.T) {
	c := newCity(t)
	c.populate(2)
	texts := make(map[string]string)
	for _, path := range append(everyPath(), c.story("daily", 1)+".html", "/status") {
		texts[path] = c.read(path)
	}
	c.store.Close()
	c.pass(24 * time.Hour)
	c.p.Reload(c.catalog)
	if err := c.p.catchUp(context.Background(), true); err == nil {
		t.Fatal("a closed store answered")
	}
	for path, text := range texts {
		if c.read(path) != text {
			t.Errorf("GET %s: other bytes while the store is away", path)
		}
	}
	if res := c.get("/sections/notices.rss"); res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
		t.Errorf("what was never made: %s", res.Status)
	}
	if res := c.get("/healthz"); res.StatusCode != 200 {
		t.Errorf("/healthz: %s", res.Status)
	}
	if res := c.get("/readyz"); res.StatusCode != 503 {
		t.Errorf("/readyz: %s", res.Status)
	}
}

func TestR52LastGoodFilesAfterRestart(t *testing.T) {
	c := newCity(t)
	c.populate(2)
	texts := make(map[string]string)
	for _, path := range everyPath() {
		texts[path] = c.read(path)
	}
	c.p.keep()
	c.store.Close()
	c.publish(c.cache) // a new process, whose store is away from the start
	for path, text := range texts {
		if c.read(path) != text {
			t.Errorf("GET %s: other bytes", path)
		}
	}
}

func TestFilesAreNotTakenForAnotherDatabase(t *testing.T) {
	c := newCity(t)
	c.populate(2)
	old := c.read("/feed.rss")
	c.store.Close()
	for _, file := range []string{c.db, c.db + "-wal", c.db + "-shm"} {
		if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	c.pass(time.Minute)
	c.open()
	if c.read("/feed.rss") == old {
		t.Error("an empty database shows the stories of the one before")
	}
}

func TestDamagedFilesAreNone(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	good := c.read("/feed.rss")
	c.p.keep()
	files, err := filepath.Glob(filepath.Join(c.cache, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, damage := range []func([]byte) []byte{
		func([]byte) []byte { return nil },
		func(b []byte) []byte { return b[:len(b)/2] },
		func(b []byte) []byte { return []byte("{\n" + string(b)) },
		func(b []byte) []byte { return []byte(strings.ReplaceAll(string(b), "通车", "停车")) },
	} {
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, damage(b), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		c.publish(c.cache)
		if c.read("/feed.rss") != good {
			t.Error("damaged bytes were served")
		}
	}
}

// A thousand readers at once, when nothing is held: one rendering for all.
func TestR56Stampede(t *testing.T) {
	c := newCity(t)
	c.populate(20)
	c.publish("")
	var wg sync.WaitGroup
	var bad atomic.Int64
	for i := range 1000 {
		wg.Go(func() {
			if c.get([]string{"/feed.rss", "/feed.atom", "/", "/sections/focus.html"}[i%4]).StatusCode != 200 {
				bad.Add(1)
			}
		})
	}
	wg.Wait()
	if bad.Load() > 0 {
		t.Errorf("%d of 1000 were turned away", bad.Load())
	}
}

// A catalog that panics in rendering must not take the page away.
// TestR58WhatFailsItsCheckIsNotServed: where the head of a feed is not what it must be, the bytes before
// stay, and the log says so.
func TestR58WhatFailsItsCheckIsNotServed(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	paths := []string{"/feed.rss", "/feed.atom", "/feed.json", "/sections/focus.rss"}
	good := map[string]string{}
	for _, path := range paths {
		good[path] = c.read(path)
	}
	var log strings.Builder
	c.p.log = slog.New(slog.NewTextHandler(&log, nil))
	broken := cityCatalog()
	broken.Site.URL = ""
	st := newStage(broken, "nowhere") // no link of it is one
	st.stamp = c.p.stage.Load().stamp + "x"
	c.p.stage.Store(st)
	for _, path := range paths {
		if c.read(path) != good[path] {
			t.Errorf("%s: other bytes", path)
		}
	}
	if !strings.Contains(log.String(), "edition not renewed: the one before is served") || !strings.Contains(log.String(), "check ") {
		t.Errorf("the log says %s", log.String())
	}
}

// TestP62WithdrawnIsNeverStale: what was taken back is not served for want of a rendering, neither while
// all are busy nor while the store is away.
func TestP62WithdrawnIsNeverStale(t *testing.T) {
	c := newCity(t)
	c.history(30)
	gone, title := c.item("daily", 10).ID, "第10天：大桥"
	paths := []string{"/stories/" + gone, "/stories/" + gone + ".json", "/feed.rss?limit=60", "/search.json?q=第10天", "/archive/feed/1.atom", "/feed.rss"}
	for _, path := range paths {
		if !strings.Contains(c.read(path), title) {
			t.Fatalf("%s does not have it", path)
		}
	}
	if _, err := c.store.Withdraw(t.Context(), false, gone); err != nil {
		t.Fatal(err)
	}
	c.look()
	check := func(when string) {
		t.Helper()
		for _, path := range paths {
			res := c.get(path)
			if text := body(t, res); strings.Contains(text, title) || res.StatusCode == 200 && strings.HasPrefix(path, "/stories/") {
				t.Errorf("%s: %s: %s", when, path, res.Status)
			}
		}
	}
	if err := c.p.singleSlots.Acquire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	check("while all are busy")
	c.p.singleSlots.Release(1)
	c.store.Close()
	check("while the store is away")
}

func TestReadyAfterTheFirstCatalog(t *testing.T) {
	c := newCity(t)
	if res := c.get("/readyz"); res.StatusCode != 200 {
		t.Errorf("/readyz: %s: %s", res.Status, body(t, res))
	}
}

func TestStatusTellsWhoIsUnwell(t *testing.T) {
	c := newCity(t)
	page := c.read("/status")
	for _, want := range []string{"尚未读取", "云澜日报", "东浦区政府", "共 2 个来源"} {
		if !strings.Contains(page, want) {
			t.Errorf("before the first visit: no %q", want)
		}
	}
	c.populate(1)
	c.pass(time.Hour)
	c.fail("dongpu-gov", "http_5xx", "fetch https://dongpu-gov.example.org/rss.xml: 502 Bad Gateway")
	page = c.read("/status")
	for _, want := range []string{"1 个正常，1 个有问题", "对方服务器出错。 (HTTP 502)", "502 Bad Gateway", "上次读取未成功：1 小时后再试", "2026-11-20 14:00", "出现问题自"} {
		if !strings.Contains(page, want) {
			t.Errorf("after a failure: no %q", want)
		}
	}
	data := c.read("/status.json")
	for _, want := range []string{`"state": "failing"`, `"class": "http_5xx"`, `"since": "2026-11-20T04:00:00Z"`, `"next_visit": "2026-11-20T06:00:00Z"`, `"failing": 1`, `"explanation": "对方服务器出错。 (HTTP 502)"`} {
		if !strings.Contains(data, want) {
			t.Errorf("as JSON: no %s in %s", want, data)
		}
	}
}

func TestEmptyCityIsKind(t *testing.T) {
	c := newCity(t)
	for _, path := range []string{"/", "/feed.html", "/sections/quiet.html", "/regions/dongpu"} {
		if page := c.read(path); !strings.Contains(page, "还没有新闻") || !strings.Contains(page, `href="/status"`) {
			t.Errorf("GET %s does not say why it is empty", path)
		}
	}
	for _, path := range everyPath() {
		c.read(path)
	}
}
