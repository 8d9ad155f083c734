package render

import (
	"strings"
	"testing"
)

func TestCut(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"短", 40, "短"}, {"一二三四", 4, "一二三四"}, {"一二三四五", 4, "一二三四…"}, {" 一二 三四五 ", 3, "一二…"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301e\u0301…"}, {"家👨\u200d👩\u200d👧庭院", 2, "家👨\u200d👩\u200d👧…"}, {"👍🏽好的", 1, "👍🏽…"}, {"", 3, ""},
	} {
		if got := cut(c.in, c.n); got != c.want {
			t.Errorf("cut(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func TestAddress(t *testing.T) {
	long := strings.Repeat("a", 64)
	for in, want := range map[string]string{
		"https://a.example/b?c=d#e":        "https://a.example/b?c=d#e",
		" http://a.example/ ":              "http://a.example/",
		"http://a.example/新闻 1.html?类=甲&x": "http://a.example/%E6%96%B0%E9%97%BB%201.html?%E7%B1%BB=%E7%94%B2&x",
		"http://新闻.example/甲":              "http://新闻.example/%E7%94%B2",
		"http://a.example/%E6%96%B0":       "http://a.example/%E6%96%B0",
		"http://a.example/?x[]=1|2&y[a]=b": "http://a.example/?x%5B%5D=1%7C2&y%5Ba%5D=b",
		"http://user:pw@a.example:8443/x":  "http://a.example:8443/x",
		"http://[2001:db8::1]:8080/x":      "http://[2001:db8::1]:8080/x",
		"http://r3---sn-a_b.a.example./x":  "http://r3---sn-a_b.a.example./x",
		"http://a.example:/x":              "http://a.example/x",
		"http://a..example/x":              "",
		"http://" + long + ".example/":     "",
		"http://" + long + "例.example/":    "",
		"http://[::g]/":                    "",
		"javascript:alert(1)":              "",
		"/relative":                        "",
		"//a.example/x":                    "",
		"http:///x":                        "",
		"ftp://a.example/x":                "",
		"http://a b/":                      "",
		"":                                 "",
	} {
		if got := address(in); got != want {
			t.Errorf("address(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestURI: RSS has URLs, Atom IRIs.
func TestURI(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/b?c":            "https://a.example/b?c",
		"http://新闻.example:8080/%E7%94%B2": "http://xn--efvy88h.example:8080/%E7%94%B2",
		"http://a.example?x=1":             "http://a.example/?x=1",
		"http://新闻.example#甲":              "http://xn--efvy88h.example/#甲",
		"http://a.example":                 "http://a.example",
		"http://[::1]/":                    "http://[::1]/",
		"":                                 "",
	} {
		if got := uri(in); got != want {
			t.Errorf("uri(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLanguage(t *testing.T) {
	for in, want := range map[string]string{"zh-CN": "zh-CN", "zh_TW": "zh-TW", " en ": "en", "": "", "中文": "", "zh-": "", "english language": "", "zz": "", "zz-CN": "", "yue": "yue", "qaa": "qaa", "x-klingon": "x-klingon"} {
		if got := language(in); got != want {
			t.Errorf("language(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestIdentifier(t *testing.T) {
	for in, want := range map[string]bool{"tag:a,2020:b": true, "https://a.example/": true, "urn:isbn:1": true, "urn:x:y": false, "urn:uuid:no": false, "urn:uuid:8d5261ba-bf62-ac81-946c-9276ea617917": true, "tag:a": false, "http:a": false, "https://a..example/": false, "x": false, "": false, "not a uri": false, "http:": false, "甲:乙": false} {
		if got := identifier(in); got != want {
			t.Errorf("identifier(%q) = %t", in, got)
		}
	}
}

func TestMailbox(t *testing.T) {
	for in, want := range map[string]bool{"a@b.example": true, "a@b": false, "@b.c": false, "a b@c.d": false, "a@b@c.d": false, "甲@b.c": false, "": false, "a@b.c>": false} {
		if got := mailbox(in); got != want {
			t.Errorf("mailbox(%q) = %t", in, got)
		}
	}
}
