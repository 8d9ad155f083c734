package parse_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"civicfeed/aggregator/parse"
)

// FuzzCut: of a document that ends early, its whole entries are read as they are in the whole
// document, in their order, and it is said that others are missing.
func FuzzCut(f *testing.F) {
	for _, class := range []string{"fields", "html", "dates", "repair"} {
		files, _ := filepath.Glob("../testdata/corpus/" + class + "/*.*")
		for i, file := range files {
			if body, err := os.ReadFile(file); err == nil && !strings.HasSuffix(file, ".want") {
				f.Add(body, uint(len(body)*(i%10)/10))
			}
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, at uint) {
		whole := wholly(t, body)
		if whole == nil {
			return
		}
		cut := body[:at%uint(len(body))]
		doc, repairs, err := read(cut, "")
		if err != nil || len(repairs) > 0 {
			return // refused, or not the same characters
		}
		if len(doc.Entries) > len(whole.Entries) {
			t.Fatalf("%d entries of %d in %q", len(doc.Entries), len(whole.Entries), cut)
		}
		if len(doc.Entries) < len(whole.Entries) && !doc.Partial {
			t.Errorf("%d entries of %d, and nothing is said of the others: %q", len(doc.Entries), len(whole.Entries), cut)
		}
		for i := range doc.Entries {
			if !reflect.DeepEqual(doc.Entries[i], whole.Entries[i]) {
				t.Errorf("entry %d of %q\n     is %+v\nand was %+v", i+1, cut, doc.Entries[i], whole.Entries[i])
			}
		}
	})
}

// wholly reads a document that is well-formed and needs no repair; nil where it is none.
func wholly(t *testing.T, body []byte) *parse.Document {
	t.Helper()
	doc, repairs, err := read(body, "")
	if err != nil || !utf8.Valid(body) || doc.Partial || len(doc.Warnings)+len(repairs) > 0 || doc.Version == "cdf" {
		return nil
	}
	if strings.HasPrefix(doc.Version, "json") {
		return doc
	}
	for d := xml.NewDecoder(bytes.NewReader(body)); ; {
		if _, err := d.Token(); err == io.EOF {
			return doc
		} else if err != nil {
			return nil
		}
	}
}

// TestCutAnywhere cuts documents after each of their bytes.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"rss", "atom", "rdf", "json"} {
		t.Run(name, func(t *testing.T) {
			body := []byte(cuttable[name])
			whole := wholly(t, body)
			if whole == nil || len(whole.Entries) != 3 {
				t.Fatalf("the whole document is %+v", whole)
			}
			most := 0
			for at := range body {
				doc, _, err := read(body[:at], "")
				if err != nil {
					continue
				}
				for i := range doc.Entries {
					if !reflect.DeepEqual(doc.Entries[i], whole.Entries[i]) {
						t.Fatalf("entry %d, cut at %d, is %+v\nand was %+v", i+1, at, doc.Entries[i], whole.Entries[i])
					}
				}
				if len(doc.Entries) < most {
					t.Fatalf("cut at %d there are fewer entries than cut before", at)
				}
				if most = len(doc.Entries); most < 3 && !doc.Partial {
					t.Fatalf("cut at %d nothing is said of what is missing", at)
				}
			}
			if most != 3 {
				t.Errorf("%d entries of 3 at most", most)
			}
		})
	}
}

var cuttable = map[string]string{
	"rss": `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>临江</title>` +
		strings.Repeat(`<item><title>题 &amp; 目</title><guid>a&#x3C;b</guid><content:encoded><![CDATA[<p>文</p>]]></content:encoded><enclosure url="http://a.example/1.mp3" length="3" type="audio/mpeg"/></item>`, 3) + `</channel></rss>`,
	"atom": `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN"><id>x</id><title>临江</title>` +
		strings.Repeat(`<entry><id>1</id><title type="html">题&lt;b&gt;</title><link href="/1"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>文<br/></p></div></content><author><name>林</name></author></entry>`, 3) + `</feed>`,
	"rdf": `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>临江</title></channel>` +
		strings.Repeat(`<item rdf:about="http://a.example/1"><title>题</title><description>文</description></item>`, 3) + `</rdf:RDF>`,
	"json": `{"version":"https://jsonfeed.org/version/1.1","title":"临江","items":[` +
		strings.Repeat(`{"id":"1","title":"题\"","content_html":"<p>文</p>","tags":["类"]},`, 2) + `{"id":"1","title":"题\"","content_html":"<p>文</p>","tags":["类"]}]}`,
}
