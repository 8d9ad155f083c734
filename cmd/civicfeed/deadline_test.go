package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestSteadyKeepsDeadlines: whatever a server does with deadlines, reads and writes end when, and as,
// they do on a connection that is told of each.
func TestSteadyKeepsDeadlines(t *testing.T) {
	for seed := range uint64(300) {
		plain := deadlinesKept(t, seed, func(c net.Conn) net.Conn { return c })
		steady := deadlinesKept(t, seed, func(c net.Conn) net.Conn { return newSteady(c) })
		if !slices.Equal(plain, steady) {
			t.Fatalf("seed %d:\nplain  %q\nsteady %q", seed, plain, steady)
		}
	}
}

// deadlinesKept moves a connection's deadlines at random, some while it is read or written, and tells
// how each reading and writing ended, and when.
func deadlinesKept(t *testing.T, seed uint64, wrap func(net.Conn) net.Conn) (ends []string) {
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(seed, 0))
		inner, peer := net.Pipe()
		conn := wrap(inner)
		defer conn.Close()
		defer peer.Close()
		start := time.Now()
		move := func() func() {
			set := []func(time.Time) error{conn.SetReadDeadline, conn.SetWriteDeadline, conn.SetDeadline}[random.IntN(3)]
			deadline := someDeadline(random)
			return func() {
				if err := set(deadline()); err != nil {
					t.Errorf("seed %d: %v", seed, err)
				}
			}
		}
		for range 20 {
			for range random.IntN(4) {
				move()()
			}
			use, answer := conn.Read, peer.Write
			if random.IntN(2) == 0 {
				use, answer = conn.Write, peer.Read
			}
			later, late := time.AfterFunc(someTime(random), move()), someTime(random)
			answered := make(chan struct{})
			go func() {
				defer close(answered)
				peer.SetDeadline(time.Now().Add(2 * late))
				time.Sleep(late)
				answer(make([]byte, 1))
			}()
			n, err := use(make([]byte, 1))
			ends = append(ends, fmt.Sprintf("%d %t after %s", n, errors.Is(err, os.ErrDeadlineExceeded), time.Since(start)))
			later.Stop()
			<-answered
		}
	})
	return ends
}

// someDeadline is none, one long past, one just past, or one to come, seen from when it is set.
func someDeadline(random *rand.Rand) func() time.Time {
	kind, distance := random.IntN(5), someTime(random)
	return func() time.Time {
		switch kind {
		case 0:
			return time.Time{}
		case 1:
			return time.Unix(1, 0)
		case 2:
			return time.Now().Add(-distance)
		}
		return time.Now().Add(distance)
	}
}

// someTime is from no time to minutes, mostly short.
func someTime(random *rand.Rand) time.Duration {
	return time.Duration(random.Int64N(int64(time.Second) << random.IntN(8)))
}

// TestSteadyTells: a connection is told of a deadline that passed, and of no other, nor after its end.
func TestSteadyTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told atomic.Int64
		d := deadline{began: time.Now(), tell: func(time.Time) error { told.Add(1); return nil }}
		tells := func(want int64, when string) {
			t.Helper()
			synctest.Wait()
			if n := told.Load(); n != want {
				t.Errorf("%s the connection was told of %d deadlines, want %d", when, n, want)
			}
		}
		for range 100 {
			d.move(time.Now().Add(requestWithin))
			d.move(time.Time{})
			d.move(time.Now().Add(idleFor))
			time.Sleep(time.Second / 10)
		}
		tells(0, "while each was put off in time")
		time.Sleep(idleFor)
		tells(1, "after the last passed")
		d.move(time.Now().Add(idleFor))
		tells(2, "when it had time again")
		d.end()
		time.Sleep(2 * idleFor)
		tells(2, "after its end")
	})
}
