package aggregator

import (
	"slices"
	"testing"

	"civicfeed/models"
)

// TestR34SignsInGoodTexts: a character cut in half, a private sign, an accent beside a quotation mark in a
// changed entry are no other encoding: the change comes, and so does whatever else is new.
func TestR34SignsInGoodTexts(t *testing.T) {
	const d1, d2 = "Sun, 04 Oct 2026 00:07:13 GMT", "Sun, 04 Oct 2026 03:07:13 GMT"
	a := piece{"a", "http://daily.example/a.html", "桂花社区停水通知", d1, "今天起停水"}
	c := piece{"c", "http://daily.example/c.html", "图书馆开放", d2, "图书馆开放"}
	for name, now := range map[string]struct{ title, text, other string }{
		"half a character": {"（更正）桂花社区停水通知", "今天起停水，请大家做好准备\xe5\x82", "图书馆周末开放到晚上\xe4\xb9"},
		"a private sign":   {a.title, "\ue627今天起停水到周五", "\ue627图书馆开放"},
		"a trade mark":     {"NESCAFÉ® ouvre dimanche", a.text, "Journal «LIBERTÉ» : travaux"},
		"question marks":   {"为什么停水???", "为什么停水???", "ok ??"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, daily, func(b *bubble) {
				changed, fresh := a, c
				changed.title, changed.text, fresh.text = now.title, now.text, now.other
				v := b.visits(paper(a), paper(fresh, changed), paper(fresh, changed))
				if v[1].New != 1 || v[1].Changed != 1 || v[2].Outcome != models.Unchanged || slices.ContainsFunc(v[1].Warnings, isGarbled) {
					b.Errorf("%+v", v)
				}
			})
		})
	}
}

// TestR34GarbledNews: what is new in a garbled document waits for the next visit, and no longer, be the
// bytes the same or not; what was right stays; and a source that has nothing else is at last believed.
func TestR34GarbledNews(t *testing.T) {
	right := piece{"1", "", "镕园社区办事大厅今起启用", "", "居民不用再跑远路"}
	wrong, fresh := right, piece{"2", "", "????????????", "", "????????"}
	wrong.title, wrong.text = "????????????", "????????"
	same, another := paper(wrong, fresh), paper(wrong, fresh, piece{"3", "", "桂花节周六开幕", "", ""})
	for name, docs := range map[string][]string{"the same": {same, same, same, same}, "another": {same, another, another, another}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, daily, func(b *bubble) {
				v := b.visits(append([]string{paper(right)}, docs...)...)
				if v[1].New != 0 || v[2].New == 0 || v[1].Changed+v[2].Changed+v[3].Changed != 0 || v[4].Outcome != models.Unchanged || b.items("daily")[right.title].Text != right.text {
					b.Errorf("%+v", v)
				}
			})
		})
	}
}
