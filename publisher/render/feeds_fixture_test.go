package render

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

var update = flag.Bool("update", false, "write the goldens anew")

// golden compares with testdata/golden/name, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from its golden; run the test with -update and read the difference", name)
	}
}

func stampOf(s string) models.Millis {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return models.MillisOf(t)
}

// city is the catalog of an invented city of three levels.
func city() *models.Catalog {
	return &models.Catalog{
		Site: models.Site{
			Title: "云澜新闻汇", URL: "https://feeds.yunlan.example/", ID: "tag:yunlan.example,2026:news",
			Description: "云澜市各区、各街道的新闻与通知，按栏目和地区汇总。", Language: "zh-CN",
			Location: time.FixedZone("CST", 8*3600),
		},
		Regions: []models.Region{
			{Key: "yunlan", Name: "云澜市", Level: "municipality"},
			{Key: "dongpu", Name: "东浦区", Level: "district", Parent: "yunlan"},
			{Key: "heting", Name: "荷亭街道", Level: "subdistrict", Parent: "dongpu"},
			{Key: "xishan", Name: "西杉区", Level: "district", Parent: "yunlan"},
		},
		Sections: []models.Section{
			{Key: "focus", Title: "新闻聚焦", Description: "全市要闻"},
			{Key: "notices", Title: "通知公告"},
			{Key: "tenders", Title: "招标 <采购> & 公示", Parent: "notices"},
		},
		Sources: []models.Source{{Key: "daily", Name: "云澜日报", URL: "https://daily.yunlan.example/rss.xml", Republish: models.Full}},
	}
}

func sources() map[string]models.SourceState {
	return map[string]models.SourceState{
		"daily": {
			Key: "daily", Name: "云澜日报", URL: "https://daily.yunlan.example/rss.xml", Republish: models.Full, Active: true,
			Feed: models.Feed{
				ID: "tag:daily.yunlan.example,2019:all", Title: "云澜日报 – 要闻", Link: "https://daily.yunlan.example/",
				Language: "zh-CN", Rights: "© 云澜日报社", People: []models.Person{{Role: "author", Name: "云澜日报社", Email: "news@daily.yunlan.example"}},
			},
		},
		"dongpu": {
			Key: "dongpu", Name: "东浦区人民政府", URL: "http://www.dongpu.example/feed", Site: "http://www.dongpu.example/", Republish: models.Excerpt,
			Feed: models.Feed{ID: "not a uri"},
		},
		"radio": {Key: "radio", Name: "云澜之声", URL: "https://radio.yunlan.example/podcast", Republish: models.Full},
		"gov":   {Key: "gov", Name: "市公共资源中心", URL: "https://ggzy.yunlan.example/rss", Republish: models.Title},
	}
}

// newsPage is a view with stories of every kind that the formats must carry.
func newsPage(v models.View) *Page {
	return &Page{
		Catalog: city(), Base: "https://feeds.yunlan.example/", View: v, Sources: sources(),
		Stories: []models.Story{fullStory(), excerptStory(), podcastStory(), titleStory(), hostileStory(), untitledStory()},
		Changed: stampOf("2026-11-20T03:00:05Z"),
	}
}

func fullStory() models.Story {
	return story("a1", "2026-11-20T01:30:00Z", models.Item{
		Source: "daily", GUID: "daily-1001", Link: "https://daily.yunlan.example/2026/1001.html",
		Title:   "东浦区荷亭街道启用便民服务中心",
		Summary: "中心设十二个窗口，周末照常办理。",
		Content: `<p>本报讯（记者 林知微）荷亭街道便民服务中心<b>昨日</b>启用。</p><p><img src="https://daily.yunlan.example/p/1.jpg" alt="大厅"/></p><p>]]&gt; 与 &amp; 都是正文。</p>`,
		Text:    "本报讯（记者 林知微）荷亭街道便民服务中心昨日启用。 ]]> 与 & 都是正文。",
		People: []models.Person{
			{Role: "记者", Name: "林知微", Outlet: "云澜日报", Email: "lin@daily.yunlan.example", URI: "https://daily.yunlan.example/lin"},
			{Role: "通讯员", Name: "贺一舟"}, {Role: "责任编辑", Name: "苏晚"}, {Role: "contributor", Name: "摄影部"},
		},
		Categories: []models.Category{{Term: "民生"}, {Term: "zw", Scheme: "https://daily.yunlan.example/cat", Label: "政务"}},
		Media: []models.Media{
			{URL: "https://daily.yunlan.example/f/服务指南.pdf", Type: "application/pdf", Length: 20480, Title: "服务指南"},
			{URL: "https://daily.yunlan.example/f/map.png", Type: "image/png"},
			{URL: "https://daily.yunlan.example/p/1.jpg", Type: "image/jpeg", Inline: true},
		},
		Image: "https://daily.yunlan.example/p/1.jpg", Comments: "https://daily.yunlan.example/c/1001",
		Language: "zh-CN", Rights: "© 2026 云澜日报", Credit: "云澜日报",
		Published: models.Moment{Precision: models.Minute, From: models.FromFeed},
	}, models.Item{
		Source: "dongpu", Title: "荷亭街道便民服务中心启用", Link: "http://www.dongpu.example/news/77",
		Published: models.Moment{At: stampOf("2026-11-20T02:00:00Z")},
	})
}

func excerptStory() models.Story {
	return story("b2", "2026-11-19T16:00:00Z", models.Item{
		Source: "dongpu", Link: "http://www.dongpu.example/notice/公告 8.html?类=通知", Title: "关于冬季供暖的通告",
		Content:   "<p>" + strings.Repeat("各社区居民：今冬供暖自十一月二十五日零时开始。", 30) + "</p>",
		Text:      strings.Repeat("各社区居民：今冬供暖自十一月二十五日零时开始。", 30),
		Media:     []models.Media{{URL: "http://www.dongpu.example/附件.docx", Type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}},
		Published: models.Moment{Precision: models.Day, From: models.FromAddress},
	})
}

func podcastStory() models.Story {
	return story("c3", "2026-11-19T10:00:01Z", models.Item{
		Source: "radio", Link: "https://radio.yunlan.example/e/5", Title: "早安云澜：第五期", Language: "zh-TW",
		Summary: "今日話題：老街的早餐店。", Text: "今日話題：老街的早餐店。",
		Media: []models.Media{{URL: "https://radio.yunlan.example/e/5.mp3", Type: "audio/mpeg", Length: 12_345_678}, {URL: "https://radio.yunlan.example/e/5-lo.m4a", Type: "audio/mp4"}},
	})
}

func titleStory() models.Story {
	return story("d4", "2026-11-18T08:00:02Z", models.Item{
		Source: "gov", Link: "https://ggzy.yunlan.example/n/3", Title: "荷亭小学食堂设备采购结果公示",
		Summary: "不得转载的摘要", Content: "<p>不得转载的正文</p>", Text: "不得转载的正文",
		Image: "https://ggzy.yunlan.example/保密.jpg", Media: []models.Media{{URL: "https://ggzy.yunlan.example/x.pdf"}},
	})
}

func hostileStory() models.Story {
	return story("e5", "2026-11-17T08:00:03Z", models.Item{
		Source: "daily", GUID: "x\x00<&>\ufffe", Link: "javascript:alert(1)",
		Title:      "<script>alert(1)</script> A&B ]]> \x01\x0b\ufffe😀👨‍👩‍👧 𠮷野家 \xff\xed\xa0\x80完",
		Summary:    "1 < 2 && 3 > 2 ]]> \x1f终",
		Content:    "<p>]]></p><p>甲]]>乙]]]]>丙 &amp;lt;b&amp;gt; \x00\x08𠮷😀\uffff</p>",
		Text:       "]]>",
		People:     []models.Person{{Name: `"<b>王</b>" & 'co' ]]>`, URI: "data:text/html,x", Email: "not a mail"}, {}},
		Categories: []models.Category{{Term: "<i>&]]>\"'\n\t\x02类"}, {Label: "只有标签", Scheme: "x y"}, {}},
		Media:      []models.Media{{URL: "ftp://x/y"}, {URL: "https://daily.yunlan.example/a\"b<c>.bin?q=1&r=\x7f", Length: -4}},
		Language:   "zh_CN<", Rights: "<&>", Credit: "<来源>",
	})
}

func untitledStory() models.Story {
	return story("f6", "2026-11-16T08:00:04Z", models.Item{
		Source: "daily", Link: "https://daily.yunlan.example/w/1",
		Content: "<p>" + strings.Repeat("微讯一则，", 12) + "没有标题。</p>", Text: strings.Repeat("微讯一则，", 12) + "没有标题。",
	})
}

func story(id, published string, items ...models.Item) models.Story {
	m := stampOf(published)
	st := models.Story{
		ID: id, Published: m, Updated: m, Listed: m,
		Sections: []string{"focus", "tenders"}, Regions: []string{"heting"}, Items: items,
	}
	for i := range st.Items {
		if st.Items[i].Published.At == 0 {
			st.Items[i].Published.At = m
		}
	}
	return st
}

// usual is a page of stories of about 3 KB of markup each, as most are.
func usual(n int) *Page {
	p := newsPage(models.View{})
	body := "<p>" + strings.Repeat("荷亭街道便民服务中心昨日启用，周末照常办理。", 22) + "</p>"
	p.Stories = nil
	for i := range n {
		st := story(fmt.Sprintf("s%04d", i), "2026-11-20T01:30:00Z", models.Item{
			Source: "daily", GUID: fmt.Sprint("daily-", i), Link: fmt.Sprintf("https://daily.yunlan.example/2026/%d.html", i),
			Title: "东浦区荷亭街道启用便民服务中心", Summary: "中心设十二个窗口，周末照常办理。", Content: strings.Repeat(body, 2),
			People:     []models.Person{{Role: "记者", Name: "林知微"}},
			Categories: []models.Category{{Term: "民生"}},
			Media:      []models.Media{{URL: "https://daily.yunlan.example/f/map.png", Type: "image/png", Length: 20480}},
			Language:   "zh-CN", Credit: "云澜日报",
		})
		st.Published -= models.Millis(i * 60_000)
		st.Updated, st.Sections = st.Published, []string{"focus"}
		p.Stories = append(p.Stories, st)
	}
	return p
}

// feedFormats are the formats that programs read.
func feedFormats() []Format {
	var all []Format
	for _, f := range Formats() {
		if f.Suffix != "html" {
			all = append(all, f)
		}
	}
	return all
}

// rendered writes a page in a format that must accept it.
func rendered(t testing.TB, f Format, p *Page) []byte {
	t.Helper()
	out, err := joined(f.Render)(p)
	if err != nil {
		t.Fatalf("%s: %v", f.Suffix, err)
	}
	if err := f.Check(out); err != nil {
		t.Fatalf("%s: %v\n%s", f.Suffix, err, out)
	}
	return out
}

// joined writes documents whole.
func joined(write func(*Page) (Body, error)) func(*Page) ([]byte, error) {
	return func(p *Page) ([]byte, error) {
		b, err := write(p)
		return b.Bytes(), err
	}
}
