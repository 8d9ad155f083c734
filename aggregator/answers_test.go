package aggregator

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// TestF42F57F66OnlyTheFeedIsAskedFor: of all the addresses that a document names (its own, another
// page, its archive, its hub, its pictures, its articles, a style) none is. The one that it says is
// its own is noted.
func TestF42F57F66OnlyTheFeedIsAskedFor(t *testing.T) {
	const atom = `<?xml version="1.0"?><?xml-stylesheet href="/style.xsl"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0">
<id>urn:x</id><title>云溪日报</title><link href="http://daily.example/"/><link rel="self" href="http://other.example/real.xml"/>
<link rel="next" href="http://daily.example/rss.xml?page=2"/><link rel="prev-archive" href="/2025.xml"/><link rel="current" href="/now.xml"/><link rel="hub" href="http://hub.example/"/>
<icon>/favicon.ico</icon><logo>/logo.png</logo><fh:complete/>
<entry><id>urn:1</id><title>桂花节</title><updated>2026-10-04T00:00:00Z</updated><link href="/1.html"/><link rel="enclosure" href="/1.mp3"/><content type="html">&lt;img src="/1.jpg"&gt;</content></entry></feed>`
	const json = `{"version": "https://jsonfeed.org/version/1.1", "title": "日报", "feed_url": "http://other.example/feed.json", "next_url": "http://daily.example/2.json",
"icon": "/icon.png", "items": [{"id": "1", "title": "桂花节", "image": "/1.jpg", "content_html": "<p>一</p>"}]}`
	for self, body := range map[string]string{"http://other.example/real.xml": atom, "http://other.example/feed.json": json} {
		inBubble(t, daily, func(b *bubble) {
			b.on("/", http.NotFound)
			b.on("daily.example/rss.xml", says(body))
			for _, a := range b.more(5) {
				if a.method != http.MethodGet || a.url != "daily.example/rss.xml" {
					b.Errorf("asked for %s %s", a.method, a.url)
				}
			}
			b.holds("daily", "桂花节")
			if s := b.state("daily"); s.Feed.Self != self || s.URL != "http://daily.example/rss.xml" {
				b.Errorf("noted %q, asks %s", s.Feed.Self, s.URL)
			}
		})
	}
}

// cutShort ends a document where its server did, with nothing in HTTP that tells of it.
func cutShort(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		fmt.Fprintf(buf, "HTTP/1.0 200 OK\r\nEtag: \"cut\"\r\nContent-Type: text/xml\r\n\r\n%s", body)
		_ = buf.Flush()
		_ = conn.Close()
	}
}

// TestF49ADocumentThatEndsEarly is never taken for a whole one: nothing of the item it ends in is
// kept, nor its validators, and people are told; what was whole before it is not lost.
func TestF49ADocumentThatEndsEarly(t *testing.T) {
	whole := rss("花灯", "桂花节", "停水")
	for name, end := range map[string]string{
		"in a title": "<title>停", "in a link": "/停水", "in a tag": "<guid", "between items": "<item><title>停水",
	} {
		inBubble(t, daily, func(b *bubble) {
			body := whole[:strings.LastIndex(whole, end)+len(end)]
			b.on("daily.example/rss.xml", turns(tagged(`"good"`, rss("花灯")), cutShort(body), says(whole, "Etag", `"whole"`)))
			asks := b.more(3)
			if got := asks[2].header.Get("If-None-Match"); got != `"good"` {
				b.Errorf("%s: after the broken one asked with %q", name, got)
			}
			b.holds("daily", "停水", "桂花节", "花灯")
			broken := b.saved[1]
			if len(broken.Items) != 1 || broken.Items[0].Title != "桂花节" || !strings.Contains(strings.Join(broken.Visit.Warnings, " "), "truncated") {
				b.Errorf("%s: took %d items, warns %q", name, len(broken.Items), broken.Visit.Warnings)
			}
			if got := b.more(1)[0].header.Get("If-None-Match"); got != `"whole"` {
				b.Errorf("%s: after the whole one asked with %q", name, got)
			}
		})
	}
}

// TestF50NoFeedWith200 is not a feed without items: what was published stays, and the class says it.
func TestF50NoFeedWith200(t *testing.T) {
	for name, body := range map[string]string{
		"page":        "<!DOCTYPE html><html><head><title>云溪市人民政府</title></head><body><item><title>a</title></item></body></html>",
		"login":       `<html><form action="/login"><input type="password" name="p"></form></html>`,
		"XHTML":       `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>请登录</body></html>`,
		"WAF script":  `<script>window.location="/?jsluid=1"</script>`,
		"bare script": `var arg1='3000176000856006061501533003690027800375';eval(function(p,a,c){})`,
		"JSON error":  `{"code": 500, "msg": "系统繁忙", "data": []}`,
		"JSON list":   `[]`,
		"JSON null":   `null`,
		"sitemap":     `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://a/</loc></url></urlset>`,
		"words":       "请稍候",
		"nothing":     "",
		"spaces":      "  \r\n ",
		"portal":      `<HTML><HEAD><META HTTP-EQUIV="refresh" CONTENT="0;url=http://10.0.0.1/portal"></HEAD></HTML>`,
	} {
		inBubble(t, daily, func(b *bubble) {
			b.on("daily.example/rss.xml", turns(tagged(`"1"`, rss("桂花节")), says(body, "Content-Type", "application/rss+xml")))
			b.more(2)
			if v := b.last().Visit; v.Outcome != models.Failed || v.Class != models.ErrNotAFeed || v.Error == "" {
				b.Errorf("%s: %s %s %q, want not_a_feed", name, v.Outcome, v.Class, v.Error)
			}
			b.holds("daily", "桂花节")
			if s := b.state("daily"); s.Validators.ETag != `"1"` || s.Failures != 1 {
				b.Errorf("%s: keeps %q after %d failures", name, s.Validators.ETag, s.Failures)
			}
		})
	}
}

// TestF51EmptyFeed: nothing is removed; that it is empty is told at once as a remark, and as the
// state of the source when it is so visit after visit. It is no failure, and puts nothing off.
func TestF51EmptyFeed(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		empty := tagged(`"0"`, rss())
		b.on("daily.example/rss.xml", turns(says(rss("桂花节")), says(rss()), empty, empty, empty, says(rss("花灯"))))
		for i, class := range []models.ErrorClass{"", "", "", models.ErrEmpty, models.ErrEmpty, ""} {
			b.more(1)
			s := b.state("daily")
			if s.Class != class || (s.Error != "") != (class != "") || s.Failures != 0 || s.LastOK != s.LastVisit {
				b.Errorf("visit %d: class %q, %q, %d failures", i, s.Class, s.Error, s.Failures)
			}
			if warned := strings.Contains(strings.Join(s.Warnings, " "), "empty"); warned != (i > 0 && i < 5) {
				b.Errorf("visit %d: warnings %q", i, s.Warnings)
			}
			if time.Until(s.NextAt.Time()) > 11*time.Minute {
				b.Errorf("visit %d: the next in %v", i, time.Until(s.NextAt.Time()))
			}
		}
		b.holds("daily", "桂花节", "花灯")
	})
}

// TestF52WhatLeavesTheWindowStays in the store, and is new to nobody when it comes back.
func TestF52WhatLeavesTheWindowStays(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", turns(says(rss("一", "二", "三")), says(rss("三", "四")), says(rss("五")), says(rss("一", "五"))))
		b.more(3)
		b.holds("daily", "一", "二", "三", "四", "五")
		first := b.items("daily")["一"]
		b.more(1)
		if v := b.last().Visit; v.New != 0 || v.Changed != 0 || v.Items != 2 {
			b.Errorf("the item that came back: %+v", v)
		}
		if again := b.items("daily")["一"]; again.ID != first.ID || again.FirstSeen != first.FirstSeen || again.Updated != first.Updated {
			b.Errorf("%+v was %+v", again, first)
		}
	})
}

// TestF54ContentTypeDoesNotMatter, nor that there is none.
func TestF54ContentTypeDoesNotMatter(t *testing.T) {
	for _, kind := range []string{"text/html", "text/html; charset=utf-8", "text/plain", "application/octet-stream", "image/png", "application/json", "", "nonsense;;="} {
		for _, body := range []string{rss("桂花节"), `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>桂花节</title></entry></feed>`,
			`{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "桂花节", "content_text": "一"}]}`} {
			inBubble(t, daily, func(b *bubble) {
				b.on("daily.example/rss.xml", says(body, "Content-Type", kind))
				b.more(1)
				b.ended(models.Fetched, "")
				b.holds("daily", "桂花节")
			})
		}
	}
}

// TestF55RelativeAddresses are seen from where the document came from, after redirects, and from
// xml:base where it says otherwise.
func TestF55RelativeAddresses(t *testing.T) {
	const body = `<feed xmlns="http://www.w3.org/2005/Atom"><title>日报</title>
<entry><id>1</id><title>相对</title><link href="a/1.html"/></entry>
<entry><id>2</id><title>从根</title><link href="/b/2.html"/></entry>
<entry><id>3</id><title>上级</title><link href="../c/3.html"/></entry>
<entry xml:base="http://www.base.example/x/y.html"><id>4</id><title>基址</title><link href="4.html"/></entry>
<entry xml:base="deep/"><id>5</id><title>相对基址</title><link href="5.html"/></entry>
<entry><id>6</id><title>同协议</title><link href="//cdn.example/6.html"/></entry>
<entry><id>7</id><title>正文</title><content type="html">&lt;img src="p.jpg" width="300"&gt;&lt;a href="q.html"&gt;原文&lt;/a&gt;</content></entry></feed>`
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://new.example/news/feed.xml", http.StatusFound)
		})
		b.on("new.example/news/feed.xml", says(body))
		b.visit(store.Which{})
		items := b.items("daily")
		for title, want := range map[string]string{
			"相对": "http://new.example/news/a/1.html", "从根": "http://new.example/b/2.html", "上级": "http://new.example/c/3.html",
			"基址": "http://www.base.example/x/4.html", "相对基址": "http://new.example/news/deep/5.html", "同协议": "http://cdn.example/6.html",
		} {
			if got := items[title].Link; got != want {
				b.Errorf("%s: %s, want %s", title, got, want)
			}
		}
		for _, want := range []string{`"http://new.example/news/p.jpg"`, `"http://new.example/news/q.html"`} {
			if got := items["正文"].Content; !strings.Contains(got, want) {
				b.Errorf("%s is not in %s", want, got)
			}
		}
	})
}

// TestF56LimitsOfADocument: what would be too much to read is refused as a whole, what is merely long
// is shortened; in both cases the items before are there.
func TestF56LimitsOfADocument(t *testing.T) {
	item := func(title, text string) string {
		return `<rss version="2.0"><channel><title>日报</title><item><guid>big</guid><title>` + title + `</title><link>http://www.yunxi.example/big.html</link><description>` + text + `</description></item></channel></rss>`
	}
	var spaces strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&spaces, ` xmlns:a%d="urn:%d"`, i, i)
	}
	for name, c := range map[string]struct {
		body    string
		refused bool
	}{
		"depth":      {"<rss><channel>" + strings.Repeat("<a>", 100_000), true},
		"tags":       {"<rss><channel>" + strings.Repeat("<item/>", 1_000_000), true},
		"xmlns":      {"<rss" + spaces.String() + "><channel><item><title>大</title></item></channel></rss>", true},
		"attributes": {"<rss><channel><item" + strings.Repeat(` a="1"`, 1_000_000) + "/></channel></rss>", true},
		"title":      {item(strings.Repeat("长", 100_000), "一"), false},
		"text":       {item("长文", strings.Repeat("字", 1_000_000)), false},
		"JSON depth": {`{"version": "https://jsonfeed.org/version/1.1", "items": ` + strings.Repeat("[", 100_000), true},
	} {
		inBubble(t, daily, func(b *bubble) {
			b.on("daily.example/rss.xml", turns(says(rss("桂花节")), says(c.body)))
			b.more(2)
			v, items := b.last().Visit, b.items("daily")
			if _, kept := items["桂花节"]; !kept {
				b.Errorf("%s: what was there is lost", name)
			}
			if refused := v.Outcome == models.Failed; refused != c.refused || refused && v.Class != models.ErrTooLarge && v.Class != models.ErrParse {
				b.Errorf("%s: %s %s %q", name, v.Outcome, v.Class, v.Error)
			}
			for _, it := range items {
				if n, m := len(it.Title), len(it.Content)+len(it.Summary); n > 4<<10 || m > 2<<20 {
					b.Errorf("%s: %d bytes of title, %d of text", name, n, m)
				}
			}
		})
	}
}
