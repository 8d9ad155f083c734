package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// discovered runs discover on a site that answers with the pages given, $ORIGIN in them being its
// address; what it prints has $ORIGIN again.
func discovered(t *testing.T, pages map[string]string) (code int, stdout, stderr string) {
	t.Helper()
	var at string
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		kind := "text/html; charset=utf-8"
		if strings.HasPrefix(page, "<?xml") {
			kind = "text/xml"
		} else if r.URL.Path == "/robots.txt" {
			kind = "text/plain"
		}
		w.Header().Set("Content-Type", kind)
		_, _ = io.WriteString(w, strings.ReplaceAll(page, "$ORIGIN", at))
	}))
	t.Cleanup(site.Close)
	at = site.URL
	config := filepath.Join(t.TempDir(), "feeds.yaml")
	feeds := "site: {title: 汐州新闻汇}\nnetwork: {allow: [127.0.0.0/8], per_host: {gap: 1ms}}\nsections: [{key: news, title: 要闻}]\n" +
		"sources: [{key: a, name: 甲, url: \"http://www.xizhou.example/\", section: news}]\n"
	if err := os.WriteFile(config, []byte(feeds), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, log bytes.Buffer
	code = run(t.Context(), []string{"discover", "--config", config, at + "/"}, strings.NewReader(""), &out, &log)
	return code, strings.ReplaceAll(out.String(), at, "$ORIGIN"), strings.ReplaceAll(log.String(), at, "$ORIGIN")
}

// Pages of a site whose home page shows nothing without its scripts.
const (
	scriptedHome = `<html><head><title>汐州市人民政府</title></head><body><div id="app"></div><script src="/app.js"></script></body></html>`
	siteMap      = `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>$ORIGIN/yw/1.html</loc><lastmod>2026-10-04</lastmod></url></urlset>`
	noItems      = `<?xml version="1.0"?><rss version="2.0"><channel><title>评论</title></channel></rss>`
	plainList    = `<html><head><title>汐州要闻</title></head><body><ul class="xw"><li><a href="c/1.html">汐州市召开防汛工作调度会</a><span>2026-10-04</span></li>` +
		`<li><a href="c/2.html">云溪区图书馆新馆开放迎客</a><span>2026-10-03</span></li><li><a href="c/3.html">关于柳巷街道停水的通知</a><span>2026-10-02</span></li></ul></body></html>`
)

// TestDiscoverFollowsASite to where its articles are listed.
func TestDiscoverFollowsASite(t *testing.T) {
	for name, c := range map[string]struct {
		pages map[string]string
		url   string   // found; empty: nothing is
		said  []string // on stderr
	}{
		"robots.txt names a sitemap": {map[string]string{
			"/": scriptedHome, "/robots.txt": "\ufeffUser-agent: *\r\nDisallow: /admin\r\nSITEMAP : $ORIGIN/maps/news.xml # 新闻\r\n", "/maps/news.xml": siteMap,
		}, "/maps/news.xml", []string{"/maps/news.xml: found"}},
		"of several the first that is one": {map[string]string{
			"/": scriptedHome, "/robots.txt": "Sitemap: /gone.xml\nSitemap:\nSitemap: # 无\nSitemap: javascript:alert(1)\nSitemap: /maps/b.xml\nSitemap: /maps/c.xml", "/maps/b.xml": siteMap, "/maps/c.xml": siteMap,
		}, "/maps/b.xml", []string{"/gone.xml: http_4xx"}},
		"an index of sitemaps": {map[string]string{
			"/": scriptedHome, "/robots.txt": "Sitemap: /index.xml\n", "/new.xml": siteMap, "/old.xml": siteMap,
			"/index.xml": `<?xml version="1.0"?><sitemapindex><sitemap><loc>$ORIGIN/old.xml</loc><lastmod>2025-01-01</lastmod></sitemap><sitemap><loc>$ORIGIN/new.xml</loc><lastmod>2026-10-04</lastmod></sitemap></sitemapindex>`,
		}, "/new.xml", []string{"an index of 2 sitemaps"}},
		"an index of itself": {map[string]string{
			"/": scriptedHome, "/sitemap.xml": `<?xml version="1.0"?><sitemapindex><sitemap><loc>$ORIGIN/sitemap.xml</loc></sitemap></sitemapindex>`,
		}, "", []string{"it lists no articles"}},
		"robots.txt is a page":   {map[string]string{"/": scriptedHome, "/robots.txt": scriptedHome, "/sitemap.xml": siteMap}, "/sitemap.xml", nil},
		"robots.txt is endless":  {map[string]string{"/": scriptedHome, "/robots.txt": strings.Repeat("Sitemap: /x.xml\n", 50_000), "/sitemap.xml": siteMap}, "/sitemap.xml", nil},
		"a list before sitemaps": {map[string]string{"/": plainList, "/robots.txt": "Sitemap: /maps/news.xml", "/maps/news.xml": siteMap}, "/", nil},
		"a feed that is empty":   {map[string]string{"/": plainList, "/feed": noItems}, "/", []string{"/feed: holds nothing"}},
		"nothing but such":       {map[string]string{"/": scriptedHome, "/feed": noItems}, "/feed", nil},
		"a page that sends on": {map[string]string{
			"/": `<html><head><meta http-equiv="refresh" content="0;url=/web/index.html"></head></html>`, "/web/index.html": plainList,
		}, "/web/index.html", []string{"$ORIGIN/: sends its readers on"}},
		"pages that send round": {map[string]string{
			"/": `<meta http-equiv="refresh" content="0;url=/a.html">`, "/a.html": `<meta http-equiv="refresh" content="0;url=/">`,
		}, "", []string{"it lists no articles"}},
		"a page that sends inwards": {map[string]string{"/": `<meta http-equiv="refresh" content="0;url=http://169.254.169.254/latest/">`}, "", []string{"refused: 169.254.169.254"}},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, log := discovered(t, c.pages)
			var urls []string
			for line := range strings.Lines(out) {
				if _, url, ok := strings.Cut(line, "    url: "); ok {
					urls = append(urls, strings.TrimSpace(url))
				}
			}
			var want []string
			if c.url != "" {
				want = []string{fmt.Sprintf("%q", "$ORIGIN"+c.url)}
			}
			if !slices.Equal(urls, want) || (code == 0) != (c.url != "") {
				t.Errorf("exit %d, found %s, want %s\n%s", code, urls, want, log)
			}
			for _, words := range c.said {
				if !strings.Contains(log, words) {
					t.Errorf("not said: %q, but\n%s", words, log)
				}
			}
		})
	}
}
