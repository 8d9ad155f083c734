package normalize

import (
	"strings"
	"time"
)

// zone is a place's reckoning of time: the same on every machine, whatever its zone files say.
type zone struct {
	since  int     // year; what it was before is not known here
	hours  float64 // east of UTC, in winter
	summer summer
}

// summer is the rule by which clocks are put forward by an hour.
type summer byte

const (
	never    summer = iota
	european        // last Sunday of March to last Sunday of October, at 1:00 UTC
	american        // second Sunday of March to first Sunday of November, at 2:00; before 2007, first of April to last of October
)

// offset is how far east of UTC a clock is that shows a time; of two such moments, the first.
func (z zone) offset(shown time.Time) (time.Duration, bool) {
	east := time.Duration(z.hours * float64(time.Hour))
	if winter := shown.Add(-time.Hour); z.summer.holds(winter, east) {
		east += time.Hour
	}
	return east, shown.Year() >= z.since
}

// holds tells whether it is summer when clocks that were never put forward show a time.
func (s summer) holds(winter time.Time, east time.Duration) bool {
	year := winter.Year()
	var begins, ends time.Time
	switch {
	case s == never:
		return false
	case s == european:
		begins, ends = sunday(year, time.April, -7).Add(time.Hour+east), sunday(year, time.November, -7).Add(time.Hour+east)
	case year < 2007:
		begins, ends = sunday(year, time.April, 0).Add(2*time.Hour), sunday(year, time.November, -7).Add(time.Hour)
	default:
		begins, ends = sunday(year, time.March, 7).Add(2*time.Hour), sunday(year, time.November, 0).Add(time.Hour)
	}
	return !winter.Before(begins) && winter.Before(ends)
}

// sunday is the first Sunday of a month, or so many days later.
func sunday(year int, month time.Month, later int) time.Time {
	first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, (7-int(first.Weekday()))%7+later)
}

// zones are those that dates name, by their names in the tz database.
var zones = func() map[string]zone {
	all := map[string]zone{}
	for names, z := range map[string]zone{
		"Asia/Shanghai Asia/Chongqing Asia/Harbin": {1992, 8, never},
		"Asia/Hong_Kong Asia/Macau Asia/Taipei":    {1980, 8, never},
		"Asia/Singapore Asia/Kuala_Lumpur":         {1982, 8, never},
		"Asia/Manila":                              {1991, 8, never},
		"Asia/Ulaanbaatar":                         {2017, 8, never},
		"Asia/Tokyo":                               {1970, 9, never},
		"Asia/Seoul":                               {1989, 9, never},
		"Asia/Bangkok Asia/Ho_Chi_Minh Asia/Saigon Asia/Jakarta": {1976, 7, never},
		"Asia/Kolkata Asia/Calcutta":                             {1970, 5.5, never},
		"Asia/Dubai":                                             {1970, 4, never},
		"Australia/Brisbane":                                     {1993, 10, never},
		"Australia/Perth":                                        {2010, 8, never},
		"America/Phoenix":                                        {1970, -7, never},
		"America/Sao_Paulo":                                      {2020, -3, never},
		"Europe/Moscow":                                          {2015, 3, never},
		"Europe/Istanbul":                                        {2017, 3, never},
		"Europe/London Europe/Dublin":                            {1996, 0, european},
		"Europe/Lisbon":                                          {1997, 0, european},
		`Europe/Madrid Europe/Paris Europe/Brussels Europe/Amsterdam Europe/Luxembourg Europe/Berlin Europe/Zurich Europe/Vienna
			Europe/Rome Europe/Copenhagen Europe/Oslo Europe/Stockholm Europe/Prague Europe/Warsaw Europe/Budapest
			Europe/Belgrade Europe/Zagreb Europe/Ljubljana`: {1996, 1, european},
		"Europe/Athens Europe/Helsinki":                    {1996, 2, european},
		"Europe/Sofia Europe/Bucharest Europe/Kyiv":        {1997, 2, european},
		"America/Halifax":                                  {1987, -4, american},
		"America/New_York America/Detroit America/Toronto": {1987, -5, american},
		"America/Chicago":                                  {1987, -6, american},
		"America/Denver":                                   {1987, -7, american},
		"America/Los_Angeles":                              {1987, -8, american},
	} {
		for _, name := range strings.Fields(names) {
			all[name] = z
		}
	}
	return all
}()
