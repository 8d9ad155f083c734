package render

import (
	"bytes"
	"strings"
	"testing"

	"civicfeed/models"
)

func TestCheckRefuses(t *testing.T) {
	for _, c := range []struct{ suffix, name, old, new, want string }{
		{"rss", "control character", "便民", "便\x01民", "illegal character"},
		{"rss", "not UTF-8", "便民", "便\xff民", "UTF-8"},
		{"rss", "unclosed element", "</channel>", "", "channel"},
		{"rss", "second root", "</rss>", "</rss><rss/>", "follows the root"},
		{"rss", "text behind", "</rss>", "</rss>x", "follows the root"},
		{"rss", "no guid", "tag:yunlan.example,2026:news/b2", "", "item 2: guid"},
		{"rss", "guid twice", "tag:yunlan.example,2026:news/b2", "tag:yunlan.example,2026:news/a1", "item 2: guid"},
		{"rss", "no self link", `rel="self"`, `rel="selb"`, "self link"},
		{"rss", "date", "Thu, 19 Nov 2026 16:00:00 +0000", "2026-11-19", "item 2: pubDate"},
		{"rss", "relative link", "<link>http://www.dongpu.example/", "<link>/", "item 2: link"},
		{"rss", "another root", "<rss version=\"2.0\"", "<rdf version=\"2.0\"", "rss"},
		{"atom", "no updated", "<updated>2026-11-19T16:00:00Z</updated>", "", "item 2: updated"},
		{"atom", "updated without zone", "2026-11-19T10:00:01Z</updated>", "2026-11-19T10:00:01</updated>", "item 3: updated"},
		{"atom", "no feed author", "<name>云澜新闻汇</name>", "", "author"},
		{"atom", "no id", "<id>tag:yunlan.example,2026:news/c3</id>", "", "item 3: id"},
		{"atom", "namespace", "http://www.w3.org/2005/Atom", "http://www.w3.org/2005/Atum", "Atom"},
		{"json", "cut short", `{"view":"feed"`, `{"view":`, "invalid character"},
		{"json", "no items", `"items":[`, `"itens":[`, "items"},
		{"json", "no id", `"id":"tag:yunlan.example,2026:news/b2"`, `"id":""`, "item 2: id"},
		{"json", "body", `"content_text":"今日話題`, `"content_txt":"今日話題`, "item 3: content"},
		{"json", "id twice", `"id":"tag:yunlan.example,2026:news/b2"`, `"id":"tag:yunlan.example,2026:news/a1"`, "item 2: id"},
		{"json", "not UTF-8", "便民", "便\xff民", "UTF-8"},
	} {
		t.Run(c.suffix+" "+c.name, func(t *testing.T) {
			f, _ := Lookup(c.suffix)
			good := rendered(t, f, newsPage(models.View{}))
			bad := bytes.ReplaceAll(good, []byte(c.old), []byte(c.new))
			if bytes.Equal(good, bad) {
				t.Fatalf("%q is not in the document", c.old)
			}
			if err := f.Check(bad); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one about %q", err, c.want)
			}
		})
	}
}

func TestCheckHTML(t *testing.T) {
	for page, ok := range map[string]bool{
		"<!doctype html><title>x</title></html>\n": true,
		"<!DOCTYPE html><p>甲</p></html>":           true,
		"":                                         false,
		"<p>甲</p></html>":                          false,
		"<!doctype html><p>甲":                      false,
		"<!doctype html>\x00</html>":               false,
		"<!doctype html>\xff</html>":               false,
	} {
		if err := CheckHTML([]byte(page)); (err == nil) != ok {
			t.Errorf("%q: %v", page, err)
		}
	}
}

func TestLookup(t *testing.T) {
	for _, f := range Formats() {
		if got, ok := Lookup(f.Suffix); !ok || got.MediaType != f.MediaType || f.Render == nil || f.Check == nil {
			t.Errorf("%s is not found as it is listed", f.Suffix)
		}
	}
	if _, ok := Lookup("xls"); ok {
		t.Error("a format that does not exist is found")
	}
}
