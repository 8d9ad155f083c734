package aggregator

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"civicfeed/aggregator/fetch"
	"civicfeed/models"
	"civicfeed/models/store"
)

// townHall is a site without a feed, whose list is visited rarely and whose articles are read.
const townHall = `network: {floor: 1m}
sources:
  - {key: town, name: 云溪区新闻网, url: "http://town.example/yw/index.html", schedule: "@every 1h", kind: page, articles: true}
`

// listPage is a list of articles that were published on the day of the bubble, newest first.
func listPage(names ...string) string {
	var s strings.Builder
	s.WriteString(`<html><head><title>要闻-云溪区新闻网</title></head><body><div class="nav"><a href="/">首页</a> <a href="/map.html">网站地图</a></div><ul class="list">`)
	for i, n := range names {
		fmt.Fprintf(&s, `<li><a href="/t%d.html">%s</a><span>2026-10-0%d</span></li>`, len(names)-i, n, 5-min(i, 2))
	}
	return s.String() + `</ul><div class="foot">版权所有 云溪区新闻网</div></body></html>`
}

// articlePage is one of them.
func articlePage(name string) string {
	return `<html><head><title>` + name + `-云溪区新闻网</title></head><body><div class="path">当前位置：<a href="/">首页</a> &gt;&gt; <a href="/yw/">区县要闻</a> &gt;&gt; 正文</div>
<h1>` + name + `</h1><div class="info">时间：2026-10-05 08:31　来源：云溪日报　编辑：周小棠</div><div class="TRS_Editor">
<p>　　本网讯（记者 沈禾　通讯员 白露）` + name + `的全文从这里开始，写的是大家都在谈论的那件事，前因后果都在里面。</p><p>　　第二段说的是以后怎么办：谁来办，哪天办完，办完以后请谁签字，都写得清清楚楚。</p></div>
<p>上一篇：<a href="/t9.html">桂花开了</a></p><p>下一篇：没有了</p></body></html>`
}

func gbk(t testing.TB, text string) http.HandlerFunc {
	t.Helper()
	body, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(text))
	must(t, err)
	return says(string(body), "Content-Type", "text/html; charset=gb2312")
}

// TestAnArticleIsPublishedAtOnceAndCompletedInPlace reads a GBK site without a feed.
func TestAnArticleIsPublishedAtOnceAndCompletedInPlace(t *testing.T) {
	inBubble(t, townHall, func(b *bubble) {
		b.on("town.example/yw/index.html", gbk(b, listPage("榕树下的议事会", "潮汐公园开工", "收粮点开门", "老船厂夜校", "雨水花园", "防潮提示")))
		b.on("town.example/{page}", func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
		b.visit(store.Which{})
		bare := b.items("town")["榕树下的议事会"]
		if bare.Title == "" || bare.Text != "" || bare.Page != "" {
			b.Fatalf("published with what its list tells: %+v", bare)
		}
		rev, err := b.store.Rev(b.Context())
		must(b, err)
		b.on("town.example/t6.html", gbk(b, articlePage("榕树下的议事会")))
		b.leap(2 * time.Minute)
		whole := b.items("town")["榕树下的议事会"]
		if whole.ID != bare.ID || whole.Story != bare.Story || whole.Updated != bare.Updated || whole.FirstSeen != bare.FirstSeen || whole.Page == "" {
			b.Errorf("not completed in place: %+v was %+v", whole, bare)
		}
		if now, err := b.store.Rev(b.Context()); err != nil || now <= rev {
			b.Errorf("rev %d after %d (%v)", now, rev, err)
		}
		if !strings.Contains(whole.Text, "第二段") || strings.Contains(whole.Text, "上一篇") || whole.Credit != "云溪日报" || len(whole.Breadcrumb) < 2 || whole.Previous.Title != "桂花开了" {
			b.Errorf("%+v", whole)
		}
		if p := whole.Published; p.Precision != models.Minute || p.From != models.FromPage || p.At.Time().Format(time.RFC3339) != "2026-10-05T00:31:00Z" {
			b.Errorf("published %+v", p)
		}
		b.leap(3 * time.Hour)
		if again := b.items("town")["榕树下的议事会"]; again.Text != whole.Text || again.Published != whole.Published || again.Updated != whole.Updated {
			b.Errorf("after more visits %+v", again)
		}
		if n := len(b.at("town.example/t6.html")); n != 2 {
			b.Errorf("its page was asked for %d times, want 2: missing, then there", n)
		}
	})
}

// TestFiftyPagesOutliveAVisitAndAKill: one visit brings fifty items; their pages come one a second
// from a host that is left a second's rest, and those that were not read when the daemon ended are
// read by the next.
func TestFiftyPagesOutliveAVisitAndAKill(t *testing.T) {
	inBubble(t, townHall, func(b *bubble) {
		var names []string
		for i := range 50 {
			names = append(names, fmt.Sprintf("云溪第%d件大事办成了", 50-i))
		}
		b.on("town.example/yw/index.html", gbk(b, listPage(names...)))
		b.on("town.example/{page}", func(w http.ResponseWriter, r *http.Request) {
			var n int
			_, _ = fmt.Sscanf(r.PathValue("page"), "t%d.html", &n)
			gbk(b, articlePage(fmt.Sprintf("云溪第%d件大事办成了", n)))(w, r)
		})
		b.live(20 * time.Second)
		some := complete(b)
		if len(b.items("town")) != 50 || some < 10 || some > 22 {
			b.Errorf("%d items, %d complete after 20 s", len(b.items("town")), some)
		}
		if v := b.last().Visit; v.Source != "town" || v.New != 50 {
			b.Errorf("the visit did not end: %+v", v)
		}
		time.Sleep(time.Second)
		b.live(45 * time.Second)
		if all := complete(b); all != 50 {
			b.Errorf("%d complete", all)
		}
		for i, gap := range gaps(b.at("")) {
			if gap < time.Second {
				b.Errorf("request %d came %v after the one before", i+1, gap)
			}
		}
		if n := len(b.at("")); n > 53 { // one may be asked twice, for it was under way
			b.Errorf("%d requests", n)
		}
	})
}

// complete counts the items that their pages have completed.
func complete(b *bubble) (n int) {
	b.Helper()
	for _, it := range b.items("town") {
		if it.Page != "" {
			n++
		}
	}
	return n
}

// TestWhatAListTurnsInto loses nothing, publishes nothing and says what happened: another layout, a
// page to log in, an error told with status 200.
func TestWhatAListTurnsInto(t *testing.T) {
	const chosen = `sources:
  - {key: town, name: 云溪区新闻网, url: "http://town.example/yw/index.html", schedule: "@every 1h", kind: page, page: {item: "ul.list > li", link: a}}
`
	for name, c := range map[string]struct {
		page  string
		class models.ErrorClass
	}{
		"redesigned":        {`<html><head><title>云溪区新闻网</title></head><body><div class="cards">` + strings.Repeat(`<div class="card"><a href="/n/1.html">新版首页的一条新闻</a><i>2026-10-05</i></div>`, 8) + `</div></body></html>`, models.ErrPageChanged},
		"a login page":      {`<html><head><title>统一身份认证</title></head><body><form action="/login" method="post"><input name="user"><input type="password" name="pass"><button>登录</button></form></body></html>`, models.ErrNotAFeed},
		"an error with 200": {`<html><head><title>错误提示</title></head><body><h1>系统繁忙，请稍后再试</h1></body></html>`, models.ErrNotAFeed},
		"an empty answer":   {"", models.ErrNotAFeed},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, chosen, func(b *bubble) {
				b.on("town.example/yw/index.html", turns(gbk(b, listPage("桂花节", "开学", "停水通知")), gbk(b, c.page), gbk(b, listPage("花灯", "桂花节", "开学", "停水通知"))))
				b.more(1)
				b.holds("town", "停水通知", "开学", "桂花节")
				b.more(1)
				v := b.last().Visit
				if v.Outcome != models.Failed || v.Class != c.class && v.Class != models.ErrPageChanged || v.Error == "" {
					b.Errorf("the visit ended as %s %s (%s)", v.Outcome, v.Class, v.Error)
				}
				if s := b.state("town"); s.Class != v.Class || s.Failures != 1 {
					b.Errorf("%+v", s)
				}
				b.holds("town", "停水通知", "开学", "桂花节")
				b.more(1)
				b.holds("town", "停水通知", "开学", "桂花节", "花灯")
			})
		})
	}
}

// TestAListGoesOnOverItsPages, as far as its source wants them; one that is missing costs no other.
func TestAListGoesOnOverItsPages(t *testing.T) {
	const three = `sources:
  - {key: town, name: 云溪区新闻网, url: "http://town.example/yw/index.html", schedule: "@every 1h", kind: page, page: {item: "ul.list > li", link: a, next: "a.next", pages: 3}}
`
	page := func(next string, names ...string) string {
		link := `<a class="next" href="` + next + `">下一页</a></body>`
		list := strings.Replace(listPage(names...), "</body>", link, 1)
		for i := range names {
			list = strings.Replace(list, fmt.Sprintf("/t%d.html", len(names)-i), "/"+names[i]+".html", 1)
		}
		return list
	}
	inBubble(t, three, func(b *bubble) {
		b.on("town.example/yw/index.html", gbk(b, page("index_2.html", "桂花节", "开学")))
		b.on("town.example/yw/index_2.html", turns(gbk(b, page("index_3.html", "开学", "停水通知")), fails(http.StatusBadGateway)))
		b.on("town.example/yw/index_3.html", gbk(b, page("index_4.html", "花灯")))
		b.visit(store.Which{})
		b.holds("town", "桂花节", "开学", "停水通知", "花灯")
		if n := len(b.at("")); n != 3 {
			b.Errorf("%d requests", n)
		}
		b.alter("UPDATE sources SET body_hash = ''")
		b.visit(store.Which{Force: true})
		if v := b.last().Visit; v.Outcome != models.Fetched || len(v.Warnings) == 0 || !strings.Contains(v.Warnings[0], "page 2") {
			b.Errorf("%+v", v)
		}
		b.holds("town", "桂花节", "开学", "停水通知", "花灯")
	})
}

// TestWhatAnArticleTurnsInto takes nothing from what is no article: its item stays as its list told
// it, and the page is asked for again later, but not for ever.
func TestWhatAnArticleTurnsInto(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"a login page":      says(`<html><head><title>统一身份认证</title></head><body><form action="/login" method="post"><input name="user"><input type="password" name="pass"><button>登录</button></form></body></html>`, "Content-Type", "text/html; charset=utf-8"),
		"an error with 200": says(`<html><head><title>错误提示</title></head><body><h1>系统繁忙，请稍后再试</h1></body></html>`, "Content-Type", "text/html; charset=utf-8"),
		"nothing":           says(""),
		"another article":   says(strings.ReplaceAll(articlePage("春耕农机下乡检修忙"), "gb2312", "utf-8"), "Content-Type", "text/html; charset=utf-8"),
		"the home page": func(w http.ResponseWriter, r *http.Request) {
			if r.PathValue("page") != "" {
				http.Redirect(w, r, "/", http.StatusFound)
				return
			}
			says(articlePage("榕树下的议事会"), "Content-Type", "text/html; charset=utf-8")(w, r)
		},
		"a list":    says(listPage("榕树下的议事会", "潮汐公园开工", "收粮点开门", "老船厂夜校", "雨水花园", "防潮提示"), "Content-Type", "text/html; charset=utf-8"),
		"missing":   fails(http.StatusNotFound),
		"gone":      fails(http.StatusGone),
		"an error":  fails(http.StatusBadGateway),
		"a refusal": fails(http.StatusForbidden),
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, townHall, func(b *bubble) {
				names := []string{"榕树下的议事会", "潮汐公园开工", "收粮点开门", "老船厂夜校", "雨水花园", "防潮提示"}
				b.on("town.example/yw/index.html", gbk(b, listPage(names...)))
				b.on("town.example/{page}", answer)
				b.on("town.example/{$}", answer)
				b.leap(100 * time.Hour)
				b.holds("town", names...)
				for title, it := range b.items("town") {
					if it.Text != "" || it.Page != "" || it.Updated != b.items("town")[title].Updated {
						b.Errorf("taken from it: %+v", it)
					}
				}
				n := len(b.at("town.example/t1.html"))
				least, most := 3, 6
				switch name {
				case "missing":
					least, most = 2, 2
				case "gone":
					least, most = 1, 1
				}
				if n < least || n > most {
					b.Errorf("asked for %d times", n)
				}
				pages, err := b.store.Pages(b.Context())
				must(b, err)
				if p := pages["town"]; p.Waiting != 0 {
					b.Errorf("%+v", p)
				}
				if !strings.Contains(b.log.String(), "msg=page source=town") || !strings.Contains(b.log.String(), "outcome=failed") {
					b.Error("nothing is told in the log")
				}
			})
		})
	}
}

// TestPagesGetNoSecretOfTheirSource, where they stand on another host.
func TestPagesGetNoSecretOfTheirSource(t *testing.T) {
	t.Setenv("CITY_TOKEN", "geheim1234567")
	const feeds = `sources:
  - {key: town, name: 云溪区新闻网, url: "http://town.example/rss.xml", schedule: "@every 1h", articles: true, headers: {X-Api-Key: "${CITY_TOKEN}"}}
`
	inBubble(t, feeds, func(b *bubble) {
		b.on("town.example/rss.xml", says(`<rss version="2.0"><channel><title>云溪</title><item><guid>1</guid><title>甲事</title><link>http://town.example/1.html</link></item>
<item><guid>2</guid><title>乙事</title><link>http://other.example/2.html</link></item></channel></rss>`))
		b.on("town.example/1.html", gbk(b, articlePage("甲事")))
		b.on("other.example/2.html", gbk(b, articlePage("乙事")))
		b.leap(time.Minute)
		for url, secret := range map[string]string{"town.example/1.html": "geheim1234567", "other.example/2.html": ""} {
			asked := b.at(url)
			if len(asked) != 1 || asked[0].header.Get("X-Api-Key") != secret {
				b.Errorf("%s: %+v", url, asked)
			}
		}
	})
}

// TestAFileOrAddressTellsItsKind is for who looks at one of which nothing is known.
func TestAFileOrAddressTellsItsKind(t *testing.T) {
	for want, body := range map[models.Kind]string{
		models.KindFeed:    rss("甲"),
		models.KindJSON:    `{"data": {"rows": []}}`,
		models.KindSitemap: `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://town.example/1.html</loc></url></urlset>`,
		models.KindPage:    listPage("榕树下的议事会", "潮汐公园开工", "收粮点开门", "老船厂夜校", "雨水花园", "防潮提示"),
		models.KindArticle: articlePage("榕树下的议事会"),
	} {
		if got := KindOf(&fetch.Response{Body: []byte(body), ContentType: "text/html; charset=utf-8"}, models.Source{}); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if manner(models.Source{Kind: models.KindFeed}) == manner(models.Source{Kind: models.KindPage}) {
		t.Error("a feed and a page are read alike")
	}
	if manner(models.Source{}) != manner(models.Source{Kind: models.KindFeed}) {
		t.Error("a source of no kind is a feed")
	}
}
