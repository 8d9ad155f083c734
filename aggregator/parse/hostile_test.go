package parse_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"civicfeed/aggregator/decode"
	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// read goes from the bytes of a response to the document, as a visit does.
func read(body []byte, contentType string) (*parse.Document, []string, error) {
	text, err := decode.Decode(body, contentType, "")
	if err != nil {
		return nil, nil, err
	}
	doc, err := parse.Feed(text.Bytes)
	return doc, text.Repairs, err
}

const (
	head = `<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>`
	tail = `</channel></rss>`
)

// bombs are documents that make a parser eat all memory or time, or crash the process.
func bombs() map[string][]byte {
	repeat := strings.Repeat
	return map[string][]byte{
		"T18 nested extensions":        []byte(head + "<item>" + repeat("<x:a>", 1_000_000)),
		"T18 nested and closed":        []byte(head + "<item>" + repeat("<x:a>", 100_000) + repeat("</x:a>", 100_000) + "</item>" + tail),
		"T18 nested base":              []byte(head + repeat(`<x:a xml:base="b/">`, 10_000)),
		"T18 nested in a closed quote": []byte(head + `<x:a b=">">` + repeat("<x:a b='>'>", 2_000)),
		"T19 nested namespaces":        []byte(nestedNamespaces(2_000)),
		"T19 wide namespaces":          []byte(`<rss version="2.0"><channel` + namespaces(1_000) + `>` + repeat("<item/>", 10_000) + tail),
		"T20 empty items":              []byte(head + repeat("<item/>", 1_000_000) + tail),
		"T20 extensions":               []byte(head + "<item>" + repeat("<x:a/>", 1_000_000) + "</item>" + tail),
		"T20 spread extensions":        []byte(head + repeat("<item>"+repeat("<x:a/>", 1_000)+"</item>", 1_000) + tail),
		"T20 attributes":               []byte(head + "<item a" + repeat(` b="1"`, 1_000_000) + "/>" + tail),
		"T20 comments":                 []byte(head + "<item><x:a>" + repeat("a<!---->", 300_000) + "</x:a></item>" + tail),
		"T20 comments in a feed":       []byte(head + repeat("<!---->", 1_000_000) + tail),
		"T20 sections":                 []byte(head + "<item><x:a>" + repeat("<![CDATA[a]]>", 300_000) + "</x:a></item>" + tail),
		"T20 end tags":                 []byte(head + repeat("</a>", 1_000_000) + tail),
		"T20 attributes of the root":   []byte("<rss" + repeat(` b="1"`, 1_000_000) + "/>"),
		"T22 deep JSON":                []byte(`{"version":"https://jsonfeed.org/version/1","items":` + repeat("[", 1_000_000)),
		"T22 JSON items":               []byte(`{"version":"https://jsonfeed.org/version/1","items":[{}` + repeat(",{}", 1_000_000) + "]}"),
		"T22 JSON tags":                []byte(`{"version":"https://jsonfeed.org/version/1","items":[{"tags":[""` + repeat(`,""`, 1_000_000) + "]}]}"),
	}
}

func nestedNamespaces(n int) string {
	var b strings.Builder
	b.WriteString(head)
	for i := range n {
		fmt.Fprintf(&b, `<a xmlns:n%d="u">`, i)
	}
	return b.String()
}

func namespaces(n int) string { return repeated(n, ` xmlns:n%d="u"`) }

// repeated writes a format n times, each with its number.
func repeated(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// swellers are documents that are within the limits, and would be multiplied by what is repeated
// in them.
func swellers() map[string][]byte {
	repeat, long := strings.Repeat, strings.Repeat("长", 300_000)
	items := repeat("<item/>", 5_000) + tail
	return map[string][]byte{
		"a long language":               []byte(`<rss xml:lang="` + long + `"><channel>` + items),
		"a long base":                   []byte(`<rss xml:base="http://a.example/` + long + `"><channel>` + items),
		"a long base of CDF":            []byte(`<channel base="http://a.example/` + long + `">` + repeat("<item/>", 5_000) + "</channel>"),
		"a base that grows":             []byte(`<rss xml:base="http://a.example/"><channel>` + repeat(`<x:a xml:base="`+repeat("a", 2_000)+`/">`, 60) + repeat("</x:a>", 60) + items),
		"text among elements":           []byte(head + "<x:a>" + repeat(repeat("一二三四五六七八九十", 30)+"<x:b/>", 9_000) + "</x:a>" + tail),
		"sections among elements":       []byte(head + "<x:a>" + repeat("<![CDATA["+repeat("一二三四五六七八九十", 30)+"]]><x:b/>", 9_000) + "</x:a>" + tail),
		"comments in a text":            []byte(head + "<item><title>" + repeat("<!---->", 150_000) + "</title></item>" + tail),
		"attributes in markup":          []byte(head + "<item><description><p" + repeat(` b="1"`, 100_000) + "></p></description></item>" + tail),
		"elements in markup":            []byte(head + "<item><description>" + repeat("<b>", 200_000) + "</description></item>" + tail),
		"a quote that never ends":       []byte(head + repeat("<item><title a='>甲</title></item>", 5_000) + tail),
		"sections that never end":       []byte(head + repeat("<item><title><![CDATA[甲</title><a><![CDATA[</a></item>", 30_000) + tail),
		"sections of one entry":         []byte(head + "<item>" + repeat("<title><![CDATA[</title>", 60_000) + "</item>" + tail),
		"comments that never end":       []byte(head + repeat("<item><title><!-- 甲</item>", 60_000) + tail),
		"comments of one entry":         []byte(head + "<item>" + repeat("<title><!--", 60_000) + "</item>" + tail),
		"quotes that never end":         []byte(head + repeat("<item><title a='>甲</title><a b=\"></a></item>", 30_000) + tail),
		"an end tag that never ends":    []byte(head + "<item><title>甲" + repeat("</", 1_000_000)),
		"prefixes that nobody declares": []byte(`<rss` + namespaces(400) + `><channel>` + repeat("<item><y:a/></item>", 5_000) + tail),
	}
}

// TestSwell: what a document repeats is read in little time and memory.
func TestSwell(t *testing.T) {
	for name, body := range swellers() {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, _, err := read(body, "")
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			used := after.TotalAlloc - before.TotalAlloc
			t.Logf("%d bytes, %v, %d MB: %v", len(body), took, used>>20, err)
			if took > 5*time.Second || used > 400<<20 {
				t.Errorf("%d bytes took %v and %d MB", len(body), took, used>>20)
			}
		})
	}
}

// TestUnclosedDoesNotNest: markup that was never closed, in many entries, is no depth.
func TestUnclosedDoesNotNest(t *testing.T) {
	item := "<item><title>一</title><description><p>段<b>落<br></description></item>"
	doc, _, err := read([]byte(head+strings.Repeat(item, 500)+tail), "")
	if err != nil || len(doc.Entries) != 500 {
		t.Errorf("got %v, %v", doc, err)
	}
}

// TestT18T22Bombs: they are refused, as too large, in a sentence.
func TestT18T22Bombs(t *testing.T) {
	t.Parallel()
	for name, body := range bombs() {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, _, err := read(body, "")
			t.Logf("%d bytes, %v: %v", len(body), time.Since(start), err)
			if models.ClassOf(err) != models.ErrTooLarge {
				t.Errorf("got %v, want a refusal as too large", err)
			}
		})
	}
}

// TestT17Entities: entities of entities and external ones stay the letters they are.
func TestT17Entities(t *testing.T) {
	t.Parallel()
	bodies := map[string]string{
		"billion laughs": `<!DOCTYPE rss [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><rss version="2.0"><channel><title>&c;</title></channel></rss>`,
		"external":       `<!DOCTYPE rss [<!ENTITY c SYSTEM "file:///etc/hostname">]><rss version="2.0"><channel><title>&c;</title></channel></rss>`,
		"parameter":      `<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1/e">%p;]><rss version="2.0"><channel><title>&c;</title></channel></rss>`,
	}
	for name, body := range bodies {
		doc, _, err := read([]byte(body), "")
		if err != nil || doc.Feed.Title.Value != "&c;" {
			t.Errorf("%s: got %+v, %v", name, doc, err)
		}
	}
	quadratic := `<!DOCTYPE rss [<!ENTITY a "` + strings.Repeat("x", 200) + `">]><rss version="2.0"><channel><title>` + strings.Repeat("&a;", 100_000) + `</title></channel></rss>`
	doc, _, err := read([]byte(quadratic), "")
	if err != nil || len(doc.Feed.Title.Value) != 3*100_000 {
		t.Errorf("an entity said a hundred thousand times was expanded: %v", err)
	}
}

// TestT22JSON: what makes gofeed panic or fail is read, or refused with a class.
func TestT22JSON(t *testing.T) {
	t.Parallel()
	const v = `{"version":"https://jsonfeed.org/version/1","title":"t",`
	tests := []struct {
		body    string
		entries int
	}{
		{v + `"items":[null]}`, 0},
		{v + `"items":[{"id":"1","authors":[null]},null]}`, 1},
		{v + `"items":[{"id":1e308,"attachments":[null]}]}`, 1},
		{v + `"items":null}`, 0},
		{v + `"items":{"id":"1"}}`, 1},
		{v + `"items":[{"id":"1","id":"2"}]}`, 1},
		{v + `"items":[{"id":{"a":[1]},"url":[],"tags":{"a":1},"author":[],"attachments":"x"}]}`, 1},
	}
	for _, tt := range tests {
		doc, _, err := read([]byte(tt.body), "application/feed+json")
		if err != nil {
			t.Errorf("%s: %v", tt.body, err)
		} else if len(doc.Entries) != tt.entries {
			t.Errorf("%s: %d entries, want %d", tt.body, len(doc.Entries), tt.entries)
		}
	}
}

// TestR35ManyItems: of a feed with very many items the first are read.
func TestR35ManyItems(t *testing.T) {
	t.Parallel()
	items := `{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[` + strings.TrimSuffix(repeated(6_000, `{"id":"%d"},`), ",") + "]}"
	if doc, _, err := read([]byte(items), ""); err != nil || len(doc.Entries) != 5_000 || doc.Partial || len(doc.Warnings) != 1 {
		t.Errorf("JSON: got %d entries, %v", len(doc.Entries), err)
	}
	const item = "<item><title>条目</title><link>https://www.linhu.example/%d</link></item>\n"
	doc, _, err := read([]byte(head+repeated(20_000, item)+tail), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Entries) != 5_000 || doc.Entries[4_999].Link != "https://www.linhu.example/4999" || doc.Partial || len(doc.Warnings) != 1 {
		t.Errorf("%d entries, partial: %v, warnings %q", len(doc.Entries), doc.Partial, doc.Warnings)
	}
}
