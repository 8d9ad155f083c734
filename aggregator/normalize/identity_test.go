package normalize

import (
	"fmt"
	"testing"
	"time"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

func input() Input {
	shanghai := time.FixedZone("Asia/Shanghai", 8*3600)
	return Input{Source: models.Source{Key: "xinwen", Location: shanghai, Language: "zh-CN"}, URL: here}
}

func ids(t *testing.T, entries ...parse.Entry) []string {
	t.Helper()
	_, items := Items(&parse.Document{Feed: parse.Head{ID: "urn:feed", Link: "https://news.example.gov.cn/"}, Entries: entries}, input())
	var all []string
	for _, it := range items {
		all = append(all, it.ID)
	}
	return all
}

func text(s string) parse.Text { return parse.Text{Value: s, HTML: true} }

func entry(guid, link, title string) parse.Entry {
	return parse.Entry{GUID: guid, Link: link, Title: text(title), Published: "2026-09-29 14:46", Summary: text("正文" + title)}
}

// Ids are for ever: these were published.
func TestIDsNeverChange(t *testing.T) {
	for _, c := range []struct {
		name string
		e    parse.Entry
		want string
	}{
		{"guid", entry("4135015", "/a", "甲"), "ztmp46w2t6twm3rxyyaqewmvh4"},
		{"address", entry("", "/yw/41350150.html?utm_source=rss", "甲"), "4vbfpfoof3zsxjub6eamfsqhgu"},
		{"told", entry("", "", "甲"), "ucf5xhil5btex524kevi5jtnam"},
		{"text", parse.Entry{Summary: text("只有正文")}, "d35qdacpowks4lrzzyhjkzdmli"},
	} {
		if got := ids(t, c.e); len(got) != 1 || got[0] != c.want {
			t.Errorf("the id by %s is %v, was %s", c.name, got, c.want)
		}
	}
}

// Two entries that are one item, seen at different times.
func TestR20R21SameItem(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after parse.Entry
	}{
		{"https", entry("", "http://news.example.gov.cn/1", "甲"), entry("", "https://news.example.gov.cn/1", "甲")},
		{"tracking parameter", entry("", "/1?id=3", "甲"), entry("", "/1?utm_source=rss&id=3", "甲")},
		{"default port", entry("", "http://news.example.gov.cn:80/1", "甲"), entry("", "http://NEWS.example.gov.cn/1", "甲")},
		{"links moved, guids stayed", entry("77", "/old/1", "甲"), entry("77", "https://www.example.gov.cn/new/1", "甲")},
		{"retitled", entry("77", "/1", "甲"), entry("77", "/1", "甲（更正）")},
		{"retitled without guid", entry("", "/1", "甲"), entry("", "/1", "甲（更正）")},
		{"guid of https", entry("http://news.example.gov.cn/?p=1", "/1", "甲"), entry("https://news.example.gov.cn/?p=1", "/1", "甲")},
		{"permalink came", entry("", "/1.html", "甲"), entry("http://news.example.gov.cn/1.html", "/1.html", "甲")},
		{"white space in guid", entry("77", "/1", "甲"), entry(" 77\n", "/1", "甲")},
		{"neither guid nor link, text mended", entry("", "", "甲"), func() parse.Entry { e := entry("", "", " 甲\u3000"); e.Summary = text("另文"); return e }()},
	} {
		if a, b := ids(t, c.before), ids(t, c.after); a[0] != b[0] {
			t.Errorf("%s: the id changed", c.name)
		}
	}
}

func TestDifferentItems(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b parse.Entry
	}{
		{"fragment", entry("", "/list#1", "甲"), entry("", "/list#2", "甲")},
		{"query", entry("", "/a?id=1", "甲"), entry("", "/a?id=2", "甲")},
		{"case of a guid", entry("aB", "/1", "甲"), entry("Ab", "/1", "甲")},
		{"title", entry("", "", "甲"), entry("", "", "乙")},
		{"guid that looks like parts of another", entry("a\x00b", "", "甲"), entry("a", "b", "甲")},
	} {
		if a, b := ids(t, c.a), ids(t, c.b); a[0] == b[0] {
			t.Errorf("%s: two items have one id", c.name)
		}
	}
	other := input()
	other.Source.Key = "gonggao"
	doc := &parse.Document{Entries: []parse.Entry{entry("1", "/1", "甲")}}
	_, here := Items(doc, input())
	if _, there := Items(doc, other); there[0].ID == here[0].ID {
		t.Error("two sources have one id")
	}
}

// F61, R22: one guid, or one link, for all; placeholders; the feed's own id.
func TestF61R22OneGuidForAll(t *testing.T) {
	for _, guid := range []string{"same", "", "0", "null", "urn:feed", "https://news.example.gov.cn/", "http://news.example.gov.cn"} {
		for _, link := range []string{"", "/same", "/n/%d"} {
			var entries []parse.Entry
			for i := range 5 {
				at := link
				if link == "/n/%d" {
					at = fmt.Sprintf(link, i)
				}
				entries = append(entries, entry(guid, at, fmt.Sprintf("标题%d", i)))
			}
			got := ids(t, entries...)
			seen := map[string]bool{}
			for _, id := range got {
				seen[id] = true
			}
			if len(got) != 5 || len(seen) != 5 {
				t.Errorf("guid %q, link %q: %d items, %d ids", guid, link, len(got), len(seen))
			}
			if again := ids(t, entries[4], entries[3], entries[1], entries[0]); again[0] != got[4] || again[3] != got[0] {
				t.Errorf("guid %q, link %q: the ids depend on order or company", guid, link)
			}
		}
	}
}

func TestRepeatedEntriesAreOne(t *testing.T) {
	feed, items := Items(&parse.Document{Entries: []parse.Entry{entry("1", "/1", "甲"), entry("2", "/2", "乙"), entry("1", "/1", "甲")}}, input())
	if len(items) != 2 || len(feed.Warnings) != 1 {
		t.Errorf("%d items, warnings %q", len(items), feed.Warnings)
	}
	if alone := ids(t, entry("1", "/1", "甲"))[0]; items[0].ID != alone {
		t.Error("an entry that is repeated to the letter has another id than alone")
	}
}

func hash(t *testing.T, e parse.Entry) string {
	t.Helper()
	_, items := Items(&parse.Document{Entries: []parse.Entry{e}}, input())
	return items[0].Hash
}

func TestHashIsOfWhatPeopleRead(t *testing.T) {
	full := func(change func(*parse.Entry)) parse.Entry {
		e := entry("1", "http://news.example.gov.cn/1", "甲")
		e.Content = text(`<p>第一段</p><p>第二段<img src="/a.jpg?t=1"></p>`)
		e.Media = []models.Media{{URL: "/f.pdf?token=1", Type: "application/pdf"}}
		e.People = []models.Person{{Name: "王硕"}}
		change(&e)
		return e
	}
	was := hash(t, full(func(*parse.Entry) {}))
	for name, change := range map[string]func(*parse.Entry){
		"date":    func(e *parse.Entry) { e.Published = "2026-09-30" },
		"updated": func(e *parse.Entry) { e.Updated = "2026-09-30 01:02:03" },
		"markup": func(e *parse.Entry) {
			e.Content.Value = "<div>第一段</div>\n\n<div class=x> 第二段<img src='/a.jpg?t=2'></div>"
		},
		"https":           func(e *parse.Entry) { e.Link = "https://news.example.gov.cn/1?utm_source=x" },
		"key in the link": func(e *parse.Entry) { e.Link += "?sid=2" },
		"key of a file":   func(e *parse.Entry) { e.Media[0].URL = "/f.pdf?token=2" },
		"host of a file":  func(e *parse.Entry) { e.Media[0].URL = "https://cdn2.example.gov.cn/f.pdf" },
		"guid":            func(e *parse.Entry) { e.GUID = "2" },
		"category":        func(e *parse.Entry) { e.Categories = []models.Category{{Term: "要闻"}} },
		"title's blank":   func(e *parse.Entry) { e.Title.Value = " 甲\n" },
	} {
		if hash(t, full(change)) != was {
			t.Errorf("another %s makes an update", name)
		}
	}
	for name, change := range map[string]func(*parse.Entry){
		"title":   func(e *parse.Entry) { e.Title.Value = "乙" },
		"text":    func(e *parse.Entry) { e.Content.Value = "<p>第一段</p><p>第二段。</p>" },
		"summary": func(e *parse.Entry) { e.Summary.Value = "另一摘要" },
		"file":    func(e *parse.Entry) { e.Media[0].URL = "/g.pdf" },
		"person":  func(e *parse.Entry) { e.People[0].Name = "李伟" },
	} {
		if hash(t, full(change)) == was {
			t.Errorf("another %s makes no update", name)
		}
	}
}
