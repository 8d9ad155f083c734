package models

import (
	"slices"
	"testing"
)

// TestVerdictsAgreeWithMembership: what explains a judgement is the judgement.
func TestVerdictsAgreeWithMembership(t *testing.T) {
	c := city()
	for _, it := range []Item{
		{Source: "paper", Categories: []Category{{Term: "12", Label: "top news"}}}, {Source: "paper", Link: "https://www.example.gov.cn/yaowen/1.html"},
		{Source: "street", Title: "关于公开招聘的公告"}, {Source: "street", Title: "关于停水的通知"}, {Source: "north", Title: "招聘"}, {Source: "street"},
	} {
		m := c.Membership(&it)
		var claimed []string
		var lines []int
		for _, v := range c.Verdicts(&it) {
			if v.Claims && !slices.Contains(claimed, v.Section) {
				claimed, lines = append(claimed, v.Section), append(lines, v.Line)
			}
			all := !slices.ContainsFunc(v.Conditions, func(c Condition) bool { return !c.Holds })
			if len(v.Conditions) == 0 || v.Claims != all || v.Claims && v.Near() {
				t.Errorf("%+v: %+v", it, v)
			}
		}
		if m.Unclaimed != (len(claimed) == 0) {
			t.Errorf("%+v: %+v, claimed by %q", it, m, claimed)
		}
		if !m.Unclaimed && (!slices.Equal(m.Sections, claimed) || !slices.Equal(m.Because, lines)) {
			t.Errorf("%+v: %+v, but %q by %v", it, m, claimed, lines)
		}
	}
}

func TestVerdictsTellByWhat(t *testing.T) {
	c := &Catalog{Sections: []Section{
		{Key: "a", Match: []Rule{{Breadcrumb: []string{"要闻", "区县要闻"}, Line: 3}}},
		{Key: "b", Match: []Rule{{Column: []string{"通知公告"}, Line: 4}}},
		{Key: "c", Match: []Rule{{Credit: []string{"汐州日报"}, Path: []string{"/yw/"}, Line: 5}}},
		{Key: "d", Match: []Rule{{Category: []string{"招聘"}, Line: 6}}},
	}, Sources: []Source{{Key: "town"}}}
	it := Item{Source: "town", Breadcrumb: []string{"首页", "区县要闻"}, Column: "公告", Credit: "汐州晚报", Link: "http://town.example/yw/1.html"}
	v := c.Verdicts(&it)
	if by := v[0].Conditions[0]; !v[0].Claims || by.By != "区县要闻" || !by.Holds || v[0].Line != 3 {
		t.Errorf("%+v", v[0])
	}
	for i, near := range []bool{false, true, true, false} {
		if v[i].Near() != near {
			t.Errorf("line %d is near: %v", v[i].Line, v[i].Near())
		}
	}
	if credit := v[2].Conditions[0]; credit.Name != "credit" || credit.Holds || credit.By != "" || !slices.Equal(credit.Have, []string{"汐州晚报"}) {
		t.Errorf("%+v", credit)
	}
}
