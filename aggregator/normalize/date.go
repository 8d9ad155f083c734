package normalize

import (
	"strings"
	"time"

	"civicfeed/models"
)

// The years that a date of news can name; others are typing errors and unset fields.
const (
	oldestYear = 1900
	newestYear = 2099
)

// Date reads a date in any of the forms that sites write: RFC 822 and 5322, RFC 3339 and ISO 8601
// whole or in part, the forms of Chinese, Taiwanese, Japanese and Korean content systems with
// their eras and halves of the day, month names in European languages, Unix seconds.
//
// A date without a zone is reckoned in loc (nil: UTC); a zone's abbreviation is first understood
// as loc's own (CST is China's in Shanghai, America's in Chicago). The order of day and month
// follows language and place. What can be read in two ways is refused, as is what needs to know
// today's date (昨天, 9月29日); a wrong date is worse than none. The time is in UTC.
func Date(raw string, loc *time.Location, language string) (time.Time, models.Precision, bool) {
	var r reading
	return r.date(raw, loc, language)
}

// date is [Date]; what is left in the reading tells how.
func (r *reading) date(raw string, loc *time.Location, language string) (time.Time, models.Precision, bool) {
	if loc == nil {
		loc = time.UTC
	}
	if len(raw) > 200 {
		return time.Time{}, "", false
	}
	text, named, ok := namedZone(raw, loc)
	if !ok {
		r.doubt = unknownZone
		return time.Time{}, "", false
	}
	words, ok := lex(text)
	if !ok {
		r.doubt = unknownWord
		return time.Time{}, "", false
	}
	*r = reading{words: words, place: placeOf(loc, language), named: named, korean: strings.ContainsFunc(text, hangul)}
	if !r.read() {
		return time.Time{}, "", false
	}
	return r.moment(loc)
}

// reading is what has been understood of a date so far. Fields that are -1 are not told yet.
type reading struct {
	words []lexeme
	at    int // the next word

	year, month, day          int
	hour, minute, second, nan int
	half                      half
	weekday                   int
	numbers                   []lexeme // of the date, not yet told apart
	named                     *zone
	zone                      string // abbreviation, as a word
	offset                    int    // seconds east
	hasOffset                 bool
	place                     place
	korean                    bool // written in Hangul

	zoned   bool          // the date says where; else it is reckoned in the source's zone
	east    time.Duration // of UTC, by what it says
	ordered order         // in which its figures were read, where they leave that open
	doubt   doubt         // why it was refused
}

// read understands all words, or refuses.
func (r *reading) read() bool {
	r.year, r.month, r.day, r.hour, r.minute, r.second, r.weekday = -1, -1, -1, -1, -1, -1, -1
	if t, ok := stamp(r.words); ok {
		t = t.UTC()
		r.year, r.month, r.day = t.Year(), int(t.Month()), t.Day()
		r.hour, r.minute, r.second, r.nan = t.Hour(), t.Minute(), t.Second(), t.Nanosecond()
		r.hasOffset = true
		return true
	}
	for r.at < len(r.words) {
		if !r.step() {
			return false
		}
	}
	return r.applyHalf() && r.sort()
}

// step understands the next word and those that belong to it.
func (r *reading) step() bool {
	w := r.words[r.at]
	r.at++
	switch w.kind {
	case isNumber:
		return r.number(w)
	case isMonth:
		return r.monthName(w)
	case isWeekday:
		if r.weekday < 0 {
			r.weekday = w.n
		}
		return true
	case isHalf:
		return set((*int)(&r.half), w.n, 0)
	case isEra:
		return r.era(w)
	case isZone:
		return r.zoneName(w)
	case isClock: // the T of ISO 8601
		return r.clock()
	case isNoise:
		return true
	case isOrdinal:
		return r.at == 1 && w.text == "nd" // niedziela
	case isUnit: // 月 and 日 standing alone are weekdays, in Japanese and Korean
		return r.loneUnit(w)
	}
	return r.symbol(w)
}

// set fills a field that has not been told yet; a second telling is a doubt.
func set(field *int, n, unset int) bool {
	if *field != unset {
		return false
	}
	*field = n
	return true
}

func (r *reading) peek(n int) lexeme {
	if r.at+n < len(r.words) {
		return r.words[r.at+n]
	}
	return lexeme{}
}

func (r *reading) number(w lexeme) bool {
	next := r.peek(0)
	if next.is(":") && r.peek(1).kind == isNumber {
		return r.time(w)
	}
	if next.kind == isUnit {
		r.at++
		return r.unit(w, next)
	}
	if next.kind == isOrdinal && !next.space {
		r.at++
	}
	r.numbers = append(r.numbers, w)
	return len(r.numbers) <= 3
}

func (r *reading) unit(w, unit lexeme) bool {
	switch unit.n {
	case unitYear:
		year, ok := r.place.hanYear(w)
		return ok && set(&r.year, year, -1)
	case unitMonth:
		return set(&r.month, w.n, -1)
	case unitDay:
		return set(&r.day, w.n, -1)
	case unitHour:
		return set(&r.hour, w.n, -1) && r.afterHour()
	case unitMinute:
		return r.hour >= 0 && set(&r.minute, w.n, -1)
	}
	return r.minute >= 0 && set(&r.second, w.n, -1)
}

// afterHour takes 半 (half past), and the minutes of 15h30.
func (r *reading) afterHour() bool {
	switch next := r.peek(0); {
	case next.kind == isHalfHour:
		r.at++
		r.minute = 30
	case next.kind == isNumber && next.digits == 2 && !next.space && r.peek(1).kind != isUnit:
		r.at++
		r.minute = next.n
	}
	return true
}

func (r *reading) loneUnit(unit lexeme) bool {
	if r.weekday >= 0 || r.at > 1 {
		return false
	}
	switch unit.n {
	case unitMonth:
		r.weekday = 1
	case unitDay:
		r.weekday = 0
	default:
		return false
	}
	return true
}

func (r *reading) monthName(w lexeme) bool {
	if w.text == "mar" && r.at == 1 && r.monthFollows() { // mardi, martes, martedì
		r.weekday = 2
		return true
	}
	if w.n == 0 { // a name that means two months, in two languages
		w.n = r.place.doubtful(w.text)
	}
	return w.n > 0 && set(&r.month, w.n, -1)
}

// monthFollows tells whether a month is still to come, by name or in figures.
func (r *reading) monthFollows() bool {
	for _, later := range r.words[r.at:] {
		if later.kind == isMonth {
			return true
		}
	}
	return r.peek(0).kind == isNumber && r.peek(1).kind == isSymbol && r.peek(2).kind == isNumber && !r.peek(1).is(",")
}

func (r *reading) era(w lexeme) bool {
	next := r.peek(0)
	if next.kind != isNumber || next.digits > 3 && w.n != 0 {
		return false
	}
	r.at++
	if r.peek(0).kind == isUnit && r.peek(0).n == unitYear {
		r.at++
	}
	for r.peek(0).is("-") || r.peek(0).is("/") || r.peek(0).is(".") {
		r.at++
	}
	return set(&r.year, next.n+w.n, -1)
}

// symbol takes an offset from UTC where there is one, and lets punctuation pass.
func (r *reading) symbol(w lexeme) bool {
	next := r.peek(0)
	sign := w.is("+") || w.is("-")
	told := r.hour >= 0 || r.zone != ""
	spaced := w.space && next.space
	if sign && told && next.kind == isNumber && !spaced && !r.hasOffset && !r.peek(1).is("-") {
		r.at++
		return r.offsetOf(w, next)
	}
	return !w.is("+") && !w.is(":") && w.kind == isSymbol
}
