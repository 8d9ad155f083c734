package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"civicfeed/models"
)

func TestP12ByteStable(t *testing.T) {
	for _, f := range feedFormats() {
		a, b := rendered(t, f, newsPage(models.View{})), rendered(t, f, newsPage(models.View{}))
		if !bytes.Equal(a, b) {
			t.Errorf("%s: two renders differ", f.Suffix)
		}
		visited := newsPage(models.View{})
		for key, s := range visited.Sources { // what a visit changes without bringing an item
			s.Feed.Updated, s.LastVisit, s.LastOK, s.NextAt = 1, 2, 3, 4
			visited.Sources[key] = s
		}
		if !bytes.Equal(a, rendered(t, f, visited)) {
			t.Errorf("%s: a visit that brought nothing changes the bytes", f.Suffix)
		}
	}
}

func TestP16Size(t *testing.T) {
	big := usual(50)
	for i := range big.Stories {
		it := &big.Stories[i].Items[0]
		it.Content = "<p>" + strings.Repeat(`“引号”与<b class="x">标记</b>😀`, 2000) + "</p>"
		it.Text = strings.Repeat("正文😀", 4000)
	}
	big.Stories[3].Items[0].Content = fullStory().Items[0].Content
	for _, f := range feedFormats() {
		out := rendered(t, f, big)
		if len(out) > MaxBytes {
			t.Errorf("%s: %d bytes", f.Suffix, len(out))
		}
		if !utf8.Valid(out) {
			t.Errorf("%s: cut inside a character", f.Suffix)
		}
		if n := len(published(t, f.Suffix, out)); n != 50 {
			t.Errorf("%s: %d of 50 stories", f.Suffix, n)
		}
		if !bytes.Contains(out, []byte("本报讯")) {
			t.Errorf("%s: a short body had to give way to long ones", f.Suffix)
		}
		if whole := rendered(t, f, usual(40)); bytes.Count(whole, []byte("周末照常办理。</p><p>")) != 40 {
			t.Errorf("%s: a body is missing from an edition of the usual size", f.Suffix)
		}
	}
}

func TestP19StrictlyWellFormed(t *testing.T) {
	for _, suffix := range []string{"rss", "atom"} {
		f, _ := Lookup(suffix)
		d := xml.NewDecoder(bytes.NewReader(rendered(t, f, newsPage(models.View{}))))
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", suffix, err)
			}
			if e, ok := token.(xml.StartElement); ok && e.Name.Space != "" && !strings.HasPrefix(e.Name.Space, "http") {
				t.Errorf("%s: %s has an undeclared prefix %q", suffix, e.Name.Local, e.Name.Space)
			}
		}
	}
}

func TestP20HostileCharacters(t *testing.T) {
	const kept = "甲]]>乙]]]]>丙 &amp;lt;b&amp;gt; 𠮷😀"
	for _, f := range feedFormats() {
		out := rendered(t, f, newsPage(models.View{}))
		if i := bytes.IndexFunc(out, illegal); i >= 0 {
			t.Errorf("%s: illegal character %q", f.Suffix, out[i:i+8])
		}
		story := published(t, f.Suffix, out)[4]
		if !strings.Contains(story.content, kept) {
			t.Errorf("%s: content %q lost some of %q", f.Suffix, story.content, kept)
		}
		if want := "<script>alert(1)</script> A&B ]]> 😀👨‍👩‍👧 𠮷野家 完"; story.title != want {
			t.Errorf("%s: title %q, want %q", f.Suffix, story.title, want)
		}
	}
}

func TestP21ChannelElements(t *testing.T) {
	for _, p := range []*Page{newsPage(models.View{}), newsPage(models.View{Section: "notices"}), {Base: "https://x.example/"}} {
		var doc struct {
			Title       string `xml:"channel>title"`
			Description string `xml:"channel>description"`
		}
		f, _ := Lookup("rss")
		if err := xml.Unmarshal(rendered(t, f, p), &doc); err != nil || doc.Title == "" || doc.Description == "" {
			t.Errorf("%+v %v", doc, err)
		}
	}
}

// TestP60PlainTextInChannel: the advice of the RSS profile about < and & holds for the channel too.
func TestP60PlainTextInChannel(t *testing.T) {
	p := newsPage(models.View{})
	cat := *p.Catalog
	cat.Site.Description = "<b>停水</b> & &amp;"
	p.Catalog = &cat
	f, _ := Lookup("rss")
	head, _, _ := strings.Cut(string(rendered(t, f, p)), "<item>")
	for _, bad := range []string{"&lt;", "&amp;", "&#3"} {
		if strings.Contains(head, bad) {
			t.Errorf("%s is in %s", bad, head)
		}
	}
}

// TestP60AddressesInRSSAreURLs, whatever script their hosts are written in.
func TestP60AddressesInRSSAreURLs(t *testing.T) {
	p := newsPage(models.View{})
	p.Base = "https://新闻.example/"
	a := "https://例子.example/?x[]=甲"
	p.Stories = []models.Story{story("idn", "2026-11-15T08:00:00Z", models.Item{
		Title: "图", Link: a + "1", Comments: a + "2", Image: a + "3",
		Media: []models.Media{{URL: a + "4"}, {URL: a + "5"}, {URL: a + "6", Inline: true}},
	})}
	f, _ := Lookup("rss")
	out := rendered(t, f, p)
	for _, found := range regexp.MustCompile(`https?://[^<"]*`).FindAll(out, -1) {
		if bytes.IndexFunc(found, func(r rune) bool { return r >= 0x7f || r == '[' }) >= 0 {
			t.Errorf("%s is no URL", found)
		}
	}
	for n := range 6 {
		if want := fmt.Sprintf("https://xn--fsqu00a.example/?x%%5B%%5D=%%E7%%94%%B2%d", n+1); !bytes.Contains(out, []byte(want)) {
			t.Errorf("%s is not there", want)
		}
	}
}

func TestP22SelfLink(t *testing.T) {
	for view, path := range map[models.View]string{
		{}:                                   "feed",
		{Section: "focus"}:                   "sections/focus",
		{Region: "dongpu"}:                   "regions/dongpu",
		{Region: "dongpu", Section: "focus"}: "regions/dongpu/sections/focus",
		{Source: "daily"}:                    "sources/daily",
	} {
		for suffix, form := range map[string]string{
			"rss":  `<atom:link rel="self" href="%s"`,
			"atom": `<link href="%s" rel="self"`,
			"json": `"feed_url":"%s"`,
		} {
			f, _ := Lookup(suffix)
			want := fmt.Sprintf(form, "https://feeds.yunlan.example/"+path+"."+suffix)
			if out := rendered(t, f, newsPage(view)); bytes.Count(out, []byte(want)) != 1 {
				t.Errorf("%s of %s: not exactly one %s", suffix, path, want)
			}
		}
	}
}

func TestP23P39P40GuidOnEachItem(t *testing.T) {
	before := newsPage(models.View{})
	edited := newsPage(models.View{Region: "dongpu", Section: "focus"})
	edited.Base = "http://other.example/sub/"
	for i := range edited.Stories {
		edited.Stories[i].Items[0].Title += "（更新）"
		edited.Stories[i].Items[0].GUID = "forged"
		edited.Stories[i].Updated += 1000
	}
	for _, f := range feedFormats() {
		a, b := published(t, f.Suffix, rendered(t, f, before)), published(t, f.Suffix, rendered(t, f, edited))
		for i := range a {
			if want := "tag:yunlan.example,2026:news/" + before.Stories[i].ID; a[i].id != want || b[i].id != want {
				t.Errorf("%s: ids %q and %q, want %q", f.Suffix, a[i].id, b[i].id, want)
			}
		}
	}
}

func TestP24IsPermaLink(t *testing.T) {
	out, err := joined(RSS)(newsPage(models.View{}))
	if n := bytes.Count(out, []byte(`<guid isPermaLink="false">`)); err != nil || n != 6 {
		t.Errorf("%d guids, %v", n, err)
	}
}

func TestP25P26Dates(t *testing.T) {
	p := newsPage(models.View{})
	out, _ := joined(RSS)(p)
	for _, want := range []string{
		"<pubDate>Fri, 20 Nov 2026 01:30:00 +0000</pubDate>",
		"<lastBuildDate>Fri, 20 Nov 2026 03:00:05 +0000</lastBuildDate>",
	} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("no %s", want)
		}
	}
	p.Changed, p.Stories[1].Updated = 0, stampOf("2026-11-20T05:00:00Z")
	if out, _ = joined(RSS)(p); !bytes.Contains(out, []byte("<lastBuildDate>Fri, 20 Nov 2026 05:00:00 +0000")) {
		t.Error("lastBuildDate is not the newest update")
	}
}

func TestP27LinksAbsolute(t *testing.T) {
	for _, f := range feedFormats() {
		for _, s := range published(t, f.Suffix, rendered(t, f, newsPage(models.View{}))) {
			if !absolute(s.link) {
				t.Errorf("%s: link %q", f.Suffix, s.link)
			}
		}
		if out, _ := joined(f.Render)(newsPage(models.View{})); bytes.Contains(out, []byte("javascript:")) || bytes.Contains(out, []byte("ftp:")) {
			t.Errorf("%s: an address that is neither http nor https", f.Suffix)
		}
	}
}

func TestP28TitlesEscapedOnce(t *testing.T) {
	for _, f := range feedFormats() {
		out := rendered(t, f, newsPage(models.View{}))
		for _, twice := range []string{"&amp;#x3C;", "&amp;#x26;", "采购&amp;gt;", "A&amp;amp;B"} {
			if bytes.Contains(out, []byte(twice)) {
				t.Errorf("%s: %s is escaped twice", f.Suffix, twice)
			}
		}
	}
	ed := compose(newsPage(models.View{}))
	if got, want := ed.held[5].record.headline, strings.Repeat("微讯一则，", 8)+"…"; got != want {
		t.Errorf("title from the text: %q, want %q", got, want)
	}
}

func TestP29DescriptionBeforeContent(t *testing.T) {
	p := newsPage(models.View{})
	p.Stories = append(p.Stories, story("image", "2026-11-15T08:00:00Z", models.Item{Title: "图", Content: `<img src="https://a.example/1.png"/>`}))
	out, _ := joined(RSS)(p)
	for _, item := range bytes.Split(out, []byte("<item>"))[1:] {
		d, c := bytes.Index(item, []byte("<description>")), bytes.Index(item, []byte("<content:encoded>"))
		if c >= 0 && (d < 0 || d > c) {
			t.Errorf("description at %d, content at %d", d, c)
		}
	}
}

func TestP30NamesInCreator(t *testing.T) {
	out, _ := joined(RSS)(newsPage(models.View{}))
	if bytes.Contains(out, []byte("<author>")) || !bytes.Contains(out, []byte("<dc:creator>林知微</dc:creator>\n      <dc:creator>贺一舟</dc:creator>")) {
		t.Error("people are not in dc:creator, one each")
	}
	if !bytes.Contains(out, []byte("<dc:contributor>苏晚</dc:contributor>")) || !bytes.Contains(out, []byte("<dc:source>云澜日报</dc:source>")) {
		t.Error("editor or credit is missing")
	}
}

func TestP31P45Categories(t *testing.T) {
	rss, _ := joined(RSS)(newsPage(models.View{}))
	atom, _ := joined(Atom)(newsPage(models.View{}))
	for _, want := range []string{
		`<category domain="https://feeds.yunlan.example/sections/focus">新闻聚焦</category>`,
		`<category domain="https://feeds.yunlan.example/regions/heting">荷亭街道</category>`,
		`<category>民生</category>`,
		`<category domain="https://daily.yunlan.example/cat">政务</category>`,
	} {
		if !bytes.Contains(rss, []byte(want)) {
			t.Errorf("RSS: no %s", want)
		}
	}
	for _, want := range []string{
		`<category term="新闻聚焦" scheme="https://feeds.yunlan.example/sections/focus" label="新闻聚焦"/>`,
		`<category term="民生"/>`,
		`<category term="zw" scheme="https://daily.yunlan.example/cat" label="政务"/>`,
	} {
		if !bytes.Contains(atom, []byte(want)) {
			t.Errorf("Atom: no %s", want)
		}
	}
}

func TestP32SourcePerItem(t *testing.T) {
	out, _ := joined(RSS)(newsPage(models.View{}))
	if n := bytes.Count(out, []byte(`<source url="http`)); n != 6 {
		t.Errorf("%d of 6 items name their source", n)
	}
}

func TestP33OneEnclosure(t *testing.T) {
	out, _ := joined(RSS)(newsPage(models.View{}))
	for i, item := range bytes.Split(out, []byte("<item>"))[1:] {
		if n := bytes.Count(item, []byte("<enclosure ")); n > 1 {
			t.Errorf("item %d has %d enclosures", i, n)
		}
	}
	for _, want := range []string{
		`length="0" type="application/vnd.openxmlformats-officedocument`,
		`<enclosure url="https://radio.yunlan.example/e/5.mp3" length="12345678" type="audio/mpeg">`,
		`<media:content url="https://radio.yunlan.example/e/5-lo.m4a" type="audio/mp4"/>`,
	} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("no %s", want)
		}
	}
}

func TestP34TTL(t *testing.T) {
	out, _ := joined(RSS)(newsPage(models.View{}))
	if want := fmt.Sprintf("<ttl>%d</ttl>", TTL/time.Minute); !bytes.Contains(out, []byte(want)) {
		t.Errorf("no %s", want)
	}
}

func TestP36TitleOrDescription(t *testing.T) {
	p := newsPage(models.View{})
	p.Stories = []models.Story{story("bare", "2026-11-20T01:30:00Z", models.Item{})}
	for _, f := range feedFormats() {
		rendered(t, f, p)
	}
}
