package parse

import (
	"fmt"
	"strings"
	"testing"

	"civicfeed/models"
)

func htmlPage(title, body string) []byte {
	return []byte(`<!DOCTYPE html><html><head><meta charset="utf-8"><title>` + title + `</title></head><body>` + body + `</body></html>`)
}

// rows are n entries of a list, newest first.
func rows(n int, layout string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, layout, i, fmt.Sprintf("汐州市第%d号公告今日发布", n-i), 28-i%28)
	}
	return b.String()
}

const plainRow = `<li><a href="/art/2026/9/art_1_%d.html">%s</a><span>2026-09-%02d</span></li>`

// TestWhatIsNoListIsTold reads pages that lists are answered with when something is wrong.
func TestWhatIsNoListIsTold(t *testing.T) {
	item := models.PageRules{Item: "ul.news > li"}
	prose := strings.Repeat("<p>记者今日从市水务局获悉，雨水管网改造二期工程进展顺利，沿线居民出行基本不受影响。</p>", 30)
	for name, c := range map[string]struct {
		page  []byte
		rules models.PageRules
		class models.ErrorClass
		want  []string
	}{
		"login":                       {htmlPage("统一登录", `<form><input name=u><input type=password></form>`), models.PageRules{}, models.ErrNotAFeed, []string{"a login page, titled “统一登录”"}},
		"login, selectors":            {htmlPage("统一登录", `<form><input name=u><input type=password></form>`), item, models.ErrNotAFeed, []string{"a login page"}},
		"busy":                        {htmlPage("系统提示", "系统繁忙，请稍后再试"), models.PageRules{}, models.ErrNotAFeed, []string{"an error in words", "系统繁忙"}},
		"busy, selectors":             {htmlPage("系统提示", "系统繁忙，请稍后再试"), item, models.ErrNotAFeed, []string{"an error in words"}},
		"not found":                   {htmlPage("404 Not Found", "<h1>404</h1>"), item, models.ErrNotAFeed, []string{"an error in words"}},
		"script only":                 {[]byte(`<html><script>document.cookie="k=1";location.reload()</script></html>`), item, models.ErrNotAFeed, []string{"shows nothing without its scripts"}},
		"blank":                       {htmlPage("汐州", ""), models.PageRules{}, models.ErrNotAFeed, []string{"an empty page"}},
		"about":                       {htmlPage("关于我们", "<p>汐州市人民政府办公室主管。</p>"), models.PageRules{}, models.ErrNotAFeed, []string{"an HTML page, titled “关于我们”", "page: {item"}},
		"one article":                 {htmlPage("雨水管网改造", `<h1>雨水管网改造</h1>`+prose+`<div class="related"><ul>`+rows(6, `<li><a href="/a/%d.html">%s</a><!-- %d --></li>`)+`</ul></div>`), models.PageRules{}, models.ErrNotAFeed, nil},
		"redesigned":                  {htmlPage("要闻", `<section class="list">`+rows(8, `<article><h3><a href="/n/%d.html">%s</a></h3><time>2026-09-%02d</time></article>`)+`</section>`), item, models.ErrPageChanged, []string{"“ul.news > li” matches nothing", `item: "section.list > article"`, "8 articles"}},
		"entries, no links":           {htmlPage("要闻", `<ul class="news"><li>暂无</li><li>内容</li></ul>`), item, models.ErrPageChanged, []string{"matches 2 elements", "none of them has a link"}},
		"bad selector":                {htmlPage("要闻", rows(3, plainRow)), models.PageRules{Item: "ul >> li["}, models.ErrParse, []string{"page.item", "is no CSS selector"}},
		"too many tags":               {[]byte(strings.Repeat("<b>", maxPageTags+1)), models.PageRules{}, models.ErrTooLarge, nil},
		"menus alone":                 {htmlPage("首页", `<div class="nav">`+rows(12, `<a href="/c/%d/">%s</a><!-- %d -->`)+`</div>`), models.PageRules{}, models.ErrNotAFeed, nil},
		"hot list of links to others": {htmlPage("链接", `<div class="yqlj"><ul>`+rows(6, `<li><a href="http://h%d.example/">%s</a><!-- %d --></li>`)+`</ul></div>`), models.PageRules{}, models.ErrNotAFeed, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := List(c.page, c.rules)
			if d != nil || models.ClassOf(err) != c.class {
				t.Fatalf("%v, class %q, want %q", err, models.ClassOf(err), c.class)
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not tell %q", err, w)
				}
			}
		})
	}
}

// TestSelectorsSayWhatIsWhere reads a page by rules that name every part.
func TestSelectorsSayWhatIsWhere(t *testing.T) {
	page := htmlPage("公告", `<div class="x"><p class="s">摘要一</p><a class="pic" href="/p/1">图</a><a class="t" href="/n/1.html" title="全称一">简称一</a><i data-day="2026-09-03">三日</i></div>
<div class="x"><a class="t" href="/n/2.html" title="全称二">简称二</a><i data-day="2026-09-02">二日</i></div><div class="x"><a class="pic" href="/p/3">图</a></div>
<a id="older" href="list_2.html">older</a>`)
	d, err := List(page, models.PageRules{Item: "div.x", Link: "a.t", Title: "a.t@title", Date: "i@data-day", Summary: "p.s", Next: "#older"})
	if err != nil {
		t.Fatal(err)
	}
	want := "2026-09-03\t全称一\t/n/1.html\t摘要一\n2026-09-02\t全称二\t/n/2.html\t\n"
	if got := entryLines(d); got != want || d.Feed.Next != "list_2.html" {
		t.Errorf("%s next %q", got, d.Feed.Next)
	}
	if len(d.Warnings) != 1 || !strings.Contains(d.Warnings[0], "no link") {
		t.Errorf("warnings %q", d.Warnings)
	}
	d, err = List(page, models.PageRules{Item: "div.x", Date: "b.gone"})
	if err != nil || len(d.Warnings) == 0 || !strings.Contains(d.Warnings[len(d.Warnings)-1], "page.date: “b.gone” matches nothing") {
		t.Errorf("%v, %+v", err, d)
	}
}

// TestT23HostilePages reads pages made to hurt: none may take long, much memory, or the process.
func TestT23HostilePages(t *testing.T) {
	for name, page := range map[string]string{
		"deep":             strings.Repeat("<div>", 100_000) + "x",
		"deep links":       strings.Repeat("<div><a href=/1>", 60_000),
		"formatting":       strings.Repeat("<b><i><u>", 20_000) + strings.Repeat("<p>x", 20_000),
		"tables":           strings.Repeat("<table><tr><td>", 30_000),
		"many links":       strings.Repeat("<li><a href=/12345>标题标题标题</a>2026-09-01</li>", 30_000),
		"links in a row":   strings.Repeat("<a href=/12345>标题标题标题</a>", 60_000),
		"long text":        "<a href=/1>" + strings.Repeat("汐州", 500_000),
		"long attribute":   `<a href="/` + strings.Repeat("x", 2_000_000) + `" title="` + strings.Repeat("y", 2_000_000) + `">标题</a>`,
		"many classes":     strings.Repeat(`<li class="`+strings.Repeat("a b c ", 50)+`"><a href=/12345>标题标题标题</a>2026-09-01</li>`, 2_000),
		"digits":           "<p>" + strings.Repeat("2026-09-01", 200_000) + "</p>",
		"records":          "<datastore>" + strings.Repeat("<record><![CDATA[", 50_000),
		"record in record": "<datastore>" + strings.Repeat("<record><![CDATA[<table>]]></record>", 20_000),
		"comments":         strings.Repeat("<!--", 100_000),
		"nul":              strings.Repeat("<a href=\x00>\x00</a>", 1_000),
		"foreign":          strings.Repeat("<svg><math><a href=/123><title>", 5_000),
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Propose([]byte(page))
			if err != nil && models.ClassOf(err) == models.ErrInternal {
				t.Error(err)
			}
			if _, err := List([]byte(page), models.PageRules{Item: "li, div", Next: "a"}); err != nil && models.ClassOf(err) == models.ErrInternal {
				t.Error(err)
			}
		})
	}
}

func FuzzList(f *testing.F) {
	for _, c := range listCases(&testing.T{}) {
		f.Add(c.page, "")
	}
	f.Add(htmlPage("要闻", rows(4, plainRow)), "li")
	f.Fuzz(func(t *testing.T, page []byte, item string) {
		rules, d, err := Propose(page)
		if err == nil && rules.Item != "" {
			again, err := List(page, rules)
			if err != nil || len(again.Entries) < len(d.Entries) {
				t.Errorf("%d entries, %v by %+v, which were %d", len(again.Entries), err, rules, len(d.Entries))
			}
		}
		if d, err := List(page, models.PageRules{Item: item}); (d == nil) == (err == nil) {
			t.Errorf("%v beside %v", d, err)
		}
	})
}
