package decode

import (
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// as reads the bytes that a text has in one encoding in another.
func as(t *testing.T, text string, is, read encoding.Encoding) string {
	t.Helper()
	b, err := is.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := read.NewDecoder().String(b)
	if err != nil {
		t.Fatal(err)
	}
	return wrong
}

func TestR34Spoils(t *testing.T) {
	const (
		title = "镕园社区办事大厅今起启用"
		body  = "本报讯 记者从市政府新闻发布会上获悉，镕园社区办事大厅今起启用，居民办理医保、社保和户籍业务不用再跑远路了。"
		han   = "湖東鄉公所公告：換裝路燈期間請用路人小心慢行，並請配合現場人員指揮"
		latin = "La municipalité de Saint-Étienne inaugure sa médiathèque rénovée"
	)
	utf8, gbk, big5 := encoding.Nop, simplifiedchinese.GB18030, traditionalchinese.Big5
	for name, c := range map[string]struct {
		now, before string
		want        bool
	}{
		"the same":                   {title, title, false},
		"retitled":                   {"镕园社区办事大厅明起启用", title, false},
		"another":                    {"桂花节周六开幕", title, false},
		"UTF-8 as GBK":               {as(t, title, utf8, gbk), title, true},
		"UTF-8 as Latin-1":           {as(t, title, utf8, charmap.Windows1252), title, true},
		"UTF-8 as Latin-1, long":     {as(t, body, utf8, charmap.Windows1252), body, true},
		"UTF-8 as GBK, long":         {as(t, body, utf8, gbk), body, true},
		"GBK as Latin-1":             {as(t, title, gbk, charmap.Windows1252), title, true},
		"GBK as UTF-8":               {"\uFFFD\uFFFD԰\uFFFD\uFFFD\uFFFD\uFFFD", title, true},
		"GBK as Big5":                {as(t, body, gbk, big5), body, true},
		"Big5 as GBK":                {as(t, han, big5, gbk), han, true},
		"GBK as Korean":              {as(t, body, gbk, korean.EUCKR), body, true},
		"to question marks":          {"????????????", title, true},
		"twice":                      {"锟斤拷锟斤拷锟斤拷", title, true},
		"French as Latin-1":          {as(t, latin, utf8, charmap.Windows1252), latin, true},
		"French":                     {"La médiathèque rénovée ouvre à Saint-Étienne", latin, false},
		"one lost":                   {"镕园社区办事大\uFFFD今起启用", title, true},
		"one lost of an update":      {body + "业务\uFFFD口周末照常开放，详情可致电镕园社区服务热线，或到现场咨询工作人员。", body, false},
		"cut":                        {"镕园社区办事\uFFFD", title, true},
		"mended":                     {title, as(t, title, utf8, gbk), false},
		"as bad as before":           {as(t, title, utf8, gbk), as(t, title, utf8, gbk), false},
		"into English":               {"Rongyuan service hall opens today", title, false},
		"a question":                 {"镕园社区办事大厅今起启用???", title, false},
		"accents in a row":           {"ÄÖÜ äöü ßéè", latin, false},
		"Thai":                       {"เทศบาลเมืองเปิดให้บริการวันนี้", title, false},
		"a name of rare characters":  {"囍燚犇骉", title, false},
		"nothing":                    {"", title, false},
		"of nothing":                 {title, "", false},
		"emoji":                      {"镕园社区办事大厅今起启用🎉", title, false},
		"full width and punctuation": {"“镕园”社区——办事大厅（今起）启用！", title, false},
		"Russian":                    {"Мэрия открыла новый центр услуг", title, false},
		"Russian, UTF-8 as 1252":     {as(t, "Мэрия открыла новый центр услуг", utf8, charmap.Windows1252), "Мэрия открыла новый центр услуг", true},
	} {
		if got := Spoils(c.now, c.before); got != c.want {
			t.Errorf("%s: %v for %q after %q", name, got, c.now, c.before)
		}
	}
}
