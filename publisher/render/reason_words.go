package render

import "civicfeed/models"

func englishReasons() reasons {
	return reasons{
		sentences: map[models.Why]string{
			models.WhySchedule: "as scheduled ({spec})",
			models.WhyNever:    "its schedule names no moment to come: visited once a day",
			models.WhyRhythm:   "as often as it publishes: after {wait}",
			models.WhyFloor:    "no source is visited more often than every {wait} (network.floor)",
			models.WhyMaxAge:   "the server says its answer is good for {asked} (max-age)",
			models.WhyTTL:      "the feed says it stays as it is for {asked} (ttl)",
			models.WhySkip:     "the feed asks to be left alone before (skipHours, skipDays)",
			models.WhyRetry:    "the server asked for {asked} (Retry-After)",
			models.WhyRate:     "the server wants fewer visits (429) and does not say when: after {wait}",
			models.WhyRefused:  "the server refuses us: asked again after {wait}",
			models.WhyGone:     "the server says it is gone for good (410): asked again after {wait}, in case it is not",
			models.WhyFailures: "{count} failures in a row: asked again after {wait}",
			models.WhyMissed:   "items came and went between visits: sooner than scheduled, after {wait}",
			models.WhyOurs:     "our own connection was down: asked again after {wait}",
		},
		bare: "as scheduled",
		once: "the visit did not succeed: asked again after {wait}",
		kept: ", of which {wait} is kept",
		units: [...]unit{
			{"1 year", "years"}, {"1 day", "days"}, {"1 hour", "hours"}, {"1 minute", "minutes"}, {"1 second", "seconds"},
		},
		moment: "a moment",
	}
}

func simplifiedReasons() reasons {
	return reasons{
		sentences: map[models.Why]string{
			models.WhySchedule: "按计划（{spec}）",
			models.WhyNever:    "计划中没有下一个时刻：每天读取一次",
			models.WhyRhythm:   "按其更新节奏：{wait}后",
			models.WhyFloor:    "任何来源的间隔都不短于 {wait}（network.floor）",
			models.WhyMaxAge:   "对方表示内容在 {asked}内有效（max-age）",
			models.WhyTTL:      "订阅源表示内容在 {asked}内不变（ttl）",
			models.WhySkip:     "订阅源要求在此之前不要读取（skipHours、skipDays）",
			models.WhyRetry:    "对方要求等待 {asked}（Retry-After）",
			models.WhyRate:     "对方要求降低访问频率（429），未说明何时再来：{wait}后再试",
			models.WhyRefused:  "对方拒绝我们读取：{wait}后再试",
			models.WhyGone:     "对方表示已永久撤销（410）：{wait}后再试，以防有误",
			models.WhyFailures: "连续失败 {count} 次：{wait}后再试",
			models.WhyMissed:   "两次读取之间可能有遗漏，提前读取：{wait}后",
			models.WhyOurs:     "我们自己的网络不通：{wait}后再试",
		},
		bare: "按计划",
		once: "上次读取未成功：{wait}后再试",
		kept: "，采用 {wait}",
		units: [...]unit{
			{"1 年", "年"}, {"1 天", "天"}, {"1 小时", "小时"}, {"1 分钟", "分钟"}, {"1 秒", "秒"},
		},
		moment: "片刻",
	}
}

func traditionalReasons() reasons {
	return reasons{
		sentences: map[models.Why]string{
			models.WhySchedule: "按計劃（{spec}）",
			models.WhyNever:    "計劃中沒有下一個時刻：每天讀取一次",
			models.WhyRhythm:   "按其更新節奏：{wait}後",
			models.WhyFloor:    "任何來源的間隔都不短於 {wait}（network.floor）",
			models.WhyMaxAge:   "對方表示內容在 {asked}內有效（max-age）",
			models.WhyTTL:      "訂閱源表示內容在 {asked}內不變（ttl）",
			models.WhySkip:     "訂閱源要求在此之前不要讀取（skipHours、skipDays）",
			models.WhyRetry:    "對方要求等待 {asked}（Retry-After）",
			models.WhyRate:     "對方要求降低存取頻率（429），未說明何時再來：{wait}後再試",
			models.WhyRefused:  "對方拒絕我們讀取：{wait}後再試",
			models.WhyGone:     "對方表示已永久撤銷（410）：{wait}後再試，以防有誤",
			models.WhyFailures: "連續失敗 {count} 次：{wait}後再試",
			models.WhyMissed:   "兩次讀取之間可能有遺漏，提前讀取：{wait}後",
			models.WhyOurs:     "我們自己的網絡不通：{wait}後再試",
		},
		bare: "按計劃",
		once: "上次讀取未成功：{wait}後再試",
		kept: "，採用 {wait}",
		units: [...]unit{
			{"1 年", "年"}, {"1 天", "天"}, {"1 小時", "小時"}, {"1 分鐘", "分鐘"}, {"1 秒", "秒"},
		},
		moment: "片刻",
	}
}
