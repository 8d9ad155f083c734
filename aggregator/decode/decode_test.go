package decode_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"civicfeed/aggregator/decode"
	"civicfeed/models"
)

func encoded(t *testing.T, enc encoding.Encoding, text string) []byte {
	t.Helper()
	b, err := enc.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func rss(label, title string) string {
	declaration := `<?xml version="1.0"?>`
	if label != "" {
		declaration = `<?xml version="1.0" encoding="` + label + `"?>`
	}
	return declaration + "\n<rss version=\"2.0\"><channel><title>" + title + "</title></channel></rss>"
}

// Sentences long enough to be told apart by their letters alone.
const (
	chinese     = "清溪区喆园社区办事大厅启用，居民办事更方便了，记者从市政府新闻发布会上获悉"
	traditional = "湖東鄉公所公告：換裝路燈期間請用路人小心慢行，並請配合現場人員指揮"
	rare        = "镕喆㐀𠮷"
	nihongo     = "ごみの収集日が変わりますのでご注意ください"
	hangul      = "시청에서 알려드립니다 도로 공사로 인한 교통 통제 안내"
	russian     = "Новости города: ремонт дорог завершён в срок"
	french      = "Mairie de Besançon : réunion du conseil"
	spanish     = "¿Qué pasó con el agua? Mañana habrá corte"
	italian     = "Città di Forlì: così è la novità"
	german      = "Bürgermeister eröffnet Straße für Fußgänger"
	czech       = "Příliš žluťoučký kůň úpěl ďábelské ódy"
	polish      = "Dwór może być mały: łódź i źródło"
	hungarian   = "Árvíztűrő tükörfúrógép, hírek a városból"
	turkish     = "Belediye başkanı açıkladı: yağış uyarısı"
	lithuanian  = "Miesto žinios: įvykiai, švietimas, ųžuolų gatvė"
)

// TestR34Encodings: who tells the encoding, and who is not believed.
func TestR34Encodings(t *testing.T) {
	gb, big5 := simplifiedchinese.GB18030, traditionalchinese.Big5
	tests := []struct {
		name, text, label string
		enc               encoding.Encoding
		header, hint      string
		want              string
	}{
		{"gb2312 holds GBK and more", chinese + rare, "gb2312", gb, "", "", "gb18030"},
		{"GBK", chinese, "GBK", gb, "text/xml", "", "gb18030"},
		{"cp936", chinese, "cp936", gb, "", "", "gb18030"},
		{"ms936", chinese, "MS936", gb, "", "", "gb18030"},
		{"x-gbk", chinese, "x-gbk", gb, "", "", "gb18030"},
		{"UTF-8 under gb2312", chinese, "gb2312", encoding.Nop, "", "", "utf-8"},
		{"UTF-8 under Latin-1 from HTTP", chinese, "", encoding.Nop, "text/xml; charset=ISO-8859-1", "", "utf-8"},
		{"mark over gb2312", "\ufeff" + chinese, "gb2312", encoding.Nop, "", "", "utf-8"},
		{"GBK under utf-8, told by HTTP", chinese, "utf-8", gb, "text/xml; charset=gbk", "", "gb18030"},
		{"GBK under utf-8, told by nobody", chinese, "utf-8", gb, "text/xml; charset=utf-8", "", "gb18030"},
		{"GBK under utf-8, told by the hint", rare, "utf-8", gb, "", "gbk", "gb18030"},
		{"GBK under Latin-1, told by the hint", chinese, "iso-8859-1", gb, "", "GB2312", "gb18030"},
		{"GBK and no word", chinese, "", gb, "text/xml; charset=iso-8859-1", "", "gb18030"},
		{"an unknown label", chinese, "x-fantasy", gb, "", "", "gb18030"},
		{"UTF-16 said of UTF-8", chinese, "utf-16", encoding.Nop, "", "", "utf-8"},
		{"Big5", traditional, "big5", big5, "", "", "big5"},
		{"Big5 and no word", traditional, "", big5, "", "", "big5"},
		{"cp950", traditional, "cp950", big5, "", "", "big5"},
		{"Shift_JIS", nihongo, "Shift_JIS", japanese.ShiftJIS, "", "", "shift_jis"},
		{"Shift_JIS and no word", nihongo, "", japanese.ShiftJIS, "", "", "shift_jis"},
		{"EUC-JP and no word", nihongo, "", japanese.EUCJP, "", "", "euc-jp"},
		{"ISO-2022-JP", nihongo, "ISO-2022-JP", japanese.ISO2022JP, "", "", "iso-2022-jp"},
		{"EUC-KR", hangul, "euc-kr", korean.EUCKR, "", "", "euc-kr"},
		{"EUC-KR and no word", hangul, "", korean.EUCKR, "", "", "euc-kr"},
		{"KOI8-R and no word", russian, "", charmap.KOI8R, "", "", "koi8-r"},
		{"Windows-1251 and no word", russian, "", charmap.Windows1251, "", "", "windows-1251"},
		{"Latin-1 and no word", french, "", charmap.Windows1252, "text/xml; charset=iso-8859-1", "", "windows-1252"},
		{"French under utf-8", french, "utf-8", charmap.Windows1252, "", "", "windows-1252"},
		{"Spanish under utf-8", spanish, "utf-8", charmap.Windows1252, "", "", "windows-1252"},
		{"Italian under utf-8", italian, "utf-8", charmap.Windows1252, "", "", "windows-1252"},
		{"German under utf-8", german, "utf-8", charmap.Windows1252, "", "", "windows-1252"},
		{"Czech under utf-8", czech, "utf-8", charmap.Windows1250, "", "", "windows-1250"},
		{"Polish under utf-8", polish, "utf-8", charmap.Windows1250, "", "", "windows-1250"},
		{"Hungarian and no word", hungarian, "", charmap.Windows1250, "", "", "windows-1250"},
		{"few letters, the language told", "M\u011bsto</title><language>cs</language><title>", "utf-8", charmap.Windows1250, "", "", "windows-1250"},
		{"few letters, another language told", "Lunedì</title><language>it-IT</language><title>", "utf-8", charmap.Windows1252, "", "", "windows-1252"},
		{"Turkish under utf-8", turkish, "utf-8", charmap.Windows1254, "", "", "windows-1254"},
		{"Lithuanian under utf-8", lithuanian, "utf-8", charmap.Windows1257, "", "", "windows-1257"},
		{"UTF-16 with a mark", chinese, "utf-16", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "", "", "utf-16le"},
		{"UTF-16 without", chinese, "utf-8", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "", "", "utf-16be"},
		{"UTF-32 with a mark", chinese, "", utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), "", "", "utf-32le"},
		{"UTF-32 without", chinese, "", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "", "", "utf-32be"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mark, text := "", tt.text
			if strings.HasPrefix(text, "\ufeff") {
				mark, text = "\ufeff", text[3:]
			}
			body := encoded(t, tt.enc, mark+rss(tt.label, text))
			got, err := decode.Decode(body, tt.header, tt.hint)
			if err != nil {
				t.Fatal(err)
			}
			if want := rss("UTF-8", text); string(got.Bytes) != want || got.Encoding != tt.want {
				t.Errorf("got %s\n%s\nwant %s\n%s", got.Encoding, got.Bytes, tt.want, want)
			}
		})
	}
}

// TestOneBadByte: it is replaced, and changes neither the encoding nor what is around it.
func TestOneBadByte(t *testing.T) {
	for _, enc := range []struct {
		label string
		enc   encoding.Encoding
	}{{"utf-8", encoding.Nop}, {"gbk", simplifiedchinese.GB18030}, {"big5", traditionalchinese.Big5}, {"euc-kr", korean.EUCKR}} {
		text := map[string]string{"big5": traditional, "euc-kr": hangul}[enc.label]
		if text == "" {
			text = chinese
		}
		body := encoded(t, enc.enc, rss(enc.label, text+"!"))
		at := strings.LastIndex(string(body), "!")
		body[at] = 0xFF
		got, err := decode.Decode(body, "", "")
		if err != nil {
			t.Fatalf("%s: %v", enc.label, err)
		}
		if !strings.Contains(string(got.Bytes), "<title>"+text+"\uFFFD") || len(got.Repairs) == 0 {
			t.Errorf("%s: got %s, %q", enc.label, got.Bytes, got.Repairs)
		}
	}
}

func TestClean(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"controls", "a\x00b\x0bc\td", "abc\td"},
		{"references to controls", "a&#0;b&#x1F;c&#11;d&#x0000001;e", "abcde"},
		{"references to surrogates and no characters", "a&#xD800;b&#xFFFE;c&#65535;d&#x110000;e&#99999999999999999999;f", "abcdef"},
		{"good references", "&#10;&#x4E00;&#20013;&amp;", "&#10;&#x4E00;&#20013;&amp;"},
		{"no references", "&# &#; &#x; &#zz; R&D", "&# &#; &#x; &#zz; R&D"},
		{"characters that are none", "a\ufffeb\uffffc", "abc"},
		{"a mark within", "a\ufeffb", "ab"},
		{"C1", "a\u0085b\u0092c", "ab’c"},
		{"private and plain ones beside them", "\uf8ff\uffe5\ufffd𠮷", "\uf8ff\uffe5\ufffd𠮷"},
	}
	for _, tt := range tests {
		got, err := decode.Decode([]byte(rss("", tt.in)), "", "")
		if want := rss("UTF-8", tt.want); err != nil || string(got.Bytes) != want {
			t.Errorf("%s: got %s, %v\nwant %s", tt.name, got.Bytes, err, want)
		}
	}
}

// TestPrologue: what stands before the root element does not reach the parser.
func TestPrologue(t *testing.T) {
	root := rss("UTF-8", "临湖")[len(`<?xml version="1.0" encoding="UTF-8"?>`)+1:]
	prologues := []string{
		"", "\n\n ", "\ufeff\ufeff", "\ufeff\r\n<?xml version='1.0' encoding='UTF-8' standalone='yes'?>",
		"<!--" + strings.Repeat("长注释 ", 5_000) + "-->",
		"<?xml version=\"1.0\"?><?xml-stylesheet href=\"a.xsl\"?><!DOCTYPE rss [<!ENTITY x \"]>\"><!-- > -->]>",
		"<!DOCTYPE html>\n", "Warning: mysql_connect() in /www/rss.php on line 3\n<?xml version=\"1.0\"?>",
		"<br />\n<b>Notice</b>: Undefined index<br />\n<?xml version=\"1.0\" encoding=\"utf-8\"?>\n",
	}
	for _, p := range prologues {
		got, err := decode.Decode([]byte(p+root), "", "")
		if want := rss("UTF-8", "临湖"); err != nil || string(got.Bytes) != want {
			t.Errorf("after %.60q: got %q, %v", p, got.Bytes, err)
		}
	}
}

// TestR27NoFeed: what is no feed is refused by its name.
func TestR27NoFeed(t *testing.T) {
	tests := []struct{ name, body, says string }{
		{"empty", "", "empty"},
		{"blank", " \r\n\ufeff ", "blank"},
		{"an error page", `<!DOCTYPE html><html><head><title>系统提示</title></head><body>系统繁忙</body></html>`, "HTML page, titled “系统提示”"},
		{"a script that wants a cookie", `<html><script>document.cookie="jsl=1";location.reload()</script></html>`, "HTML page"},
		{"a login page", `<html><head><title>登录</title></head><form><input name=p type="password"></form></html>`, "login page"},
		{"a page that talks of feeds", `<html><body><p>订阅</p><rss version="2.0"></rss></body></html>`, "HTML page"},
		{"a page without html", `<div>暂无数据</div>`, "<div>"},
		{"JSON", `{"code":401,"msg":"未登录"}`, "未登录"},
		{"a list in JSON", `[{"title":"一"}]`, "jsonfeed.org"},
		{"OPML", `<?xml version="1.0"?><opml version="2.0"><body><outline text="feed" xmlUrl="/feed"/></body></opml>`, "OPML"},
		{"a sitemap", `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/></urlset>`, "sitemap"},
		{"XML of a council", `<?xml version="1.0"?><planning><authority_name>Lakeside</authority_name></planning>`, "<planning>"},
		{"text", "页面不存在", "页面不存在"},
		{"bytes", "\x89PNG\r\n\x1a\n\x00\x00", "neither XML nor JSON"},
	}
	for _, tt := range tests {
		_, err := decode.Decode([]byte(tt.body), "text/xml", "")
		if models.ClassOf(err) != models.ErrNotAFeed || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: got %v, want a refusal that says %q", tt.name, err, tt.says)
		}
	}
}

func TestJSONIsKept(t *testing.T) {
	body := `{"version":"https:\/\/jsonfeed.org\/version\/1.1","title":"临湖"}`
	got, err := decode.Decode([]byte("\ufeff"+body), "application/json", "")
	if err != nil || string(got.Bytes) != body {
		t.Errorf("got %q, %v", got.Bytes, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(rss("gb2312", chinese)), "text/xml; charset=gbk", "")
	f.Add([]byte(rss("utf-16", chinese)), "", "big5")
	f.Add([]byte("\xff\xfe<\x00r\x00s\x00s\x00>\x00"), "", "")
	f.Add([]byte(`<!DOCTYPE rss [<!ENTITY a "b">]><rss>&a;&#0;<![CDATA[`), "text/xml", "x-gbk")
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","items":[`), "", "")
	f.Add([]byte("<br/>x<feed a='>"), "a/b;charset=", "utf-7")
	f.Fuzz(func(t *testing.T, body []byte, contentType, hint string) {
		got, err := decode.Decode(body, contentType, hint)
		if err != nil {
			if c := models.ClassOf(err); c != models.ErrNotAFeed {
				t.Fatalf("class %q: %v", c, err)
			}
			return
		}
		check(t, body, got)
	})
}
