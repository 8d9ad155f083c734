package parse

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A page tells its facts behind labels: 来源：…, 时间：…, 责任编辑：…. A label is a word of these
// before a colon, a bar, or the end of an element.

type fact int

const (
	noFact fact = iota
	credit
	agency // who put it up: a credit where none is told
	published
	updated
	editor
	author
	reviewer
	other // ends the value before it
)

// labels are the words before facts. English ones are lower-case, without blanks.
var labels = func() map[string]fact {
	m := map[string]fact{}
	add := func(f fact, words string) {
		for w := range strings.FieldsSeq(words) {
			m[w] = f
		}
	}
	add(credit, `来源 信息来源 稿源 文章来源 新闻来源 稿件来源 内容来源 来源于 出处 信息出处 文章出处 消息来源 转载自 摘自 转自 来自 供稿单位
		來源 新聞來源 資料來源單位 消息來源 文章來源 出處 稿件來源 出典 配信元 提供元 출처 자료제공 source newssource quelle fuente fonte bron źródło источник джерело kaynak`)
	add(agency, `发布机构 发布单位 发布部门 发布来源 信息提供 發布單位 發布機關 發佈單位 發布機構 發佈機構 資料提供單位 提供單位 担当課 発信元 담당부서 작성부서`)
	add(published, `时间 发布时间 发布日期 日期 发表时间 发稿时间 发表日期 刊发时间 刊发日期 发布于 发表于 录入时间 创建时间 上传时间 添加时间 加入时间 发布日 发布 公布日期
		見報日期 見報時間 時間 發布時間 發布日期 發佈日期 發佈時間 發表時間 發表日期 發稿時間 張貼日期 上版日期 公告日期 刊登日期 掲載日 公開日 公開日時 掲載日時 投稿日 発表日 登録日 작성일 등록일 게시일 입력
		published publishedon posted postedon date dateposted publisheddate publishdate releasedate postdate publicationdate datepublished
		publicado publicada publié publiée veröffentlicht veröffentlichtam pubblicato datum fecha опубликовано дата`)
	add(updated, `更新时间 更新日期 更新日 更新 最后更新 最后更新时间 修改时间 更新於 更新時間 最後更新 最後更新日期 最後更新時間 修改日期 更新日時 最終更新日 最終更新 수정일 최종수정일
		updated lastupdated lastmodified modified updatedon lastupdate dateupdated lastupdatedon`)
	add(editor, `责任编辑 责编 编辑 网络编辑 本期编辑 本网编辑 值班编辑 本文编辑 文章编辑 网编 执行编辑 新媒体编辑 本版编辑 本期责编 文字编辑 编辑人员 网站编辑 版面编辑 美术编辑 视觉编辑
		責任編輯 責編 編輯 核稿編輯 網路編輯 網編 編集 編集担当 editor editedby`)
	add(author, `作者 撰文 撰稿 撰稿人 记者 本报记者 本网记者 通讯员 特约记者 见习记者 实习记者 首席记者 全媒体记者 融媒记者 融媒体记者 文字 文 图 摄影 图片 摄影记者 文/图 图/文 图文 供稿 供稿人 供图 文案 采写 采访 作者/来源 编译 翻译 策划 整理
		記者 通訊員 攝影 撰稿記者 文／圖 筆者 執筆 写真 기자 작성자 author authors by writtenby reporter photo photoby`)
	add(reviewer, `审核 审核人 审校 审稿 审签 一审 二审 三审 初审 复审 终审 初审人 复审人 终审人 校对 校审 审读 监制 签发 签发人 主编 值班主编 值班主任 总编 值班总编 总监制 编审 复核 审定 终审人员 核校 校對 審核 核稿 審稿 監製`)
	add(other, `浏览 浏览量 浏览次数 浏览数 阅读 阅读量 阅读数 阅读次数 点击 点击数 点击量 点击率 点击次数 访问量 访问次数 访问 人气 评论 评论数 字号 字体 字体大小 字號 字級 分享 分享到 打印 收藏 关键词 关键字 标签
		索引号 文号 分类 主题分类 体裁 名称 标题 公开方式 有效性 责任单位 统一编号 栏目 频道 所属栏目 類別 點閱 點閱數 瀏覽人次 點閱次數 人氣 關鍵字 조회수 조회 views hits tags category keywords share`)
	return m
}()

// embedded are labels that are seen behind other facts even where nothing divides them.
var embedded = []string{"责任编辑", "发布时间", "发布日期", "更新时间", "浏览次数", "点击次数", "阅读次数", "作者", "编辑", "来源", "时间", "日期", "浏览", "点击", "阅读", "字号", "字体", "记者", "通讯员", "审核", "校对"}

// told is a fact of a line.
type told struct {
	fact  fact
	label string
	value string
}

// longFacts is how long a line may be that is looked at for labels, in runes.
const longFacts = 260

// labelled reads the facts of a line; before is what stands in front of the first.
func labelled(s string) (before string, facts []told) {
	if !strings.ContainsAny(s, ":：丨｜|/／\x1f") {
		return s, nil
	}
	r := []rune(s)
	before = s
	start, cur := 0, told{}
	end := func(at int) {
		v := strings.TrimSpace(string(r[start:max(at, start)]))
		if cur.fact == noFact {
			before = v
			return
		}
		cur.value = v
		facts = append(facts, cur)
	}
	for i, c := range r {
		if !isColon(c) && c != mark {
			continue
		}
		from, word := wordBefore(r, start, i)
		f := labels[word]
		if f == noFact && isColon(c) && c != '/' && c != '／' && (cur.fact != noFact || len(facts) > 0 || hasDigit(r[start:i])) {
			for _, e := range embedded {
				if head, ok := strings.CutSuffix(word, e); ok && head != "" {
					f, word, from = labels[e], e, i-utf8.RuneCountInString(e)
					break
				}
			}
		}
		if f == noFact || c == mark && !alone(r, from, i) || (c == '/' || c == '|' || c == '／' || c == '｜') && (f == published || f == updated || !alone(r, from, i)) {
			continue
		}
		if from < start || (c == '/' || c == '／') && i+2 < len(r) && labels[string(r[i+1])] == author && isColon(r[i+2]) { // 文/图：
			continue
		}
		end(from)
		cur, start = told{fact: f, label: word}, i+1
	}
	end(len(r))
	return before, facts
}

// isColon tells the marks that stand behind labels.
func isColon(c rune) bool {
	if c > '丨' && c < '︰' {
		return false
	}
	return c == '：' || c == ':' || c == '丨' || c == '｜' || c == '|' || c == '/' || c == '／' || c == '︰' || c == '∶'
}

// alone tells that a word stands at the beginning of a piece.
func alone(r []rune, from, to int) bool {
	for i := from - 1; i >= 0; i-- {
		if r[i] == mark || strings.ContainsRune("（([【［〔·•　", r[i]) {
			return true
		}
		if !unicode.IsSpace(r[i]) {
			return false
		}
	}
	return true
}

// wordBefore gives the word that ends before a place, blanks left out: "来 源", "Last updated".
func wordBefore(r []rune, start, end int) (from int, word string) {
	for end > start && (unicode.IsSpace(r[end-1]) || r[end-1] == mark) {
		end--
	}
	if end > start && r[end-1] < 0x2E80 {
		return latinBefore(r, start, end)
	}
	from = end
	for i, n := end, 0; i > start && n < 10; i-- {
		c := r[i-1]
		if unicode.IsSpace(c) {
			if end-from > 1 {
				break
			}
			continue
		}
		if c != '/' && c != '／' && (c < 0x2E80 || !unicode.IsLetter(c)) {
			break
		}
		from, n = i-1, n+1
	}
	return from, strings.Join(strings.Fields(string(r[from:end])), "")
}

// latinBefore gives the one to three words before a place that are a label.
func latinBefore(r []rune, start, end int) (from int, word string) {
	best := ""
	from = end
	i := end
	for range 3 {
		j := i
		for j > start && r[j-1] < 0x2E80 && unicode.IsLetter(r[j-1]) {
			j--
		}
		if j == i {
			break
		}
		if joined := strings.ToLower(strings.Join(strings.Fields(string(r[j:end])), "")); labels[joined] != noFact {
			best, from = joined, j
		}
		if i = j; i > start && r[i-1] == ' ' {
			i--
		}
	}
	return from, best
}

func hasDigit(r []rune) bool {
	for _, c := range r {
		if c >= '0' && c <= '9' {
			return true
		}
	}
	return false
}

// ends are where the value of a fact ends though no label follows.
var ends = []string{
	"分享", "字号", "字体", "打印", "浏览", "点击", "阅读", "收藏", "扫一扫", "视力保护", "背景色", "保护视力", "我要评论", "我来说", "评论(", "参与评论", "A+", "A-", "T|", "T T", "字級", "字號", "手机看", "关闭", "【", "版权",
	"上一篇", "下一篇", "语音播报", "朗读",
}

// shown makes the value of a credit, an editor or an author fit to be kept; empty where it is none.
func shown(v string, limit int) string {
	v = strings.TrimSpace(strings.TrimLeft(v, " :：|\x1f"))
	for _, e := range ends {
		if i := strings.Index(v, e); i >= 0 {
			v = v[:i]
		}
	}
	if head, _, ok := strings.Cut(v, string(mark)); ok {
		v = head
	}
	if at := cutAtDate(v); at >= 0 {
		v = v[:at]
	}
	v = closeBrackets(v)
	v = strings.TrimSpace(strings.Trim(v, " \u3000|｜/，,;；。·•:：-—\"'"))
	switch v {
	case "", "无", "-", "--", "未知", "佚名", "null", "undefined", "暂无", "没有", "N/A":
		return ""
	}
	if utf8.RuneCountInString(v) > limit || strings.ContainsAny(v, "。！？") {
		return ""
	}
	return v
}

// cutAtDate gives where a date begins that is no part of a name.
func cutAtDate(v string) int {
	for i := 0; i+4 < len(v); i++ {
		if century := v[i : i+2]; (century == "20" || century == "19") && isDigits(v[i:i+4]) && (i == 0 || !isDigits(v[i-1:i])) && (strings.IndexByte("-/.", v[i+4]) >= 0 || strings.HasPrefix(v[i+4:], "年")) {
			return i
		}
	}
	return -1
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// closeBrackets cuts a value at a bracket that closes what was opened before it, and takes off
// brackets around it.
func closeBrackets(v string) string {
	depth := 0
	for i, c := range v {
		switch {
		case strings.ContainsRune("（([［〔", c):
			depth++
		case strings.ContainsRune("）)]］〕】", c):
			if depth--; depth < 0 {
				return v[:i]
			}
		}
	}
	return v
}
