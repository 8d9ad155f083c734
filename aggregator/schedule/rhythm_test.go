package schedule

import (
	"math/rand/v2"
	"testing"
	"time"

	"civicfeed/models"
)

// dated lists moments so long before now.
func dated(now time.Time, precision models.Precision, ago ...time.Duration) []models.Moment {
	var dates []models.Moment
	for _, d := range ago {
		dates = append(dates, models.Moment{At: models.MillisOf(now.Add(-d)), Precision: precision})
	}
	return dates
}

// each lists n moments so far apart, the newest so long ago.
func each(step time.Duration, n int, newest time.Duration) []time.Duration {
	var ago []time.Duration
	for i := range n {
		ago = append(ago, newest+time.Duration(i)*step)
	}
	return ago
}

func TestF22RhythmIsLearnt(t *testing.T) {
	now := at("18:00:00")
	midnight := 18 * h
	days := dated(now, models.Day, midnight, midnight, midnight, midnight+24*h, midnight+24*h, midnight+24*h, midnight+48*h)
	future := append(dated(now, models.Second, each(2*h, 20, h)...), models.Moment{At: models.MillisOf(now.AddDate(1, 0, 0))}, models.Moment{})
	pinned := append(dated(now, models.Second, each(h, 20, 0)...), dated(now, models.Second, 7*365*24*h)...)
	for name, c := range map[string]struct {
		dates []models.Moment
		want  time.Duration
	}{
		"nothing dated":                {make([]models.Moment, 20), 0},
		"too few":                      {dated(now, models.Second, h, 2*h), 0},
		"all at once":                  {dated(now, models.Second, each(0, 20, h)...), 0},
		"every two hours":              {dated(now, models.Second, each(2*h, 20, h)...), h},
		"every minute":                 {dated(now, models.Second, each(m, 30, 0)...), 30 * time.Second},
		"weekly":                       {dated(now, models.Second, each(7*24*h, 10, 0)...), 24 * h},
		"silent for two days":          {dated(now, models.Second, each(h, 20, 48*h)...), 12 * h},
		"dead for years":               {dated(now, models.Second, each(h, 20, 3*365*24*h)...), 24 * h},
		"dated ahead tells nothing":    {future, h},
		"one from long ago":            {pinned, 30 * m},
		"in any order":                 {dated(now, models.Second, 6*h, 2*h, 8*h, 4*h), h},
		"days with three items each":   {days, 4 * h},
		"one item a day, without time": {dated(now, models.Day, midnight, midnight+24*h, midnight+48*h, midnight+72*h), 12 * h},
	} {
		if got := Rhythm(c.dates, now); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestRhythmLeavesItsDatesAlone(t *testing.T) {
	now := at("18:00:00")
	dates := dated(now, models.Second, 6*h, 2*h, -h, 4*h)
	before := append([]models.Moment(nil), dates...)
	Rhythm(dates, now)
	for i := range dates {
		if dates[i] != before[i] {
			t.Fatal("the dates were moved")
		}
	}
}

// A year of a source that is visited as it publishes: never more often than the floor, and its
// items are not found late, as measured by how often they come.
func TestF22AutoFollowsTheSource(t *testing.T) {
	for name, c := range map[string]struct {
		pause   time.Duration // between items, on the average
		atMost  int           // visits a day
		atLeast int
		late    time.Duration // that an item is found, on the average
	}{
		"busy":  {2 * m, 24 * 12, 200, 10 * m},
		"daily": {24 * h, 6, 1, 12 * h},
		"quiet": {60 * 24 * h, 1, 0, 24 * h},
	} {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(3, 4))
			gap := func() time.Duration { return c.pause/2 + time.Duration(random.Int64N(int64(c.pause))) }
			const days = 120
			began := at("10:20:00")
			f := Facts{Source: models.Source{Key: "wuhu", Auto: true}, Network: models.Network{Floor: 5 * m}}
			var dates []models.Moment
			for i := range 20 {
				dates = append(dates, dated(began, models.Second, time.Duration(20-i)*c.pause)...)
			}
			visits, found, late := 0, 0, time.Duration(0)
			item := began.Add(gap())
			f.LastNew, f.Rhythm = began, Rhythm(dates, began)
			for now := began; now.Sub(began) < days*24*h; visits++ {
				f.Now, f.Outcome = now, models.Unchanged
				for ; !item.After(now); item = item.Add(gap()) {
					found, late = found+1, late+now.Sub(item)
					dates = append(dates, models.Moment{At: models.MillisOf(item), Precision: models.Second})
					f.Outcome, f.LastNew = models.Fetched, now
				}
				if f.Outcome == models.Fetched {
					f.Rhythm = Rhythm(dates[max(0, len(dates)-20):], now)
				}
				next := Next(f).NextAt
				if wait := next.Sub(now); wait < 5*m || wait > 24*h+6*m {
					t.Fatalf("a wait of %s", wait)
				}
				now = next
			}
			if perDay := visits / days; perDay > c.atMost || perDay < c.atLeast || visits < days*9/10 {
				t.Errorf("%d visits in %d days", visits, days)
			}
			if found > 0 && late/time.Duration(found) > c.late {
				t.Errorf("%d items were found %s late on the average", found, late/time.Duration(found))
			}
		})
	}
}

// A feed that falls silent is asked ever less often: after four days once a day.
func TestF22QuietFeedSlows(t *testing.T) {
	f := Facts{Source: models.Source{Key: "wuhu", Auto: true}, Network: models.Network{Floor: 5 * m}, Outcome: models.Unchanged, Rhythm: 10 * m, LastNew: at("00:00:00")}
	before := time.Duration(0)
	for _, silent := range []time.Duration{0, 40 * m, 4 * h, 24 * h, 48 * h, 96 * h, 1000 * h} {
		f.Now = f.LastNew.Add(silent)
		wait := Next(f).Reason.Wait
		if want := min(max(10*m, silent/4), 24*h); wait != want || wait < before {
			t.Errorf("silent for %s: a wait of %s, want %s", silent, wait, want)
		}
		before = wait
	}
}
