package store

import "gorm.io/gorm"

// mannersColumns are what a source's state was given for manners and safety: what was
// learnt of its rhythm, where it has moved, that it is empty, what was being read of it when a
// process died.
func mannersColumns(tx *gorm.DB, e engine) error {
	return define(tx, e,
		`UPDATE sources SET reason = ''`, // it was a sentence and is a structure now
		`ALTER TABLE sources ADD COLUMN rhythm {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE sources ADD COLUMN address TEXT NOT NULL DEFAULT ''`,
		`ALTER TABLE sources ADD COLUMN moved_to TEXT NOT NULL DEFAULT ''`,
		`ALTER TABLE sources ADD COLUMN moved_since {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE sources ADD COLUMN moved_seen {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE sources ADD COLUMN empties {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE sources ADD COLUMN reading_body TEXT NOT NULL DEFAULT ''`,
		`ALTER TABLE sources ADD COLUMN reading_at {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE sources ADD COLUMN reading_poison {bool} NOT NULL DEFAULT {false}`,
	)
}
