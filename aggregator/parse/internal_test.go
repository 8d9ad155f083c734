package parse

import (
	"reflect"
	"strings"
	"testing"

	ext "github.com/mmcdole/gofeed/extensions"

	"civicfeed/models"
)

func TestReadPerson(t *testing.T) {
	tests := []struct{ in, name, email string }{
		{"李伟", "李伟", ""},
		{"李　伟", "李　伟", ""},
		{"  网络编辑\n 陈静 ", "网络编辑 陈静", ""},
		{"editor@linhu.example", "", "editor@linhu.example"},
		{"editor@linhu.example (陈静)", "陈静", "editor@linhu.example"},
		{"陈静 (editor@linhu.example)", "陈静", "editor@linhu.example"},
		{"陈静 <editor@linhu.example>", "陈静", "editor@linhu.example"},
		{`"Chen, Jing" <mailto:editor@linhu.example>`, "Chen, Jing", "editor@linhu.example"},
		{"陈静（要闻部）", "陈静（要闻部）", ""},
		{"@linhu", "@linhu", ""},
		{"", "", ""},
	}
	for _, tt := range tests {
		if got := readPerson(tt.in); got != (models.Person{Name: tt.name, Email: tt.email}) {
			t.Errorf("%q: got %+v", tt.in, got)
		}
	}
}

func TestReadText(t *testing.T) {
	tests := []struct {
		element, kind, mode, in string
		want                    string
		html                    bool
	}{
		{"title", "", "", "甲 < 乙 & 丙", "甲 < 乙 & 丙", false},
		{"title", "", "", "<b>甲</b>", "<b>甲</b>", true},
		{"title", "", "", "C<int> & 甲</int>", "C<int> & 甲</int>", false},
		{"title", "text", "", "<b>甲</b>", "<b>甲</b>", false},
		{"title", "html", "", "甲", "甲", true},
		{"description", "", "", "甲", "甲", true},
		{"summary", "xhtml", "", `<div xmlns="u"><p>甲</p></div>`, "<p>甲</p>", true},
		{"summary", "xhtml", "", "<div>甲</div><div>乙</div>", "<div>甲</div><div>乙</div>", true},
		{"summary", "xhtml", "", "<div>甲<div>乙</div></div>", "甲<div>乙</div>", true},
		{"content", "text/html", "base64", "PHA+55SyPC9w\nPg==", "<p>甲</p>", true},
		{"content", "application/octet-stream", "", "55Sy", "甲", false},
		{"content", "image/png", "", "iVBORw0KGgo=", "iVBORw0KGgo=", false},
		{"content", "text/plain", "escaped", "<p>甲</p>", "<p>甲</p>", true},
	}
	for _, tt := range tests {
		n := ext.Extension{Name: tt.element, Value: tt.in, Attrs: map[string]string{said + "type": tt.kind, said + "mode": tt.mode}}
		if got := readText(n); got.Value != tt.want || got.HTML != tt.html {
			t.Errorf("%s type=%q mode=%q %q: got %+v", tt.element, tt.kind, tt.mode, tt.in, got)
		}
	}
}

func TestAppendText(t *testing.T) {
	tests := []struct{ in, want string }{
		{"甲&乙&amp;丙", "甲&amp;乙&amp;丙"},
		{"&nbsp;&copy;&hellip;", "\u00a0©…"},
		{"?a=1&copy=2&lt=3", "?a=1&amp;copy=2&amp;lt=3"},
		{"&copy2; &unknown; &;", "&amp;copy2; &amp;unknown; &amp;;"},
		{"&#20013;&#x4e2d;&#150;", "中中–"},
		{"&LT;&#60;&#38;", "&lt;&lt;&amp;"},
		{"]]>", "]]&gt;"},
		{`"<>'`, "&#34;&lt;&gt;'"},
	}
	for _, tt := range tests {
		if got := string(appendText(nil, []byte(tt.in))); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestJoin(t *testing.T) {
	tests := []struct{ base, ref, want string }{
		{"", "a/", "a/"},
		{"https://清溪.example/zx/", "2026/", "https://清溪.example/zx/2026/"},
		{"https://linhu.example/a/b", "../c", "https://linhu.example/c"},
		{"https://linhu.example/a/", "http://other.example/", "http://other.example/"},
		{"a/", "b/", "a/b/"},
		{"a/", "/b/", "/b/"},
		{"https://linhu.example/", "%zz", "%zz"},
	}
	for _, tt := range tests {
		if got := join(tt.base, tt.ref); got != tt.want {
			t.Errorf("join(%q, %q) = %q, want %q", tt.base, tt.ref, got, tt.want)
		}
	}
}

// TestScheduleHints: when to come again is kept as it is written.
func TestScheduleHints(t *testing.T) {
	const text = `<rss version="2.0" xmlns:s="http://purl.org/rss/1.0/modules/syndication/"><channel><title>t</title><ttl> 60 </ttl>` +
		`<skipHours><hour>0</hour><hour/><hour>23</hour></skipHours><skipDays><day>Sunday</day></skipDays><link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/"/>` +
		`<s:updatePeriod>daily</s:updatePeriod><s:updateFrequency>2</s:updateFrequency></channel></rss>`
	d, err := Feed([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	got := []any{d.Feed.TTL, d.Feed.SkipHours, d.Feed.SkipDays, d.Feed.UpdatePeriod, d.Feed.UpdateFrequency, d.Feed.Hubs}
	if want := []any{"60", []string{"0", "23"}, []string{"Sunday"}, "daily", "2", []string{"https://hub.example/"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestR37Panic: a panic of the parser is a failure with a class, not the end of the process.
func TestR37Panic(t *testing.T) {
	_, err := guarded(func() (*Document, error) { panic("index out of range") })
	if models.ClassOf(err) != models.ErrParse || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("got %v", err)
	}
}

// TestTruncated: a document is cut short when its root element never ends, and only then.
func TestTruncated(t *testing.T) {
	const whole = `<rss version="2.0"><channel><title>t</title><item><title>甲</title></item>`
	tests := []struct {
		text    string
		entries int
		cut     bool
	}{
		{whole + `</channel></rss>`, 1, false},
		{whole + `</channel></rss></rss> and more <b>`, 1, false},
		{whole + `<item><title>乙</channel></rss>`, 2, false},
		{whole, 1, true},
		{whole + `</channel>`, 1, true},
		{whole + `<item><title>乙</title></item`, 1, true},
		{whole + `<item><title>乙</title><link>http://a/`, 1, true},
		{whole + `<item><title><![CDATA[乙`, 1, true},
		{whole + `<item><description><p>乙`, 1, true},
		{whole + `<item><title a="`, 1, true},
		{whole + `<!-- `, 1, true},
		{whole + `<item><title><![CDATA[</title></item>`, 1, true},
		{whole + `<!-- <item><title>乙</title></item>`, 1, true},
		{whole + `<!-- <item><title>乙</title></item></channel></rss>`, 2, false},
		{whole + `<!-- </channel></rss>`, 1, false},
		{whole + `<item><title><![CDATA[乙</title></item></channel></rss>`, 2, false},
		{whole + `<item><title a="乙</title></item><item b="丙"></item></channel></rss>`, 3, false},
		{`<feed><entry><title type=html><p><![CDATA[甲</title></entry><entry/></feed>`, 2, false},
		{`<feed><entry><title>甲</title></entry><entry>`, 1, true},
		{`<entry><title>甲</title></entry>`, 1, false},
		{`<channel href="/"><title>t</title><item href="/1"/></channel>`, 1, false},
	}
	for _, tt := range tests {
		d, err := Feed([]byte(tt.text))
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if warned := len(d.Warnings) > 0 && strings.HasPrefix(d.Warnings[0], "truncated"); len(d.Entries) != tt.entries || d.Partial != tt.cut || warned != tt.cut {
			t.Errorf("%s: %d entries, partial: %v, warnings %q", tt.text, len(d.Entries), d.Partial, d.Warnings)
		}
	}
}
