package store

import (
	"context"
	"fmt"

	"github.com/gofrs/flock"
)

// LockPolling makes this process the only one that polls into an SQLite file, until unlock; it
// answers [ErrPolling] at once when another is. Leases that a dead process left are ended. On
// PostgreSQL any number of daemons share the work, and there is nothing to lock.
func (s *Store) LockPolling(ctx context.Context) (unlock func() error, err error) {
	if s.writer == nil {
		return nil, ErrReadOnly
	}
	if s.engine.file == "" {
		return func() error { return nil }, nil
	}
	lock := flock.New(s.engine.file + ".lock")
	switch ok, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("lock %s: %w", lock.Path(), err)
	case !ok:
		return nil, fmt.Errorf("%w, %s: stop that one first, or give this one a file of its own with --db", ErrPolling, s.engine.file)
	}
	if err := s.endLeases(ctx); err != nil {
		_ = lock.Unlock()
		return nil, fmt.Errorf("end old leases in %s: %w", s.engine.file, err)
	}
	return lock.Unlock, nil
}
