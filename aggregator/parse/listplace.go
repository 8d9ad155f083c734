package parse

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// How likely what stands in a place of the page is a list of its news: 1, or a part of it.
const (
	ofTheSite = 0.04 // ways about the site and to others
	beside    = 0.3  // what else there is to read
)

// siteWords and besideWords are words of classes and ids, by their habitual use.
var (
	siteWords = wordSet("nav navi navbar navigation menu submenu topnav mainnav subnav leftnav sidenav dh daohang " +
		"foot footer bottom copyright banquan breadcrumb breadcrumbs crumb crumbs position dqwz weizhi " +
		"friendlink friendlinks flink flinks yqlj yqlink links friend friends sitemap toolbar topbar share social login " +
		"pager pagination pagebar fenye cookie cookies")
	besideWords = wordSet("hot hots hotnews rank ranking ranks paihang phb top10 recommend recommended tuijian tj related relate xgxw xgwz xgyd " +
		"side sidebar sider aside popular rd redian djph mostread guess likes comment comments reply pinglun user users")
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// weigh judges an element's place by its name and what it calls itself.
func weigh(n *html.Node, names string) float64 {
	switch n.DataAtom {
	case atom.Nav, atom.Footer, atom.Select:
		return ofTheSite
	case atom.Aside:
		return beside
	case atom.Html, atom.Body, atom.Main, atom.Article, atom.Li, atom.Tr, atom.A:
		return 1 // what these call themselves is of the page or of one entry
	}
	weight := 1.0
	for _, w := range strings.FieldsFunc(strings.ToLower(names), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		switch {
		case siteWords[w]:
			return ofTheSite
		case besideWords[w]:
			weight = beside
		}
	}
	return weight
}

// aboutBeside are headings over what is no list of the news of a page.
var (
	aboutBeside = regexp.MustCompile(`热门|热点|热文|热榜|热搜|排行|排名|推荐|推薦|相关|相關|点击榜|阅读榜|浏览最多|精彩|猜你|你可能|最多人|熱門|熱點|人気|関連|おすすめ|ランキング|많이 본|인기` +
		`|(?i)most (?:read|viewed|popular)|popular|related|recommended|trending|you may`)
	aboutSite = regexp.MustCompile(`友情链接|友情鏈接|网站链接|相关链接|相關連結|关于我们|服务指南|网站导航|关联网站|外部リンク|(?i)quick links|useful links`)
)

// introduce judges a list by what stands right before it: its heading, perhaps with a “more” behind.
func (s *sheet) introduce(first, parent int) float64 {
	seen := 0
	for i := lastBefore(len(s.labels), func(i int) bool { return s.labels[i].at < first }); i >= 0 && seen < 2; i-- {
		l := s.labels[i]
		if l.at < parent {
			break
		}
		seen++
		switch {
		case aboutSite.MatchString(l.text):
			return ofTheSite
		case aboutBeside.MatchString(l.text):
			return beside
		}
	}
	return 1
}

// lastBefore gives the last index of a row for which it holds, where it holds for all before; else -1.
func lastBefore(n int, holds func(i int) bool) int {
	from, to := 0, n
	for from < to {
		if mid := (from + to) / 2; holds(mid) {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from - 1
}
