package normalize

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlain(t *testing.T) {
	for _, c := range []struct {
		name, in string
		markup   bool
		want     string
	}{
		{"plain", "咸安新闻", true, "咸安新闻"},
		{"tags", "<font color=red>通知</font>公告<b>！</b>", true, "通知公告！"},
		{"entities", "A&amp;B &ldquo;引&rdquo;&nbsp;文", true, "A&B “引” 文"},
		{"escaped twice", "&amp;ldquo;引&amp;rdquo;", true, "“引”"},
		{"tags escaped twice", "&lt;b&gt;通知&lt;/b&gt;", true, "通知"},
		{"comparison", "1 < 2 && 3 > 2", true, "1 < 2 && 3 > 2"},
		{"book title", "<关于进一步做好工作的通知>", true, "<关于进一步做好工作的通知>"},
		{"plain with entity", "AT&amp;T", false, "AT&T"},
		{"plain with brackets", "vector<int> 教程", false, "vector<int> 教程"},
		{"plain with markup", "<b>通知</b>", false, "通知"},
		{"plain that speaks of tags", "<b> 与 <strong> 的区别", false, "<b> 与 <strong> 的区别"},
		{"plain that speaks of tags and entities", "<b> &amp; <br> <a href=x>", false, "<b> & <br> <a href=x>"},
		{"plain with markup in other markup, escaped thrice", "<br><u>&amp;lt;b&amp;gt;粗&amp;lt;/b&amp;gt;", false, "粗"},
		{"plain that speaks of an empty element", "<b></b> 与 <i></i>", false, "<b></b> 与 <i></i>"},
		{"markup that speaks of tags", "&lt;b&gt; 与 &lt;strong&gt; 的区别", true, "<b> 与 <strong> 的区别"},
		{"break escaped twice", "第一行&lt;br /&gt;第二行", true, "第一行 第二行"},
		{"half a pair escaped twice", "&lt;font color=red&gt;通知", true, "通知"},
		{"script", "标题<script>alert(1)</script>", true, "标题"},
		{"script in plain", "标题<script>alert(1)</script>", false, "标题"},
		{"line break", "第一行<br>第二行", true, "第一行 第二行"},
		{"ideographic space divides", "学习新思想\u3000开创新局面", true, "学习新思想\u3000开创新局面"},
		{"ideographic space pads", "\u3000\u3000标题\u3000\u3000二\u3000", true, "标题 二"},
		{"white space", " 一\n\t二\u00a0 三 ", true, "一 二 三"},
		{"controls", "a\x00b\x1bc\u009fd", true, "abcd"},
		{"half a surrogate", "a\xed\xa0\x80b", true, "ab"},
		{"replacement character", "a\ufffdb", true, "a\ufffdb"},
		{"composed", "e\u0301te\u0301", true, "été"},
		{"Hangul composed", "\u1112\u1161\u11ab\u1100\u116e\u11a8", true, "한국"},
		{"compatibility ideograph keeps its sense", "﨑", true, "﨑"},
		{"empty", "  ", true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := plain(c.in, c.markup); got != c.want {
				t.Errorf("%q is %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestT64InvisibleAndOverriding(t *testing.T) {
	for _, c := range []string{"\u202e", "\u202d", "\u2066", "\u2069", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060", "\ufeff", "\u00ad", "\u180e", "\ufff9", "\ufffe", "\U000e0041", "\u061c"} {
		if got := plain("安"+c+"全", true); got != "安全" {
			t.Errorf("%+q stays in %+q", c, got)
		}
	}
	for _, kept := range []string{"👨\u200d👩\u200d👧", "می\u200cخواهم", "❤\ufe0f\u200d🔥"} {
		if got := plain(kept, true); got != kept {
			t.Errorf("%+q became %+q", kept, got)
		}
	}
}

func TestClip(t *testing.T) {
	long := strings.Repeat("字", 600)
	if got := clip(long, maxTitle); utf8.RuneCountInString(got) != maxTitle || !strings.HasSuffix(got, "字…") {
		t.Errorf("%d characters: %q", utf8.RuneCountInString(got), got)
	}
	sentences := strings.Repeat("一句话。", 30)
	if got := clip(sentences, 99); got != strings.Repeat("一句话。", 24)+"…" {
		t.Errorf("cut at %q", got)
	}
	if got := clip(long[:300], 100); got != long[:300] {
		t.Errorf("a text of 100 characters became %q", got)
	}
	if got := cut("汉字", 4); got != "汉" {
		t.Errorf("cut %q", got)
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"<b>&amp;lt;", "a&#0;b", "&amp;amp;amp;", "<a", "字\u3000\u3000", "\u200d\u200c", "&notit;", "<script><b>"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, markup bool) {
		got := plain(s, markup)
		if !utf8.ValidString(got) {
			t.Errorf("%q is %q", s, got)
		}
		if got != fold(got) {
			t.Errorf("%q is %q, which folds to %q", s, got, fold(got))
		}
		if limited := clip(got, 20); utf8.RuneCountInString(limited) > 20 || clip(limited, 20) != limited {
			t.Errorf("%q clips to %q", got, limited)
		}
	})
}
