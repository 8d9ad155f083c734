package store

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"civicfeed/models"
)

// claimed names the sources that a claim takes, and gives them back.
func claimed(t *testing.T, s *Store, n int, w Which) string {
	t.Helper()
	claims, err := s.Claim(t.Context(), n, time.Minute, w)
	must(t, err)
	must(t, s.Release(t.Context(), claims, 0))
	var keys []string
	for _, c := range claims {
		keys = append(keys, c.Source)
	}
	return strings.Join(keys, " ")
}

// due names the sources that may be claimed.
func due(t *testing.T, s *Store, w Which) string {
	t.Helper()
	all, err := s.Due(t.Context(), w)
	must(t, err)
	var keys []string
	for _, d := range all {
		keys = append(keys, d.Source)
		if !strings.HasPrefix(d.Address, "http") {
			t.Errorf("%s is asked at %q", d.Source, d.Address)
		}
	}
	return strings.Join(keys, " ")
}

func TestClaimWhich(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		cat := city()
		source(cat, "xi-news").Enabled = false
		must(t, s.Apply(t.Context(), cat))
		expect := func(when string, n int, w Which, want string) {
			t.Helper()
			if due := due(t, s, w); n == 9 && due != want {
				t.Errorf("%s: due are %q, want %q", when, due, want)
			}
			if got := claimed(t, s, n, w); got != want {
				t.Errorf("%s: claimed %q, want %q", when, got, want)
			}
		}
		expect("new sources", 9, Which{}, "daily dong-news plain")
		expect("no more than asked for", 2, Which{}, "daily dong-news")
		expect("none", 0, Which{}, "")
		deliver(t, s, "daily") // due in an hour, not before five minutes
		c.pass(time.Minute)
		deliver(t, s, "plain")
		expect("visited", 9, Which{}, "dong-news")
		expect("all, before the floor", 9, Which{All: true}, "dong-news")
		expect("by force", 9, Which{Force: true}, "dong-news daily plain")
		expect("inactive by force", 9, Which{Keys: []string{"xi-news"}, Force: true}, "")
		c.pass(5 * time.Minute)
		expect("all, past the floor", 9, Which{All: true}, "dong-news daily plain")
		expect("keys", 9, Which{Keys: []string{"plain", "daily"}, All: true}, "daily plain")
		expect("keys not due", 9, Which{Keys: []string{"plain"}}, "")
		c.pass(55 * time.Minute)
		expect("due again, the longest first", 9, Which{}, "dong-news daily plain")
	})
}

func TestLease(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		deliver(t, s, "daily")
		c.pass(2 * time.Hour)
		first := claim(t, s, "daily")
		if first.Validators.ETag != `"1"` || first.BodyHash != "b1" {
			t.Errorf("claim is %+v", first)
		}
		if got := claimed(t, s, 1, Which{Keys: []string{"daily"}, Force: true}); got != "" {
			t.Error("a live lease was taken")
		}
		c.pass(time.Minute)
		second := claim(t, s, "daily")
		if second.Epoch != first.Epoch+1 {
			t.Errorf("epochs are %d and %d", first.Epoch, second.Epoch)
		}
		must(t, s.Release(t.Context(), []models.Claim{first}, 0)) // is nobody's any more
		if got := claimed(t, s, 1, Which{Keys: []string{"daily"}, Force: true}); got != "" {
			t.Error("an old claim released a new lease")
		}
		must(t, s.Release(t.Context(), []models.Claim{second}, 0))
		if got := claimed(t, s, 1, Which{Keys: []string{"daily"}}); got != "daily" {
			t.Error("a released source is not due")
		}
	})
}

// TestF15F17RestAfterALease: what may have been asked under a lease that nobody saved or gave back is
// left alone for the floor from its end on, be it that its process was killed or its machine lost.
func TestF15F17RestAfterALease(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		free := func(when string, w Which, want string) {
			t.Helper()
			w.Keys = []string{"daily"}
			if got := claimed(t, s, 1, w); got != want {
				t.Errorf("%s: claimed %q, want %q", when, got, want)
			}
		}
		floor := Which{Floor: 5 * time.Minute}
		claim(t, s, "daily")
		c.pass(10 * time.Second)
		must(t, s.endLeases(t.Context())) // its process was killed
		free("killed", floor, "")
		free("killed, all", Which{Floor: 5 * time.Minute, All: true}, "")
		c.pass(5*time.Minute - time.Second)
		free("a second too soon", floor, "")
		c.pass(time.Second)
		free("after the floor", floor, "daily")
		free("given back unasked", floor, "daily")

		claim(t, s, "daily")
		c.pass(5 * time.Minute) // the lease ended four minutes ago
		free("lost", floor, "")
		free("by force", Which{Floor: 5 * time.Minute, Force: true}, "daily")

		must(t, s.Release(t.Context(), []models.Claim{claim(t, s, "daily")}, 5*time.Minute))
		free("given back after it was asked", floor, "")
		c.pass(5 * time.Minute)
		free("the floor after that", floor, "daily")

		del := fetched(t, s, claim(t, s, "daily"))
		del.NextAt, del.NotBefore = c.now().Add(2*time.Hour), c.now().Add(2*time.Hour)
		must(t, s.Save(t.Context(), []*models.Delivery{del}))
		must(t, s.Release(t.Context(), []models.Claim{claim(t, s, "daily")}, 0))
		free("given back, before what its server asked for", Which{All: true}, "")

		off := city()
		source(off, "plain").Enabled = false
		claim(t, s, "plain")
		must(t, s.Apply(t.Context(), off))
		must(t, s.Apply(t.Context(), city()))
		floor.Keys = []string{"plain"}
		if got := claimed(t, s, 1, floor); got != "" {
			t.Error("switched off and on while it was asked, it is asked again at once")
		}
	})
}

// TestR49ClaimersShareTheWork lets several stores claim at once: every source goes to exactly one.
func TestR49ClaimersShareTheWork(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		cat := &models.Catalog{}
		for i := range 200 {
			cat.Sources = append(cat.Sources, models.Source{Key: fmt.Sprintf("s%03d", i), URL: "https://x.example/", Enabled: true})
		}
		var stores []*Store
		for range 3 {
			s := d.open(t, Options{})
			must(t, s.Apply(t.Context(), cat))
			stores = append(stores, s)
		}
		taken := make([][]string, len(stores))
		var wg sync.WaitGroup
		for i, s := range stores {
			wg.Go(func() {
				for {
					claims, err := s.Claim(t.Context(), 7, time.Hour, Which{})
					if err != nil {
						t.Error(err)
						return
					}
					if len(claims) == 0 {
						return
					}
					for _, c := range claims {
						taken[i] = append(taken[i], c.Source)
					}
				}
			})
		}
		wg.Wait()
		all := slices.Concat(taken...)
		slices.Sort(all)
		if n := len(slices.Compact(slices.Clone(all))); len(all) != 200 || n != 200 {
			t.Errorf("%d claims of %d sources, want 200 of 200", len(all), n)
		}
	})
}
