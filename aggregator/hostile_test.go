//go:build linux

package aggregator

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/text/encoding/simplifiedchinese"

	"civicfeed/aggregator/fetch"
	"civicfeed/models"
)

// hostile is an input that broke a reader of feeds, and what must come of it here.
type hostile struct {
	body   func(io.Writer)
	header string            // Content-Type
	want   models.ErrorClass // of the refusal; empty: it is read
	items  int               // in it, where it is read
	scan   bool              // it must be refused before anything is built: in 20 ms and 64 MB
}

const (
	scanTime   = 20 * time.Millisecond // of the processor
	scanMemory = 64 << 10              // KB more than a process needs that reads a small feed
	readTime   = 10 * time.Second      // likewise, for what is read
	readMemory = 192 << 10
	hardLimit  = 512 << 20 // bytes, of all data of a process: beyond it dies
)

const (
	rssHead  = `<?xml version="1.0"?><rss version="2.0"><channel><title>要闻</title>`
	rssTail  = `</channel></rss>`
	jsonHead = `{"version":"https://jsonfeed.org/version/1","title":"t","items":`
)

// say writes strings one after the other.
func say(parts ...string) func(io.Writer) {
	return func(w io.Writer) {
		for _, p := range parts {
			if _, err := io.WriteString(w, p); err != nil {
				return
			}
		}
	}
}

// flood writes a head, n times a part, whose number goes in for %d, and a tail.
func flood(head string, n int, part, tail string) func(io.Writer) {
	return func(w io.Writer) {
		_, err := io.WriteString(w, head)
		for i := 0; i < n && err == nil; i++ {
			if strings.Contains(part, "%d") {
				_, err = fmt.Fprintf(w, part, i)
			} else {
				_, err = io.WriteString(w, part)
			}
		}
		_, _ = io.WriteString(w, tail)
	}
}

func both(writers ...func(io.Writer)) func(io.Writer) {
	return func(w io.Writer) {
		for _, write := range writers {
			write(w)
		}
	}
}

// bombs are those that must be refused by a scan.
func bombs() map[string]hostile {
	all := map[string]hostile{}
	add := func(name string, body func(io.Writer)) {
		all[name] = hostile{body: body, want: models.ErrTooLarge, scan: true}
	}
	add("T18 nested 1e5", both(flood(rssHead+"<item>", 100_000, "<x:a>", ""), flood("", 100_000, "</x:a>", "</item>"+rssTail)))
	add("T18 nested 1e6", both(flood(rssHead+"<item>", 950_000, "<x:a>", ""), flood("", 950_000, "</x>", "</item>"+rssTail)))
	add("T18 nested 2e6 unclosed", flood(rssHead+"<item>", 2_000_000, "<x:a>", ""))
	add("T18 nested in channel", flood(rssHead, 1_000_000, "<unknown>", ""))
	add("T18 nested base", flood(rssHead, 10_000, `<x:a xml:base="b/">`, ""))
	for _, n := range []int{2_000, 4_000, 8_000} {
		add(fmt.Sprintf("T19 nested xmlns %d", n), flood(rssHead, n, `<a xmlns:n%d="u">`, ""))
	}
	for _, n := range []int{1_000, 2_000, 4_000} {
		add(fmt.Sprintf("T19 %d xmlns on the channel", n), both(flood(`<rss version="2.0"><channel`, n, ` xmlns:n%d="u"`, ">"), flood("", 10*n, "<item/>", rssTail)))
	}
	add("T20 items", flood(rssHead, 1_000_000, "<item/>", rssTail))
	add("T20 extensions", flood(rssHead+"<item>", 1_000_000, "<x:a/>", "</item>"+rssTail))
	add("T20 attributes", flood(rssHead+"<item a", 1_000_000, ` b="1"`, "/>"+rssTail))
	add("T20 attributes of the root", flood("<rss", 1_000_000, ` b%d="1"`, "/>"))
	add("T20 comments", flood(rssHead, 1_000_000, "<!---->", rssTail))
	add("T20 comments in an extension", flood(rssHead+"<item><x:a>", 300_000, "a<!---->", "</x:a></item>"+rssTail))
	add("T20 end tags", flood(rssHead, 1_000_000, "</a>", rssTail))
	add("T22 deep JSON", flood(jsonHead, 1_000_000, "[", ""))
	add("T22 deep objects", flood(jsonHead, 1_000_000, `{"a":`, ""))
	add("T22 JSON items", flood(jsonHead+"[{}", 1_000_000, ",{}", "]}"))
	add("T22 JSON tags", flood(jsonHead+`[{"tags":[""`, 1_000_000, `,""`, "]}]}"))
	add("R35 100k items", flood(rssHead, 100_000, "<item><title>条目</title><guid>%d</guid><link>https://a.example/%[1]d</link></item>", rssTail))
	for name, around := range map[string][2]string{
		"title": {"<item><title>", "</title></item>"}, "CDATA": {"<item><description><![CDATA[", "]]></description></item>"},
		"extension": {"<item><x:a>", "</x:a></item>"}, "comment": {"<!--", "-->"}, "attribute": {`<item a="`, `"/>`},
	} {
		add("T21 100 MB in a "+name, flood(rssHead+around[0], 1_600, strings.Repeat("x", 64<<10), around[1]+rssTail))
	}
	add("T21 100k real items", flood(rssHead, 100_000, "<item><title>条目</title><guid>%d</guid><description>"+strings.Repeat("正文", 70)+"</description></item>", rssTail))
	add("T21 items without end", flood(rssHead, 1<<30, "<item><title>条目</title></item>", ""))
	return all
}

// troublemakers are those that are read, or refused for what they are.
func troublemakers() map[string]hostile {
	item := func(inner string) func(io.Writer) { return say(rssHead, "<item>", inner, "</item>", rssTail) }
	in := func(head string, n int, part, tail string) func(io.Writer) {
		return flood(rssHead+"<item>"+head, n, part, tail+"</item>"+rssTail)
	}
	laughs := `<!DOCTYPE rss [<!ENTITY lol "lol">`
	for i := 1; i < 10; i++ {
		before := "&lol;"
		if i > 1 {
			before = fmt.Sprintf("&lol%d;", i-1)
		}
		laughs += fmt.Sprintf(`<!ENTITY lol%d "%s">`, i, strings.Repeat(before, 10))
	}
	gbk, _ := simplifiedchinese.GBK.NewEncoder().String(`<rss version="2.0"><channel><title>临江市要闻</title><item><title>柳巷街道桂花节开幕</title></item></channel></rss>`)
	utf16 := func(s string) string {
		b := []byte{0xFF, 0xFE}
		for _, r := range s {
			b = append(b, byte(r), byte(r>>8))
		}
		return string(b)
	}
	one := rssHead + "<item><title>甲</title></item>" + rssTail
	return map[string]hostile{
		"T17 billion laughs":       {body: say(laughs+"]>"+one[len(`<?xml version="1.0"?>`):len(one)-len("</title></item>"+rssTail)], "&lol9;</title></item>"+rssTail), items: 1},
		"T17 quadratic":            {body: flood(`<!DOCTYPE rss [<!ENTITY a "`+strings.Repeat("x", 200)+`">]><rss version="2.0"><channel><item><title>`, 100_000, "&a;", "</title></item>"+rssTail), items: 1},
		"T17 external":             {body: say(`<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item><title>&x;</title></item>`, rssTail), items: 1},
		"T17 parameter":            {body: say(`<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><rss version="2.0"><channel><item><title>甲</title></item>`, rssTail), items: 1},
		"T18 in a description":     {body: in("<title>甲</title><description>", 1_000_000, "<b>", "</description>"), items: 1},
		"T18 in XHTML":             {body: flood(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>甲</title><content type="xhtml"><div>`, 1_000_000, "<p>", "</div></content></entry></feed>"), items: 1},
		"T20 spread extensions":    {body: flood(rssHead, 1_000, "<item>"+strings.Repeat("<x:a/>", 1_000)+"</item>", rssTail), want: models.ErrTooLarge},
		"T20 fragments 5e4":        {body: in("<title>甲</title><x:a>", 50_000, "a<!---->", "</x:a>"), items: 1},
		"T20 sections 1e5":         {body: in("<title>", 100_000, "<![CDATA[甲]]>", "</title>"), items: 1},
		"T20 & x 1e7":              {body: in("<title>", 10_000_000, "&", "</title>"), items: 1},
		"T20 &amp; x 2e6":          {body: in("<title>", 2_000_000, "&amp;", "</title>"), items: 1},
		"T21 9 MB title":           {body: in("<title>", 9_000_000, "x", "</title>"), items: 1},
		"T21 9 MB text":            {body: in("<description>", 3_000_000, "长", "</description>"), items: 1},
		"T22 null items":           {body: say(jsonHead, "[null]}")},
		"T22 null authors":         {body: say(jsonHead, `[{"id":"1","authors":[null],"attachments":[null]},null]}`), items: 1},
		"T22 huge ids":             {body: say(jsonHead, `[{"id":1e308,"title":"甲"}]}`), items: 1},
		"T22 duplicate keys":       {body: say(jsonHead, `[{"id":"1","id":"2"}]}`), items: 1},
		"T22 other JSON":           {body: say(`{"code":401}`), want: models.ErrNotAFeed},
		"T23 depth":                {body: in("<title>甲</title><description>"+`&lt;div xml:base="x"&gt;`, 100_000, "&lt;div&gt;", "</description>"), items: 1},
		"T23 attributes":           {body: in("<title>甲</title><description>&lt;p", 300_000, " a=1", "&gt;</description>"), items: 1},
		"T23 tables":               {body: in("<title>甲</title><description>", 50_000, "&lt;table&gt;&lt;a&gt;", "</description>"), items: 1},
		"R33 dates":                {body: flood(rssHead, 20_000, "<item><title>甲%d</title><pubDate>三天前的下午</pubDate></item>", rssTail), items: 5_000},
		"R27 a page":               {body: say("<!DOCTYPE html><html><head><title>请登录</title></head></html>"), header: "text/html", want: models.ErrNotAFeed},
		"R27 nothing":              {body: say(""), want: models.ErrNotAFeed},
		"R27 blank":                {body: flood("", 1_000_000, " \n", ""), want: models.ErrNotAFeed},
		"R34 invalid UTF-8":        {body: item("<title>甲\xff\xfe乙</title>"), items: 1},
		"R34 control characters":   {body: item("<title>甲\x00\x01乙&#0;&#1;</title>"), items: 1},
		"R34 UTF-16":               {body: say(utf16(one)), items: 1},
		"R34 unknown encoding":     {body: say(`<?xml version="1.0" encoding="x-none"?>`, one[len(`<?xml version="1.0"?>`):]), items: 1},
		"R34 GBK by its header":    {body: say(gbk), header: "text/xml; charset=GBK", items: 1},
		"R34 ISO-2022-JP":          {body: say(`<?xml version="1.0" encoding="ISO-2022-JP"?><rss version="2.0"><channel><item><title>` + "\x1b$BF|K\\\x1b(B" + `</title></item></channel></rss>`), items: 1},
		"R34 a warning before":     {body: say("Warning: mysql_connect() in /var/www/x.php on line 3\n", one), items: 1},
		"R34 a comment before":     {body: say("<!--"+strings.Repeat("x", 8_000)+"-->", one[len(`<?xml version="1.0"?>`):]), items: 1},
		"R34 a document after":     {body: say(one, one), items: 1},
		"R30 cut off":              {body: say(one[:len(one)-10]), items: 1},
		"R30 unclosed":             {body: say(rssHead, "<item><title>甲</title>"), items: 0},
		"T25 links of all kinds":   {body: item(`<title>&lt;script&gt;甲</title><link>javascript:alert(1)</link><guid>../../etc/passwd</guid>`), items: 1},
		"T31 markup that is a mix": {body: item("<title>" + strings.Repeat("<b><![CDATA[<i>", 500) + "</title>"), items: 1},
	}
}

// TestT17T18T19T20T21T22T23R35Hostile has a process of its own, whose memory is limited, fetch and
// read each input that is known to break readers. Bombs are refused by a scan; what is no bomb is
// read, or refused for what it is; no process ever dies.
func TestT17T18T19T20T21T22T23R35Hostile(t *testing.T) {
	t.Parallel()
	all := troublemakers()
	for name, h := range bombs() {
		all[name] = h
	}
	all["small"] = hostile{body: say(rssHead, "<item><title>甲</title></item>", rssTail), items: 1}
	all["T14 300 MB of zeros"] = hostile{want: models.ErrTooLarge, scan: true, header: "gzip", body: func(w io.Writer) {
		z := gzip.NewWriter(w)
		flood("", 300, strings.Repeat("\x00", 1<<20), "")(z)
		_ = z.Close()
	}}
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := all[r.URL.Query().Get("input")]
		if h.header == "gzip" {
			w.Header().Set("Content-Encoding", "gzip")
		} else if h.header != "" {
			w.Header().Set("Content-Type", h.header)
		}
		h.body(w)
	}))
	defer origin.Close()
	self := strictSelf(t)
	floor := survives(t, self, origin.URL, "small")
	for name, h := range all {
		t.Run(name, func(t *testing.T) {
			got := survives(t, self, origin.URL, name)
			if models.ErrorClass(got.Class) != h.want || got.Items != h.items {
				t.Errorf("class %q, %d items, want %q, %d: %s", got.Class, got.Items, h.want, h.items, got.Error)
			}
			mostTime, mostMemory := readTime, int64(readMemory)
			if h.scan {
				mostTime, mostMemory = scanTime, scanMemory
			}
			if used := got.Memory - floor.Memory; used > mostMemory {
				t.Errorf("%d MB, want %d at most", used>>10, mostMemory>>10)
			}
			if got.AtEnd > readMemory*3/2 {
				t.Errorf("%d MB after reading it again and again", got.AtEnd>>10)
			}
			if got.CPU > mostTime {
				t.Errorf("%v of the processor, want %v at most", got.CPU, mostTime)
			}
			t.Logf("%d bytes, %v, %d MB: %s", got.Bytes, got.CPU, (got.Memory-floor.Memory)>>10, got.Error)
		})
	}
}

// verdict is what a child says of an input.
type verdict struct {
	Class, Error string
	Items        int
	Bytes        int64
	CPU          time.Duration // of reading, at best
	Memory       int64         // KB, at most, when it was read once
	AtEnd        int64         // KB, at most, after reading it again and again
}

const inputVariable = "CIVICFEED_TEST_INPUT" // the address that a child fetches and reads

// survives has a child read an input, and fails when it dies.
func survives(t *testing.T, self, origin, name string) verdict {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestHostileChild$")
	cmd.Env = append(os.Environ(), "GOMEMLIMIT=128MiB", inputVariable+"="+origin+"/?input="+url.QueryEscape(name))
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("the process that read it: %v\n%.1000s%.1000s", err, out.String(), errs.String())
	}
	var v verdict
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		t.Fatalf("%v\n%.1000s", err, out.String())
	}
	return v
}

// TestHostileChild is that process; by itself it does nothing.
func TestHostileChild(t *testing.T) {
	address := os.Getenv(inputVariable)
	if address == "" {
		return
	}
	limitData(t, hardLimit)
	cat := cityCatalog("", "x")
	client, err := NewClient(cat, "test")
	if err != nil {
		t.Fatal(err)
	}
	v := verdict{CPU: time.Hour}
	resp, err := client.Get(t.Context(), fetch.Request{URL: address, Timeout: time.Minute})
	if resp != nil {
		v.Bytes = resp.Bytes
	}
	if err != nil {
		v.CPU = 0
		v.Class, v.Error = string(models.ClassOf(err)), err.Error()
	} else {
		v.read(t, resp, cat.Sources[0])
	}
	if v.Memory == 0 {
		v.Memory = peak(t)
	}
	v.AtEnd = peak(t)
	if err := json.NewEncoder(os.Stdout).Encode(v); err != nil {
		t.Fatal(err)
	}
	os.Exit(0)
}

// limitData bounds all that this process may ever write to: what goes beyond ends it. Memory that the
// runtime has but does not use counts.
func limitData(t *testing.T, most uint64) {
	t.Helper()
	const data = 2 // RLIMIT_DATA of Linux
	if err := syscall.Setrlimit(data, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
		t.Fatal(err)
	}
}

// read reads a body, and what is read in a moment again and again: what else this machine does must
// not count, so the least time does.
func (v *verdict) read(t *testing.T, resp *fetch.Response, src models.Source) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for range 20 {
		before := processorTime()
		r, err := Read(resp, src)
		v.CPU = min(v.CPU, processorTime()-before)
		if v.Memory == 0 {
			v.Memory = peak(t)
		}
		v.Class, v.Items = string(models.ClassOf(err)), 0
		if err != nil {
			v.Error = err.Error()
		} else {
			v.Items = len(r.Items)
		}
		if v.CPU > 10*scanTime {
			return
		}
	}
}

// peak is the most memory that this process has had, in KB. What getrusage tells begins with that
// of the process which started it.
func peak(t *testing.T) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(status), "VmHWM:")
	var most int64
	if _, err := fmt.Sscan(line, &most); err != nil {
		t.Fatal(err)
	}
	return most
}

// processorTime is what this thread has used.
func processorTime() time.Duration {
	const threadClock = 3 // CLOCK_THREAD_CPUTIME_ID of Linux
	var t syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, threadClock, uintptr(unsafe.Pointer(&t)), 0); errno != 0 {
		panic(errno)
	}
	return time.Duration(t.Nano())
}

// strictSelf is this test binary; where it looks for races, which takes many times the time and the
// memory, another that does not.
func strictSelf(t *testing.T) string {
	t.Helper()
	info, ok := debug.ReadBuildInfo()
	if !ok {
		t.Fatal("this test binary does not know how it was built")
	}
	racing := false
	for _, s := range info.Settings {
		racing = racing || s.Key == "-race" && s.Value == "true"
	}
	if !racing {
		return os.Args[0]
	}
	bin := filepath.Join(t.TempDir(), "aggregator.test")
	cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", bin, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return bin
}
