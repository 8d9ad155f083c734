package normalize

import (
	"strings"
	"testing"
)

func TestAbsolute(t *testing.T) {
	base := baseOf(t, here)
	for _, c := range []struct{ in, want string }{
		{"1.html", "https://news.example.gov.cn/yw/1.html"},
		{"./t20211112_2428530.shtml", "https://news.example.gov.cn/yw/t20211112_2428530.shtml"},
		{"/art/2026/9/8/art_16256_1.html", "https://news.example.gov.cn/art/2026/9/8/art_16256_1.html"},
		{"//www.example.gov.cn/a", "https://www.example.gov.cn/a"},
		{" \n http://www.example.gov.cn/a \t", "http://www.example.gov.cn/a"},
		{"HTTP://WWW.Example.GOV.cn:80/A", "http://www.example.gov.cn/A"},
		{"https://www.example.gov.cn:443", "https://www.example.gov.cn/"},
		{"http://www.example.gov.cn:8080/a", "http://www.example.gov.cn:8080/a"},
		{"http://user:secret@www.example.gov.cn/", "http://www.example.gov.cn/"},
		{"http://例子.测试/新闻/一.html", "http://例子.测试/%E6%96%B0%E9%97%BB/%E4%B8%80.html"},
		{"http://www.example.gov.cn/%D0%C2%CE%C5/1.html", "http://www.example.gov.cn/%D0%C2%CE%C5/1.html"},
		{"http:\\\\www.example.gov.cn\\a\\b", "http://www.example.gov.cn/a/b"},
		{"http:///www.example.gov.cn/a", "http://www.example.gov.cn/a"},
		{"http:/www.example.gov.cn/a", "http://www.example.gov.cn/a"},
		{"www.example.gov.cn/a.html", "http://www.example.gov.cn/a.html"},
		{"/a b.html", "https://news.example.gov.cn/a%20b.html"},
		{"/a?q=新 闻", "https://news.example.gov.cn/a?q=%E6%96%B0%20%E9%97%BB"},
		{"/a?x=1&amp;y=2", "https://news.example.gov.cn/a?x=1&y=2"},
		{"/a?utm_source=rss&id=5&UTM_medium=x&spm=1.2&fbclid=z", "https://news.example.gov.cn/a?id=5"},
		{"/a?utm_source=rss", "https://news.example.gov.cn/a"},
		{"/a?from=list&id=5", "https://news.example.gov.cn/a?from=list&id=5"},
		{"/a#/news/5", "https://news.example.gov.cn/a#/news/5"},
		{"/a#xtor=RSS-1", "https://news.example.gov.cn/a"},
		{"/100%.html", "https://news.example.gov.cn/100%25.html"},
		{"/a\nb", "https://news.example.gov.cn/ab"},
		{"http://[::1]:8080/a", "http://[::1]:8080/a"},

		{"", ""},
		{"javascript:alert(1)", ""},
		{"java\tscript:alert(1)", ""},
		{"\u0001javascript:alert(1)", ""},
		{"data:text/html,x", ""},
		{"mailto:a@example.cn", ""},
		{"ftp://example.cn/a", ""},
		{"file:///etc/passwd", ""},
		{"http://", ""},
		{"http://a b/", ""},
		{"http://a<b/", ""},
		{"http://%00/", ""},
		{"urn:uuid:1", ""},
		{"http://www.example.gov.cn:99999999999x/", ""},
		{"/" + strings.Repeat("长", 3000), ""},
	} {
		got := absolute(base, c.in)
		if got != c.want {
			t.Errorf("%q is %q, want %q", c.in, got, c.want)
		}
		if again := absolute(base, got); again != got {
			t.Errorf("%q is %q, and that is %q", c.in, got, again)
		}
	}
}

func TestBases(t *testing.T) {
	for _, c := range []struct{ url, location, base, in, want string }{
		{here, "", "", "a", "https://news.example.gov.cn/yw/a"},
		{here, "/tz/", "", "a", "https://news.example.gov.cn/tz/a"},
		{here, "http://other.example.cn/x/", "", "a", "http://other.example.cn/x/a"},
		{here, "/tz/", "zt/", "a", "https://news.example.gov.cn/tz/zt/a"},
		{here, "", "http://例子.测试/x/", "a", "http://例子.测试/x/a"},
		{here, "", "javascript:alert(1)//", "a", "https://news.example.gov.cn/yw/a"},
		{here, "mailto:a@b", "", "a", "https://news.example.gov.cn/yw/a"},
		{"", "", "", "a/b", "a/b"},
		{"", "", "", "javascript:a", ""},
		{"", "", "", "//a.example.cn/b", "https://a.example.cn/b"},
		{"", "", "/x/", "a", "/x/a"},
	} {
		base := within(within(within(nil, c.url), c.location), c.base)
		if got := absolute(base, c.in); got != c.want {
			t.Errorf("%q in %q, %q, %q is %q, want %q", c.in, c.url, c.location, c.base, got, c.want)
		}
	}
}

func TestLanguage(t *testing.T) {
	for in, want := range map[string]string{
		"zh-cn": "zh-CN", "ZH_CN": "zh-CN", "zh_CN.UTF-8": "zh-CN", "zh-hans-cn": "zh-Hans-CN", "en-us": "en-US", "EN": "en", "yue": "yue",
		"es-419": "es-419", "de-ch-1996": "de-CH-1996", "zh-x-private": "zh-x-private",
		"": "", "x": "", "chinese": "", "中文": "", "zh cn": "", "zh--": "zh", "<b>": "", "en\"": "",
	} {
		if got := language(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
		if got := language(want); got != want {
			t.Errorf("%q is not canonical: %q", want, got)
		}
	}
}
