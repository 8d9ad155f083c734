package schedule

import (
	"fmt"
	"testing"
	"time"

	"civicfeed/models"
)

func TestF18MaxAgeHolds(t *testing.T) {
	checkAll(t, map[string]plannedFor{
		"none":                      {Facts{Outcome: models.Unchanged}, h, 2 * h, 5 * m, hourly},
		"longer than the schedule":  {Facts{Outcome: models.Unchanged, MaxAge: 6 * h}, 6 * h, 6 * h, 5 * m, wished(models.WhyMaxAge, 6*h)},
		"shorter than the schedule": {Facts{Outcome: models.Fetched, MaxAge: m}, h, 2 * h, 5 * m, hourly},
		"a year":                    {Facts{Outcome: models.Fetched, MaxAge: 365 * 24 * h}, 24 * h, 24 * h, 5 * m, wished(models.WhyMaxAge, 365*24*h)},
		"of a 429":                  {Facts{Outcome: models.Failed, Class: models.ErrRateLimited, MaxAge: 20 * h}, 20 * h, 20 * h, 4 * h, wished(models.WhyMaxAge, 20*h)},
	})
}

func TestF27BackOff(t *testing.T) {
	checkAll(t, map[string]plannedFor{
		"first failure":    {failed(models.ErrTimeout, 0), h, 2 * h, 5 * m, models.Reason{}},
		"second":           {failed(models.ErrTimeout, 1), 2 * h, 2 * h, 5 * m, inARow(2, 2*h)},
		"third":            {failed(models.ErrHTTP5xx, 2), 4 * h, 4 * h, 5 * m, inARow(3, 4*h)},
		"fourth":           {failed(models.ErrParse, 3), 8 * h, 8 * h, 5 * m, inARow(4, 8*h)},
		"fifth":            {failed(models.ErrConnect, 4), 16 * h, 16 * h, 5 * m, inARow(5, 16*h)},
		"cap":              {failed(models.ErrDNS, 5), 24 * h, 24 * h, 5 * m, inARow(6, 24*h)},
		"a success resets": {Facts{Outcome: models.Fetched, Failures: 9}, h, 2 * h, 5 * m, hourly},
		"a 304 resets":     {Facts{Outcome: models.Unchanged, Failures: 9}, h, 2 * h, 5 * m, hourly},
		"our fault holds":  {failed(models.ErrInternal, 7), h, 2 * h, 5 * m, hourly},
		"our guard holds":  {failed(models.ErrBlocked, 7), h, 2 * h, 5 * m, hourly},
		"a refused hop":    {Facts{Outcome: models.Failed, Class: models.ErrBlocked, Failures: 2, Answered: true}, 4 * h, 4 * h, 5 * m, inARow(3, 4*h)},
	})
}

// Our own connection is down: the source is asked again soon, whatever class the failure has, the
// less soon the longer it lasts, and not all of them at once.
func TestF27OurConnectionDownHolds(t *testing.T) {
	for _, class := range []models.ErrorClass{models.ErrDNS, models.ErrConnect, models.ErrTimeout} {
		f := failed(class, 7)
		f.Hold = true
		plannedFor{f, 10 * m, 20 * m, 5 * m, models.Reason{}}.check(t)
		f.Now, f.Source = at("10:20:00"), source(t, "wuhu", "0 8 * * *")
		if plan := Next(f); plan.Reason.Why != models.WhyOurs {
			t.Errorf("%s: %+v", class, plan)
		}
	}
	moments := map[time.Time]int{}
	for i := range 100 {
		f := failed(models.ErrConnect, 0)
		f.Hold, f.Now, f.Source = true, at("10:20:00"), source(t, fmt.Sprint("s", i), "@daily")
		moments[Next(f).NextAt.Truncate(m)]++
	}
	if len(moments) < 9 {
		t.Errorf("all come back within %d minutes", len(moments))
	}
	for down, wait := range map[time.Duration]time.Duration{m: 10 * m, 2 * h: h, 3 * h: 90 * m, 7 * 24 * h: 2 * h} {
		f := failed(models.ErrConnect, 0)
		f.Hold, f.Down, f.Now, f.Source = true, down, at("10:20:00"), source(t, "wuhu", "@weekly")
		if got := Next(f).NextAt.Sub(f.Now); got < wait || got > 2*wait {
			t.Errorf("down for %s: asked again after %s, want %s to %s", down, got, wait, 2*wait)
		}
	}
	good := Facts{Outcome: models.Fetched, Hold: true}
	plannedFor{good, h, 2 * h, 5 * m, hourly}.check(t)
}

func TestF28F29RetryAfterHolds(t *testing.T) {
	checkAll(t, map[string]plannedFor{
		"429":                        {asking(models.ErrRateLimited, 0, 3*h), 3 * h, 3 * h, 3 * h, wished(models.WhyRetry, 3*h)},
		"503":                        {asking(models.ErrHTTP5xx, 0, 150*m), 150 * m, 150 * m, 150 * m, wished(models.WhyRetry, 150*m)},
		"shorter than the schedule":  {asking(models.ErrRateLimited, 0, 30*m), h, 2 * h, 30 * m, hourly},
		"again and again":            {asking(models.ErrHTTP5xx, 3, time.Second), 8 * h, 8 * h, 5 * m, inARow(4, 8*h)},
		"longer than max-age":        {Facts{Outcome: models.Failed, Class: models.ErrHTTP5xx, RetryAfter: 5 * h, MaxAge: 2 * h}, 5 * h, 5 * h, 5 * h, wished(models.WhyRetry, 5*h)},
		"of a good answer is no ask": {Facts{Outcome: models.Fetched, RetryAfter: 5 * h}, h, 2 * h, 5 * m, hourly},
	})
}

func TestF30NoRetryAfterOrAbsurd(t *testing.T) {
	checkAll(t, map[string]plannedFor{
		"429 without one": {failed(models.ErrRateLimited, 0), 4 * h, 4 * h, 4 * h, because(models.WhyRate, 4*h)},
		"429 again":       {failed(models.ErrRateLimited, 3), 8 * h, 8 * h, 4 * h, inARow(4, 8*h)},
		"ten years":       {asking(models.ErrRateLimited, 0, 3650*24*h), 24 * h, 24 * h, 24 * h, wished(models.WhyRetry, 3650*24*h)},
		"503 without one": {failed(models.ErrHTTP5xx, 0), h, 2 * h, 5 * m, models.Reason{}},
	})
}

func TestF31BlockedByOrigin(t *testing.T) {
	checkAll(t, map[string]plannedFor{
		"once":      {failed(models.ErrOrigin, 0), 4 * h, 4 * h, 5 * m, because(models.WhyRefused, 4*h)},
		"six times": {failed(models.ErrOrigin, 5), 24 * h, 24 * h, 5 * m, inARow(6, 24*h)},
	})
}

func TestF32NotFoundAndGone(t *testing.T) {
	checkAll(t, map[string]plannedFor{
		"404 backs off to daily": {failed(models.ErrHTTP4xx, 30), 24 * h, 24 * h, 5 * m, inARow(31, 24*h)},
		"410 once a month":       {failed(models.ErrGone, 0), 30 * 24 * h, 30 * 24 * h, 5 * m, because(models.WhyGone, 30*24*h)},
		"410 for years":          {failed(models.ErrGone, 40), 30 * 24 * h, 30 * 24 * h, 5 * m, because(models.WhyGone, 30*24*h)},
	})
}

// Five days of 5xx: the feed is asked to the end, daily at last, and is back with the first answer.
func TestF33NeverGivenUp(t *testing.T) {
	plannedFor{failed(models.ErrHTTP5xx, 1<<40), 24 * h, 24 * h, 5 * m, models.Reason{}}.check(t)
	now, end, failures := at("10:20:00"), at("10:20:00").AddDate(0, 0, 5), 0
	for now.Before(end) {
		f := failed(models.ErrHTTP5xx, failures)
		f.Now, f.Source, f.Network = now, source(t, "wuhu", "@hourly"), models.Network{Floor: 5 * m}
		next := Next(f).NextAt
		if wait := next.Sub(now); wait <= 0 || wait > 24*h {
			t.Fatalf("after %d failures a wait of %s", failures+1, wait)
		}
		now, failures = next, failures+1
	}
	if failures < 8 || failures > 12 {
		t.Errorf("asked %d times in five days", failures)
	}
	plannedFor{Facts{Outcome: models.Fetched, Failures: failures}, h, 2 * h, 5 * m, hourly}.check(t)
}

// TestR26Hurry: a source that has more news than its document holds is visited after half its interval,
// a quarter and so on, down to an hour, or to the floor where its own rhythm decides; never earlier
// than the server and the feed allow, and not while it fails.
func TestR26Hurry(t *testing.T) {
	next := func(spec string, f Facts) Plan {
		f.Now, f.Network.Floor = at("10:00:00"), 5*m
		if f.Source = (models.Source{Key: "wuhu", Auto: true}); spec != "auto" {
			f.Source = source(t, "wuhu", spec)
		}
		return Next(f)
	}
	for _, c := range []struct {
		name string
		spec string
		f    Facts
		wait time.Duration
		why  models.Why
	}{
		{"once", "@every 16h", Facts{Outcome: models.Fetched, Haste: 1}, 8 * h, models.WhyMissed},
		{"twice", "@every 16h", Facts{Outcome: models.Fetched, Haste: 2}, 4 * h, models.WhyMissed},
		{"often", "@every 16h", Facts{Outcome: models.Fetched, Haste: 9}, h, models.WhyMissed},
		{"daily", "0 10 * * *", Facts{Outcome: models.Fetched, Haste: 1}, 12 * h, models.WhyMissed},
		{"hourly already", "@every 1h", Facts{Outcome: models.Fetched, Haste: 3}, h, models.WhySchedule},
		{"its own rhythm", "auto", Facts{Outcome: models.Fetched, Haste: 2, Rhythm: h}, h / 4, models.WhyMissed},
		{"its own rhythm, at the floor", "auto", Facts{Outcome: models.Fetched, Haste: 4, Rhythm: h}, 5 * m, models.WhyMissed},
		{"max-age", "@every 16h", Facts{Outcome: models.Fetched, Haste: 4, MaxAge: 6 * h}, 6 * h, models.WhyMaxAge},
		{"ttl", "@every 16h", Facts{Outcome: models.Fetched, Haste: 4, Hints: models.Hints{TTL: 3 * h}}, 3 * h, models.WhyTTL},
		{"while it fails", "@every 16h", Facts{Outcome: models.Failed, Class: models.ErrDNS, Failures: 2, Haste: 4}, 4 * h, models.WhyFailures},
	} {
		plan := next(c.spec, c.f)
		if wait := plan.NextAt.Sub(at("10:00:00")); wait < c.wait || wait > c.wait+c.wait/8+5*m || plan.Reason.Why != c.why {
			t.Errorf("%s: after %v, because %+v", c.name, wait, plan.Reason)
		}
	}
}
