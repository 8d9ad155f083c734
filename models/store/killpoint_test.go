package store

import (
	"database/sql/driver"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"civicfeed/models"

	"modernc.org/sqlite"
)

const killpointVariable = "CIVICFEED_TEST_KILLPOINT" // the database into which a child saves until it dies

// TestF10KilledBetweenItemsAndValidators kills a process that saves a delivery at each table that it
// writes. Nothing of the delivery is there then, and the validators are still those of the items
// that are: the next request asks for what was lost.
func TestF10KilledBetweenItemsAndValidators(t *testing.T) {
	d := newSQLite(t)
	s := d.open(t, Options{})
	must(t, s.Apply(t.Context(), city()))
	deliver(t, s, "daily", item("daily", "before", 1, "要闻"))
	db := d.raw(t)
	for _, point := range []string{
		"UPDATE ON sources", "INSERT ON items", "UPDATE ON items", "INSERT ON stories", "UPDATE ON views", "INSERT ON memberships", "INSERT ON visits", "UPDATE ON ledger",
	} {
		// A claim writes the source too: only what saves a body is a point to die at.
		when := ""
		if point == "UPDATE ON sources" {
			when = " WHEN new.body_hash <> old.body_hash"
		}
		_, err := db.Exec("CREATE TRIGGER killpoint AFTER " + point + when + " BEGIN SELECT die(); END")
		must(t, err)
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildDiesSaving$")
		child.Env = append(os.Environ(), killpointVariable+"="+d.dsn)
		out, err := child.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("%s: the child was not killed there: %v\n%s", point, err, out)
		}
		_, err = db.Exec("DROP TRIGGER killpoint")
		must(t, err)
		must(t, s.endLeases(t.Context())) // of the one that was killed
		st := state(t, s, "daily")
		if st.Validators.ETag != `"1"` || st.BodyHash != "b1" {
			t.Errorf("%s: kept %+v, %s", point, st.Validators, st.BodyHash)
		}
		if got := listing(t, s, models.View{}); got != "daily-before" {
			t.Errorf("%s: kept %s", point, got)
		}
		if n := count(t, db, "SELECT count(*) FROM visits"); n != 1 {
			t.Errorf("%s: kept %d visits", point, n)
		}
	}
	must(t, s.Save(t.Context(), []*models.Delivery{doomed(t, s)}))
	if got := listing(t, s, models.View{}); got != "daily-after daily-before" {
		t.Errorf("in the end there is %s", got)
	}
	var verdict string
	must(t, db.QueryRow("PRAGMA integrity_check").Scan(&verdict))
	if verdict != "ok" {
		t.Errorf("the file is broken: %s", verdict)
	}
}

// doomed is a delivery of an item that is new and one that changed, with validators of its own.
func doomed(t *testing.T, s *Store) *models.Delivery {
	t.Helper()
	changed, fresh := item("daily", "before", 1, "要闻"), item("daily", "after", 2, "要闻")
	changed.Title, changed.Hash = "标题改", "h2"
	d := fetched(t, s, claim(t, s, "daily"), changed, fresh)
	d.Validators, d.BodyHash = models.Validators{ETag: `"2"`}, "b2"
	return d
}

// TestChildDiesSaving is the process that gets killed; by itself it does nothing.
func TestChildDiesSaving(t *testing.T) {
	dsn := os.Getenv(killpointVariable)
	if dsn == "" {
		return
	}
	sqlite.MustRegisterScalarFunction("die", 0, func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
		err := syscall.Kill(os.Getpid(), syscall.SIGKILL)
		time.Sleep(time.Minute)
		return nil, err
	})
	s, err := Open(t.Context(), dsn, Options{})
	must(t, err)
	must(t, s.Apply(t.Context(), city()))
	must(t, s.Save(t.Context(), []*models.Delivery{doomed(t, s)}))
}
