package aggregator

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"civicfeed/models"
	"civicfeed/models/store"
)

func TestGatherFillsTransactions(t *testing.T) {
	still := &models.Delivery{Visit: models.Visit{Outcome: models.Unchanged}}
	broken := &models.Delivery{Visit: models.Visit{Outcome: models.Failed}}
	news := &models.Delivery{Visit: models.Visit{Outcome: models.Fetched}, Items: make([]models.Item, 20)}
	flood := &models.Delivery{Visit: models.Visit{Outcome: models.Fetched}, Items: make([]models.Item, 2000)}
	for name, c := range map[string]struct {
		of      *models.Delivery
		waiting int
		hand    int64 // visits under way that do not end, beside those waiting
		want    int
		after   time.Duration
	}{
		"a visit alone waits for nobody":         {still, 1, 0, 1, 0},
		"all there are":                          {still, 7, 0, 7, 0},
		"but not for ever for those to come":     {still, 7, 3, 7, lull},
		"as many as a transaction takes":         {still, 150, 3, 100, 0},
		"fewer that failed":                      {broken, 150, 0, 25, 0},
		"fewer still that brought a page each":   {news, 150, 0, 13, 0},
		"a big one goes alone, whatever follows": {flood, 150, 9, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &Aggregator{saves: make(chan *models.Delivery, 200)}
				a.inHand.Add(int64(c.waiting) + c.hand)
				for range c.waiting {
					a.saves <- c.of
				}
				began := time.Now()
				if got := len(a.gather(<-a.saves)); got != c.want {
					t.Errorf("%d deliveries, want %d", got, c.want)
				}
				if took := time.Since(began); took != c.after {
					t.Errorf("it took %v, want %v", took, c.after)
				}
				if left := a.inHand.Load(); left != int64(c.waiting-c.want)+c.hand {
					t.Errorf("%d are said to be under way", left)
				}
			})
		})
	}
}

// TestGatherEndsWithTheVisits: a writer that is told that nothing more comes keeps what it has.
func TestGatherEndsWithTheVisits(t *testing.T) {
	a := &Aggregator{saves: make(chan *models.Delivery, 1)}
	a.inHand.Add(9)
	a.saves <- &models.Delivery{Visit: models.Visit{Outcome: models.Unchanged}}
	close(a.saves)
	if got := a.gather(<-a.saves); len(got) != 1 || got[0] == nil {
		t.Errorf("gathered %v", got)
	}
}

// TestF28ReckonedFromTheAnswer: what a server asks for counts from its answer, however long it took
// to get the claim under which it was asked.
func TestF28ReckonedFromTheAnswer(t *testing.T) {
	inBubble(t, `network: {per_host: {gap: 0s}, floor: 1s}
sources: [{key: busy, name: 忙站, url: "http://busy.example/rss.xml"}]
`, func(b *bubble) {
		b.on("busy.example/rss.xml", fails(http.StatusServiceUnavailable, "Retry-After", "60"))
		const slow = 1500 * time.Millisecond // more than rounding to seconds can hide
		st, err := store.Open(b.Context(), b.path, store.Options{Clock: func() time.Time {
			now := time.Now()
			time.Sleep(slow) // the store is busy once it has read its clock
			return now
		}})
		must(b, err)
		defer st.Close()
		must(b, st.Apply(b.Context(), b.catalog))
		a := b.aggregator(st)
		must(b, a.Once(b.Context(), store.Which{}))
		a.plan.Load().client.Close()
		asked := b.at("busy.example/rss.xml")[0].at
		if next := b.state("busy").NotBefore.Time(); next.Before(asked.Add(time.Minute)) {
			b.Errorf("asked at %v, to be asked again from %v on: less than a minute", asked, next)
		}
	})
}
