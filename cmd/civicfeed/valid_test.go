package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"civicfeed/cmd/civicfeed/demo"
	"civicfeed/models"
	"civicfeed/models/catalog"
	"civicfeed/models/store"
)

// reading answers requests from what is published.
type reading func(path string) *httptest.ResponseRecorder

// TestP60ValidDemo holds every document of the demo's city against the schemas and, where it is at
// hand, the W3C validator.
func TestP60ValidDemo(t *testing.T) {
	t.Parallel()
	city := demo.New(demo.Options{Start: time.Now(), Clock: time.Now})
	origin := httptest.NewServer(city.Handler())
	t.Cleanup(origin.Close)
	cat, err := catalog.Parse("demo/feeds.yaml", city.Catalog(origin.URL))
	if err != nil {
		t.Fatal(err)
	}
	s := opened(t, filepath.Join(t.TempDir(), "demo.db"), store.Options{})
	ingest(t, s, cat)
	get := reading(published(t, s, cat))
	wantValid(t, get.documents(t, append(addresses(cat), searches("公告", "Library", "停水")...)), append(profile, "ContainsHTML"), "")
}

// TestP60ValidHostile does the same for what hostile and broken sources send.
func TestP60ValidHostile(t *testing.T) {
	t.Parallel()
	get, cat := hostileSite(t)
	docs := get.documents(t, append(addresses(cat), searches("公告", "Title", "<b>", "&amp;", `a "b`, "甲]]>")...))
	if len(docs) < 500 {
		t.Errorf("only %d documents", len(docs))
	}
	wantValid(t, docs, profile, "ZeroDate") // which a text of the corpus names
}

// TestP60ValidCorpus does the same for what all of the corpus publishes: views, sources, pages, archives,
// searches and stories.
func TestP60ValidCorpus(t *testing.T) {
	t.Parallel()
	folder, files := corpus(t)
	cat := parsed(t, serveCorpus(t, folder, files))
	s := opened(t, filepath.Join(t.TempDir(), "corpus.db"), store.Options{})
	ingest(t, s, cat)
	get := reading(published(t, s, cat))
	docs := get.documents(t, append(addresses(cat), searches("公告", "Library", "GDP", "<b>", "&amp;", `a "b`)...))
	if len(docs) < 5000 {
		t.Errorf("only %d documents", len(docs))
	}
	wantValid(t, docs, profile, "")
}

// profile are the validator's warnings about the advice of the RSS profile, but for one about text
// that reads like markup, which hostile text may do.
var profile = []string{
	"CharacterData", "DuplicateEnclosure", "ContainsRelRef", "EmailFormat", "MissingRealName", "MisplacedItem", "ImageTitleDoesntMatch", "AvoidTextInput",
	"NeedDescriptionBeforeContent", "MissingAtomSelfLink", "SlashDate",
}

// hostileSite takes in the documents of our own corpus, and one of addresses, names and texts that
// are hard to publish.
func hostileSite(t *testing.T) (reading, *models.Catalog) {
	t.Helper()
	const folder = "../../aggregator/testdata/corpus"
	names, err := filepath.Glob(folder + "/*/*.*")
	if err != nil {
		t.Fatal(err)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return filepath.Ext(name) == ".want" })
	if len(names) < 100 {
		t.Fatalf("only %d cases", len(names))
	}
	files := http.FileServer(http.Dir(folder))
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/extremes.atom" {
			fmt.Fprint(w, extremes())
			return
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(origin.Close)
	var y strings.Builder
	y.WriteString(`site: {title: "语料 & <汇编>", url: "http://news.example/", id: "tag:news.example,2026:corpus"}
network: {per_host: {concurrency: 16, gap: 0s}, floor: 1s, allow: [127.0.0.0/8]}
regions: [{key: linjiang, name: 临江市, regions: [{key: jiangnan, name: "江南 & <江北>"}]}]
sections: [{key: news, title: "新闻 & \"要闻\""}, {key: notices, title: 通知公告, match: [{title: "通知|公告"}]}]
sources:
  - {key: extremes, name: "<极端> & 报", url: "` + origin.URL + `/extremes.atom", region: linjiang, section: news}
`)
	terms := []string{"full", "full", "summary", "full", "title"}
	for i, name := range names {
		name = strings.TrimPrefix(filepath.ToSlash(name), folder+"/")
		fmt.Fprintf(&y, "  - {key: c%04d, name: %q, url: %q, region: %s, section: news, republish: %s}\n",
			i, name, origin.URL+"/"+name, []string{"linjiang", "jiangnan"}[i%2], terms[i%len(terms)])
	}
	cat, err := catalog.Parse("feeds.yaml", []byte(y.String()))
	if err != nil {
		t.Fatal(err)
	}
	s := opened(t, filepath.Join(t.TempDir(), "corpus.db"), store.Options{})
	ingest(t, s, cat)
	return published(t, s, cat), cat
}

// extremes is a feed in which every entry has another address, identifier, language and text that
// one format or another cannot bear.
func extremes() string {
	links := []string{
		"http://a.example/?x[]=1&y[a]=b", "http://a.example/a|b^{c}", "http://例子.测试/路?q=搜索#锚", "http://例え.jp:8443?x=[1]", "http://user:pw@a.example/x", "http://a.example:/x",
		"http://a..example/", "http://" + strings.Repeat("例", 60) + ".example/", "http://😀.example/", "HTTP://A.EXAMPLE/X", "http://r3---sn.a.example/x", "http://a.example?x#y", "ftp://a.example/",
	}
	ids := []string{"urn:uuid:nope", "tag:bad", "urn:x", "urn:isbn:12/3", "http://a.example/[x]", "http:opaque", "javascript:x", "mailto:a@b.c", "urn:isbn:1", "tag:a.example,2026:x"}
	languages := []string{"zz", "english", "zh_CN", "x-klingon", "ja_JP.UTF-8", "zh-Hans-CN"}
	texts := []string{"甲 < 乙 & 丙 > 丁", "]]>", "&amp;lt;b&amp;gt;", "</p>", "<关于…的通知>", "\u202e反", "AT&T;", "<!--x-->", "&#x26;", "👨\u200d👩"}
	var y strings.Builder
	y.WriteString(`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zz"><id>urn:uuid:8d5261ba-bf62-ac81-946c-9276ea617917c</id><title>极端</title><updated>2026-10-01T00:00:00Z</updated>`)
	for i := range 70 {
		at := func(list []string, n int) string { return html.EscapeString(list[n%len(list)]) }
		fmt.Fprintf(&y, `<entry xml:lang="%s"><id>%s#%d</id><title type="text">第%d条 %s</title><updated>2026-10-02T%02d:%02d:00Z</updated><link href="%s"/>`,
			at(languages, i), at(ids, i), i, i, at(texts, i), i/60, i%60, at(links, i))
		fmt.Fprintf(&y, `<link rel="enclosure" href="%s" type="%s" length="-1"/><link rel="enclosure" href="%s"/><link rel="replies" href="%s"/>`,
			at(links, i+3), at([]string{"audio/mpeg", "mp3", "语音", ""}, i), at(links, i+5), at(links, i+7))
		fmt.Fprintf(&y, `<category term="%s" scheme="%s"/><category term="要闻" label="%s" scheme="%s"/><author><name>%s</name><email>%s</email><uri>%s</uri></author>`,
			at(texts, i+1), at(ids, i+1), at(texts, i+2), at(links, i+1), at(texts, i+3), at([]string{"a@b.cn", "a@b", "x y@z.cn", "张@例子.测试"}, i), at(links, i+9))
		fmt.Fprintf(&y, `<rights>%s</rights><content type="html">%s</content></entry>`, at(texts, i+4), html.EscapeString("<p>"+texts[i%len(texts)]+"<img src='"+links[(i+2)%len(links)]+"'><script>x</script></div>段"))
	}
	return y.String() + "</feed>"
}

// addresses are those of all views and sources of a catalog, in all formats for programs, in pages too.
func addresses(cat *models.Catalog) (paths []string) {
	all := views(cat)
	for _, s := range cat.Sources {
		all = append(all, "/sources/"+s.Key)
	}
	for i, path := range all {
		for _, suffix := range []string{".rss", ".atom", ".json"} {
			paths = append(paths, path+suffix)
			if i < len(views(cat)) {
				paths = append(paths, path+suffix+"?limit=200", path+suffix+"?order=published&limit=200")
			}
		}
	}
	return append(paths, "/subscriptions.opml")
}

func searches(words ...string) (paths []string) {
	for _, w := range words {
		for _, suffix := range []string{".rss", ".atom", ".json"} {
			paths = append(paths, "/search"+suffix+"?q="+url.QueryEscape(w))
		}
	}
	return paths
}

var (
	headLink = regexp.MustCompile(`<(?:atom:)?link [^>]*>`)
	leadsOn  = regexp.MustCompile(`rel="(?:next|prev-archive|first|current)"`)
	href     = regexp.MustCompile(`href="http://news\.example([^"]*)"`)
	leadTo   = regexp.MustCompile(`"(?:next_url|newer|first|current|prev_archive|page)":"http://news\.example([^"]*)"`)
	begun    = regexp.MustCompile(`<(?:item|entry)[ >]`)
)

// documents reads addresses and all that they lead on to: pages, archives, stories.
func (get reading) documents(t *testing.T, paths []string) map[string][]byte {
	t.Helper()
	docs := map[string][]byte{}
	for len(paths) > 0 {
		path := paths[0]
		paths = paths[1:]
		if docs[path] != nil {
			continue
		}
		w := get(path)
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d", path, w.Code)
			docs[path] = []byte{}
			continue
		}
		docs[path] = w.Body.Bytes()
		paths = append(paths, leading(path, w.Body.String())...)
	}
	return docs
}

// leading lists the addresses to which a document leadsOn.
func leading(path, doc string) (paths []string) {
	if strings.Contains(path, ".json") {
		for _, m := range leadTo.FindAllStringSubmatch(doc, -1) {
			to := m[1]
			if strings.HasPrefix(to, "/stories/") {
				to += ".json"
			}
			paths = append(paths, to)
		}
		return paths
	}
	head := begun.Split(doc, 2)[0]
	for _, link := range headLink.FindAllString(head, -1) {
		if m := href.FindStringSubmatch(link); m != nil && leadsOn.MatchString(link) {
			paths = append(paths, html.UnescapeString(m[1]))
		}
	}
	return paths
}

// wantValid wants no error in any document but those of a name, and none of some warnings.
func wantValid(t *testing.T, docs map[string][]byte, silent []string, but string) {
	t.Helper()
	checker := os.Getenv("CIVICFEED_VALIDATE")
	if checker == "" {
		checker = filepath.Join("..", "..", "..", "shared", "tools", "validate_output.py")
	}
	if _, err := os.Stat(checker); err != nil {
		t.Skipf("no schemas: set CIVICFEED_VALIDATE to a program that validates documents: %v", err)
	}
	if out, err := exec.Command("/usr/bin/python3", "-c", "import lxml, jsonschema").CombinedOutput(); err != nil {
		t.Skipf("apt-get install python3-lxml python3-jsonschema: %s", out)
	}
	if os.Getenv("FEEDVALIDATOR_SRC") == "" {
		t.Log("not by the W3C validator: set FEEDVALIDATOR_SRC to its sources")
		but += ",ValidatorMissing"
	}
	args, folder, paths := []string{checker, "--allow", but}, t.TempDir(), map[string]string{}
	for path, doc := range docs {
		ext := filepath.Ext(strings.SplitN(path, "?", 2)[0])
		name := filepath.Join(folder, fmt.Sprintf("%06d%s", len(paths), ext))
		if err := os.WriteFile(name, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		paths[name] = path
		args = append(args, name)
	}
	cmd := exec.Command("/usr/bin/python3", args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	validated, verdicts := 0, json.NewDecoder(bytes.NewReader(out))
	for ; verdicts.More(); validated++ {
		var v verdict
		if err := verdicts.Decode(&v); err != nil {
			t.Fatal(err)
		}
		for _, c := range v.complaints(silent) {
			t.Errorf("%s: %s", paths[v.File], c)
		}
	}
	t.Logf("%d documents", validated)
	if validated != len(docs) {
		t.Errorf("%d of %d documents were validated: %s", validated, len(docs), errs.String())
	}
}

// verdict is what the validator says of a document.
type verdict struct {
	File             string
	Errors, Warnings []struct{ Name, Message, Element, Value string }
}

// complaints are its errors, and its warnings of some names.
func (v verdict) complaints(names []string) (all []string) {
	for _, e := range v.Errors {
		all = append(all, fmt.Sprintf("%s: %s (%s %q)", e.Name, e.Message, e.Element, e.Value))
	}
	for _, w := range v.Warnings {
		if slices.Contains(names, w.Name) {
			all = append(all, fmt.Sprintf("%s: %s (%s %q)", w.Name, w.Message, w.Element, w.Value))
		}
	}
	return all
}
