package decode

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// TestWhoToldTheEncoding: the choice of encoding is told with its reason.
func TestWhoToldTheEncoding(t *testing.T) {
	const text = `<rss version="2.0"><channel><title>云溪区人民政府通知公告</title></channel></rss>`
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ body, contentType, hint, encoding, by string }{
		{"\xef\xbb\xbf" + text, "", "", "utf-8", "byte order mark"},
		{strings.ReplaceAll("<rss><channel/></rss>", "", "\x00")[:42], "", "", "utf-16be", "zeros"},
		{text, "text/xml; charset=gbk", "", "utf-8", "the bytes, which are UTF-8"},
		{"<rss><channel/></rss>", "", "", "utf-8", "ASCII"},
		{`<?xml version="1.0" encoding="gb2312"?>` + gbk, "", "", "gb18030", `the XML declaration, which says "gb2312"`},
		{gbk, "text/xml; charset=GBK", "", "gb18030", `the HTTP header, which says "GBK"`},
		{gbk, "", "cp936", "gb18030", `feeds.yaml, which says "cp936"`},
		{gbk, "", "", "gb18030", "how the bytes read as text"},
		{"<rss><channel><title>\x1b$B%F%9%H\x1b(B</title></channel></rss>", "", "", "iso-2022-jp", "escape sequences"},
	} {
		got, err := Decode([]byte(c.body), c.contentType, c.hint)
		if err != nil || got.Encoding != c.encoding || !strings.Contains(got.By, c.by) {
			t.Errorf("%.40q: %s by %q (%v), want %s by %q", c.body, got.Encoding, got.By, err, c.encoding, c.by)
		}
	}
}
