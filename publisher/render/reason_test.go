package render

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

func TestReasons(t *testing.T) {
	const h = time.Hour
	for _, c := range []struct {
		reason     models.Reason
		en, zh, tw string
	}{
		{models.Reason{}, "", "", ""},
		{models.Reason{Why: "of a later version"}, "", "", ""},
		{models.Reason{Why: models.WhySchedule, Spec: "@hourly"}, "as scheduled (@hourly)", "按计划（@hourly）", "按計劃（@hourly）"},
		{models.Reason{Why: models.WhySchedule}, "as scheduled", "按计划", "按計劃"},
		{models.Reason{Why: models.WhyNever, Wait: 24 * h}, "its schedule names no moment to come: visited once a day", "计划中没有下一个时刻：每天读取一次", "計劃中沒有下一個時刻：每天讀取一次"},
		{models.Reason{Why: models.WhyRhythm, Wait: 90 * time.Minute}, "as often as it publishes: after 1 hour 30 minutes", "按其更新节奏：1 小时 30 分钟后", "按其更新節奏：1 小時 30 分鐘後"},
		{models.Reason{Why: models.WhyFloor, Wait: 5 * time.Minute}, "no source is visited more often than every 5 minutes (network.floor)", "任何来源的间隔都不短于 5 分钟（network.floor）", "任何來源的間隔都不短於 5 分鐘（network.floor）"},
		{models.Reason{Why: models.WhyMaxAge, Wait: 6 * h, Asked: 6 * h}, "the server says its answer is good for 6 hours (max-age)", "对方表示内容在 6 小时内有效（max-age）", "對方表示內容在 6 小時內有效（max-age）"},
		{models.Reason{Why: models.WhyTTL, Wait: 24 * h, Asked: 72 * h}, "the feed says it stays as it is for 3 days (ttl), of which 1 day is kept", "订阅源表示内容在 3 天内不变（ttl），采用 1 天", "訂閱源表示內容在 3 天內不變（ttl），採用 1 天"},
		{models.Reason{Why: models.WhySkip}, "the feed asks to be left alone before (skipHours, skipDays)", "订阅源要求在此之前不要读取（skipHours、skipDays）", "訂閱源要求在此之前不要讀取（skipHours、skipDays）"},
		{models.Reason{Why: models.WhyRetry, Wait: 30 * time.Minute, Asked: 30 * time.Minute}, "the server asked for 30 minutes (Retry-After)", "对方要求等待 30 分钟（Retry-After）", "對方要求等待 30 分鐘（Retry-After）"},
		{models.Reason{Why: models.WhyRate, Wait: 4 * h}, "the server wants fewer visits (429) and does not say when: after 4 hours", "对方要求降低访问频率（429），未说明何时再来：4 小时后再试", "對方要求降低存取頻率（429），未說明何時再來：4 小時後再試"},
		{models.Reason{Why: models.WhyRefused, Wait: 4 * h}, "the server refuses us: asked again after 4 hours", "对方拒绝我们读取：4 小时后再试", "對方拒絕我們讀取：4 小時後再試"},
		{models.Reason{Why: models.WhyGone, Wait: 720 * h}, "the server says it is gone for good (410): asked again after 30 days, in case it is not", "对方表示已永久撤销（410）：30 天后再试，以防有误", "對方表示已永久撤銷（410）：30 天後再試，以防有誤"},
		{models.Reason{Why: models.WhyFailures, Count: 1, Wait: h}, "the visit did not succeed: asked again after 1 hour", "上次读取未成功：1 小时后再试", "上次讀取未成功：1 小時後再試"},
		{models.Reason{Why: models.WhyFailures, Count: 7, Wait: 24 * h}, "7 failures in a row: asked again after 1 day", "连续失败 7 次：1 天后再试", "連續失敗 7 次：1 天後再試"},
		{models.Reason{Why: models.WhyMissed, Wait: 3 * h}, "items came and went between visits: sooner than scheduled, after 3 hours", "两次读取之间可能有遗漏，提前读取：3 小时后", "兩次讀取之間可能有遺漏，提前讀取：3 小時後"},
		{models.Reason{Why: models.WhyOurs, Wait: 13 * time.Minute}, "our own connection was down: asked again after 13 minutes", "我们自己的网络不通：13 分钟后再试", "我們自己的網絡不通：13 分鐘後再試"},
	} {
		for language, want := range map[string]string{"en": c.en, "zh-CN": c.zh, "zh-Hant": c.tw} {
			if got := wordsOf(language).reason(c.reason); got != want {
				t.Errorf("%s: %q, want %q", language, got, want)
			}
		}
	}
}

// Every reason has its sentence in every language, and no sentence has a hole.
func TestReasonsAreWordedInAllLanguages(t *testing.T) {
	all := []models.Why{
		models.WhySchedule, models.WhyNever, models.WhyRhythm, models.WhyFloor, models.WhyMaxAge, models.WhyTTL, models.WhySkip,
		models.WhyRetry, models.WhyRate, models.WhyRefused, models.WhyGone, models.WhyFailures, models.WhyMissed, models.WhyOurs,
	}
	for _, language := range []string{"zh-CN", "zh-TW", "en"} {
		w := wordsOf(language)
		for why := range w.reasons.sentences {
			if !slices.Contains(all, why) {
				t.Errorf("%s: %s is not tried", language, why)
			}
		}
		for _, why := range all {
			for _, count := range []int{0, 1, 2} {
				said := w.reason(models.Reason{Why: why, Wait: time.Hour, Asked: 2 * time.Hour, Count: count, Spec: "@daily"})
				if said == "" || strings.ContainsAny(said, "{}%") {
					t.Errorf("%s: %s is %q", language, why, said)
				}
			}
		}
	}
}

func TestDurations(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "a moment", time.Second: "1 second", 90 * time.Second: "1 minute 30 seconds", 30 * time.Minute: "30 minutes",
		time.Hour: "1 hour", 36 * time.Hour: "1 day 12 hours", 24*time.Hour + time.Minute: "1 day",
		400 * 24 * time.Hour: "1 year 35 days", 2*time.Hour + 30*time.Second: "2 hours",
	} {
		if got := englishReasons().duration(d); got != want {
			t.Errorf("%d: %q, want %q", d, got, want)
		}
	}
}

// The page tells in the site's language when the next visit is and why; programs are told in English.
func TestF68ReasonOfTheNextVisit(t *testing.T) {
	wait := 30 * time.Minute
	page, data := statusOf(t, models.SourceState{
		Failures: 1, Since: at("2026-11-23 13:50"), Class: models.ErrRateLimited, Status: 429,
		LastVisit: at("2026-11-23 13:50"), LastOK: at("2026-11-23 12:50"), NextAt: at("2026-11-23 14:20"),
		Reason: models.Reason{Why: models.WhyRetry, Wait: wait, Asked: wait},
	})
	for _, want := range []string{"2026-11-23 14:20", "对方要求等待 30 分钟（Retry-After）", "连续失败 1 次", "2026-11-23 12:50", wordsOf("zh").trouble(models.KindFeed, models.ErrRateLimited, 429)} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	var r report
	if err := json.Unmarshal([]byte(data), &r); err != nil {
		t.Fatal(err)
	}
	s := r.Sources[0]
	if s.Reason != "the server asked for 30 minutes (Retry-After)" || s.NextVisit == "" || s.LastOK == "" || s.Failures != 1 || s.Class != models.ErrRateLimited {
		t.Errorf("as JSON: %+v", s)
	}
}
