package demo

import (
	"bytes"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

// town is an article of the site without a feed, as its page has it. The page alone tells the hour,
// who wrote it, where it came from and under what heading it stands.
type town struct {
	entry
	Newer, Older *entry
}

// town puts an article between its neighbours.
func (c *City) town(e entry) town {
	t := town{entry: e}
	list := c.latest(e.Source, c.clock())
	i := slices.IndexFunc(list, func(o entry) bool { return o.Serial == e.Serial })
	if i > 0 {
		t.Newer = &list[i-1]
	}
	if i >= 0 && i+1 < len(list) {
		t.Older = &list[i+1]
	}
	return t
}

// Byline is how the site names who wrote an article, in a line of its own: 记者 first, then 通讯员.
func (t town) Byline() string {
	switch len(t.Authors) {
	case 0:
		return ""
	case 1:
		return "（望潮日报记者 " + t.Authors[0] + "）"
	}
	return "（望潮日报记者 " + t.Authors[0] + "　通讯员 " + t.Authors[1] + "）"
}

// File is the address of the file that comes with an article, from its page; empty: there is none.
func (t town) File() string {
	if t.Attached == "" {
		return ""
	}
	return fmt.Sprintf("files/%d%s", firstNumber+t.Serial, path.Ext(t.Attached))
}

// Size is how large that file is, as the page tells it.
func (t town) Size() string { return fmt.Sprintf("%.1fKB", float64(len(t.sheet()))/1024) }

// sheet is what the file holds: what the article tells, line by line, for a spreadsheet.
func (t town) sheet() []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff序号,内容\r\n")
	for i, p := range t.Paragraphs {
		fmt.Fprintf(&b, "%d,%q\r\n", i+1, p)
	}
	return b.Bytes()
}

// serveFile answers with the file of an article.
func (c *City) serveFile(w http.ResponseWriter, r *http.Request, s source) {
	number, _ := strconv.Atoi(strings.TrimSuffix(r.PathValue("name"), ".csv"))
	e, ok := entry{}, false
	if serial, now := number-firstNumber, c.clock(); serial >= 0 && serial <= c.newest(now) {
		e, ok = c.entry(s, serial)
	}
	if !ok || e.Attached == "" || e.Published.After(c.clock()) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Write(town{entry: e}.sheet())
}

// Leaf is the name of an article's page in its folder.
func (e entry) Leaf() string { return path.Base(e.Page) }
