package catalog

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"civicfeed/models"
)

// spec is a schedule as written, and read.
type spec struct {
	text  string
	timer models.Schedule
}

// every is due after a duration, whatever clocks on walls do.
type every time.Duration

func (e every) Next(after time.Time) time.Time { return after.Add(time.Duration(e)) }

// in is the schedule in a zone: five o'clock is five o'clock there.
func (s spec) in(zone *time.Location) models.Schedule {
	c, ok := s.timer.(*cron.SpecSchedule)
	if !ok {
		return s.timer
	}
	local := *c
	local.Location = zone
	return &local
}

// shortest is the shortest time between two firings, as far as it is below a floor; else the floor.
// It tries two days, or 32 firings where they come less often.
func (s spec) shortest(floor time.Duration) time.Duration {
	timer := s.in(time.UTC)
	first := timer.Next(someDay)
	for n, t := 0, first; n < 32 || n < 600 && t.Sub(first) < 48*time.Hour; n++ {
		next := timer.Next(t)
		if next.IsZero() { // not within the five years that cron looks ahead: the next leap day, in 2096
			break
		}
		if gap := next.Sub(t); gap < floor {
			return gap
		}
		t = next
	}
	return floor
}

// auto leaves it to the source's own rhythm; hourly where that is not known.
const auto = "auto"

// someDay is where the firings of a schedule are tried out; the next leap year is two years off.
var someDay = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// schedule is a cron spec of five fields, one of its names, @every and a duration, or auto; its value is a spec.
func schedule() word {
	return parsed("a schedule", `"@hourly"`, `\S`, parseSpec)
}

func parseSpec(s string) (any, error) {
	text := strings.TrimSpace(s)
	switch first, rest, _ := strings.Cut(text, " "); {
	case strings.HasPrefix(text, "TZ=") || strings.HasPrefix(text, "CRON_TZ="):
		_, name, _ := strings.Cut(first, "=")
		if _, err := zone().parse(name); err != nil {
			name = "Asia/Shanghai"
		}
		return nil, fmt.Errorf("a schedule names no zone: write schedule: %q and beside it timezone: %s", cmp.Or(strings.TrimSpace(rest), "@hourly"), name)
	case text == auto:
		return spec{auto, every(time.Hour)}, nil
	case first == "@every" || first == "every":
		return parseEvery(first, rest)
	case strings.HasPrefix(text, "@"):
		if !named.MatchString(text) {
			return nil, fmt.Errorf("%q is not a schedule: write %s", text, cmp.Or(nearest(text, descriptors()), "one of "+oneOf(descriptors())))
		}
	case len(strings.Fields(text)) != 5:
		return nil, fmt.Errorf("%q is not a schedule: write %s", text, meantSpec(text))
	}
	timer, err := cron.ParseStandard(text)
	if err != nil {
		return nil, fmt.Errorf("%q is not a schedule (%v): the five fields are minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-6 with Sunday 0: write it like \"30 6-22/2 * * *\"", text, err)
	}
	made := spec{text, timer}
	if made.in(time.UTC).Next(someDay).IsZero() {
		return nil, fmt.Errorf("%q never comes, for no month has such a day: write a day that exists", text)
	}
	return made, nil
}

func parseEvery(first, rest string) (any, error) {
	d, err := parseDuration(strings.TrimSpace(rest))
	switch {
	case first == "every" && err == nil:
		return nil, fmt.Errorf(`"every %s" lacks its sign: write "@every %s"`, rest, rest)
	case err != nil:
		return nil, fmt.Errorf(`"@every" needs a duration: %w`, err)
	case d < time.Second:
		return nil, fmt.Errorf(`"@every %s" would never rest: write "@every 1h"`, rest)
	}
	return spec{"@every " + strings.TrimSpace(rest), every(d)}, nil
}

var named = regexp.MustCompile(`^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$`)

func descriptors() []string {
	return []string{"@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually", "@every 45m", auto}
}

func meantSpec(text string) string {
	if strings.EqualFold(text, auto) {
		return strconv.Quote(auto)
	}
	if named.MatchString("@" + text) {
		return fmt.Sprintf("%q", "@"+text)
	}
	if _, err := parseDuration(text); err == nil {
		return fmt.Sprintf("%q", "@every "+text)
	}
	if f := strings.Fields(text); len(f) == 6 {
		return fmt.Sprintf("five fields, without seconds: %q", strings.Join(f[1:], " "))
	}
	return `five fields (minute hour day month weekday), like "30 6-22/2 * * *", or "@hourly", "@daily", "@every 45m"`
}
