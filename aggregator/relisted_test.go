package aggregator

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

// selfFound is a list whose place on its page nobody has told.
const selfFound = `sources:
  - {key: town, name: 云溪区新闻网, url: "http://town.example/yw/index.html", schedule: "@every 1h", kind: page}
`

// folder puts the articles of a list into a folder of their site.
func folder(name string, list string) string {
	return strings.ReplaceAll(list, `<li><a href="/t`, `<li><a href="/`+name+`/t`)
}

// plenty are lists that are found without dates: many links, long titles, addresses like those of articles.
func plenty(folder, what string, from, to int) string {
	var s strings.Builder
	s.WriteString(`<html><head><title>要闻-云溪区新闻网</title></head><body><ul class="list">`)
	for n := from; n > to; n-- {
		fmt.Fprintf(&s, `<li><a href="/%s/content_410%02d.html">云溪区%s第%d号的来龙去脉与前因后果</a><span>2026-10-0%d</span></li>`, folder, n, what, n, 1+n%5)
	}
	return s.String() + `</ul></body></html>`
}

// undated takes the dates out of a list.
func undated(list string) string {
	return regexp.MustCompile(`<span>2026-10-\d\d</span>`).ReplaceAllString(list, "")
}

// TestAListThatIsFoundByItselfTurnsInto something else, and nothing is lost or published.
func TestAListThatIsFoundByItselfTurnsInto(t *testing.T) {
	before := plenty("yw", "新闻", 12, 0)
	for name, c := range map[string]struct {
		page  string
		class models.ErrorClass
	}{
		"links without dates that nobody knows": {undated(plenty("fw", "办事", 42, 30)), models.ErrPageChanged},
		"nothing":                               {"<html><head><title>要闻-云溪区新闻网</title></head><body><ul class=\"list\"></ul></body></html>", models.ErrNotAFeed},
		"a page to log in":                      {`<html><head><title>统一身份认证</title></head><body><form action="/login" method="post"><input name="user"><input type="password" name="pass"><button>登录</button></form></body></html>`, models.ErrNotAFeed},
		"an error with 200":                     {`<html><head><title>错误提示</title></head><body><h1>系统繁忙，请稍后再试</h1></body></html>`, models.ErrNotAFeed},
		"one article":                           {articlePage("榕树下的议事会"), models.ErrNotAFeed},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, selfFound, func(b *bubble) {
				b.on("town.example/yw/index.html", turns(says(before, "Content-Type", listType), says(c.page, "Content-Type", listType),
					says(plenty("yw", "新闻", 13, 0), "Content-Type", listType)))
				b.more(1)
				if n := len(b.items("town")); n != 12 {
					b.Errorf("%d items", n)
				}
				b.more(1)
				v := b.last().Visit
				if v.Outcome != models.Failed || v.Class != c.class || v.Error == "" {
					b.Errorf("the visit ended as %s %s (%s)", v.Outcome, v.Class, v.Error)
				}
				if s := b.state("town"); s.Class != c.class || s.Failures != 1 {
					b.Errorf("%+v", s)
				}
				if n := len(b.items("town")); n != 12 {
					b.Errorf("%d items", n)
				}
				b.more(1)
				if n := len(b.items("town")); n != 13 {
					b.Errorf("%d items in the end", n)
				}
			})
		})
	}
}

// TestAnotherSectionsListIsWithheld until a person says that it is the right one, or some days later.
func TestAnotherSectionsListIsWithheld(t *testing.T) {
	other := []string{"公开选调二人", "招标结果公示", "办公用房维修询价", "停车场特许经营", "教师资格认定", "排污口登记"}
	inBubble(t, selfFound, func(b *bubble) {
		b.on("town.example/yw/index.html", turns(
			says(folder("yw", listPage(sixNames[:]...)), "Content-Type", listType),
			says(folder("tzgg", listPage(other...)), "Content-Type", listType)))
		b.visit(store.Which{})
		b.leap(time.Until(b.due()) + 2*time.Second)
		v, s := b.last().Visit, b.state("town")
		if v.Outcome != models.Fetched || s.Class != models.ErrUnknown || s.Withheld.Items != len(other) || len(v.Warnings) == 0 || !strings.Contains(v.Warnings[len(v.Warnings)-1], "another section") {
			b.Errorf("%+v, %+v", v, s)
		}
		listed, err := b.store.Latest(b.Context(), models.View{Source: "town"}, models.ByListed, 50)
		must(b, err)
		if len(listed) != len(sixNames) {
			b.Errorf("%d stories are listed", len(listed))
		}
		b.leap(75 * time.Hour)
		listed, err = b.store.Latest(b.Context(), models.View{Source: "town"}, models.ByListed, 50)
		must(b, err)
		if s := b.state("town"); len(listed) != len(sixNames)+len(other) || s.Class != "" {
			b.Errorf("%d stories are listed after three days, %s", len(listed), s.Class)
		}
	})
}

// TestABusyListIsNoOther: where all is new in the same folder, or in that of another month, it is news.
func TestABusyListIsNoOther(t *testing.T) {
	news := []string{"春耕农机下乡", "渡轮加班", "校门口的红绿灯", "社区食堂添座", "夜市搬家", "老桥加固"}
	for name, folders := range map[string][2]string{"the same": {"yw", "yw"}, "months": {"2026-09", "2026-10"}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, selfFound, func(b *bubble) {
				b.on("town.example/yw/index.html", turns(
					says(strings.ReplaceAll(folder(folders[0], listPage(sixNames[:]...)), "2026-10-0", "2026-09-0"), "Content-Type", listType),
					says(strings.ReplaceAll(folder(folders[1], listPage(news...)), ".html\">", "b.html\">"), "Content-Type", listType)))
				b.visit(store.Which{})
				b.leap(time.Until(b.due()) + 2*time.Second)
				if v := b.last().Visit; v.New != len(news) || b.state("town").Withheld.Items != 0 {
					b.Errorf("%+v", v)
				}
			})
		})
	}
}

// TestAListWhoseDatesVanish keeps those that it told, and says so.
func TestAListWhoseDatesVanish(t *testing.T) {
	inBubble(t, selfFound, func(b *bubble) {
		b.on("town.example/yw/index.html", turns(
			says(plenty("yw", "新闻", 12, 0), "Content-Type", listType),
			says(undated(plenty("yw", "新闻", 13, 0)), "Content-Type", listType)))
		b.visit(store.Which{})
		before := b.items("town")
		b.leap(time.Until(b.due()) + 2*time.Second)
		v := b.last().Visit
		if v.Outcome != models.Fetched || v.New != 1 || v.Changed != 0 || !strings.Contains(strings.Join(v.Warnings, "\n"), "has a date any more") {
			b.Errorf("%+v", v)
		}
		after := b.items("town")
		for title, it := range before {
			if after[title].Published != it.Published || after[title].Updated != it.Updated {
				b.Errorf("%s was %+v, is %+v", title, it.Published, after[title].Published)
			}
		}
		if it := after["云溪区新闻第13号的来龙去脉与前因后果"]; it.Published.From != models.FromSeen {
			b.Errorf("%+v", it.Published)
		}
	})
}

// places tell the order of stories by publication.
func (b *bubble) places() (titles []string, at map[string]models.Millis) {
	b.Helper()
	stories, err := b.store.Latest(b.Context(), models.View{}, models.ByPublished, 50)
	must(b, err)
	at = map[string]models.Millis{}
	for _, s := range stories {
		titles = append(titles, s.Items[0].Title)
		at[s.Items[0].Title] = s.Published
	}
	return titles, at
}

// TestDaysArePlacedByFirstSightAndNeverMove, though their list is visited for a year: neither what it
// tells by the day, nor without a year, nor from the moment of looking.
func TestDaysArePlacedByFirstSightAndNeverMove(t *testing.T) {
	rows := func(dated ...string) http.HandlerFunc {
		var s strings.Builder
		s.WriteString(`<html><head><title>要闻-云溪区新闻网</title></head><body><ul class="list">`)
		for i := 0; i < len(dated); i += 2 {
			s.WriteString(`<li><a href="/yw/` + string(rune('a'+len(dated)/2-i/2)) + `.html">` + dated[i] + `</a><span>` + dated[i+1] + `</span></li>`)
		}
		return says(s.String()+`</ul></body></html>`, "Content-Type", listType)
	}
	old := []string{"潮汐公园开工", "10-05", "收粮点提前开门", "10-04", "老船厂办起夜校", "12-30", "柳堤的雨水花园", "2026-09-30"}
	first := append([]string{"榕树下的议事会", "3小时前"}, old...)
	second := append([]string{"防潮提示发布", "10-05", "渡轮周末加班", "昨天 14:05"}, append([]string{"榕树下的议事会", "8小时前"}, old...)...)
	third := append([]string{"防潮提示发布", "10-05", "渡轮周末加班", "2天前"}, append([]string{"榕树下的议事会", "昨天"}, old...)...)
	inBubble(t, selfFound, func(b *bubble) {
		b.on("town.example/yw/index.html", turns(rows(first...), rows(second...), rows(third...), rows(first...)))
		b.visit(store.Which{})
		_, at := b.places()
		for title, want := range map[string]string{
			"榕树下的议事会": "2026-10-05T07:00:00+08:00", // three hours before ten
			"潮汐公园开工":  "2026-10-05T10:00:00+08:00", // when it was first seen
			"收粮点提前开门": "2026-10-04T23:59:59+08:00", // the end of its day
			"老船厂办起夜校": "2025-12-30T23:59:59+08:00", // not to come
			"柳堤的雨水花园": "2026-09-30T23:59:59+08:00",
		} {
			if got := at[title].Time().In(time.FixedZone("", 8*3600)).Format(time.RFC3339); got != want {
				b.Errorf("%s stands at %s, want %s", title, got, want)
			}
		}
		held := b.items("town")
		for i, pause := range []time.Duration{time.Hour, 24 * time.Hour, 24 * time.Hour, 365 * 24 * time.Hour} {
			time.Sleep(pause)
			if i == 2 {
				b.alter("UPDATE sources SET body_hash = 'old:' || body_hash") // all of it is read in another way
			}
			b.visit(store.Which{Force: true})
			_, now := b.places()
			for title, it := range held {
				if after := b.items("town")[title]; now[title] != at[title] || after.Published != it.Published || after.Updated != it.Updated {
					b.Errorf("visit %d: %s moved: %v, %+v was %v, %+v", i+2, title, now[title].Time(), after.Published, at[title].Time(), it.Published)
				}
			}
			held, at = b.items("town"), now
		}
		titles, _ := b.places()
		if got := strings.Join(titles[:3], " "); got != "防潮提示发布 潮汐公园开工 榕树下的议事会" {
			b.Errorf("the newest are %s", got)
		}
	})
}

// TestAFailureTellsWhatThereIsInstead, in the words that /status shows.
func TestAFailureTellsWhatThereIsInstead(t *testing.T) {
	const chosen = `sources:
  - {key: town, name: 云溪区新闻网, url: "http://town.example/yw/index.html", schedule: "@every 1h", kind: %s%s}
`
	announcing := strings.Replace(plenty("yw", "新闻", 12, 0), "</head>", `<link rel="alternate" type="application/rss+xml" href="../rss.xml"></head>`, 1)
	for name, c := range map[string]struct{ kind, rules, page, says string }{
		"a feed that is a list now":     {"feed", "", plenty("yw", "新闻", 12, 0), "it lists 12 articles, which kind: page would read"},
		"a page that tells of a feed":   {"feed", "", announcing, "url: http://town.example/rss.xml"},
		"a list with another layout":    {"page", `, page: {item: "table.old tr"}`, plenty("yw", "新闻", 12, 0), `write page: {item: "ul.list > li"`},
		"that tells of a feed":          {"page", `, page: {item: "table.old tr"}`, announcing, "url: http://town.example/rss.xml"},
		"a page with nothing to follow": {"feed", "", `<html><head><title>统一身份认证</title></head><body><form action="/login" method="post"><input name="user"><input type="password" name="pass"></form></body></html>`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, fmt.Sprintf(chosen, c.kind, c.rules), func(b *bubble) {
				b.on("town.example/yw/index.html", says(c.page, "Content-Type", listType))
				b.visit(store.Which{})
				s := b.state("town")
				if s.Failures != 1 || s.Class != models.ErrNotAFeed && s.Class != models.ErrPageChanged || !strings.Contains(s.Error, c.says) {
					b.Errorf("%s: %s", s.Class, s.Error)
				}
				if c.says == "" && (strings.Contains(s.Error, "url: ") || strings.Contains(s.Error, "kind: page")) {
					b.Errorf("told of what is not there: %s", s.Error)
				}
			})
		})
	}
}
