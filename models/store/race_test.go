package store

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"civicfeed/models"
)

// TestCommitOrderIsNumberOrder: writers of several processes save at once while a reader follows
// the numbers. It must never meet one below the highest it has seen.
func TestCommitOrderIsNumberOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		const writers, rounds = 4, 25
		cat := city()
		cat.Sources = nil
		for w := range writers {
			cat.Sources = append(cat.Sources, models.Source{Key: fmt.Sprintf("w%d", w), URL: "https://w.example/", Sections: []string{"focus"}, Enabled: true})
		}
		var wg sync.WaitGroup
		var done atomic.Bool
		for w := range writers {
			s := d.open(t, Options{})
			must(t, s.Apply(t.Context(), cat))
			wg.Go(func() { write(t, s, fmt.Sprintf("w%d", w), rounds) })
		}
		reader := d.open(t, Options{ReadOnly: true})
		var following sync.WaitGroup
		var seqs []int64
		following.Go(func() {
			for last := int64(0); ; {
				stop := done.Load()
				var news []int64
				if err := reader.reader.Raw("SELECT seq FROM stories WHERE seq > ? ORDER BY seq", last).Scan(&news).Error; err != nil {
					t.Error(err)
					return
				}
				if seqs = append(seqs, news...); len(news) > 0 {
					last = news[len(news)-1]
				}
				if stop {
					return
				}
			}
		})
		wg.Wait()
		done.Store(true)
		following.Wait()
		if len(seqs) != writers*rounds*3 {
			t.Errorf("the reader met %d stories of %d", len(seqs), writers*rounds*3)
		}
		if n := rev(t, reader); n != int64(len(seqs)) {
			t.Errorf("the number is %d after %d stories", n, len(seqs))
		}
	})
}

func write(t *testing.T, s *Store, key string, rounds int) {
	for round := range rounds {
		claims, err := s.Claim(t.Context(), 1, time.Minute, Which{Keys: []string{key}, Force: true})
		if err != nil || len(claims) != 1 {
			t.Errorf("claim %s: %v, %v", key, claims, err)
			return
		}
		var items []models.Item
		for i := range 3 {
			items = append(items, item(key, fmt.Sprintf("%d-%d", round, i), 1))
		}
		d := &models.Delivery{Claim: claims[0], Visit: models.Visit{Outcome: models.Fetched}, Items: items}
		if err := s.Save(t.Context(), []*models.Delivery{d}); err != nil || d.Lost {
			t.Errorf("save %s: lost %v, %v", key, d.Lost, err)
			return
		}
	}
}

// TestReloadBesideSaving: whatever is saved while catalogs take turns is judged by the last.
func TestReloadBesideSaving(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, _ := ready(t, d)
		other := city()
		other.Sections[0].Match = nil
		source(other, "plain").Sections = []string{"focus"}
		var wg sync.WaitGroup
		wg.Go(func() { write(t, s, "plain", 30) })
		for i := range 30 {
			must(t, s.Apply(t.Context(), []*models.Catalog{city(), other}[i%2]))
		}
		wg.Wait()
		stories, err := s.Latest(t.Context(), models.View{}, models.ByListed, 200)
		must(t, err)
		for _, story := range stories {
			if len(story.Sections) != 1 || story.Sections[0] != "focus" {
				t.Errorf("%s is in %v", story.ID, story.Sections)
			}
		}
		if got := listing(t, s, models.View{Section: "notices"}); got != "" || len(stories) != 90 {
			t.Errorf("%d stories, in notices %q", len(stories), got)
		}
	})
}

// TestReadingWhileWriting: readers go on during a long transaction and see none of it.
func TestReadingWhileWriting(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		deliver(t, s, "daily", item("daily", "a", c.millisNow()-1))
		inside, goOn := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			err := s.change(t.Context(), func(c *change) error {
				err := c.tx.Exec("DELETE FROM memberships").Error
				close(inside)
				<-goOn
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-inside
		for range 20 {
			if got := listing(t, s, models.View{}); got != "daily-a" {
				t.Errorf("a reader saw %q", got)
			}
		}
		close(goOn)
		wg.Wait()
		if got := listing(t, s, models.View{}); got != "" {
			t.Errorf("after the commit: %q", got)
		}
	})
}
