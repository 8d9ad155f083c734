package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// migration takes the tables from one version to the next. A released one never changes.
type migration struct {
	number int
	name   string
	up     func(tx *gorm.DB, e engine) error
}

// migrate applies what is missing, all in one transaction that waits for those of other daemons:
// a crash leaves the old version or the new one.
func (s *Store) migrate(ctx context.Context, known []migration) error {
	newest := known[len(known)-1].number
	at, err := version(s.reader.WithContext(ctx), s.engine)
	switch {
	case err != nil:
		return err
	case at > newest:
		return fmt.Errorf("version %d of its tables, where %d is the newest known: %w", at, newest, ErrNewer)
	case at == newest:
		return nil
	case s.writer == nil:
		return fmt.Errorf("version %d of its tables, where %d is wanted: %w", at, newest, ErrOlder)
	}
	return s.writer.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		return s.upgrade(tx, known)
	})
}

func (s *Store) upgrade(tx *gorm.DB, known []migration) error {
	if s.engine.alone != "" {
		if err := tx.Exec(s.engine.alone).Error; err != nil {
			return fmt.Errorf("wait for other migrations: %w", err)
		}
	}
	if err := define(tx, s.engine, `CREATE TABLE IF NOT EXISTS schema_migrations (
		number {int} PRIMARY KEY, name TEXT NOT NULL, applied {int} NOT NULL) {table}`); err != nil {
		return err
	}
	at, err := version(tx, s.engine) // again: another daemon may have been faster
	if err != nil {
		return err
	}
	for _, m := range known {
		if m.number <= at {
			continue
		}
		if err := m.up(tx, s.engine); err != nil {
			return fmt.Errorf("migration %d (%s): %w", m.number, m.name, err)
		}
		err := tx.Exec("INSERT INTO schema_migrations (number, name, applied) VALUES (?, ?, ?)",
			m.number, m.name, time.Now().UnixMilli()).Error
		if err != nil {
			return fmt.Errorf("migration %d (%s): %w", m.number, m.name, err)
		}
	}
	return nil
}

// version is the number of the newest migration applied; 0 for an empty database.
func version(tx *gorm.DB, e engine) (int, error) {
	catalog := "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migrations'"
	if e.file == "" {
		catalog = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_migrations'"
	}
	var tables, number int
	err := tx.Raw(catalog).Scan(&tables).Error
	if err == nil && tables > 0 {
		err = tx.Raw("SELECT coalesce(max(number), 0) FROM schema_migrations").Scan(&number).Error
	}
	if err != nil {
		return 0, fmt.Errorf("read the version of the tables: %w", err)
	}
	return number, nil
}

// define runs definitions written for both engines.
func define(tx *gorm.DB, e engine, definitions ...string) error {
	for _, d := range definitions {
		if err := tx.Exec(e.words.Replace(d)).Error; err != nil {
			return err
		}
	}
	return nil
}
