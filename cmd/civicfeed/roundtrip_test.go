package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"civicfeed/aggregator"
	"civicfeed/aggregator/fetch"
	"civicfeed/models"
	"civicfeed/publisher/render"
)

// What we publish, read by ourselves, is what we published: in every format for programs, every
// item comes back with its title, link, dates, authors, body, categories and files.

// TestRoundTripOfCorpus publishes the feeds of both corpora and reads them back.
func TestRoundTripOfCorpus(t *testing.T) {
	t.Parallel()
	var names []corpusFile
	const own = "../../aggregator/testdata/corpus"
	cases, err := filepath.Glob(own + "/*/*.*")
	if err != nil || len(cases) < 100 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, name := range cases {
		if filepath.Ext(name) != ".want" {
			names = append(names, corpusFile{name: strings.TrimPrefix(filepath.ToSlash(name), own+"/"), url: "https://www.linhu.example/rss/yw.xml", zone: "Asia/Shanghai"})
		}
	}
	t.Run("own", func(t *testing.T) { roundTrips(t, own, names, 150) })
	t.Run("all", func(t *testing.T) {
		folder, files := corpus(t)
		roundTrips(t, folder, files, 3000)
	})
}

func roundTrips(t *testing.T, folder string, files []corpusFile, least int) {
	var mu sync.Mutex
	var readers sync.WaitGroup
	queue, items := make(chan corpusFile), 0
	for range runtime.GOMAXPROCS(0) {
		readers.Go(func() {
			for f := range queue {
				if f.url == "" { // what came from nowhere cannot be published
					f.url = "https://www.linhu.example/rss/yw.xml"
				}
				_, page, err := previewed(t, folder, f)
				if err != nil {
					continue // not a feed
				}
				found := roundTrip(publishable(page))
				mu.Lock()
				items += len(page.Stories)
				for _, s := range found {
					t.Errorf("%s: %s", f.name, s)
				}
				mu.Unlock()
			}
		})
	}
	for _, f := range files {
		queue <- f
	}
	close(queue)
	readers.Wait()
	t.Logf("%d items of %d files", items, len(files))
	if items < least {
		t.Errorf("only %d items were published and read back", items)
	}
}

// TestRoundTripOfRandomItems publishes items made of pieces that are hard to write and to read.
func TestRoundTripOfRandomItems(t *testing.T) {
	t.Parallel()
	const seed = 20261123
	for n := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, n))
		doc := randomFeed(random)
		page, err := pageOf(t, []byte(doc))
		if err != nil {
			t.Fatalf("feed %d: %v\n%s", n, err, doc)
		}
		for _, s := range roundTrip(page) {
			t.Errorf("feed %d: %s\n%s", n, s, doc)
		}
		if t.Failed() {
			return
		}
	}
}

// pageOf is the page on which the items of a document would stand.
func pageOf(t testing.TB, doc []byte) (*render.Page, error) {
	t.Helper()
	src := models.Source{Key: "daily", Name: "临江日报", URL: "https://www.linhu.example/rss/yw.xml", Location: time.FixedZone("CST", 8*3600), Republish: models.Full}
	r, err := aggregator.Read(&fetch.Response{URL: src.URL, Body: doc, ContentType: "text/xml"}, src)
	if err != nil {
		return nil, err
	}
	return publishable(previewPage(&models.Catalog{}, src, r)), nil
}

var pieces = []string{
	"临江", "市政府", "<", ">", "&", "&amp;", "&lt;b&gt;", "]]>", "<![CDATA[", "<b>粗</b>", "<p>段", "</div>", "<br>", "\u202e", "\u200b", "\u200d", "e\u0301", "👨\u200d👩",
	"𠮷", "\ufffe", "\x01", "\u0085", "\u2028", "  ", "\u3000", "\n", "\t", "\"", "'", "“", "<script>x</script>", "<a href=\"/a?b=1&c=2\">链</a>", "<img src='x.jpg' alt='\"'>",
	"<table><tr><td>格</table>", "&nbsp;", "&#x1F600;", "%20", "http://例子.测试/路?a=b#c", "<!--x-->", "<pre>\n a\n</pre>", "javascript:", "@", "（记者 李　伟）", "0", "é", "한", "<关于…的通知>",
	"&amp;lt;", "<ruby>漢<rt>かん</rt></ruby>", "<ul><li>一<li>二</ul>", "<h2>", "；", "\\", "</title>", "<?x?>", "&bogus;", "&#0;",
}

func randomText(random *rand.Rand, most int) string {
	var b strings.Builder
	for range random.IntN(most + 1) {
		b.WriteString(pieces[random.IntN(len(pieces))])
	}
	return b.String()
}

func randomFeed(random *rand.Rand) string {
	var b bytes.Buffer
	element := func(name, attributes, text string) {
		b.WriteString("<" + name + attributes + ">")
		_ = xml.EscapeText(&b, []byte(text)) // a buffer takes all
		b.WriteString("</" + name + ">")
	}
	attribute := func(text string) string {
		var v bytes.Buffer
		_ = xml.EscapeText(&v, []byte(text))
		return v.String()
	}
	b.WriteString(`<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>日报</title>`)
	for i := range 1 + random.IntN(6) {
		b.WriteString("<item>")
		element("title", "", randomText(random, 6))
		element("link", "", fmt.Sprintf("/%d/", i)+randomText(random, 3))
		element("guid", ` isPermaLink="false"`, fmt.Sprint(i)+randomText(random, 2))
		element("pubDate", "", time.Unix(random.Int64N(1_700_000_000), 0).UTC().Format(time.RFC1123Z))
		for range random.IntN(3) {
			element("dc:creator", "", randomText(random, 3))
		}
		for range random.IntN(3) {
			element("category", ` domain="`+attribute(randomText(random, 1))+`"`, randomText(random, 3))
		}
		for range random.IntN(3) {
			fmt.Fprintf(&b, `<enclosure url="/f/%s" length="%d" type="audio/mpeg"/>`, attribute(randomText(random, 2)), random.IntN(3)*1000)
		}
		element("description", "", randomText(random, 4))
		if random.IntN(3) > 0 {
			element("content:encoded", "", randomText(random, 20))
		}
		b.WriteString("</item>")
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

// feedFormats are the formats that programs read.
func feedFormats() (all []render.Format) {
	for _, f := range render.Formats() {
		if f.Suffix != "html" {
			all = append(all, f)
		}
	}
	return all
}

// roundTrip publishes a page and reads it, a piece at a time so that no body gives way to others,
// and lists what did not come back.
func roundTrip(p *render.Page) (found []string) {
	for first := 0; first < len(p.Stories); {
		piece, size := *p, 0
		end := first
		for ; end < len(p.Stories) && end < first+50; end++ {
			it := &p.Stories[end].Items[0]
			if size += len(it.Content) + len(it.Text) + len(it.Summary); size > 60_000 && end > first {
				break
			}
		}
		piece.Stories = p.Stories[first:end]
		for _, f := range feedFormats() {
			for _, s := range returned(&piece, f) {
				found = append(found, f.Suffix+": "+s)
			}
		}
		first = end
	}
	return found
}

func returned(p *render.Page, f render.Format) (found []string) {
	body, err := f.Render(p)
	out := body.Bytes()
	if err == nil {
		err = f.Check(out)
	}
	if err != nil {
		return []string{err.Error()}
	}
	self := p.Base + "feed." + f.Suffix
	r, err := aggregator.Read(&fetch.Response{URL: self, Body: out, ContentType: f.MediaType + "; charset=utf-8"}, models.Source{Key: "own", URL: self, Location: time.UTC})
	if err != nil {
		return []string{fmt.Sprintf("%v\n%s", errors.Unwrap(err), out)}
	}
	if len(r.Items) != len(p.Stories) {
		return []string{fmt.Sprintf("%d of %d items come back: %q\n%s", len(r.Items), len(p.Stories), r.Warnings, out)}
	}
	if r.Partial || len(r.Warnings) > 0 {
		found = append(found, fmt.Sprintf("is read with warnings: %q", r.Warnings))
	}
	for i := range r.Items {
		want, got := facts(p, &p.Stories[i], f.Suffix), read(p, &r.Items[i], f.Suffix)
		for j, name := range factNames {
			if want[j] != got[j] && want[j] != given {
				found = append(found, fmt.Sprintf("item %d: %s %q comes back as %q", i+1, name, want[j], got[j]))
			}
		}
	}
	return found
}

var factNames = []string{"id", "title", "link", "published", "updated", "authors", "body", "text", "categories", "files"}

// facts are what of a story must come back from a format.
func facts(p *render.Page, st *models.Story, suffix string) []string {
	it := st.Items[0]
	it.GUID = p.Catalog.Site.Identify(st.ID)
	it.Published.At, it.Updated.At = st.Published, max(st.Updated, st.Published)
	if it.Link == "" {
		it.Link = p.Base + "stories/" + st.ID
	}
	it.People = slices.DeleteFunc(slices.Clone(it.People), func(p models.Person) bool {
		return !slices.Contains([]string{"author", "记者", "通讯员"}, p.Role) && p.Role != ""
	})
	all := read(p, &it, suffix)
	if it.Title == "" && suffix != "json" || strings.Contains(it.Title, "<") && suffix == "rss" { // cannot do without; nor tell it from markup
		all[1] = given
	}
	switch {
	case it.Text == "" && suffix == "rss": // the headline stands for it
		all[7] = given
	case it.Content == "": // the text becomes HTML
		all[6] = given
	case len(it.Content) > 100_000: // gives way to a summary
		all[6], all[7] = given, given
	}
	return all
}

// given stands for what the format makes itself.
const given = "\x00"

// read tells of an item what a format carries.
func read(p *render.Page, it *models.Item, suffix string) []string {
	var authors, categories, files []string
	for _, a := range it.People {
		if a.Role == "author" {
			authors = once(authors, either(a.Name, a.Email, a.URI))
		}
	}
	for _, c := range it.Categories {
		categories = once(categories, either(c.Label, c.Term))
	}
	for _, m := range it.Media {
		if suffix != "json" || !m.Inline {
			files = once(files, address(m.URL))
		}
	}
	updated := it.Updated.At
	if suffix == "rss" { // has no such thing
		updated = 0
	}
	return []string{
		it.GUID, it.Title, address(it.Link), seconds(it.Published.At), seconds(updated), strings.Join(authors, " | "),
		it.Content, strings.Join(strings.Fields(it.Text), " "), strings.Join(categories, " | "), strings.Join(files, " "),
	}
}

func seconds(m models.Millis) string { return fmt.Sprint(int64(m) / 1000) }

func once(all []string, s string) []string {
	if s == "" || slices.Contains(all, s) {
		return all
	}
	return append(all, s)
}

// TestT64InvisibleInNoOutput: what shows nothing, or turns the order of what is around it, is in no field of
// any format; what is written with marks apart is composed.
func TestT64InvisibleInNoOutput(t *testing.T) {
	t.Parallel()
	const bad = "\u202e\u202d\u2066\u2069\u200b\u200e\u200f\u2060\ufeff\u00ad\u061c\U000e0041"
	text := func(s string) string { return s[:3] + bad + s[3:] + "e\u0301" }
	page, err := pageOf(t, []byte(`<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>`+text("日报")+`</title><item><title>`+text("临江")+`</title><link>/1</link>
		<dc:creator>`+text("王硕")+`</dc:creator><category>`+text("要闻")+`</category><dc:source>`+text("来源")+`</dc:source><dc:rights>`+text("版权")+`</dc:rights>
		<description>&lt;p&gt;`+text("正文")+`&lt;img src="/1.jpg" alt="`+text("图片")+`"&gt;&lt;/p&gt;</description></item></channel></rss>`))
	if err != nil {
		t.Fatal(err)
	}
	outputs := map[string]func(*render.Page) ([]byte, error){"story": render.Story, "story.json": render.StoryJSON}
	for _, f := range render.Formats() {
		outputs[f.Suffix] = func(p *render.Page) ([]byte, error) {
			b, err := f.Render(p)
			return b.Bytes(), err
		}
	}
	for name, write := range outputs {
		out, err := write(page)
		if err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexAny(string(out), bad); i >= 0 {
			t.Errorf("%s: %+q", name, out[max(0, i-60):min(len(out), i+20)])
		}
		if !strings.Contains(string(out), "临江é") {
			t.Errorf("%s: the title is not there, composed", name)
		}
	}
}
