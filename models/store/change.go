package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"civicfeed/models"

	"gorm.io/gorm"
)

// ledger is the one row whose lock every change holds from its first statement to its commit.
// Seq and Rev are numbers of Rev, so that the order of commits is the order of numbers.
type ledger struct {
	ID             int
	Rev            int64
	Rules          string        // fingerprint of what memberships were judged by; empty: of more than one
	Catalog        string        // fingerprint of what is published of the catalog
	CatalogChanged models.Millis // when that last became another
}

// TableName is for GORM.
func (ledger) TableName() string { return "ledger" }

// change is a transaction that writes: its connection, its one moment, its numbers, and the views
// whose content it touched.
type change struct {
	tx      *gorm.DB
	engine  engine
	now     models.Millis
	ledger  ledger
	held    ledger // as it was
	touched map[int64]bool
}

// change runs a transaction under the lock of the ledger.
func (s *Store) change(ctx context.Context, write func(*change) error) error {
	if s.writer == nil {
		return ErrReadOnly
	}
	return s.writer.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		c := &change{tx: tx, engine: s.engine, touched: map[int64]bool{}}
		if err := tx.Raw("SELECT * FROM ledger" + s.engine.lock).Scan(&c.held).Error; err != nil {
			return fmt.Errorf("lock the ledger: %w", err)
		}
		if c.held.ID == 0 {
			return errors.New("the ledger is gone from the database: restore a backup")
		}
		c.ledger = c.held
		var err error
		if c.now, err = s.now(tx); err != nil {
			return err
		}
		if err := write(c); err != nil {
			return err
		}
		return c.settle()
	})
}

// next is the number of one more change.
func (c *change) next() int64 {
	c.ledger.Rev++
	return c.ledger.Rev
}

// settle gives every view that was touched the newest number, and writes the ledger if it moved.
func (c *change) settle() error {
	if len(c.touched) > 0 && c.ledger.Rev == c.held.Rev {
		c.next()
	}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(c.touched)), chunk) {
		err := c.tx.Exec("UPDATE views SET rev = ?, changed = CASE WHEN changed > ? THEN changed ELSE ? END WHERE id IN ?",
			c.ledger.Rev, c.now, c.now, ids).Error
		if err != nil {
			return fmt.Errorf("move views: %w", err)
		}
	}
	if c.ledger == c.held {
		return nil
	}
	if err := c.tx.Save(&c.ledger).Error; err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	return nil
}

// chunk is how many values a list in a statement may have, well below the engines' limits.
const chunk = 500

// sources reads and locks the rows of these sources.
func (c *change) sources(keys []string) (map[string]*models.SourceState, error) {
	found := make(map[string]*models.SourceState, len(keys))
	for some := range slices.Chunk(keys, chunk) {
		var rows []*models.SourceState
		err := c.tx.Raw("SELECT * FROM sources WHERE key IN ? ORDER BY key"+c.engine.lock, some).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("read sources: %w", err)
		}
		for _, row := range rows {
			found[row.Key] = row
		}
	}
	return found, nil
}
