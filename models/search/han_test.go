package search

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestHanTable(t *testing.T) {
	seen := map[rune]string{}
	pairs := 0
	for line := range strings.Lines(hanText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for group := range strings.FieldsSeq(line) {
			pairs += utf8.RuneCountInString(group) - 1
			for _, c := range group {
				if seen[c] != "" {
					t.Errorf("%c is in %s and in %s", c, seen[c], group)
				}
				seen[c] = group
				if got := hanForms().fold(c); got != []rune(group)[0] {
					t.Errorf("%c of %s is %c", c, group, got)
				}
				if kindOf(hanForms().fold(c)) != dense {
					t.Errorf("%c of %s is no character of a text", c, group)
				}
			}
		}
	}
	if pairs < 3000 {
		t.Errorf("only %d pairs", pairs)
	}
}

func TestOneForm(t *testing.T) {
	han := hanForms()
	for group := range strings.FieldsSeq("台臺颱檯枱 后後 发發髮発髪 里裏裡 干乾幹 户戶戸 黄黃 说說説 历歷曆歴 复復複覆 面麵麪 只隻 松鬆 谷穀 云雲 冲衝沖 制製 系係繫 钟鐘鍾 国國 图圖図 广廣広 泽澤沢 气氣気 产產産 为為爲 卫衛衞 群羣 峰峯 晒曬 着著 划劃畫 游遊 众眾衆 线線綫 启啟啓 吃喫 余餘馀 长長⻓ 〇○") {
		want := han.fold([]rune(group)[0])
		for _, c := range group {
			if got := han.fold(c); got != want {
				t.Errorf("%c is %c, want %c", c, got, want)
			}
		}
	}
	for _, pair := range []string{"人入", "己已", "土士", "罐缶", "缺欠", "辩弁", "辩辨", "艺芸", "联连", "璧壁", "象像", "作做", "他她"} {
		two := []rune(pair)
		if han.fold(two[0]) == han.fold(two[1]) {
			t.Errorf("%c and %c are one", two[0], two[1])
		}
	}
}
