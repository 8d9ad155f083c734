package aggregator

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

// longNames are titles of a length that lists cut short.
var longNames = [...]string{"云溪区召开老旧小区改造推进会强调先民生后市容", "潮汐公园二期工程开工预计明年秋天建成开放", "收粮点提前开门迎接晚稻入库农户不再排长队", "老船厂夜校开班首日报名人数超过预期三倍"}

// rowsOf is a list of articles, each with its title, as cut, and a date.
func rowsOf(date string, cut func(string) string) http.HandlerFunc {
	var s strings.Builder
	s.WriteString(`<html><head><title>要闻-云溪区新闻网</title></head><body><ul class="list">`)
	for i, n := range longNames {
		fmt.Fprintf(&s, `<li><a href="/t%d.html">%s</a><span>%s</span></li>`, i, cut(n), date)
	}
	return says(s.String()+`</ul></body></html>`, "Content-Type", listType)
}

func whole(s string) string { return s }

// readOn answers for the pages of longNames, with another date than they have elsewhere.
func (b *bubble) readOn(date string) {
	b.on("town.example/{page}", func(w http.ResponseWriter, r *http.Request) {
		name := longNames[r.PathValue("page")[1]-'0']
		says(strings.Replace(articlePage(name), "2026-10-05 08:31", date, 1), "Content-Type", listType)(w, r)
	})
}

// TestATitleThatAListCutsShortStaysWhole when the list is written in another way, with no update.
func TestATitleThatAListCutsShortStaysWhole(t *testing.T) {
	cut := func(s string) string { return string([]rune(s)[:10]) + "..." }
	inBubble(t, townHall, func(b *bubble) {
		b.on("town.example/yw/index.html", turns(rowsOf("2026-10-05", cut), rowsOf("2026/10/05", cut)))
		b.readOn("2026-10-05 08:31")
		b.leap(5 * time.Minute)
		before := b.items("town")
		b.leap(2 * time.Hour)
		for _, name := range longNames {
			if it := b.items("town")[name]; it.Page == "" || it.Updated != before[name].Updated || it.Published != before[name].Published {
				b.Errorf("%s: %+v", name, it)
			}
		}
	})
}

// TestWhatPagesTellOfASitemapsItemsStays, though it tells again and again that they were touched: the
// title, and when they were published.
func TestWhatPagesTellOfASitemapsItemsStays(t *testing.T) {
	touched := func(at string) http.HandlerFunc {
		return says(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://town.example/t0.html</loc><lastmod>` + at +
			`</lastmod></url><url><loc>http://town.example/t1.html</loc><lastmod>` + at + `</lastmod></url></urlset>`)
	}
	inBubble(t, strings.Replace(townHall, "kind: page", "kind: sitemap", 1), func(b *bubble) {
		b.on("town.example/yw/index.html", turns(touched("2026-10-05T01:30:00Z"), touched("2026-10-05T02:30:00Z")))
		b.readOn("2025-03-02 08:31")
		for range 2 {
			b.leap(70 * time.Minute)
			for _, name := range longNames[:2] {
				it := b.items("town")[name]
				if got := it.Published.At.Time().Format(time.RFC3339); got != "2025-03-02T00:31:00Z" || it.Updated.At.Time().Format(time.RFC3339) != "2026-10-05T01:30:00Z" {
					b.Errorf("%s: published %s, %+v", name, got, it)
				}
			}
		}
	})
}

// TestAPageKnowsBetterThanAReckonedDate: a list that tells no year, or how long ago, is put right by
// the page that tells all of it, and by no coarser one.
func TestAPageKnowsBetterThanAReckonedDate(t *testing.T) {
	for _, c := range []struct{ list, page, want string }{
		{"08-20", "2024-08-20 10:11", "2024-08-20T10:11 minute"},
		{"2小时前", "2026-10-05 08:31", "2026-10-05T08:31 minute"},
		{"2小时前", "2026-10-05", "2026-10-05T08:00 minute"},
		{"2026-10-03", "2024-08-20 10:11", "2026-10-03T00:00 day"},
		{"2026-10-03", "2026-10-03 10:11", "2026-10-03T10:11 minute"},
	} {
		t.Run(c.list+", "+c.page, func(t *testing.T) {
			inBubble(t, townHall, func(b *bubble) {
				b.on("town.example/yw/index.html", rowsOf(c.list, whole))
				b.readOn(c.page)
				b.leap(3 * time.Hour)
				p := b.items("town")[longNames[0]].Published
				if got := p.At.Time().Add(8*time.Hour).Format("2006-01-02T15:04 ") + string(p.Precision); got != c.want {
					b.Errorf("published %s, want %s", got, c.want)
				}
			})
		})
	}
}

// TestACorrectionIsOneUpdate: a title that its list corrects changed when that was seen, and not once
// more when the page has been read again.
func TestACorrectionIsOneUpdate(t *testing.T) {
	inBubble(t, townHall, func(b *bubble) {
		corrected := strings.Replace(longNames[1], "二期", "第二期", 1)
		b.on("town.example/yw/index.html", turns(rowsOf("2026-10-05", whole), rowsOf("2026-10-05", func(s string) string {
			return strings.Replace(s, longNames[1], corrected, 1)
		})))
		b.readOn("2026-10-05 08:31")
		b.leap(5 * time.Minute)
		b.leap(50*time.Minute + time.Until(b.due()))
		it, seen := b.items("town")[corrected], b.last().Visit
		if seen.Changed != 1 || it.Text == "" || it.Updated.At < seen.At || it.Updated.At >= seen.At+1000 {
			b.Errorf("updated %s, seen %s: %+v", it.Updated.At.Time(), seen.At.Time(), seen)
		}
		if n := len(b.at("town.example/t1.html")); n != 2 {
			b.Errorf("its page was read %d times, want once more after the correction", n)
		}
	})
}

// TestAFileIsNoText, whatever its server says that it is.
func TestAFileIsNoText(t *testing.T) {
	const word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	zipped := "PK\x03\x04\x14\x00\x06\x00" + strings.Repeat("\x00\x01word/document.xml", 200)
	for name, c := range map[string]struct{ body, told, want string }{
		"zipped, told as a page":     {zipped, "text/html; charset=utf-8", "application/zip"},
		"zipped, told as nothing":    {zipped, "", "application/zip"},
		"zipped, told as it is":      {zipped, word, word},
		"an old document":            {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("通知\x00", 300), "text/html", "application/octet-stream"},
		"bytes told as a text":       {"\x01\x00\x00\x00" + strings.Repeat("通知\x00", 300), "text/plain", "application/octet-stream"},
		"a picture told as a stream": {"\x89PNG\r\n\x1a\n" + strings.Repeat("x", 300), "application/octet-stream", "image/png"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, townHall, func(b *bubble) {
				b.on("town.example/yw/index.html", rowsOf("2026-10-05", whole))
				b.on("town.example/{page}", says(c.body, "Content-Type", c.told))
				b.leap(5 * time.Minute)
				it := b.items("town")[longNames[0]]
				want := models.Media{URL: it.Link, Type: c.want, Length: int64(len(c.body)), Title: it.Title}
				if it.Text != "" || len(it.Media) != 1 || it.Media[0] != want {
					b.Errorf("text %.40q, media %+v, want %+v", it.Text, it.Media, want)
				}
			})
		})
	}
}
