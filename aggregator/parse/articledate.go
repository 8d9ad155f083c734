package parse

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var zoned = regexp.MustCompile(`\d(?:Z|[+-]\d\d:?\d\d)$`)

// siteClock tells the line over the title that may say what day today is.
var siteClock = regexp.MustCompile(`(?:星期|周|週)[一二三四五六日天]`)

var clock = regexp.MustCompile(`\d{1,2}[:：时時点點]\d{1,2}`)

// candidate is a date and what told it.
type candidate struct{ raw, where string }

// readDates weighs what tells the date: the standard meta element, the line under the title, what is
// told to search engines and networks, what stands behind the text.
func (r *reading) readDates() {
	var all []candidate
	add := func(raw, where string) {
		if raw = strings.TrimSpace(raw); raw != "" && !placeholder(raw) {
			all = append(all, candidate{raw, where})
		}
	}
	for _, n := range []string{"pubdate", "publishdate", "publish_time", "pubtime"} {
		add(r.meta[n], "meta "+n)
	}
	r.timeElement(add)
	r.headerDate(add)
	for _, n := range []string{"article:published_time", "og:article:published_time", "bytedance:published_time", "datepublished", "dcterms.issued", "dcterms.created", "dc.date.issued", "dcterms.date", "dc.date", "parsely-pub-date", "sailthru.date", "og:release_date", "firstpublishedtime"} {
		add(r.meta[n], "meta "+n)
	}
	add(r.data.published, "JSON-LD datePublished")
	for _, f := range r.facts {
		if r.inTail(f.line) && !r.far(f.line) {
			r.factDates(f, "line behind the text", add)
		}
	}
	for _, f := range r.facts { // a table of facts over the title
		if len(all) == 0 && f.line >= r.start-40 && f.line < r.start {
			r.factDates(f, "line of facts", add)
		}
	}
	if len(all) == 0 {
		add(r.stamped, "script")
	}
	if len(all) == 0 {
		return
	}
	best := all[0]
	for _, c := range all[1:] { // the same, with its zone
		if clock.MatchString(best.raw) && !zoned.MatchString(best.raw) && zoned.MatchString(c.raw) && strings.HasPrefix(c.raw, strings.Replace(best.raw, " ", "T", 1)) {
			best = c
		}
	}
	if !clock.MatchString(best.raw) {
		for _, c := range all[1:] {
			if clock.MatchString(c.raw) && sameDay(best.raw, c.raw) {
				best = c
				break
			}
		}
	}
	r.set("Published", &r.page.Published, best.raw, best.where)
}

// placeholder tells times that say that none is known.
func placeholder(raw string) bool {
	return strings.HasPrefix(raw, "0001-") || strings.HasPrefix(raw, "0000") || strings.HasPrefix(raw, "1970-01-01") || strings.HasSuffix(raw, "23:59:59") && len(raw) <= 19 || !hasDigit([]rune(raw)) && utf8.RuneCountInString(raw) > 12
}

var threeNumbers = regexp.MustCompile(`(\d{4})\D{1,3}0?(\d{1,2})\D{1,3}0?(\d{1,2})`)

// sameDay tells that two dates are of one day, or that one is written so that it cannot be told.
func sameDay(a, b string) bool {
	x, y := threeNumbers.FindStringSubmatch(a), threeNumbers.FindStringSubmatch(b)
	if x == nil || y == nil {
		return true
	}
	return x[1] == y[1] && x[2] == y[2] && x[3] == y[3]
}

// headerDate takes the dates under the title: those with a label first.
func (r *reading) headerDate(add func(raw, where string)) {
	for _, f := range r.facts {
		if r.inHeader(f.line) {
			r.factDates(f, "line under the title", add)
		}
	}
	for i := max(0, r.title-3, r.start-14); i < min(r.start+3, len(r.lines)); i++ {
		if r.lines[i].runes > 240 || !r.inHeader(i) || i == r.title {
			continue
		}
		raw, whole := r.date(i)
		s := unmarked(r.marked(i))
		if f, ok := r.factsOf(i); ok {
			if s, raw = unmarked(f.before), ""; mayDate(s) {
				raw, whole = readDate(s)
			}
		}
		switch {
		case raw == "" || !whole && !(hasYear.MatchString(raw) && aboutDate(s, raw)) || strings.Contains(s, "今天是"):
		case i < r.title && siteClock.MatchString(s):
			defer add(raw, "line over the title")
		default:
			add(raw, "line under the title")
		}
	}
}

// timeElement takes what the first element <time> under the title tells machines.
func (r *reading) timeElement(add func(raw, where string)) {
	for _, e := range r.times {
		if !r.inHeader(e.line) || e.line < r.title {
			continue
		}
		if f, ok := r.factsOf(e.line); ok && r.hasFact(f, updated) && !r.hasFact(f, published) {
			continue
		}
		add(attrOf(e.node, "datetime"), "time element")
		return
	}
}

// aboutDate tells that a line is a date and a few words more, and no sentence with a date in it.
func aboutDate(s, raw string) bool {
	rest := strings.TrimSpace(strings.Replace(s, raw, "", 1))
	most := 24
	if !hasHan(rest) {
		most = 48
	}
	return utf8.RuneCountInString(rest) <= most && !strings.ContainsAny(rest, "。，,；;（(第") && !decided.MatchString(rest)
}

var decided = regexp.MustCompile(`会议|通过|施行|起草|批准|制定|公布`)

func (r *reading) factDates(f lineFacts, where string, add func(raw, where string)) {
	for _, t := range f.told {
		raw, whole := readDate(clipRunes(unmarked(t.value), 60))
		switch {
		case raw == "" || !whole && !hasYear.MatchString(raw):
		case t.fact == published:
			add(raw, where+": "+t.label)
		case t.fact == updated:
			if !placeholder(raw) {
				r.set("Updated", &r.page.Updated, raw, where+": "+t.label)
			}
		}
	}
}
