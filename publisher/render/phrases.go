package render

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"civicfeed/models"
)

// phrases are the words of the interface in one language.
type phrases struct {
	Skip, Home, Here, Sections, Regions, Latest, More, All        string
	Subscribe, SubscribeHow, OPML, Status, Contact                string
	Empty, EmptyHow, Nothing                                      string
	Source, Credit, Published, Seen, Updated, Original            string
	Files, Copies, Filed                                          string
	Well, Failing, Waiting, Off                                   string
	LastVisit, LastOK, LastNew, Since, NextVisit, Never, Warnings string
	GoHome, Asked, Moving, Articles, Remedy                       string
	Search, SearchHow, SearchIn, NoHits, NoHitsHow, Older, Newest string

	searched string // the words
	archive  string // its number, behind a title

	summary  string // of /status: sources, well, failing
	failures string // in a row
	days     [7]string
	comma    string // between names
	day      string // layout of a day without its weekday
	months   bool   // whether short days name the month
	roles    map[string]string
	troubles map[models.ErrorClass]string
	notices  map[int][2]string
	refusal  refusal
	askedAt  string                       // an address; how to keep to it
	moving   string                       // an address, times
	reasons  reasons                      // for the moment of the next visit
	waiting  string                       // pages of articles that wait
	unread   string                       // pages of articles that could not be read; why
	pages    map[models.ErrorClass]string // instead of troubles, of a page that lists articles
}

// wordsOf chooses the interface's language by the site's.
func wordsOf(language string) *phrases {
	tag, all := strings.ToLower(language), languages()
	switch {
	case tag == "" || tag == "zh":
		return all.simplified
	case strings.HasPrefix(tag, "zh-hant"), strings.HasPrefix(tag, "zh-tw"),
		strings.HasPrefix(tag, "zh-hk"), strings.HasPrefix(tag, "zh-mo"):
		return all.traditional
	case strings.HasPrefix(tag, "zh-"):
		return all.simplified
	}
	return all.english
}

// languages are all words; made once, and never changed.
var languages = sync.OnceValue(func() (all struct{ simplified, traditional, english *phrases }) {
	all.simplified, all.traditional, all.english = simplified(), traditional(), english()
	return all
})

// date writes a whole day: 2026年11月23日 星期一.
func (w *phrases) date(t time.Time) string {
	day, weekday := t.Format(w.day), w.days[t.Weekday()]
	if w.months {
		return weekday + ", " + day
	}
	return day + " " + weekday
}

// moment writes a day and, unless it is precise to the day only, the time.
func (w *phrases) moment(t time.Time, precision models.Precision) string {
	if precision == models.Day {
		return t.Format(w.day)
	}
	return t.Format(w.day + " 15:04")
}

// brief writes a moment for a list; the year only where it is another than that of the list.
func (w *phrases) brief(t time.Time, precision models.Precision, year int) string {
	layout := "01-02"
	if w.months {
		layout = "2 Jan"
	}
	switch {
	case t.Year() != year && w.months:
		return t.Format("2 Jan 2006")
	case t.Year() != year:
		return t.Format("2006-01-02")
	case precision == models.Day:
		return t.Format(layout)
	}
	return t.Format(layout + " 15:04")
}

func (w *phrases) role(role string) string {
	if word, ok := w.roles[role]; ok {
		return word
	}
	return role
}

// trouble explains a class of error of a source of a kind, to somebody who can act on it.
func (w *phrases) trouble(kind models.Kind, class models.ErrorClass, status int) string {
	word := either(w.troubles[class], w.troubles[models.ErrInternal])
	if kind == models.KindPage {
		word = either(w.pages[class], word)
	}
	if status >= 400 {
		word += fmt.Sprintf(" (HTTP %d)", status)
	}
	return word
}

// articles tells how the reading of a source's articles stands; empty where there is nothing to tell.
func (w *phrases) articles(s models.PageState) string {
	var parts []string
	if s.Waiting > 0 {
		parts = append(parts, fmt.Sprintf(w.waiting, s.Waiting))
	}
	if s.Failing > 0 {
		parts = append(parts, fmt.Sprintf(w.unread, s.Failing, sentence(s.Error)))
	}
	return strings.Join(parts, w.comma)
}

// notice tells what happened to a request that found no page: a heading and a sentence.
func (w *phrases) notice(code int) (heading, text string) {
	n, ok := w.notices[code]
	if !ok {
		n = w.notices[500]
	}
	return n[0], n[1]
}

func english() *phrases {
	return &phrases{
		Skip: "Skip to content", Home: "Front page", Here: "You are here", Sections: "Sections", Regions: "Places",
		Latest: "Latest", More: "All news", All: "Everywhere",
		Subscribe:    "Subscribe",
		SubscribeHow: "Copy one of these addresses into any feed reader; what is new will come to you.",
		OPML:         "All feeds (OPML)", Status: "State of the sources", Contact: "Contact:",
		Empty:    "No news yet.",
		EmptyHow: "The sources are being visited; news will appear here as it comes. To see how each source is doing:",
		Nothing:  "Nothing yet",
		Source:   "Source", Credit: "Credit", Published: "Published", Seen: "First seen", Updated: "Updated",
		Original: "Read the original", Files: "Attachments", Copies: "Also published by", Filed: "Filed under",
		Well: "Well", Failing: "In trouble", Waiting: "Not visited yet", Off: "Switched off",
		LastVisit: "Last visit", LastOK: "Last success", LastNew: "Last news", Since: "In trouble since",
		NextVisit: "Next visit", Never: "never", Warnings: "Remarks:", GoHome: "Go to the front page",
		summary: "%d sources: %d well, %d in trouble.", failures: "%d failures in a row", reasons: englishReasons(),
		Asked: "Asked at", askedAt: "%s, where it has moved to: write this as its url in feeds.yaml",
		Moving: "Says it has moved", moving: "to %s, told %d times",
		Articles: "Pages of articles", waiting: "%d waiting to be read", unread: "%d could not be read, the last because of: %s",
		Remedy: "To see how it could be read now:",
		Search: "Search", SearchHow: "Write one or more words: what has all of them in its title or text is found, the newest first.",
		SearchIn: "Search the news", NoHits: "Nothing found.",
		NoHitsHow: "Fewer or shorter words find more, and so may another way of writing a name.",
		Older:     "Older", Newest: "Newest", searched: "Search “%s”", archive: " (archive %d)",
		pages: map[models.ErrorClass]string{
			models.ErrNotAFeed: "What answered is not a list of articles: a login page, an error in words, or another page.",
			models.ErrEmpty:    "Its list has held nothing for some time.",
			models.ErrUnknown:  "Its list holds nothing that was there before; what looks old, or another section's, is withheld.",
			models.ErrGone:     "It says that the page is gone for good.",
			models.ErrParse:    "Its page cannot be read.",
		},
		days: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		day:  "2 January 2006", comma: ", ", months: true,
		roles: map[string]string{"": "By", "author": "By", "editor": "Editor", "contributor": "Contributor"},
		troubles: map[models.ErrorClass]string{
			models.ErrDNS:         "Its name is not known to the domain name system.",
			models.ErrConnect:     "Its server cannot be reached.",
			models.ErrTLS:         "Its certificate or encryption is not valid.",
			models.ErrTimeout:     "It did not answer in time.",
			models.ErrTooLarge:    "Its answer is larger than allowed.",
			models.ErrBlocked:     "Its address lies in a network that must not be visited.",
			models.ErrNotAFeed:    "What answered is not a feed.",
			models.ErrPageChanged: "Nothing is where it was on its page: “civicfeed discover” proposes how to read it now.",
			models.ErrEmpty:       "Its feed has held nothing for some time.",
			models.ErrUnknown:     "Its entries have new names, and what looks old among them is withheld.",
			models.ErrOrigin:      "It refuses to be read by us.",
			models.ErrRateLimited: "It asked us to come less often.",
			models.ErrGone:        "It says that the feed is gone for good.",
			models.ErrHTTP4xx:     "It does not know this address.",
			models.ErrHTTP5xx:     "Its server has a fault.",
			models.ErrParse:       "Its feed cannot be read.",
			models.ErrInternal:    "The fault is ours, not the source's.",
		},
		refusal: englishRefusal(),
		notices: map[int][2]string{
			404: {"There is no such page", "The address may be mistyped, or what it named has been taken away."},
			410: {"This page is gone", "What this address named has been taken away for good."},
			405: {"This cannot be done here", "Pages and feeds can be read, nothing else."},
			414: {"This address is too long", "No address here is as long as that."},
			429: {"One moment, please", "Too many requests have come from your address. Please try again in a moment."},
			500: {"Something went wrong", "The fault is ours. Please try again in a moment."},
			503: {"One moment, please", "This page cannot be made just now. Please try again in a moment."},
		},
	}
}

func simplified() *phrases {
	return &phrases{
		Skip: "跳到正文", Home: "首页", Here: "当前位置", Sections: "栏目", Regions: "地区",
		Latest: "最新", More: "全部新闻", All: "全部",
		Subscribe:    "订阅",
		SubscribeHow: "把下面任一地址复制到任何阅读器中，有了新内容就会送到您那里。",
		OPML:         "全部订阅地址（OPML）", Status: "来源状态", Contact: "联系：",
		Empty:    "还没有新闻。",
		EmptyHow: "各来源正在读取中，新内容到来后会显示在这里。各来源的情况见：",
		Nothing:  "暂无内容",
		Source:   "来自", Credit: "来源", Published: "时间", Seen: "收录时间", Updated: "更新",
		Original: "阅读原文", Files: "附件", Copies: "同文另见", Filed: "归入",
		Well: "正常", Failing: "有问题", Waiting: "尚未读取", Off: "已停用",
		LastVisit: "上次读取", LastOK: "上次成功", LastNew: "上次有新内容", Since: "出现问题自",
		NextVisit: "下次读取", Never: "从未", Warnings: "备注", GoHome: "返回首页",
		summary: "共 %d 个来源：%d 个正常，%d 个有问题。", failures: "连续失败 %d 次", reasons: simplifiedReasons(),
		Asked: "实际读取", askedAt: "%s（来源已迁至此处，请在 feeds.yaml 中改用这个网址）",
		Moving: "称已迁址", moving: "迁至 %s，已告知 %d 次",
		Articles: "文章页", waiting: "%d 页待读", unread: "%d 页未能读取，最近的原因：%s",
		Remedy: "重新识别的命令：",
		Search: "搜索", SearchHow: "输入一个或几个词，标题或正文同时含有这些词的新闻会按时间列出，最新的在前。",
		SearchIn: "搜索新闻", NoHits: "没有找到相关新闻。",
		NoHitsHow: "可以减少或缩短关键词，或者换一种写法再试。",
		Older:     "更早", Newest: "最新", searched: "搜索“%s”", archive: "（归档 %d）",
		pages: map[models.ErrorClass]string{
			models.ErrNotAFeed: "返回的不是文章列表：可能是登录页、出错提示或其他网页。",
			models.ErrEmpty:    "列表已有一段时间没有任何内容。",
			models.ErrUnknown:  "列表内容全部更换，其中疑似旧文或属于其他栏目的暂不收录，待确认。",
			models.ErrGone:     "对方表示此网页已永久撤销。",
			models.ErrParse:    "返回的网页无法解析。",
		},
		days: [7]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"},
		day:  "2006年1月2日", comma: "、",
		roles: map[string]string{"": "作者", "author": "作者", "editor": "编辑", "contributor": "供稿"},
		troubles: map[models.ErrorClass]string{
			models.ErrDNS:         "域名无法解析。",
			models.ErrConnect:     "无法连接到对方服务器。",
			models.ErrTLS:         "对方的证书或加密连接无效。",
			models.ErrTimeout:     "对方未能及时响应。",
			models.ErrTooLarge:    "返回的内容超过允许的大小。",
			models.ErrBlocked:     "地址位于不允许访问的网络。",
			models.ErrNotAFeed:    "返回的内容不是订阅源。",
			models.ErrPageChanged: "网页版式已变，按原规则找不到内容；可用 civicfeed discover 重新识别。",
			models.ErrEmpty:       "订阅源已有一段时间没有任何内容。",
			models.ErrUnknown:     "其条目的标识全部更换，其中疑似旧文的暂不收录，待确认。",
			models.ErrOrigin:      "对方拒绝我们读取。",
			models.ErrRateLimited: "对方要求降低访问频率。",
			models.ErrGone:        "对方表示此订阅源已永久撤销。",
			models.ErrHTTP4xx:     "对方没有这个地址。",
			models.ErrHTTP5xx:     "对方服务器出错。",
			models.ErrParse:       "返回的内容无法解析。",
			models.ErrInternal:    "问题在我们这一侧，与来源无关。",
		},
		refusal: simplifiedRefusal(),
		notices: map[int][2]string{
			404: {"没有这个页面", "地址可能有误，或者对应的内容已经撤下。"},
			410: {"页面已撤下", "这个地址对应的内容已永久撤下。"},
			405: {"此处不支持该操作", "这里的页面和订阅地址仅供读取。"},
			414: {"网址过长", "这里没有这么长的网址。"},
			429: {"请稍候", "来自您的地址的请求过多，请稍后再试。"},
			500: {"出了点问题", "问题在我们这一侧，请稍后再试。"},
			503: {"请稍候", "暂时无法生成这个页面，请稍后再试。"},
		},
	}
}
