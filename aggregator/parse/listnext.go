package parse

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// nextWords are what the link to the next page of a list is called.
var nextWords = map[string]bool{
	"下一页": true, "下页": true, "下一頁": true, "下頁": true, "后一页": true, "后页": true, "次へ": true, "次のページ": true, "次": true, "다음": true,
	"next": true, "next page": true, "older": true, "older posts": true, "older news": true, "view older news": true, "siguiente": true, "suivant": true,
}

// created is the call by which TRS makes the links to the pages of a list: how many, which this is,
// and how they are called.
var created = regexp.MustCompile(`createPageHTML\(\s*["']?(\d{1,5})["']?\s*,\s*["']?(\d{1,5})["']?\s*,\s*["']([\w./-]{1,100})["']\s*,\s*["'](\w{2,6})["']`)

// nextPage gives the address of the next page of the list, as written; empty: there is none.
func (s *sheet) nextPage(chosen *selectors) string {
	if chosen.next != nil {
		n, v := chosen.next.in(s.root)
		switch {
		case n == nil:
			return ""
		case chosen.next.key != "":
			return v
		}
		return addressNear(n)
	}
	if s.next != "" {
		return s.next
	}
	for _, l := range s.links {
		text := strings.ToLower(strings.Trim(l.text, " >»›→<[]【】()（）|"))
		if nextWords[text] || strings.EqualFold(attrOf(l.node, "rel"), "next") {
			return l.href
		}
	}
	for _, script := range s.scripts {
		if m := created.FindStringSubmatch(script); m != nil {
			pages, _ := strconv.Atoi(m[1])
			if page, _ := strconv.Atoi(m[2]); page+1 < pages {
				return fmt.Sprintf("%s_%d.%s", m[3], page+1, m[4])
			}
		}
	}
	return ""
}
