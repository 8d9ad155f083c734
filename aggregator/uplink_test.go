package aggregator

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"civicfeed/models"
	"civicfeed/models/store"
)

func TestR29HostsOutOfReach(t *testing.T) {
	begin := time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		seen string // a letter a host, lower case lost, A within; "." is a quarter of an hour in which nothing ends
		down bool
	}{
		"nothing known":                     {"", false},
		"all well":                          {"ABCDEFGHIJKL", false},
		"too few":                           {"abcd", false},
		"five, all lost":                    {"abcde", true},
		"one that is down, again and again": {"aaaaaaaaaa", false},
		"two that are down":                 {"abababababab", false},
		"four fifths are not more":          {"abcdA", false},
		"nine of ten":                       {"Abcdefghij", true},
		"lost after all was well":           {"BCDEFGHIJKLMNOPqrstu", true},
		"not yet":                           {"BCDEFGHIJKLMNOPqrst", false},
		"back":                              {"bcdefghijklmN", false},
		"one answers, in the intranet":      {"bcdefghijklmA", true},
		"that one, again and again":         {"bAcAdAeAfA", true},
		"the same hosts, first well":        {"ABCDEabcde", true},
		"the same hosts, first lost":        {"abcdeABCDE", false},
		"long ago":                          {"abc...de", false},
		"within half an hour":               {"abc.de", true},
	} {
		var es endings
		now := begin
		for _, r := range c.seen {
			if r == '.' {
				now = now.Add(15 * time.Minute)
				continue
			}
			now = now.Add(time.Second)
			f := reached
			if unicode.IsLower(r) {
				f = lost
			} else if r == 'A' {
				f = near
			}
			es = es.with(ending{strings.ToLower(string(r)), now, f})
		}
		if es.down() != c.down {
			t.Errorf("%s (%s): down is %v", name, c.seen, es.down())
		}
		if len(es) > hostsAsked {
			t.Errorf("%s: %d endings kept", name, len(es))
		}
	}
}

func TestR29WhatAVisitTells(t *testing.T) {
	failed := func(class models.ErrorClass, status int) models.Visit {
		return models.Visit{Outcome: models.Failed, Class: class, Status: status}
	}
	for name, c := range map[string]struct {
		visit  models.Visit
		inside bool
		want   finding
	}{
		"unchanged":         {models.Visit{Outcome: models.Unchanged, Status: 304}, false, reached},
		"in our own house":  {models.Visit{Outcome: models.Unchanged, Status: 304}, true, near},
		"no name":           {failed(models.ErrDNS, 0), false, lost},
		"no connection":     {failed(models.ErrConnect, 0), false, lost},
		"no answer":         {failed(models.ErrTimeout, 0), false, lost},
		"half an answer":    {failed(models.ErrConnect, 200), false, reached},
		"a slow body":       {failed(models.ErrTimeout, 200), false, reached},
		"a fault of theirs": {failed(models.ErrHTTP5xx, 500), false, reached},
		"a gateway's":       {failed(models.ErrHTTP5xx, 502), false, untold},
		"a gateway's wait":  {failed(models.ErrHTTP5xx, 504), false, untold},
		"a certificate":     {failed(models.ErrTLS, 0), false, reached},
		"our guard":         {failed(models.ErrBlocked, 0), false, untold},
		"our own fault":     {failed(models.ErrInternal, 0), false, untold},
	} {
		if got := found(c.visit, c.inside); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// A failure waits for the visits under way beside it, and no longer than half a minute.
func TestR29FailuresWaitForEachOther(t *testing.T) {
	for name, c := range map[string]struct {
		others func(end func(host string, w finding)) // of which five began beside it
		hold   bool
		after  time.Duration
	}{
		"alone": {func(end func(string, finding)) {
			for i := range 5 {
				end(fmt.Sprint("h", i), reached)
			}
		}, false, 0},
		"all fail": {func(end func(string, finding)) {
			for i := range 5 {
				time.Sleep(time.Second)
				go end(fmt.Sprint("h", i), lost)
			}
		}, true, 4 * time.Second},
		"the others take their time": {func(func(string, finding)) {}, false, doubt},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := newUplink(slog.New(slog.DiscardHandler))
				u.begin(6)
				var others sync.WaitGroup
				defer others.Wait()
				others.Go(func() { c.others(func(host string, w finding) { u.end(context.Background(), wellAt(host), w) }) })
				synctest.Wait()
				began := time.Now()
				if _, hold := u.end(t.Context(), wellAt("alone"), lost); hold != c.hold {
					t.Errorf("hold is %v", hold)
				}
				if took := time.Since(began); took != c.after {
					t.Errorf("known after %s, want %s", took, c.after)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) { // and not when we are to stop
		u := newUplink(slog.New(slog.DiscardHandler))
		u.begin(2)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		began := time.Now()
		if _, hold := u.end(ctx, wellAt("alone"), lost); hold || time.Since(began) != 0 {
			t.Error("waited though the visit was to stop")
		}
	})
}

// wellAt is a claim of a source of a host that has been well.
func wellAt(host string) models.Claim {
	return models.Claim{URL: "http://" + host + ".example/feed", BodyHash: "8d1f"}
}

// Sources that are out of reach for long, or always were, say nothing of our own connection.
func TestR29OldNews(t *testing.T) {
	old := map[string]models.Claim{
		"always": {URL: "http://never.example/"},
		"long":   {URL: "http://long.example/", BodyHash: "8d1f", Failures: longLost},
	}
	for name, c := range old {
		u := newUplink(slog.New(slog.DiscardHandler))
		tell := func(c models.Claim, host int, w finding) (held bool) {
			u.begin(1)
			c.URL = fmt.Sprintf("http://h%d.example/", host)
			_, held = u.end(t.Context(), c, w)
			return held
		}
		for i := range 9 {
			if held := tell(c, i, lost); held != (i >= hostsEnough-1) {
				t.Errorf("%s: before anything was reached, the failure of host %d is held: %v", name, i, held)
			}
		}
		if tell(wellAt("well"), 10, reached); tell(c, 0, lost) {
			t.Errorf("%s: held though a host was reached", name)
		}
		for i := range 9 {
			if tell(c, i, lost) {
				t.Errorf("%s: held for host %d", name, i)
			}
		}
	}
}

// TestR29SixDeadOneWell: most of a small catalog is gone for good, and what is left answers.
func TestR29SixDeadOneWell(t *testing.T) {
	feeds := "sources:\n  - {key: well, name: 好站, url: \"http://well.example/feed\", schedule: \"@every 1h\"}\n"
	for i := range 6 {
		feeds += fmt.Sprintf("  - {key: dead%d, name: 无此站, url: \"http://dead%[1]d.example/feed\", schedule: \"@daily\"}\n", i)
	}
	inBubble(t, feeds, func(b *bubble) {
		b.on("well.example/feed", says(rss("一", "二")))
		dialled := 0
		b.cut(func(address string) error {
			if strings.HasPrefix(address, "dead0.") {
				dialled++
			}
			if strings.HasPrefix(address, "dead") {
				return &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
			}
			return nil
		})
		b.leap(7 * 24 * time.Hour)
		if s := b.state("dead0"); s.Failures < 6 || s.Since == 0 || dialled > 12 {
			t.Errorf("in a week a dead source was dialled %d times, %d failures in a row since %s", dialled, s.Failures, s.Since.Time())
		}
	})
}

// TestR29GatewaysAnswer: an answer is an answer, and what it asks for holds.
func TestR29GatewaysAnswer(t *testing.T) {
	feeds := "sources:\n"
	for i := range 6 {
		feeds += fmt.Sprintf("  - {key: g%d, name: 第%[1]d站, url: \"http://g%[1]d.example/feed\", schedule: \"@daily\"}\n", i)
	}
	inBubble(t, feeds, func(b *bubble) {
		for i := range 6 {
			b.on(fmt.Sprintf("g%d.example/feed", i), fails(http.StatusGatewayTimeout, "Retry-After", "7200"))
		}
		b.leap(24 * time.Hour)
		if n := len(b.at("g0.example/feed")); n > 3 {
			t.Errorf("asked %d times in a day", n)
		}
		if s := b.state("g0"); s.Failures == 0 {
			t.Error("nothing counted")
		}
	})
}

// TestR29OurLineIsDown: a night without a connection counts against no source; when it is back each
// is visited when its own schedule has it.
func TestR29OurLineIsDown(t *testing.T) {
	const hosts = 16
	feeds := "sources:\n"
	for i := range hosts {
		feeds += fmt.Sprintf("  - {key: s%02d, name: 第%[1]d站, url: \"http://h%02[1]d.example/feed\"}\n", i)
	}
	feeds += "  - {key: dead, name: 无此站, url: \"http://dead.example/feed\"}\n"
	errs := []error{
		&net.DNSError{Err: "server misbehaving", Name: "h.example", IsTemporary: true},
		&net.OpError{Op: "dial", Err: syscall.ENETUNREACH},
		&net.OpError{Op: "dial", Err: context.DeadlineExceeded},
	}
	inBubble(t, feeds, func(b *bubble) {
		for i := range hosts {
			b.on(fmt.Sprintf("h%02d.example/feed", i), turns(says(rss("一", "二"), "Etag", `"1"`), fails(http.StatusNotModified)))
		}
		begin := time.Now()
		down, up := begin.Add(2*time.Hour), begin.Add(6*time.Hour)
		b.cut(func(address string) error {
			if now := time.Now(); !now.Before(down) && now.Before(up) || strings.HasPrefix(address, "dead.") {
				return errs[int(address[2])%len(errs)]
			}
			return nil
		})
		b.leap(down.Add(-time.Minute).Sub(begin))
		dead := b.state("dead")
		if dead.Failures == 0 || dead.Since == 0 {
			t.Fatalf("while all others are well, a source that is not has %d failures", dead.Failures)
		}
		time.Sleep(time.Until(down))
		b.visit(store.Which{Force: true}) // all at once
		for key, s := range b.states() {
			if key == "dead" {
				if s.Failures != dead.Failures || s.Since != dead.Since {
					t.Errorf("the failures of the dead source became %d of %d", s.Failures, dead.Failures)
				}
				continue
			}
			if s.Failures != 0 || s.Since != 0 || s.Class == "" {
				t.Errorf("%s has %d failures since %s (%q)", key, s.Failures, s.Since.Time(), s.Class)
			}
			if s.NextAt.Time().After(time.Now().Add(2 * time.Hour)) {
				t.Errorf("%s is due at %s, by %+v", key, s.NextAt.Time(), s.Reason)
			}
		}
		b.leap(up.Add(time.Hour).Sub(down)) // one after the other, as they are due
		for key, s := range b.states() {
			if key != "dead" && (s.Class != "" || s.Failures != 0 || s.LastOK < models.MillisOf(up)) {
				t.Errorf("%s is %q, well at %s", key, s.Class, s.LastOK.Time())
			}
		}
		checkNight(b, down, up, hosts)
	})
}

// checkNight reads what was saved of a night: each source failed once at most that counted, and was
// asked again in the morning, not all at once.
func checkNight(b *bubble, down, up time.Time, hosts int) {
	b.Helper()
	counted, held, perMinute := map[string]int{}, 0, map[time.Duration]int{}
	for _, d := range b.saved {
		switch at := d.Ended; {
		case d.Claim.Source == "dead" || at.Before(down):
		case d.Hold:
			held++
		case d.Visit.Outcome == models.Failed:
			counted[d.Claim.Source]++
		}
	}
	for _, a := range b.at("") {
		if a.at.After(down) && a.at.Before(up) {
			b.Fatal("somebody was reached: the test shows nothing")
		} else if a.at.After(up) {
			perMinute[a.at.Sub(up).Truncate(time.Minute)]++
		}
	}
	if len(counted) >= hostsAsked || held < hosts*5 {
		b.Errorf("%d failures were held, %d sources had one that counted", held, len(counted))
	}
	for key, n := range counted {
		if n > 1 {
			b.Errorf("%d failures of %s counted", n, key)
		}
	}
	for minute, n := range perMinute {
		if n > hosts/2 {
			b.Errorf("%d of %d sources asked %s after our connection was back", n, hosts, minute)
		}
	}
	for _, words := range []string{"seems to be down", "connection is back"} {
		if !strings.Contains(b.log.String(), words) {
			b.Errorf("the log does not tell that our connection %s", words)
		}
	}
}

// cut makes dialling fail.
func (b *bubble) cut(fail func(address string) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = fail
}
