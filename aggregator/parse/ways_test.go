package parse

import (
	"slices"
	"testing"
)

func TestWays(t *testing.T) {
	const page = `<html><head><base href="http://www.xizhou.example/"></head><body>
<a href="/">首页</a><a href="/lx/">联系我们</a><a href="/col/col17/index.html">民生资讯</a><a href="about">关于我们</a><a href="javascript:;">新闻</a>
<h2>通知公告</h2><a href="/tzgg/">更多&gt;&gt;</a><a href="/tzgg/t20261004_1.shtml">关于停水的通知</a><a href="/tzgg/">通知公告</a>
<a href="/yw/">区县要闻</a><a href="/zt/">桂花节</a><a href="/2026/10/">新闻归档</a><a href="/news">News</a><a href="/news/7">News</a>
<a href="list.php?tid=3">镇街动态</a><a href="/crumb/one.html">望潮新事</a></body></html>`
	ways, base, err := Ways([]byte(page), "望潮新事")
	if err != nil || base != "http://www.xizhou.example/" {
		t.Fatalf("base %q, %v", base, err)
	}
	var got []string
	for _, w := range ways {
		more := ""
		if w.More {
			more = " …"
		}
		got = append(got, w.Link+" "+w.Title+more)
	}
	want := []string{
		"/crumb/one.html 望潮新事", "/col/col17/index.html 民生资讯", "/tzgg/ 通知公告 …", "/yw/ 区县要闻", "list.php?tid=3 镇街动态", "/zt/ 桂花节", "/news News",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}
