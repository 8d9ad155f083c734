package normalize

import (
	"time"

	"civicfeed/models"
)

// time reads hour:minute[:second[.fraction]], the hour being w.
func (r *reading) time(w lexeme) bool {
	if r.hour >= 0 || w.digits > 2 {
		return false
	}
	if w.symbol == "-" && !w.space && len(r.numbers) == 3 {
		return false // 2003-12-31-05:00 is a day with an offset, or a day and an hour
	}
	minute := r.peek(1)
	r.at += 2
	r.hour, r.minute = w.n, minute.n
	if minute.digits > 2 {
		return false
	}
	if !r.peek(0).is(":") {
		return true
	}
	second := r.peek(1)
	if second.kind != isNumber || second.digits > 2 {
		return false
	}
	r.at += 2
	r.second = second.n
	r.fraction()
	return true
}

func (r *reading) fraction() {
	point, digits := r.peek(0), r.peek(1)
	if !point.is(".") && !point.is(",") || digits.kind != isNumber || point.space || digits.space {
		return
	}
	r.at += 2
	unit := 1_000_000_000
	for i := 0; i < len(digits.text) && i < 9; i++ {
		unit /= 10
		r.nan += int(digits.text[i]-'0') * unit
	}
}

// clock reads what follows the T of ISO 8601 in its basic form, 192030 or 1920 or 19;
// the extended form is read as time.
func (r *reading) clock() bool {
	w := r.peek(0)
	if w.kind != isNumber || len(r.numbers) == 0 && r.month < 0 {
		return false
	}
	if r.peek(1).is(":") {
		return true
	}
	r.at++
	switch {
	case r.hour >= 0:
		return false
	case w.digits == 6:
		r.hour, r.minute, r.second = w.n/10000, w.n/100%100, w.n%100
		r.fraction()
	case w.digits == 4:
		r.hour, r.minute = w.n/100, w.n%100
	case w.digits == 2:
		r.hour, r.minute = w.n, 0
	default:
		return false
	}
	return true
}

// offsetOf reads +08, +8, +0800, +800, +08:00.
func (r *reading) offsetOf(sign, w lexeme) bool {
	hours, minutes := w.n, 0
	switch {
	case w.digits > 4:
		return false
	case w.digits > 2:
		hours, minutes = w.n/100, w.n%100
	case r.peek(0).is(":"):
		if r.peek(1).kind != isNumber || r.peek(1).digits != 2 {
			return false
		}
		minutes = r.peek(1).n
		r.at += 2
	}
	if hours > 15 || minutes > 59 {
		return false
	}
	r.offset, r.hasOffset = hours*3600+minutes*60, true
	if sign.is("-") {
		r.offset = -r.offset
	}
	return true
}

func (r *reading) zoneName(w lexeme) bool {
	if r.hour < 0 && (w.text == "at" || w.text == "pt" && r.at == 1) { // the English word; Polish piątek
		return true
	}
	if len(w.text) == 1 && w.text != "z" && r.hour < 0 { // the W of a week, the Q of a quarter
		return false
	}
	if r.zone != "" {
		return w.text == r.zone || r.hasOffset
	}
	r.zone = w.text
	return true
}

// applyHalf turns 下午3 into 15 and 24:00 into the next day's 0:00, and checks the clock.
func (r *reading) applyHalf() bool {
	if r.hour < 0 {
		return r.half == 0
	}
	switch {
	case r.half == 0 || r.hour > 12:
		if r.half == am && r.hour > 12 {
			return false
		}
	case r.half == night && (r.hour == 12 || r.hour < 5): // 晚上12点: which day's?
		return false
	case r.half == noon && r.hour >= 10: // 中午11:30
	case r.half == noon && r.hour > 2:
		return false
	case r.half == am && r.hour == 12:
		r.hour = 0
	case r.half != am && r.hour < 12:
		r.hour += 12
	}
	whole := r.hour == 24 && r.minute <= 0 && r.second <= 0 && r.nan == 0
	return (r.hour < 24 || whole) && r.minute < 60 && r.second <= 60
}

// moment is the time read, once all words are understood. The one at which clocks begin, here or in
// UTC, is no date of news.
func (r *reading) moment(loc *time.Location) (time.Time, models.Precision, bool) {
	t, precision, ok := r.reckon(loc)
	if ok && (t.Unix() == 0 || t.Equal(time.Date(1970, 1, 1, 0, 0, 0, 0, loc))) {
		r.doubt = unset
		return time.Time{}, "", false
	}
	return t, precision, ok
}

func (r *reading) reckon(loc *time.Location) (time.Time, models.Precision, bool) {
	none := time.Time{}
	if r.year < oldestYear || r.year > newestYear || r.month < 1 || r.month > 12 ||
		r.day < 1 || r.day > days(r.year, r.month) {
		r.doubt = noSuchDay
		return none, "", false
	}
	precision := models.Day
	if r.hour >= 0 {
		precision = models.Minute
	}
	if r.second >= 0 {
		precision = models.Second
	}
	second := min(max(r.second, 0), 59) // a leap second is the one before it
	at := func(loc *time.Location) time.Time {
		return time.Date(r.year, time.Month(r.month), r.day, max(r.hour, 0), max(r.minute, 0), second, r.nan, loc)
	}
	var offset time.Duration
	ok := true
	switch {
	case r.hasOffset:
		offset = time.Duration(r.offset) * time.Second
	case r.named != nil:
		offset, ok = r.named.offset(at(time.UTC))
	case r.zone != "":
		offset, ok = offsetOf(r.zone, loc, at)
	case r.korean && loc == time.UTC: // the words tell where nothing else does
		offset, ok = zones["Asia/Seoul"].offset(at(time.UTC))
	default:
		return at(loc).UTC(), precision, true
	}
	if !ok {
		r.doubt = unknownZone
		return none, "", false
	}
	r.zoned, r.east = true, offset
	return at(time.UTC).Add(-offset), precision, true
}

func days(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
