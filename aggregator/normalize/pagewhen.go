package normalize

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"civicfeed/models"
)

// wholeDate is a date with a year, amid other words, and a time of the day where one follows.
var wholeDate = regexp.MustCompile(`(?:(?:民国|民國|中华民国|中華民國|令和|平成|昭和)\s*)?(?:\d{2,4}|元|[〇○零一二三四五六七八九十]{2,4})\s*[-/.年]\s*(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*[-/.月]\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:日|号)?` +
	`(?:T|\s|\x{3000})*(?:(?:星期|周)[一二三四五六日天]\s*)?(?:(?:上午|下午|晚上|凌晨|中午|午前|午後)?\s*\d{1,2}\s*[:：时時点]\s*\d{1,2}(?:\s*[:：分]\s*\d{1,2})?\s*[分秒]?)?`)

// amid finds the date in a line of a page that tells other things as well: 发布时间：2026-10-04 01:39 来源：…
// 点击：12. Of two it is the one that says it is of the publication; else there is none.
func amid(line string, loc *time.Location, language string) (at time.Time, precision models.Precision, ok bool) {
	line = cut(line, 1000)
	read, told := time.Time{}, false
	for _, m := range wholeDate.FindAllStringIndex(line, 8) {
		found, p, good := Date(strings.TrimSpace(line[m[0]:m[1]]), loc, language)
		if !good {
			continue
		}
		before := line[max(0, m[0]-30):m[0]]
		if c, _ := utf8.DecodeLastRuneInString(before); unicode.IsDigit(c) || strings.ContainsRune("〇○零一二三四五六七八九十百千", c) {
			continue // the tail of a longer number
		}
		switch published := labels.MatchString(before); {
		case published && !told:
			read, precision, told = found, p, true
		case published || told || updates.MatchString(before):
		case read.IsZero():
			read, precision = found, p
		case !read.Equal(found):
			return time.Time{}, "", false
		}
	}
	return read, precision, !read.IsZero()
}

var (
	labels  = regexp.MustCompile(`(?i)(?:发布|發布|發佈|发表|發表|刊登|公布|登载|掲載|公開|published|posted)[^\d\s]{0,6}[:：]?\s*$`)
	updates = regexp.MustCompile(`(?i)(?:更新|修改|编辑|截止|有效|施行|实施|生效|修訂|更新日|updated|modified|expires?)[^\d\s]{0,6}[:：]?\s*$`)
)

// reckon reads a date of a document or a page, in every way that is known; reckoned tells that it was
// read from the moment of the visit.
func (n *document) reckon(r *reading, raw, tongue, link string) (at time.Time, precision models.Precision, reckoned, ok bool) {
	loc := n.in.Source.Location
	if at, precision, ok = r.date(raw, loc, tongue); ok {
		return at, precision, false, true
	}
	if r.doubt == noSuchDay {
		return at, precision, false, false
	}
	if at, precision, ok = sighted(raw, n.in.Day, loc, tongue, dayOf(link)); ok {
		return at, precision, true, true
	}
	return at, precision, false, false
}

// dateByAddress dates an item that tells no date of its own, or none that can be read.
func (n *document) dateByAddress(it *models.Item) {
	m := n.fromAddress(it.Link)
	if m.At == 0 {
		return
	}
	n.told.tell("published", m.Raw, m.At.Time().Format(time.RFC3339), "the day in its address, as it tells none itself")
	if it.Published.Raw != "" {
		m.Raw = it.Published.Raw
	}
	it.Published = m
}

// from is where the dates of a document are learnt: of pages that list articles they are the page's.
func (n *document) from() models.Origin {
	if n.Document.Version == "page" {
		return models.FromPage
	}
	return models.FromFeed
}

// fromAddress is the day that an item's address tells, in its source's zone; one that is still to
// come is none.
func (n *document) fromAddress(link string) models.Moment {
	year, month, day, raw := dayIn(link)
	if year == 0 {
		return models.Moment{}
	}
	loc := n.in.Source.Location
	if loc == nil {
		loc = time.UTC
	}
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, loc)
	if !n.in.Day.IsZero() && at.After(n.in.Day) {
		return models.Moment{}
	}
	return models.Moment{At: models.MillisOf(at.UTC()), Precision: models.Day, From: models.FromAddress, Raw: raw}
}
