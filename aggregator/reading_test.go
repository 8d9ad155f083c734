package aggregator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
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
	"civicfeed/models/catalog"
	"civicfeed/models/store"
)

// TestF53Encodings: twelve ways in which servers, documents and bytes agree and do not; each arrives
// in the store as it was meant.
func TestF53Encodings(t *testing.T) {
	const (
		mainland = "镕园社区办事大厅启用，居民办事更方便了，记者从市政府新闻发布会上获悉"
		island   = "湖東鄉公所公告：換裝路燈期間請用路人小心慢行，並請配合現場人員指揮"
	)
	utf8, gbk, big5 := encoding.Encoding(encoding.Nop), encoding.Encoding(simplifiedchinese.GB18030), encoding.Encoding(traditionalchinese.Big5)
	for name, c := range map[string]struct {
		text, declared, header, hint string
		enc                          encoding.Encoding
	}{
		"01 UTF-8 everywhere":               {mainland, "utf-8", "text/xml; charset=utf-8", "", utf8},
		"02 UTF-8 with a mark":              {mainland, "utf-8", "text/xml", "", unicode.UTF8BOM},
		"03 UTF-8 and no word":              {mainland, "", "text/xml", "", utf8},
		"04 GBK in the declaration":         {mainland, "gb2312", "text/xml", "", gbk},
		"05 GBK in the header":              {mainland, "", "text/xml; charset=GBK", "", gbk},
		"06 UTF-8 that calls itself gb2312": {mainland, "gb2312", "text/xml", "", utf8},
		"07 GBK that calls itself UTF-8":    {mainland, "utf-8", "text/xml; charset=utf-8", "", gbk},
		"08 header against declaration":     {mainland, "gb2312", "text/xml; charset=iso-8859-1", "", gbk},
		"09 Big5":                           {island, "big5", "application/xml", "", big5},
		"10 Big5 and no word":               {island, "", "text/html", "", big5},
		"11 UTF-16 with a mark":             {mainland, "utf-16", "text/xml", "", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
		"12 feeds.yaml knows better":        {"Réunion", "utf-8", "text/xml", "windows-1252", charmap.Windows1252},
	} {
		t.Run(name, func(t *testing.T) {
			hint := ""
			if c.hint != "" {
				hint = ", encoding: " + c.hint
			}
			inBubble(t, strings.Replace(daily, `"@every 10m"`, `"@every 10m"`+hint, 1), func(b *bubble) {
				declaration := `<?xml version="1.0"?>`
				if c.declared != "" {
					declaration = `<?xml version="1.0" encoding="` + c.declared + `"?>`
				}
				body, err := c.enc.NewEncoder().String(declaration + `<rss version="2.0"><channel><title>1</title><item><guid>1</guid><title>` + c.text + "</title></item></channel></rss>")
				must(b, err)
				b.on("daily.example/rss.xml", says(body, "Content-Type", c.header))
				b.visit(store.Which{})
				b.holds("daily", c.text)
			})
		})
	}
}

// TestF58JSONFeedRules: without an id no item, a number is one, without a version no feed.
func TestF58JSONFeedRules(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", turns(says(`{"version": "https://jsonfeed.org/version/1.1", "title": "日报", "items": [
			{"id": "1", "title": "有号", "content_text": "一"}, {"title": "无号", "content_text": "二"},
			{"id": 3, "title": "数号", "content_text": "三"}, {"id": "", "title": "空号", "content_text": "四"}]}`),
			says(`{"title": "日报", "items": [{"id": "9", "title": "无版本", "content_text": "一"}]}`)))
		b.more(1)
		b.holds("daily", "数号", "有号")
		if got := b.items("daily")["数号"].GUID; got != "3" {
			b.Errorf("a number as id became %q", got)
		}
		b.more(1)
		b.ended(models.Failed, models.ErrNotAFeed)
		b.holds("daily", "数号", "有号")
	})
}

// TestF59AtomIDIsOpaque: ids are compared letter by letter; the same one with another text is an
// update of the item that is held.
func TestF59AtomIDIsOpaque(t *testing.T) {
	entry := func(id, title, updated string) string {
		return "<entry><id>" + id + "</id><title>" + title + "</title><updated>" + updated + "</updated><link href=\"/" + title[:3] + ".html\"/></entry>"
	}
	feed := func(entries ...string) http.HandlerFunc {
		return says(`<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x</id><title>日报</title>` + strings.Join(entries, "") + "</feed>")
	}
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", turns(
			feed(entry("HTTP://A.example/1", "甲", "2026-10-04T08:00:00Z"), entry("http://a.example/1", "乙", "2026-10-04T08:00:00Z"),
				entry("http://a.example/%31", "丙", "2026-10-04T08:00:00Z"), entry("http://a.example/1/", "丁", "2026-10-04T08:00:00Z")),
			feed(entry("http://a.example/1", "乙改", "2026-10-05T01:00:00Z"))))
		b.more(1)
		b.holds("daily", "丁", "丙", "乙", "甲")
		first := b.items("daily")["乙"]
		b.more(1)
		b.holds("daily", "丁", "丙", "乙改", "甲")
		now := b.items("daily")["乙改"]
		if v := b.last().Visit; v.New != 0 || v.Changed != 1 {
			b.Errorf("%d new, %d changed", v.New, v.Changed)
		}
		if now.ID != first.ID || now.Story != first.Story || now.FirstSeen != first.FirstSeen {
			b.Errorf("%+v was %+v", now, first)
		}
		if got := now.Updated.At.Time().Format(time.RFC3339); got != "2026-10-05T01:00:00Z" || now.Published.At != first.Published.At {
			b.Errorf("updated %s, published %v", got, now.Published.At.Time())
		}
	})
}

// TestF60AGuidBelongsToItsFeed: the same one in two feeds is two items, and changing the one leaves
// the other.
func TestF60AGuidBelongsToItsFeed(t *testing.T) {
	const feeds = `network: {floor: 1m, per_host: {gap: 0s}}
sources:
  - {key: a, name: 甲, url: "http://a.example/rss.xml", schedule: "@every 10m"}
  - {key: b, name: 乙, url: "http://b.example/rss.xml", schedule: "@every 10m"}
`
	item := func(title string) http.HandlerFunc {
		return says(`<rss version="2.0"><channel><title>日报</title><item><guid isPermaLink="false">1</guid><title>` + title + `</title></item></channel></rss>`)
	}
	inBubble(t, feeds, func(b *bubble) {
		b.on("a.example/rss.xml", turns(item("桂花节"), item("桂花节延期")))
		b.on("b.example/rss.xml", item("花灯"))
		b.leap(twice)
		b.holds("a", "桂花节延期")
		b.holds("b", "花灯")
		if b.items("a")["桂花节延期"].ID == b.items("b")["花灯"].ID {
			b.Error("both have one id")
		}
	})
}

// TestF63DatesToCome are those of the first visit, and what the source said is kept beside them; a
// date that another visit brings does not move the item either.
func TestF63DatesToCome(t *testing.T) {
	feed := func(dates ...string) http.HandlerFunc {
		var s strings.Builder
		for i, d := range dates {
			fmt.Fprintf(&s, "<item><guid>%d</guid><title>第%[1]d条</title><pubDate>%s</pubDate></item>", i, d)
		}
		return says(`<rss version="2.0"><channel><title>日报</title>` + s.String() + "</channel></rss>")
	}
	const (
		hours = "Mon, 05 Oct 2026 18:30:00 +0800" // half a working day ahead of the bubble's clock
		year  = "Tue, 05 Oct 2027 02:00:00 GMT"
		far   = "Fri, 31 Dec 9999 23:59:59 GMT"
		past  = "Sun, 04 Oct 2026 02:00:00 GMT"
	)
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", turns(feed(hours, year, far, past), feed(year, far, hours, past)))
		b.more(2)
		items := b.items("daily")
		for i, raw := range []string{hours, year, far} {
			it := items[fmt.Sprintf("第%d条", i)]
			if it.Published.At != it.FirstSeen || it.FirstSeen == 0 || it.Published.From != models.FromSeen || it.Published.Raw != raw {
				b.Errorf("%s became %+v, first seen %v", raw, it.Published, it.FirstSeen.Time())
			}
		}
		if it := items["第3条"]; it.Published.At.Time().Format(time.RFC1123) != strings.Replace(past, "GMT", "UTC", 1) {
			b.Errorf("%s became %v", past, it.Published.At.Time())
		}
		stories, err := b.store.Latest(b.Context(), models.View{}, models.ByPublished, 10)
		must(b, err)
		for _, s := range stories {
			if s.Published > models.MillisOf(time.Now()) || s.Updated > models.MillisOf(time.Now()) || s.Listed > models.MillisOf(time.Now()) {
				b.Errorf("a story of the future: %+v", s)
			}
		}
	})
}

// TestF64WhatTheFeedSaysOfItself is kept: what an entry taken from it has to carry along.
func TestF64WhatTheFeedSaysOfItself(t *testing.T) {
	const body = `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN"><id>urn:uuid:60a76c80</id><title>云溪日报</title><subtitle>一城之事</subtitle>
<link href="http://www.yunxi.example/"/><link rel="self" href="/rss.xml"/><rights>版权所有 云溪日报社</rights><author><name>林小满</name><email>lin@yunxi.example</email></author>
<category term="要闻"/><logo>/logo.png</logo><generator>某站</generator><updated>2026-10-04T08:00:00Z</updated>
<entry><id>1</id><title>桂花节</title></entry></feed>`
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", turns(says(body), fails(http.StatusNotModified), fails(http.StatusBadGateway)))
		b.more(3)
		f := b.state("daily").Feed
		if f.ID != "urn:uuid:60a76c80" || f.Title != "云溪日报" || f.Description != "一城之事" || f.Link != "http://www.yunxi.example/" ||
			f.Self != "http://daily.example/rss.xml" || f.Rights != "版权所有 云溪日报社" || f.Image != "http://daily.example/logo.png" || f.Language != "zh-CN" ||
			len(f.People) != 1 || f.People[0].Name != "林小满" || f.People[0].Email != "lin@yunxi.example" ||
			len(f.Categories) != 1 || f.Categories[0].Term != "要闻" || f.Updated.Time().Format(time.RFC3339) != "2026-10-04T08:00:00Z" {
			b.Errorf("kept %+v", f)
		}
	})
}

// TestF67OneLineForAVisit tells who, how it ended, how much, with what validators, what was new, and
// when next; nothing from outside can make it two lines.
func TestF67OneLineForAVisit(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", turns(says(rss("一", "二"), "Etag", `"1"`, "Last-Modified", "Mon, 05 Oct 2026 01:00:00 GMT"), fails(http.StatusNotModified),
			says(strings.Replace(rss("一", "三"), "<title>一<", "<title>一改<", 1)), says("<html>\r\n\x1b[31mlevel=ERROR msg=forged</html>"), fails(http.StatusServiceUnavailable),
			func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "gopher://x/\nlevel=ERROR", http.StatusFound)
			}))
		b.more(6)
		lines := strings.Split(strings.TrimSpace(b.log.String()), "\n")
		want := []string{
			`level=INFO msg=visit source=daily outcome=fetched status=200 bytes=\d{3} ms=0 validators=etag\+date items=2 new=2 changed=0 next=2026-10-05T02:1\d:\d\dZ`,
			`level=INFO msg=visit source=daily outcome=unchanged status=304 bytes=0 ms=0 validators=etag\+date items=0 new=0 changed=0 next=\S+Z`,
			`level=INFO msg=visit source=daily outcome=fetched status=200 bytes=\d{3} ms=0 validators=none items=2 new=1 changed=1 next=\S+Z`,
			`level=WARN msg=visit source=daily outcome=failed status=200 bytes=\d+ ms=0 validators=none items=0 new=0 changed=0 next=\S+Z class=not_a_feed err=".+"`,
			`level=WARN msg=visit source=daily outcome=failed status=503 bytes=0 ms=0 validators=none items=0 new=0 changed=0 next=\S+Z class=http_5xx err=".+"`,
			`level=WARN msg=visit source=daily outcome=failed status=302 bytes=0 ms=0 validators=none items=0 new=0 changed=0 next=\S+Z class=blocked_address err=".+"`,
		}
		if len(lines) != len(want) {
			b.Fatalf("%d lines of %d visits:\n%s", len(lines), len(want), b.log.String())
		}
		for i, line := range lines {
			if !regexp.MustCompile("^" + want[i] + "$").MatchString(line) {
				b.Errorf("line %d: %s\nwant: %s", i, line, want[i])
			}
		}
	})
}

// TestT11CredentialsInAddresses are refused in feeds.yaml without being repeated; those in a redirect
// are neither used nor shown, be it in the log, in what is stored, or in a sentence.
func TestT11CredentialsInAddresses(t *testing.T) {
	for _, url := range []string{"http://reader:geheim@a.example/", "http://geheim@a.example/", `http://evil\\@geheim.example/`, `http://evil.example\@a.example/`, "http://a.example#@geheim.example:x@b/"} {
		_, err := catalog.Parse("feeds.yaml", fmt.Appendf(nil, "site: {title: 云溪}\nsources: [{key: a, name: 甲, url: '%s'}]", url))
		if err == nil {
			t.Errorf("%s is taken", url)
		} else if strings.Contains(url, "geheim@") && strings.Contains(err.Error(), "geheim") {
			t.Errorf("the message repeats the password: %v", err)
		}
	}
	for _, location := range []string{"http://reader:geheim@other.example/rss.xml", "http://reader:geheim@other.example/missing", "ftp://reader:geheim@other.example/", "http://reader:geheim@other.example:99999/%zz"} {
		inBubble(t, daily, func(b *bubble) {
			b.on("daily.example/rss.xml", fails(http.StatusMovedPermanently, "Location", location))
			b.on("other.example/rss.xml", says(rss("桂花节")))
			b.more(2)
			for _, a := range b.at("other.example/") {
				if a.header.Get("Authorization") != "" {
					b.Errorf("%s: the redirect's credentials were sent", location)
				}
			}
			stored, err := json.Marshal(b.states())
			must(b, err)
			saved, err := json.Marshal(b.saved)
			must(b, err)
			for what, text := range map[string]string{"the log": b.log.String(), "the state": string(stored), "the visits": string(saved)} {
				if strings.Contains(text, "geheim") {
					b.Errorf("%s: %s shows the password: %s", location, what, text)
				}
			}
		})
	}
}

// TestT12LookingIsGuardedAlike: trying an address before it is in feeds.yaml goes through the same
// guard and takes its turn; what it gives is what was read, never the bytes of a page.
func TestT12LookingIsGuardedAlike(t *testing.T) {
	cat, err := catalog.Parse("feeds.yaml", []byte("site: {title: 云溪}\nsections: [{key: news, title: 要闻}]\n"+daily))
	must(t, err)
	client, err := NewClient(cat, "1.0")
	must(t, err)
	defer client.Close()
	for _, url := range []string{"http://127.0.0.1/", "http://[::1]/rss.xml", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://2130706433/"} {
		r, v := Look(t.Context(), client, models.Source{Key: "try", URL: url})
		if r != nil || v.Class != models.ErrBlocked || v.Status != 0 || v.Bytes != 0 {
			t.Errorf("%s: %+v, %+v", url, r, v)
		}
	}
	inBubble(t, strings.Replace(daily, "gap: 0s", "gap: 2s", 1), func(b *bubble) {
		const secret = "<html><body>内网的秘密</body></html>"
		b.on("daily.example/page.html", says(secret))
		client := b.aggregator(b.store).plan.Load().client
		defer client.Close()
		for range 3 {
			r, v := Look(b.Context(), client, models.Source{Key: "try", URL: "http://daily.example/page.html"})
			if r != nil || v.Class != models.ErrNotAFeed || strings.Contains(v.Error, "秘密") {
				b.Errorf("%+v, %+v", r, v)
			}
		}
		if least := slices.Min(gaps(b.at(""))); least < 2*time.Second {
			b.Errorf("looked again after %v", least)
		}
	})
}

// TestT11SecretsThatAnswersRepeat: be it in a redirect, in a page that is no feed or in what a label
// says, they are in no log and in nothing that is stored of the source.
func TestT11SecretsThatAnswersRepeat(t *testing.T) {
	t.Setenv("CITY_TOKEN", "geheim+1234567")
	const feeds = "sources: [{key: a, name: 甲, url: \"http://a.example/rss.xml\", headers: {X-Api-Key: \"${CITY_TOKEN}\"}}]\n"
	key := func(r *http.Request) string { return r.Header.Get("X-Api-Key") }
	for name, answer := range map[string]http.HandlerFunc{
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/login?key="+url.QueryEscape(key(r)))
			w.WriteHeader(http.StatusFound)
		},
		"a page": func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "no such key: %s", key(r)) },
		"a label": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, `<?xml version="1.0" encoding="%s"?><rss version="2.0"><channel><title>日报</title></channel></rss>`, key(r))
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, feeds, func(b *bubble) {
				b.on("a.example/rss.xml", answer)
				b.on("a.example/login", says("<html><body>请登录</body></html>"))
				b.visit(store.Which{})
				stored, err := json.Marshal(b.states())
				must(b, err)
				visit, err := json.Marshal(b.last().Visit)
				must(b, err)
				for what, text := range map[string]string{"the log": b.log.String(), "the state": string(stored), "the visit": string(visit)} {
					if strings.Contains(text, "geheim") || strings.Contains(text, "1234567") {
						b.Errorf("%s shows the secret: %s", what, text)
					}
				}
				if !strings.Contains(string(visit), "…") {
					b.Errorf("the answer did not repeat the secret, or nothing is told of it: %s", visit)
				}
			})
		})
	}
}

// TestF67AnUnsavedVisitIsTold, in its line and to whoever asked for it.
func TestF67AnUnsavedVisitIsTold(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", func(w http.ResponseWriter, r *http.Request) {
			b.alter("ALTER TABLE visits RENAME TO elsewhere")
			says(rss("桂花节"))(w, r)
		})
		a := b.aggregator(b.store)
		defer func() { a.plan.Load().client.Close() }()
		if err := a.Once(b.Context(), store.Which{}); err == nil || !strings.Contains(err.Error(), "visits not saved") {
			b.Errorf("all is well: %v", err)
		}
		if !regexp.MustCompile(`level=WARN msg=visit source=daily .* unsaved=".*visits`).MatchString(b.log.String()) || len(b.saved) > 0 {
			b.Errorf("%d visits saved:\n%s", len(b.saved), b.log.String())
		}
	})
}
