package render

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// wellFormed reads a document to its end, without looking for anything in it.
func wellFormed(doc []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(doc))
	for {
		if _, err := d.Token(); err != nil {
			return err == io.EOF
		}
	}
}

// TestBodiesAreReadStrictly: a document is well-formed if it is so without its bodies, and else not.
func TestBodiesAreReadStrictly(t *testing.T) {
	long := strings.Repeat("正文 & <b>。", longSection)
	for doc, cut := range map[string]bool{
		"<a><![CDATA[" + long + "]]></a>":                                         true,
		"<?xml version=\"1.0\"?><?x y?><a><![CDATA[" + long + "]]>&amp;</a>":      true,
		"<a><![CDATA[" + long + "]]]]><![CDATA[>" + long + "]]></a>":              true,
		"<a><![CDATA[short]]></a>":                                                false,
		"<a><![CDATA[" + long + "\x01]]></a>":                                     false,
		"<a><![CDATA[" + long + "\ufffe]]></a>":                                   false,
		"<a><![CDATA[" + long + "\xff]]></a>":                                     false,
		"<a><![CDATA[" + long + "</a>":                                            false,
		"<a b='<![CDATA[" + long + "]]>'/>":                                       true,
		"<a><!-- <![CDATA[ -->" + long + "]]> --></a>":                            false,
		"<a><?p <![CDATA[ ?>" + long + "]]> ?></a>":                               false,
		"<a><![CDATA[" + long + "]]>]]></a>":                                      true,
		"<a>" + "<![CDATA[" + long + "]]></b>":                                    true,
		"<?xml version=\"1.0\"?><a><![CDATA[" + long + "<?x]]><![CDATA[?>]]></a>": false,
	} {
		rest := withoutBodies([]byte(doc))
		if wellFormed(rest) != wellFormed([]byte(doc)) {
			t.Errorf("%.60s: well-formed %v, without bodies %v", doc, wellFormed([]byte(doc)), wellFormed(rest))
		}
		if (len(rest) < len(doc)) != cut {
			t.Errorf("%.60s: %d bytes of %d are left", doc, len(rest), len(doc))
		}
	}
	for _, f := range feedFormats() {
		if f.Styled {
			doc := rendered(t, f, usual(3))
			if rest := withoutBodies(doc); len(rest) > len(doc)*2/3 || bytes.Count(rest, []byte("<![CDATA[]]>")) != 3 {
				t.Errorf("%s: the bodies are still there:\n%s", f.Suffix, rest)
			}
		}
	}
}
