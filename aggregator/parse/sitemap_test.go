package parse

import (
	"fmt"
	"strings"
	"testing"

	"civicfeed/models"
)

const newsMap = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://www.xizhou.example/n/2.html?a=1&amp;b=2</loc><lastmod>2026-10-04T09:30:00+08:00</lastmod>
<news:news><news:publication><news:name>汐州网</news:name><news:language>zh-cn</news:language></news:publication>
<news:publication_date>2026-10-04T08:00:00+08:00</news:publication_date><news:title><![CDATA[防汛工作调度会 & 部署]]></news:title><news:keywords>防汛, 会议</news:keywords></news:news>
<image:image><image:loc>https://www.xizhou.example/p/2.jpg</image:loc><image:title>图说</image:title></image:image></url>
<url><loc> https://www.xizhou.example/n/1.html </loc><lastmod>2026-10-03</lastmod><changefreq>daily</changefreq></url>
<url><priority>0.5</priority></url>
</urlset>`

func TestSitemaps(t *testing.T) {
	d, err := Sitemap([]byte(newsMap))
	if err != nil || len(d.Entries) != 2 {
		t.Fatalf("%v, %+v", err, d)
	}
	e := d.Entries[0]
	if e.Link != "https://www.xizhou.example/n/2.html?a=1&b=2" || e.Title.Value != "防汛工作调度会 & 部署" || e.Published != "2026-10-04T08:00:00+08:00" ||
		e.Updated != "2026-10-04T09:30:00+08:00" || e.Language != "zh-cn" || e.Image != "https://www.xizhou.example/p/2.jpg" || len(e.Categories) != 2 {
		t.Errorf("%+v", e)
	}
	if e := d.Entries[1]; e.Link != "https://www.xizhou.example/n/1.html" || e.Updated != "2026-10-03" || e.Published != "" {
		t.Errorf("%+v", e)
	}
	if d.Version != "sitemap" || d.Feed.Title.Value != "汐州网" || d.Partial {
		t.Errorf("%+v", d)
	}
	d, err = Sitemap([]byte(newsMap[:strings.Index(newsMap, "<changefreq")]))
	if err != nil || len(d.Entries) != 1 || !d.Partial {
		t.Errorf("cut: %v, %+v", err, d)
	}
	d, err = Sitemap([]byte("\ufeffhttps://www.xizhou.example/1\r\nhttps://www.xizhou.example/2\n"))
	if err != nil || len(d.Entries) != 2 || d.Entries[1].Link != "https://www.xizhou.example/2" {
		t.Errorf("lines: %v, %+v", err, d)
	}
}

func TestTheNewestOfALongSitemap(t *testing.T) {
	var b strings.Builder
	b.WriteString("<urlset>")
	for i := range maxEntries + 500 { // the oldest first, as many generators have them
		fmt.Fprintf(&b, "<url><loc>https://x.example/%d</loc><lastmod>%04d-01-01</lastmod></url>", i, 1000+i)
	}
	b.WriteString("</urlset>")
	d, err := Sitemap([]byte(b.String()))
	if err != nil || len(d.Entries) != maxEntries || d.Entries[0].Link != "https://x.example/500" || len(d.Warnings) != 1 {
		t.Fatalf("%v, %d entries", err, len(d.Entries))
	}
}

func TestWhatIsNoSitemapIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		class models.ErrorClass
		want  string
	}{
		"index": {`<sitemapindex><sitemap><loc>https://x.example/1.xml</loc><lastmod>2026-09-01</lastmod></sitemap><sitemap><loc>https://x.example/2.xml</loc><lastmod>2026-10-01</lastmod></sitemap></sitemapindex>`, models.ErrNotAFeed, "an index of 2 sitemaps, and no sitemap itself: name one of them in feeds.yaml, such as https://x.example/2.xml"},
		"page":  {`<!DOCTYPE html><html><body>x</body></html>`, models.ErrNotAFeed, "root element is <html>"},
		"text":  {"系统繁忙", models.ErrNotAFeed, "系统繁忙"},
		"empty": {"", models.ErrNotAFeed, "nothing in it"},
		"deep":  {"<urlset>" + strings.Repeat("<a>", 1_000_000), models.ErrTooLarge, "nested"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Sitemap([]byte(c.text))
			if models.ClassOf(err) != c.class || !strings.Contains(err.Error(), c.want) {
				t.Errorf("class %q, %v", models.ClassOf(err), err)
			}
		})
	}
	bomb := "<urlset" + strings.Repeat(` xmlns:a="b"`, 10_000) + "><url><loc>https://x.example/" + strings.Repeat("x", 3_000_000) + "</loc></url><url><loc>https://x.example/1</loc></url></urlset>"
	if d, err := Sitemap([]byte(bomb)); err != nil || len(d.Entries) != 1 {
		t.Errorf("bomb: %v", err)
	}
}

func FuzzSitemap(f *testing.F) {
	f.Add([]byte(newsMap))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Sitemap(text)
		if (d == nil) == (err == nil) {
			t.Errorf("%v beside %v", d, err)
		}
	})
}
