package render

import (
	"fmt"
	"strings"

	"civicfeed/models"
)

// Refusal writes a page (400) that says which parameter of an address cannot be read, and what to
// write instead.
func Refusal(c *models.Catalog, base, parameter, value string) ([]byte, error) {
	f := newFrame(&Page{Catalog: c, Base: base})
	w := refusalsOf(f.Lang)
	f.Kind, f.Code, f.Heading = "notice", 400, w.heading
	f.Intro = fmt.Sprintf(w.sentence, parameter, cut(line(value), 60), w.wanted[parameter])
	f.Title = f.Heading + " · " + f.Site.Title
	return f.write("notice")
}

// refusals are the words of refusals.
type refusals struct {
	heading, sentence string
	wanted            map[string]string
}

func refusalsOf(language string) refusals {
	tag := strings.ToLower(language)
	switch {
	case strings.HasPrefix(tag, "zh-hant"), strings.HasPrefix(tag, "zh-tw"), strings.HasPrefix(tag, "zh-hk"), strings.HasPrefix(tag, "zh-mo"):
		return refusals{"網址中的參數有誤", "參數 %s 的值「%s」無法使用：%s。", map[string]string{
			"limit": "請填 1 到 200 之間的整數", "since": "請填日期（2026-11-20）或時間（2026-11-20T08:00:00+08:00）",
			"until": "請填日期（2026-11-20）或時間（2026-11-20T08:00:00+08:00）",
			"order": "請填 listed（收錄順序）或 published（發布時間）", "cursor": "請使用上一頁給出的連結，不要改動",
			"region": "沒有這個地區，鍵名見首頁的連結；最多 20 個", "section": "沒有這個欄目，鍵名見首頁的連結；最多 20 個",
			"source": "沒有這個來源，鍵名見 /status；最多 20 個", "exclude_source": "沒有這個來源，鍵名見 /status；最多 20 個",
			"q": "請填要尋找的詞",
		}}
	case strings.HasPrefix(tag, "zh"):
		return refusals{"网址中的参数有误", "参数 %s 的值“%s”无法使用：%s。", map[string]string{
			"limit": "请填 1 到 200 之间的整数", "since": "请填日期（2026-11-20）或时间（2026-11-20T08:00:00+08:00）",
			"until": "请填日期（2026-11-20）或时间（2026-11-20T08:00:00+08:00）",
			"order": "请填 listed（收录顺序）或 published（发布时间）", "cursor": "请使用上一页给出的链接，不要改动",
			"region": "没有这个地区，键名见首页的链接；最多 20 个", "section": "没有这个栏目，键名见首页的链接；最多 20 个",
			"source": "没有这个来源，键名见 /status；最多 20 个", "exclude_source": "没有这个来源，键名见 /status；最多 20 个",
			"q": "请填要查找的词",
		}}
	}
	return refusals{"A part of this address cannot be read", "The parameter %s cannot be “%s”: %s.", map[string]string{
		"limit": "write a whole number from 1 to 200", "since": "write a day (2026-11-20) or a time (2026-11-20T08:00:00+08:00)",
		"until": "write a day (2026-11-20) or a time (2026-11-20T08:00:00+08:00)",
		"order": "write listed or published", "cursor": "follow the link of the page before as it stands",
		"region": "there is no such place; the links of the front page show the keys, of which 20 may be given", "section": "there is no such section; the links of the front page show the keys, of which 20 may be given",
		"source": "there is no such source; /status shows the keys, of which 20 may be given", "exclude_source": "there is no such source; /status shows the keys, of which 20 may be given",
		"q": "write what to look for",
	}}
}
