package parse

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Phrases that name people stand under the title, in front of the text, or behind it. They are found
// here by their roles, and read elsewhere.

const roles = `(?:特约记者|特派记者|见习记者|实习记者|首席记者|全媒体记者|融媒体?记者|摄影记者|本报记者|本网记者|记者|特约通讯员|通讯员|通訊員|記者|报道员|特约撰稿人?|撰稿人?|撰文|采写|供稿|编译|作者|評論員|评论员|摄影报道|摄影|攝影|攝|기자|특파원)`

var (
	// 中新社汐州7月5日电（刘晴 李杰）: names alone behind the word for a report
	openingNames = regexp.MustCompile(`^[^。！？!?，,（(]{2,30}(?:讯|电|電|訊|报道|報導)\s*[（(]\s*\p{Han}[\p{Han}·\s\x{3000}、，,]{1,40}[）)]`)
	// 汐网讯 特约记者 杨洪霞 通讯员 王文勤 报道：
	openingPlain = regexp.MustCompile(`^[^。！？!?，,]{0,30}?(?:讯|訊|电|電)?[\s\x{3000}]*` + roles + `[\s\x{3000}:：]*[\p{Han}·]{1,20}[\p{Han}·\s\x{3000}、/]{0,60}?(?:报道|報導|報道|摄影报道)\s*[:：]?`)
	// a line that is nothing else
	wholeByline = regexp.MustCompile(`^[（(【［\[〔—\-–○●□■◆◎△▲★☆·•\s\x{3000}]*[\p{Han}A-Za-z《》·•/／&]{0,24}?[\s\x{3000}]*(?:` + roles + `|(?:文|图|摄)(?:[/／｜|、·及和][文图摄]|片)?[:：｜丨|/／]|[文图]/[文图])[\s\x{3000}:：丨｜|/／]*[\p{Han}·]{1,6}[^。！？!?；;]{0,80}$`)
	// 王硕 摄
	photographer = regexp.MustCompile(`^[（(\s\x{3000}]*(?:[\p{Han}·]{0,16}` + roles + `[\s\x{3000}]*)?\p{Han}[\p{Han}·\s\x{3000}、]{1,20}\s*(?:摄|攝|摄影|图|供图|/文|文/图|摄影报道|文并摄|文\s*摄)[）)\s]*$`)
	// …。（通讯员 何彩霞）
	closingByline = regexp.MustCompile(`[（(【［\[]([^（）()【】\[\]。！？]{0,30}?` + roles + `[^（）()【】\[\]。！？]{1,80})[）)】］\]]\s*$`)
	englishBy     = regexp.MustCompile(`^(?:By|Written by|Story by|Reported by|Posted by|By:)\s+[A-Z][\p{L}.'’-]+(?:\s+(?:[A-Z][\p{L}.'’-]+|de|van|von|and|&)){0,6}(?:,\s+[\p{L} .'’&-]{3,60})?$`)
	koreanBy      = regexp.MustCompile(`^(?:[\p{Hangul}]{2,8}\s+)?[\p{Hangul}]{2,4}\s*(?:기자|특파원)$`)
	roleAlone     = regexp.MustCompile(roles)
	afterRole     = regexp.MustCompile(`^(?:从|在|了解|获悉|看到|来到|采访|走进|发现|日前|近日|昨日|今日|就|对|现场|问|注意|见到|随|一行|节|站|证|协会|们|团|会|表示|告诉|说)`)
)

// alike are the marks behind a role.
var alike = strings.NewReplacer("：", ":", "/", ":", "／", ":", "|", ":", "丨", ":", "｜", ":")

func (r *reading) addByline(phrase string) {
	phrase = squeeze(strings.ReplaceAll(phrase, string(mark), " "))
	phrase = strings.TrimLeft(phrase, "○●□■◆◎△▲★☆·•—-– ")
	if phrase == "" || slices.ContainsFunc(r.page.Byline, func(held string) bool { return alike.Replace(held) == alike.Replace(phrase) }) || len(r.page.Byline) >= 12 {
		return
	}
	r.page.Byline = append(r.page.Byline, phrase)
	if r.page.Where["Byline"] == "" {
		r.page.Where["Byline"] = "line of its own"
	}
}

// readBylines gathers the phrases that name people.
func (r *reading) readBylines() {
	for _, f := range r.facts {
		if r.inHeader(f.line) && !(f.line >= r.start && f.line < r.end && !r.dropped[f.line]) {
			r.factByline(f)
		}
	}
	r.bylineUnderTitle()
	kept := r.kept()
	for i, at := range kept[:min(10, len(kept))] {
		r.bylineInFront(at, i)
	}
	for n := len(kept) - 1; n >= max(2, len(kept)-5); n-- {
		r.bylineBehind(kept[n])
	}
	for _, f := range r.facts {
		if f.line >= r.end && f.line < r.end+12 && !r.far(f.line) || r.dropped[f.line] && f.line > r.start && f.line >= r.end-10 {
			r.factByline(f)
		}
	}
	if len(r.page.Byline) == 0 {
		for _, name := range r.data.authors {
			if name != r.page.Site && name != r.page.Credit && !strings.HasPrefix(name, "http") && utf8.RuneCountInString(name) < 60 {
				r.addByline(bylineOf(name))
				r.page.Where["Byline"] = "JSON-LD author"
			}
		}
	}
	if v := r.meta["author"]; len(r.page.Byline) == 0 && r.isName(v) {
		r.addByline(bylineOf(v))
		r.page.Where["Byline"] = "meta author"
	}
}

func bylineOf(name string) string {
	if hasHan(name) {
		return "作者：" + name
	}
	if strings.HasPrefix(name, "By ") {
		return name
	}
	return "By " + name
}

// isName tells that what a meta element says of the author can be a person: on pages in Chinese it
// names the site, or who put the page up, unless the elements of the standard stand beside it.
func (r *reading) isName(v string) bool {
	if v == "" || v == r.page.Site || v == r.page.Credit || strings.Contains(v, "@") || strings.Contains(v, "http") {
		return false
	}
	n := utf8.RuneCountInString(v)
	if hasHan(v) {
		return r.meta["articletitle"] != "" && n >= 2 && n <= 4 && !outletName.MatchString(v)
	}
	return !hasHan(r.page.Title) && len(strings.Fields(v)) >= 2 && n < 40 && !organization.MatchString(v)
}

var organization = regexp.MustCompile(`(?i)\b(?:council|city|county|office|department|team|staff|news|government|admin|communications|press|editor)\b`)

// factByline takes the people that are told behind labels.
func (r *reading) factByline(f lineFacts) {
	for _, t := range f.told {
		if t.fact == author {
			if v := shown(strings.ReplaceAll(t.value, string(mark), " "), 60); v != "" {
				r.addByline(t.label + "：" + v)
				r.page.Where["Byline"] = "line of facts: " + t.label
			}
		}
	}
}

// kept are the lines of the text that are part of it.
func (r *reading) kept() (all []int) {
	for i := r.start; i < r.end && i < len(r.lines); i++ {
		if !r.dropped[i] && r.lines[i].runes > 1 {
			all = append(all, i)
		}
	}
	return all
}

// bylineUnderTitle takes a line between title and text that names people without a label.
func (r *reading) bylineUnderTitle() {
	if r.title < 0 {
		return
	}
	for i := r.titleEnd; i < r.start && i < r.titleEnd+8 && i < len(r.lines); i++ {
		if s := unmarked(r.marked(i)); utf8.RuneCountInString(s) < 80 && isByline(s) {
			if _, ok := r.factsOf(i); !ok {
				r.addByline(s)
			}
		}
	}
}

// isByline tells that a line is nothing but a byline.
func isByline(s string) bool {
	if len(s) > 3 && len(s) < 200 && strings.IndexByte("BWSRP", s[0]) >= 0 && englishBy.MatchString(s) {
		return true
	}
	if len(s) < 60 && koreanBy.MatchString(s) {
		return true
	}
	if len(s) > 330 || strings.ContainsAny(s, "。！？!?；;") || !namesRole(s) || utf8.RuneCountInString(s) > 110 || !wholeByline.MatchString(s) {
		return false
	}
	return !inSentence(s)
}

// roleParts are parts of all words for roles.
var roleParts = []string{"记者", "記者", "通讯员", "通訊員", "报道员", "撰", "采写", "供稿", "编译", "作者", "评论员", "評論員", "기자", "특파원", "摄", "攝", "文", "图"}

// namesRole tells, cheaply, of most texts that they name no role.
func namesRole(s string) bool {
	for _, part := range roleParts {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

// bylineInFront reads one of the first lines of the text.
func (r *reading) bylineInFront(at, nth int) {
	l := &r.lines[at]
	if r.dropped[at] || nth > 1 && strings.Contains(r.pieces[l.to-1].node.Data, "。") { // prose
		return
	}
	s := unmarked(r.marked(at))
	switch {
	case isByline(s) && (nth < 3 || !photographer.MatchString(s) && utf8.RuneCountInString(s) < 40):
		r.addByline(s)
		r.dropped[at] = true
		return
	case nth > 1:
		return
	}
	head := clipRunes(s, 120)
	if !strings.ContainsAny(head, "（(【［[〔") && !namesRole(head) {
		return
	}
	if m := openingOf(head); m != "" {
		r.addByline(m)
		r.page.Where["Byline"] = "opening of the text"
	}
}

// openingOf is the opening of a report that names people; empty where there is none.
func openingOf(head string) string {
	m := openingBracket(head)
	if m == "" || inSentence(m) {
		m = openingNames.FindString(head)
	}
	if m == "" && (strings.Contains(head, "报道") || strings.Contains(head, "報")) {
		m = openingPlain.FindString(head)
	}
	if inSentence(m) || utf8.RuneCountInString(m) > 110 {
		return ""
	}
	return m
}

// inSentence tells that the role named is part of a sentence: 记者从….
func inSentence(s string) bool {
	at := roleAlone.FindStringIndex(s)
	return at != nil && afterRole.MatchString(strings.TrimLeft(s[at[1]:], " \u3000"))
}

// openingBracket gives the opening of a report up to the bracket that names a role: 本报讯（记者 …）,
// 汐州网11月20日讯（…）, 【… 特约记者 …】.
func openingBracket(head string) string {
	for at := 0; at < len(head); {
		open := strings.IndexAny(head[at:], "（(【［[〔")
		if open < 0 {
			return ""
		}
		open += at
		if before := head[:open]; utf8.RuneCountInString(before) > 50 || strings.ContainsAny(before, "。！？!?") {
			return ""
		}
		_, size := utf8.DecodeRuneInString(head[open:])
		at = open + size
		end := strings.IndexAny(head[at:], "）)】］]〕。！？")
		if end < 0 {
			return ""
		}
		mark, size := utf8.DecodeRuneInString(head[at+end:])
		if inside := head[at : at+end]; !strings.ContainsRune("。！？", mark) && namesRole(inside) && roleAlone.MatchString(inside) {
			return head[:at+end+size]
		}
	}
	return ""
}

// bylineBehind reads one of the last lines of the text.
func (r *reading) bylineBehind(at int) {
	s := unmarked(r.marked(at))
	switch n := utf8.RuneCountInString(s); {
	case r.dropped[at]:
	case n < 110 && isByline(s) && !photographer.MatchString(s):
		r.addByline(s)
		r.dropped[at] = true
	case n < 40 && namesRole(s) && photographer.MatchString(s):
		r.addByline(s)
	default:
		if !strings.HasSuffix(s, "）") && !strings.HasSuffix(s, ")") && !strings.HasSuffix(s, "】") && !strings.HasSuffix(s, "]") {
			return
		}
		if m := closingByline.FindString(lastBytes(s, 480)); m != "" {
			if !inSentence(m) {
				r.addByline(strings.TrimSpace(m))
			}
		}
	}
}

// lastBytes are the last bytes of a text, on the border of a character.
func lastBytes(s string, n int) string {
	at := max(0, len(s)-n)
	for at < len(s) && !utf8.RuneStart(s[at]) {
		at++
	}
	return s[at:]
}
