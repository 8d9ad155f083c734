package render

import "civicfeed/models"

func traditional() phrases {
	return phrases{
		Skip: "跳至內容", Home: "首頁", Here: "目前位置", Sections: "欄目", Regions: "地區",
		Latest: "最新", More: "全部新聞", All: "全部",
		Subscribe:    "訂閱",
		SubscribeHow: "把下列任一網址複製到任何閱讀器，有新內容就會送到您那裏。",
		OPML:         "全部訂閱網址（OPML）", Status: "來源狀態", Contact: "聯絡：",
		Empty:    "還沒有新聞。",
		EmptyHow: "各來源正在讀取中，新內容到來後會顯示在這裏。各來源的情況見：",
		Nothing:  "暫無內容",
		Source:   "來自", Credit: "來源", Published: "時間", Seen: "收錄時間", Updated: "更新",
		Original: "閱讀原文", Files: "附件", Copies: "同文另見", Filed: "歸入",
		Well: "正常", Failing: "有問題", Waiting: "尚未讀取", Off: "已停用",
		LastVisit: "上次讀取", LastOK: "上次成功", LastNew: "上次有新內容", Since: "出現問題自",
		NextVisit: "下次讀取", Never: "從未", Warnings: "備註", GoHome: "返回首頁",
		summary: "共 %d 個來源：%d 個正常，%d 個有問題。", failures: "連續失敗 %d 次", reasons: traditionalReasons(),
		Asked: "實際讀取", askedAt: "%s（來源已遷至此處，請在 feeds.yaml 中改用這個網址）",
		Moving: "稱已遷址", moving: "遷至 %s，已告知 %d 次",
		days: [7]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"},
		day:  "2006年1月2日", comma: "、",
		roles: map[string]string{"": "作者", "author": "作者", "editor": "編輯", "contributor": "供稿"},
		troubles: map[models.ErrorClass]string{
			models.ErrDNS:         "域名無法解析。",
			models.ErrConnect:     "無法連接到對方伺服器。",
			models.ErrTLS:         "對方的憑證或加密連線無效。",
			models.ErrTimeout:     "對方未能及時回應。",
			models.ErrTooLarge:    "傳回的內容超過允許的大小。",
			models.ErrBlocked:     "網址位於不允許存取的網絡。",
			models.ErrNotAFeed:    "傳回的內容不是訂閱源。",
			models.ErrEmpty:       "訂閱源已有一段時間沒有任何內容。",
			models.ErrUnknown:     "其條目的識別碼全部更換，其中疑似舊文的暫不收錄，待確認。",
			models.ErrOrigin:      "對方拒絕我們讀取。",
			models.ErrRateLimited: "對方要求降低存取頻率。",
			models.ErrGone:        "對方表示此訂閱源已永久撤銷。",
			models.ErrHTTP4xx:     "對方沒有這個網址。",
			models.ErrHTTP5xx:     "對方伺服器出錯。",
			models.ErrParse:       "傳回的內容無法解析。",
			models.ErrInternal:    "問題在我們這一側，與來源無關。",
		},
		notices: map[int][2]string{
			404: {"沒有這個頁面", "網址可能有誤，或者對應的內容已經撤下。"},
			410: {"頁面已撤下", "這個網址對應的內容已永久撤下。"},
			405: {"此處不支援該操作", "這裏的頁面和訂閱網址僅供讀取。"},
			500: {"出了點問題", "問題在我們這一側，請稍後再試。"},
			503: {"請稍候", "暫時無法產生這個頁面，請稍後再試。"},
		},
	}
}
