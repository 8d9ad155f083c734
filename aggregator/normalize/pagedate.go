package normalize

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"civicfeed/models"
)

// sighted reads a date that tells only to whom reads it on the day: 刚刚, 3小时前, 昨天 14:05, 周三, 14:05,
// 10-04, 十月四日. It is reckoned from now, the moment of the visit; one without a year is the latest
// that is not after it, or the one next to near, where that is known. What lies ahead is
// refused, and so is everything where now is unknown.
func sighted(raw string, now time.Time, loc *time.Location, language string, near time.Time) (time.Time, models.Precision, bool) {
	if now.IsZero() || len(raw) > 200 {
		return time.Time{}, "", false
	}
	if loc == nil {
		loc = time.UTC
	}
	s := sight{now: now.In(loc), loc: loc, language: language, near: near}
	text := strings.TrimSpace(dateLabel.ReplaceAllString(strings.TrimSpace(narrow(raw)), ""))
	text = strings.Trim(text, "[]() ")
	for _, read := range []func(string) (time.Time, models.Precision, bool){s.ago, s.dayWord, s.weekday, s.clock, s.yearless} {
		if at, precision, ok := read(strings.ToLower(text)); ok {
			return at, precision, !at.After(now.Add(slack))
		}
	}
	return time.Time{}, "", false
}

// slack is how far a site's clock may be ahead of ours.
const slack = 10 * time.Minute

// sight is the moment and the place from which such a date is read.
type sight struct {
	now      time.Time // in loc
	loc      *time.Location
	language string
	near     time.Time // the day that the address tells
}

var (
	dateLabel = regexp.MustCompile(`^(?:(?:发布|發布|發佈|更新|发表|發表|刊登|公布|张贴|張貼|登载|发文|成文|公告|录入|添加|创建|编辑|掲載|公開|投稿|登録|등록|작성|posted|published|updated|date)?(?:时间|時間|日期|日時|于|於|日|:|on|date)\s*:?\s*)`)

	justNow = regexp.MustCompile(`^(?:刚刚|剛剛|刚才|剛才|方才|たった今|방금(?: 전)?|just now|moments? ago)$`)
	before  = regexp.MustCompile(`^(?:大约|大約|约|約|about )?(\d{1,4}|半|几|幾|数|數|[一二两兩三四五六七八九十]{1,3}|an?)\s*(个|個|か|ヶ)?\s*(秒钟?|秒鐘?|分钟?|分鐘|小时|小時|时|時間?|点钟?|天|日|周|週間?|星期|礼拜|月|年|초|분|시간|일|주|개월|년|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|[smhdw])(?:半)?\s*(?:之前|以前|前|전| ago)$`)
	dayName = regexp.MustCompile(`^(今天|今日|本日|今早|今晨|今晚|今|昨天|昨日|昨晚|昨夜|昨|前天|前日|一昨日|大前天|오늘|어제|그제|today|yesterday)(?:\s*(?:at|,)?\s*)(.*)$`)
	ofWeek  = regexp.MustCompile(`^(?:本|这|上)?(?:周|星期|礼拜|週|禮拜)([一二三四五六日天])\s*(.*)$`)
	onlyAt  = regexp.MustCompile(`^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$`)
	inDigit = regexp.MustCompile(`^(\d{1,2})\s*([-/.])\s*(\d{1,2})(?:\s+(\d{1,2}:\d{2}(?::\d{2})?))?$`)
	inHan   = regexp.MustCompile(`^(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*[月월]\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日号號일]?(?:[^\d年].*|\s.*)?$`)
)

// ago reads 刚刚 and how much of a unit before now.
func (s *sight) ago(text string) (time.Time, models.Precision, bool) {
	if justNow.MatchString(text) {
		return s.now.Truncate(time.Minute), models.Minute, true
	}
	m := before.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, "", false
	}
	n, half := amount(m[1])
	if length := shortUnit(m[3]); length > 0 {
		gone := time.Duration(n)*length + half*length/2
		return s.now.Add(-gone).Truncate(time.Minute), models.Minute, true
	}
	if half > 0 {
		if strings.HasPrefix(m[3], "年") {
			return s.day(0, -6, 0), models.Day, true
		}
		return s.now.Add(-12 * time.Hour).Truncate(time.Minute), models.Minute, m[3] == "天" || m[3] == "日"
	}
	switch u := m[3]; {
	case u == "天" || u == "日" || u == "일" || strings.HasPrefix(u, "d"):
		return s.day(0, 0, -n), models.Day, true
	case strings.HasPrefix(u, "周") || strings.HasPrefix(u, "週") || u == "星期" || u == "礼拜" || u == "주" || strings.HasPrefix(u, "w"):
		return s.day(0, 0, -7*n), models.Day, true
	case u == "月" || u == "개월" || strings.HasPrefix(u, "mo"):
		return s.day(0, -n, 0), models.Day, n <= 1200
	}
	return s.day(-n, 0, 0), models.Day, n <= 100
}

// shortUnit is a unit's length, of those that are shorter than a day.
func shortUnit(u string) time.Duration {
	switch {
	case strings.HasPrefix(u, "秒"), u == "초", strings.HasPrefix(u, "s"):
		return time.Second
	case strings.HasPrefix(u, "分"), u == "분", strings.HasPrefix(u, "min"), u == "m":
		return time.Minute
	case strings.HasPrefix(u, "小"), strings.HasPrefix(u, "时"), strings.HasPrefix(u, "時"), strings.HasPrefix(u, "点"), u == "시간", strings.HasPrefix(u, "h"):
		return time.Hour
	}
	return 0
}

// amount reads a number; 半 is a half, 几 is three or so.
func amount(s string) (n int, half time.Duration) {
	switch s {
	case "半":
		return 0, 1
	case "几", "幾", "数", "數":
		return 3, 0
	case "两", "兩":
		return 2, 0
	case "a", "an":
		return 1, 0
	}
	if n, err := strconv.Atoi(s); err == nil {
		return n, 0
	}
	l, _ := numerals(s)
	return l.n, 0
}

// day is the midnight of a day so far from today.
func (s *sight) day(years, months, days int) time.Time {
	return time.Date(s.now.Year()+years, s.now.Month()+time.Month(months), s.now.Day()+days, 0, 0, 0, 0, s.loc).UTC()
}

// dayWord reads 昨天 14:05 and its like.
func (s *sight) dayWord(text string) (time.Time, models.Precision, bool) {
	m := dayName.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, "", false
	}
	back, half := 0, ""
	switch m[1] {
	case "昨天", "昨日", "昨", "昨晚", "昨夜", "어제", "yesterday":
		back = 1
	case "前天", "前日", "一昨日", "그제":
		back = 2
	case "大前天":
		back = 3
	}
	switch {
	case m[2] == "":
	case strings.HasSuffix(m[1], "晚") || strings.HasSuffix(m[1], "夜"):
		half = "晚上"
	case strings.HasSuffix(m[1], "早") || strings.HasSuffix(m[1], "晨"):
		half = "早上"
	}
	return s.at(s.day(0, 0, -back), half+m[2])
}

// at adds a time of the day, as written, to a day.
func (s *sight) at(day time.Time, clock string) (time.Time, models.Precision, bool) {
	if clock = strings.TrimSpace(clock); clock == "" {
		return day, models.Day, true
	}
	return Date(day.In(s.loc).Format("2006年1月2日 ")+clock, s.loc, s.language)
}

// weekday reads 周三: the last one there was.
func (s *sight) weekday(text string) (time.Time, models.Precision, bool) {
	m := ofWeek.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, "", false
	}
	day := strings.Index("日一二三四五六", m[1]) / len("日")
	if m[1] == "天" {
		day = 0
	}
	back := (int(s.now.Weekday()) - day + 7) % 7
	if back == 0 && m[2] == "" {
		back = 7
	}
	at, precision, ok := s.at(s.day(0, 0, -back), m[2])
	if ok && at.After(s.now.Add(slack)) {
		return s.at(s.day(0, 0, -back-7), m[2])
	}
	return at, precision, ok
}

// clock reads a time of the day alone: today's, or where that is still to come, yesterday's.
func (s *sight) clock(text string) (time.Time, models.Precision, bool) {
	if !onlyAt.MatchString(text) {
		return time.Time{}, "", false
	}
	at, precision, ok := s.at(s.day(0, 0, 0), text)
	if ok && at.After(s.now.Add(slack)) {
		return s.at(s.day(0, 0, -1), text)
	}
	return at, precision, ok
}

// yearless reads a month and a day: the latest that is not after today. Which of two figures is the
// month is for the place to tell.
func (s *sight) yearless(text string) (time.Time, models.Precision, bool) {
	write := func(year int) string { return fmt.Sprintf("%d年%s", year, text) }
	if m := inDigit.FindStringSubmatch(text); m != nil {
		month, day := m[1], m[3]
		first, _ := strconv.Atoi(month)
		second, _ := strconv.Atoi(day)
		switch order := placeOf(s.loc, s.language).order; {
		case order == dmy && m[2] != "-" && second <= 12 || first > 12:
			month, day = day, month
		case order == "" && second <= 12 && first != second && m[2] != "-":
			return time.Time{}, "", false
		}
		write = func(year int) string { return fmt.Sprintf("%d-%s-%s %s", year, month, day, m[4]) }
	} else if !inHan.MatchString(text) {
		return time.Time{}, "", false
	}
	var best time.Time
	var precision models.Precision
	for year := s.now.Year(); year > s.now.Year()-9; year-- { // 29 February
		at, p, ok := Date(write(year), s.loc, s.language)
		switch {
		case !ok || at.After(s.now.Add(slack)):
		case best.IsZero(), !s.near.IsZero() && at.Sub(s.near).Abs() < best.Sub(s.near).Abs():
			best, precision = at, p
		}
		if !best.IsZero() && s.near.IsZero() {
			break
		}
	}
	return best, precision, !best.IsZero()
}
