package aggregator

import (
	"testing"
	"testing/synctest"
	"time"

	"civicfeed/models"
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
