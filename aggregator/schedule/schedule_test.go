package schedule

import (
	"fmt"
	"math/rand/v2"
	"strings"
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

func TestNext(t *testing.T) {
	const h, m = time.Hour, time.Minute
	floor := models.Network{Floor: 5 * m}
	cases := []struct {
		name   string
		facts  Facts
		atSoon time.Duration // from now, what NextAt must not precede
		atLate time.Duration // nor exceed
		not    time.Duration // NotBefore, exactly
		reason string
	}{
		{"unchanged", Facts{Outcome: models.Unchanged}, h, 2 * h, 5 * m, "as scheduled (@hourly)"},
		{"fetched after failures", Facts{Outcome: models.Fetched, Failures: 9}, h, 2 * h, 5 * m, "as scheduled (@hourly)"},
		{"F18 max-age", Facts{Outcome: models.Unchanged, MaxAge: 6 * h}, 6 * h, 6 * h, 5 * m, "the server says its answer is good for 6 hours (max-age)"},
		{"F18 max-age shorter than the schedule", Facts{Outcome: models.Fetched, MaxAge: m}, h, 2 * h, 5 * m, "as scheduled (@hourly)"},
		{"F18 max-age of a year", Facts{Outcome: models.Fetched, MaxAge: 365 * 24 * h}, 24 * h, 24 * h, 5 * m, "the server says its answer is good for 1 year (max-age), of which a day is kept"},
		{"F27 first failure", failed(models.ErrTimeout, 0), h, 2 * h, 5 * m, ""},
		{"F27 second failure", failed(models.ErrTimeout, 1), 2 * h, 2*h + h, 5 * m, "2 failures in a row: asked again after 2 hours"},
		{"F27 third failure", failed(models.ErrHTTP5xx, 2), 4 * h, 4 * h, 5 * m, "3 failures in a row: asked again after 4 hours"},
		{"F27 fifth failure", failed(models.ErrConnect, 4), 16 * h, 16 * h, 5 * m, "5 failures in a row: asked again after 16 hours"},
		{"F27 cap", failed(models.ErrDNS, 5), 24 * h, 24 * h, 5 * m, "6 failures in a row: asked again after 1 day"},
		{"F33 never given up", failed(models.ErrHTTP5xx, 1<<40), 24 * h, 24 * h, 5 * m, ""},
		{"F27 our own fault holds", failed(models.ErrInternal, 7), h, 2 * h, 5 * m, "as scheduled (@hourly)"},
		{"our own guard holds", failed(models.ErrBlocked, 7), h, 2 * h, 5 * m, "as scheduled (@hourly)"},
		{"F28 429 with Retry-After", asking(models.ErrRateLimited, 0, 3*h), 3 * h, 3 * h, 3 * h, "the server asked for 3 hours (Retry-After)"},
		{"F28 503 with Retry-After", asking(models.ErrHTTP5xx, 0, 150*m), 150 * m, 150 * m, 150 * m, "the server asked for 2 hours 30 minutes (Retry-After)"},
		{"F28 Retry-After shorter than the schedule", asking(models.ErrRateLimited, 0, 30*m), h, 2 * h, 30 * m, "as scheduled (@hourly)"},
		{"F28 Retry-After again and again", asking(models.ErrHTTP5xx, 3, time.Second), 8 * h, 8 * h, 5 * m, "4 failures in a row: asked again after 8 hours"},
		{"F30 429 without Retry-After", failed(models.ErrRateLimited, 0), 4 * h, 4 * h, 4 * h, "the server wants fewer visits (429) and does not say when: after 4 hours"},
		{"F30 ten years", asking(models.ErrRateLimited, 0, 3650*24*h), 24 * h, 24 * h, 24 * h, "the server asked for 10 years (Retry-After), of which a day is kept"},
		{"F31 blocked by origin", failed(models.ErrOrigin, 0), 4 * h, 4 * h, 5 * m, "the server refuses us: asked again after 4 hours"},
		{"F32 404 backs off to daily", failed(models.ErrHTTP4xx, 30), 24 * h, 24 * h, 5 * m, "31 failures in a row: asked again after 1 day"},
		{"F32 410", failed(models.ErrGone, 0), 30 * 24 * h, 30 * 24 * h, 5 * m, "the server says it is gone for good (410): asked once a month, in case it is not"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.facts.Now, c.facts.Network, c.facts.Source = at("10:20:00"), floor, source(t, "wuhu", "@hourly")
			plan := Next(c.facts)
			if wait := plan.NextAt.Sub(c.facts.Now); wait < c.atSoon || wait > c.atLate {
				t.Errorf("next visit after %s, want %s to %s (%s)", wait, c.atSoon, c.atLate, plan.Reason)
			}
			if wait := plan.NotBefore.Sub(c.facts.Now); wait != c.not {
				t.Errorf("not before %s from now, want %s", wait, c.not)
			}
			if c.reason != "" && plan.Reason != c.reason {
				t.Errorf("reason %q, want %q", plan.Reason, c.reason)
			}
			if plan.NextAt.Location() != time.UTC || plan.NotBefore.Location() != time.UTC {
				t.Error("not in UTC")
			}
		})
	}
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
	if plan.NextAt.Sub(f.Now) != time.Hour || plan.Reason != "the visit did not succeed: asked again after 1 hour" {
		t.Errorf("%s: %s", plan.NextAt.Sub(f.Now), plan.Reason)
	}
}

func TestF15FloorHoldsAgainstTheSpec(t *testing.T) {
	f := Facts{Now: at("10:20:00"), Source: source(t, "wuhu", "* * * * *"), Network: models.Network{Floor: 5 * time.Minute}}
	plan := Next(f)
	if plan.NextAt.Sub(f.Now) != 5*time.Minute || !strings.Contains(plan.Reason, "network.floor") {
		t.Errorf("%s: %s", plan.NextAt.Sub(f.Now), plan.Reason)
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
		if plan.NextAt.Sub(f.Now) != 24*time.Hour || !strings.Contains(plan.Reason, "no moment to come") {
			t.Errorf("%s: %+v", name, plan)
		}
	}
}

func TestWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "a moment", time.Second: "1 second", 90 * time.Second: "1 minute 30 seconds", 30 * time.Minute: "30 minutes",
		time.Hour: "1 hour", 36 * time.Hour: "1 day 12 hours", 24*time.Hour + time.Minute: "1 day",
		400 * 24 * time.Hour: "1 year 35 days",
	} {
		if got := words(d); got != want {
			t.Errorf("words(%d) = %q, want %q", d, got, want)
		}
	}
}

func FuzzNext(f *testing.F) {
	f.Add(int64(1772590800), "wuhu", 0, int64(0), int64(0), uint8(0))
	f.Add(int64(1772590800), "芜湖", 1<<62, int64(1)<<62, int64(1)<<62, uint8(5))
	specs := []string{"@hourly", "*/7 * * * *", "0 8 * * *", "@every 45m", "0 8-18 * * 1-5", "30 2 29 2 *"}
	classes := []models.ErrorClass{models.ErrDNS, models.ErrRateLimited, models.ErrGone, models.ErrInternal, models.ErrOrigin}
	f.Fuzz(func(t *testing.T, unix int64, key string, failures int, retry, age int64, pick uint8) {
		now := time.Unix(unix%(1<<33), 0)
		facts := Facts{
			Now: now, Source: source(t, key, specs[int(pick)%len(specs)]), Network: models.Network{Floor: 5 * time.Minute},
			Outcome: models.Failed, Class: classes[int(pick/8)%len(classes)],
			Failures: failures, RetryAfter: time.Duration(retry), MaxAge: time.Duration(age),
		}
		plan := Next(facts)
		if plan.NextAt.Before(plan.NotBefore) || plan.NotBefore.Before(now.Add(5*time.Minute)) || plan.Reason == "" {
			t.Errorf("%+v -> %+v", facts, plan)
		}
	})
}

func BenchmarkNext(b *testing.B) {
	f := Facts{Now: at("10:20:00"), Source: source(b, "wuhu", "@hourly"), Outcome: models.Unchanged}
	for b.Loop() {
		Next(f)
	}
}
