package normalize

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// piece is a part of a byline: a role, another word, or a mark between words.
type piece struct {
	kind  byte   // 'r' a role, 'w' a word, else the mark: '/', ':', '|', ',', '('
	text  string // of a role or a word
	glued bool   // nothing stands between it and the piece before
}

func (p piece) is(kinds string) bool { return strings.IndexByte(kinds, p.kind) >= 0 && p.kind != 0 }

// plainMarks turns the many marks of bylines into few, one character for one.
func plainMarks(s string) []rune {
	runes := []rune(s)
	for i, c := range runes {
		switch {
		case strings.ContainsRune("（(〔[【｛{〖［", c):
			c = '('
		case strings.ContainsRune("）)〕]】｝}〗］", c):
			c = ')'
		case strings.ContainsRune("：:﹕∶", c):
			c = ':'
		case strings.ContainsRune("丨｜|│︱", c):
			c = '|'
		case strings.ContainsRune("／/╱∕⁄", c):
			c = '/'
		case strings.ContainsRune("、，,；;&＆", c):
			c = ','
		case strings.ContainsRune("•・‧●∙･▪◦⋅", c):
			c = '·'
		case strings.ContainsRune("□■◎◇◆▲△○★☆—–―─*", c), unicode.IsSpace(c):
			c = ' '
		case c >= 'Ａ' && c <= 'ｚ' || c >= '０' && c <= '９':
			c -= 0xFEE0
		}
		runes[i] = c
	}
	return runes
}

// pieces cuts a byline.
func pieces(s string) []piece {
	var all []piece
	glued := false
	for s != "" {
		end := strings.IndexAny(s, " ,/:|()")
		if end == 0 {
			if s[0] != ' ' {
				all = append(all, piece{kind: s[0]})
			}
			glued, s = false, s[1:]
			continue
		}
		if end < 0 {
			end = len(s)
		}
		for _, p := range cutRoles(s[:end]) {
			p.glued = glued
			all, glued = append(all, p), true
			if len(all) > 200 {
				return all
			}
		}
		s = s[end:]
	}
	return all
}

// cutRoles cuts a word where roles are in it: 汐州日报特约记者刘伟, 王硕摄, 文·图.
func cutRoles(word string) []piece {
	if parts := strings.Split(word, "·"); len(parts) > 1 && !slices.ContainsFunc(parts, func(p string) bool { return p != "" && !isRole(p) }) {
		return slices.Concat(cutRoles(parts[0]), []piece{{kind: '/'}}, cutRoles(strings.Join(parts[1:], "·")))
	}
	word = strings.Trim(word, "·.。-_")
	if before, ok := strings.CutSuffix(word, "摄影报道"); ok {
		word = before
	}
	switch from, to := findRole(word); {
	case word == "":
		return nil
	case to > 0:
		var all []piece
		if from > 0 {
			all = append(all, piece{kind: 'w', text: word[:from]})
		}
		all = append(all, piece{kind: 'r', text: word[from:to]})
		return append(all, cutRoles(word[to:])...)
	}
	if name := strings.TrimSuffix(strings.TrimSuffix(word, "摄"), "攝"); name != word && len(namesIn(name, true)) > 0 {
		return []piece{{kind: 'w', text: name}, {kind: 'r', text: word[len(name):]}}
	}
	return []piece{{kind: 'w', text: word}}
}

// isRole tells a word that is a role, and nothing else.
func isRole(word string) bool {
	from, to := findRole(word)
	return from == 0 && to == len(word) && to > 0
}

// after a role's word, these make another word of it: 记者站, 编辑部.
var notRoles = strings.Fields("站 部 协 證 证 节 会 們 们 家 席 团 群 室 单 费 学 上 了 于 从 在 获 组")

// findRole finds the first role in a word, with its qualifiers.
func findRole(word string) (from, to int) {
	if slices.Contains(roleMarks, word) {
		return 0, len(word)
	}
	for i := range word {
		base := longest(roleBases, word[i:])
		rest := word[i+len(base):]
		if base == "" || slices.ContainsFunc(notRoles, func(n string) bool { return strings.HasPrefix(rest, n) }) {
			continue
		}
		if longer := longest(roleBases, rest); longer != "" && longest(roleQualifiers, base) == base {
			base += longer // 摄影记者
		}
		from, to = i, i+len(base)
		for {
			before := word[:from]
			at := slices.IndexFunc(roleQualifiers, func(q string) bool { return strings.HasSuffix(before, q) })
			if at < 0 {
				return from, to
			}
			from -= len(roleQualifiers[at])
		}
	}
	return 0, 0
}

func longest(words []string, s string) (found string) {
	for _, w := range words {
		if len(w) > len(found) && strings.HasPrefix(s, w) {
			found = w
		}
	}
	return found
}

var (
	// datelined is how a report begins: 本报讯, 汐州在线云溪4月25日讯, 中新社北京7月5日电.
	datelined = regexp.MustCompile(`^[ (]*([\p{Han}A-Za-z·]{1,20}?)[ ]?((?:\d{4}年)?(?:\d{1,2}月)?(?:\d{1,2}日)?)(讯|訊|电|電|消息)[ )]*`)
	wired     = regexp.MustCompile(`(?:\d{1,2}月)?\d{1,2}日?[电電讯訊]$`)
	datish    = regexp.MustCompile(`^\d[\d年月日时分秒時.\-]*$`)
	givenBy   = regexp.MustCompile(`(?:本文|文中|以上|本版)?(?:图片|圖片|照片|图|视频)(?:均|皆)?(?:由|来自)([^,.。]{2,40}?)(?:提供|拍摄|摄)`)
	reporting = regexp.MustCompile(`(?:报道|報道|報導)[ )]*:`)
)
