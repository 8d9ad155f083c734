package parse

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

var (
	position    = regexp.MustCompile(`^[\s【\[]*(?:(?:您|你)?(?:的|现在的|現在的|目前)?(?:当前|當前|现在|現在|所在|目前)?(?:的|所在的?)?(?:位置|地址|页面|頁面)(?:是|为|在)?|现在位置|当前栏目|您在这里|現在位置|現在地|You are here|Vous êtes ici|Sie sind hier|Usted está aquí|현재\s?위치|Bạn đang ở)[\s\]】]*[:：丨|]?\s*`)
	trailSplit  = regexp.MustCompile(`\s*(?:>+|＞+|›|»|→|-+>|＞|／|[\s\x1f]+[/-][\s\x1f]+|\\)\s*`)
	trailDashes = regexp.MustCompile(`\s*[-—–|/]+\s*`)
	homeWord    = regexp.MustCompile(`(?i)^(?:网站|本站|返回|新闻网)?(?:首页|主页|首頁|主頁|home|トップ|トップページ|ホーム|홈|accueil|startseite|inicio|trang chủ|главная)(?:页)?$`)
	trailClass  = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:breadcrumb\w*|crumb\w*|bread|mbx|mianbaoxie|position|dqwz|weizhi|wz|location|local|path|curpos|currpos|current\w*position|nav-?path|\w*_path|here|place|daohang|channel-path|pos)(?:$|[\s_\d-])`)
	trailEnding = map[string]bool{"正文": true, "文章正文": true, "内容": true, "文章内容": true, "详情": true, "详细内容": true, "信息详情": true, "正文内容": true, "文章": true, "内文": true, "內文": true, "本文": true}
)

// isTrail tells that a line is a trail from the home page, by its words.
func (r *reading) isTrail(i int) bool {
	if r.lines[i].runes >= 160 {
		return false
	}
	text := r.text(i)
	return saysPosition(text) && r.lines[i].runes < 100 && position.MatchString(text) || len(r.trail(i)) >= 2
}

// trail reads the parts of a trail that begins with the home page, or behind "当前位置".
func (r *reading) trail(i int) []string {
	s := r.marked(i)
	if !strings.ContainsAny(s, trailMarks) && !saysPosition(s) {
		return nil
	}
	var at []int
	if saysPosition(s) {
		if at = position.FindStringIndex(s); at != nil {
			s = s[at[1]:]
		}
	}
	parts := splitTrail(s)
	if len(parts) == 1 && at == nil && homeWord.MatchString(strings.Trim(trailDashes.Split(parts[0], 2)[0], "\x1f ")) && !strings.Contains(s, "|") {
		parts = splitTrail(trailDashes.ReplaceAllString(s, ">"))
	}
	if at == nil && len(parts) >= 3 && i < r.titleEnd && r.lines[i].linked*10 >= r.lines[i].runes*5 && strings.ContainsAny(s, ">›»＞") {
		return parts
	}
	if at == nil && (len(parts) < 2 || !homeWord.MatchString(parts[0])) {
		return nil
	}
	if at != nil && len(parts) == 1 && len(r.pieces[r.lines[i].from:r.lines[i].to]) < 2 {
		return nil
	}
	return parts
}

// trailMarks stand between the parts of a trail, or their last bytes do.
const trailMarks = ">＞›»→/／-—–\\"

// saysPosition tells, cheaply, of most texts that they do not say where one is.
func saysPosition(s string) bool {
	for _, word := range []string{"位置", "地址", "页面", "頁面", "栏目", "在这里", "現在地", "You are here", "Vous êtes ici", "Sie sind hier", "Usted está aquí", "현재", "Bạn đang ở"} {
		if i := strings.Index(s, word); i >= 0 && i < 60 {
			return true
		}
	}
	return false
}

func isHome(s string) bool {
	return len(s) <= 40 && strings.ContainsAny(s, "页頁ムプ홈eEoOủг") && homeWord.MatchString(s)
}

func splitTrail(s string) (parts []string) {
	for _, part := range trailSplit.Split(s, -1) {
		part = strings.Trim(strings.ReplaceAll(part, string(mark), " "), " \u3000>:：·|")
		if part = squeeze(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// readBreadcrumb finds the trail from the home page to the article.
func (r *reading) readBreadcrumb() {
	for i := 0; i < len(r.lines) && i < max(r.start+5, r.titleEnd+3); i++ {
		l := &r.lines[i]
		if l.runes > 200 || l.to-l.from == 1 && l.linked == l.runes && !isHome(r.text(i)) { // one way of many
			continue
		}
		parts := r.trail(i)
		if text := r.text(i); len(parts) == 0 && r.lines[i].runes < 20 && (isHome(text) || saysPosition(text) && position.MatchString(text)) {
			parts = r.trailOver(i)
		}
		if r.takeTrail(parts, "breadcrumb") {
			return
		}
	}
	for i := range r.boxes {
		b := &r.boxes[i]
		if b.to-b.from > 0 && b.to-b.from <= 10 && b.from < max(r.start+5, r.titleEnd+3) && r.isTrailBox(b.node) {
			if r.takeTrail(r.linesOf(b.from, b.to), "breadcrumb, by its name") {
				return
			}
		}
	}
	r.takeTrail(r.data.crumbs, "JSON-LD BreadcrumbList")
}

func (r *reading) isTrailBox(n *html.Node) bool {
	return trailClass.MatchString(attrOf(n, "class")+" "+attrOf(n, "id")) || strings.EqualFold(attrOf(n, "aria-label"), "breadcrumb")
}

// trailOver reads a trail whose parts stand in lines of their own, as elements of a list.
func (r *reading) trailOver(i int) []string {
	for at, up := r.lines[i].box, 0; at > 0 && up < 3; at, up = r.boxes[at].parent, up+1 {
		b := &r.boxes[at]
		if b.to-b.from > 10 {
			return nil
		}
		if b.to-b.from > 1 && b.from == i && (r.isTrailBox(b.node) || r.isTrailBox(r.boxes[b.parent].node) || position.MatchString(r.text(i))) {
			return r.linesOf(i, b.to)
		}
	}
	return nil
}

func (r *reading) linesOf(from, to int) (parts []string) {
	for i := from; i < to; i++ {
		if r.lines[i].runes > 160 {
			return nil
		}
		s := r.marked(i)
		if at := position.FindStringIndex(s); at != nil {
			s = s[at[1]:]
		}
		parts = append(parts, splitTrail(s)...)
	}
	return parts
}

// takeTrail takes a trail for the breadcrumb; it tells whether it was one.
func (r *reading) takeTrail(parts []string, where string) bool {
	title := tight(r.page.Title)
	kept := []string{}
	for _, part := range parts {
		t := tight(part)
		switch {
		case trailEnding[part], part == "", title != "" && (t == title || len(t) > 12 && strings.HasPrefix(title, strings.TrimRight(t, ".…"))):
			continue
		case utf8.RuneCountInString(part) > 40:
			return false
		}
		if len(kept) == 0 || kept[len(kept)-1] != part {
			kept = append(kept, part)
		}
	}
	if len(kept) == 0 || len(kept) > 12 || len(kept) == 1 && !strings.HasPrefix(where, "JSON") && homeWord.MatchString(kept[0]) {
		return false
	}
	if !slices.ContainsFunc(parts, homeWord.MatchString) && len(kept) == 1 && where == "breadcrumb, by its name" {
		return false
	}
	r.page.Breadcrumb, r.page.Where["Breadcrumb"] = kept, where
	if last := kept[len(kept)-1]; len(kept) > 1 || !homeWord.MatchString(last) {
		if !homeWord.MatchString(last) {
			r.set("Column", &r.page.Column, last, where)
		}
	}
	return true
}

var (
	previousWord = regexp.MustCompile(`^[\s<＜«‹←【\[（(]*(?:上\s*[一1]?\s*[篇条條則则]|前一[篇条條則则]|上一?个|前の記事|前へ|Previous(?: article| post| story)?|Prev)(?:文章|新闻|新聞|信息|资讯)?\s*[】\]）)]?\s*(?:[:：»>]|$|\s|\x1f|[「《【])`)
	nextWord     = regexp.MustCompile(`^[\s>＞»›→【\[（(]*(?:下\s*[一1]?\s*[篇条條則则]|后一[篇条條則则]|後一[篇条條則则]|下一?个|次の記事|次へ|Next (?:article|post|story)|Next)(?:文章|新闻|新聞|信息|资讯)?\s*[】\]）)]?\s*(?:[:：»>]|$|\s|\x1f|[「《【])`)
	noneWord     = regexp.MustCompile(`^(?:已?经?是?[第最][一后]?一?篇.*|没有了?[。！!]?|沒有了?[。！!]?|无|暂无.*|没有.{0,10}|none|已是.*|没有相关.*|很抱歉.*|返回.{0,6}|到底了.*|到头了.*)$`)
)

// neighbourWord tells whether a text begins with a word for the article before (-1) or after (1).
func neighbourWord(s string) int {
	switch {
	case len(s) < 4 || len(s) > 600 || !beginsWith(s, neighbourBegins):
		return 0
	case previousWord.MatchString(s):
		return -1
	case nextWord.MatchString(s):
		return 1
	}
	return 0
}

// readNeighbours finds the articles before and after.
func (r *reading) readNeighbours() {
	to, waiting, named := 0, 0, (*html.Node)(nil)
	for i := range r.lines {
		l := &r.lines[i]
		if waiting++; waiting > 2 {
			to = 0
		}
		if l.runes > 300 || i < r.start && r.body > 0 && i < r.start-6 {
			continue
		}
		for _, x := range r.pieces[l.from:l.to] {
			if to == 0 && !beginsWith(x.node.Data, neighbourBegins) {
				continue
			}
			s := squeeze(x.node.Data)
			if w := neighbourWord(s); w != 0 {
				to, waiting, named = w, 0, x.link
				if at := previousWord.FindStringIndex(s); w < 0 {
					s = s[at[1]-trailing(s[:at[1]]):]
				} else {
					at := nextWord.FindStringIndex(s)
					s = s[at[1]-trailing(s[:at[1]]):]
				}
			}
			if to != 0 && (waiting == 0 || x.link != nil) && (named == nil || named == x.link || x.link != nil && addressOf(x.link) == addressOf(named)) {
				s = strings.Trim(s, " :：\u3000>»<«】]")
				if r.neighbour(to, s, x.link) {
					to = 0
				}
			}
		}
	}
}

// trailing is the length of a bracket that a word for a neighbour took from the title.
func trailing(s string) int {
	for _, b := range []string{"【", "「", "《"} {
		if strings.HasSuffix(s, b) {
			return len(b)
		}
	}
	return 0
}

// neighbour takes a title; it tells whether it was one, or said that there is none.
func (r *reading) neighbour(to int, title string, link *html.Node) bool {
	n, field := &r.page.Next, "Next"
	if to < 0 {
		n, field = &r.page.Previous, "Previous"
	}
	if noneWord.MatchString(title) {
		return true
	}
	if title == "" && link != nil {
		title = squeeze(attrOf(link, "title"))
		title = strings.Trim(strings.TrimPrefix(strings.TrimPrefix(title, "上一篇"), "下一篇"), " :：")
	}
	if title == "" || n.Title != "" || utf8.RuneCountInString(title) > 200 {
		return false
	}
	if link == nil && utf8.RuneCountInString(title) < 4 {
		return false
	}
	if link != nil {
		n.Link = addressOf(link)
		if full := squeeze(attrOf(link, "title")); strings.HasPrefix(full, strings.TrimRight(title, ".… ")) {
			title = full
		}
	}
	n.Title, r.page.Where[field] = title, "word before the link"
	return true
}
