// Package store keeps what happened: sources and their visits, items and the stories they make,
// and which views list which stories. It takes Deliveries and Catalogs in and gives Claims,
// Stories and Revisions out, on SQLite and PostgreSQL alike, through GORM.
//
// It guarantees three things. No item is lost: an item is saved in the same transaction as the
// validators that keep its document from being read again. None is there twice: ids decide, and
// nothing is saved without the lease it was claimed under. The order is right: every change takes
// its number under one lock that is held until commit, so whoever has seen number n will never
// again meet a number below it.
//
// It must never fetch, parse or render, and no type of its libraries leaves it.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"civicfeed/models"

	"gorm.io/gorm"
)

// Errors that callers tell apart, with [errors.Is].
var (
	ErrNotFound  = errors.New("not found")
	ErrWithdrawn = errors.New("withdrawn")
	ErrCursor    = errors.New("the cursor belongs to another query")
	ErrReadOnly  = errors.New("the store was opened for reading only")
	ErrNewer     = errors.New("the database was written by a newer civicfeed; use that version, or a backup made before it")
	ErrOlder     = errors.New("the database was written by an older civicfeed; run `civicfeed fetch` or `civicfeed serve` once to bring it up to date")
	ErrPolling   = errors.New("another civicfeed is polling into the same file")
)

// Options of [Open]. The zero value is what a daemon wants.
type Options struct {
	Clock    func() time.Time // instead of the store's own clock; for tests
	Log      *slog.Logger     // statements at debug, without their values; nil: nowhere
	ReadOnly bool             // look, never write; the database must exist and be up to date
}

// Store is an open database. It may be used from many goroutines.
type Store struct {
	engine engine
	writer *gorm.DB // nil when read-only
	reader *gorm.DB
	pools  []*sql.DB
	clock  func() time.Time
	log    *slog.Logger

	prepared map[string]*sql.Stmt // by their text

	applying sync.RWMutex // held by Apply alone, by any number of Save
	judge    *judge       // by the catalog of the last Apply; nil before the first
}

// Open opens a database and brings its tables up to date. The dsn is a path, or
// postgres://user:password@host/database for PostgreSQL; a file that is not there is made.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	open, name := openSQLite, dsn
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		open, name = openPostgres, redact(dsn)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s, err := open(ctx, dsn, o)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", name, err)
	}
	s.clock, s.log = o.Clock, o.Log
	if err := s.migrate(ctx, migrations()); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", name, err), s.Close())
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", name, err), s.Close())
	}
	return s, nil
}

// Close waits for what is under way and lets the database go.
func (s *Store) Close() error {
	var errs []error
	for _, pool := range s.pools {
		errs = append(errs, pool.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// now is the moment by the store's clock, which all daemons that share the database share too.
func (s *Store) now(tx *gorm.DB) (models.Millis, error) {
	switch {
	case s.clock != nil:
		return models.MillisOf(s.clock()), nil
	case s.engine.now == "":
		return models.MillisOf(time.Now()), nil
	}
	var now models.Millis
	if err := tx.Raw("SELECT " + s.engine.now).Scan(&now).Error; err != nil {
		return 0, fmt.Errorf("read the database's clock: %w", err)
	}
	return now, nil
}

// snapshot reads in one transaction: all of it sees the same moment.
func (s *Store) snapshot(ctx context.Context, read func(tx *gorm.DB) error) error {
	return s.reader.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if s.engine.reading != "" {
			if err := tx.Exec(s.engine.reading).Error; err != nil {
				return fmt.Errorf("begin to read: %w", err)
			}
		}
		return read(tx)
	}, &sql.TxOptions{Isolation: s.engine.snapshot, ReadOnly: true})
}
