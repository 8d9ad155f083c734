package aggregator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"civicfeed/models"
	"civicfeed/models/store"
)

// TestR27F50NoFeedWithAGoodStatus: an error page, a login behind a redirect, a captive portal, an error
// in JSON, all with 200: the class is named, what was published stays, and when the feed is back it is
// asked for with the validators it had.
func TestR27F50NoFeedWithAGoodStatus(t *testing.T) {
	const page = "<!DOCTYPE html><html><head><title>%s</title></head><body><form action=login><input name=user></form></body></html>"
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	for name, answer := range map[string]http.HandlerFunc{
		"an error page":          says(fmt.Sprintf(page, "系统维护中"), "Content-Type", "text/html", "ETag", `"page"`),
		"called a feed":          says(fmt.Sprintf(page, "系统维护中"), "Content-Type", "application/rss+xml", "ETag", `"page"`),
		"a login":                redirect("http://login.example/?next=rss"),
		"a captive portal":       says("<html><script>location='http://portal.example/'</script></html>", "Content-Type", "text/html", "ETag", `"p"`),
		"XHTML":                  says(`<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>404</title></head></html>`, "Last-Modified", "Mon, 05 Oct 2026 01:00:00 GMT"),
		"an error in JSON":       says(`{"code": 401, "message": "未登录", "items": []}`, "Content-Type", "application/json"),
		"an error in XML":        says(`<?xml version="1.0"?><error><code>500</code></error>`),
		"a sentence":             says("数据库连接失败"),
		"nothing":                says("", "ETag", `"0"`),
		"a page before the feed": says(fmt.Sprintf(page, "系统维护中") + "\n<!-- <rss> -->"),
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, daily, func(b *bubble) {
				good := says(rss("桂花节"), "ETag", `"good"`)
				b.on("daily.example/rss.xml", turns(good, answer, good))
				b.on("login.example/", says(fmt.Sprintf(page, "请登录"), "ETag", `"login"`))
				b.more(1)
				b.visit(store.Which{Force: true})
				b.ended(models.Failed, models.ErrNotAFeed)
				b.holds("daily", "桂花节")
				if s := b.state("daily"); s.Validators.ETag != `"good"` || s.Failures != 1 || s.Error == "" {
					b.Errorf("%+v", s)
				}
				b.more(1)
				if h := b.at("daily.example/rss.xml")[2].header; h.Get("If-None-Match") != `"good"` {
					b.Errorf("asked with %q", h.Get("If-None-Match"))
				}
				b.ended(models.Unchanged, "")
			})
		})
	}
}

// TestR28Firewall: the answers of firewalls, with a script or without, are told as a refusal; the source
// is left alone for four hours at least, and what it published stays.
func TestR28Firewall(t *testing.T) {
	for _, status := range []int{401, 403, 412, 451, 521} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			inBubble(t, daily, func(b *bubble) {
				b.on("daily.example/rss.xml", turns(says(rss("桂花节")), func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "text/html")
					w.Header().Set("Set-Cookie", "__jsluid_s=1; path=/")
					w.WriteHeader(status)
					_, _ = w.Write([]byte("<script>document.cookie='__jsl_clearance_s='+(+!+[]);location.href=location.pathname</script>"))
				}))
				b.more(2)
				b.ended(models.Failed, models.ErrOrigin)
				s := b.state("daily")
				if s.Reason.Why != models.WhyRefused || s.NextAt.Time().Sub(s.LastVisit.Time()) < 4*time.Hour {
					b.Errorf("%+v", s)
				}
				for _, gap := range gaps(b.more(3)) {
					if gap < 4*time.Hour {
						b.Errorf("asked again after %v", gap)
					}
				}
				b.holds("daily", "桂花节")
				for _, a := range b.at("") {
					if a.header.Get("Cookie") != "" {
						b.Error("the firewall's cookie was sent back")
					}
				}
			})
		})
	}
}

// TestR34EncodingsChange: the encoding changes from visit to visit, rightly labelled, wrongly or not at
// all, and nothing becomes an update; where the source has garbled its texts, what was right stays, and
// what is new and whole comes.
func TestR34EncodingsChange(t *testing.T) {
	const title, text = "镕园社区办事大厅今起启用", "本报讯 记者从市政府新闻发布会上获悉，镕园社区办事大厅今起启用，居民办理医保、社保业务不用再跑远路了。"
	feed := func(declared, title, text, more string) string {
		return `<?xml version="1.0" encoding="` + declared + `"?><rss version="2.0"><channel><title>` + title + `</title><item><guid>1</guid><title>` +
			title + "</title><description>" + text + "</description></item>" + more + "</channel></rss>"
	}
	in := func(enc encoding.Encoding, s string) string {
		out, err := enc.NewEncoder().String(s)
		must(t, err)
		return out
	}
	as := func(is, read encoding.Encoding, s string) string {
		out, err := read.NewDecoder().String(in(is, s))
		must(t, err)
		return out
	}
	gbk, latin := encoding.Encoding(simplifiedchinese.GB18030), encoding.Encoding(charmap.Windows1252)
	plain := feed("utf-8", title, text, "")
	const fresh = "<item><guid>2</guid><title>桂花节周六开幕</title></item>"
	wrong := func(s string) string { return "<item><guid>3</guid><title>" + s + "</title></item>" }
	for name, c := range map[string]struct {
		body, header string
		garbled      bool
		titles       []string // beside the first
	}{
		"GBK, declared":                  {in(gbk, feed("gb2312", title, text, "")), "", false, nil},
		"GBK, declared UTF-8":            {in(gbk, plain), "", false, nil},
		"GBK, by the header only":        {in(gbk, strings.Replace(plain, ` encoding="utf-8"`, "", 1)), "text/xml; charset=GBK", false, nil},
		"GBK, header Latin-1":            {in(gbk, plain), "text/xml; charset=ISO-8859-1", false, nil},
		"UTF-8, declared GBK":            {feed("gbk", title, text, ""), "text/xml; charset=gb2312", false, nil},
		"UTF-16":                         {in(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), feed("utf-16", title, text, "")), "", false, nil},
		"GBK and a bad byte":             {strings.Replace(in(gbk, plain), in(gbk, "，镕园"), in(gbk, "，")+"\xff"+in(gbk, "镕园"), 1), "", true, nil},
		"UTF-8 read as GBK":              {feed("utf-8", as(encoding.Nop, gbk, title), as(encoding.Nop, gbk, text), fresh), "", true, []string{"桂花节周六开幕"}},
		"UTF-8 read as Latin-1":          {feed("utf-8", as(encoding.Nop, latin, title), as(encoding.Nop, latin, text), fresh+wrong(as(encoding.Nop, latin, "城东停水"))), "", true, []string{"桂花节周六开幕"}},
		"GBK read as Latin-1":            {feed("utf-8", as(gbk, latin, title), as(gbk, latin, text), ""), "", true, nil},
		"GBK read as Big5":               {feed("utf-8", as(gbk, traditionalchinese.Big5, title), as(gbk, traditionalchinese.Big5, text), ""), "", true, nil},
		"question marks":                 {feed("utf-8", strings.Repeat("?", 12), strings.Repeat("?", 50), ""), "", true, nil},
		"replacement characters":         {feed("utf-8", strings.Repeat("\uFFFD", 12), text, ""), "", true, nil},
		"as replacement characters, GBK": {feed("utf-8", "锟斤拷锟斤拷锟斤拷", strings.Repeat("锟斤拷", 9), ""), "", true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, daily, func(b *bubble) {
				b.on("daily.example/rss.xml", turns(says(plain, "ETag", `"1"`), says(c.body, "Content-Type", c.header, "ETag", `"2"`), says(plain, "ETag", `"3"`)))
				b.more(2)
				v := b.last().Visit
				b.ended(models.Fetched, "")
				if v.Changed != 0 || v.New != len(c.titles) || slices.ContainsFunc(v.Warnings, isGarbled) != c.garbled {
					b.Errorf("%d new, %d changed, warnings %q", v.New, v.Changed, v.Warnings)
				}
				b.holds("daily", append(c.titles, title)...)
				if it := b.items("daily")[title]; it.Text != text {
					b.Errorf("the text is %q", it.Text)
				}
				if s := b.state("daily"); s.Feed.Title != title || c.garbled != (s.Validators.ETag == `"1"`) {
					b.Errorf("the feed is called %q, validators %+v", s.Feed.Title, s.Validators)
				}
				b.more(1)
				if v := b.last().Visit; v.New+v.Changed != 0 || b.state("daily").Validators.ETag != `"3"` {
					b.Errorf("when it is right again: %+v", v)
				}
			})
		})
	}
}

func isGarbled(warning string) bool { return strings.Contains(warning, "garbled") }

// TestR34GarbledFirst: a text that was garbled when it first came is mended when it comes right.
func TestR34GarbledFirst(t *testing.T) {
	const title = "镕园社区办事大厅今起启用"
	wrong, err := simplifiedchinese.GB18030.NewDecoder().String(title)
	must(t, err)
	inBubble(t, daily, func(b *bubble) {
		v := b.visits(paper(piece{"1", "", wrong, "", wrong}), paper(piece{"1", "", title, "", title}))
		if v[1].Changed != 1 || v[1].New != 0 {
			b.Errorf("%+v", v)
		}
		b.holds("daily", title)
	})
}

// TestR35TooManyItems: of many thousands the first are taken, whole, and the admin is told; a document
// of a hundred thousand, and one of 50 MB, are refused, and what was published stays.
func TestR35TooManyItems(t *testing.T) {
	items := func(n int) http.HandlerFunc {
		var s strings.Builder
		s.WriteString(`<rss version="2.0"><channel><title>云溪日报</title>`)
		for i := range n {
			fmt.Fprintf(&s, "<item><guid>%d</guid><title>第%[1]d条</title></item>", i)
		}
		return says(s.String()+"</channel></rss>", "ETag", fmt.Sprintf(`"%d"`, n))
	}
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", turns(items(30_000), items(100_000), says(strings.Repeat(" ", 50<<20)+paper(pieces(0, 3)...))))
		b.more(1)
		v := b.last().Visit
		if v.Outcome != models.Fetched || v.Items != 5_000 || v.New != v.Items || len(v.Warnings) == 0 {
			b.Errorf("%+v", v)
		}
		for range 2 {
			b.visit(store.Which{Force: true})
			b.ended(models.Failed, models.ErrTooLarge)
		}
		if n := len(b.told("daily")); n != v.Items || b.state("daily").Validators.ETag != `"30000"` {
			b.Errorf("%d stories stay of %d, validators %+v", n, v.Items, b.state("daily").Validators)
		}
	})
}

// TestReadingChanged: what becomes another because we read it otherwise is written, and is no update;
// what its source calls an update is one all the same.
func TestReadingChanged(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		const item = `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>1</title><item><guid>1</guid><title>R` + "\xe9" + `union</title>%s</item></channel></rss>`
		b.on("daily.example/rss.xml", says(fmt.Sprintf(item, "")))
		b.more(1)
		was := slices.Collect(maps.Values(b.items("daily")))[0]
		b.apply(strings.Replace(daily, `"@every 10m"`, `"@every 10m", encoding: windows-1251`, 1))
		b.more(1)
		v := b.last()
		b.holds("daily", "Rйunion")
		now := b.items("daily")["Rйunion"]
		if !v.Reread || v.Visit.New != 0 || v.Visit.Changed != 0 || now.Updated.At != was.Updated.At || now.ID != was.ID {
			b.Errorf("%+v was %+v; %+v", now, was, v.Visit)
		}
	})
}

// TestR37Breaks: reading breaks down three times over what a source sends, whatever it is: it is left
// for a day, counted and told, while others go on; then it is tried again, and all is well.
func TestR37Breaks(t *testing.T) {
	t.Parallel()
	x := newTroubles(t)
	visit := func() {
		visitAll(t, x.db, cityCatalog(x.city.URL, "good", "bad"), time.Duration(x.days)*24*time.Hour, nil)
	}
	for i := range breaks {
		x.city.says("bad", panicWord, fmt.Sprint(i))
		visit()
		if s := x.wantHeld("bad"); s.Reading.Times != i+1 || s.Class != models.ErrInternal || s.Failures != 0 {
			t.Errorf("after %d: %+v, %s: %s", i+1, s.Reading, s.Class, s.Error)
		}
	}
	x.city.says("bad", "好")
	x.city.says("good", "甲", "乙")
	visit()
	if s := x.wantHeld("bad"); !strings.Contains(s.Error, "3 documents of this source in a row") {
		t.Errorf("in quarantine: %s", s.Error)
	}
	x.wantHeld("good", "甲", "乙")
	x.days = 2
	visit()
	if s := x.wantHeld("bad", "好"); s.Class != "" || s.Reading.Poison && s.Reading.Times != 0 {
		t.Errorf("after a day: %+v, %s", s.Reading, s.Class)
	}
}
