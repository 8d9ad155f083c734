package models

import (
	"testing"
	"time"
)

func TestMoves(t *testing.T) {
	const (
		own, there, elsewhere = "https://own.example/", "https://there.example/", "https://elsewhere.example/"
		hour                  = Millis(time.Hour / time.Millisecond)
	)
	// heard is a visit that was told to go somewhere, so many hours after the one before.
	type heard struct {
		asked, to string
		hours     int
	}
	often := func(n int, h heard) (all []heard) {
		for range n {
			all = append(all, h)
		}
		return all
	}
	join := func(parts ...[]heard) (all []heard) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	moving := heard{own, there, 24}
	for name, c := range map[string]struct {
		visits  []heard
		address string
		seen    int
		turns   int // visits after which it is asked elsewhere than before
	}{
		"never":                      {often(9, heard{own, "", 24}), "", 0, 0},
		"four times":                 {often(4, moving), "", 4, 0},
		"five times over four days":  {often(5, moving), there, 0, 1},
		"a hundred times in a day":   {often(100, heard{own, there, 0}), "", 100, 0},
		"four times over a year":     {often(4, heard{own, there, 90 * 24}), "", 4, 0},
		"once something else":        {join(often(4, moving), []heard{{own, elsewhere, 24}}, often(4, moving)), "", 4, 0},
		"once nothing":               {join(often(4, moving), []heard{{own, "", 24}}, often(4, moving)), "", 4, 0},
		"and stays there":            {join(often(5, moving), often(5, heard{there, "", 24})), there, 0, 1},
		"and moves on":               {join(often(5, moving), often(5, heard{there, elsewhere, 24})), elsewhere, 0, 2},
		"and back":                   {join(often(5, moving), often(5, heard{there, own, 24})), "", 0, 2},
		"and answers of itself":      {join(often(5, moving), []heard{{own, "", 24}}), "", 0, 2},
		"and says so again, of old":  {join(often(5, moving), []heard{{own, there, 24}}), "", 1, 2},
		"and on, but not long since": {join(often(5, moving), often(2, heard{there, elsewhere, 24})), there, 2, 1},
	} {
		s, now, turns := SourceState{URL: own}, Millis(1_000_000), 0
		for _, v := range c.visits {
			now += Millis(v.hours) * hour
			if s.Moves(v.asked, v.to, now) {
				turns++
			}
		}
		if s.Address != c.address || s.Moved.Seen != c.seen || turns != c.turns {
			t.Errorf("%s: asked at %q, %+v, turned %d times", name, s.Address, s.Moved, turns)
		}
	}
}

func TestElsewhere(t *testing.T) {
	const hour = Millis(time.Hour / time.Millisecond)
	for name, c := range map[string]struct {
		failures int
		since    Millis // ago
		own      bool
	}{
		"well":                          {0, 0, false},
		"failing for an hour":           {1, hour, false},
		"for 23 hours":                  {3, 23 * hour, false},
		"for a day, odd times":          {3, 24 * hour, true},
		"for a day, even times":         {4, 24 * hour, false},
		"for a year: one after other":   {365, 9000 * hour, true},
		"for a year: the other in turn": {366, 9000 * hour, false},
	} {
		now := 10_000 * hour
		s := SourceState{URL: "own", Address: "there", Failures: c.failures}
		if c.since != 0 {
			s.Since = now - c.since
		}
		if got := s.Elsewhere(now); (got == "") != c.own {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := (&SourceState{URL: "own"}).Elsewhere(5); got != "" {
		t.Errorf("never moved: %q", got)
	}
	if (Claim{URL: "own"}).Asked() != "own" || (Claim{URL: "own", MovedTo: "there"}).Asked() != "there" {
		t.Error("asked at another address")
	}
}
