package parse

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// readCredit takes whom the page names as the origin: under the title, else beside the date there,
// else behind the text.
func (r *reading) readCredit() {
	for _, want := range []fact{credit, agency} {
		for _, f := range r.facts {
			if !r.inHeader(f.line) {
				continue
			}
			for _, t := range f.told {
				if t.fact == want && want != agency {
					r.set("Credit", &r.page.Credit, shown(t.value, 40), "line under the title: "+t.label)
				}
			}
		}
	}
	r.creditByName()
	for _, f := range r.facts {
		if !r.inTail(f.line) && !r.inHeader(f.line) || r.far(f.line) {
			continue
		}
		for _, t := range f.told {
			if t.fact == credit && r.inTail(f.line) {
				r.set("Credit", &r.page.Credit, shown(t.value, 40), "line behind the text: "+t.label)
			}
		}
	}
	r.set("Credit", &r.page.Credit, r.outlet, "script")
	for _, f := range r.facts {
		if !r.inHeader(f.line) && !r.inTail(f.line) && (f.line < r.start-40 || f.line >= r.start) {
			continue
		}
		for _, t := range f.told {
			if t.fact == agency {
				r.set("Credit", &r.page.Credit, shown(t.value, 40), "line of facts: "+t.label)
			}
		}
	}
}

var (
	creditClass = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:\w*source\w*|sour|laiyuan|ly|origin|from|media|publisher\w*|mname)(?:$|[\s_-])`)
	authorClass = regexp.MustCompile(`(?i)author|writer|editor|byline`)
	outletName  = regexp.MustCompile(`^[\p{Han}A-Za-z0-9·•（）()《》・\-]{1,20}(?:网|報|报|社|台|频道|網|客户端|融媒|融媒体|融媒体中心|发布|發布|在线|周刊|杂志|新闻|新聞|传媒|报道|之声|政府|委|局|办|厅|院|署|處|局|中心|观察|观察网|早报|头条|网站|公众号|微信|新媒体|通讯)$`)
)

// creditByName takes an outlet that stands without a label beside the date under the title.
func (r *reading) creditByName() {
	dateLine := r.dateLine()
	if r.page.Credit != "" || dateLine < 0 {
		return
	}
	for i := max(dateLine-1, r.titleEnd, 0); i <= dateLine+1 && i < len(r.lines); i++ {
		if i == r.title || r.lines[i].runes > 160 || i > dateLine && r.parentOf(i) != r.parentOf(dateLine) {
			continue
		}
		for _, x := range r.pieces[r.lines[i].from:r.lines[i].to] {
			for part := range strings.SplitSeq(squeeze(x.node.Data), "|") {
				class := attrOf(x.node.Parent, "class") + " " + attrOf(x.node.Parent, "id")
				if x.node.Parent.Parent != nil && x.link != nil {
					class += " " + attrOf(x.node.Parent.Parent, "class")
				}
				part = strings.TrimSpace(strings.Trim(part, " ·•|/,，"))
				if at := cutAtDate(part); at >= 0 {
					for _, word := range strings.Fields(part[at:]) {
						if outletName.MatchString(word) {
							r.tryCredit(word, class)
						}
					}
					part = strings.TrimSpace(part[:at])
				}
				r.tryCredit(part, class)
			}
		}
	}
}

// tryCredit takes a name for the credit if it is an outlet's, by its class or by its end.
func (r *reading) tryCredit(part, class string) {
	n := utf8.RuneCountInString(part)
	if n < 2 || n > 24 || authorClass.MatchString(class) && !outletName.MatchString(part) || isFurniture(part) || strings.ContainsAny(part, ":：>？?！!") {
		return
	}
	if mayDate(part) {
		if raw, _ := readDate(part); raw != "" {
			return
		}
	}
	if who, outlet, ok := strings.Cut(part, "/"); ok { // 白露/汐州日报
		if n := utf8.RuneCountInString(who); n >= 2 && n <= 4 && outletName.MatchString(outlet) {
			r.set("Credit", &r.page.Credit, outlet, "beside the date")
			r.addByline("作者：" + who)
			return
		}
	}
	for _, c := range r.page.Breadcrumb {
		if c == part {
			return
		}
	}
	if creditClass.MatchString(class) && shown(part, 24) != "" && hasHan(part) {
		r.set("Credit", &r.page.Credit, part, "class beside the date")
	} else if outletName.MatchString(part) {
		r.set("Credit", &r.page.Credit, part, "beside the date")
	}
}

// dateLine is the line under the title with the date.
func (r *reading) dateLine() int {
	for i := max(0, r.titleEnd, r.start-14); i < min(r.start+2, len(r.lines)); i++ {
		if r.lines[i].runes <= 240 && r.inHeader(i) {
			if raw, _ := r.date(i); raw != "" {
				return i
			}
		}
	}
	return -1
}

// parentOf is the box around the box of a line.
func (r *reading) parentOf(i int) int {
	if b := r.lines[i].box; b > 0 {
		return r.boxes[b].parent
	}
	return 0
}
