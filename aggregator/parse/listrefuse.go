package parse

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"civicfeed/models"
)

// errorWords are what a page says that is not there, or not for us.
var errorWords = regexp.MustCompile(`系统繁忙|系統繁忙|系统提示|系统维护|系統維護|维护中|访问出错|出错了|出现错误|发生错误|页面不存在|网页不存在|找不到|无法访问|拒绝访问|禁止访问|访问被|访问过于频繁|验证码|请稍[后候]|稍后再试|升级改造` +
	`|(?i)\b40[0-9]\b|\b50[0-9]\b|not found|forbidden|access denied|internal server error|service unavailable|bad gateway|under maintenance|try again later|captcha`)

// refuse says what a page is that is no list.
func (s *sheet) refuse() error {
	name := ""
	if s.title != "" {
		name = ", titled “" + excerptOf(s.title) + "”"
	}
	text := excerptOf(s.visible())
	switch {
	case s.login():
		return models.Fail(models.ErrNotAFeed, "not a list of articles: a login page%s", name)
	case text == "" && len(s.scripts) > 0:
		return models.Fail(models.ErrNotAFeed, "not a list of articles: a page that shows nothing without its scripts%s", name)
	case text == "":
		return models.Fail(models.ErrNotAFeed, "not a list of articles: an empty page%s", name)
	case s.words < 400 && len(s.links) < 20 && errorWords.MatchString(s.title+" "+text):
		return models.Fail(models.ErrNotAFeed, "not a list of articles: an error in words%s: %s", name, text)
	case s.article:
		return models.Fail(models.ErrNotAFeed, "not a list of articles: the page of one article%s", name)
	}
	return models.Fail(models.ErrNotAFeed, "not a list of articles: an HTML page%s; if it lists some, "+
		"name its entries in feeds.yaml: page: {item: a CSS selector}", name)
}

// login tells a page that wants to know who we are, and shows little else.
func (s *sheet) login() bool { return s.password && s.words < prose && len(s.links) < 60 }

// stranger tells a page on which no list can be expected, whatever the selectors.
func (s *sheet) stranger() bool {
	text := s.visible()
	return s.login() || text == "" || s.words < 400 && len(s.links) < 20 && errorWords.MatchString(s.title+" "+excerptOf(text))
}

// visible gives the beginning of the text of a page.
func (s *sheet) visible() string {
	var b strings.Builder
	for n := range s.root.Descendants() {
		if n.Type != html.TextNode || n.Parent == nil || unread[n.Parent.DataAtom] || n.Parent.DataAtom == atom.Script || n.Parent.DataAtom == atom.Title {
			continue
		}
		b.WriteString(n.Data)
		b.WriteByte(' ')
		if b.Len() > 8000 {
			break
		}
	}
	return squeeze(b.String())
}

// excerptOf shows the beginning of a text in one short line.
func excerptOf(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
