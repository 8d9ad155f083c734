package normalize

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// hintsOf reads the hints of a feed that says no more, and what is doubted of them.
func hintsOf(h parse.Head) (models.Hints, []string) {
	feed, _ := Items(&parse.Document{Feed: h}, Input{URL: "https://a.example/rss"})
	return feed.Hints, feed.Warnings
}

func TestF19TTL(t *testing.T) {
	const h = time.Hour
	for raw, want := range map[string]time.Duration{
		"": 0, "60": h, " 90\n": 90 * time.Minute, "1.5": 90 * time.Second, "525600": 365 * 24 * h,
		"0": 0, "-1": 0, "1000000000": 0, "1e300": 0, "NaN": 0, "Inf": 0, "六十": 0, "60 minutes": 0, "0x3c": 0,
		strings.Repeat("9", 5000): 0,
	} {
		hints, doubts := hintsOf(parse.Head{TTL: raw})
		if hints.TTL != want {
			t.Errorf("ttl %.20q: %s, want %s", raw, hints.TTL, want)
		}
		if told := len(doubts) == 1 && strings.Contains(doubts[0], "ttl"); told != (want == 0 && raw != "") {
			t.Errorf("ttl %.20q: told %q", raw, doubts)
		}
	}
}

func TestF20SkipHoursAndDays(t *testing.T) {
	all := strings.Fields("0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23")
	week := strings.Fields("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
	for name, c := range map[string]struct {
		head  parse.Head
		want  models.Hints
		doubt string
	}{
		"none":             {},
		"hours":            {parse.Head{SkipHours: []string{"23", " 1 ", "01", "24", "0"}}, models.Hints{SkipHours: []int{0, 1, 23}}, ""},
		"days":             {parse.Head{SkipDays: []string{"Sunday", " saturday "}}, models.Hints{SkipDays: []time.Weekday{time.Sunday, time.Saturday}}, ""},
		"all hours":        {parse.Head{SkipHours: all}, models.Hints{}, "skipHours is not heeded"},
		"1 to 24":          {parse.Head{SkipHours: append(all[1:], "24")}, models.Hints{}, "skipHours is not heeded"},
		"all hours but 0":  {parse.Head{SkipHours: all[1:]}, models.Hints{SkipHours: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}}, ""},
		"all days":         {parse.Head{SkipDays: week}, models.Hints{}, "skipDays is not heeded"},
		"no hours at all":  {parse.Head{SkipHours: []string{"25", "-1", "noon", "3"}}, models.Hints{SkipHours: []int{3}}, "of skipHours 3 are not heeded"},
		"no days at all":   {parse.Head{SkipDays: []string{"Sun", "星期日", "7"}}, models.Hints{}, "of skipDays 3 are not heeded"},
		"a flood of hours": {parse.Head{SkipHours: strings.Fields(strings.Repeat("x ", 10_000))}, models.Hints{}, "of skipHours 10000 are not heeded"},
	} {
		got, doubts := hintsOf(c.head)
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if len(doubts) > 1 || !strings.Contains(strings.Join(doubts, ""), c.doubt) || (c.doubt == "") != (len(doubts) == 0) {
			t.Errorf("%s: told %q, want %q", name, doubts, c.doubt)
		}
	}
}

func TestF21Syndication(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		period, frequency string
		want              time.Duration
		doubt             string
	}{
		{"", "", 0, ""}, {"", "3", 0, ""},
		{"hourly", "", time.Hour, ""}, {"hourly", "1", time.Hour, ""}, {" Hourly\n", " 2 ", 30 * time.Minute, ""},
		{"daily", "4", 6 * time.Hour, ""}, {"weekly", "1", 7 * day, ""}, {"monthly", "1", 30 * day, ""}, {"yearly", "1", 365 * day, ""},
		{"sometimes", "1", 0, "sy:updatePeriod"}, {"每日", "", 0, "sy:updatePeriod"},
		{"hourly", "0", 0, "sy:updateFrequency"}, {"hourly", "-2", 0, "sy:updateFrequency"}, {"hourly", "often", 0, "sy:updateFrequency"},
		{"hourly", "1000000000", 0, "sy:updateFrequency"}, {"daily", "99999999999999999999", 0, "sy:updateFrequency"},
	} {
		hints, doubts := hintsOf(parse.Head{UpdatePeriod: c.period, UpdateFrequency: c.frequency})
		if hints.Every != c.want || !strings.Contains(strings.Join(doubts, ""), c.doubt) || (c.doubt == "") != (len(doubts) == 0) {
			t.Errorf("%s/%s: %s, told %q; want %s, %q", c.period, c.frequency, hints.Every, doubts, c.want, c.doubt)
		}
	}
}
