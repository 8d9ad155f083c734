package normalize

import (
	"cmp"
	"slices"
	"strings"

	"civicfeed/models"
)

// maxByline bounds what is read as a byline, in bytes: it stands in a line, or begins a paragraph.
const maxByline = 600

// Byline reads who made a piece of news from the words in which it says so: "本报讯 （记者 汪丽娜
// 通讯员 王硕）4月4日上午，…", "（汐州日报记者 刘　伟 文/图）", "【环城时报驻京特约记者 林曦】", "责任编辑：顾策 SF183",
// "By Jane Roe, Staff Writer". Roles stay as written. The outlet is that of the report, as far as
// told: of the dateline, else of the first role; 本报 and the like stay as they are. What is no
// byline is left in rest, which is all of it where nobody is named: a wrong name is worse than none.
func Byline(raw string) (people []models.Person, outlet string, rest string) {
	line := fold(cut(raw, 64<<10))
	if people, outlet, ok := englishByline(line); ok {
		return people, outlet, ""
	}
	marks := plainMarks(line)
	text := []rune(line)
	head := string(marks[:min(len(marks), maxByline/3)])
	media, begin := dateline(head)
	for {
		from, to := begin, 0
		if from, to = bracketed(marks, begin); to == 0 {
			break
		}
		found, told, ok := readByline(string(marks[from+1:to]), media != "" || begin > 0)
		if !ok {
			break
		}
		people, outlet, begin = append(people, found...), cmp.Or(outlet, told), to+1
	}
	if len(people) == 0 {
		var end int
		if people, outlet, end = unbracketed(marks, begin); end > 0 {
			begin = end
		}
	}
	if len(people) == 0 && begin == 0 {
		if people, outlet, end := closing(marks); len(people) > 0 {
			return people, outlet, strings.TrimSpace(string(text[:end]))
		}
	}
	if media != "" {
		outlet = cmp.Or(media, outlet)
		lend(people, media)
	}
	if len(people) == 0 && media == "" && begin == 0 && outlet == "" {
		return nil, "", line
	}
	return people, outlet, strings.TrimLeft(strings.TrimSpace(string(text[min(begin, len(text)):])), "：: ")
}

// lend gives reporters the outlet of their report.
func lend(people []models.Person, media string) {
	for i := range people {
		if p := &people[i]; p.Outlet == "" && (strings.HasSuffix(p.Role, "记者") || strings.HasSuffix(p.Role, "記者") || p.Role == "author") {
			p.Outlet = media
		}
	}
}

// dateline reads how a report begins, and tells where it ends.
func dateline(head string) (media string, end int) {
	m := datelined.FindStringSubmatchIndex(head)
	if m == nil {
		return "", 0
	}
	before, after := head[m[2]:m[3]], head[m[1]:]
	if _, to := findRole(before); to > 0 {
		return "", 0
	}
	bare := strings.HasSuffix(head[:m[1]], " ") || after == "" || strings.HasPrefix(after, "(") || strings.HasPrefix(after, ":")
	if from, to := findRole(after); !bare && (to == 0 || from > 0) {
		return "", 0
	}
	media = mediumOf(before)
	if media == "" && m[4] == m[5] { // neither paper nor day
		return "", 0
	}
	return media, len([]rune(head[:m[1]]))
}

// mediumOf is the paper or station that begins a text; after it comes a place.
func mediumOf(text string) (media string) {
	runes := []rune(text)
	for n := 2; n <= len(runes); n++ {
		if word := string(runes[:n]); ownName(word) || n >= 3 && endsIn(word, mediaEnds) {
			media = word
		}
	}
	return media
}

// bracketed finds the bracket that opens at a place, and where it closes; 0 where there is none.
func bracketed(marks []rune, at int) (open, closing int) {
	for at < len(marks) && marks[at] == ' ' {
		at++
	}
	if at >= len(marks) || marks[at] != '(' {
		return 0, 0
	}
	depth := 0
	for i := at; i < min(len(marks), at+maxByline/3); i++ {
		switch marks[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return at, i
			}
		}
	}
	return 0, 0
}

// unbracketed reads a byline that is the whole text, or ends in 报道：, and tells where.
func unbracketed(marks []rune, begin int) (people []models.Person, outlet string, end int) {
	scope := string(marks[begin:])
	cut := false
	if len(scope) > maxByline {
		scope, cut = scope[:maxByline], true
	}
	if at := reporting.FindStringIndex(scope); at != nil {
		if people, outlet, ok := readByline(scope[:at[1]-1], false); ok {
			return people, outlet, begin + len([]rune(scope[:at[1]]))
		}
	}
	if cut {
		return nil, "", 0
	}
	people, outlet, ok := readByline(scope, false)
	if !ok {
		return nil, "", 0
	}
	return people, outlet, len(marks)
}

// closing reads the bracket that ends a text, and tells where it begins.
func closing(marks []rune) (people []models.Person, outlet string, begin int) {
	end := len(marks)
	for end > 0 && (marks[end-1] == ' ' || marks[end-1] == '.' || marks[end-1] == '。') {
		end--
	}
	for end > 0 && marks[end-1] == ')' {
		open := end - 2
		for open >= 0 && marks[open] != '(' && end-open < maxByline/3 {
			open--
		}
		if open < 0 || marks[open] != '(' {
			break
		}
		found, told, ok := readByline(string(marks[open+1:end-1]), false)
		if !ok || len(found) == 0 {
			break
		}
		people, outlet, begin = append(found, people...), cmp.Or(told, outlet), open
		for end = open; end > 0 && marks[end-1] == ' '; end-- {
		}
	}
	return people, outlet, begin
}

// isPost tells a role that may stand after its names: 王硕 摄, 刘伟/文.
func isPost(role string) bool {
	first, _, _ := strings.Cut(role, "/")
	return slices.Contains(postRoles, first)
}

func isPicture(role string) bool {
	first, _, both := strings.Cut(role, "/")
	return !both && slices.Contains(pictureWork, first)
}
