package normalize

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	columnTag = regexp.MustCompile(`^\s*(?:【([^【】]{1,60})】|〖([^〖〗]{1,60})〗|〔([^〔〕]{1,60})〕)`)
	partOf    = regexp.MustCompile(`[·•—\-–:：|丨\s]*[\x{2460}-\x{2473}\x{3251}-\x{325F}\x{2776}-\x{277F}\x{24F5}-\x{24FE}]+$`)
)

// ColumnOf is the column that a title's tag names: of 【砥砺奋进】…, and of 〖长江行④〗…, which is the fourth
// part of it. A byline in such brackets is none.
func ColumnOf(title string) string {
	m := columnTag.FindStringSubmatch(title)
	if m == nil {
		return ""
	}
	tag := strings.TrimSpace(m[1] + m[2] + m[3])
	if people, _, ok := readByline(string(plainMarks(tag)), false); ok && len(people) > 0 || utf8.RuneCountInString(tag) > 20 {
		return ""
	}
	return strings.TrimSpace(partOf.ReplaceAllString(tag, ""))
}
