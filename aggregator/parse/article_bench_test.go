package parse_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"civicfeed/aggregator/parse"
)

// articleOf30K is an article's page of 30 KB as a city site gives it: half of it ways about the site,
// lists beside the text, scripts.
func articleOf30K() []byte {
	var b bytes.Buffer
	b.WriteString(`<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>清溪区社区办事大厅启用-临湖新闻网</title><script>var site=1;</script></head><body><div class="top"><ul class="nav">`)
	for range 60 {
		b.WriteString(`<li><a href="/lanmu/list.shtml" target="_blank">频道名称</a></li>`)
	}
	b.WriteString(`</ul></div><div class="weizhi">当前位置：<a href="/">首页</a> &gt; <a href="/yw/">要闻</a> &gt; 正文</div><div class="main"><h1>清溪区社区办事大厅启用</h1>
<div class="info"><span>2026-10-04 08:00</span><span>来源：临湖日报</span><span>编辑：顾策</span></div><div class="body-of-it">`)
	b.WriteString(strings.Repeat("<p>　　本报讯（记者 李伟 通讯员 周晓琳）10月3日，清溪区喆园社区“一站式”办事大厅启用，居民办事<a href=\"/bmfw/\">更方便</a>，平均办理时间缩短了六成，惠及居民八万余人。</p>\n", 62))
	b.WriteString(`</div><p>上一篇：<a href="1.shtml">老街改造听证会下周召开</a></p><p>下一篇：<a href="3.shtml">云溪河畔踏青忙</a></p></div><div class="side"><h3>热点</h3><ul>`)
	for range 60 {
		b.WriteString(`<li><a href="/yw/202610/t20261004_100.shtml" title="清溪区召开政务服务工作会议">清溪区召开政务服务工作会议</a><span>2026-10-04</span></li>`)
	}
	b.WriteString(`</ul></div><div class="foot"><p>版权所有 临湖新闻网</p></div></body></html>`)
	return b.Bytes()
}

// BenchmarkArticle compares reading an article's page with goquery's parse alone.
func BenchmarkArticle(b *testing.B) {
	page := articleOf30K()
	b.Run("civicfeed", func(b *testing.B) {
		b.SetBytes(int64(len(page)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := parse.Article(page, parse.Rules{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("goquery", func(b *testing.B) {
		b.SetBytes(int64(len(page)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := goquery.NewDocumentFromReader(bytes.NewReader(page)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestArticleCost: reading an article's page takes at most twice as long as goquery's parse alone;
// of each the best of rounds that take turns, as other work goes on beside them.
func TestArticleCost(t *testing.T) {
	page := articleOf30K()
	best := func(held time.Duration, read func() error) time.Duration {
		start := time.Now()
		for range 10 {
			if err := read(); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); held == 0 || took < held {
			return took
		}
		return held
	}
	var ours, bare time.Duration
	for range 40 {
		ours = best(ours, func() error { _, err := parse.Article(page, parse.Rules{}); return err })
		bare = best(bare, func() error { _, err := goquery.NewDocumentFromReader(bytes.NewReader(page)); return err })
	}
	ratio := float64(ours) / float64(bare)
	if t.Logf("%.2f times goquery's parse of %d bytes", ratio, len(page)); ratio > 2.0 {
		t.Errorf("%.2f times goquery's parse, want at most 2", ratio)
	}
}
