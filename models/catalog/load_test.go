package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"civicfeed/models"
)

// alike compares what catalogs hold, but not the insides of what is compiled.
var alike = cmp.Options{
	cmpopts.IgnoreFields(models.Source{}, "Schedule"),
	cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
	cmp.Comparer(func(a, b *regexp.Regexp) bool { return a.String() == b.String() }),
}

func zoned(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestFull(t *testing.T) {
	got, err := Load("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	re := func(s ...string) (all []*regexp.Regexp) {
		for _, e := range s {
			all = append(all, regexp.MustCompile(e))
		}
		return all
	}
	listed := models.JSONPaths{Items: "rows"}
	want := &models.Catalog{
		Site: models.Site{
			Title: "某城新闻汇", URL: "https://feeds.example.org/city/", ID: "tag:example.org,2026:news", Description: "某城的新闻",
			Language: "zh-Hans-CN", Location: zoned(t, "Asia/Urumqi"), Contact: "编辑部", Color: "#C8102E",
			Footer: models.Footer{ICP: "某ICP备00000000号", Police: "某公网安备00000000000000号", SiteCode: "0000000000", Text: "某城融媒体中心",
				Links: []models.Link{{Title: "首页", URL: "https://www.example.org/"}}},
		},
		Network: models.Network{Concurrency: 2, Gap: 1500 * time.Millisecond, Floor: time.Minute, MaxBody: 3 << 19, UserAgent: "某城/1.0",
			Allow: []string{"10.20.0.0/16", "fd00:20::/32"}, Ports: []int{80, 443, 8443},
			Proxy: "http://reader:${PROXY_PASSWORD}@proxy.example.org:3128", CAFile: "/etc/ssl/city.pem"},
		Regions: []models.Region{
			{Key: "city", Name: "某城市", Level: "municipality", Code: "000000", Aliases: []string{"某城", "某"}, Was: []string{"old-city"}},
			{Key: "west", Name: "西区", Level: "district", Parent: "city"},
			{Key: "far", Name: "远县"},
		},
		Sections: []models.Section{
			{Key: "news", Title: "新闻", Description: "各类新闻", Color: "#123", Was: []string{"xinwen", "xw"}},
			{Key: "focus", Title: "聚焦", Parent: "news", Match: []models.Rule{
				{Category: []string{"新闻聚焦", "要闻"}, Path: []string{"/xwjj/"}, Credit: []string{"某城日报"}, Breadcrumb: []string{"聚焦", "要闻"}, Column: []string{"五年"}, Source: []string{"a"}, Region: []string{"west", "far"}, Line: 57},
				{Title: re("^【聚焦"), Text: re("甲", "乙"), Not: &models.Rule{Title: re("招聘"), Line: 58}, Line: 58},
			}},
			{Key: "other", Title: "其他"},
		},
		Sources: []models.Source{
			{Key: "a", Name: "某城日报·聚焦", URL: "https://daily.example.org:8443/rss", Kind: models.KindFeed, Articles: true,
				Page: models.PageRules{Pages: 1, Article: models.ArticleRules{Body: "div.text"}}, JSON: listed, Site: "https://daily.example.org/", Region: "far",
				Sections: []string{"other", "focus"}, Spec: "@every 1h30m", Location: zoned(t, "Asia/Tokyo"), Language: "ja", Encoding: "gb18030",
				Timeout: 40 * time.Second, MaxItems: 50, Republish: models.Title, Line: 61,
				Access: models.Access{CAFile: "testdata/secrets/daily.pem", Proxy: models.Direct, Headers: map[string]string{
					"Accept": "application/rss+xml", "Accept-Language": "ja", "From": "editor@example.org", "User-Agent": "某城/1.0",
					"Cookie": "consent=yes", "Referer": "https://daily.example.org/", "X-Requested-With": "XMLHttpRequest",
					"Authorization": "Bearer ${CITY_TOKEN}", "Api-Key": "${KEY}", "Apikey": "${KEY}", "Ocp-Apim-Subscription-Key": "${KEY}",
					"Private-Token": "${KEY}", "X-Access-Token": "${KEY}", "X-Api-Key": "${KEY}", "X-Api-Token": "${KEY}",
					"X-Auth-Token": "${KEY}", "X-Subscription-Token": "${KEY}", "X-Token": "a${KEY}b"}}},
			{Key: "b", Name: "乙", URL: "http://b.example.org", Kind: models.KindFeed, Page: models.PageRules{Pages: 1, Article: models.ArticleRules{Body: "div.body"}},
				JSON: listed, Articles: true, Region: "west", Sections: []string{"focus"}, Spec: "30 5 * * *",
				Location: zoned(t, "Asia/Urumqi"), Language: "zh-Hans-CN", Timeout: 55 * time.Second, MaxItems: 200, Enabled: true,
				Republish: models.Excerpt, Line: 97,
				Access: models.Access{Auth: models.Auth{User: "reader", PasswordFile: "testdata/secrets/b"}}},
			{Key: "c", Name: "丙", URL: "http://c.example.org/list/", Kind: models.KindPage, Region: "west", Sections: []string{"focus"}, Spec: "30 5 * * *",
				Location: zoned(t, "Asia/Urumqi"), Language: "zh-Hans-CN", Timeout: 55 * time.Second, MaxItems: 200, Enabled: true,
				Republish: models.Excerpt, Line: 98, JSON: listed,
				Page: models.PageRules{Item: "ul.news > li", Link: "a", Title: "a", Date: "span", Summary: "p", Next: "a.next", Pages: 3,
					Article: models.ArticleRules{Title: "h1", Body: "#zoom", Date: ".time", Credit: ".from", Byline: ".by", Remove: []string{".share", "[role=nav]"}}}},
			{Key: "d", Name: "丁", URL: "http://d.example.org/api", Kind: models.KindJSON, Region: "west", Sections: []string{"focus"}, Spec: "30 5 * * *",
				Location: zoned(t, "Asia/Urumqi"), Language: "zh-Hans-CN", Timeout: 55 * time.Second, MaxItems: 200, Enabled: true,
				Republish: models.Excerpt, Line: 113, Page: models.PageRules{Pages: 1, Article: models.ArticleRules{Body: "div.body"}}, Articles: true,
				JSON: models.JSONPaths{Items: "data.rows", Link: "url", Title: "title", Date: "time", ID: "id", Summary: "abstract"}},
		},
	}
	if diff := cmp.Diff(want, got, alike); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	noon := time.Date(2026, 10, 4, 12, 0, 0, 0, time.UTC)
	if next := got.Sources[0].Schedule.Next(noon); next != noon.Add(90*time.Minute) {
		t.Errorf("@every 1h30m after noon is %v", next)
	}
	if next := got.Sources[1].Schedule.Next(noon); !next.Equal(time.Date(2026, 10, 4, 23, 30, 0, 0, time.UTC)) {
		t.Errorf("half past five in the site's zone is %v", next)
	}
}

func TestDefaults(t *testing.T) {
	got, err := Parse("feeds.yaml", []byte("\ufeffsite: {title: 城}\r\nsources:\r\n  - {key: a, name: 甲, url: 'http://127.0.0.1:8080/rss'}\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	shanghai := zoned(t, "Asia/Shanghai")
	want := &models.Catalog{
		Site:    models.Site{Title: "城", Language: "zh-CN", Location: shanghai},
		Network: models.DefaultNetwork(),
		Sources: []models.Source{{Key: "a", Name: "甲", URL: "http://127.0.0.1:8080/rss", Kind: models.KindFeed, Spec: "@hourly", Location: shanghai,
			Language: "zh-CN", Timeout: 30 * time.Second, Enabled: true, Republish: models.Full, Line: 3}},
	}
	if diff := cmp.Diff(want, got, alike); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAliases(t *testing.T) {
	got, err := Parse("feeds.yaml", []byte("site: {title: &t 城, description: *t}\nsections:\n  - {key: a, title: 甲, match: [&m {title: 好}]}\n  - {key: b, title: 乙, match: [*m]}\nsources:\n  - {key: a, name: *t, url: https://a.example/}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got.Site.Description != "城" || got.Sources[0].Name != "城" || got.Sections[1].Match[0].Title[0].String() != "好" {
		t.Errorf("%+v", got)
	}
}

// T50, T51 and R42: bytes that are no text, or too many.
func TestT50Bytes(t *testing.T) {
	good := "site: {title: 城}\nsources: [{key: a, name: 甲, url: https://a.example/}]\n"
	tests := []struct{ name, data, want string }{
		{"gbk", "site: {title: \xb3\xc7}\n", "f:1:15: the bytes B3 C7 7D are not UTF-8 (GBK, perhaps): save the file as UTF-8"},
		{"utf16", "\xff\xfes\x00i\x00", "f:1:1: the file is in UTF-16: save it as UTF-8"},
		{"nul", good + "# 甲\x00\n", "f:3:4: a NUL byte stands here: remove it"},
		{"control", good + "# \x01\n", "f:1:1: control characters are not allowed"},
		{"large", good + strings.Repeat("# 字\n", 1<<18), "f:1:1: the file has more than 1 MB"},
		{"deep", "site: " + strings.Repeat("[", 200_000), "f:1:"},
		{"deep mappings", "site: " + strings.Repeat("{a: ", 100_000), "f:1:"},
		{"bom alone", "\ufeff", "f:1:1: the file is empty: write at least"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Parse("f", []byte(tt.data))
			if c != nil || err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s…", err, tt.want)
			}
		})
	}
}

func TestLoadMissing(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{filepath.Join(dir, "feeds.yaml"), dir} {
		_, err := Load(path)
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%v does not name %s", err, path)
		}
	}
	if _, err := Load(filepath.Join(dir, "feeds.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestProblemsNameTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "feeds.yaml")
	if err := os.WriteFile(path, []byte("site: {title: 城}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(path)
	if want := fmt.Sprintf("%s:1:1: ", path); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s…", err, want)
	}
}

// A large catalog is read in a moment, broken or not.
func TestLarge(t *testing.T) {
	var b strings.Builder
	b.WriteString("site: {title: 城}\nsources:\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "  - {key: s%d, name: 来源, url: https://a.example/%d, schedule: \"%d * * * *\"}\n", i, i, i%60)
	}
	for _, data := range []string{b.String(), strings.ReplaceAll(b.String(), "name", "nmae"), strings.ReplaceAll(b.String(), "来源", "")} {
		began := time.Now()
		_, _ = Parse("f", []byte(data))
		if d := time.Since(began); d > 10*time.Second {
			t.Errorf("3000 sources took %v", d)
		}
	}
}
