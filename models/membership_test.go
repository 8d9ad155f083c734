package models

import (
	"regexp"
	"slices"
	"testing"
)

// city is 临江市 > 江南区 > 柳巷街道, with nested sections.
func city() *Catalog {
	return &Catalog{
		Regions: []Region{
			{Key: "linjiang", Name: "临江市"},
			{Key: "jiangnan", Name: "江南区", Parent: "linjiang"},
			{Key: "liuxiang", Name: "柳巷街道", Parent: "jiangnan"},
			{Key: "jiangbei", Name: "江北区", Parent: "linjiang"},
		},
		Sections: []Section{
			{Key: "news", Title: "要闻", Match: []Rule{{Category: []string{"要闻", "Top News"}, Line: 10}, {Path: []string{"/yaowen/"}, Line: 11}}},
			{Key: "notices", Title: "通知公告", Match: []Rule{{
				Title: []*regexp.Regexp{regexp.MustCompile("^关于.*的(通知|公告)")}, Not: &Rule{Title: []*regexp.Regexp{regexp.MustCompile("招聘")}}, Line: 13,
			}}},
			{Key: "jobs", Title: "招聘", Parent: "notices", Match: []Rule{{Title: []*regexp.Regexp{regexp.MustCompile("招聘")}, Region: []string{"jiangnan"}, Line: 15}}},
			{Key: "other", Title: "综合"},
		},
		Sources: []Source{
			{Key: "paper", Region: "linjiang", Sections: []string{"other"}, Line: 20},
			{Key: "street", Region: "liuxiang", Line: 21},
			{Key: "north", Region: "jiangbei", Line: 22},
		},
	}
}

func TestMembership(t *testing.T) {
	for name, c := range map[string]struct {
		item     Item
		sections []string
		because  []int
	}{
		"by category":                    {Item{Source: "paper", Categories: []Category{{Term: "要闻"}}}, []string{"news"}, []int{10}},
		"by a category's label":          {Item{Source: "paper", Categories: []Category{{Term: "12", Label: "top news"}}}, []string{"news"}, []int{10}},
		"by path":                        {Item{Source: "paper", Link: "https://www.example.gov.cn/yaowen/1.html?x=/tz/"}, []string{"news"}, []int{11}},
		"a query is no path":             {Item{Source: "paper", Link: "https://www.example.gov.cn/?/yaowen/"}, []string{"other"}, []int{20}},
		"by title":                       {Item{Source: "street", Title: "关于停水的通知"}, []string{"notices"}, []int{13}},
		"all conditions of a line":       {Item{Source: "street", Title: "关于公开招聘的公告"}, []string{"jobs"}, []int{15}},
		"region above the source's":      {Item{Source: "street", Title: "招聘"}, []string{"jobs"}, []int{15}},
		"another region":                 {Item{Source: "north", Title: "招聘"}, nil, nil},
		"in two sections":                {Item{Source: "street", Title: "关于停电的公告", Categories: []Category{{Term: "要闻"}}}, []string{"news", "notices"}, []int{10, 13}},
		"else where the source says":     {Item{Source: "paper", Title: "桂花开了"}, []string{"other"}, []int{20}},
		"nowhere when nobody says where": {Item{Source: "street", Title: "桂花开了"}, nil, nil},
	} {
		m := city().Membership(&c.item)
		if !slices.Equal(m.Sections, c.sections) || !slices.Equal(m.Because, c.because) {
			t.Errorf("%s: sections %q by lines %v, want %q by %v", name, m.Sections, m.Because, c.sections, c.because)
		}
	}
}

func TestViewsIncludeWhatLiesAbove(t *testing.T) {
	c := city()
	var names []string
	for _, v := range c.Views(Membership{Sections: []string{"jobs", "notices"}, Regions: []string{"liuxiang"}}, "street") {
		names = append(names, v.Name())
	}
	want := []string{
		"feed", "sections/jobs", "sections/notices",
		"regions/liuxiang", "regions/liuxiang/sections/jobs", "regions/liuxiang/sections/notices",
		"regions/jiangnan", "regions/jiangnan/sections/jobs", "regions/jiangnan/sections/notices",
		"regions/linjiang", "regions/linjiang/sections/jobs", "regions/linjiang/sections/notices",
		"sources/street",
	}
	if !slices.Equal(names, want) {
		t.Errorf("views %q, want %q", names, want)
	}
}

func TestViewNamesReadBack(t *testing.T) {
	for _, v := range []View{{}, {Section: "a"}, {Region: "b"}, {Region: "b", Section: "a"}, {Source: "s"}} {
		got, ok := ParseView(v.Name())
		if !ok || got != v {
			t.Errorf("ParseView(%q) = %+v, %v; want %+v", v.Name(), got, ok, v)
		}
	}
	for _, name := range []string{"", "feeds", "sections", "sections/", "sections/a/b", "regions/a/sections", "regions/a/sources/b", "sources//", "/feed"} {
		if v, ok := ParseView(name); ok {
			t.Errorf("ParseView(%q) = %+v, want none", name, v)
		}
	}
}
