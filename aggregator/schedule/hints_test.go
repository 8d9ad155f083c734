package schedule

import (
	"fmt"
	"testing"
	"time"

	"civicfeed/models"
)

// A feed's ttl is a lower bound, and a day of it is kept.
func TestF19TTLHolds(t *testing.T) {
	ttl := func(d time.Duration) models.Hints { return models.Hints{TTL: d} }
	checkAll(t, map[string]plannedFor{
		"longer than the schedule":  {Facts{Outcome: models.Unchanged, Hints: ttl(3 * h)}, 3 * h, 3 * h, 5 * m, wished(models.WhyTTL, 3*h)},
		"shorter than the schedule": {Facts{Outcome: models.Fetched, Hints: ttl(30 * m)}, h, 2 * h, 5 * m, hourly},
		"a month":                   {Facts{Outcome: models.Fetched, Hints: ttl(720 * h)}, 24 * h, 24 * h, 5 * m, wished(models.WhyTTL, 720*h)},
		"max-age is longer":         {Facts{Outcome: models.Fetched, MaxAge: 5 * h, Hints: ttl(3 * h)}, 5 * h, 5 * h, 5 * m, wished(models.WhyMaxAge, 5*h)},
		"our fault holds":           {Facts{Outcome: models.Failed, Class: models.ErrInternal, Hints: ttl(3 * h)}, h, 2 * h, 5 * m, hourly},
	})
}

// For four weeks no visit falls into the hours and days of GMT that the feed wants for itself,
// and every free hour is used.
func TestF20NoVisitInSkippedHoursAndDays(t *testing.T) {
	night := models.Hints{SkipHours: []int{15, 16, 17, 18, 19, 20, 21, 22}} // 23 to 6 in Shanghai
	weekend := models.Hints{SkipDays: []time.Weekday{time.Saturday, time.Sunday}}
	both := models.Hints{SkipHours: night.SkipHours, SkipDays: weekend.SkipDays}
	for name, c := range map[string]struct {
		hints models.Hints
		spec  string
		least int // visits in four weeks
	}{
		"hours":                  {night, "@hourly", 28*15 - 2},
		"days":                   {weekend, "@hourly", 20*23 - 2},
		"both":                   {both, "*/30 * * * *", 20*15*2 - 40},
		"spec within them":       {night, "0 1 * * *", 27},
		"spec on days":           {weekend, "0 12 * * 6", 3},
		"all hours are nothing":  {models.Hints{SkipHours: []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}}, "@hourly", 28 * 23},
		"all days are nothing":   {models.Hints{SkipDays: []time.Weekday{0, 1, 2, 3, 4, 5, 6}}, "@hourly", 28 * 23},
		"one hour of a week":     {models.Hints{SkipDays: []time.Weekday{0, 1, 2, 4, 5, 6}, SkipHours: []int{0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}}, "@hourly", 4},
		"nonsense is no hour":    {models.Hints{SkipHours: []int{-1, 24, 99}}, "@hourly", 28 * 23},
		"intervals keep to them": {night, "@every 45m", 28 * 15},
	} {
		t.Run(name, func(t *testing.T) {
			src := source(t, "wuhu", c.spec)
			total := len(c.hints.SkipHours) == 24 || len(c.hints.SkipDays) == 7
			now, visits := at("10:20:00"), 0
			for end := now.AddDate(0, 0, 28); now.Before(end); visits++ {
				plan := Next(Facts{Now: now, Source: src, Outcome: models.Unchanged, Hints: c.hints})
				if c.hints.Skips(plan.NextAt) && !total {
					t.Fatalf("after %s a visit at %s", now, plan.NextAt)
				}
				if skipped := plan.Reason.Why == models.WhySkip; skipped && total {
					t.Fatalf("put off: %+v", plan)
				}
				now = plan.NextAt.Add(time.Second)
			}
			if visits < c.least {
				t.Errorf("%d visits, want %d", visits, c.least)
			}
		})
	}
}

// When a quiet night ends, sources do not come all at once.
func TestF20F24AwakeAtMomentsOfTheirOwn(t *testing.T) {
	hints := models.Hints{SkipHours: []int{2, 3, 4}} // 10:20 in Shanghai is 2:20 of GMT
	quarters := [4]int{}
	for i := range 400 {
		key := fmt.Sprint("district-", i)
		awake := Awake(key, hints, at("10:20:00"))
		if awake.UTC().Hour() != 5 || !awake.Equal(Awake(key, hints, at("12:59:59"))) {
			t.Fatalf("%s is awake at %s", key, awake)
		}
		quarters[awake.Minute()/15]++
	}
	for q, n := range quarters {
		if n < 70 || n > 130 {
			t.Errorf("%d of 400 in quarter %d", n, q)
		}
	}
	if now := at("13:00:00"); !Awake("wuhu", hints, now).Equal(now) {
		t.Error("put off although awake")
	}
}

// What a feed tells of its period is where a rhythm begins, and decides nothing beside a spec.
func TestF21PeriodIsAHint(t *testing.T) {
	every := func(d time.Duration) models.Hints { return models.Hints{Every: d} }
	plannedFor{Facts{Outcome: models.Fetched, Hints: every(24 * h)}, h, 2 * h, 5 * m, hourly}.check(t)
	for name, c := range map[string]struct {
		hints  models.Hints
		rhythm time.Duration
		want   time.Duration
	}{
		"of an auto source":     {every(6 * h), 0, 6 * h},
		"learnt is better":      {every(6 * h), 2 * h, 2 * h},
		"bounded by a day":      {every(365 * 24 * h), 0, 24 * h},
		"bounded by the floor":  {every(m), 0, 5 * m},
		"nothing said, nothing": {models.Hints{}, 0, h},
	} {
		f := Facts{Now: at("10:20:00"), Source: models.Source{Key: "wuhu", Auto: true}, Network: models.Network{Floor: 5 * m}, Outcome: models.Fetched, Hints: c.hints, Rhythm: c.rhythm}
		plan := Next(f)
		if wait := plan.NextAt.Sub(f.Now); wait < c.want || wait > c.want+6*m {
			t.Errorf("%s: after %s, want %s", name, wait, c.want)
		}
		if toldOf(plan) != because(models.WhyRhythm, c.want) {
			t.Errorf("%s: %+v", name, plan.Reason)
		}
	}
}
