package aggregator

import (
	"cmp"
	"context"
	"strings"
	"sync"
	"time"

	"civicfeed/aggregator/fetch"
	"civicfeed/models/store"
)

// A visit holds a claim, whose lease runs, and one of few hands, and most of it is waiting. So no
// more visits of one host are begun than it can answer soon, slow as it may be: one that answers
// nothing keeps a few hands busy and no claim beyond its lease, however many sources it has.

const (
	hands = 128             // visits at once
	line  = 3 * time.Minute // at most, that visits of a host wait for each other
)

// errand is a visit to be made.
type errand struct {
	source, host string
	takes        time.Duration // of the host's time, at most
}

// errands are the visits of sources that are due, in their order.
func (p *plan) errands(due []store.Due) []errand {
	all := make([]errand, len(due))
	for i, d := range due {
		takes := fetch.DefaultTimeout
		if src := p.sources[d.Source]; src != nil {
			takes = cmp.Or(src.Timeout, takes)
		}
		network := p.catalog.Network
		takes = (takes + network.Gap) / time.Duration(max(network.Concurrency, 1))
		all[i] = errand{d.Source, strings.ToLower(hostOf(d.Address)), takes}
	}
	return all
}

// free are the hands that are not at work, and what of its time each host has yet to give to those
// that are.
type free struct {
	mu    sync.Mutex
	hands int
	lines map[string]time.Duration
	given int           // errands, since some were taken
	many  chan struct{} // they are worth a claim
}

func newFree() *free {
	return &free{hands: hands, lines: map[string]time.Duration{}, many: make(chan struct{}, 1)}
}

// take picks the first errands that can be begun, n at most; the others stay as they were.
func (f *free) take(from []errand, n int) (picked, others []errand) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.given = 0
	for _, e := range from {
		before := f.lines[e.host]
		if len(picked) == n || f.hands == 0 || before > 0 && before+e.takes > line {
			others = append(others, e)
			continue
		}
		f.hands--
		f.lines[e.host] = before + e.takes
		picked = append(picked, e)
	}
	return picked, others
}

// give takes back what an errand had.
func (f *free) give(e errand) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hands++
	if f.given++; f.given == grip/2 {
		select {
		case f.many <- struct{}{}:
		default:
		}
	}
	if f.lines[e.host] -= e.takes; f.lines[e.host] <= 0 {
		delete(f.lines, e.host)
	}
}

// wait waits until many hands were given back, or for a moment.
func (f *free) wait(ctx context.Context) {
	moment := time.NewTimer(lull)
	defer moment.Stop()
	select {
	case <-f.many:
	case <-moment.C:
	case <-ctx.Done():
	}
}
