package catalog

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

const root = "../../"

func shipped(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(root + "docs/catalogs/*.yaml")
	if err != nil || len(files) < 7 {
		t.Fatalf("%d files (%v)", len(files), err)
	}
	return append(files, root+"feeds.yaml")
}

// What is shipped is read by the loader and the schema, asks politely, and leaves nothing without a heading.
func TestShipped(t *testing.T) {
	for _, file := range shipped(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, err := Parse(file, data)
			if err != nil {
				t.Fatal(err)
			}
			if wrong := validate(t, data); len(wrong) > 0 {
				t.Errorf("against the schema:\n%s", strings.Join(wrong, "\n"))
			}
			if c.Site.URL != "" || c.Site.ID != "" {
				t.Error("names a public address that is not the reader's")
			}
			if c.Network.Floor < 5*time.Minute || c.Network.Concurrency > 1 || c.Network.Gap < time.Second {
				t.Error("is impolite to hosts")
			}
			if _, ok := c.Source("macau"); ok || strings.Contains(string(data), "coquitlam") {
				t.Error("names what it should not")
			}
			for _, s := range c.Sources {
				polite(t, c, s)
			}
		})
	}
}

func polite(t *testing.T, c *models.Catalog, s models.Source) {
	t.Helper()
	from := s.Schedule.Next(time.Date(2026, 10, 4, 0, 0, 0, 0, time.UTC))
	for range 50 {
		next := s.Schedule.Next(from)
		if next.Sub(from) < time.Hour {
			t.Errorf("%s: %q comes after %v", s.Key, s.Spec, next.Sub(from))
			break
		}
		from = next
	}
	if len(s.Sections) == 0 || s.Region == "" || s.Republish == models.Full {
		t.Errorf("%s: sections %v, region %q, republish %s", s.Key, s.Sections, s.Region, s.Republish)
	}
	m := c.Membership(&models.Item{Source: s.Key, Title: "§"})
	if len(m.Sections) == 0 || !slices.Contains(m.Regions, s.Region) {
		t.Errorf("%s: an item of no mark belongs to %+v", s.Key, m)
	}
}

// Every section of the catalogs can be reached: a source leads to it, or a match.
func TestShippedSectionsAreReached(t *testing.T) {
	for _, file := range shipped(t) {
		c, err := Load(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range c.Sections {
			led := slices.ContainsFunc(c.Sources, func(src models.Source) bool { return slices.Contains(src.Sections, s.Key) })
			if !led && len(s.Match) == 0 {
				t.Errorf("%s: nothing comes to section %s", file, s.Key)
			}
		}
	}
}

func TestShippedHeadings(t *testing.T) {
	tests := []struct {
		file, source, link, title string
		want                      []string
	}{
		{"feeds.yaml", "press-zh", "https://www.info.gov.hk/gia/general/202610/04/P2026100400123.htm", "三號強風信號生效", []string{"press"}},
		{"feeds.yaml", "press-zh", "https://www.info.gov.hk/gia/general/202610/04/P2026100400124.htm", "熱帶氣旋警告", []string{"weather", "press"}},
		{"feeds.yaml", "press-zh", "https://www.info.gov.hk/gia/general/202610/04/P2026100400125.htm", "海關偵破走私案", []string{"safety", "press"}},
		{"feeds.yaml", "press-en", "https://www.info.gov.hk/gia/general/202610/04/P2026100400126.htm", "Weather report", []string{"english"}},
		{"feeds.yaml", "news-top", "https://www.news.gov.hk/chi/2026/10/20261004/x.html", "新公園開幕", []string{"top"}},
		{"feeds.yaml", "news-finance", "https://www.news.gov.hk/chi/2026/10/20261004/y.html", "金管局公布數字", []string{"finance"}},
		{"docs/catalogs/wuhu.yaml", "wuhu-gov", "https://www.wuhu.gov.cn/xwzx/zwyw/1.html", "会议召开", []string{"news"}},
		{"docs/catalogs/wuhu.yaml", "wuhu-gov", "https://www.wuhu.gov.cn/a/1.html", "关于停水的公告", []string{"notices"}},
		{"docs/catalogs/wuhu.yaml", "wuhu-gov", "https://www.wuhu.gov.cn/a/2.html", "Wuhu’s lanterns – a visit", []string{"english"}},
		{"docs/catalogs/wuhu.yaml", "wuhu-gov", "https://www.wuhu.gov.cn/a/3.html", "其他事项", []string{"more"}},
		{"docs/catalogs/taiwan.yaml", "tainan-gov", "https://www.tainan.gov.tw/1", "中秋市集登場", []string{"events"}},
		{"docs/catalogs/seoul.yaml", "jongno-gu", "http://www.jongno.go.kr/1", "주민 여러분께", []string{"notices"}},
		{"docs/catalogs/japan.yaml", "iwaki-city", "http://www.city.iwaki.lg.jp/1", "避難所の開設について", []string{"safety"}},
		{"docs/catalogs/england.yaml", "bolton-council", "https://www.bolton.gov.uk/1", "Have your say on the Local Plan", []string{"planning"}},
		{"docs/catalogs/england.yaml", "bolton-council", "https://www.bolton.gov.uk/2", "Robin wins a prize", []string{"news"}},
		{"docs/catalogs/america.yaml", "campbell-events", "https://www.campbellca.gov/1", "Farmers' Market", []string{"events"}},
	}
	for _, tt := range tests {
		c, err := Load(root + tt.file)
		if err != nil {
			t.Fatal(err)
		}
		got := c.Membership(&models.Item{Source: tt.source, Link: tt.link, Title: tt.title}).Sections
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %s: %v, want %v", tt.file, tt.title, got, tt.want)
		}
	}
}

func TestShippedZones(t *testing.T) {
	for file, zones := range map[string][]string{
		"feeds.yaml": {"Asia/Hong_Kong"}, "docs/catalogs/wuhu.yaml": {"Asia/Shanghai"}, "docs/catalogs/xianning.yaml": {"Asia/Shanghai"}, "docs/catalogs/taiwan.yaml": {"Asia/Taipei"},
		"docs/catalogs/seoul.yaml": {"Asia/Seoul"}, "docs/catalogs/japan.yaml": {"Asia/Tokyo"}, "docs/catalogs/england.yaml": {"Europe/London"},
		"docs/catalogs/america.yaml": {"America/Chicago", "America/Los_Angeles", "America/New_York"},
	} {
		c, err := Load(root + file)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range c.Sources {
			got = append(got, s.Location.String())
		}
		slices.Sort(got)
		if got = slices.Compact(got); !slices.Equal(got, zones) {
			t.Errorf("%s: %v, want %v", file, got, zones)
		}
	}
}

// TestShippedPages: the catalog of a city without feeds reads lists and their articles, and sorts by
// what their pages tell, before where they stand.
func TestShippedPages(t *testing.T) {
	c, err := Load(root + "docs/catalogs/xianning.yaml")
	if err != nil {
		t.Fatal(err)
	}
	enabled := 0
	for _, s := range c.Sources {
		if s.Kind != models.KindPage || !s.Articles {
			t.Errorf("%s: kind %s, articles %v", s.Key, s.Kind, s.Articles)
		}
		if s.Enabled {
			enabled++
		}
	}
	if enabled == 0 {
		t.Error("nothing is read")
	}
	for name, tt := range map[string]struct {
		item models.Item
		want []string
	}{
		"breadcrumb": {models.Item{Source: "xnnews-city", Title: "桂花开了", Breadcrumb: []string{"首页", "新闻聚焦"}}, []string{"focus"}},
		"path":       {models.Item{Source: "xnnews-focus", Title: "桂花开了", Link: "http://www.xnnews.com.cn/xnxw/202610/t20261004_2.shtml"}, []string{"city"}},
		"column":     {models.Item{Source: "xnnews-focus", Title: "桂花开了", Column: "砥砺奋进的五年"}, []string{"special"}},
		"title tag":  {models.Item{Source: "xnnews-focus", Title: "〖咸宁长江岸线行④〗桂花开了"}, []string{"special"}},
		"credit":     {models.Item{Source: "xnnews-focus", Title: "桂花开了", Credit: "市水利局"}, []string{"water"}},
		"notice":     {models.Item{Source: "xnnews-city", Title: "关于停水的公告"}, []string{"notices"}},
		"no mark":    {models.Item{Source: "xnnews-city", Title: "桂花开了"}, []string{"city"}},
	} {
		if got := c.Membership(&tt.item).Sections; !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	if path := strings.Join(c.RegionPath("baicha"), " "); path != "baicha wenquan xianan xianning" {
		t.Errorf("白茶社区 lies in %s", path)
	}
}
