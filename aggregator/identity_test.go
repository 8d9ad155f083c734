package aggregator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// piece is an entry of a feed as its source writes it.
type piece struct{ guid, link, title, date, text string }

// paper writes a feed of pieces; what a piece lacks is not written.
func paper(pieces ...piece) string {
	var s strings.Builder
	s.WriteString(`<rss version="2.0"><channel><title>云溪日报</title><link>http://daily.example/</link>`)
	for _, p := range pieces {
		s.WriteString("<item>")
		for _, e := range [][2]string{{"guid", p.guid}, {"link", p.link}, {"title", p.title}, {"pubDate", p.date}, {"description", p.text}} {
			if e[1] != "" {
				s.WriteString("<" + e[0] + ">" + e[1] + "</" + e[0] + ">")
			}
		}
		s.WriteString("</item>")
	}
	return s.String() + "</channel></rss>"
}

var headlines = []string{
	"镕园社区办事大厅今起启用", "临江大桥周末夜间封闭检修", "桂花节周六在人民公园开幕", "城东水厂管网改造停水通知", "市图书馆延长开放时间",
	"今年首批保障房摇号结果公布", "柳巷街道开展消防演练", "秋季学期校车线路调整", "南湖湿地迎来首批候鸟", "老旧小区加装电梯补贴申领指南",
	"区人民医院新院区试运行", "地铁三号线延长线动工", "青年人才公寓开放申请", "冬季供暖时间表发布", "乡村图书角覆盖全部行政村",
	"旧衣回收箱新增百处", "文化馆免费课程报名", "农贸市场食品抽检公示", "河道清淤工程进入二期", "志愿者招募公告",
}

// pieces are the newest n of a source that publishes every three hours; from tells how many are
// newer than the first of them. Each change makes them others.
func pieces(from, n int, changes ...func(int, *piece)) []piece {
	begin := time.Date(2026, 10, 4, 21, 7, 13, 0, time.UTC)
	var all []piece
	for i := from; i > from-n; i-- {
		title := headlines[((i%20)+20)%20]
		p := piece{
			guid: fmt.Sprintf("old-%d", i), link: fmt.Sprintf("http://daily.example/%d.html", i), title: title,
			date: begin.Add(time.Duration(i) * 3 * time.Hour).Format(time.RFC1123Z), text: title + "，详情见正文。",
		}
		for _, change := range changes {
			change(i, &p)
		}
		all = append(all, p)
	}
	return all
}

func guids(i int, p *piece) { p.guid = fmt.Sprintf("urn:uuid:%08d", i) }
func links(i int, p *piece) {
	p.link = fmt.Sprintf("https://www.daily.example/news/detail?id=%d", 7000+i)
}
func noGUIDs(_ int, p *piece) { p.guid = "" }
func noLinks(_ int, p *piece) { p.link = "" }
func noDates(_ int, p *piece) { p.date = "" }
func https(_ int, p *piece)   { p.link = strings.Replace(p.link, "http:", "https:", 1) }

// midnights writes dates as days, as systems do that know no more.
func midnights(_ int, p *piece) {
	t, _ := time.Parse(time.RFC1123Z, p.date)
	p.date = t.In(time.FixedZone("CST", 8*3600)).Format("2006-01-02")
}

// nextDay dates everything a day later and to the second it was moved in.
func nextDay(i int, p *piece) {
	t, _ := time.Parse(time.RFC1123Z, p.date)
	p.date = t.Add(26*time.Hour + time.Duration(i)*time.Second).Format(time.RFC1123Z)
}

func retitle(i int, p *piece) { p.title = fmt.Sprintf("旧文第%d篇", i) }

// told is what readers have been told of a source: the ids of its stories, and when each was listed.
func (b *bubble) told(source string) map[string]models.Millis {
	b.Helper()
	stories, err := b.store.Latest(b.Context(), models.View{Source: source}, models.ByListed, 10_000)
	must(b, err)
	told := map[string]models.Millis{}
	for _, s := range stories {
		told[s.ID] = s.Listed
	}
	return told
}

// visits has the source visited once for each document, an hour apart, and tells of each visit.
func (b *bubble) visits(documents ...string) []models.Visit {
	b.Helper()
	var pages []http.HandlerFunc
	for _, d := range documents {
		pages = append(pages, says(d))
	}
	b.on("daily.example/rss.xml", turns(pages...))
	var all []models.Visit
	for range documents {
		b.visit(store.Which{Force: true})
		v := b.last().Visit
		if v.Outcome == models.Failed {
			b.Errorf("visit %d failed: %s", len(all)+1, v.Error)
		}
		all = append(all, v)
		time.Sleep(time.Hour)
	}
	return all
}

// TestF61R22OneGUIDForAll: entries that share one guid, one link, or both, or have neither, are all
// kept; they stay what they are when one comes and one goes; what differs in nothing is there once.
func TestF61R22OneGUIDForAll(t *testing.T) {
	same := func(_ int, p *piece) { p.guid = "http://daily.example/" }
	zero := func(_ int, p *piece) { p.guid = "0" }
	opaque := func(_ int, p *piece) { p.guid = "同一个" }
	home := func(_ int, p *piece) { p.link = "http://daily.example/list.html" }
	for name, changes := range map[string][]func(int, *piece){
		"one guid": {opaque}, "the feed's own as guid": {same}, "a placeholder": {zero}, "one link": {noGUIDs, home},
		"one guid and link": {opaque, home}, "neither": {noGUIDs, noLinks}, "a guid, no link": {opaque, noLinks},
		"one guid, undated": {opaque, noDates}, "one link, by the day": {noGUIDs, home, midnights},
		"nothing but titles": {noGUIDs, noLinks, noDates},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, daily, func(b *bubble) {
				v := b.visits(paper(pieces(0, 8, changes...)...), paper(pieces(1, 8, changes...)...), paper(pieces(1, 1, changes...)...),
					paper(append(pieces(1, 8, changes...), pieces(1, 2, changes...)...)...))
				if v[0].New != 8 || v[1].New != 1 || v[2].New+v[2].Changed+v[3].New+v[3].Changed+v[1].Changed != 0 {
					b.Errorf("new and changed: %+v", v)
				}
				if n := len(b.told("daily")); n != 9 {
					b.Errorf("%d stories, want 9", n)
				}
			})
		})
	}
}

// TestF62R19R20NamesChange: guids, links or both change for all entries, as when a content system is
// replaced; nothing is announced again, and what is new with the change is announced.
func TestF62R19R20NamesChange(t *testing.T) {
	hosts := func(_ int, p *piece) { p.link = strings.Replace(p.link, "daily.example", "www.daily.gov.example", 1) }
	tracked := func(_ int, p *piece) { p.link += "?utm_source=rss&amp;spm=1" }
	permalinks := func(_ int, p *piece) { p.guid = p.link }
	zone := func(_ int, p *piece) {
		t, _ := time.Parse(time.RFC1123Z, p.date)
		p.date = t.Add(-8 * time.Hour).Format(time.RFC1123Z)
	}
	for name, c := range map[string]struct {
		before, after []func(int, *piece)
	}{
		"guids":                              {nil, []func(int, *piece){guids}},
		"guids came":                         {[]func(int, *piece){noGUIDs}, []func(int, *piece){guids}},
		"guids went":                         {nil, []func(int, *piece){noGUIDs}},
		"guids became permalinks":            {nil, []func(int, *piece){permalinks}},
		"http became https":                  {[]func(int, *piece){noGUIDs}, []func(int, *piece){noGUIDs, https}},
		"permalinks became https":            {[]func(int, *piece){permalinks}, []func(int, *piece){https, permalinks}},
		"tracking parameters came":           {[]func(int, *piece){noGUIDs}, []func(int, *piece){noGUIDs, tracked}},
		"links":                              {nil, []func(int, *piece){links}},
		"the host":                           {nil, []func(int, *piece){hosts}},
		"the host, without guids":            {[]func(int, *piece){noGUIDs}, []func(int, *piece){noGUIDs, hosts}},
		"guids and links":                    {nil, []func(int, *piece){guids, links}},
		"guids and links, dates by the day":  {nil, []func(int, *piece){guids, links, midnights}},
		"guids and links, dates in a zone":   {nil, []func(int, *piece){guids, links, zone}},
		"guids and links, by the day before": {[]func(int, *piece){midnights}, []func(int, *piece){guids, links, midnights}},
		"guids and links, undated":           {[]func(int, *piece){noDates}, []func(int, *piece){guids, links, noDates}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, daily, func(b *bubble) {
				var before map[string]models.Millis
				b.visits(paper(pieces(0, 15, c.before...)...))
				before = b.told("daily")
				time.Sleep(6 * time.Hour)
				b.pages = http.NewServeMux()
				v := b.visits(paper(pieces(2, 15, c.after...)...), paper(pieces(3, 15, c.after...)...))
				if v[0].New != 2 || v[1].New != 1 || v[0].Changed+v[1].Changed != 0 {
					b.Errorf("new and changed: %+v", v)
				}
				now := b.told("daily")
				for id, listed := range before {
					if now[id] != listed {
						b.Errorf("%s was listed %v, now %v", id, listed.Time(), now[id].Time())
					}
				}
				if len(now) != len(before)+3 {
					b.Errorf("%d stories became %d", len(before), len(now))
				}
				if s := b.state("daily"); s.Class != "" || s.Haste != 0 {
					b.Errorf("the source is %q, hasty %d: %s", s.Class, s.Haste, s.Error)
				}
			})
		})
	}
}

// TestR21Retitled: an item whose title is corrected is updated in place, also where guid and link are
// made of the headline.
func TestR21Retitled(t *testing.T) {
	slug := func(_ int, p *piece) {
		p.guid = "http://daily.example/" + p.title + ".html"
		p.link = p.guid
	}
	typo := func(i int, p *piece) {
		if i == -2 {
			p.title = strings.Replace(p.title, "办事", "辦事", 1) + "（图）"
			p.title = strings.Replace(p.title, "通知", "公告", 1)
		}
	}
	for name, c := range map[string][]func(int, *piece){
		"guid and link stay":    {typo},
		"link stays":            {noGUIDs, typo},
		"guid stays":            {noLinks, typo},
		"headline in both":      {typo, slug},
		"headline in the guid":  {func(i int, p *piece) { typo(i, p); p.guid = p.title }},
		"headline in the link":  {noGUIDs, func(i int, p *piece) { typo(i, p); p.link = "http://daily.example/" + p.title }},
		"neither guid nor link": {noGUIDs, noLinks, typo},
	} {
		t.Run(name, func(t *testing.T) {
			before := slices.Clone(c)
			undo := func(i int, p *piece) { p.title = headlines[((i%20)+20)%20] }
			if name == "headline in both" {
				before = []func(int, *piece){slug}
			} else if strings.HasPrefix(name, "headline") {
				before = []func(int, *piece){c[0], undo}
				if name == "headline in the guid" {
					before = append(before, func(_ int, p *piece) { p.guid = p.title })
				} else {
					before = append(before, noGUIDs, func(_ int, p *piece) { p.link = "http://daily.example/" + p.title })
				}
			} else {
				before = append(before, undo)
			}
			inBubble(t, daily, func(b *bubble) {
				b.visits(paper(pieces(0, 6, before...)...))
				was := b.told("daily")
				b.pages = http.NewServeMux()
				v := b.visits(paper(pieces(0, 6, c...)...))
				now := b.told("daily")
				if v[0].New != 0 || v[0].Changed != 1 || len(now) != len(was) {
					b.Errorf("%d new, %d changed, %d stories became %d", v[0].New, v[0].Changed, len(was), len(now))
				}
			})
		})
	}
}

// TestR23GUIDGivenAgain: a guid that a source gives to another article is another item, even when the
// first is long gone from the feed; retitled the same day at the same link it is the same.
func TestR23GUIDGivenAgain(t *testing.T) {
	one := piece{"1", "http://daily.example/a.html", "桂花节周六开幕", "Sun, 04 Oct 2026 08:00:00 +0800", "一"}
	two := piece{"1", "http://daily.example/b.html", "城东水厂停水通知", "Mon, 05 Oct 2026 08:30:00 +0800", "二"}
	fixed := piece{"1", "http://daily.example/b.html", "城东水厂停水公告", "Mon, 05 Oct 2026 08:30:00 +0800", "二"}
	inBubble(t, daily, func(b *bubble) {
		v := b.visits(paper(one), paper(two), paper(fixed), paper(one), paper(fixed, one))
		if v[1].New != 1 || v[2].New != 0 || v[2].Changed != 1 || v[3].New+v[3].Changed+v[4].New+v[4].Changed != 0 {
			b.Errorf("%+v", v)
		}
		b.holds("daily", "桂花节周六开幕", "城东水厂停水公告")
	})
}

// TestR33NoReorderStorm: dates that change from poll to poll, vanish, lie ahead or make no sense neither
// move an item nor make it an update, and change no view.
func TestR33NoReorderStorm(t *testing.T) {
	at := func(layout string) func(int, *piece) {
		return func(i int, p *piece) { p.date = time.Now().Add(time.Duration(i) * time.Second).Format(layout) }
	}
	is := func(raw string) func(int, *piece) { return func(_ int, p *piece) { p.date = raw } }
	for name, names := range map[string][]func(int, *piece){"guids": nil, "links": {noGUIDs}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, daily, func(b *bubble) {
				dates := []func(int, *piece){
					func(int, *piece) {}, at(time.RFC1123Z), is("刚刚"), at("2006-01-02 15:04:05"), is("Fri, 31 Dec 9999 23:59:59 GMT"),
					is("0000-00-00 00:00:00"), noDates, at("Mon, 02 Jan 2006 15:04:05 CST"), is("Tue, 05 Oct 2027 02:00:00 GMT"), is("三天前的下午"),
				}
				b.visits(paper(pieces(0, 10, names...)...))
				order := func() (ids []string) {
					for _, o := range []models.Order{models.ByListed, models.ByPublished} {
						stories, err := b.store.Latest(b.Context(), models.View{}, o, 50)
						must(b, err)
						for _, s := range stories {
							ids = append(ids, s.ID)
						}
					}
					return ids
				}
				was := order()
				rev, err := b.store.Rev(b.Context())
				must(b, err)
				for i, change := range dates {
					b.pages = http.NewServeMux()
					for _, v := range b.visits(paper(pieces(0, 10, append(names, change)...)...)) {
						if v.New != 0 || v.Changed != 0 {
							b.Errorf("dates %d: %d new, %d changed", i, v.New, v.Changed)
						}
					}
				}
				if !slices.Equal(order(), was) {
					b.Error("the order is another")
				}
				if now, err := b.store.Rev(b.Context()); err != nil || now != rev {
					b.Errorf("revision %d became %d: %v", rev, now, err)
				}
			})
		})
	}
}
