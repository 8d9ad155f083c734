package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// wildCity is an origin where everything happens. /wild/KEY.rss is a feed that grows, answers 304,
// moves, forbids, breaks and lies, one answer in ten; after trouble comes a good answer. It keeps its
// own list of what it published, and of every request that came earlier than it had allowed.
// POST /sleep ends trouble and growth and gives the list.
type wildCity struct {
	mu     sync.Mutex
	asleep bool
	papers map[string]*paper
	report wildReport
}

// paper is what the city knows of one feed.
type paper struct {
	mu        sync.Mutex
	published int
	troubled  bool      // the answer before was not good
	again     bool      // one quick retry is allowed: the connection was reset
	moved     int       // redirects that were not followed yet
	asked     time.Time // the newest request
	notBefore time.Time // by Retry-After or max-age
}

// wildReport is what the city saw.
type wildReport struct {
	Published map[string]int // items by key of feed
	Answers   map[string]int // requests by how they were answered
	Early     []string       // requests that came too early, in words
	Requests  int
}

const (
	wildInterval = 3 * time.Second // of the schedule that the sources have
	wildWindow   = 60              // items that a feed shows
	wildSlack    = 2 * time.Millisecond
)

// trouble is one way in which an origin fails; of it so many answers in ten thousand.
type trouble struct {
	name  string
	share int
	do    func(w http.ResponseWriter, r *http.Request, p *paper, key string)
}

var troubles = []trouble{
	{"301", 150, func(w http.ResponseWriter, r *http.Request, p *paper, key string) { p.redirect(w, r, key, 301) }},
	{"302", 100, func(w http.ResponseWriter, r *http.Request, p *paper, key string) { p.redirect(w, r, key, 302) }},
	{"404", 100, refusing(404)},
	{"429", 100, refusing(429)},
	{"503", 100, refusing(503)},
	{"reset", 30, func(w http.ResponseWriter, _ *http.Request, p *paper, _ string) {
		p.again = true
		hangUp(w, "")
	}},
	{"reset in the body", 50, torn(func(p *paper, body string) string {
		return p.wait() + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body[:len(body)/2])
	})},
	{"length too long", 50, torn(func(p *paper, body string) string {
		return p.wait() + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body)+100, body)
	})},
	{"length too short", 50, torn(func(_ *paper, body string) string {
		return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body)*2/3, body)
	})},
	{"no last chunk", 50, torn(func(p *paper, body string) string {
		return p.wait() + fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(body), body)
	})},
	{"cut without a length", 50, torn(func(_ *paper, body string) string { return "\r\n" + body[:len(body)-200] })},
	{"drip", 20, drip},
	{"page", 100, saying("text/html", "<!DOCTYPE html><html><head><title>统一身份认证</title></head><body><form>请登录</form></body></html>")},
	{"json error", 50, saying("application/json", `{"code":500,"msg":"系统繁忙"}`)},
	{"empty", 50, publishing(`<?xml version="1.0"?><rss version="2.0"><channel><title>空</title></channel></rss>`)},
	{"packed bomb", 20, func(w http.ResponseWriter, r *http.Request, p *paper, key string) {
		w.Header().Set("Content-Encoding", "gzip")
		saying("application/rss+xml", packedBomb())(w, r, p, key)
	}},
	{"entity bomb", 20, publishing(entityBomb())},
	{"deep bomb", 20, saying("application/rss+xml", `<?xml version="1.0"?><rss version="2.0"><channel>`+strings.Repeat("<b>", 100_000))},
}

func newWildCity() *wildCity {
	return &wildCity{papers: map[string]*paper{}, report: wildReport{Answers: map[string]int{}}}
}

func (c *wildCity) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/sleep" {
		c.sleep(w)
		return
	}
	folder, file, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	key := strings.TrimSuffix(file, ".rss")
	p, asleep := c.paper(key)
	p.mu.Lock()
	defer p.mu.Unlock()
	answer := c.answer(p, folder, key, asleep)
	c.count(answer.name)
	answer.do(w, r, p, key)
}

// answer judges when a request came, and chooses how it is answered.
func (c *wildCity) answer(p *paper, folder, key string, asleep bool) trouble {
	now, good := time.Now(), trouble{"good", 0, serveWild}
	switch {
	case folder == "moved" && p.moved > 0:
		p.moved--
	case asleep || p.again:
		p.again = false
	default:
		c.judge(p, key, now)
		p.asked = now
	}
	if asleep {
		return good
	}
	if rand.N(10) == 0 {
		p.published += 1 + rand.N(3)
	}
	before := p.troubled
	p.troubled = false
	if before || folder == "moved" {
		return good
	}
	for die, i := rand.N(10_000), 0; i < len(troubles); i++ {
		if die -= troubles[i].share; die < 0 {
			p.troubled = true
			return troubles[i]
		}
	}
	return good
}

// judge notes a request that came before the interval had passed, or earlier than was asked for.
func (c *wildCity) judge(p *paper, key string, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if gap := now.Sub(p.asked); gap < wildInterval-wildSlack {
		c.report.Early = append(c.report.Early, fmt.Sprintf("%s: %v after the request before", key, gap))
	}
	if early := p.notBefore.Sub(now); early > wildSlack {
		c.report.Early = append(c.report.Early, fmt.Sprintf("%s: %v earlier than allowed", key, early))
	}
}

func (c *wildCity) paper(key string) (p *paper, asleep bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Requests++
	if p = c.papers[key]; p == nil {
		p = &paper{published: 3}
		c.papers[key] = p
	}
	return p, c.asleep
}

func (c *wildCity) count(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Answers[name]++
}

func (c *wildCity) sleep(w http.ResponseWriter) {
	c.mu.Lock()
	c.asleep = true
	papers := maps.Clone(c.papers)
	c.mu.Unlock()
	published := map[string]int{}
	for key, p := range papers {
		p.mu.Lock() // an answer under way is waited for
		published[key] = p.published
		p.mu.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Published = published
	_ = json.NewEncoder(w).Encode(c.report) // whoever asked will find it cut off
}

// serveWild is the good answer: a 304, or the newest items; at times it stays fresh for a while.
func serveWild(w http.ResponseWriter, r *http.Request, p *paper, key string) {
	etag := fmt.Sprintf(`"%d"`, p.published)
	w.Header().Set("ETag", etag)
	if rand.N(20) == 0 {
		age := 4 + rand.N(8)
		w.Header().Set("Cache-Control", "max-age="+strconv.Itoa(age))
		p.notBefore = time.Now().Add(time.Duration(age) * time.Second)
	}
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml")
	_, _ = io.WriteString(w, p.feed(key))
}

// feed is the document, newest items first.
func (p *paper) feed(key string) string {
	var y strings.Builder
	fmt.Fprintf(&y, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>%s 要闻</title><link>http://www.example.gov.cn/%[1]s/</link>`, key)
	for i := p.published; i > max(0, p.published-wildWindow); i-- {
		fmt.Fprintf(&y, `<item><guid isPermaLink="false">%[1]s</guid><title>临江市第%[2]d号消息</title><link>http://www.example.gov.cn/%[3]s/%[2]d.html</link>`+
			`<pubDate>2026-10-04 %02[4]d:%02[5]d:00</pubDate><description>柳巷街道桂花开了，第%[2]d次。</description></item>`,
			guid(key, i), i, key, i/60%24, i%60)
	}
	y.WriteString(`</channel></rss>`)
	return y.String()
}

// wait asks to be left alone for some seconds, which only who has failed need heed: a header.
func (p *paper) wait() string {
	s := 4 + rand.N(5)
	p.notBefore = time.Now().Add(time.Duration(s) * time.Second)
	return fmt.Sprintf("Retry-After: %d\r\n", s)
}

// pause is the same for answers that are not written by hand.
func (p *paper) pause(w http.ResponseWriter) {
	_, s, _ := strings.Cut(strings.TrimSpace(p.wait()), ": ")
	w.Header().Set("Retry-After", s)
}

func (p *paper) redirect(w http.ResponseWriter, r *http.Request, key string, status int) {
	p.moved, p.troubled = p.moved+1, false
	http.Redirect(w, r, "/moved/"+key+".rss", status)
}

func refusing(status int) func(http.ResponseWriter, *http.Request, *paper, string) {
	return func(w http.ResponseWriter, _ *http.Request, p *paper, _ string) {
		p.pause(w)
		http.Error(w, http.StatusText(status), status)
	}
}

func saying(contentType, body string) func(http.ResponseWriter, *http.Request, *paper, string) {
	return func(w http.ResponseWriter, _ *http.Request, p *paper, _ string) {
		p.pause(w)
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, body) // whoever hangs up has had enough
	}
}

// publishing answers with a feed that holds nothing.
func publishing(feed string) func(http.ResponseWriter, *http.Request, *paper, string) {
	return func(w http.ResponseWriter, _ *http.Request, _ *paper, _ string) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = io.WriteString(w, feed) // whoever hangs up has had enough
	}
}

// torn answers by hand and hangs up; how is the rest of the head, and the body.
func torn(how func(p *paper, body string) string) func(http.ResponseWriter, *http.Request, *paper, string) {
	return func(w http.ResponseWriter, _ *http.Request, p *paper, key string) {
		hangUp(w, "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n"+how(p, p.feed(key)))
	}
}

// hangUp sends what it is given and resets the connection.
func hangUp(w http.ResponseWriter, said string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(conn, said)
	if said == "" {
		_ = conn.(*net.TCPConn).SetLinger(0)
	}
	_ = conn.Close()
}

// drip sends a byte at a time until whoever listens has had enough.
func drip(w http.ResponseWriter, r *http.Request, p *paper, _ string) {
	p.pause(w)
	for range 300 {
		if _, err := io.WriteString(w, " "); err != nil || r.Context().Err() != nil {
			return
		}
		w.(http.Flusher).Flush()
		time.Sleep(100 * time.Millisecond)
	}
}

// packedBomb is sixteen megabytes in sixteen thousand.
var packedBomb = sync.OnceValue(func() string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, `<?xml version="1.0"?><rss version="2.0"><channel><title>`) // into memory
	zeros := make([]byte, 1<<20)
	for range 16 {
		_, _ = z.Write(zeros)
	}
	_ = z.Close()
	return b.String()
})

func entityBomb() string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "桂花">`)
	for i := range 9 {
		fmt.Fprintf(&b, `<!ENTITY e%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&e%d;", i), 10))
	}
	b.WriteString(`]><rss version="2.0"><channel><title>&e9;</title></channel></rss>`)
	return b.String()
}

// wildOrigin is a process that is such a city until nobody listens to it any more.
func wildOrigin() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go func() {
		_ = http.Serve(listener, newWildCity()) // it ends with the process
	}()
	fmt.Printf("http://%s\n", listener.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
}
