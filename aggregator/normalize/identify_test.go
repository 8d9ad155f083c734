package normalize

import (
	"fmt"
	"slices"
	"testing"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// visits plays what a source publishes at visit after visit, and tells the ids of each.
func visits(t *testing.T, documents ...[]parse.Entry) (ids [][]string) {
	t.Helper()
	var held []models.Item
	for _, entries := range documents {
		_, items := Items(&parse.Document{Entries: entries}, input())
		var these []string
		for _, it := range Identify(items, held) {
			these = append(these, it.ID)
			if i := slices.IndexFunc(held, func(h models.Item) bool { return h.ID == it.ID }); i >= 0 {
				it.Published = held[i].Published
				held[i] = it
			} else {
				held = append(held, it)
			}
		}
		ids = append(ids, these)
	}
	return ids
}

func dated(e parse.Entry, date string) parse.Entry {
	e.Published = date
	return e
}

// TestR19R23VisitAfterVisit: what an item is called depends on it and on what was seen before, and
// never on what else its document holds.
func TestR19R23VisitAfterVisit(t *testing.T) {
	x1 := dated(entry("same", "/1", "甲"), "2026-11-17 08:00")
	x2 := dated(entry("same", "/2", "乙"), "2026-11-18 08:00")
	x3 := dated(entry("same", "/3", "丙"), "2026-11-19 08:00")
	w1 := dated(entry("", "/weather", "十七日天气"), "2026-11-17 08:00")
	w2 := dated(entry("", "/weather", "十八日天气"), "2026-11-18 08:00")
	w3 := dated(entry("", "/weather", "十九日天气"), "2026-11-19 08:00")
	one := []parse.Entry{x1}
	for _, c := range []struct {
		name   string
		visits [][]parse.Entry
		want   [][]int // the item that each entry is, by number in order of appearance
	}{
		{"one guid for all, a new one beside the old", [][]parse.Entry{{x1}, {x2, x1}, {x3, x2}, {x3}}, [][]int{{0}, {1, 0}, {2, 1}, {2}}},
		{"one guid for all, one at a time", [][]parse.Entry{{x1}, {x2}, {x3}, {x1}}, [][]int{{0}, {1}, {2}, {0}}},
		{"one link for all", [][]parse.Entry{{w1}, {w2, w1}, {w3}, {w3, w1}}, [][]int{{0}, {1, 0}, {2}, {2, 0}}},
		{"one link for all, one at a time", [][]parse.Entry{{w1}, {w2}, {w3}}, [][]int{{0}, {1}, {2}}},
		{"retitled", [][]parse.Entry{one, {dated(entry("same", "/1", "甲（更正）"), "2026-11-17 08:00")}}, [][]int{{0}, {0}}},
		{"retitled and dated anew the same day", [][]parse.Entry{one, {dated(entry("same", "/1", "甲（更正）"), "2026-11-17 18:00")}}, [][]int{{0}, {0}}},
		{"moved to another address", [][]parse.Entry{one, {dated(entry("same", "https://www.example.gov.cn/new/1", "甲"), "2026-11-17 08:00")}}, [][]int{{0}, {0}}},
		{"moved and dated anew", [][]parse.Entry{one, {dated(entry("same", "/new/1", "甲"), "2026-11-19 08:00")}}, [][]int{{0}, {0}}},
		{"published again with another date", [][]parse.Entry{one, {dated(x1, "2026-11-19 08:00")}}, [][]int{{0}, {0}}},
		{"the guid given again", [][]parse.Entry{one, {dated(entry("same", "/9", "壬"), "2026-11-17 09:00")}}, [][]int{{0}, {1}}},
		{"guids changed, as on another system", [][]parse.Entry{{x1, dated(entry("b", "/2", "乙"), "2026-11-18")},
			{dated(entry("n1", "/1", "甲"), "2026-11-17 08:00"), dated(entry("n2", "/2", "乙"), "2026-11-18")}}, [][]int{{0, 1}, {0, 1}}},
		{"guids changed, another day's weather at the same address", [][]parse.Entry{{dated(entry("1", "/weather", "天气"), "2026-11-17")},
			{dated(entry("2", "/weather", "天气"), "2026-11-18")}}, [][]int{{0}, {1}}},
		{"a guid came where there was none", [][]parse.Entry{{dated(entry("", "/1", "甲"), "2026-11-17")}, {dated(entry("opaque", "/1", "甲"), "2026-11-17")}}, [][]int{{0}, {0}}},
		{"one guid, several retitled at their own links", [][]parse.Entry{{x1, x2}, {entry("same", "/1", "甲甲"), entry("same", "/2", "乙乙")}}, [][]int{{0, 1}, {0, 1}}},
		{"several with one guid at first sight", [][]parse.Entry{{x2, x1}, {x3, x2, x1}, {x1}}, [][]int{{0, 1}, {2, 0, 1}, {1}}},
		{"one guid, one day, other articles", [][]parse.Entry{{dated(entry("row1", "/1", "甲"), "2026-11-17")}, {dated(entry("row1", "/2", "乙"), "2026-11-17")}}, [][]int{{0}, {1}}},
		{"one link, alike titles, another day", [][]parse.Entry{{dated(entry("1", "/weather", "2026年11月17日天气"), "2026-11-17")},
			{dated(entry("2", "/weather", "2026年11月18日天气"), "2026-11-18")}}, [][]int{{0}, {1}}},
		{"undated, one guid, one link", [][]parse.Entry{{dated(entry("same", "/1", "甲"), "")}, {dated(entry("same", "/1", "乙"), ""), dated(entry("same", "/1", "甲"), "")}}, [][]int{{0}, {1, 0}}},
	} {
		number := map[string]int{}
		got := visits(t, c.visits...)
		for v, these := range got {
			var numbers []int
			for _, id := range these {
				if _, seen := number[id]; !seen {
					number[id] = len(number)
				}
				numbers = append(numbers, number[id])
			}
			if !slices.Equal(numbers, c.want[v]) {
				t.Errorf("%s: at visit %d the items are %v, want %v", c.name, v+1, numbers, c.want[v])
			}
		}
	}
}

// TestUpdatesOnly: where a source tells no publication but updates, these tell nothing apart.
func TestUpdatesOnly(t *testing.T) {
	at := func(title, updated string) []parse.Entry {
		e := entry("1", "/1", title)
		e.Published, e.Updated = "", updated
		return []parse.Entry{e}
	}
	got := visits(t, at("甲", "2026-11-17T08:00:00Z"), at("甲（更正）", "2026-11-20T08:00:00Z"))
	if got[0][0] != got[1][0] {
		t.Error("an item retitled after days is announced again")
	}
}

// TestR19R21Renamed: what has another identity and another address than anything held is the held item
// of its title and moment, or of its moment and much the same title; where a whole document has, title
// and day are enough, if they tell four in five of what is not newer than anything held.
func TestR19R21Renamed(t *testing.T) {
	titles := []string{"办事大厅启用", "大桥夜间封闭", "桂花节开幕", "水厂停水通知", "图书馆延时", "保障房摇号", "消防演练", "校车调整", "候鸟归来", "电梯补贴"}
	old := func(change func(int, *parse.Entry)) (entries []parse.Entry) {
		for i, title := range titles {
			e := dated(entry("g"+title, "/old/"+title, title), fmt.Sprintf("2026-11-%02d 08:41:07", 10+i))
			change(i, &e)
			entries = append(entries, e)
		}
		return entries
	}
	same := func(int, *parse.Entry) {}
	undated := func(_ int, e *parse.Entry) { e.Published = "" }
	moved := func(i int, e *parse.Entry) {
		e.GUID, e.Link = fmt.Sprint(7000+i), fmt.Sprintf("/new?id=%d", i)
	}
	byDay := func(i int, e *parse.Entry) {
		moved(i, e)
		e.Published = e.Published[:10]
	}
	but := func(n int, change func(int, *parse.Entry)) func(int, *parse.Entry) {
		return func(i int, e *parse.Entry) {
			byDay(i, e)
			if i < n {
				change(i, e)
			}
		}
	}
	retitled := func(_ int, e *parse.Entry) { e.Title.Value = "另题" + e.Link }
	monthBefore := func(_ int, e *parse.Entry) { e.Published = "2026-10" + e.Published[7:] }
	for _, c := range []struct {
		name          string
		before, after []parse.Entry
		again         int // how many are held items
	}{
		{"all, to the second", old(same), old(moved), 10},
		{"all, by the day", old(same), old(byDay), 10},
		{"eight in ten", old(same), old(but(2, retitled)), 8},
		{"seven in ten", old(same), old(but(3, retitled)), 0},
		{"two dated a month before", old(same), old(but(2, monthBefore)), 8},
		{"one alone, to the second", old(same)[:1], old(moved)[:1], 1},
		{"one alone, by the day", old(same)[:1], old(byDay)[:1], 0},
		{"one of those that are known, by the day", old(same), append(old(same)[1:], old(byDay)[0]), 9},
		{"a headline corrected, to the second", old(same), append(old(same)[:9], dated(entry("n", "/n", "电梯的补贴"), "2026-11-19 08:41:07")), 10},
		{"much alike, where the old one may only have left", old(same), append(old(same)[1:], dated(entry("n", "/n", "办事大厅启用了"), "2026-11-10 08:41:07")), 9},
		{"much alike, of one second, alone", old(same)[:1], []parse.Entry{dated(entry("n", "/n", "办事大厅启用了"), "2026-11-10 08:41:07")}, 0},
		{"the same, of one minute, alone", []parse.Entry{dated(entry("a", "/a", "停水通知"), "2026-11-10 08:41")}, []parse.Entry{dated(entry("b", "/b", "停水通知"), "2026-11-10 08:41")}, 0},
		{"four, by the day", old(same)[:4], old(byDay)[:4], 4},
		{"three of four, by the day", old(same)[:4], old(but(1, retitled))[:4], 0},
		{"four, undated", old(undated)[:4], old(func(i int, e *parse.Entry) { moved(i, e); e.Published = "" })[:4], 0},
		{"another headline, to the second", old(same), append(old(same)[1:], dated(entry("n", "/n", "地铁延长线动工"), "2026-11-10 08:41:07")), 9},
		{"corrected, at a full hour", []parse.Entry{dated(entry("a", "/a", "办事大厅启用"), "2026-11-10 08:00:00")}, []parse.Entry{dated(entry("b", "/b", "办事大厅启用了"), "2026-11-10 08:00:00")}, 0},
		{"the same title at another time", old(same)[:1], []parse.Entry{dated(entry("n", "/n", titles[0]), "2026-11-10 17:20:33")}, 0},
		{"two much alike at one moment", []parse.Entry{dated(entry("a", "/a", "城东停水通知"), "2026-11-10 08:41:07"), dated(entry("b", "/b", "城西停水通知"), "2026-11-10 08:41:07")},
			[]parse.Entry{dated(entry("c", "/c", "城东停水通知"), "2026-11-10 08:41:07"), dated(entry("d", "/d", "城西停水通知"), "2026-11-10 08:41:07")}, 2},
		{"two of one title and moment", old(same)[:1], []parse.Entry{old(moved)[0], dated(entry("n2", "/n2", titles[0]), "2026-11-10 08:41:07")}, 0},
	} {
		got := visits(t, c.before, c.after)
		again := 0
		for _, id := range got[1] {
			if slices.Contains(got[0], id) {
				again++
			}
		}
		if again != c.again {
			t.Errorf("%s: %d are held items, want %d", c.name, again, c.again)
		}
	}
	_, held := Items(&parse.Document{Entries: old(same)}, input())
	_, items := Items(&parse.Document{Entries: append(old(same)[1:], old(byDay)[0])}, input())
	if again := Reidentify(items, held); again[9].ID != held[0].ID {
		t.Error("read in another way an item by the day is announced again")
	}
}
