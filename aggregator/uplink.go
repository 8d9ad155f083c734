package aggregator

import (
	"context"
	"log/slog"
	"net/url"
	"slices"
	"sync"
	"time"

	"civicfeed/models"
)

// A source that cannot be reached is down, or our own connection is. By how visits end the two are
// told apart: where it is ours, the hosts asked last are nearly all out of reach, whoever they are.
// Then nothing counts against a source, and each goes on as its schedule has it, so that nothing
// comes all at once when the connection is back. Where visits are few and far between, the first
// to fail count before it shows: once each, until the next visit that is well.
const (
	hostsAsked  = 10               // last, one visit each: what is looked at
	hostsEnough = 5                // fewer prove nothing
	hostsRecent = 30 * time.Minute // earlier ones prove nothing
	doubt       = 30 * time.Second // at most, that a failure waits for the visits beside it
)

// ending is how a visit ended, as to the way to its host.
type ending struct {
	host    string
	at      time.Time
	reached bool
}

// endings are the newest of each host, the oldest first.
type endings []ending

// with takes one more.
func (es endings) with(e ending) endings {
	es = slices.DeleteFunc(slices.Clone(es), func(old ending) bool {
		return old.host == e.host || e.at.Sub(old.at) > hostsRecent
	})
	es = append(es, e)
	return es[max(0, len(es)-hostsAsked):]
}

// down tells that more than four fifths of the hosts are out of reach, and that there are enough.
func (es endings) down() bool {
	lost := 0
	for _, e := range es {
		if !e.reached {
			lost++
		}
	}
	return len(es) >= hostsEnough && lost*5 > len(es)*4
}

// reached tells whether a visit found the way to its host; and whether it tells anything of it.
// Gateways answer 502 and 504 for a host that they do not reach.
func reached(v models.Visit) (yes, telling bool) {
	switch {
	case v.Status == 502 || v.Status == 504:
		return false, true
	case v.Status != 0:
		return true, true
	case v.Class == models.ErrTLS: // somebody answered
		return true, true
	}
	return false, v.Class == models.ErrDNS || v.Class == models.ErrConnect || v.Class == models.ErrTimeout
}

// uplink is our own connection, as visits find it. The first failures of many come before anything
// can be known: each waits for the visits that are under way beside it.
type uplink struct {
	log *slog.Logger

	mu       sync.Mutex
	last     endings
	down     bool
	underway int           // visits whose end is not known
	news     chan struct{} // closed at the next ending
}

func newUplink(log *slog.Logger) *uplink {
	return &uplink{log: log, news: make(chan struct{})}
}

// begin tells of visits under way; each must come to its end, or be dropped.
func (u *uplink) begin(visits int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.underway += visits
}

// drop tells of a visit that was not made.
func (u *uplink) drop() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.over()
}

// over wakes those that wait for what one visit less under way, or its end, tells them.
func (u *uplink) over() {
	u.underway--
	close(u.news)
	u.news = make(chan struct{})
}

// end takes how a visit ended, and tells whether it failed because our own connection is down.
func (u *uplink) end(ctx context.Context, address string, v models.Visit) (hold bool) {
	yes, telling := reached(v)
	host := address
	if at, err := url.Parse(address); err == nil {
		host = at.Hostname()
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if telling {
		u.judge(u.last.with(ending{host, time.Now(), yes}))
	}
	u.over()
	if yes || !telling {
		return false
	}
	patience := time.NewTimer(doubt)
	defer patience.Stop()
	for waited := false; !u.down && u.underway > 0 && !waited; {
		news := u.news
		u.mu.Unlock()
		select {
		case <-news:
		case <-patience.C:
			waited = true
		case <-ctx.Done():
			waited = true
		}
		u.mu.Lock()
	}
	return u.down
}

func (u *uplink) judge(es endings) {
	u.last = es
	switch down := es.down(); {
	case down && !u.down:
		u.log.Error("our own connection seems to be down: nothing counts against the sources", "hosts", len(es))
	case !down && u.down:
		u.log.Info("our own connection is back")
	default:
		return
	}
	u.down = !u.down
}
