package store

import "gorm.io/gorm"

// identityColumns are what a source's state was given for telling old items from new ones: whether
// visits missed some, what is withheld, how often reading it broke down. The index finds what is
// held of a source by its time.
func identityColumns(tx *gorm.DB, e engine) error {
	return define(tx, e,
		`ALTER TABLE sources ADD COLUMN haste {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE sources ADD COLUMN withheld_since {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE sources ADD COLUMN withheld_upto {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE sources ADD COLUMN withheld_items {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE sources ADD COLUMN reading_times {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE items ADD COLUMN told TEXT NOT NULL DEFAULT ''`,
		`CREATE INDEX items_published ON items (source, published_at)`,
	)
}
