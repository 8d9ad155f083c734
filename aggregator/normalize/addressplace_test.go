package normalize

import (
	"testing"
	"time"

	"civicfeed/models"
)

// TestAddresses reads the table of addresses: what each is compared by, and the day that it tells.
func TestAddresses(t *testing.T) {
	rows := table(t, "testdata/addresses.tsv", 4)
	if len(rows) < 40 {
		t.Errorf("%d addresses, want 40", len(rows))
	}
	for _, row := range rows {
		place := Place(row[0])
		if place != row[1] {
			t.Errorf("%s: %q is at %q, want %q", row[3], row[0], place, row[1])
		}
		if again := Place(place); again != place {
			t.Errorf("%q is at %q, and that at %q", row[0], place, again)
		}
		if again := Place(addressKey(nil, row[0])); again != place {
			t.Errorf("%q is at %q, what was kept of it at %q", row[0], place, again)
		}
		day := ""
		if at := dayOf(row[0]); !at.IsZero() {
			day = at.Format(time.DateOnly)
		}
		if day != row[2] {
			t.Errorf("%s: %q tells the day %q, want %q", row[3], row[0], day, row[2])
		}
	}
}

func FuzzPlace(f *testing.F) {
	for _, row := range table(f, "testdata/addresses.tsv", 4) {
		f.Add(row[0])
	}
	f.Fuzz(func(t *testing.T, address string) {
		link := absolute(nil, address)
		if !isAddress(link) {
			return
		}
		place := Place(link)
		if again := Place(place); again != place {
			t.Errorf("%q is at %q, and that at %q", link, place, again)
		}
		dayIn(link)
	})
}

// TestOneArticleByManyDoors holds an article found at one address of its system, and finds it at others.
func TestOneArticleByManyDoors(t *testing.T) {
	dated := models.Moment{At: 1790524800000, Precision: models.Day, From: models.FromPage, Raw: "09-28"}
	item := func(link, title string) models.Item {
		return models.Item{Identity: digest("s", "address", addressKey(nil, link)), Link: link, Address: Place(link), Title: title, Published: dated}
	}
	const www = "http://www.xizhou.gov.cn/xw/202609/t20260928_2428530.shtml"
	held := Identify([]models.Item{item(www, "云溪区召开会议")}, nil)
	for _, link := range []string{
		"https://www.xizhou.gov.cn/xw/202609/t20260928_2428530.shtml",
		"http://m.xizhou.gov.cn/xw/202609/t20260928_2428530.shtml",
		"https://news.xizhou.gov.cn/xw/202609/t20260928_2428530.shtml;jsessionid=AB12",
		"http://www.xizhou.gov.cn/xw/202609/t20260928_2428530_2.shtml",
	} {
		found := Identify([]models.Item{item(link, "云溪区召开会议")}, held)
		if len(found) != 1 || found[0].ID != held[0].ID {
			t.Errorf("%s is another item than %s", link, www)
		}
		both := Identify([]models.Item{item(link, "云溪区召开会议"), item(www, "云溪区召开会议")}, nil)
		if addressKey(nil, link) != addressKey(nil, www) && len(both) != 1 {
			t.Errorf("%s and %s in one list are %d items", link, www, len(both))
		}
		if other := Identify([]models.Item{item(link, "汐江大桥通车"), item(www, "云溪区召开会议")}, nil); addressKey(nil, link) != addressKey(nil, www) && len(other) != 2 {
			t.Errorf("two titles at %s and %s are %d items", link, www, len(other))
		}
	}
	// As held before addresses were compared so: in the form of then.
	old := held[0]
	old.Address = addressKey(nil, www)
	if found := Identify([]models.Item{item("http://m.xizhou.gov.cn/xw/202609/t20260928_2428530.shtml", "云溪区召开会议")}, []models.Item{old}); found[0].ID != old.ID {
		t.Error("what was held in the old form of its address is not found")
	}
	// Numbers that are the articles' own, not pages.
	if Place("http://www.xizhou.gov.cn/art/2026/9/8/art_16256_1.html") == Place("http://www.xizhou.gov.cn/art/2026/9/8/art_16256_2.html") {
		t.Error("two articles are taken for two pages of one")
	}
}
