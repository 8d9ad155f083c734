package aggregator

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"civicfeed/models"
	"civicfeed/models/store"
)

// listedAt is a list page of articles with one title and day, each at a link of its own.
func listedAt(title string, links ...string) string {
	var s strings.Builder
	s.WriteString(`<html><head><title>要闻-云溪区新闻网</title></head><body><ul class="list">`)
	for _, l := range links {
		fmt.Fprintf(&s, `<li><a href="%s">%s</a><span>2026-10-04</span></li>`, l, title)
	}
	for i, old := range []string{"桂花节周六开幕", "城东水厂管网改造", "老城墙夜景灯光秀"} {
		fmt.Fprintf(&s, `<li><a href="http://www.town.example/old/t2026100%d_9.shtml">%s</a><span>2026-10-0%d</span></li>`, 3-i, old, 3-i)
	}
	return s.String() + `</ul></body></html>`
}

const doorway = `network: {floor: 1m}
sources:
  - {key: town, name: 云溪区新闻网, url: "http://www.town.example/yw/index.html", schedule: "@every 1h", kind: page, page: {item: "ul.list > li", link: a, date: span}}
`

// TestOneArticleByManyDoorsIsOneItem: seen today on www and tomorrow on m, over http and https, with a
// session, a page number or a reader's way in its address, an article is the item that it was; all of
// them in one list are one too.
func TestOneArticleByManyDoorsIsOneItem(t *testing.T) {
	const title = "云溪区召开防汛工作调度会"
	for name, links := range map[string][]string{
		"hosts and schemes": {
			"http://www.town.example/xw/202610/t20261004_2428530.shtml", "https://www.town.example/xw/202610/t20261004_2428530.shtml",
			"http://m.town.example/xw/202610/t20261004_2428530.shtml", "https://news.town.example/xw/202610/t20261004_2428530.shtml",
			"http://town.example/xw/202610/t20261004_2428530.shtml", "http://wap.town.example/m/xw/202610/t20261004_2428530.shtml",
		},
		"sessions": {
			"http://www.town.example/show.jsp?id=7", "http://www.town.example/show.jsp;jsessionid=0A1B2C?id=7", "http://www.town.example/show.jsp?id=7&JSESSIONID=9F",
			"http://www.town.example/show.jsp?PHPSESSID=q1w2e3&id=7",
		},
		"pages": {
			"http://www.town.example/yaowen/2026-10-04/669171.html", "http://www.town.example/yaowen/2026-10-04/669171_2.html",
			"https://m.town.example/yaowen/2026-10-04/669171_3.html",
		},
		"pages by parameter":  {"http://www.town.example/show.php?id=7", "http://www.town.example/show.php?id=7&page=2", "http://www.town.example/show.php?page=3&id=7"},
		"readers' ways":       {"http://www.town.example/a/71.html", "http://www.town.example/a/71.html?from=timeline&isappinstalled=0", "http://www.town.example/a/71.html?utm_source=wx&spm=a1.b2", "http://www.town.example/a/71.html#comments"},
		"slashes and indexes": {"http://www.town.example/a/71/", "http://www.town.example/a/71/index.html", "http://www.town.example//a/71", "http://www.town.example/a/71/default.aspx"},
		"a port":              {"http://www.town.example/a/71.html", "http://www.town.example:80/a/71.html", "https://www.town.example:443/a/71.html"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, doorway, func(b *bubble) {
				pages := make([]string, 0, len(links)+1)
				for _, l := range links {
					pages = append(pages, listedAt(title, l))
				}
				first := b.turns(append(pages, listedAt(title, links...), listedAt(title, links[0]))...)
				b.ones(title, 1)
				if it := b.items("town")[title]; it.ID != first {
					b.Errorf("its id became another: %s, was %s", it.ID, first)
				}
			})
		})
	}
}

// TestWhatIsNotOneArticleStaysTwo, though title and day are the same.
func TestWhatIsNotOneArticleStaysTwo(t *testing.T) {
	const title = "关于柳巷街道停水的通知"
	for name, links := range map[string][]string{
		"id":           {"http://www.town.example/show.php?id=1", "http://www.town.example/show.php?id=2"},
		"p":            {"http://www.town.example/?p=17", "http://www.town.example/?p=18"},
		"folder":       {"http://www.town.example/a/1", "http://www.town.example/a/2"},
		"port":         {"http://www.town.example:8080/a/1.html", "http://www.town.example/a/1.html"},
		"number":       {"http://www.town.example/art/2026/10/4/art_16256_1.html", "http://www.town.example/art/2026/10/4/art_16256_2.html"},
		"of a day":     {"http://www.town.example/xw/202610/t20261004_1.shtml", "http://www.town.example/xw/202610/t20261004_2.shtml"},
		"route":        {"http://www.town.example/#/news/7", "http://www.town.example/#/news/8"},
		"long page":    {"http://www.town.example/view.php?page=1234", "http://www.town.example/view.php?page=1235"},
		"other office": {"http://tjj.town.example/a/1.html", "http://www.town.example/a/1.html"},
		"GBK query":    {"http://www.town.example/so?q=%CF%AB%D6%DD", "http://www.town.example/so?q=%D4%C6%CF%AA"},
		"thread":       {"http://www.town.example/thread-1234-1-1.html", "http://www.town.example/thread-1235-1-1.html"},
		"capitals":     {"http://www.town.example/A/1.html", "http://www.town.example/a/1.html"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, doorway, func(b *bubble) {
				b.turns(listedAt(title, links[0]), listedAt(title, links[1], links[0]), listedAt(title, links...), listedAt(title, links[1]))
				b.ones(title, 2)
			})
		})
	}
}

// turns has the list visited once in each of its forms, and gives the id of the newest article at first.
func (b *bubble) turns(lists ...string) (first string) {
	b.Helper()
	pages := make([]http.HandlerFunc, len(lists))
	for i, l := range lists {
		pages[i] = gbk(b, l)
	}
	b.on("www.town.example/yw/index.html", turns(pages...))
	for i := range lists {
		b.visit(store.Which{Force: true})
		if v := b.last().Visit; v.Outcome == models.Failed {
			b.Fatalf("visit %d: %s", i+1, v.Error)
		}
		for _, it := range b.items("town") {
			if first == "" && it.Published.Raw == "2026-10-04" {
				first = it.ID
			}
		}
	}
	return first
}

// ones counts the stories of a title.
func (b *bubble) ones(title string, want int) {
	b.Helper()
	stories, err := b.store.Latest(b.Context(), models.View{Source: "town"}, models.ByListed, 100)
	must(b, err)
	var links []string
	for _, s := range stories {
		if s.Items[0].Title == title {
			links = append(links, s.Items[0].Link)
		}
	}
	if len(links) != want || len(stories) != want+3 {
		b.Errorf("%d stories, %d of them “%s”, want %d: %s", len(stories), len(links), title, want, strings.Join(links, " "))
	}
}
