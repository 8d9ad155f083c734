package render

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"civicfeed/models"
)

// wordMarks finds words as a search does.
func wordMarks(words ...string) func(string) [][2]int {
	for i := range words {
		words[i] = regexp.QuoteMeta(words[i])
	}
	find := regexp.MustCompile("(?i)" + strings.Join(words, "|"))
	return func(text string) (all [][2]int) {
		for _, m := range find.FindAllStringIndex(text, -1) {
			all = append(all, [2]int{m[0], m[1]})
		}
		return all
	}
}

func searchPage(text string, stories ...models.Story) *Page {
	p := riverPage(models.View{}, stories...)
	p.Search, p.Text, p.Asked, p.Marks = true, text, "q=x", wordMarks(text)
	return p
}

func html(t testing.TB, p *Page) string {
	t.Helper()
	out, err := joined(HTML)(p)
	if err == nil {
		err = CheckHTML(out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestHitsAreMarked(t *testing.T) {
	st := riverStory("h1", "daily", "停水<通知> & 停水", "2026-11-23 10:00", func(s *models.Story) {
		s.Items[0].Summary = "没有那个词。"
		s.Items[0].Text = strings.Repeat("甲乙丙丁，", 40) + "<b>夜间停水</b>" + strings.Repeat("戊己庚辛，", 100)
	})
	page := html(t, searchPage("停水", st))
	for _, want := range []string{
		`<title>搜索“停水” · 沅江新闻汇</title>`, `<h1>搜索“停水”</h1>`, `value="停水"`,
		`><mark>停水</mark>&lt;通知&gt; &amp; <mark>停水</mark></a>`,
		`<p class="summary found">…乙丙丁，甲乙丙丁，甲乙丙丁，甲乙丙丁，&lt;b&gt;夜间<mark>停水</mark>&lt;/b&gt;戊己`,
		`<link rel="canonical" href="https://news.example.org/search.html?q=x">`,
		`href="https://news.example.org/search.rss?q=x"`, `action="/search"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
	for language, want := range map[string]string{"en": "Search “停水”", "zh-TW": "搜尋「停水」"} {
		p := searchPage("停水", st)
		p.Catalog.Site.Language = language
		if page := html(t, p); !strings.Contains(page, "<h1>"+want+"</h1>") {
			t.Errorf("%s: no heading %s", language, want)
		}
	}
}

// Marks that lie are no harm: they part no character, and bring no markup.
func TestMarksPartNoCharacter(t *testing.T) {
	const title = "e\u0301te 👨‍👩‍👧 家<i>𠮷"
	st := riverStory("h1", "daily", title, "2026-11-23 10:00", func(s *models.Story) { s.Items[0].Text = strings.Repeat(title, 30) })
	for from := -2; from < len(title)+3; from++ {
		for to := from - 2; to < from+9; to++ {
			p := searchPage("x", st)
			p.Marks = func(text string) [][2]int {
				return [][2]int{{from, to}, {from - 1, to + 1}, {to, to + 2}, {len(text) - 1, len(text) + 9}}
			}
			page := html(t, p)
			if !utf8.ValidString(page) || strings.Contains(page, "�") || strings.Contains(page, "<i>") {
				t.Fatalf("%d to %d: a character is parted, or markup came in", from, to)
			}
			_, rest, _ := strings.Cut(page, "<h3>")
			head, _, _ := strings.Cut(rest, "</a>")
			if plain := regexp.MustCompile("</?mark>").ReplaceAllString(head, ""); !strings.HasSuffix(plain, `>e`+"\u0301"+`te 👨‍👩‍👧 家&lt;i&gt;𠮷`) {
				t.Fatalf("%d to %d: the title became %s", from, to, plain)
			}
			for _, bad := range []string{"e<mark>\u0301", "e</mark>\u0301", "\u200d<mark>", "\u200d</mark>", "<mark></mark>"} {
				if strings.Contains(page, bad) {
					t.Fatalf("%d to %d: %q in %s", from, to, bad, head)
				}
			}
		}
	}
}

func TestEmptySearches(t *testing.T) {
	for language, want := range map[string][2]string{
		"zh-CN": {"没有找到相关新闻。", "输入一个或几个词"},
		"zh-TW": {"沒有找到相關新聞。", "輸入一個或幾個詞"},
		"en":    {"Nothing found.", "Write one or more words"},
	} {
		p := searchPage("停水")
		p.Catalog.Site.Language = language
		if page := html(t, p); !strings.Contains(page, want[0]) || strings.Contains(page, want[1]) {
			t.Errorf("%s: nothing is found without kind words:\n%s", language, page)
		}
		p.Text, p.Asked = "", ""
		if page := html(t, p); !strings.Contains(page, want[1]) || strings.Contains(page, want[0]) || strings.Contains(page, `rel="alternate"`) {
			t.Errorf("%s: a search without words:\n%s", language, page)
		}
	}
}

func TestSearchFormOnEveryPage(t *testing.T) {
	for name, page := range riverPages(t) {
		if strings.HasSuffix(name, ".html") && strings.Count(string(page), `<form class="find" role="search" action="/search"><label for="q">`) != 1 {
			t.Errorf("%s has no search form", name)
		}
	}
	p := riverPage(models.View{Section: "focus"}, riverStories()...)
	p.Text, p.Asked = `"><script>`, "q=%22%3E%3Cscript%3E"
	page := html(t, p)
	for _, want := range []string{
		`action="/sections/focus"`, `value="&#34;&gt;&lt;script&gt;"`, `<h1>搜索“&#34;&gt;&lt;script&gt;” · 新闻聚焦</h1>`,
		`href="https://news.example.org/sections/focus.atom?q=%22%3E%3Cscript%3E"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("a search within a view: no %s in\n%s", want, page)
		}
	}
}

// TestP63NoLeakThroughSnippets: what a source's terms keep back is neither found nor shown.
func TestP63NoLeakThroughSnippets(t *testing.T) {
	for terms, leaks := range map[models.Terms]bool{models.Full: true, models.Excerpt: false, models.Title: false} {
		cat := riverCity()
		cat.Sources[0].Republish = terms
		st := riverStory("k1", "daily", "题目", "2026-11-23 10:00", func(s *models.Story) {
			s.Items[0].Summary = "摘要若干"
			s.Items[0].Text = strings.Repeat("公开，", 120) + "机密正文"
			s.Items[0].Content = "<p>" + s.Items[0].Text + "</p>"
		})
		for _, f := range Formats() {
			for name, change := range map[string]func(*Page){
				"view": func(*Page) {},
				"search": func(p *Page) {
					p.Search, p.Text, p.Asked, p.Marks = true, "机密", "q=x", wordMarks("机密", "摘要", "公开")
				},
				"archive": func(p *Page) { p.Archive = &models.Archive{Number: 2, Stories: p.Stories} },
			} {
				p := riverPage(models.View{}, st)
				p.Catalog = cat
				change(p)
				out, err := joined(f.Render)(p)
				if err != nil {
					t.Fatal(err)
				}
				page := strings.NewReplacer("<mark>", "", "</mark>", "").Replace(string(out))
				if strings.Contains(page, "机密正文") && !leaks || terms == models.Title && (strings.Contains(page, "公开") || strings.Contains(page, "摘要若干")) {
					t.Errorf("%s of %s in %s shows what it must not:\n%s", name, terms, f.Suffix, page)
				}
				if leaks && f.Feed && !strings.Contains(page, "机密正文") {
					t.Errorf("%s of %s in %s has not the text", name, terms, f.Suffix)
				}
			}
		}
	}
}

func TestSnippetsAreShort(t *testing.T) {
	for _, at := range []int{0, 1, 10, 23, 24, 25, 300, 500} {
		text := strings.Repeat("一", at) + "停水" + strings.Repeat("二", 500-at)
		st := riverStory("h1", "daily", "题", "2026-11-23 10:00", func(s *models.Story) { s.Items[0].Summary, s.Items[0].Text = "", text })
		page := html(t, searchPage("停水", st))
		_, rest, _ := strings.Cut(page, `found">`)
		found, _, _ := strings.Cut(rest, "</p>")
		if n := utf8.RuneCountInString(found); n > briefRunes+len("<mark></mark>……") || !strings.Contains(found, "<mark>停水</mark>") {
			t.Errorf("at %d: %d characters: %s", at, n, found)
		}
		if want := fmt.Sprint(strings.HasPrefix(found, "…")); want != fmt.Sprint(at > leadRunes) {
			t.Errorf("at %d: %s", at, found)
		}
	}
}
