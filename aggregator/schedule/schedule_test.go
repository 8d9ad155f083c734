package schedule

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
	_ "time/tzdata" // the zone of the test, wherever it runs

	"github.com/robfig/cron/v3"

	"civicfeed/models"
)

var shanghai = time.FixedZone("CST", 8*3600)

func source(t testing.TB, key, spec string) models.Source {
	t.Helper()
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		t.Fatal(err)
	}
	return models.Source{Key: key, Spec: spec, Schedule: parsed, Location: shanghai}
}

// at is a time of 4 March 2026 in Shanghai.
func at(clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", "2026-03-04 "+clock, shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

const h, m = time.Hour, time.Minute

// plannedFor is a visit of an hourly source that ended at 10:20, and what should follow from it.
type plannedFor struct {
	facts  Facts
	soon   time.Duration // from now, what NextAt must not precede
	late   time.Duration // nor exceed
	not    time.Duration // NotBefore, exactly
	reason models.Reason // its zero value: any
}

func (c plannedFor) check(t *testing.T) {
	t.Helper()
	c.facts.Now, c.facts.Network, c.facts.Source = at("10:20:00"), models.Network{Floor: 5 * m}, source(t, "wuhu", "@hourly")
	plan := Next(c.facts)
	if wait := plan.NextAt.Sub(c.facts.Now); wait < c.soon || wait > c.late {
		t.Errorf("next visit after %s, want %s to %s (%+v)", wait, c.soon, c.late, plan.Reason)
	}
	if wait := plan.NotBefore.Sub(c.facts.Now); wait != c.not {
		t.Errorf("not before %s from now, want %s", wait, c.not)
	}
	if got := toldOf(plan); c.reason != (models.Reason{}) && got != c.reason {
		t.Errorf("reason %+v, want %+v", got, c.reason)
	}
	if least := plan.Reason.Least; least < c.not || least > plan.NextAt.Sub(c.facts.Now) {
		t.Errorf("left alone for %s in any case, and planned after %s", least, plan.NextAt.Sub(c.facts.Now))
	}
	if plan.NextAt.Location() != time.UTC || plan.NotBefore.Location() != time.UTC {
		t.Error("not in UTC")
	}
}

// toldOf is what people are told of a plan's reason.
func toldOf(p Plan) models.Reason {
	p.Reason.Least = 0
	return p.Reason
}

// What others than the schedule asked for is kept beside what decided.
func TestLeastIsTheLongestWaitButTheSchedules(t *testing.T) {
	for name, c := range map[string]struct {
		facts Facts
		least time.Duration
	}{
		"the floor":              {Facts{Outcome: models.Fetched}, 5 * m},
		"a ttl of half an hour":  {Facts{Outcome: models.Fetched, Hints: models.Hints{TTL: 30 * m}}, 30 * m},
		"a failure":              {failed(models.ErrTimeout, 1), 2 * h},
		"a refusal":              {failed(models.ErrOrigin, 0), 4 * h},
		"a Retry-After":          {asking(models.ErrRateLimited, 0, 3*h), 3 * h},
		"gone, in hours to skip": {Facts{Outcome: models.Failed, Class: models.ErrGone, Hints: models.Hints{SkipHours: []int{2}}}, goneWait},
	} {
		c.facts.Now, c.facts.Network, c.facts.Source = at("10:20:00"), models.Network{Floor: 5 * m}, source(t, "wuhu", "@daily")
		if plan := Next(c.facts); plan.Reason.Least != c.least {
			t.Errorf("%s: %+v, want %s", name, plan.Reason, c.least)
		}
	}
}

func checkAll(t *testing.T, cases map[string]plannedFor) {
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { c.check(t) })
	}
}

var hourly = models.Reason{Why: models.WhySchedule, Spec: "@hourly"}

func because(why models.Why, wait time.Duration) models.Reason {
	return models.Reason{Why: why, Wait: wait}
}

func wished(why models.Why, asked time.Duration) models.Reason {
	return models.Reason{Why: why, Wait: min(asked, 24*h), Asked: asked}
}

func inARow(n int, wait time.Duration) models.Reason {
	return models.Reason{Why: models.WhyFailures, Count: n, Wait: wait}
}

func failed(class models.ErrorClass, before int) Facts {
	return Facts{Outcome: models.Failed, Class: class, Failures: before}
}

func asking(class models.ErrorClass, before int, wait time.Duration) Facts {
	f := failed(class, before)
	f.RetryAfter = wait
	return f
}

func TestFirstFailureWaitsAnHourUnderAFasterSpec(t *testing.T) {
	f := failed(models.ErrTimeout, 0)
	f.Now, f.Source = at("10:20:00"), source(t, "wuhu", "*/10 * * * *")
	plan := Next(f)
	if plan.NextAt.Sub(f.Now) != time.Hour || toldOf(plan) != inARow(1, time.Hour) {
		t.Errorf("%s: %+v", plan.NextAt.Sub(f.Now), plan.Reason)
	}
}

func TestF15FloorHoldsAgainstTheSpec(t *testing.T) {
	f := Facts{Now: at("10:20:00"), Source: source(t, "wuhu", "* * * * *"), Network: models.Network{Floor: 5 * time.Minute}}
	plan := Next(f)
	if plan.NextAt.Sub(f.Now) != 5*time.Minute || toldOf(plan) != because(models.WhyFloor, 5*time.Minute) {
		t.Errorf("%s: %+v", plan.NextAt.Sub(f.Now), plan.Reason)
	}
}

// The gap between two visits is never shorter than the step of the spec, however long visits
// take and however late they begin; and on the average hardly longer.
func TestF16NeverEarly(t *testing.T) {
	specs := map[string]time.Duration{
		"*/10 * * * *": 10 * time.Minute, "*/30 * * * *": 30 * time.Minute, "@hourly": time.Hour,
		"17 * * * *": time.Hour, "@every 45m": 45 * time.Minute, "@every 90m": 90 * time.Minute, "@every 5h": 5 * time.Hour,
	}
	for spec, step := range specs {
		t.Run(spec, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			src := source(t, "芜湖市人民政府", spec)
			began := at("10:20:00").Add(123456789)
			first := began
			const polls = 1000
			for range polls {
				ended := began.Add(time.Duration(random.Int64N(int64(4 * time.Second))))
				next := Next(Facts{Now: ended, Source: src, Outcome: models.Unchanged}).NextAt
				start := next.Add(time.Duration(random.Int64N(int64(2 * time.Second))))
				if gap := start.Sub(began); gap < step {
					t.Fatalf("visit at %s, the one before at %s: %s apart", start, began, gap)
				}
				began = start
			}
			if mean := began.Sub(first) / polls; mean > step*125/100 {
				t.Errorf("visited every %s on the average", mean)
			}
		})
	}
}

// Rare specs keep their moments: a little late, never early, the same each day.
func TestRareSpecsKeepTheirMoments(t *testing.T) {
	for _, spec := range []string{"0 8 * * *", "0 */6 * * *", "30 7 * * 1-5"} {
		src := source(t, "wuhu", spec)
		now := at("10:20:00")
		want := src.Schedule.Next(now)
		for range 200 {
			plan := Next(Facts{Now: now, Source: src, Outcome: models.Unchanged})
			if late := plan.NextAt.Sub(want); late < 0 || late > rarePhase+time.Second {
				t.Fatalf("%s: next visit %s, %s after the moment", spec, plan.NextAt.In(shanghai), late)
			}
			now, want = plan.NextAt.Add(3*time.Second), src.Schedule.Next(want)
		}
	}
}

func TestSpecOfWorkingHoursStaysInThem(t *testing.T) {
	src := source(t, "wuhu", "0 8-18 * * 1-5")
	now, visits := at("10:20:00"), 0
	for end := now.AddDate(0, 0, 14); now.Before(end); visits++ {
		now = Next(Facts{Now: now, Source: src, Outcome: models.Unchanged}).NextAt.In(shanghai).Add(time.Second)
		if day := now.Weekday(); now.Hour() < 8 || now.Hour() > 18 || day == time.Saturday || day == time.Sunday {
			t.Fatalf("visited on %s", now.Format(time.RFC1123))
		}
	}
	if visits < 95 || visits > 115 {
		t.Errorf("%d visits in two weeks", visits)
	}
}

// 500 sources that are all first visited in the same minute are spread over the hour soon.
func TestF24SpreadEvenly(t *testing.T) {
	const sources = 500
	var perMinute [60]int
	for i := range sources {
		src := source(t, fmt.Sprintf("district-%d", i), "@hourly")
		now := at("10:20:00").Add(time.Duration(i) * 100 * time.Millisecond)
		for range 3 {
			now = Next(Facts{Now: now, Source: src, Outcome: models.Unchanged}).NextAt
		}
		perMinute[now.Minute()]++
	}
	for minute, n := range perMinute {
		if n > sources/60*5 {
			t.Errorf("%d of %d sources in minute %d", n, sources, minute)
		}
	}
	var quarters [4]int
	for minute, n := range perMinute {
		quarters[minute/15] += n
	}
	for q, n := range quarters {
		if n < sources/4*7/10 || n > sources/4*13/10 {
			t.Errorf("%d of %d sources in quarter %d", n, sources, q)
		}
	}
}

func TestPhaseIsStableAndInItsSpread(t *testing.T) {
	for i := range 1000 {
		key := fmt.Sprint("source-", i)
		p := phase(key, time.Hour)
		if p < 0 || p >= time.Hour || p != phase(key, time.Hour) {
			t.Fatalf("phase of %s: %s", key, p)
		}
	}
	if phase("anything", 0) != 0 {
		t.Error("a phase without a spread")
	}
}

func TestR16ClockChange(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range []string{"@hourly", "30 2 * * *", "@every 45m"} {
		src := source(t, "wuhu", spec)
		src.Location = berlin
		for _, day := range []string{"2026-03-28", "2026-10-24"} { // the nights after them
			now, _ := time.ParseInLocation(time.DateOnly, day, berlin)
			for end := now.AddDate(0, 0, 3); now.Before(end); {
				next := Next(Facts{Now: now, Source: src, Outcome: models.Unchanged}).NextAt
				if gap := next.Sub(now); gap <= 0 || gap > 49*time.Hour || spec != "30 2 * * *" && gap > 2*time.Hour {
					t.Fatalf("%s: after %s comes %s", spec, now, next.In(berlin))
				}
				now = next
			}
		}
	}
}

type never struct{}

func (never) Next(time.Time) time.Time { return time.Time{} }

type stuck struct{}

func (stuck) Next(t time.Time) time.Time { return t.Add(-time.Hour) }

func TestScheduleWithoutMoments(t *testing.T) {
	for name, s := range map[string]models.Schedule{"none": nil, "never": never{}, "backwards": stuck{}} {
		f := Facts{Now: at("10:20:00"), Source: models.Source{Key: "wuhu", Schedule: s}}
		plan := Next(f)
		if plan.NextAt.Sub(f.Now) != 24*time.Hour || toldOf(plan) != because(models.WhyNever, 24*time.Hour) {
			t.Errorf("%s: %+v", name, plan)
		}
	}
}

func FuzzNext(f *testing.F) {
	f.Add(int64(1772590800), "wuhu", 0, int64(0), int64(0), int64(0), uint8(0), uint32(0))
	f.Add(int64(1772590800), "芜湖", 1<<62, int64(1)<<62, int64(1)<<62, int64(1)<<62, uint8(5), uint32(0xfffffe))
	specs := []string{"@hourly", "*/7 * * * *", "0 8 * * *", "@every 45m", "0 8-18 * * 1-5", "30 2 29 2 *", "auto"}
	classes := []models.ErrorClass{models.ErrDNS, models.ErrRateLimited, models.ErrGone, models.ErrInternal, models.ErrOrigin}
	f.Fuzz(func(t *testing.T, unix int64, key string, failures int, retry, age, rhythm int64, pick uint8, skips uint32) {
		now := time.Unix(unix%(1<<33), 0)
		src := models.Source{Key: key, Auto: true}
		if spec := specs[int(pick)%len(specs)]; spec != "auto" {
			src = source(t, key, spec)
		}
		var hints models.Hints
		for hour := range 24 {
			if skips>>hour&1 == 1 {
				hints.SkipHours = append(hints.SkipHours, hour)
			}
		}
		facts := Facts{
			Now: now, Source: src, Network: models.Network{Floor: 5 * time.Minute},
			Outcome: models.Failed, Class: classes[int(pick/8)%len(classes)], Hold: pick>>7 == 1, Hints: hints,
			Failures: failures, RetryAfter: time.Duration(retry), MaxAge: time.Duration(age), Rhythm: time.Duration(rhythm),
		}
		plan := Next(facts)
		if plan.NextAt.Before(plan.NotBefore) || plan.NotBefore.Before(now.Add(5*time.Minute)) || plan.Reason.Why == "" {
			t.Errorf("%+v -> %+v", facts, plan)
		}
		if len(hints.SkipHours) < 24 && hints.Skips(plan.NextAt) {
			t.Errorf("%s lies in an hour of %v", plan.NextAt, hints.SkipHours)
		}
	})
}

func BenchmarkNext(b *testing.B) {
	f := Facts{Now: at("10:20:00"), Source: source(b, "wuhu", "@hourly"), Outcome: models.Unchanged}
	for b.Loop() {
		Next(f)
	}
}
