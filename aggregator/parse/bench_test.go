package parse_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"

	"civicfeed/aggregator/decode"
	"civicfeed/aggregator/parse"
)

// typical is a feed of twenty items as a city site gives it.
func typical() []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>临湖新闻网·要闻</title><link>https://www.linhu.example/</link><description>要闻</description>`)
	body := strings.Repeat(`<p>　　本报讯（记者 李伟 通讯员 周晓琳）10月3日，清溪区喆园社区“一站式”办事大厅启用，居民办事<a href="/bmfw/">更方便</a>。</p>`, 8)
	for i := range 20 {
		fmt.Fprintf(&b, `<item><title>清溪区社区办事大厅启用之%d</title><link>https://www.linhu.example/yaowen/%d.html</link><guid>https://www.linhu.example/yaowen/%d.html</guid><pubDate>Sun, 04 Oct 2026 08:%02d:00 +0800</pubDate><dc:creator>李伟</dc:creator><category>新闻聚焦</category><description><![CDATA[%s]]></description></item>`, i, i, i, i, body)
	}
	b.WriteString(tail)
	return b.Bytes()
}

// BenchmarkFeed compares decoding and parsing with gofeed alone, on the same bytes.
func BenchmarkFeed(b *testing.B) {
	body := typical()
	b.Run("civicfeed", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			text, err := decode.Decode(body, "", "")
			if err != nil {
				b.Fatal(err)
			}
			if _, err := parse.Feed(text.Bytes); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("gofeed", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		p := gofeed.NewParser()
		for b.Loop() {
			if _, err := p.Parse(bytes.NewReader(body)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
