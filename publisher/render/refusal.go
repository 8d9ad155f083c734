package render

import (
	"fmt"

	"civicfeed/models"
)

// Refusal writes a page (400) that says which parameter of an address cannot be read, and what to
// write instead.
func Refusal(c *models.Catalog, base, parameter, value string) ([]byte, error) {
	f := newFrame(&Page{Catalog: c, Base: base})
	w := f.T.refusal
	f.Kind, f.Code, f.Heading = "notice", 400, w.heading
	f.Intro = fmt.Sprintf(w.sentence, parameter, cut(line(value), 60), w.wanted[parameter])
	f.Title = f.Heading + " · " + f.Site.Title
	return f.write("notice")
}

// refusal are its words: of the sentence the parameter, its value, and what is wanted of it.
type refusal struct {
	heading, sentence string
	wanted            map[string]string
}

// wanted is what is wanted of each parameter.
func wanted(words, moment, order, limit, cursor, region, section, source string) map[string]string {
	return map[string]string{
		"q": words, "since": moment, "until": moment, "order": order, "limit": limit, "cursor": cursor,
		"region": region, "section": section, "source": source, "exclude_source": source,
	}
}

func simplifiedRefusal() refusal {
	return refusal{"网址中的参数有误", "参数 %s 的值“%s”无法使用：%s。", wanted(
		"请填要查找的词",
		"请填日期（2026-11-20）或时间（2026-11-20T08:00:00+08:00）",
		"请填 listed（收录顺序）或 published（发布时间）",
		"请填 1 到 200 之间的整数",
		"请使用上一页给出的链接，不要改动",
		"没有这个地区，键名见首页的链接；最多 20 个",
		"没有这个栏目，键名见首页的链接；最多 20 个",
		"没有这个来源，键名见 /status；最多 20 个",
	)}
}

func traditionalRefusal() refusal {
	return refusal{"網址中的參數有誤", "參數 %s 的值「%s」無法使用：%s。", wanted(
		"請填要尋找的詞",
		"請填日期（2026-11-20）或時間（2026-11-20T08:00:00+08:00）",
		"請填 listed（收錄順序）或 published（發布時間）",
		"請填 1 到 200 之間的整數",
		"請使用上一頁給出的連結，不要改動",
		"沒有這個地區，鍵名見首頁的連結；最多 20 個",
		"沒有這個欄目，鍵名見首頁的連結；最多 20 個",
		"沒有這個來源，鍵名見 /status；最多 20 個",
	)}
}

func englishRefusal() refusal {
	return refusal{"A part of this address cannot be read", "The parameter %s cannot be “%s”: %s.", wanted(
		"write what to look for",
		"write a day (2026-11-20) or a time (2026-11-20T08:00:00+08:00)",
		"write listed or published",
		"write a whole number from 1 to 200",
		"follow the link of the page before as it stands",
		"there is no such place; the links of the front page show the keys, of which 20 may be given",
		"there is no such section; the links of the front page show the keys, of which 20 may be given",
		"there is no such source; /status shows the keys, of which 20 may be given",
	)}
}
