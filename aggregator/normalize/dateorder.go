package normalize

import (
	"slices"
	"strings"
	"time"
)

// order is the order in which a place writes year, month and day in figures.
type order string

const (
	ymd order = "ymd"
	dmy order = "dmy"
	mdy order = "mdy"
)

// place is what language and zone tell about the writing of dates.
type place struct {
	language string // primary subtag
	order    order  // empty: not known
	minguo   bool   // years of the Republic of China
}

func placeOf(loc *time.Location, language string) place {
	language = strings.ToLower(strings.ReplaceAll(language, "_", "-"))
	primary, _, _ := strings.Cut(language, "-")
	p := place{language: primary}
	zone := loc.String()
	p.minguo = zone == "Asia/Taipei" || language == "zh-tw" || language == "zh-hant-tw"
	american := zone == "Pacific/Honolulu" || strings.HasPrefix(zone, "US/") || slices.Contains(americanZones, zone)
	switch {
	case zone == "Asia/Hong_Kong" || zone == "Asia/Macau" || zone == "Asia/Singapore" || language == "zh-hk":
		p.order = dmy
	case primary == "zh" || primary == "ja" || primary == "ko" || primary == "hu" || primary == "lt":
		p.order = ymd
	case primary == "en" && american:
		p.order = mdy
	case primary == "en" && language != "en-us" && (language != "en" || europeOrOceania(zone) || zone == "Asia/Kolkata"):
		p.order = dmy
	case strings.Contains(" es fr de it pt nl ru uk pl cs sk tr el ro bg da nb no fi ca gl hr sl vi id ", " "+primary+" ") && primary != "":
		p.order = dmy
	case primary == "" && american:
		p.order = mdy
	case primary == "" && strings.HasPrefix(zone, "Europe/"):
		p.order = dmy
	}
	return p
}

func europeOrOceania(zone string) bool {
	return strings.HasPrefix(zone, "Europe/") || strings.HasPrefix(zone, "Australia/") || zone == "Pacific/Auckland"
}

// The zones of the United States' cities, where a month is written before its day.
var americanZones = strings.Fields(`America/New_York America/Chicago America/Denver America/Los_Angeles
	America/Phoenix America/Anchorage America/Detroit America/Boise America/Indiana/Indianapolis
	America/Kentucky/Louisville America/Juneau America/Adak`)

// doubtful tells the month of a name that is one in some languages and another in others.
func (p place) doubtful(name string) int {
	switch name {
	case "listopad", "listopada":
		switch p.language {
		case "hr", "bs":
			return 10
		case "pl", "cs":
			return 11
		}
	case "srp":
		switch p.language {
		case "cs":
			return 8
		case "hr", "bs":
			return 7
		}
	}
	return 0
}

// hanYear is the year of a number before 年.
func (p place) hanYear(w lexeme) (int, bool) {
	switch {
	case w.digits == 4:
		return w.n, true
	case p.minguo && w.n > 0 && w.n < 300:
		return w.n + 1911, true
	case w.digits == 2 && p.language == "zh":
		return century(w.n), true
	}
	return 0, false
}

func century(n int) int {
	if n < 70 {
		return 2000 + n
	}
	return 1900 + n
}

// stamp reads Unix seconds and milliseconds that a living site can have written.
func stamp(words []lexeme) (time.Time, bool) {
	if len(words) != 1 || words[0].kind != isNumber {
		return time.Time{}, false
	}
	const from, to = 631152000, 4102444800 // 1990, 2100
	switch w := words[0]; {
	case w.digits <= 10 && w.digits >= 9 && w.n >= from && w.n < to:
		return time.Unix(int64(w.n), 0), true
	case w.digits == 13 && w.n/1000 >= from && w.n/1000 < to:
		return time.UnixMilli(int64(w.n)), true
	}
	return time.Time{}, false
}

// sort tells the numbers of a date apart: which is its year, its month, its day.
func (r *reading) sort() bool {
	n := r.numbers
	switch {
	case r.year >= 0 || r.month >= 0 && r.day >= 0:
		return r.rest(n)
	case r.month >= 0 && len(n) == 2:
		return r.besideMonth(n[0], n[1])
	case r.month >= 0 && len(n) == 1 && n[0].digits == 4:
		r.year, r.day = n[0].n, 1
		return true
	case r.month >= 0:
		return false
	case len(n) == 1:
		return r.compact(n[0])
	case len(n) == 2 && n[0].digits == 4 && n[1].digits == 3 && n[1].symbol == "-":
		return r.ordinal(n[0].n, n[1].n)
	case len(n) == 2 && n[0].digits == 4 && n[1].digits <= 2 && n[1].symbol != "" && r.hour < 0:
		r.year, r.month, r.day = n[0].n, n[1].n, 1
		return true
	case len(n) == 3:
		return r.three(n[0], n[1], n[2])
	}
	return false
}

// rest takes the numbers after an era's or a 年's year, in the order of East Asia.
func (r *reading) rest(n []lexeme) bool {
	if r.year < 0 && (len(n) != 1 || n[0].digits != 4) {
		return false
	}
	for _, field := range []*int{&r.year, &r.month, &r.day} {
		if *field < 0 && len(n) > 0 {
			*field, n = n[0].n, n[1:]
		}
	}
	if r.day < 0 && r.hour < 0 {
		r.day = 1
		if r.month < 0 {
			r.month = 1
		}
	}
	return len(n) == 0
}

// besideMonth takes the two numbers beside a month's name.
func (r *reading) besideMonth(a, b lexeme) bool {
	switch {
	case a.digits == 4 && b.digits <= 3:
		r.year, r.day = a.n, b.n
	case b.digits == 4 && a.digits <= 3:
		r.year, r.day = b.n, a.n
	case a.digits <= 2 && b.digits == 2:
		r.year, r.day = century(b.n), a.n
	default:
		return false
	}
	return true
}

// compact reads dates without separators.
func (r *reading) compact(w lexeme) bool {
	switch n := w.n; w.digits {
	case 14:
		r.hour, r.minute, r.second = n/10000%100, n/100%100, n%100
		return r.hour < 24 && r.minute < 60 && r.second < 60 && r.eight(n/1000000)
	case 12:
		r.hour, r.minute = n/100%100, n%100
		return r.hour < 24 && r.minute < 60 && r.eight(n/10000)
	case 8:
		return r.eight(n)
	case 7:
		return r.ordinal(n/1000, n%1000)
	case 6:
		if century := n / 10000; (century == 19 || century == 20) && n%100 >= 1 && n%100 <= 12 {
			return false // 200312 is December 2003 or 12 March 2020
		}
		return r.eight(century(n/10000)*10000 + n%10000)
	case 5:
		return r.ordinal(century(n/1000), n%1000)
	case 4:
		r.year, r.month, r.day = n, 1, 1
		return r.hour < 0
	}
	return false
}

func (r *reading) eight(n int) bool {
	r.year, r.month, r.day = n/10000, n/100%100, n%100
	return true
}

// ordinal takes a year and the day in it (ISO 8601 section 5.2.3).
func (r *reading) ordinal(year, day int) bool {
	t := time.Date(year, 1, day, 0, 0, 0, 0, time.UTC)
	r.year, r.month, r.day = year, int(t.Month()), t.Day()
	return day > 0 && t.Year() == year
}

// three takes three numbers in a row.
func (r *reading) three(a, b, c lexeme) bool {
	switch {
	case a.digits == 4 && b.digits <= 3 && c.digits <= 3:
		r.year, r.month, r.day = a.n, b.n, c.n
		return true
	case a.digits == 3 && b.digits <= 2 && c.digits <= 2:
		r.year, r.month, r.day = a.n+1911, b.n, c.n
		return r.place.minguo
	case c.digits == 4 && a.digits <= 2 && b.digits <= 2:
		return r.choose(c.n, a, b, b.symbol)
	case a.digits <= 2 && b.digits == 2 && c.digits == 2:
		return r.short(a, b, c)
	}
	return false
}

// choose tells day and month apart where the year comes last.
func (r *reading) choose(year int, a, b lexeme, separator string) bool {
	day, month := a.n, b.n
	first := r.fits(year, b.n, a.n)
	second := r.fits(year, a.n, b.n)
	switch {
	case first && (!second || a.n == b.n):
	case second && !first:
		day, month = b.n, a.n
	case !first:
		r.doubt = noSuchDay
		return false
	case r.place.order == dmy || r.place.order != mdy && (separator == "" || separator == "."): // RFC 5322 in figures; German habit
		r.ordered = dmy
	case r.place.order == mdy && separator != "" && separator != ".":
		r.ordered = mdy
		day, month = b.n, a.n
	default:
		r.doubt = twoDays
		return false
	}
	r.year, r.month, r.day = year, month, day
	return true
}

// fits tells whether a day exists, and is the weekday that was told.
func (r *reading) fits(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 || day > days(year, month) {
		return false
	}
	return r.weekday < 0 || int(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Weekday()) == r.weekday
}

// short takes three numbers of two digits: by the place's order, by ISO 8601 where they are
// joined by hyphens and no place is known, or by the only order in which they are a date.
func (r *reading) short(a, b, c lexeme) bool {
	readings := map[order][3]int{
		ymd: {century(a.n), b.n, c.n},
		dmy: {century(c.n), b.n, a.n},
		mdy: {century(c.n), a.n, b.n},
	}
	var possible []order
	for _, o := range []order{ymd, dmy, mdy} {
		if v := readings[o]; r.fits(v[0], v[1], v[2]) {
			possible = append(possible, o)
		}
	}
	want := r.place.order
	if want == "" && b.symbol == "-" && c.symbol == "-" {
		want = ymd
	}
	if len(possible) == 1 {
		want = possible[0]
	}
	if want == "" || !slices.Contains(possible, want) || r.place.minguo {
		r.doubt = twoDays
		return false
	}
	if b.symbol == "-" && want != ymd && len(possible) > 1 {
		r.doubt = twoDays
		return false // 03-12-31 where days come first: ISO's, or the place's?
	}
	r.ordered = want
	v := readings[want]
	r.year, r.month, r.day = v[0], v[1], v[2]
	return true
}
