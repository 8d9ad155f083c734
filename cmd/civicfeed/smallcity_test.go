package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// smallCity is an origin for tests. /news/KEY.rss is a feed of all that was published there, with
// an ETag; each request publishes more until the city sleeps. Other addresses are its troubles.
type smallCity struct {
	mu        sync.Mutex
	grows     int            // items that each request adds
	published map[string]int // by key
}

func newSmallCity() *smallCity { return &smallCity{published: map[string]int{}} }

func (c *smallCity) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/page.html":
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!DOCTYPE html><html><head><title>临江新闻网</title></head><body><h1>请登录</h1></body></html>")
	case "/gone.rss":
		http.Error(w, "gone", http.StatusGone)
	case "/busy.rss":
		w.Header().Set("Retry-After", "1800")
		http.Error(w, "busy", http.StatusServiceUnavailable)
	case "/gbk/old":
		http.Redirect(w, r, "/gbk/list.html", http.StatusMovedPermanently)
	case "/gbk/list.html":
		w.Header().Set("Content-Type", "text/html")
		page := `<html><head><meta charset="gb2312"><title>汐州要闻</title></head><body><ul class="xw">`
		for i, title := range []string{"汐州市召开防汛工作调度会", "云溪区图书馆新馆开放", "关于柳巷街道停水的通知"} {
			page += fmt.Sprintf(`<li><a href="%d.html">%s</a><span>2026-10-0%d</span></li>`, i, title, 4-i)
		}
		body, _ := simplifiedchinese.GBK.NewEncoder().String(page + "</ul></body></html>")
		fmt.Fprint(w, body)
	case "/login.json":
		fmt.Fprint(w, `{"code":401,"msg":"未登录"}`)
	default:
		key, ok := strings.CutPrefix(strings.TrimSuffix(r.URL.Path, ".rss"), "/news/")
		if !ok {
			http.NotFound(w, r)
			return
		}
		c.feed(w, r, key)
	}
}

func (c *smallCity) feed(w http.ResponseWriter, r *http.Request, key string) {
	n := c.grow(key)
	etag := fmt.Sprintf(`"%d"`, n)
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml")
	fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>%s 要闻</title><link>http://www.example.gov.cn/%[1]s/</link>`, key)
	for i := n; i > 0; i-- {
		fmt.Fprintf(w, `<item><guid isPermaLink="false">%[1]s</guid><title>临江市第%[2]d号消息</title><link>http://www.example.gov.cn/%[3]s/%[2]d.html</link>`+
			`<category>要闻</category><pubDate>2026-10-04 %02[4]d:%02[5]d:00</pubDate><description>&lt;p&gt;柳巷街道桂花开了，第%[2]d次。&lt;/p&gt;</description></item>`,
			guid(key, i), i, key, 6+i/60%12, i%60)
	}
	fmt.Fprint(w, `</channel></rss>`)
}

func guid(key string, i int) string { return fmt.Sprintf("%s-%d", key, i) }

func (c *smallCity) grow(key string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.published[key] == 0 {
		c.published[key] = 3
	}
	c.published[key] += c.grows
	return c.published[key]
}

// sleep ends all growth and tells how many items each feed has come to.
func (c *smallCity) sleep() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.grows = 0
	return c.published
}
