package normalize

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"civicfeed/models"
)

// longestTTL is what a feed may say of how long it stays as it is; beyond it is not meant.
const longestTTL = 365 * 24 * time.Hour

// hints reads what a feed says of when to come again. What makes no sense is told and left out.
func (n *document) hints() models.Hints {
	return models.Hints{TTL: n.ttl(), Every: n.every(), SkipHours: n.skipHours(), SkipDays: n.skipDays()}
}

// ttl reads minutes (RSS 2.0).
func (n *document) ttl() time.Duration {
	raw := strings.TrimSpace(n.Feed.TTL)
	if raw == "" {
		return 0
	}
	minutes, err := strconv.ParseFloat(raw, 64)
	if err != nil || !(minutes >= 1 && minutes <= longestTTL.Minutes()) {
		n.doubt("ttl is not heeded, it is no number of minutes in a year: %s", quoted(raw))
		return 0
	}
	return time.Duration(minutes * float64(time.Minute))
}

// periods of sy:updatePeriod.
func periods() map[string]time.Duration {
	const day = 24 * time.Hour
	return map[string]time.Duration{"hourly": time.Hour, "daily": day, "weekly": 7 * day, "monthly": 30 * day, "yearly": 365 * day}
}

// every reads sy:updatePeriod and sy:updateFrequency, times in that period (1 where it is left out).
func (n *document) every() time.Duration {
	period, frequency := strings.TrimSpace(n.Feed.UpdatePeriod), strings.TrimSpace(n.Feed.UpdateFrequency)
	if period == "" {
		return 0
	}
	length, ok := periods()[strings.ToLower(period)]
	if !ok {
		n.doubt("sy:updatePeriod is not heeded, it is none of hourly, daily, weekly, monthly, yearly: %s", quoted(period))
		return 0
	}
	if frequency == "" {
		return length
	}
	times, err := strconv.Atoi(frequency)
	if err != nil || times < 1 || length/time.Duration(times) < time.Minute {
		n.doubt("sy:updateFrequency is not heeded, it is no number of times a period: %s", quoted(frequency))
		return 0
	}
	return length / time.Duration(times)
}

// skipHours reads hours of GMT (RSS 2.0); some write 24 for midnight.
func (n *document) skipHours() []int {
	return skipped(n, "skipHours", n.Feed.SkipHours, 24, func(raw string) (int, bool) {
		hour, err := strconv.Atoi(raw)
		return hour % 24, err == nil && hour >= 0 && hour <= 24
	})
}

// skipDays reads days of GMT by their English names (RSS 2.0).
func (n *document) skipDays() []time.Weekday {
	return skipped(n, "skipDays", n.Feed.SkipDays, 7, func(raw string) (time.Weekday, bool) {
		for day := time.Sunday; day <= time.Saturday; day++ {
			if strings.EqualFold(raw, day.String()) {
				return day, true
			}
		}
		return 0, false
	})
}

// skipped reads what is to be skipped of all there is; where that is everything, it is nothing.
func skipped[T int | time.Weekday](n *document, list string, raws []string, all int, read func(string) (T, bool)) []T {
	var good []T
	var bad []string
	for _, raw := range raws {
		if t, ok := read(strings.TrimSpace(raw)); ok {
			good = append(good, t)
		} else {
			bad = append(bad, raw)
		}
	}
	if len(bad) > 0 {
		n.doubt("of %s %d are not heeded, for they are none: %s", list, len(bad), quoted(bad[0]))
	}
	slices.Sort(good)
	if good = slices.Compact(good); len(good) == all {
		n.doubt("%s is not heeded: it leaves no time at all", list)
		return nil
	}
	return good
}
