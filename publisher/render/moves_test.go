package render

import (
	"strings"
	"testing"

	"civicfeed/models"
)

func TestF34StatusTellsOfMoves(t *testing.T) {
	s := models.SourceState{LastVisit: at("2026-11-23 17:00"), LastOK: at("2026-11-23 17:00")}
	if page, data := statusOf(t, s); strings.Contains(page, wordsOf("zh-CN").Asked) || strings.Contains(data, "asked_at") || strings.Contains(data, "moved_to") {
		t.Error("tells of a move that was none")
	}
	s.Address = "https://new.example/feed?a=1&b=<2>"
	s.Moved = models.Move{To: "https://newer.example/feed", Since: at("2026-11-20 09:30"), Seen: 4}
	page, data := statusOf(t, s)
	for _, want := range []string{
		"https://new.example/feed?a=1&amp;b=&lt;2&gt;（来源已迁至此处，请在 feeds.yaml 中改用这个网址）", "2026-11-20 09:30", "迁至 https://newer.example/feed，已告知 4 次",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	for _, want := range []string{`"asked_at": "https://new.example/feed?a=1\u0026b=\u003c2\u003e"`, `"moved_to": "https://newer.example/feed"`} {
		if !strings.Contains(data, want) {
			t.Errorf("/status.json does not say %s", want)
		}
	}
	for _, language := range []string{"en", "zh-CN", "zh-TW"} {
		if w := wordsOf(language); w.Asked == "" || strings.Count(w.askedAt, "%s") != 1 || w.Moving == "" || strings.Count(w.moving, "%") != 2 {
			t.Errorf("%s lacks words: %q %q %q %q", language, w.Asked, w.askedAt, w.Moving, w.moving)
		}
	}
}
