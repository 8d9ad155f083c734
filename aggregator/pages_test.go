package aggregator

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// sixNames are enough articles for a list.
var sixNames = [...]string{"榕树下的议事会", "潮汐公园开工", "收粮点开门", "老船厂夜校", "雨水花园", "防潮提示"}

const listType = "text/html; charset=utf-8"

// TestAFileAtAnItemsAddressIsAttachedToIt, once, and nothing of it is taken for a text.
func TestAFileAtAnItemsAddressIsAttachedToIt(t *testing.T) {
	inBubble(t, townHall, func(b *bubble) {
		b.on("town.example/yw/index.html", says(listPage(sixNames[:]...), "Content-Type", listType))
		b.on("town.example/{page}", says("%PDF-1.7 桂", "Content-Type", "application/octet-stream"))
		b.leap(30 * time.Hour)
		for title, it := range b.items("town") {
			if it.Text != "" || it.Content != "" || len(it.Media) != 1 || it.Media[0].Type != "application/pdf" || it.Media[0].Length != 12 || it.Media[0].URL != it.Link || it.Media[0].Inline {
				b.Errorf("%s: %+v", title, it)
			}
		}
		if n := len(b.at("town.example/t1.html")); n != 1 {
			b.Errorf("asked for %d times", n)
		}
	})
}

// TestARefusedPageLeavesItsHostAlone: what one page is told holds for all of its host, over a restart,
// and for those that come due meanwhile; visits go on as they would.
func TestARefusedPageLeavesItsHostAlone(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		rest   time.Duration
	}{
		"429 for two hours":     {fails(http.StatusTooManyRequests, "Retry-After", "7200"), 2 * time.Hour},
		"429":                   {fails(http.StatusTooManyRequests), 4 * time.Hour},
		"403":                   {fails(http.StatusForbidden), 4 * time.Hour},
		"503 for half an hour":  {fails(http.StatusServiceUnavailable, "Retry-After", "1800"), 30 * time.Minute},
		"503 for ever and ever": {fails(http.StatusServiceUnavailable, "Retry-After", "99999999"), 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, townHall, func(b *bubble) {
				b.on("town.example/yw/index.html", turns(
					says(listPage(sixNames[1:]...), "Content-Type", listType), says(listPage(sixNames[:]...), "Content-Type", listType)))
				b.on("town.example/{page}", c.answer)
				b.leap(c.rest - time.Minute)
				asked := 0
				for _, a := range b.at("") {
					if strings.HasPrefix(a.url, "town.example/t") {
						asked++
					}
				}
				if asked < 1 || asked > pagesAtOnce {
					b.Errorf("%d pages asked for before its host wanted any", asked)
				}
				if visits := len(b.at("town.example/yw/index.html")); visits < int(c.rest/time.Hour) {
					b.Errorf("%d visits", visits)
				}
				b.leap(10 * time.Minute)
				more := 0
				for _, a := range b.at("") {
					if strings.HasPrefix(a.url, "town.example/t") {
						more++
					}
				}
				if more == asked {
					b.Error("never asked again")
				}
			})
		})
	}
}

// TestARefusedVisitLeavesItsPagesAlone: a host that turns its list's visitor away wants no reader of
// its articles either.
func TestARefusedVisitLeavesItsPagesAlone(t *testing.T) {
	inBubble(t, townHall, func(b *bubble) {
		b.on("town.example/yw/index.html", turns(says(listPage(sixNames[:]...), "Content-Type", listType), fails(http.StatusTooManyRequests, "Retry-After", "14400")))
		b.on("town.example/{page}", fails(http.StatusBadGateway))
		b.visit(store.Which{})
		b.leap(time.Until(b.due()) + 2*time.Second)
		before := len(b.at(""))
		b.leap(3*time.Hour + 50*time.Minute)
		if n := len(b.at("")) - before; n != 0 {
			b.Errorf("%d requests within the four hours", n)
		}
	})
}

// TestPagesShareTheLineOfTheirHost with visits: one request at a time, a second between them, and no
// visit waits for more than what is under way.
func TestPagesShareTheLineOfTheirHost(t *testing.T) {
	feeds := townHall
	for i := range 5 {
		feeds += fmt.Sprintf("  - {key: side%d, name: 云溪%d, url: \"http://town.example/side%d.xml\", schedule: \"@every 10m\"}\n", i, i, i)
	}
	inBubble(t, feeds, func(b *bubble) {
		var names []string
		for i := range 50 {
			names = append(names, fmt.Sprintf("云溪第%d件大事办成了", 50-i))
		}
		b.on("town.example/yw/index.html", says(listPage(names...), "Content-Type", listType))
		b.on("town.example/{page}", func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(300 * time.Millisecond)
			if strings.HasPrefix(r.PathValue("page"), "side") {
				says(rss(r.PathValue("page")))(w, r)
				return
			}
			says(articlePage("云溪第"+strings.TrimSuffix(strings.TrimPrefix(r.PathValue("page"), "t"), ".html")+"件大事办成了"), "Content-Type", listType)(w, r)
		})
		b.live(11 * time.Minute)
		if b.most["town.example"] != 1 {
			b.Errorf("%d requests at once", b.most["town.example"])
		}
		for i, gap := range gaps(b.at("")) {
			if gap < time.Second {
				b.Errorf("request %d came %v after the one before", i+1, gap)
			}
		}
		for i := range 5 {
			if n := len(b.at(fmt.Sprintf("town.example/side%d.xml", i))); n < 1 {
				b.Errorf("side%d was visited %d times", i, n)
			}
		}
		if all := complete(b); all != 50 {
			b.Errorf("%d complete", all)
		}
	})
}

// TestNobodyReadsWhatNobodyWants: pages wait for a source that is taken out, or wants none any more.
func TestNobodyReadsWhatNobodyWants(t *testing.T) {
	for name, then := range map[string]string{
		"taken out":     "sources:\n  - {key: other, name: 甲, url: \"http://other.example/\", schedule: \"@every 1000h\"}\n",
		"no articles":   strings.Replace(townHall, ", articles: true", "", 1),
		"another key":   strings.Replace(townHall, "key: town", "key: village", 1),
		"switched off":  strings.Replace(townHall, "articles: true", "articles: true, enabled: false", 1),
		"still wanting": townHall,
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, townHall, func(b *bubble) {
				b.on("town.example/yw/index.html", says(listPage(sixNames[:]...), "Content-Type", listType))
				b.on("town.example/{page}", func(w http.ResponseWriter, _ *http.Request) { fails(http.StatusBadGateway)(w, nil) })
				b.visit(store.Which{})
				b.apply(then)
				before := map[string]int{}
				for _, a := range b.at("") {
					before[a.url]++
				}
				b.leap(30 * time.Minute)
				for _, a := range b.at("") {
					before[a.url]--
				}
				asked := before["town.example/t1.html"] < 0
				if want := name == "still wanting" || name == "another key"; asked != want {
					b.Errorf("its pages are read: %v", asked)
				}
				pages, err := b.store.Pages(b.Context())
				must(b, err)
				if n := pages["town"].Waiting; n > 0 && name != "still wanting" && name != "switched off" {
					b.Errorf("%d wait", n)
				}
			})
		})
	}
}

// TestWhatAFeedTellsAnewIsReadAnew: an edit keeps what the page gave, and the page is read again.
func TestWhatAFeedTellsAnewIsReadAnew(t *testing.T) {
	const feeds = `sources:
  - {key: town, name: 云溪区新闻网, url: "http://town.example/rss.xml", schedule: "@every 1h", articles: true}
`
	entry := func(text string) http.HandlerFunc {
		return says(`<rss version="2.0"><channel><title>云溪</title><item><guid>1</guid><title>榕树下的议事会</title><link>http://town.example/1.html</link><description>` + text + `</description></item></channel></rss>`)
	}
	long := strings.Repeat("订阅源后来自己也给出了全文，而且比网页上的还要长，连附记都在里面。", 12)
	inBubble(t, feeds, func(b *bubble) {
		b.on("town.example/rss.xml", turns(entry("简介。"), entry("改过的简介。"), entry(long)))
		b.on("town.example/1.html", gbk(b, articlePage("榕树下的议事会")))
		b.leap(10 * time.Minute)
		whole := b.items("town")["榕树下的议事会"]
		if !strings.Contains(whole.Text, "第二段") || whole.Updated.At > whole.FirstSeen {
			b.Fatalf("%+v", whole)
		}
		b.leap(70 * time.Minute)
		edited := b.items("town")["榕树下的议事会"]
		if edited.Text != whole.Text || edited.Credit != whole.Credit || edited.Updated.At <= whole.Updated.At || edited.ID != whole.ID {
			b.Errorf("after an edit: %+v", edited)
		}
		if n := len(b.at("town.example/1.html")); n != 2 {
			b.Errorf("its page was read %d times", n)
		}
		b.leap(70 * time.Minute)
		if more := b.items("town")["榕树下的议事会"]; !strings.Contains(more.Text, "附记") || more.Credit != whole.Credit {
			b.Errorf("the feed gives more: %+v", more)
		}
	})
}

// TestOnceReadsThePagesToo: fetch by hand brings whole articles.
func TestOnceReadsThePagesToo(t *testing.T) {
	inBubble(t, townHall, func(b *bubble) {
		b.on("town.example/yw/index.html", says(listPage(sixNames[:]...), "Content-Type", listType))
		b.on("town.example/{page}", func(w http.ResponseWriter, r *http.Request) {
			n := int(r.PathValue("page")[1] - '0')
			says(articlePage(sixNames[6-n]), "Content-Type", listType)(w, r)
		})
		b.visit(store.Which{Keys: []string{"town"}})
		if n := complete(b); n != 6 {
			b.Errorf("%d complete", n)
		}
		pages, err := b.store.Pages(b.Context())
		must(b, err)
		if pages["town"] != (models.PageState{Source: "town"}) {
			b.Errorf("%+v", pages["town"])
		}
	})
}

// TestAPageThatSendsItsReadersOnIsFollowed, once: people see the article there.
func TestAPageThatSendsItsReadersOnIsFollowed(t *testing.T) {
	stub := func(to string) http.HandlerFunc {
		return says(`<html><head><meta http-equiv="refresh" content="0;url=`+to+`"></head><body></body></html>`, "Content-Type", listType)
	}
	inBubble(t, townHall, func(b *bubble) {
		b.on("town.example/yw/index.html", says(listPage(sixNames[:]...), "Content-Type", listType))
		b.on("town.example/t6.html", stub("/wz/1.html"))
		b.on("town.example/t5.html", stub("http://m.town.example/2.html"))
		b.on("town.example/t4.html", stub("/t4b.html"))
		b.on("town.example/t4b.html", stub("/t4.html"))
		b.on("town.example/t3.html", stub("/"))
		b.on("town.example/{$}", says(articlePage(sixNames[3]), "Content-Type", listType))
		b.on("town.example/{page}", http.NotFound)
		b.on("town.example/wz/1.html", says(articlePage(sixNames[0]), "Content-Type", listType))
		b.on("m.town.example/2.html", says(articlePage(sixNames[1]), "Content-Type", listType))
		b.leap(30 * time.Second)
		for i, name := range sixNames {
			it := b.items("town")[name]
			if read := strings.Contains(it.Text, "第二段"); read != (i < 2) || it.Link != fmt.Sprintf("http://town.example/t%d.html", 6-i) {
				b.Errorf("%s: read %v, link %s", name, read, it.Link)
			}
		}
		if n := len(b.at("town.example/t4.html")) + len(b.at("town.example/t4b.html")); n != 2 {
			b.Errorf("%d requests for pages that send round", n)
		}
	})
}

// TestAListThatSendsItsReadersOnSaysWhere, for whoever mends feeds.yaml.
func TestAListThatSendsItsReadersOnSaysWhere(t *testing.T) {
	inBubble(t, townHall, func(b *bubble) {
		b.on("town.example/yw/index.html", says(`<html><head><meta http-equiv="refresh" content="0;url=/web/yw/"></head><body></body></html>`, "Content-Type", listType))
		b.visit(store.Which{})
		if v := b.last().Visit; v.Outcome != models.Failed || !strings.Contains(v.Error, "sends its readers on: url: http://town.example/web/yw/") {
			b.Errorf("%+v", v)
		}
	})
}
