package normalize

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

func articlePage() *parse.Page {
	return &parse.Page{
		Kind: parse.KindArticle, Title: "汐江大桥通车", Site: "汐州新闻网", Credit: "本网", Published: "时间：2026-09-28 14:46", Editor: "小溪",
		Breadcrumb: []string{"首页", "云溪要闻", "正文"},
		Byline:     []string{"（汐州日报记者 沈　禾 特约记者 何俊 通讯员 白露露）", "林峰 摄"}, Reviewers: []string{"一审：周洁 二审：高远"},
		Body:        parse.Text{HTML: true, Value: "<p>　　九月二十八日，汐江大桥通车。</p><p>市民纷纷前往。</p><p><img src='a.jpg'></p>"},
		Summary:     "汐州新闻网是汐州市门户网站",
		Attachments: []models.Media{{URL: "files/1.pdf", Type: "application/pdf", Length: 2048, Title: "附件1"}},
		Images:      []models.Media{{URL: "a.jpg", Type: "image/jpeg"}},
		Previous:    parse.Neighbour{Title: "市政府召开常务会议", Link: "./t20260928_10001.html"},
		Next:        parse.Neighbour{Title: "【云溪新貌④】老街换新颜", Link: "./t20260928_10003.html"},
		Where:       map[string]string{"Published": "line under the title", "Breadcrumb": "当前位置"},
	}
}

func articleInput() Input {
	return Input{
		Source: models.Source{Key: "s", Name: "云溪要闻", Location: time.FixedZone("CST", 8*3600), Language: "zh-CN"},
		URL:    "http://www.xizhou.cn/yxyw/202609/t20260928_10002.html", Steps: true,
	}
}

const articlePeople = "记者 沈禾 @汐州日报; 特约记者 何俊; 通讯员 白露露; 摄 林峰; 编辑 小溪; 一审 周洁; 二审 高远"

func TestArticleAlone(t *testing.T) {
	feed, it := Article(articlePage(), articleInput())
	if feed.Title != "汐州新闻网" || feed.Version != "page" || it.Title != "汐江大桥通车" || it.Link != articleInput().URL || it.ID == "" {
		t.Errorf("%+v\n%+v", feed, it)
	}
	if got := it.Published.At.Time().Format(time.RFC3339); got != "2026-09-28T06:46:00Z" || it.Published.Precision != models.Minute || it.Published.From != models.FromPage {
		t.Errorf("published %s, %+v", got, it.Published)
	}
	if got := credited(it.People); got != articlePeople {
		t.Errorf("people %s\nwant %s", got, articlePeople)
	}
	if it.Credit != "汐州新闻网" || !reflect.DeepEqual(it.Breadcrumb, []string{"首页", "云溪要闻"}) {
		t.Errorf("credit %q, breadcrumb %q", it.Credit, it.Breadcrumb)
	}
	next := models.Neighbour{Title: "【云溪新貌④】老街换新颜", URL: "http://www.xizhou.cn/yxyw/202609/t20260928_10003.html", Column: "云溪新貌"}
	if it.Next != next || it.Previous.Column != "" || it.Previous.Title == "" {
		t.Errorf("previous %+v, next %+v", it.Previous, it.Next)
	}
	if len(it.Media) != 1 || it.Media[0].URL != "http://www.xizhou.cn/yxyw/202609/files/1.pdf" || it.Media[0].Length != 2048 {
		t.Errorf("media %+v", it.Media)
	}
	if it.Image != "http://www.xizhou.cn/yxyw/202609/a.jpg" || strings.Contains(it.Summary, "门户") || !strings.Contains(it.Summary, "大桥通车") {
		t.Errorf("image %q, summary %q", it.Image, it.Summary)
	}
	steps, _ := json.Marshal(it.Steps)
	for _, want := range []string{"its page: line under the title", "its page: 当前位置", `"what":"people"`} {
		if !strings.Contains(string(steps), want) {
			t.Errorf("no step tells %s: %s", want, steps)
		}
	}
}

// listed is an item as a list tells it, and as it is held since.
func listedItem(t *testing.T, published string) models.Item {
	t.Helper()
	in := articleInput()
	in.Day = time.Date(2026, 9, 28, 10, 0, 0, 0, time.UTC)
	doc := &parse.Document{Version: "page", Entries: []parse.Entry{{Link: in.URL, Title: parse.Text{Value: "汐江大桥…"}, Published: published}}}
	in.URL = "http://www.xizhou.cn/yxyw/"
	_, items := Items(doc, in)
	items[0].Admit(models.MillisOf(in.Day))
	return items[0]
}

func TestMergeCompletesInPlace(t *testing.T) {
	for _, published := range []string{"09-28", "2026-09-28", "刚刚", ""} {
		it := listedItem(t, published)
		held := it
		Merge(&it, articlePage(), articleInput())
		if it.ID != held.ID || it.Identity != held.Identity || it.Address != held.Address || it.Told != held.Told || it.Updated != held.Updated {
			t.Errorf("%q: another item: %+v", published, it)
		}
		if published != "刚刚" && it.Published.At.Time().Format(time.RFC3339) != "2026-09-28T06:46:00Z" {
			t.Errorf("%q: published %+v", published, it.Published)
		}
		if it.Title != "汐江大桥通车" || it.Text == "" || credited(it.People) != articlePeople {
			t.Errorf("%q: title %q, text %q, people %q", published, it.Title, it.Text, credited(it.People))
		}
		once := it
		Merge(&it, articlePage(), articleInput())
		if once.Sum() != it.Sum() {
			t.Errorf("%q: read again the page makes another item of it", published)
		}
	}
}

func TestMergeKeepsWhatTheFeedKnows(t *testing.T) {
	long := strings.Repeat("汐江大桥通车，市民纷纷前往。", 20)
	it := models.Item{
		Title: "大桥通车了", Text: long, Content: "<p>" + long + "</p>", Summary: "通车", Credit: "汐州日报",
		People:    []models.Person{{Role: "author", Name: "沈禾、何俊"}, {Role: "author", Name: "王小红"}, {Role: "author", Name: "小溪"}},
		Published: models.Moment{At: 1790577000000, Precision: models.Second, From: models.FromFeed, Raw: "x"},
	}
	held := it
	Merge(&it, articlePage(), articleInput())
	if it.Title != held.Title || it.Content != held.Content || it.Summary != held.Summary || it.Credit != held.Credit || it.Published != held.Published {
		t.Errorf("the page overrules the feed: %+v", it)
	}
	if got, want := credited(it.People), "author 王小红; "+articlePeople; got != want {
		t.Errorf("people %s\nwant %s", got, want)
	}
}

// TestCreditIsNoAuthor: 来源 is whom a site names as the origin, and wrote nothing.
func TestCreditIsNoAuthor(t *testing.T) {
	page := articlePage()
	page.Credit, page.Byline, page.Editor, page.Reviewers = "汐州日报", []string{"来源：汐州日报 作者：汐州日报"}, "", nil
	_, it := Article(page, articleInput())
	if len(it.People) != 0 || it.Credit != "汐州日报" {
		t.Errorf("people %s, credit %q", credited(it.People), it.Credit)
	}
	page.Credit, page.Byline = "", []string{"本网记者 沈禾", "作者：本站"}
	_, it = Article(page, articleInput())
	if got := credited(it.People); got != "记者 沈禾 @汐州新闻网; 作者 汐州新闻网" {
		t.Errorf("people %s", got)
	}
}

func TestColumnOf(t *testing.T) {
	for title, want := range map[string]string{
		"【要闻】云溪区召开会议": "要闻", "〖汐江岸线行④〗做好水文章": "汐江岸线行", "【云溪新貌·③】老街": "云溪新貌",
		"【环城时报驻台北特约记者 林曦】今天": "", "云溪【要闻】": "", "【】空": "", "": "",
	} {
		if got := ColumnOf(title); got != want {
			t.Errorf("%q stands in %q, want %q", title, got, want)
		}
	}
}
