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
// told apart: where it is ours, the hosts asked since the last that answered are out of reach,
// whoever they are. Then nothing counts against a source, and each is asked again at a moment of its
// own, so that nothing comes all at once when the connection is back. Where visits are few and far
// between, the first to fail count before it shows.
//
// A host that has been out of reach for long tells nothing by being so still; and one within our
// own network tells little of the way out of it by answering.
const (
	hostsAsked  = 10               // last, one visit each: what is looked at
	hostsEnough = 5                // fewer prove nothing
	hostsRecent = 30 * time.Minute // earlier ones prove nothing
	longLost    = 3                // failures in a row, after which another is no news
	doubt       = 30 * time.Second // at most, that a failure waits for the visits beside it
)

// finding is what a visit tells of the way to its host.
type finding int

const (
	untold  finding = iota // nothing
	lost                   // no way was found
	near                   // a host answered that stands in a network of our own (network.allow)
	reached                // a host of the world answered
)

// ending is how a visit ended, as to the way to its host.
type ending struct {
	host string
	at   time.Time
	finding
}

// found tells what a visit found. A gateway that answers 502 or 504 may be ours or theirs.
func found(v models.Visit, inside bool) finding {
	switch {
	case v.Status == 502 || v.Status == 504:
		return untold
	case v.Status != 0 && inside:
		return near
	case v.Status != 0 || v.Class == models.ErrTLS: // somebody answered
		return reached
	case v.Class == models.ErrDNS || v.Class == models.ErrConnect || v.Class == models.ErrTimeout:
		return lost
	}
	return untold
}

// endings are the newest of each host, the oldest first, since one of the world was reached.
type endings []ending

// with takes one more.
func (es endings) with(e ending) endings {
	es = slices.DeleteFunc(slices.Clone(es), func(old ending) bool {
		return e.finding == reached || old.host == e.host || e.at.Sub(old.at) > hostsRecent
	})
	es = append(es, e)
	return es[max(0, len(es)-hostsAsked):]
}

// down tells that more than four fifths of the hosts are out of reach, and that there are enough.
func (es endings) down() bool {
	n := 0
	for _, e := range es {
		if e.finding == lost {
			n++
		}
	}
	return len(es) >= hostsEnough && n*5 > len(es)*4
}

// uplink is our own connection, as visits find it. The first failures of many come before anything
// can be known: each waits for the visits that are under way beside it.
type uplink struct {
	log *slog.Logger

	mu       sync.Mutex
	last     endings
	proven   bool          // a host of the world was reached, ever
	since    time.Time     // when it was found to be down; zero: it is not
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

// end takes how the visit of a claim ended. Where it failed because our own connection is down, it
// tells for how long that has been so.
func (u *uplink) end(ctx context.Context, c models.Claim, f finding) (down time.Duration, held bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if f != untold && (f != lost || u.surprising(c)) {
		u.judge(u.last.with(ending{hostOf(c.Asked()), time.Now(), f}))
	}
	u.over()
	if f != lost {
		return 0, false
	}
	patience := time.NewTimer(doubt)
	defer patience.Stop()
	for waited := false; u.since.IsZero() && u.underway > 0 && !waited; {
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
	if u.since.IsZero() {
		return 0, false
	}
	return time.Since(u.since), true
}

// surprising tells that it is news when a source is out of reach: it was not so before. Until
// anything was reached at all, everything is.
func (u *uplink) surprising(c models.Claim) bool {
	return !u.proven || c.BodyHash != "" && c.Failures < longLost
}

func (u *uplink) judge(es endings) {
	u.last = es
	u.proven = u.proven || es[len(es)-1].finding == reached
	switch down := es.down(); {
	case down && u.since.IsZero():
		u.log.Error("our own connection seems to be down: nothing counts against the sources", "hosts", len(es))
		u.since = time.Now()
	case !down && !u.since.IsZero():
		u.log.Info("our own connection is back", "after", time.Since(u.since).Round(time.Second))
		u.since = time.Time{}
	}
}

// hostOf is the host of an address.
func hostOf(address string) string {
	if at, err := url.Parse(address); err == nil {
		return at.Hostname()
	}
	return address
}
