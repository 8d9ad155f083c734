package store

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"civicfeed/models"

	"gorm.io/gorm"
)

func TestOpenAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		deliver(t, s, "daily", item("daily", "a", c.millisNow()-1))
		again := d.open(t, Options{})
		if got := listing(t, again, models.View{}); got != "daily-a" {
			t.Errorf("listed %q", got)
		}
	})
}

// TestModelsMatchTables compares what GORM would write with what the migrations made.
func TestModelsMatchTables(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s := d.open(t, Options{})
		for _, model := range []any{&models.SourceState{}, &models.Visit{}, &models.Item{}, &models.Story{}, &ledger{}, &viewRow{}, &membership{}} {
			stmt := &gorm.Statement{DB: s.reader}
			must(t, stmt.Parse(model))
			columns, err := s.reader.Migrator().ColumnTypes(stmt.Table)
			must(t, err)
			var have []string
			for _, c := range columns {
				have = append(have, c.Name())
			}
			want := slices.Clone(stmt.Schema.DBNames)
			slices.Sort(have)
			slices.Sort(want)
			if !slices.Equal(have, want) {
				t.Errorf("%s has columns\n%v, its model\n%v", stmt.Table, have, want)
			}
		}
	})
}

func TestR53NewerTablesAreRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		d.open(t, Options{})
		_, err := d.raw(t).Exec("INSERT INTO schema_migrations (number, name, applied) VALUES (999, 'of tomorrow', 0)")
		must(t, err)
		for _, o := range []Options{{}, {ReadOnly: true}} {
			_, err := Open(t.Context(), d.dsn, o)
			if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "999") {
				t.Errorf("opening newer tables: %v", err)
			}
		}
	})
}

func TestR13Migrations(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, reader := d.open(t, Options{}), d.open(t, Options{ReadOnly: true})
		broken := errors.New("broken")
		newest := migrations()[len(migrations())-1].number
		second := migration{newest + 1, "second", func(tx *gorm.DB, e engine) error { return define(tx, e, "CREATE TABLE second (n {int}) {table}") }}
		third := migration{newest + 2, "third", func(tx *gorm.DB, e engine) error {
			return errors.Join(define(tx, e, "CREATE TABLE third (n {int}) {table}"), broken)
		}}
		err := s.migrate(t.Context(), append(migrations(), second, third))
		if !errors.Is(err, broken) || !strings.Contains(err.Error(), fmt.Sprintf("migration %d (third)", newest+2)) {
			t.Errorf("a broken migration: %v", err)
		}
		if at, err := version(s.reader, s.engine); at != newest || err != nil {
			t.Errorf("at version %d after a broken migration, %v", at, err)
		}
		for range 2 {
			must(t, s.migrate(t.Context(), append(migrations(), second)))
		}
		if n := count(t, d.raw(t), "SELECT count(*) FROM second"); n != 0 {
			t.Errorf("%d rows", n)
		}
		if err := reader.migrate(t.Context(), append(migrations(), second, third)); !errors.Is(err, ErrOlder) {
			t.Errorf("reading older tables: %v", err)
		}
	})
}

// TestManyOpenAtOnce: daemons that start together on an empty database.
func TestManyOpenAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				s, err := Open(t.Context(), d.dsn, Options{})
				if err != nil {
					t.Error(err)
					return
				}
				if err := errors.Join(s.Apply(t.Context(), city()), s.Close()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := count(t, d.raw(t), "SELECT count(*) FROM sources"); n != 4 {
			t.Errorf("%d sources", n)
		}
	})
}

func TestReadOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		deliver(t, s, "daily", item("daily", "a", c.millisNow()-1))
		r := d.open(t, Options{ReadOnly: true})
		if got := listing(t, r, models.View{}); got != "daily-a" {
			t.Errorf("listed %q", got)
		}
		_, claimErr := r.Claim(t.Context(), 1, time.Minute, Which{})
		_, lockErr := r.LockPolling(t.Context())
		for _, err := range []error{claimErr, lockErr, r.Apply(t.Context(), city()), r.Release(t.Context(), []models.Claim{{}}, 0)} {
			if !errors.Is(err, ErrReadOnly) {
				t.Errorf("writing gave %v", err)
			}
		}
		if err := r.reader.Exec("UPDATE ledger SET rev = 99").Error; err == nil {
			t.Error("the connection of a reader wrote")
		}
		if err := s.reader.Exec("UPDATE ledger SET rev = 99").Error; err == nil && !d.postgres {
			t.Error("the reading pool wrote")
		}
	})
}

func TestOpenTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "feeds.yaml")
	must(t, os.WriteFile(text, []byte(strings.Repeat("site: {title: 云溪}\n", 100)), 0o600))
	for dsn, want := range map[string]string{
		filepath.Join(dir, "none", "x.db"): "there is no folder",
		":memory:":                         "name a file",
		text:                               "not a database",
		dir:                                "unable to open",
		"postgres://u:secret@127.0.0.1:1/civic?connect_timeout=1": "127.0.0.1",
	} {
		s, err := Open(t.Context(), dsn, Options{})
		if err == nil {
			t.Errorf("%s was opened", dsn)
			_ = s.Close()
			continue
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q in it and no password", dsn, err, want)
		}
	}
	if _, err := Open(t.Context(), filepath.Join(dir, "x.db"), Options{ReadOnly: true}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("reading a file that is not there: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "x.db")); err == nil {
		t.Error("opening for reading made a file")
	}
}

func TestR48PollingLock(t *testing.T) {
	t.Parallel()
	d := newSQLite(t)
	s, c := ready(t, d)
	unlock, err := s.LockPolling(t.Context())
	must(t, err)
	held := claim(t, s, "daily")
	second := d.open(t, Options{Clock: c.now})
	if _, err := second.LockPolling(t.Context()); !errors.Is(err, ErrPolling) || !strings.Contains(err.Error(), d.dsn) {
		t.Errorf("a second daemon got %v", err)
	}
	if got := state(t, s, "daily"); got.LeasedUntil == 0 || got.Epoch != held.Epoch {
		t.Error("the one that was refused ended a lease")
	}
	must(t, unlock())
	unlock, err = second.LockPolling(t.Context()) // the first has died with a lease
	must(t, err)
	defer func() { must(t, unlock()) }()
	if got := state(t, s, "daily"); got.LeasedUntil > c.millisNow() {
		t.Error("the lease of a dead process is still there")
	}
}

func TestR49PollingIsSharedOnPostgres(t *testing.T) {
	t.Parallel()
	d := newPostgres(t)
	for range 2 {
		unlock, err := d.open(t, Options{}).LockPolling(t.Context())
		must(t, err)
		defer func() { must(t, unlock()) }()
	}
}

func TestStoresOwnClock(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s := d.open(t, Options{})
		now, err := s.now(s.reader)
		must(t, err)
		if off := time.Since(now.Time()).Abs(); off > time.Minute {
			t.Errorf("now is %v", now)
		}
	})
}

func TestLogHasStatementsWithoutTheirValues(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		var out bytes.Buffer
		s := d.open(t, Options{Log: slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))})
		if _, err := s.Story(t.Context(), "secret-id"); !errors.Is(err, ErrNotFound) {
			t.Errorf("a story that is not there: %v", err)
		}
		if log := out.String(); !strings.Contains(log, "FROM") || strings.Contains(log, "secret-id") {
			t.Errorf("log is %s", log)
		}
	})
}

// TestNoLibraryTypeLeavesTheStore looks at every exported method.
func TestNoLibraryTypeLeavesTheStore(t *testing.T) {
	t.Parallel()
	s := reflect.TypeFor[*Store]()
	for i := range s.NumMethod() {
		if signature := s.Method(i).Type.String(); strings.Contains(signature, "gorm") || strings.Contains(signature, "flock") {
			t.Errorf("%s is %s", s.Method(i).Name, signature)
		}
	}
}
