package parse_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// pageBombs are pages that make a reader eat all memory or time.
func pageBombs() map[string]string {
	repeat := strings.Repeat
	top := `<html><head><title>甲乙丙丁戊己庚辛</title></head><body><h1>甲乙丙丁戊己庚辛</h1><p>来源：甲报 时间：2026-01-01</p>`
	prose := repeat("一二三四五六七八九十，", 10)
	return map[string]string{
		"T18 nested elements":        top + repeat("<div>", 500_000),
		"T18 nested inline elements": top + repeat("<b>", 200_000) + prose,
		"T20 empty elements":         top + repeat("<i></i>", 300_000),
		"T20 attributes":             top + "<p" + repeat(` b="1"`, 500_000) + ">" + prose,
		"T21 long text":              top + "<p>" + repeat(prose, 20_000),
		"T21 long title":             "<title>" + repeat("甲", 2_000_000) + "</title>" + top,
		"T21 long attribute":         top + `<a href="` + repeat("a", 5_000_000) + `.pdf">附件</a>` + prose,
		"T21 long comment":           top + "<!--" + repeat("-", 5_000_000),
		"T23 misnested formatting":   top + repeat("<a><b><table><p>", 20_000),
		"T23 tables":                 top + repeat("<table><tr><td>", 60_000) + prose,
		"labels":                     top + "<p>" + repeat("来源：", 500_000),
		"labels in lines":            top + repeat("<p>来源：甲 时间：2026 编辑：乙</p>", 40_000),
		"trails":                     top + "<p>当前位置：" + repeat("甲 &gt; ", 300_000),
		"neighbours":                 top + repeat("<p>上一篇：<a href=a>甲乙丙丁</a></p>", 40_000),
		"names of bodies":            top + repeat(`<div class="content TRS_Editor">`, 400) + prose,
		"lines that match nearly":    top + repeat("<p>"+repeat("记者 ", 60)+"</p>", 5_000),
		"brackets":                   top + "<p>" + repeat("（记者 ", 100_000) + "</p>",
		"blanks":                     top + "<p>" + repeat("　", 1_000_000) + "来源：甲</p>",
		"pieces":                     top + "<p>" + repeat("<i>甲</i>", 90_000) + "</p>",
		"lines":                      top + repeat("<p>甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳</p>", 90_000),
		"pictures":                   top + "<p>" + prose + repeat("<img src=a.jpg>", 150_000),
		"links to files":             top + "<p>" + prose + repeat("<a href=a.pdf>附件</a>", 90_000),
		"JSON-LD":                    top + `<script type="application/ld+json">` + repeat("[", 200_000) + "</script>",
		"much JSON-LD":               top + repeat(`<script type="application/ld+json">{"@type":"NewsArticle","author":[`+repeat(`"a",`, 1000)+`"a"]}</script>`, 300),
	}
}

// TestT17T23Pages: hostile pages are read or refused in little time.
func TestT17T23Pages(t *testing.T) {
	for name, body := range pageBombs() {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			page, err := parse.Article([]byte(body), parse.Rules{})
			took := time.Since(start)
			t.Logf("%d bytes, %v: %v", len(body), took, err)
			if took > 6*time.Second {
				t.Errorf("%d bytes took %v", len(body), took)
			}
			if class := models.ClassOf(err); err != nil && class != models.ErrTooLarge && class != models.ErrParse {
				t.Errorf("class %q: %v", class, err)
			}
			if err == nil && len(page.Body.Value) > 6*len(body) {
				t.Errorf("the body has %d bytes, the page %d", len(page.Body.Value), len(body))
			}
		})
	}
}

// FuzzArticle: whatever the bytes, there is a page of valid UTF-8 or an error with a class, the same
// each time.
func FuzzArticle(f *testing.F) {
	files, _ := filepath.Glob("testdata/pages/*.html")
	for _, file := range files {
		if body, err := os.ReadFile(file); err == nil {
			f.Add(body)
		}
	}
	for _, body := range pageBombs() {
		f.Add([]byte(body[:min(len(body), 3_000)]))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		body = []byte(strings.ToValidUTF8(string(body), "�"))
		page, err := parse.Article(body, parse.Rules{})
		if err != nil {
			if class := models.ClassOf(err); class != models.ErrTooLarge && class != models.ErrParse || strings.Contains(err.Error(), "panicked: ") && !strings.Contains(err.Error(), "html:") {
				t.Fatalf("class %q: %v", models.ClassOf(err), err)
			}
			return
		}
		for _, s := range append([]string{page.Title, page.Credit, page.Published, page.Editor, page.Body.Value, page.Previous.Title}, page.Byline...) {
			if !utf8.ValidString(s) {
				t.Fatalf("invalid UTF-8: %q", s)
			}
		}
		again, err := parse.Article(body, parse.Rules{})
		if err != nil || !reflect.DeepEqual(page, again) {
			t.Fatalf("another result the second time: %v", err)
		}
	})
}
