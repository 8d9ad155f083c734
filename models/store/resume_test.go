package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"civicfeed/models"
)

// fleet is a city of many sources, each visited by the hour in a minute of its own, for two hours.
func fleet(t *testing.T, d database, sources int) (*Store, *clock, *models.Catalog) {
	t.Helper()
	cat := city()
	cat.Sources = nil
	for i := range sources {
		key := fmt.Sprintf("s%03d", i)
		cat.Sources = append(cat.Sources, models.Source{Key: key, Name: key, URL: "https://" + key + ".example/feed",
			Sections: []string{"notices"}, Spec: "@hourly", Schedule: every(time.Hour), Enabled: true})
	}
	c := newClock()
	s := d.open(t, Options{Clock: c.now})
	must(t, s.Apply(t.Context(), cat))
	for i := range sources {
		must(t, s.Save(t.Context(), []*models.Delivery{planned(s, t, cat.Sources[i].Key)}))
		c.pass(time.Hour / time.Duration(sources))
	}
	return s, c, cat
}

// planned is a delivery as the aggregator makes it, that knows what it reckoned from.
func planned(s *Store, t *testing.T, key string) *models.Delivery {
	t.Helper()
	d := fetched(t, s, claim(t, s, key))
	d.Ended = d.NextAt.Add(-time.Hour)
	return d
}

// rush lets a daemon tick each minute for a while; it tells how many visits began in the worst
// minute, and who was never visited.
func rush(t *testing.T, s *Store, c *clock, sources int, d time.Duration) (worst int, left []string) {
	t.Helper()
	seen := map[string]bool{}
	for end := c.now().Add(d); !c.now().After(end); c.pass(time.Minute) {
		claims, err := s.Claim(t.Context(), sources, time.Minute, Which{})
		must(t, err)
		worst = max(worst, len(claims))
		for _, cl := range claims {
			seen[cl.Source] = true
			del := fetched(t, s, cl)
			del.Ended = c.now()
			must(t, s.Save(t.Context(), []*models.Delivery{del}))
		}
	}
	for i := range sources {
		if key := fmt.Sprintf("s%03d", i); !seen[key] {
			left = append(left, key)
		}
	}
	return worst, left
}

// TestR60LongStop: what came due while nobody looked is spread over the interval, and none is left.
func TestR60LongStop(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		const sources = 60
		s, c, _ := fleet(t, d, sources)
		c.pass(3 * 24 * time.Hour)
		due, err := s.Claim(t.Context(), sources, time.Nanosecond, Which{})
		if err != nil || len(due) != sources {
			t.Fatalf("%d due after three days (%v): the test shows nothing", len(due), err)
		}
		c.pass(time.Second)
		must(t, s.Resume(t.Context()))
		worst, left := rush(t, s, c, sources, time.Hour)
		if worst > sources/60*5 || len(left) > 0 {
			t.Errorf("%d of %d sources visited in one minute, %v not in an hour", worst, sources, left)
		}
	})
}

// TestF17R60RestartStorm: restarts neither bring visits forward nor put them off for ever.
func TestF17R60RestartStorm(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		const sources = 30
		s, c, _ := fleet(t, d, sources)
		c.pass(8 * time.Hour)
		visits := map[string]int{}
		for range 60 {
			must(t, s.Resume(t.Context()))
			claims, err := s.Claim(t.Context(), sources, time.Minute, Which{})
			must(t, err)
			for _, cl := range claims {
				visits[cl.Source]++
				del := fetched(t, s, cl)
				del.Ended = c.now()
				must(t, s.Save(t.Context(), []*models.Delivery{del}))
			}
			c.pass(time.Minute)
		}
		for i := range sources {
			if n := visits[fmt.Sprintf("s%03d", i)]; n != 1 {
				t.Errorf("s%03d was visited %d times in an hour of restarts", i, n)
			}
		}
	})
}

// TestR14ClockJumps: a clock that jumps a year ahead and back brings no storm, no freeze, and leaves
// no date in the future.
func TestR14ClockJumps(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		const sources, year = 60, 365 * 24 * time.Hour
		s, c, _ := fleet(t, d, sources)
		under := claim(t, s, "s007") // a visit under way meanwhile
		c.pass(year)
		must(t, s.Resume(t.Context()))
		worst, _ := rush(t, s, c, sources, 20*time.Minute)
		if worst > sources/60*5 {
			t.Errorf("%d of %d sources visited in one minute after the jump", worst, sources)
		}
		late := item("s011", "undated", 0)
		late.Published = models.Moment{}
		deliver(t, s, "s011", late)
		deliver(t, s, "s011", item("s011", "second", 0))
		ahead := rev(t, s)

		c.pass(-year)
		must(t, s.Resume(t.Context()))
		now := c.millisNow()
		for _, view := range []models.View{{}, {Source: "s011"}} {
			stories, err := s.Latest(t.Context(), view, models.ByListed, 10)
			must(t, err)
			if len(stories) != 2 {
				t.Fatalf("%d stories in %q", len(stories), view.Name())
			}
			for _, st := range stories {
				it := st.Items[0]
				if latest := max(st.Listed, st.Published, st.Updated, it.Published.At, it.Updated.At, it.FirstSeen); latest > now {
					t.Errorf("%s is of %s, in the future", st.ID, latest.Time())
				}
			}
		}
		moved, err := s.Revisions(t.Context(), ahead)
		if err != nil || len(moved) == 0 {
			t.Errorf("no view tells of its new dates (%v)", err)
		}
		for _, r := range moved {
			if r.Changed > now {
				t.Errorf("%s changed at %s, in the future", r.View.Name(), r.Changed.Time())
			}
		}
		all, err := s.Sources(t.Context())
		must(t, err)
		for _, st := range all {
			if st.Key != "s007" && max(st.LastVisit, st.LastOK, st.NotBefore-day, st.LeasedUntil-hour, st.NextAt-3*hour) > now {
				t.Errorf("%s is left in the future: %+v", st.Key, timesOf(&st))
			}
		}
		slow := fetched(t, s, under) // began before both jumps, and plans by what it began with
		slow.Claim.Epoch = state(t, s, "s007").Epoch
		slow.Ended = under.At.Time().Add(year + 3*time.Second)
		slow.NextAt, slow.NotBefore = slow.Ended.Add(time.Hour), slow.Ended.Add(5*time.Minute)
		must(t, s.Save(t.Context(), []*models.Delivery{slow}))
		if off := state(t, s, "s007").NextAt - now; off < hour-minute || off > hour+minute {
			t.Errorf("the visit under way planned the next for %s from now", time.Duration(off)*time.Millisecond)
		}
		if worst, left := rush(t, s, c, sources, 3*time.Hour); worst > sources/60*6 || len(left) > 0 {
			t.Errorf("back in time %d of %d sources were visited in one minute, %v not in three hours", worst, sources, left)
		}
	})
}

// TestR15SleepAndStep: after a sleep of eight hours, in the middle of a visit, each source is visited
// once to catch up; a step back by a day neither repeats a visit early nor puts one off by a day.
func TestR15SleepAndStep(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		const sources = 60
		s, c, _ := fleet(t, d, sources)
		asleep := planned(s, t, "s030")
		c.pass(8 * time.Hour)
		must(t, s.Resume(t.Context()))
		must(t, s.Save(t.Context(), []*models.Delivery{asleep}))
		if off := state(t, s, "s030").NextAt - c.millisNow(); off != hour {
			t.Errorf("a visit that slept is repeated %s after it", time.Duration(off)*time.Millisecond)
		}
		if worst, left := rush(t, s, c, sources, time.Hour); worst > 6 || len(left) > 0 {
			t.Errorf("after a sleep %d at once, %v not at all", worst, left)
		}

		before := map[string]models.Millis{}
		all, err := s.Sources(t.Context())
		must(t, err)
		for _, st := range all {
			before[st.Key] = st.NextAt - c.millisNow()
		}
		c.pass(-24 * time.Hour)
		must(t, s.Resume(t.Context()))
		must(t, s.Resume(t.Context())) // twice is as good as once
		all, err = s.Sources(t.Context())
		must(t, err)
		for _, st := range all {
			off := st.NextAt - c.millisNow()
			if off < before[st.Key] || off > before[st.Key]+2*minute {
				t.Errorf("%s was due in %s and is due in %s", st.Key, time.Duration(before[st.Key])*time.Millisecond, time.Duration(off)*time.Millisecond)
			}
		}
	})
}

// TestResumeLeavesWhatIsInOrder: a restart changes no plan.
func TestResumeLeavesWhatIsInOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c, _ := fleet(t, d, 12)
		deliver(t, s, "s003", item("s003", "a", c.millisNow()))
		c.pass(5 * time.Second)
		before, rev1 := plans(t, s), rev(t, s)
		must(t, s.Resume(t.Context()))
		if after := plans(t, s); !slices.Equal(before, after) || rev(t, s) != rev1 {
			t.Errorf("plans\n%v became\n%v", before, after)
		}
	})
}

func plans(t *testing.T, s *Store) (all [][7]models.Millis) {
	t.Helper()
	rows, err := s.Sources(t.Context())
	must(t, err)
	for i := range rows {
		all = append(all, timesOf(&rows[i]))
	}
	return all
}

// TestWaking is one source at a time.
func TestWaking(t *testing.T) {
	const now = models.Millis(1_800_000_000_000)
	hourly, monthly := every(time.Hour), every(30*24*time.Hour)
	wait := func(why models.Why, d time.Duration) models.Reason { return models.Reason{Why: why, Wait: d} }
	after := func(d time.Duration) models.Reason { return models.Reason{Why: models.WhySchedule, Least: d} }
	for name, c := range map[string]struct {
		w        waking
		row      models.SourceState
		moments  models.Schedule
		from, to models.Millis // of the next visit, from now on
	}{
		"never visited":               {waking{late: day}, models.SourceState{}, hourly, -now, -now},
		"not due":                     {waking{late: day}, models.SourceState{NextAt: now + minute}, hourly, minute, minute},
		"due a moment ago":            {waking{late: 30_000}, models.SourceState{NextAt: now - 30_000}, hourly, -30_000, -30_000},
		"after a short stop":          {waking{late: 10 * minute}, models.SourceState{NextAt: now - 1000}, hourly, 0, 10 * minute},
		"after a long one":            {waking{late: 9 * day}, models.SourceState{NextAt: now - day}, hourly, 0, hour},
		"with a rare schedule":        {waking{late: 9 * day}, models.SourceState{NextAt: now - day}, monthly, 0, hour},
		"with a frequent one":         {waking{late: 9 * day}, models.SourceState{NextAt: now - day}, every(10 * time.Minute), 0, 10 * minute},
		"under way":                   {waking{late: 9 * day}, models.SourceState{NextAt: now - day, LeasedUntil: now + minute}, hourly, -day, -day},
		"planned a year ahead":        {waking{}, models.SourceState{NextAt: now + 365*day}, hourly, 0, hour},
		"which is its schedule":       {waking{}, models.SourceState{NextAt: now + 30*day}, monthly, 30 * day, 30 * day},
		"or what the server asked":    {waking{}, models.SourceState{NextAt: now + day, Reason: wait(models.WhyRetry, 24*time.Hour)}, hourly, day, day},
		"or that it is gone":          {waking{}, models.SourceState{NextAt: now + 30*day, Reason: wait(models.WhyGone, 30*24*time.Hour)}, hourly, 30 * day, 30 * day},
		"or what it was, unknown":     {waking{}, models.SourceState{NextAt: now + 20*hour, NotBefore: now + 20*hour}, hourly, 20 * hour, 20 * hour},
		"or after what it asked":      {waking{}, models.SourceState{NextAt: now + 13*hour, NotBefore: now + 12*hour, Reason: after(12 * time.Hour)}, hourly, 13 * hour, 13 * hour},
		"rests a year":                {waking{}, models.SourceState{NextAt: now - 1, NotBefore: now + 365*day, Reason: after(0)}, hourly, 0, hour},
		"or that it wants its Sunday": {waking{}, models.SourceState{NextAt: now + 2*day, Reason: wait(models.WhySkip, 0)}, hourly, 2 * day, 2 * day},
		"visited in the future":       {waking{back: day}, models.SourceState{LastVisit: now + day, NextAt: now + day + hour}, hourly, hour, hour},
		"in an hour to skip":          {waking{late: day}, models.SourceState{NextAt: now - 1, Feed: skipping((now / hour) % 24)}, hourly, hour - now%hour, 2 * hour},
		"without a schedule":          {waking{late: day}, models.SourceState{NextAt: now - 1}, nil, 0, hour},
	} {
		row := c.row
		row.Key, c.w.now = "wuhu", now
		c.w.plan(&row, c.moments)
		if off := row.NextAt - now; off < c.from || off > c.to {
			t.Errorf("%s: due in %s, want %s to %s", name, time.Duration(off)*time.Millisecond, time.Duration(c.from)*time.Millisecond, time.Duration(c.to)*time.Millisecond)
		}
		if row.NotBefore != c.row.NotBefore && row.NotBefore != now || row.NotBefore > max(row.NextAt, now) {
			t.Errorf("%s: not before %s", name, time.Duration(row.NotBefore-now)*time.Millisecond)
		}
	}
}

// skipping is a feed that wants no visit in one hour of the day.
func skipping(h models.Millis) models.Feed {
	return models.Feed{Hints: models.Hints{SkipHours: []int{int(h)}}}
}
