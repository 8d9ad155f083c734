package normalize

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"civicfeed/aggregator/parse"
)

func baseOf(t testing.TB, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

const here = "https://news.example.gov.cn/yw/index.xml"

// active finds what a browser would run, load as code, or obey.
var active = regexp.MustCompile(`(?i)<(script|style|iframe|object|embed|applet|frame|frameset|meta|link|base|form|input|button|select|textarea|svg|math|template|noscript|title)\b` +
	`|<[^>]*\s(on\w+|style|class|id|name|srcdoc|srcset|formaction|ping|autofocus|target|data-\w+|background)\s*=` +
	`|<[^>]*\s(href|src|cite|poster)\s*=\s*"?\s*(javascript|vbscript|data|file|blob):`)

func checkSafe(t *testing.T, in, out string) {
	t.Helper()
	if at := active.FindString(out); at != "" {
		t.Errorf("%q leaves %q in %q", in, at, out)
	}
	nodes, err := html.ParseFragment(strings.NewReader(out), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		t.Fatalf("%q: %v", out, err)
	}
	for _, n := range nodes {
		inspect(t, in, n)
	}
	if again := cleanHTML(out, baseOf(t, here)).html; again != out {
		t.Errorf("cleaning is not idempotent for %q:\n once  %q\n twice %q", in, out, again)
	}
}

func inspect(t *testing.T, in string, n *html.Node) {
	t.Helper()
	if n.Type == html.CommentNode || n.Namespace != "" {
		t.Errorf("%q leaves a comment or foreign content", in)
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "href", "src", "cite", "poster":
			if contact(a.Val) == a.Val && n.DataAtom == atom.A {
				break
			}
			if !strings.HasPrefix(a.Val, "http://") && !strings.HasPrefix(a.Val, "https://") {
				t.Errorf("%q leaves the address %q", in, a.Val)
			}
		case "alt", "title", "width", "height", "loading", "referrerpolicy", "lang", "dir", "colspan", "rowspan", "scope",
			"span", "start", "type", "reversed", "value", "datetime", "controls", "preload":
		default:
			t.Errorf("%q leaves the attribute %s", in, a.Key)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		inspect(t, in, c)
	}
}

// attacks are told by the number of the threat they belong to.
var attacks = map[string][]string{
	"T24": {
		`<script>alert(1)</script>字`, `<SCRIPT SRC=//evil.example/x.js></SCRIPT>字`, `<Svg/onload=alert(1)>字`, `<p onclick="alert(1)">字</p>`,
		`<img src=x onerror=alert(1)>字`, `<scr<script>ipt>alert(1)</scr</script>ipt>字`, "<scr\x00ipt>alert(1)</scr\x00ipt>字",
		`<![CDATA[<script>alert(1)</script>]]>字`, `<!--><script>alert(1)</script>-->字`, `<!-- --!><img src=x onerror=alert(1)>字`,
		`<a href=x onmouseover=alert(1)>字`, `<img """><script>alert(1)</script>">字`, `<<script>alert(1);//<</script>字`,
		`<p/onclick=alert(1)>字`, `<body onload=alert(1)>字`, `<img src="x" style="x:expression(alert(1))">字`, `<x onclick=alert(1)>字</x>`,
		`<script`, `字<script>`, `<iframe src=x/>字`, `<textarea><script>alert(1)</script></textarea>字`,
	},
	"T25": {
		`<a href="javascript:alert(1)">字</a>`, `<a href="JaVaScRiPt:alert(1)">字</a>`, "<a href=\"java\tscript:alert(1)\">字</a>", "<a href=\"java\nscript:alert(1)\">字</a>",
		`<a href="&#106;avascript:alert(1)">字</a>`, `<a href="javascript&colon;alert(1)">字</a>`, "<a href=\"\x01javascript:alert(1)\">字</a>",
		`<a href="vbscript:x">字</a>`, `<a href="data:text/html,<script>alert(1)</script>">字</a>`, `<img src="data:image/svg+xml,<svg onload=alert(1)>">字`,
		`<a href="javascript://news.example.gov.cn/%0aalert(1)">字</a>`, `<video src="javascript:alert(1)">字</video>`, `<video poster="javascript:alert(1)" src="v.mp4">字</video>`,
		`<blockquote cite="javascript:alert(1)">字</blockquote>`, `<a href="  javascript:alert(1)">字</a>`, `<a href="feed:javascript:alert(1)">字</a>`,
		`<img src="javascript:alert(1)" data-src="javascript:alert(2)">字`, `<img srcset="javascript:alert(1) 1x">字`, `<a href="file:///etc/passwd">字</a>`,
		"<a href=\"\u200bjavascript:alert(1)\">字</a>", `<a href="https:javascript:alert(1)">字</a>`,
	},
	"T26": {
		`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">字`,
		`<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">字`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">字`,
		`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>字`, `<template><img src=x onerror=alert(1)></template>字`,
		`<math><annotation-xml encoding="text/html"><style><img src=x onerror=alert(1)></style>字`, `<xmp><p title="</xmp><img src=x onerror=alert(1)>">字`,
		`<svg><foreignObject><p>字</p><style><img src=x onerror=alert(1)></style></foreignObject></svg>`, `<title><a title="</title><img src=x onerror=alert(1)>">字`,
		`<plaintext><script>alert(1)</script>字`, `<noembed><img title="</noembed><script>alert(1)</script>">字`, `<select><style></select><img src=x onerror=alert(1)>字`,
		`<a title="&lt;/a&gt;&lt;script&gt;">字`, `<p id="x"><table><a><table><a>字`, `<style><style/><img src=x onerror=alert(1)>字`,
	},
	"T27": {
		`<div style="position:fixed;top:0;left:0;width:100%;height:100%">字</div>`, `<p style="background-image:url(https://evil.example/b.gif)">字</p>`,
		`<table background="https://evil.example/b.gif"><tr><td style="x">字</table>`, `<link rel=stylesheet href=x>字`, `<style>@import "x"</style>字`, `<font style="color:expression(1)">字</font>`,
	},
	"T28": {
		`<iframe src="https://evil.example/">字</iframe>`, `<object data="x.swf"><param name=x value=y>字</object>`, `<embed src="x.swf">字`, `<form action="/admin"><input name=a><button formaction="javascript:alert(1)">字</button></form>`,
		`<iframe srcdoc="<script>alert(1)</script>"></iframe>字`, `<meta http-equiv=refresh content="0;url=https://evil.example/">字`, `<base href="https://evil.example/">字<a href="x">x</a>`,
		`<link rel="import" href="x">字`, `<frameset><frame src="x"></frameset>字`, `<applet code=x>字</applet>`, `<isindex action=javascript:alert(1)>字`, `<keygen autofocus onfocus=alert(1)>字`, `<frame>字`, `<embed>字`,
	},
	"T29": {
		`<a href="x" ping="https://evil.example/">字</a>`, `<img src="x.jpg" referrerpolicy="unsafe-url" srcset="javascript:alert(1)">字`, `<p autofocus tabindex=1 onfocus=alert(1)>字</p>`,
		`<a id="location" name="document" href="x">字</a>`, `<img name="getElementById" src="x.jpg">字`, `<a href="x" target="_blank" rel="opener">字</a>`, `<p class="admin" data-x="y" contenteditable accesskey=x>字</p>`,
		`<source srcset="x.jpg">字`, `<picture><source srcset="https://evil.example/x"><img src="x.jpg"></picture>字`,
	},
	"T30": {
		`字<img src="https://t.example/p.gif" width=1 height=1>`, `字<img src="https://t.example/p.gif" width="0" height="0">`, `字<img src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP">`,
		`字<img src="https://t.example/p.gif" style="display: none">`, `字<img src="https://t.example/p.gif" style="border:0; WIDTH:1px">`, `字<img hidden src="https://t.example/p.gif">`,
		`字<img src="https://hm.baidu.com/hm.gif?si=1">`, `字<img width=1px height=1px src=https://t.example/p.gif>`,
	},
}

func TestT24ToT30ActiveContent(t *testing.T) {
	for threat, inputs := range attacks {
		t.Run(threat, func(t *testing.T) {
			for _, in := range inputs {
				checkSafe(t, in, cleanHTML(in, baseOf(t, here)).html)
			}
		})
	}
}

func TestT30TrackingPixelsGo(t *testing.T) {
	for _, in := range attacks["T30"] {
		if got := cleanHTML(in, baseOf(t, here)); got.html != "字" || got.image != "" {
			t.Errorf("%s leaves %q, picture %q", in, got.html, got.image)
		}
	}
}

// What follows an element that is closed like XML, or never, is not lost.
func TestNothingSwallowed(t *testing.T) {
	for _, in := range []string{
		`前<iframe src="x"/>后`, `前<script src="x" />后`, `前<embed src=x>后`, `前<frame>后`, `前<object data=x>后`, `前<textarea/>后`,
		`前<svg>后`, `前<SVG viewBox="0 0 1 1">后`, `前<select><option>后`, `前<template>后`, `前<iframe src="x" title="a > b">后`, `前<textarea>后`, `前<title>后`,
		`前<noscript>后`, `<svg><path/></svg>前<svg>后`, `前<svg><path d=""/></svg>后`, `前<iframe>x</iframe><svg><template>后`, `<b>前</b><applet code=x>后`,
	} {
		if got := cleanHTML(in, nil).text; got != "前后" {
			t.Errorf("%s: %q", in, got)
		}
	}
}

func TestCleanHTML(t *testing.T) {
	img := func(src, alt string) string {
		return `<img src="` + src + `" alt="` + alt + `" loading="lazy" referrerpolicy="no-referrer"/>`
	}
	a := func(href, text string) string {
		return `<a href="` + href + `">` + text + `</a>`
	}
	for _, c := range []struct{ name, in, html, text string }{
		{"paragraphs", "<p>　　第一段</p><p>第二段<br>换行</p>", "<p>　　第一段</p><p>第二段<br/>换行</p>", "第一段\n第二段\n换行"},
		{"unclosed", "<div><b>粗<p>段", "<div><b>粗<p>段</p></b></div>", "粗\n段"},
		{"stray end tags", "正文</div></div></td>", "正文", "正文"},
		{"Word's debris", `<p class="MsoNormal"><o:p></o:p><span style="font-size:16pt">字</span></p>`, "<p>字</p>", "字"},
		{"WeChat's sections", `<section><section>一</section></section><section>二</section>`, "<div><div>一</div></div><div>二</div>", "一\n二"},
		{"table", `<table border=1><tr><td colspan="2" width=3>表</td></tr></table>`, `<table><tbody><tr><td colspan="2">表</td></tr></tbody></table>`, "表"},
		{"figure", `<figure><img src="/a.jpg" alt="图"><figcaption>说明</figcaption></figure>`, "<figure>" + img("https://news.example.gov.cn/a.jpg", "图") + "<figcaption>说明</figcaption></figure>", "说明"},
		{"lazy image", `<img src="/blank.gif" data-original="/true.jpg">`, img("https://news.example.gov.cn/true.jpg", ""), ""},
		{"lazy image without src", `<img data-src="https://mmbiz.example.cn/mmbiz_png/x/640?wx_fmt=png">`, img("https://mmbiz.example.cn/mmbiz_png/x/640?wx_fmt=png", ""), ""},
		{"data-src that is no address", `<img src="/a.jpg" data-src="true">`, img("https://news.example.gov.cn/a.jpg", ""), ""},
		{"srcset only", `<img srcset="/s.jpg 1x, /l.jpg 2x">`, img("https://news.example.gov.cn/s.jpg", ""), ""},
		{"sizes", `<img src=a.png width="600px" height=auto>`, `<img src="https://news.example.gov.cn/yw/a.png" alt="" width="600" loading="lazy" referrerpolicy="no-referrer"/>`, ""},
		{"ruby", `<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>`, `<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>`, "漢字"},
		{"relative link", `<a href="../tz/1.html">通知</a>`, a("https://news.example.gov.cn/tz/1.html", "通知"), "通知"},
		{"Chinese host and path", `<a href="http://例子.测试/新闻/1.html?k=值">字</a>`, a("http://例子.测试/%E6%96%B0%E9%97%BB/1.html?k=%E5%80%BC", "字"), "字"},
		{"link with GBK escapes", `<a href="/s?k=%D0%C2&x=%zz">字</a>`, a("https://news.example.gov.cn/s?k=%D0%C2&amp;x=%25zz", "字"), "字"},
		{"mail link", `<a href="mailto:a.b@example.cn?subject=x&bcc=y@example.cn">字</a>`, a("mailto:a.b@example.cn", "字"), "字"},
		{"telephone", `拨打<a href="TEL:0715-12345">12345</a>`, "拨打" + a("tel:0715-12345", "12345"), "拨打12345"},
		{"no mailbox", `<a href="mailto:">字</a><a href="mailto:javascript:alert(1)">字</a><a href="tel:x">字</a>`, "字字字", "字字字"},
		{"video", `<video src="/v.mp4" poster=p.jpg onplay=x()>看</video>`, `<video src="https://news.example.gov.cn/v.mp4" poster="https://news.example.gov.cn/yw/p.jpg" controls="" preload="none">看</video>`, "看"},
		{"video of sources", `<video><source src="/v.mp4" type="video/mp4"></video>`, `<video controls="" preload="none"><source src="https://news.example.gov.cn/v.mp4" type="video/mp4"/></video>`, ""},
		{"entities", `A &amp; B &lt;tag&gt; &nbsp;x`, "A &amp; B &lt;tag&gt; \u00a0x", "A & B <tag> x"},
		{"controls and overrides", "a\u202eb\u200bc\u0007d\ufeff", "abcd", "abcd"},
		{"emoji stay whole", "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"},
		{"film in a frame", `<p>看<iframe src="//player.bilibili.com/player.html?bvid=1&p=1" title="桂花节" allowfullscreen></iframe></p>后`, "<p>看" + a("https://player.bilibili.com/player.html?bvid=1&amp;p=1", "▶ 桂花节") + "</p>后", "看▶ 桂花节\n后"},
		{"film in a frame without title", `<iframe src="https://www.youtube-nocookie.com/embed/x"/>后`, a("https://www.youtube-nocookie.com/embed/x", "▶ www.youtube-nocookie.com") + "后", "▶ www.youtube-nocookie.com后"},
		{"any other frame", `前<iframe src="https://ads.example/x">看</iframe>后`, "前后", "前后"},
		{"film in a plug-in", `<embed src="/v.mp4" autostart=true>后`, `<video src="https://news.example.gov.cn/v.mp4" controls="" preload="none"></video>后`, "后"},
		{"Flash", `前<object><param name=movie value=a.swf><embed src="a.swf"></object>后`, "前后", "前后"},
		{"missing quotation mark", `前<a href="/a.html>字</a>后<b>粗</b>`, "前" + a("https://news.example.gov.cn/a.html", "字") + "后<b>粗</b>", "前字后粗"},
		{"missing quotation mark, then another", `<a href='/a.html>字</a>，<a href="/b.html">语</a>`, a("https://news.example.gov.cn/a.html", "字") + "，" + a("https://news.example.gov.cn/b.html", "语"), "字，语"},
		{"unclosed script in a string", `前<script>s = "<iframe src='x'>"; if (a<b && c="</script>后`, "前后", "前后"},
		{"comment with tags", `前<!-- <svg> <a href="> -->后<svg>尾`, "前后尾", "前后尾"},
		{"list", `<ul><li>一<li>二</ul>`, "<ul><li>一</li><li>二</li></ul>", "一\n二"},
		{"pre", "<pre>a\n  b</pre>", "<pre>a\n  b</pre>", "a\nb"},
		{"CDATA in text", "<![CDATA[<p>字</p>]]>", "<p>字</p>", "字"},
		{"cells", "<table><tr><th>时间<th>地点<tr><td>九点<td>广场</table>", "<table><tbody><tr><th>时间</th><th>地点</th></tr><tr><td>九点</td><td>广场</td></tr></tbody></table>", "时间 地点\n九点 广场"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := cleanHTML(c.in, baseOf(t, here))
			if got.html != c.html || got.text != c.text {
				t.Errorf("%s\n got  %q\n want %q\n text %q\n want %q", c.in, got.html, c.html, got.text, c.text)
			}
			checkSafe(t, c.in, got.html)
		})
	}
}

// T23: depth and length are bounded, and so is the time.
func TestT23DeepAndLongHTML(t *testing.T) {
	for name, in := range map[string]string{
		"deep":        strings.Repeat("<div>", 100_000) + "字",
		"deep tables": strings.Repeat("<table><tr><td>", 5_000) + "字",
		"links":       strings.Repeat("<a href=x>", 50_000) + "字",
		"bold":        strings.Repeat("<b>字<p>", 50_000),
		"fonts":       strings.Repeat("<i lang=a><u><i lang=b>", 20_000) + "字",
		"images":      strings.Repeat("<img src=a>", 90_000) + "字",
		"end tags":    strings.Repeat("</p>", 200_000) + "字",
		"long":        strings.Repeat("汉字。", 400_000),
		"open tag":    "字" + strings.Repeat("<", 500_000),
		"self-closed": strings.Repeat("<svg/>", 150_000) + "字",
		"unclosed":    strings.Repeat("<svg><select>", 70_000) + "字",
		"quoted":      strings.Repeat("<svg a=\"", 100_000) + "\">字",
		"ends":        strings.Repeat("<svg></select>", 70_000) + "字",
	} {
		t.Run(name, func(t *testing.T) {
			got := cleanHTML(in, baseOf(t, here))
			if len(got.html) > maxBody {
				t.Errorf("%d bytes are kept", len(got.html))
			}
			if !strings.Contains(got.text, "字") {
				t.Errorf("the text is lost: %.80q", got.text)
			}
			if again := cleanHTML(got.html, baseOf(t, here)).html; again != got.html {
				t.Errorf("cleaning again changes %d bytes to %d", len(got.html), len(again))
			}
		})
	}
}

func FuzzCleanHTML(f *testing.F) {
	for _, inputs := range attacks {
		for _, in := range inputs {
			f.Add(in)
		}
	}
	for _, in := range []string{
		"<p>a<table><tr><td><p>b</table>", "<a><table><a>", "<ruby>漢<rt>かん</ruby>", "<pre>\n\nx</pre>", "<ul><li><ol><li></ul>", "<b><p></b>x",
		"<h1><h2></h1>", "<dl><dt><dd><dt></dl>", "<details><summary>x", "<table>x<caption>y<caption>z<col><tr><th>", "<p><a href=x><div><a href=y>",
		"<picture><img src=a></picture>", "<video><a href=x><source src=y></video>", "<b><b><b><b><b>x<p>y</b></b>z", "<hr><center><p><center>x",
	} {
		f.Add(in)
	}
	base, _ := url.Parse(here)
	f.Fuzz(func(t *testing.T, in string) {
		got := cleanHTML(in, base)
		checkSafe(t, in, got.html)
		for _, markup := range []bool{true, false} {
			once := bodyOf(parse.Text{Value: in, HTML: markup}, base, nil)
			checkSafe(t, in, once.html)
			if twice := bodyOf(parse.Text{Value: once.html, HTML: true}, base, nil); twice.html != once.html || twice.text != once.text {
				t.Errorf("%q (markup %t) is not read as it was published:\n once  %q, %q\n twice %q, %q", in, markup, once.html, once.text, twice.html, twice.text)
			}
		}
		if got.text != strings.TrimSpace(got.text) && len(got.text) < maxBody || strings.Contains(got.text, "\n\n") {
			t.Errorf("%q has the text %q", in, got.text)
		}
	})
}
