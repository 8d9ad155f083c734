package render

import (
	"time"

	"civicfeed/models"
)

// riverCity is an invented city of three levels.
func riverCity() *models.Catalog {
	zone := time.FixedZone("CST", 8*3600)
	return &models.Catalog{
		Site: models.Site{
			Title: "沅江新闻汇", URL: "https://news.example.org/", ID: "tag:example.org,2026:news", Language: "zh-CN",
			Description: "沅江市各级政府与媒体的新闻，按栏目和地区汇集", Location: zone, Color: "#8c2f23", Contact: "编辑部 editor@example.org",
			Footer: models.Footer{ICP: "沅ICP备20260001号-1", Police: "沅公网安备 43090000000001号", SiteCode: "网站标识码 4309000001", Links: []models.Link{{Title: "沅江市人民政府", URL: "https://gov.example.org/"}, {Title: "坏", URL: "javascript:alert(1)"}}},
		},
		Regions: []models.Region{
			{Key: "yuanjiang", Name: "沅江市", Level: "municipality"},
			{Key: "linhu", Name: "临湖区", Level: "district", Parent: "yuanjiang"},
			{Key: "qiaotou", Name: "桥头街道", Level: "subdistrict", Parent: "linhu"},
			{Key: "shanbei", Name: "山北县", Level: "county", Parent: "yuanjiang"},
		},
		Sections: []models.Section{
			{Key: "focus", Title: "新闻聚焦", Description: "全市要闻，每日更新", Color: "#b3261e"},
			{Key: "notices", Title: "通知公告", Color: "#1f5fa8"},
			{Key: "life", Title: "民生服务", Color: "#2e7d46"},
			{Key: "transport", Title: "交通出行", Parent: "life"},
			{Key: "culture", Title: "文化旅游", Color: "#7a4fa3"},
			{Key: "english", Title: "English"},
		},
		Sources: []models.Source{
			{Key: "daily", Name: "沅江日报", URL: "https://daily.example.org/rss.xml", Region: "yuanjiang", Sections: []string{"focus"}, Enabled: true, Republish: models.Full, Location: zone},
			{Key: "gov", Name: "临湖区政府·公告", URL: "https://gov.example.org/notices.xml", Region: "linhu", Sections: []string{"notices"}, Enabled: true, Republish: models.Title, Location: zone},
			{Key: "metro", Name: "沅江公交", URL: "https://bus.example.org/feed.json", Region: "yuanjiang", Sections: []string{"transport"}, Enabled: true, Republish: models.Excerpt, Location: zone},
		},
	}
}

func riverStates() []models.SourceState {
	return []models.SourceState{
		{Key: "daily", Name: "沅江日报", URL: "https://daily.example.org/rss.xml", Active: true, Republish: models.Full, LastVisit: at("2026-11-23 17:00"), LastOK: at("2026-11-23 17:00"), LastNew: at("2026-11-23 16:10"), NextAt: at("2026-11-23 18:00"), Reason: models.Reason{Why: models.WhySchedule, Spec: "@hourly"}, Status: 200},
		{Key: "gov", Name: "临湖区政府·公告", URL: "https://gov.example.org/notices.xml", Active: true, Republish: models.Title, LastVisit: at("2026-11-23 16:50"), LastOK: at("2026-11-21 09:10"), NextAt: at("2026-11-23 20:50"), Reason: models.Reason{Why: models.WhyFailures, Count: 7, Wait: 24 * time.Hour}, Failures: 7, Since: at("2026-11-21 10:10"), Class: models.ErrHTTP5xx, Status: 502, Error: "fetch https://gov.example.org/notices.xml: 502 Bad Gateway", Warnings: []string{"日期没有时区，按来源时区理解"}},
		{Key: "old", Name: "旧来源", URL: "https://old.example.org/rss", LastVisit: at("2026-01-02 03:04"), LastOK: at("2026-01-02 03:04")},
	}
}

func at(wall string) models.Millis {
	t, err := time.ParseInLocation("2006-01-02 15:04", wall, time.FixedZone("CST", 8*3600))
	if err != nil {
		panic(err)
	}
	return models.MillisOf(t)
}

func riverStory(id, source, title, when string, change func(*models.Story)) models.Story {
	p := at(when)
	s := models.Story{
		ID: id, Published: p, Updated: p, Listed: p, Regions: []string{"yuanjiang"}, Sections: []string{"focus"},
		Items: []models.Item{{
			ID: id, Source: source, Title: title, Link: "https://" + source + ".example.org/" + id + ".html", Language: "zh-CN",
			Published: models.Moment{At: p, Precision: models.Minute, From: models.FromFeed},
		}},
	}
	if change != nil {
		change(&s)
	}
	return s
}

func riverStories() []models.Story {
	body := `<p>本报讯 11月23日上午，滨湖步道二期正式向市民开放。步道全长六点八公里，自临湖码头向北，穿过三处湿地，止于桥头老街。</p><p>“以前要绕到公路上走，现在推门就是湖。”家住桥头街道的陈阿姨说。沿线设有<b>十二处</b>休息亭、四个饮水点，夜间照明至二十二时。</p><h2>怎么去</h2><p>可乘 3 路、17 路公交至“临湖码头”站，或骑行至北口停车点。</p><table><tr><th>入口</th><th>开放时间</th><th>公交</th></tr><tr><td>临湖码头</td><td>6:00–22:00</td><td>3 路、17 路</td></tr><tr><td>桥头老街</td><td>全天</td><td>21 路</td></tr></table><blockquote><p>步道禁止机动车和电动自行车通行，宠物须牵绳。</p></blockquote><p>三期工程预计明年六月动工，将把步道延伸到山北县界。</p>`
	return []models.Story{
		riverStory("a1f0", "daily", "滨湖步道二期今日开放，六点八公里湖岸全线贯通", "2026-11-23 16:10", func(s *models.Story) {
			it := &s.Items[0]
			it.Summary = "11月23日上午，滨湖步道二期正式向市民开放。步道全长六点八公里，自临湖码头向北，穿过三处湿地，止于桥头老街；沿线设有十二处休息亭、四个饮水点，夜间照明至二十二时。"
			it.Content, it.Credit = body, "沅江日报"
			it.People = []models.Person{{Role: "记者", Name: "周一川"}, {Role: "记者", Name: "何青"}, {Role: "editor", Name: "林晚"}}
			it.Media = []models.Media{{URL: "https://daily.example.org/f/map.pdf", Type: "application/pdf", Length: 482133, Title: "步道导览图"}}
			it.Rights = "© 沅江日报社"
			s.Regions, s.Updated = []string{"linhu", "qiaotou"}, at("2026-11-23 17:02")
			s.Items = append(s.Items, models.Item{ID: "z", Source: "gov", Title: "滨湖步道二期开放公告", Link: "https://gov.example.org/z.html"})
		}),
		riverStory("a2", "gov", "关于桥头街道部分路段夜间停水的通知", "2026-11-23 00:00", func(s *models.Story) {
			s.Items[0].Published.Precision, s.Items[0].Summary = models.Day, "秘密摘要不得转载"
			s.Items[0].Content = "<p>秘密正文不得转载</p>"
			s.Sections, s.Regions = []string{"notices"}, []string{"qiaotou"}
		}),
		riverStory("a3", "metro", "3 路公交车自周一起延长至山北客运站", "2026-11-22 20:45", func(s *models.Story) {
			s.Items[0].Summary = "末班车推迟到 22:30，首班不变。途经临湖码头、市民广场、北门市场。票价两元，老年卡、学生卡照常使用。"
			s.Sections = []string{"transport"}
		}),
		riverStory("a4", "daily", "Lakeside English corner returns for the winter, with readings every Saturday", "2026-11-22 09:30", func(s *models.Story) {
			s.Items[0].Language, s.Items[0].Summary = "en", "Volunteers from the city library host two hours of conversation; beginners are welcome & no booking is needed."
			s.Sections = []string{"english", "culture"}
		}),
		riverStory("a5", "daily", "山北县梯田入选省级农业文化遗产 <首批名单>", "2026-11-21 11:00", func(s *models.Story) {
			s.Items[0].Summary = "全省首批共十二处，山北梯田始建于宋代，至今仍由二十六个村庄共同灌溉。"
			s.Sections, s.Regions = []string{"culture"}, []string{"shanbei"}
		}),
		riverStory("a6", "daily", "冬季供暖今起试运行，热线二十四小时受理报修", "2026-11-20 08:00", func(s *models.Story) {
			s.Items[0].Summary = "首日受理报修四百余件，八成当日办结。"
			s.Sections = []string{"life", "focus"}
		}),
		riverStory("a7", "daily", "市图书馆新馆开放夜读，周末延长到二十二时", "2025-12-30 19:20", nil),
	}
}

func riverPage(v models.View, stories ...models.Story) *Page {
	sources := make(map[string]models.SourceState)
	for _, s := range riverStates() {
		sources[s.Key] = s
	}
	return &Page{Catalog: riverCity(), Base: "https://news.example.org/", View: v, Stories: stories, Sources: sources, Changed: at("2026-11-23 17:02")}
}

func riverHome() *HomePage {
	all := riverStories()
	h := &HomePage{Page: *riverPage(models.View{}, all...)}
	for _, st := range all {
		h.Latest = append(h.Latest, st.ID)
	}
	for _, s := range riverCity().Sections {
		if s.Parent != "" {
			continue
		}
		shelf := Shelf{Section: s}
		for _, st := range all {
			for _, key := range st.Sections {
				if path := riverCity().SectionPath(key); path[len(path)-1] == s.Key {
					shelf.Stories = append(shelf.Stories, st.ID)
				}
			}
		}
		h.Shelves = append(h.Shelves, shelf)
	}
	return h
}
