package normalize

import (
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
