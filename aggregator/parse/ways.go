package parse

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"civicfeed/models"
)

// Way is a link on a page that may lead to a list of articles.
type Way struct {
	Title string // of the link; empty: it only says that there is more
	Link  string // as written; relative to the base that [Ways] gives, or to the page
	More  bool   // the page shows some of what is listed there, and says that there is more
	rank  int
}

var (
	moreWord = regexp.MustCompile(`(?i)^[\s\[【(（+>»]*(?:查看|阅读|浏览)?(?:更多|全部|more|view all|see all|もっと見る|一覧(?:へ|を見る)?|더보기)[\s\]】)）+>».…]*$`)
	listPath = regexp.MustCompile(`(?i)/(?:(?:index|default|list|more|node|channel|column|col|category|lanmu)[\w-]*(?:\.(?:s?html?|aspx?|php|jsp|do))?)?$`)
	wordPath = regexp.MustCompile(`^(?:/[A-Za-z][A-Za-z_-]*){1,3}$`)
	dayPath  = regexp.MustCompile(`/(?:19|20)\d{2}[-/_]?\d{1,2}(?:\D|$)|/t?(?:19|20)\d{6}`)
	newsWord = regexp.MustCompile(`新闻|新聞|要闻|要聞|动态|動態|通知|公告|公示|通告|资讯|資訊|时政|時政|民生|快讯|简讯|聚焦|发布|消息|信息|報道|お知らせ|新着|ニュース|공지|소식|보도|뉴스` +
		`|(?i)\b(?:news|notices?|press|announcements?|updates|bulletins?)\b`)
	elsewhere = regexp.MustCompile(`地图|地圖|联系|聯絡|关于|關於|收藏|设为|无障碍|长辈|登录|登入|注册|邮箱|微博|微信|客户端|检索|搜索|搜尋|版权|隐私|概况|简介|领导|机构|办事|服务|互动|信箱|留言|咨询|投诉|视频|图片|专题|返回` +
		`|(?i)\b(?:contact|about|login|sign in|register|search|privacy|terms|english|map|help|subscribe|rss)\b`)
)

// Ways gives the links of a page that may lead to lists of articles, the likeliest first, and its
// <base href>. Those whose titles are named come before all others, in the order of the names.
func Ways(text []byte, names ...string) (ways []Way, base string, err error) {
	if bytes.Count(text, []byte("<")) > maxPageTags {
		return nil, "", models.Fail(models.ErrTooLarge, "parse the page: more than %d tags", maxPageTags)
	}
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, "", models.Fail(models.ErrParse, "parse the page: %w", err)
	}
	at := map[string]int{}
	for n := range root.Descendants() {
		if n.DataAtom == atom.Base && base == "" {
			base = strings.TrimSpace(attrOf(n, "href"))
		}
		w, ok := wayOf(n, names)
		if !ok {
			continue
		}
		i, known := at[w.Link]
		if !known && len(ways) < maxAttributes {
			at[w.Link] = len(ways)
			ways = append(ways, w)
		} else if known {
			ways[i].Title, ways[i].More, ways[i].rank = or(ways[i].Title, w.Title), ways[i].More || w.More, min(ways[i].rank, w.rank)
		}
	}
	slices.SortStableFunc(ways, func(x, y Way) int { return x.rank - y.rank })
	return ways, base, nil
}

// wayOf judges a link by its title and its address.
func wayOf(n *html.Node, names []string) (Way, bool) {
	if n.DataAtom != atom.A {
		return Way{}, false
	}
	w := Way{Link: addressOf(n), Title: squeeze(textOf(n))}
	if w.Link == "" || len(w.Link) > maxAddress || strings.HasPrefix(w.Link, "#") {
		return w, false
	}
	if i := slices.Index(names, w.Title); i >= 0 && w.Title != "" {
		w.rank = i - len(names)
		return w, true
	}
	if w.More = moreWord.MatchString(w.Title); w.More {
		w.Title = ""
	} else if runes := utf8.RuneCountInString(w.Title); runes < 2 || runes > 24 || homeWord.MatchString(w.Title) || elsewhere.MatchString(w.Title) {
		return w, false
	}
	path, _, _ := strings.Cut(w.Link, "#")
	path, _, _ = strings.Cut(path, "?")
	if _, rest, ok := strings.Cut(path, "://"); ok {
		_, path, _ = strings.Cut(rest, "/")
		path = "/" + path
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + strings.TrimLeft(path, "./")
	}
	news, list := newsWord.MatchString(w.Title) || w.More, listPath.MatchString(path) && len(path) > 1
	switch {
	case dayPath.MatchString(path) || path == "/":
		return w, false
	case news && list:
		w.rank = 0
	case list:
		w.rank = 1
	case news && wordPath.MatchString(path):
		w.rank = 2
	default:
		return w, false
	}
	return w, true
}
