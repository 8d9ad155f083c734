package store

import "gorm.io/gorm"

// pageTables are for the pages of items: what they told, and which are still to be read.
func pageTables(tx *gorm.DB, e engine) error {
	return define(tx, e,
		`ALTER TABLE items ADD COLUMN breadcrumb TEXT`,
		`ALTER TABLE items ADD COLUMN site_column TEXT NOT NULL DEFAULT ''`,
		`ALTER TABLE items ADD COLUMN previous TEXT`,
		`ALTER TABLE items ADD COLUMN next TEXT`,
		`ALTER TABLE items ADD COLUMN page TEXT NOT NULL DEFAULT ''`,
		`CREATE TABLE pages (
			item {key} PRIMARY KEY,
			source {key} NOT NULL,
			address TEXT NOT NULL,
			host {key} NOT NULL,
			backlog {bool} NOT NULL,
			published {int} NOT NULL,
			next_at {int} NOT NULL,
			epoch {int} NOT NULL,
			leased_until {int} NOT NULL,
			tries {int} NOT NULL,
			asked_at {int} NOT NULL,
			quiet_until {int} NOT NULL,
			done {bool} NOT NULL,
			class TEXT NOT NULL,
			error TEXT NOT NULL
		) {table}`,
		`CREATE INDEX pages_due ON pages (next_at) WHERE NOT done`,
		`CREATE INDEX pages_asked ON pages (asked_at, host)`,
	)
}
