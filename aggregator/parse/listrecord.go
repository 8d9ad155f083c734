package parse

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// recordsOf gives the records of JCMS as a page of their own, how many there are, and the address
// of the next ones. They stand between marks of XML, in the answer of its data proxy, and in a
// script of the page.
func recordsOf(text []byte, s *sheet) (page []byte, n int, next string) {
	source := text
	if !bytes.Contains(bytes.ToLower(text[:min(len(text), 4096)]), []byte("<datastore")) {
		source = nil
		for _, script := range s.scripts {
			if strings.Contains(script, "<record") {
				source = append(source, script...)
			}
		}
	}
	return joinRecords(source)
}

var hrefIn = regexp.MustCompile(`href=["']([^"'\s<>]+)["']`)

// joinRecords makes a page of records, a row each where they are rows of a table.
func joinRecords(source []byte) (page []byte, n int, next string) {
	var b bytes.Buffer
	if group, _, ok := section(source, "<nextgroup>", "</nextgroup>"); ok {
		if m := hrefIn.FindSubmatch(group); m != nil {
			next = html.UnescapeString(string(m[1]))
		}
	}
	for source != nil && n < maxEntries {
		record, rest, ok := section(source, "<record>", "</record>")
		if !ok {
			break
		}
		source, n = rest, n+1
		record = bytes.TrimSpace(record)
		if bytes.HasPrefix(bytes.ToLower(record), []byte("<tr")) {
			b.WriteString("<div class=record><table>")
			b.Write(record)
			b.WriteString("</table></div>\n")
			continue
		}
		b.WriteString("<div class=record>")
		b.Write(record)
		b.WriteString("</div>\n")
	}
	return b.Bytes(), n, next
}

// section gives what stands between two marks, out of its CDATA, and what follows.
func section(b []byte, open, shut string) (inside, rest []byte, ok bool) {
	_, b, ok = bytes.Cut(b, []byte(open))
	if !ok {
		return nil, nil, false
	}
	inside, rest, ok = bytes.Cut(b, []byte(shut))
	inside = bytes.TrimSpace(inside)
	if after, in := bytes.CutPrefix(inside, []byte("<![CDATA[")); in {
		inside = bytes.TrimSuffix(after, []byte("]]>"))
	}
	return inside, rest, ok
}
