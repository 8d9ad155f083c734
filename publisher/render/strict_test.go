package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"

	"civicfeed/models"
)

// vocabulary is what our documents are written with: the namespaces, and of entities the five of
// XML, by name or number.
var (
	vocabulary = []string{"", nsAtom, nsContent, nsDC, nsMedia, nsHistory, "http://www.w3.org/XML/1998/namespace", "xmlns"}
	entity     = regexp.MustCompile(`&(?:(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);)?`)
)

// strictly reads an XML document token by token as a strict parser does, and wants one root, no
// instruction but the two of ours, no document type, no foreign namespace, no entity that XML has not.
func strictly(t testing.TB, doc []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(doc))
	var instructions []string
	depth, roots := 0, 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, doc)
		}
		switch x := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			depth++
			seen := map[xml.Name]bool{}
			for _, name := range append([]xml.Name{x.Name}, names(x.Attr)...) {
				if !slices.Contains(vocabulary, name.Space) {
					t.Errorf("%s has the namespace %q", name.Local, name.Space)
				}
				if name != x.Name && seen[name] {
					t.Errorf("%s has %s twice", x.Name.Local, name.Local)
				}
				seen[name] = true
			}
		case xml.EndElement:
			depth--
		case xml.ProcInst:
			instructions = append(instructions, x.Target)
		case xml.Directive:
			t.Errorf("a document type: %q", x)
		case xml.Comment:
			t.Errorf("a comment: %q", x)
		}
	}
	if roots != 1 || !slices.Equal(instructions, []string{"xml", "xml-stylesheet"}) {
		t.Errorf("%d roots, instructions %q", roots, instructions)
	}
	for _, e := range entity.FindAll(withoutSections(doc), -1) {
		if len(e) == 1 {
			t.Errorf("an ampersand, or an entity that XML does not have:\n%s", doc)
		}
	}
	if i := bytes.IndexFunc(doc, illegal); i >= 0 {
		t.Errorf("an illegal character at %d", i)
	}
}

func names(attributes []xml.Attr) (all []xml.Name) {
	for _, a := range attributes {
		all = append(all, a.Name)
	}
	return all
}

// withoutSections is a document without its CDATA sections, in which ampersands are themselves.
func withoutSections(doc []byte) []byte {
	return regexp.MustCompile(`(?s)<!\[CDATA\[.*?\]\]>`).ReplaceAll(doc, nil)
}

// throughLibrary reads an edition with the library that most readers in Go are made with.
func throughLibrary(t testing.TB, doc []byte) (all []readStory) {
	t.Helper()
	f, err := gofeed.NewParser().Parse(bytes.NewReader(doc))
	if err != nil {
		t.Fatalf("%v\n%s", err, doc)
	}
	for _, it := range f.Items {
		all = append(all, readStory{it.GUID, it.Title, it.Link, it.Description, it.Content})
	}
	return all
}

// wantRead wants a page read back by a strict parser and by the library, in every format.
func wantRead(t testing.TB, p *Page) {
	t.Helper()
	ed := compose(p)
	for _, format := range feedFormats() {
		doc := rendered(t, format, p)
		if format.Suffix != "json" {
			strictly(t, doc)
		}
		for reader, got := range map[string][]readStory{"a strict parser": published(t, format.Suffix, doc), "the library": throughLibrary(t, doc)} {
			if len(got) != len(ed.held) {
				t.Fatalf("%s: %d stories of %d in %s", format.Suffix, len(got), len(ed.held), reader)
			}
			for i, h := range ed.held {
				e := h.record
				title := e.headline
				if format.Suffix == "json" {
					title = e.title
				}
				same(t, format.Suffix+", "+reader+": id", got[i].id, e.id)
				same(t, format.Suffix+", "+reader+": title", got[i].title, title)
				same(t, format.Suffix+", "+reader+": link", spelt(got[i].link), spelt(e.link))
				if e.weight() < MaxBytes/4 && (e.content != "" || reader != "the library") { // which gives other texts in its place
					same(t, format.Suffix+", "+reader+": content", ends(got[i].content), ends(e.content))
				}
			}
		}
	}
	for name, write := range map[string]func(*Page) ([]byte, error){"view": joined(HTML), "story": Story} {
		one := *p
		if name == "story" {
			if len(ed.held) == 0 {
				continue
			}
			one.Stories = p.Stories[:1]
		}
		doc, err := write(&one)
		if err == nil {
			err = CheckHTML(doc)
		}
		if err != nil {
			t.Errorf("%s: %v\n%q", name, err, doc)
		}
	}
}

// spelt is an address as the library spells it.
func spelt(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	return u.String()
}

// ends is a text as XML readers give it: line ends are one character, and outer space is no text.
func ends(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
}

func same(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s %q is read as %q", what, want, got)
	}
}

// TestT31MarkupIsText: markup in any field but the body is text, escaped once.
func TestT31MarkupIsText(t *testing.T) {
	const markup = `<b onclick="x()">A&amp;B</b> & 'c' "d"`
	st := story("m1", "2026-11-20T01:30:00Z", models.Item{
		Source: "daily", GUID: markup, Link: "https://daily.yunlan.example/?a=1&b=<2>", Title: markup, Summary: markup, Content: "<p>正文</p>", Text: "正文",
		People:     []models.Person{{Role: "author", Name: markup}, {Role: "editor", Name: markup}},
		Categories: []models.Category{{Term: markup, Scheme: markup}}, Language: markup, Rights: markup, Credit: markup,
	})
	p := newsPage(models.View{})
	p.Stories = []models.Story{st}
	p.Catalog.Site.Title, p.Catalog.Site.Description = markup, markup
	s := p.Sources["daily"]
	s.Feed.Title, s.Feed.Rights, s.Feed.Language, s.Feed.ID = markup, markup, markup, markup
	p.Sources["daily"] = s
	p.Catalog.Sources[0].Name = markup
	wantRead(t, p)
	for _, format := range Formats() {
		doc := string(rendered(t, format, p))
		if format.Suffix != "json" && (strings.Contains(doc, "<b onclick") || strings.Contains(notes.ReplaceAllString(doc, ""), "&amp;lt;b")) {
			t.Errorf("%s: markup is not escaped, or twice:\n%s", format.Suffix, doc)
		}
	}
	for suffix, texts := range map[string][]string{
		"rss":  {"title", "creator", "category", "source", "rights"},
		"atom": {"title", "subtitle", "name", "rights"},
	} {
		f, _ := Lookup(suffix)
		got := textsOf(t, rendered(t, f, p))
		for _, name := range texts {
			if !slices.Contains(got[name], markup) {
				t.Errorf("%s: %s is %q", suffix, name, got[name])
			}
		}
	}
}

// notes are the descriptions of RSS, which are markup.
var notes = regexp.MustCompile(`(?s)<description>.*?</description>`)

// textsOf lists the texts of a document by the names of their elements.
func textsOf(t testing.TB, doc []byte) map[string][]string {
	t.Helper()
	all, name := map[string][]string{}, ""
	d := xml.NewDecoder(bytes.NewReader(doc))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			name = x.Name.Local
		case xml.CharData:
			all[name] = append(all[name], string(x))
		}
	}
}

// TestT32JSONInPages: what a page embeds as data cannot end its script, and feeds are data only: no
// callback is written around them.
func TestT32JSONInPages(t *testing.T) {
	const bad = "</script><script>alert(1)</script>\u2028\u2029<!--"
	st := story("m1", "2026-11-20T01:30:00Z", models.Item{Source: "daily", Title: bad, Link: "https://daily.yunlan.example/1", Summary: bad, Content: "<p>文</p>", Text: bad})
	p := newsPage(models.View{})
	p.Stories, p.Catalog.Site.Title = []models.Story{st}, bad
	for name, write := range map[string]func(*Page) ([]byte, error){"view": joined(HTML), "story": Story} {
		doc, err := write(p)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(doc), "<script>alert") || strings.Contains(string(doc), "<!--") {
			t.Errorf("%s: a text became a script or comment:\n%s", name, doc)
		}
	}
	for name, write := range map[string]func(*Page) ([]byte, error){"view": joined(JSON), "story": StoryJSON} {
		doc, err := write(p)
		if err != nil || doc[0] != '{' || !json.Valid(doc) {
			t.Fatalf("%s: %v\n%s", name, err, doc)
		}
		if i := bytes.IndexAny(doc, "\u2028\u2029"); i >= 0 {
			t.Errorf("%s: a line separator at %d is not escaped", name, i)
		}
	}
}

// TestT33XMLInjection: no text ends its element, its section or the document.
func TestT33XMLInjection(t *testing.T) {
	p := newsPage(models.View{})
	wantRead(t, p)
	for _, bad := range []string{"]]>", "]]]]>><![CDATA[", "</item></channel></rss>", "</entry></feed>", "\ufffe\uffff", "\x00\x0b\x1b", "\xff\xed\xa0\x80", "&#0;&x;", "<!DOCTYPE x [<!ENTITY y 'z'>]>&y;", "<?x y?>", "a\"b'c", "<!-- -- -->", "\r\n\t"} {
		p.Stories = []models.Story{story("m1", "2026-11-20T01:30:00Z", models.Item{
			Source: "daily", GUID: bad, Title: "题" + bad, Summary: bad, Content: "<p>" + markup(bad) + "]]></p>", Text: bad, Link: "https://daily.yunlan.example/1?" + bad,
			People: []models.Person{{Role: "author", Name: bad, URI: bad, Email: bad}}, Categories: []models.Category{{Term: bad, Scheme: bad, Label: bad}},
			Media: []models.Media{{URL: "https://daily.yunlan.example/" + bad, Type: bad, Title: bad}}, Language: bad, Rights: bad, Credit: bad,
		})}
		wantRead(t, p)
	}
}

// TestT34NoInstructions: nothing from outside brings a stylesheet, an instruction or a document type.
func TestT34NoInstructions(t *testing.T) {
	const bad = `?><?xml-stylesheet type="text/xsl" href="https://evil.example/x.xsl"?><!DOCTYPE x SYSTEM "https://evil.example/x.dtd">`
	p := newsPage(models.View{})
	p.Catalog.Site.Title = bad
	p.Stories = []models.Story{story("m1", "2026-11-20T01:30:00Z", models.Item{Source: "daily", Title: bad, Content: "<p>" + markup(bad) + "</p>", Link: "https://daily.yunlan.example/1", Rights: bad})}
	for _, suffix := range []string{"rss", "atom"} {
		f, _ := Lookup(suffix)
		doc := rendered(t, f, p)
		strictly(t, doc)
		if bytes.Count(withoutSections(doc), []byte("<?xml-stylesheet")) != 1 || bytes.Count(withoutSections(doc), []byte("<!")) != 0 {
			t.Errorf("%s:\n%s", suffix, doc)
		}
		if i := bytes.Index(doc, []byte("<?xml-stylesheet")); !bytes.HasPrefix(doc[i:], []byte(`<?xml-stylesheet type="text/css" href="https://feeds.yunlan.example/`)) {
			t.Errorf("%s: the stylesheet is not ours", suffix)
		}
	}
}

// TestT65SourceIsOurs: whatever a source says of itself, its stories are told to be of the source that the
// catalog names, and the host that a page shows is that of the link.
func TestT65SourceIsOurs(t *testing.T) {
	st := story("m1", "2026-11-20T01:30:00Z", models.Item{
		Source: "daily", Title: "题", Link: "https://www.elsewhere.example/1", Content: "<p>文</p>", Text: "文", Credit: "东浦区人民政府",
		GUID: "tag:feeds.yunlan.example,2026:news/a1", People: []models.Person{{Role: "author", Name: "东浦区人民政府"}},
	})
	p := newsPage(models.View{})
	p.Stories = []models.Story{st}
	s := p.Sources["daily"]
	s.Name, s.URL, s.Feed.Title, s.Feed.Self = "东浦区人民政府", "http://www.dongpu.example/feed", "东浦区人民政府", "http://www.dongpu.example/feed"
	p.Sources["daily"] = s
	for suffix, want := range map[string]string{
		"rss":  `<source url="https://daily.yunlan.example/rss.xml">云澜日报</source>`,
		"json": `"source":{"key":"daily","name":"云澜日报","url":"https://daily.yunlan.example/rss.xml"}`,
		"atom": `<title>云澜日报</title>`,
		"html": `云澜日报`,
	} {
		f, _ := Lookup(suffix)
		doc := string(rendered(t, f, p))
		if !strings.Contains(doc, want) || strings.Contains(doc, "www.dongpu.example") {
			t.Errorf("%s: the source is not that of the catalog:\n%s", suffix, doc)
		}
		if suffix != "html" && published(t, suffix, []byte(doc))[0].id != "tag:yunlan.example,2026:news/m1" {
			t.Errorf("%s: the id is the source's", suffix)
		}
	}
	page, err := Story(p)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "www.elsewhere.example") || strings.Contains(string(page), "www.dongpu.example") {
		t.Errorf("the host shown is not that of the link:\n%s", page)
	}
}
