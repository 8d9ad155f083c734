package store

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"civicfeed/models"
)

// unchanged is a delivery of a visit that found nothing new.
func unchanged(tb testing.TB, s *Store, c models.Claim) *models.Delivery {
	tb.Helper()
	d := fetched(tb, s, c)
	d.Visit.Outcome, d.Visit.Status, d.Visit.Duration, d.Visit.URL = models.Unchanged, 304, 17, c.URL
	d.Validators, d.BodyHash, d.Rhythm = c.Validators, c.BodyHash, c.Rhythm
	return d
}

// TestCalmIsSavedAsRecordSays: the short way and the long way leave the same behind.
func TestCalmIsSavedAsRecordSays(t *testing.T) {
	cases := map[string]func(*models.Delivery){
		"304":            nil,
		"the same bytes": func(d *models.Delivery) { d.Visit.Status, d.Visit.Bytes = 200, 4711 },
		"a reason in quotes": func(d *models.Delivery) {
			d.Reason = models.Reason{Why: models.WhyMaxAge, Wait: 7, Spec: `"'?;' 每小时`}
		},
		"an odd address":       func(d *models.Delivery) { d.Visit.URL = "https://x.example/\x00\xff新闻" },
		"a clock that stepped": func(d *models.Delivery) { d.Ended = d.NextAt.Add(23 * time.Hour) },
		"due at once":          func(d *models.Delivery) { d.NextAt, d.NotBefore = time.Time{}, time.Time{} },
	}
	onBoth(t, func(t *testing.T, d database) {
		for name, change := range cases {
			var states [2]models.SourceState
			var visits [2]models.Visit
			s, c := ready(t, d)
			for _, key := range []string{"daily", "plain"} {
				first := fetched(t, s, claim(t, s, key), item(key, name, c.millisNow()))
				first.Feed, first.Rhythm, first.Visit.Warnings = &models.Feed{Title: "云溪"}, time.Hour, []string{"a doubt"}
				must(t, s.Save(t.Context(), []*models.Delivery{first}))
			}
			c.pass(time.Hour)
			for i, key := range []string{"daily", "plain"} {
				del := unchanged(t, s, claim(t, s, key))
				if change != nil {
					change(del)
				}
				if !uneventful(del) {
					t.Fatalf("%s: not taken for uneventful: %+v", name, del)
				}
				del.Claim.Calm = i == 0
				must(t, s.Save(t.Context(), []*models.Delivery{del}))
				states[i], visits[i] = state(t, s, key), lastVisit(t, s, key)
				states[i].Key, states[i].Name, states[i].URL = "", "", ""
				visits[i].ID, visits[i].Source = 0, ""
				if name != "an odd address" {
					visits[i].URL = ""
				}
			}
			if !reflect.DeepEqual(states[0], states[1]) {
				t.Errorf("%s: the state is\n%+v, want\n%+v", name, states[0], states[1])
			}
			if !reflect.DeepEqual(visits[0], visits[1]) {
				t.Errorf("%s: the visit is\n%+v, want\n%+v", name, visits[0], visits[1])
			}
		}
	})
}

func lastVisit(tb testing.TB, s *Store, source string) (v models.Visit) {
	tb.Helper()
	must(tb, s.reader.Where("source = ?", source).Order("id DESC").First(&v).Error)
	if len(v.Warnings) == 0 {
		v.Warnings = nil
	}
	return v
}

// TestCalmKeepsTheLease: a claim that is gone saves nothing, beside others that do.
func TestCalmKeepsTheLease(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		settled(t, s, "daily", "plain", "dong-news")
		c.pass(time.Hour)
		stale := unchanged(t, s, claim(t, s, "daily"))
		c.pass(2 * time.Minute)
		claim(t, s, "daily")
		before, visits := state(t, s, "daily"), count(t, d.raw(t), "SELECT count(*) FROM visits")
		good, news := unchanged(t, s, claim(t, s, "plain")), fetched(t, s, claim(t, s, "dong-news"), item("dong-news", "a", 1))
		unknown := unchanged(t, s, models.Claim{Source: "nobody", Calm: true})
		batch := []*models.Delivery{stale, news, good, unknown}
		for _, d := range batch {
			d.Lost = !d.Lost // whatever it was
		}
		must(t, s.Save(t.Context(), batch))
		if !stale.Lost || !unknown.Lost || good.Lost || news.Lost {
			t.Errorf("lost: stale %v, unknown %v, good %v, with news %v", stale.Lost, unknown.Lost, good.Lost, news.Lost)
		}
		if after := state(t, s, "daily"); !reflect.DeepEqual(before, after) {
			t.Errorf("an old claim changed\n%+v into\n%+v", before, after)
		}
		if n := count(t, d.raw(t), "SELECT count(*) FROM visits"); n != visits+2 {
			t.Errorf("%d visits were saved, want 2", n-visits)
		}
		if state(t, s, "plain").LeasedUntil != 0 || listing(t, s, models.View{}) != "dong-news-a" {
			t.Error("the others were not saved")
		}
	})
}

// TestCalmSavesMany: more than one statement takes.
func TestCalmSavesMany(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, _ := ready(t, d)
		cat := city()
		for i := range 3*chunk/5 + 7 {
			src := *source(cat, "plain")
			src.Key = "many-" + string(rune('一'+i))
			cat.Sources = append(cat.Sources, src)
		}
		must(t, s.Apply(t.Context(), cat))
		for round := range 2 {
			claims, err := s.Claim(t.Context(), 1000, time.Minute, Which{Force: true})
			must(t, err)
			var all []*models.Delivery
			for _, c := range claims {
				if c.Calm != (round > 0) {
					t.Fatalf("round %d: calm is %v of %s", round, c.Calm, c.Source)
				}
				all = append(all, unchanged(t, s, c))
			}
			must(t, s.Save(t.Context(), all))
			if i := slices.IndexFunc(all, func(d *models.Delivery) bool { return d.Lost }); i >= 0 || len(all) != len(cat.Sources) {
				t.Fatalf("round %d: %d deliveries, lost %d", round, len(all), i)
			}
		}
		if n := count(t, d.raw(t), "SELECT count(*) FROM visits"); n != 2*len(cat.Sources) {
			t.Errorf("%d visits", n)
		}
	})
}

// Whatever a delivery or a state may hold more in times to come goes the long way until the short
// way is known to keep it.
func TestOnlyTheCalmIsCalm(t *testing.T) {
	kept := models.SourceState{LastOK: 1}
	harmless := []string{"Key", "Name", "URL", "Site", "Republish", "Spec", "Active", "Feed", "NextAt", "NotBefore", "Reason", "Rhythm",
		"Epoch", "LeasedUntil", "Validators", "BodyHash", "LastVisit", "LastOK", "LastNew", "Status", "Warnings"}
	wantCalm(t, &kept, harmless, func() bool { return calm(&kept) })

	d := models.Delivery{Claim: models.Claim{Calm: true}, Visit: models.Visit{Outcome: models.Unchanged}}
	harmless = []string{"Claim", "Visit", "NextAt", "NotBefore", "Reason", "Ended", "Hold", "Backlog", "Reread", "Turned", "Address", "Lost"}
	wantCalm(t, &d, harmless, func() bool { return uneventful(&d) })
	harmless = []string{"ID", "Source", "At", "Duration", "Status", "URL", "Bytes", "New", "Changed"}
	wantCalm(t, &d.Visit, harmless, func() bool { return uneventful(&d) })
}

func wantCalm(t *testing.T, of any, harmless []string, calm func() bool) {
	t.Helper()
	if !calm() {
		t.Fatalf("%+v is not calm", of)
	}
	v := reflect.ValueOf(of).Elem()
	for i := range v.NumField() {
		field, before := v.Field(i), reflect.New(v.Field(i).Type()).Elem()
		before.Set(field)
		fill(field)
		if name := v.Type().Field(i).Name; calm() != slices.Contains(harmless, name) && name != "Claim" && name != "Visit" {
			t.Errorf("%T.%s: calm is %v", of, name, calm())
		}
		field.Set(before)
	}
}

// fill makes a value one that is not zero, in its first part at least.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.Struct:
		if v.Field(0).CanSet() {
			fill(v.Field(0))
		}
	}
}
