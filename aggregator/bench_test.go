package aggregator

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"civicfeed/aggregator/fetch"
	"civicfeed/models"
)

// cityFeed is a feed as city papers publish it: twenty articles with a page of HTML each.
func cityFeed() []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>临江日报·要闻</title><link>http://www.example.gov.cn/</link><description>临江市要闻</description>`)
	paragraph := "<p>　　本报讯（记者 林小满 通讯员 周禾）昨日，柳巷街道第三届桂花节在江边广场开幕，<a href=\"/yw/more.html?utm_source=rss\">六十户居民</a>摆出自家酿的桂花酒。</p>"
	for i := range 20 {
		fmt.Fprintf(&b, `<item><title>柳巷街道第%d届桂花节开幕</title><link>http://www.example.gov.cn/yw/202610/t20261004_%d.shtml?utm_source=rss</link><guid isPermaLink="false">yw-%[2]d</guid><dc:creator>林小满</dc:creator><category>要闻</category><pubDate>2026-10-04 %02d:30:00</pubDate><description>昨日，桂花节在江边广场开幕。</description><content:encoded><![CDATA[`, i, 1000+i, i)
		for range 12 {
			b.WriteString(paragraph)
		}
		b.WriteString(`<p><img src="/pic/1.jpg" width="600" alt="桂花"></p>]]></content:encoded></item>`)
	}
	b.WriteString(`</channel></rss>`)
	return b.Bytes()
}

// BenchmarkRead is everything from bytes to items, beside gofeed alone on the same bytes.
func BenchmarkRead(b *testing.B) {
	body := cityFeed()
	src := models.Source{Key: "daily", Location: time.FixedZone("CST", 8*3600), Language: "zh-CN"}
	b.Run("civicfeed", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			r, err := Read(&fetch.Response{URL: "http://www.example.gov.cn/rss.xml", Body: body}, src)
			if err != nil || len(r.Items) != 20 {
				b.Fatal(err, r)
			}
		}
	})
	b.Run("floor: gofeed alone", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if f, err := gofeed.NewParser().Parse(bytes.NewReader(body)); err != nil || len(f.Items) != 20 {
				b.Fatal(err)
			}
		}
	})
}
