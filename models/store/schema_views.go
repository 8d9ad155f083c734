package store

import "gorm.io/gorm"

// deliveryTables are for what views have delivered. A membership was given the number at which its
// story entered the view, and stays when the story leaves: what was delivered is never delivered
// again. Every so many of them are closed as an archive, whose stories stay as they were: what was
// edited since is kept as it was told before. The indexes hold all that choosing among the stories of
// a view takes.
func deliveryTables(tx *gorm.DB, e engine) error {
	return define(tx, e,
		`ALTER TABLE ledger ADD COLUMN listed {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE ledger ADD COLUMN words {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE ledger ADD COLUMN terms TEXT NOT NULL DEFAULT ''`,
		`ALTER TABLE stories ADD COLUMN withdrawn {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE memberships ADD COLUMN seq {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE memberships ADD COLUMN shown {bool} NOT NULL DEFAULT {true}`,
		`ALTER TABLE memberships ADD COLUMN withdrawn {bool} NOT NULL DEFAULT {false}`,
		`UPDATE memberships SET seq = (SELECT s.seq FROM stories s WHERE s.id = memberships.story)`,
		`DROP INDEX memberships_listed`,
		`DROP INDEX memberships_published`,
		`CREATE INDEX memberships_listed ON memberships (view, listed DESC, story, published, shown) WHERE shown`,
		`CREATE INDEX memberships_published ON memberships (view, published DESC, story, listed, shown) WHERE shown`,
		`CREATE UNIQUE INDEX memberships_seq ON memberships (view, seq DESC, story, listed, published, shown)`,
		`ALTER TABLE views ADD COLUMN archives {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE views ADD COLUMN waiting {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE views ADD COLUMN archived_seq {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE views ADD COLUMN archived_listed {int} NOT NULL DEFAULT 0`,
		`ALTER TABLE views ADD COLUMN withdrawn {int} NOT NULL DEFAULT 0`,
		`UPDATE views SET waiting = (SELECT count(*) FROM memberships m WHERE m.view = views.id)`,
		`CREATE TABLE archives (
			view {int} NOT NULL,
			number {int} NOT NULL,
			upto {int} NOT NULL,
			rev {int} NOT NULL,
			closed {int} NOT NULL,
			stories TEXT NOT NULL,
			sources TEXT NOT NULL,
			PRIMARY KEY (view, number)
		) {clustered}`,
		`CREATE UNIQUE INDEX archives_upto ON archives (view, upto, rev)`,
		`CREATE TABLE versions (
			item {key} NOT NULL,
			until {int} NOT NULL,
			told TEXT NOT NULL,
			PRIMARY KEY (item, until)
		) {clustered}`,
		e.search,
	)
}

// moveColumns are for what moved since a publisher last looked.
func moveColumns(tx *gorm.DB, e engine) error {
	return define(tx, e,
		`CREATE INDEX stories_rev ON stories (rev, id)`,
		`ALTER TABLE ledger ADD COLUMN judged {int} NOT NULL DEFAULT 0`,
	)
}
