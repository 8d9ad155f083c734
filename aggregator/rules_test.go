package aggregator

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/catalog"
	"civicfeed/models/store"
)

// sorted makes feeds.yaml have these sections, as a reload does.
func (b *bubble) sorted(sections, feeds string) {
	b.Helper()
	c, err := catalog.Parse("feeds.yaml", []byte("site: {title: 云溪新闻汇}\nsections:\n"+sections+feeds))
	must(b, err)
	must(b, b.store.Apply(b.Context(), c))
	b.catalog = c
}

// lists has a section list these titles and no others.
func (b *bubble) lists(section string, want ...string) {
	b.Helper()
	stories, err := b.store.Latest(b.Context(), models.View{Section: section}, models.ByListed, 50)
	must(b, err)
	var titles []string
	for _, s := range stories {
		titles = append(titles, s.Items[0].Title)
		if s.Items[0].Page == "" && s.Items[0].Text != "" {
			b.Errorf("%s: a text from nowhere", s.Items[0].Title)
		}
	}
	slices.Sort(titles)
	if want := slices.Sorted(slices.Values(want)); !slices.Equal(titles, want) {
		b.Errorf("section %s lists %q, want %q", section, titles, want)
	}
}

// TestWhatAPageTellsSortsItsItem: breadcrumb, column and credit are known when the page was read, and
// not before; then the item enters the section whose rule names them and leaves its source's; a
// reload with other rules sorts what is stored anew, without any page being read again.
func TestWhatAPageTellsSortsItsItem(t *testing.T) {
	const all = `  - {key: other, title: 综合}
  - {key: focus, title: 要闻, match: [{breadcrumb: 区县要闻}]}
  - {key: heads, title: 栏目, match: [{column: 区县要闻}]}
  - {key: paper, title: 日报, match: [{credit: 云溪日报}]}
  - {key: both, title: 两样, match: [{credit: 云溪日报, breadcrumb: 无此栏}]}
`
	feeds := townHall + "defaults: {section: other}\n"
	titles := []string{"榕树下的议事会", "潮汐公园开工", "收粮点开门", "老船厂夜校", "雨水花园", "防潮提示"}
	inBubble(t, townHall, func(b *bubble) {
		b.sorted(all, feeds)
		b.on("town.example/yw/index.html", gbk(b, listPage(titles...)))
		b.on("town.example/{page}", func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
		b.visit(store.Which{})
		b.lists("other", titles...)
		b.lists("focus")
		b.lists("paper")

		b.on("town.example/t6.html", gbk(b, articlePage(titles[0])))
		b.leap(2 * time.Minute)
		b.lists("focus", titles[0])
		b.lists("heads", titles[0])
		b.lists("paper", titles[0])
		b.lists("both")
		b.lists("other", titles[1:]...)
		facts := b.items("town")[titles[0]]
		if facts.Column != "区县要闻" || facts.Credit != "云溪日报" || !slices.Contains(facts.Breadcrumb, "区县要闻") {
			b.Fatalf("%+v", facts)
		}
		asked := len(b.at(""))

		b.sorted(`  - {key: other, title: 综合}
  - {key: fresh, title: 新栏, match: [{breadcrumb: [首页, 区县要闻], not: {credit: 汐州晚报}}]}
  - {key: none, title: 空栏, match: [{column: 要闻}]}
`, feeds)
		b.lists("fresh", titles[0])
		b.lists("none")
		b.lists("other", titles[1:]...)
		b.lists("focus")
		b.sorted(strings.Replace(all, "credit: 云溪日报}", "credit: 汐州晚报}", 1), feeds)
		b.lists("focus", titles[0])
		b.lists("paper")
		after := b.items("town")[titles[0]]
		if after.Updated != facts.Updated || after.Text != facts.Text || after.Page != facts.Page || after.Digest != facts.Digest {
			b.Errorf("a reload changed what is known: %+v was %+v", after, facts)
		}
		if n := len(b.at("")); n != asked {
			b.Errorf("%d requests, %d before the reloads", n, asked)
		}
	})
}
