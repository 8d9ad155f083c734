package parse

import (
	"strings"
	"testing"

	"civicfeed/models"
)

const gridJSON = `{"code":200,"data":{"total":2,"rows":[
 {"id":71,"title":"汐州市召开防汛工作调度会","url":"/n/71.html","publishTime":1790000000000,"memo":"全市汛情平稳。"},
 {"id":70,"title":"云溪区<em>图书馆</em>开放","url":"/n/70.html","publishTime":"2026-10-03 08:00"}]}}`

func TestJSONLists(t *testing.T) {
	const first, second = "1790000000000\t汐州市召开防汛工作调度会\t/n/71.html\t全市汛情平稳。\n", "2026-10-03 08:00\t云溪区<em>图书馆</em>开放\t/n/70.html\t\n"
	for name, c := range map[string]struct {
		text  string
		paths models.JSONPaths
		want  string
	}{
		"by itself":     {gridJSON, models.JSONPaths{}, first + second},
		"items":         {gridJSON, models.JSONPaths{Items: "data.rows"}, first + second},
		"jsonpath":      {gridJSON, models.JSONPaths{Items: "$.data.rows[*]"}, first + second},
		"whole paths":   {gridJSON, models.JSONPaths{Title: "data.rows[*].title", Link: "data.rows[*].url", Date: "data.rows[*].publishTime"}, first + second},
		"names":         {gridJSON, models.JSONPaths{Items: "data.rows", Title: "memo", Link: "id", Date: "url"}, "/n/71.html\t全市汛情平稳。\t71\t全市汛情平稳。\n/n/70.html\t\t70\t\n"},
		"link template": {gridJSON, models.JSONPaths{Items: "data.rows", Link: "https://www.xizhou.example/show?id={id}&t={title}"}, strings.ReplaceAll(first, "/n/71.html", "https://www.xizhou.example/show?id=71&t=汐州市召开防汛工作调度会") + strings.ReplaceAll(second, "/n/70.html", "https://www.xizhou.example/show?id=70&t=云溪区<em>图书馆</em>开放")},
		"call":          {"callback_1(" + gridJSON + ");", models.JSONPaths{}, first + second},
		"variable":      {"var list = " + gridJSON + ";", models.JSONPaths{}, first + second},
		"array":         {`[{"Title":"停水通知","LinkUrl":"a.html","release_date":"2026-10-01"}]`, models.JSONPaths{}, "2026-10-01\t停水通知\ta.html\t\n"},
		"gkmlpt":        {`{"site":{"name":"云溪区"},"classify":{"name":"x"},"articles":[{"title":"通知","url":"http://a.example/post_1.html","date":1696300000,"publisher":"区府办"}]}`, models.JSONPaths{}, "1696300000\t通知\thttp://a.example/post_1.html\t\n"},
		"an index":      {`{"pages":[[],[{"t":"公告","u":"b.html"}]]}`, models.JSONPaths{Items: "pages[1]", Title: "t", Link: "u"}, "\t公告\tb.html\t\n"},
		"nested lists":  {`{"groups":[{"list":[{"t":"一","u":"1"}]},{"list":[{"t":"二","u":"2"}]}]}`, models.JSONPaths{Items: "groups[*].list[*]", Title: "t", Link: "u"}, "\t一\t1\t\n\t二\t2\t\n"},
		"nulls":         {`{"rows":[null,{"title":"公告","url":"b.html","date":null},7]}`, models.JSONPaths{Items: "rows"}, "\t公告\tb.html\t\n"},
		"empty":         {`{"rows":[]}`, models.JSONPaths{Items: "rows"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := JSONList([]byte(c.text), c.paths)
			if err != nil {
				t.Fatal(err)
			}
			if got := entryLines(d); got != c.want || d.Version != "json" {
				t.Errorf("%q, %s, want\n%s", d.Version, got, c.want)
			}
		})
	}
}

func TestWhatIsNoJSONListIsTold(t *testing.T) {
	rows := models.JSONPaths{Items: "data.rows"}
	for name, c := range map[string]struct {
		text  string
		paths models.JSONPaths
		class models.ErrorClass
		want  string
	}{
		"login":         {`{"code":401,"msg":"未登录"}`, rows, models.ErrNotAFeed, "401 未登录"},
		"moved":         {`{"code":0,"result":{"list":[{"title":"a"}]}}`, rows, models.ErrPageChanged, "“data.rows” leads to no list in an object of code, result"},
		"other members": {`{"data":{"rows":[{"a":1}]}}`, rows, models.ErrPageChanged, "none of the 1 entries"},
		"no list":       {`{"a":{"b":1}}`, models.JSONPaths{}, models.ErrNotAFeed, "no list of articles"},
		"page":          {`<html>请登录</html>`, rows, models.ErrNotAFeed, "not a list in JSON"},
		"cut":           {`{"data":{"rows":[{"title":"a"`, rows, models.ErrParse, "parse JSON"},
		"deep":          {strings.Repeat("[", 1_000_000), rows, models.ErrTooLarge, "nested"},
		"many":          {"[" + strings.Repeat("1,", maxValues+1) + "1]", rows, models.ErrTooLarge, "values"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := JSONList([]byte(c.text), c.paths)
			if models.ClassOf(err) != c.class || !strings.Contains(err.Error(), c.want) {
				t.Errorf("class %q, %v", models.ClassOf(err), err)
			}
		})
	}
}

func FuzzJSONList(f *testing.F) {
	f.Add([]byte(gridJSON), "data.rows", "title")
	f.Add([]byte(`cb([{"title":null}])`), "[*]", "a[0].b")
	f.Fuzz(func(t *testing.T, text []byte, items, title string) {
		d, err := JSONList(text, models.JSONPaths{Items: items, Title: title})
		if (d == nil) == (err == nil) {
			t.Errorf("%v beside %v", d, err)
		}
	})
}
