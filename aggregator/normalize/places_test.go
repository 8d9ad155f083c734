package normalize_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"civicfeed/aggregator/normalize"
	"civicfeed/models"
)

// TestPlaceNames: names of places come out of running text, and nothing else does.
func TestPlaceNames(t *testing.T) {
	for _, c := range []struct{ title, text, want string }{
		{"为发展添柴——来自云溪区白石街道的报道", "白石街道位于云溪区东部。近年来,在白石街道党工委的领导下,该街道推进社区治理,小区、辖区、全市各区都来学习。", "云溪区 白石街道"},
		{"柳桥社区办起食堂", "柳桥社区是老旧小区。居民对社区食堂反响热烈,社区党委说,全社区都受益。在柳桥社区,老人拨打社区电话即可。", "柳桥社区"},
		{"汐州市召开大会", "10月4日,汐州市召开全市乡镇(办事处)大会,各县市区、市直单位参加。", "汐州市"},
		{"修路", "据了解,青石桥村一位村民家住市区中心,协调青石桥村调节地基。青石桥村是一个自然村。", "青石桥村"},
		{"考察", "省委调研组在汐州市云溪区、临湖县调研,走访了莲塘镇莲塘村和红旗社区。", "汐州市 云溪区 临湖县 莲塘镇 莲塘村 红旗社区"},
		{"市场", "城市超市里,股市、楼市、门市都热闹。老旧小区、工业园区、旅游景区、山区、郊区、我区、该镇、本村、两个社区。", ""},
		{"助力社区治理 服务村民", "助力社区治理,建设美丽乡村,深入社区,走进农村,打造智慧社区,发挥区位优势,推动镇域经济。", ""},
		{"十月一日云溪区放烟花", "2026年10月1日云溪区放烟花,十月一日汐州市放假。", "云溪区 汐州市"},
		{"内蒙古自治区阿拉善", "内蒙古自治区和石家庄市、张家界市、成都市签约,广州市从化区也来了。", "内蒙古自治区 石家庄市 张家界市 成都市 广州市 从化区"},
		{"Council", "The city council met in Riverside.", ""},
		{"某某", "社区社区社区,市市市,区区区。", ""},
	} {
		got := strings.Join(normalize.PlaceNames(&models.Item{Title: c.title, Text: c.text}, nil), " ")
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// TestPlaceNamesOfRegions: an alias tells its region, and 我市 is the paper's city where the item
// names that.
func TestPlaceNamesOfRegions(t *testing.T) {
	regions := []models.Region{{Name: "汐州市", Aliases: []string{"汐州"}}, {Name: "云溪区", Aliases: []string{"云溪", "云"}}, {Name: "临湖县"}}
	it := &models.Item{Title: "云溪办节", Text: "汐州的云溪经开区,彩云满天。"}
	if diff := cmp.Diff([]string{"云溪区", "汐州市"}, normalize.PlaceNames(it, regions)); diff != "" {
		t.Error(diff)
	}
	it = &models.Item{Text: "这是我市的窗口。", Credit: "汐州新闻网", Next: models.Neighbour{Title: "汐州市水更清"}}
	if diff := cmp.Diff([]string{"汐州市"}, normalize.PlaceNames(it, nil)); diff != "" {
		t.Error(diff)
	}
	it.Next.Title = "水更清"
	if got := normalize.PlaceNames(it, nil); len(got) > 0 {
		t.Errorf("without a witness: %s", got)
	}
}

// TestPlaceNamesOfLongText: half a megabyte takes little time.
func TestPlaceNamesOfLongText(t *testing.T) {
	for _, part := range []string{"社区", "云溪区白石街道", "甲乙丙丁戊己庚辛", "我市", "区 ", "在于从"} {
		start := time.Now()
		normalize.PlaceNames(&models.Item{Text: strings.Repeat(part, 512<<10/len(part))}, nil)
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%s: %v", part, took)
		}
	}
}

// FuzzPlaceNames: whatever the text, each name is one that stands in it, or a region's.
func FuzzPlaceNames(f *testing.F) {
	for _, seed := range []string{"云溪区白石街道和青石社区", "内蒙古自治区、成都市2026年10月1日云溪区", "我市我区全市社区", "\xff区\xe5市"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, title, text string) {
		for _, name := range normalize.PlaceNames(&models.Item{Title: title, Text: text}, nil) {
			if name == "" || !strings.Contains(title+"\n"+text, name) {
				t.Errorf("%q is not in %q %q", name, title, text)
			}
		}
	})
}
