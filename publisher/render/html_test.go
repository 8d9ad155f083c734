package render

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"civicfeed/models"
)

var updatePages = flag.Bool("update-pages", false, "write the pages of testdata/pages anew")

func riverPages(t testing.TB) map[string][]byte {
	t.Helper()
	english := riverPage(models.View{Section: "english"}, riverStories()[3])
	english.Catalog.Site.Language = "en-GB"
	taiwan := riverPage(models.View{Region: "linhu"})
	taiwan.Catalog.Site.Language = "zh-TW"
	status := &StatusPage{Catalog: riverCity(), Base: "https://news.example.org/", Sources: riverStates()}
	pages := map[string][]byte{}
	put := func(name string, b []byte, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		pages[name] = b
	}
	home, err := Home(riverHome())
	put("home.html", home.Bytes(), err)
	section, err := joined(HTML)(riverPage(models.View{Section: "focus"}, riverStories()...))
	put("section.html", section, err)
	both, err := joined(HTML)(riverPage(models.View{Region: "linhu", Section: "life"}, riverStories()[2]))
	put("both.html", both, err)
	source, err := joined(HTML)(riverPage(models.View{Source: "daily"}, riverStories()[0]))
	put("source.html", source, err)
	story, err := Story(riverPage(models.View{}, riverStories()[0]))
	put("story.html", story, err)
	titleOnly, err := Story(riverPage(models.View{}, riverStories()[1]))
	put("story-title.html", titleOnly, err)
	search := riverPage(models.View{}, riverStories()[0], riverStories()[1])
	search.Search, search.Text, search.Asked, search.Next = true, "饮水点 通知", "cursor=s9&q=x", "cursor=s5&q=x"
	search.Marks = wordMarks("饮水点", "通知")
	found, err := joined(HTML)(search)
	put("search.html", found, err)
	b, err := joined(HTML)(english)
	put("english.html", b, err)
	b, err = joined(HTML)(taiwan)
	put("empty.html", b, err)
	b, err = Status(status)
	put("status.html", b, err)
	b, err = StatusJSON(status)
	put("status.json", b, err)
	b, err = Notice(riverCity(), "https://news.example.org/", 404)
	put("404.html", b, err)
	put("site.css", Stylesheet(riverCity()), nil)
	return pages
}

func TestPagesGolden(t *testing.T) {
	for name, got := range riverPages(t) {
		file := filepath.Join("testdata", "pages", name)
		if name == "site.css" {
			continue
		}
		if *updatePages {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from its golden; see with -update-pages and git diff", name)
		}
	}
}

func TestP28TextIsEscapedOnce(t *testing.T) {
	s := riverStory("x1", "daily", `“<script>alert(1)</script>” & 'co' \x00\u202e`, "2026-11-23 10:00", func(s *models.Story) {
		it := &s.Items[0]
		it.Title = "<script>alert(1)</script> & 'co' \x00"
		it.Summary, it.Credit = `"><img src=x onerror=alert(1)>`, "<b>社</b>"
		it.People = []models.Person{{Role: "<i>", Name: "<u>张"}}
		it.Link, it.Image = "javascript:alert(1)", "data:text/html,x"
		it.Media = []models.Media{{URL: "javascript:alert(1)", Title: "坏"}}
	})
	for name, write := range map[string]func(*Page) ([]byte, error){"view": joined(HTML), "story": Story} {
		out, err := write(riverPage(models.View{}, s))
		if err != nil {
			t.Fatal(err)
		}
		page := string(out)
		for _, bad := range []string{"<script", "<img", "<u>", "<i>", "<b>", "javascript:", "data:text", "&amp;lt;", "\x00"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s: the page has %q", name, bad)
			}
		}
		if !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#39;co&#39;") {
			t.Errorf("%s: the title is not there, escaped once", name)
		}
		if err := CheckHTML(out); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestP56LinksLanguagesAndTimes(t *testing.T) {
	for name, out := range riverPages(t) {
		if filepath.Ext(name) != ".html" {
			continue
		}
		page := string(out)
		for _, tag := range regexp.MustCompile(`<a [^>]*href="https?://[^>]*>`).FindAllString(page, -1) {
			own := strings.Contains(tag, `href="https://news.example.org/`) || strings.Contains(tag, "beian") || strings.Contains(tag, `href="https://gov.example.org/" rel="noopener"`)
			if !own && !strings.Contains(tag, `rel="noopener nofollow ugc"`) {
				t.Errorf("%s: %s leads out without rel", name, tag)
			}
		}
		for _, tag := range regexp.MustCompile(`<time[^>]*>`).FindAllString(page, -1) {
			if !regexp.MustCompile(`^<time datetime="\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[&+-].*))?">$`).MatchString(tag) {
				t.Errorf("%s: %s", name, tag)
			}
		}
		if strings.Contains(page, "<script") || strings.Contains(page, " style=") || strings.Contains(page, " on") && regexp.MustCompile(` on[a-z]+=`).MatchString(page) {
			t.Errorf("%s: script or style within the page", name)
		}
		if !regexp.MustCompile(`^<!DOCTYPE html>\n<html lang="[a-zA-Z-]+">`).MatchString(page) || strings.Count(page, "<h1") != 1 || strings.Count(page, "<main") != 1 {
			t.Errorf("%s: language, one heading and one main part are wanted", name)
		}
		if strings.Contains(page, "ZgotmplZ") {
			t.Errorf("%s: a value was refused by the template", name)
		}
	}
	section := string(riverPages(t)["section.html"])
	if !strings.Contains(section, `lang="en">Lakeside`) || strings.Contains(section, `lang="zh-CN">滨湖`) {
		t.Error("a title in another language than the page's must say so, and no other")
	}
}

func TestP63TermsHoldOnPages(t *testing.T) {
	title, full := riverStories()[1], riverStories()[0]
	excerpt := riverStory("e1", "metro", "延长线", "2026-11-23 10:00", func(s *models.Story) {
		s.Items[0].Summary, s.Items[0].Content = "摘要可以转载", "<p>正文不得转载</p>"
	})
	var all string
	for _, s := range []models.Story{title, excerpt, full} {
		one, err := Story(riverPage(models.View{}, s))
		if err != nil {
			t.Fatal(err)
		}
		view, err := joined(HTML)(riverPage(models.View{}, s))
		if err != nil {
			t.Fatal(err)
		}
		all += string(one) + string(view)
	}
	home, err := Home(&HomePage{Page: *riverPage(models.View{}, title, excerpt, full), Latest: []string{title.ID, excerpt.ID, full.ID}})
	if err != nil {
		t.Fatal(err)
	}
	all += string(home.Bytes())
	for _, bad := range []string{"秘密", "正文不得转载"} {
		if strings.Contains(all, bad) {
			t.Errorf("%s was published against the source's terms", bad)
		}
	}
	for _, good := range []string{"摘要可以转载", "本报讯"} {
		if !strings.Contains(all, good) {
			t.Errorf("%s is missing", good)
		}
	}
}

func TestStylesheetHasTheColoursOfTheCatalog(t *testing.T) {
	c := riverCity()
	c.Site.Color, c.Sections[0].Color, c.Sections[1].Color = "#1f5fa8", "", "#b32"
	if css := string(Stylesheet(c)); !strings.HasPrefix(css, ":root{--theme:#1f5fa8}\n.tint-notices{--tint:#b32}\n") || strings.Contains(css, "--tint:}") {
		t.Errorf("%.200s", css)
	}
}

func TestDatesInTheWordsOfTheLanguage(t *testing.T) {
	when := at("2026-11-23 09:05").Time().In(riverCity().Site.Location)
	tests := []struct{ language, date, moment, day, brief, past string }{
		{"zh-CN", "2026年11月23日 星期一", "2026年11月23日 09:05", "2026年11月23日", "11-23 09:05", "2026-11-23"},
		{"zh-HK", "2026年11月23日 星期一", "2026年11月23日 09:05", "2026年11月23日", "11-23 09:05", "2026-11-23"},
		{"en-GB", "Monday, 23 November 2026", "23 November 2026 09:05", "23 November 2026", "23 Nov 09:05", "23 Nov 2026"},
	}
	for _, tt := range tests {
		w := wordsOf(tt.language)
		got := []string{w.date(when), w.moment(when, models.Minute), w.moment(when, models.Day), w.brief(when, models.Minute, 2026), w.brief(when, models.Minute, 2027)}
		if want := []string{tt.date, tt.moment, tt.day, tt.brief, tt.past}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", tt.language, got, want)
		}
	}
}

// Each language has every word, every trouble and every notice.
func TestPhrasesAreComplete(t *testing.T) {
	for _, language := range []string{"zh-CN", "zh-TW", "en"} {
		w := reflect.ValueOf(wordsOf(language)).Elem()
		for i := range w.NumField() {
			if name := w.Type().Field(i).Name; name != "months" && w.Field(i).IsZero() {
				t.Errorf("%s has no %s", language, name)
			}
		}
		if a, b := len(wordsOf(language).troubles), len(english().troubles); a != b {
			t.Errorf("%s: %d troubles, English %d", language, a, b)
		}
		if a, b := len(wordsOf(language).notices), len(english().notices); a != b {
			t.Errorf("%s: %d notices, English %d", language, a, b)
		}
	}
}

func TestPagesAreSmall(t *testing.T) {
	var stories []models.Story
	for i := range 50 {
		s := riverStories()[i%7]
		s.ID = fmt.Sprintf("%024d", i)
		stories = append(stories, s)
	}
	page, err := joined(HTML)(riverPage(models.View{}, stories...))
	if err != nil {
		t.Fatal(err)
	}
	if len(page) > 60_000 {
		t.Errorf("a page of 50 stories has %d bytes", len(page))
	}
}

func BenchmarkHTML(b *testing.B) {
	var stories []models.Story
	for i := range 50 {
		s := riverStories()[i%7]
		s.ID = fmt.Sprintf("%024d", i)
		stories = append(stories, s)
	}
	page := riverPage(models.View{}, stories...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := joined(HTML)(page); err != nil {
			b.Fatal(err)
		}
	}
}
