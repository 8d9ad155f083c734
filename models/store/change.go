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
	Listed         models.Millis // the highest that news were given
	Judged         int64         // the newest change that moved stories from view to view without changing them
	Words          int64         // how often sources were called otherwise, or said other things of themselves
	Terms          string        // version of what texts are found by; another is made anew
}

// TableName is for GORM.
func (ledger) TableName() string { return "ledger" }

// change is a transaction that writes: its connection, its one moment, its numbers, the views whose
// content it touched, and what entered them.
type change struct {
	tx      *gorm.DB
	engine  engine
	now     models.Millis
	ledger  ledger
	held    ledger // as it was
	touched map[int64]bool
	entries map[int64]*entries // by view
	judged  bool               // stories move from view to view without changing
	worded  bool               // sources are called otherwise, or say other things of themselves
}

// entries are the stories that a change brings into a view.
type entries struct {
	count int
	least models.Millis // of their Listed
}

// change runs a transaction under the lock of the ledger.
func (s *Store) change(ctx context.Context, write func(*change) error) error {
	if s.writer == nil {
		return ErrReadOnly
	}
	return s.writer.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		c := &change{tx: tx, engine: s.engine, touched: map[int64]bool{}, entries: map[int64]*entries{}}
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

// listed is when news are listed: now, and never before those that came earlier, whatever the clock.
func (c *change) listed() models.Millis {
	c.ledger.Listed = max(c.now, c.ledger.Listed)
	return c.ledger.Listed
}

// settle gives every view that was touched the newest number, closes archives, and writes the ledger
// if it moved.
func (c *change) settle() error {
	if len(c.touched) > 0 && c.ledger.Rev == c.held.Rev {
		c.next()
	}
	if c.judged {
		c.ledger.Judged = c.ledger.Rev
	}
	if c.worded {
		c.ledger.Words++
	}
	if err := c.moveViews(); err != nil {
		return err
	}
	if err := c.closeArchives(); err != nil {
		return err
	}
	if c.ledger == c.held {
		return nil
	}
	if err := c.tx.Save(&c.ledger).Error; err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	return nil
}

// moveViews writes the views that were touched, those together into which as many stories came.
func (c *change) moveViews() error {
	byCount := map[int][]int64{}
	for _, view := range slices.Sorted(maps.Keys(c.touched)) {
		n := 0
		if e := c.entries[view]; e != nil {
			n = e.count
		}
		byCount[n] = append(byCount[n], view)
	}
	for n, views := range byCount {
		for ids := range slices.Chunk(views, chunk) {
			err := c.tx.Exec("UPDATE views SET rev = ?, changed = CASE WHEN changed > ? THEN changed ELSE ? END, waiting = waiting + ? WHERE id IN ?",
				c.ledger.Rev, c.now, c.now, n, ids).Error
			if err != nil {
				return fmt.Errorf("move views: %w", err)
			}
		}
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
