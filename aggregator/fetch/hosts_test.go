package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"civicfeed/models"
)

// resolveWith makes a client look names up in a DNS server of the test, with the guard in place.
func resolveWith(t *testing.T, c *Client, n models.Network, s *names) {
	t.Helper()
	guard, err := newGuard(n)
	if err != nil {
		t.Fatal(err)
	}
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", s.conn.LocalAddr().String())
	}}
	c.transport.DialContext = (&net.Dialer{Timeout: connectTimeout, Control: guard.control, Resolver: resolver}).DialContext
}

func TestF23OneRequestAtATimeAndAPauseBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHosts(1, time.Second, nil)
		var under, most atomic.Int32
		var mu sync.Mutex
		var starts []time.Time
		var all sync.WaitGroup
		for i := range 30 {
			all.Go(func() {
				leave, err := h.enter(t.Context(), []string{"Gov.Example", "gov.example."}[i%2])
				if err != nil {
					t.Error(err)
					return
				}
				defer leave()
				most.Store(max(most.Load(), under.Add(1)))
				mu.Lock()
				starts = append(starts, time.Now())
				mu.Unlock()
				time.Sleep(time.Duration(i%5) * 500 * time.Millisecond)
				under.Add(-1)
			})
		}
		all.Wait()
		if most.Load() != 1 || len(starts) != 30 {
			t.Errorf("%d at once, %d starts", most.Load(), len(starts))
		}
		for i := 1; i < len(starts); i++ {
			if gap := starts[i].Sub(starts[i-1]); gap < time.Second-time.Microsecond {
				t.Errorf("%s between two starts", gap)
			}
		}
	})
}

func TestHostsDoNotWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHosts(2, time.Second, nil)
		began := time.Now()
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() {
				leave, err := h.enter(t.Context(), fmt.Sprintf("city-%d.example", i))
				if err != nil {
					t.Error(err)
					return
				}
				time.Sleep(100 * time.Millisecond)
				leave()
			})
		}
		all.Wait()
		if took := time.Since(began); took != 100*time.Millisecond {
			t.Errorf("100 hosts took %s", took)
		}
	})
}

func TestHostsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHosts(1, time.Second, nil)
		for i := range 1000 {
			leave, err := h.enter(t.Context(), fmt.Sprintf("city-%d.example", i))
			if err != nil {
				t.Fatal(err)
			}
			leave()
			time.Sleep(100 * time.Millisecond)
		}
		if n := len(h.byName); n > 11 {
			t.Errorf("%d hosts are remembered", n)
		}
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHosts(1, time.Hour, nil)
		leave, err := h.enter(t.Context(), "gov.example")
		if err != nil {
			t.Fatal(err)
		}
		for range 3 { // for the place, then for the pause
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if _, err := h.enter(ctx, "gov.example"); err == nil {
				t.Error("entered")
			}
			cancel()
			if leave != nil {
				leave()
				leave = nil
			}
		}
		if it := h.byName["gov.example"]; it.guests != 0 || len(it.places) != 0 {
			t.Errorf("%d guests and %d places are left over", it.guests, len(it.places))
		}
	})
}

// A visit that waits its turn longer than its timeout still gets its whole timeout.
func TestWaitingDoesNotCountAsTime(t *testing.T) {
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) { time.Sleep(60 * time.Millisecond) })
	n := loopback()
	n.Gap = 300 * time.Millisecond
	c := newClient(t, n)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			res, err := c.Get(t.Context(), Request{URL: o.URL, Timeout: 700 * time.Millisecond})
			if err != nil {
				t.Error(err)
			} else if res.Duration > 700*time.Millisecond {
				t.Errorf("took %s", res.Duration)
			}
		})
	}
	all.Wait()
}

func TestATurnThatNeverComesIsOurOwnFault(t *testing.T) {
	n := loopback()
	n.Gap = time.Hour
	c := newClient(t, n)
	o := newOrigin(t, func(http.ResponseWriter, *http.Request) {})
	mustGet(t, c, Request{URL: o.URL})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Get(ctx, Request{URL: o.URL}); models.ClassOf(err) != models.ErrInternal {
		t.Errorf("%v (%s)", err, models.ClassOf(err))
	}
}
