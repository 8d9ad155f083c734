package store

import (
	"bufio"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

const crashVariable = "CIVICFEED_TEST_CRASH" // the database that a child process fills until it is killed

const perDelivery = 8

// TestR03KilledWhileSaving kills a process that saves, again and again at any moment. A delivery is
// there whole, with its validators and its visit, or not at all.
func TestR03KilledWhileSaving(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: kills ten processes")
	}
	onBoth(t, func(t *testing.T, d database) {
		s := d.open(t, Options{})
		must(t, s.Apply(t.Context(), city()))
		db := d.raw(t)
		saved := 0
		for range 10 {
			killWhileSaving(t, d)
			saved = whole(t, s, db, saved)
		}
		if saved == 0 {
			t.Error("nothing was saved in between: the test tested nothing")
		}
		if !d.postgres {
			var verdict string
			must(t, db.QueryRow("PRAGMA integrity_check").Scan(&verdict))
			if verdict != "ok" {
				t.Errorf("the file is broken: %s", verdict)
			}
		}
	})
}

// killWhileSaving runs a child until it has saved something, and for a random while more.
func killWhileSaving(t *testing.T, d database) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildSaves$")
	child.Env = append(os.Environ(), crashVariable+"="+d.dsn)
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "saved") {
	}
	time.Sleep(time.Duration(rand.IntN(60_000)) * time.Microsecond)
	must(t, child.Process.Kill())
	if err := child.Wait(); err == nil {
		t.Fatal("the child ended before it was killed")
	}
}

// whole checks that everything there is belongs together, and counts the deliveries.
func whole(t *testing.T, s *Store, db *sql.DB, before int) int {
	t.Helper()
	must(t, s.change(t.Context(), func(*change) error { return nil })) // the server may still be at what the dead process sent
	visits := count(t, db, "SELECT count(*) FROM visits")
	for what, got := range map[string]int{
		"items":                    count(t, db, "SELECT count(*) FROM items"),
		"stories":                  count(t, db, "SELECT count(*) FROM stories"),
		"memberships of the whole": count(t, db, "SELECT count(*) FROM memberships m JOIN views v ON v.id = m.view WHERE v.name = 'feed'"),
		"numbers":                  int(rev(t, s)),
		"the newest Seq":           count(t, db, "SELECT coalesce(max(seq), 0) FROM stories"),
	} {
		if got != visits*perDelivery {
			t.Errorf("%d visits brought %d %s, want %d", visits, got, what, visits*perDelivery)
		}
	}
	if visits > 0 {
		// The body hash is the number of the newest delivery: it and its items are there together.
		if st := state(t, s, "daily"); st.BodyHash != strconv.Itoa(visits-1) {
			t.Errorf("body hash %q after %d visits", st.BodyHash, visits)
		}
	}
	if visits <= before {
		t.Errorf("%d visits after %d: what a process said it had saved is gone", visits, before)
	}
	return visits
}

// TestChildSaves is the process that gets killed; by itself it does nothing.
func TestChildSaves(t *testing.T) {
	dsn := os.Getenv(crashVariable)
	if dsn == "" {
		return
	}
	s, err := Open(t.Context(), dsn, Options{})
	must(t, err)
	must(t, s.Apply(t.Context(), city()))
	for n := 0; ; {
		claims, err := s.Claim(t.Context(), 1, time.Nanosecond, Which{Keys: []string{"daily"}, Force: true})
		must(t, err)
		if len(claims) == 0 { // the lease of the one that was killed runs for another millisecond
			continue
		}
		if hash := claims[0].BodyHash; hash != "" {
			n, err = strconv.Atoi(hash)
			must(t, err)
			n++
		}
		var items []models.Item
		for i := range perDelivery {
			items = append(items, item("daily", fmt.Sprintf("%d-%d", n, i), 1, "要闻"))
		}
		d := &models.Delivery{Claim: claims[0], Visit: models.Visit{Outcome: models.Fetched}, Items: items, BodyHash: strconv.Itoa(n)}
		must(t, s.Save(t.Context(), []*models.Delivery{d}))
		fmt.Println("saved", n)
	}
}
