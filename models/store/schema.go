package store

import (
	"slices"

	"gorm.io/gorm"
)

func migrations() []migration {
	return []migration{
		{1, "sources, visits, items, stories, views", firstTables},
		{2, "manners and safety towards sources", mannersColumns},
		{3, "what is missed of sources and withheld", identityColumns},
		{4, "pages of items", pageTables},
		{5, "what views deliver, archives, search", deliveryTables},
		{6, "what moves among views", moveColumns},
	}
}

// firstTables makes the tables. Times are milliseconds.
func firstTables(tx *gorm.DB, e engine) error {
	return define(tx, e, slices.Concat(ledgerTable(), sourceTables(), itemTables(), viewTables())...)
}

// ledgerTable is the one row whose lock every change holds.
func ledgerTable() []string {
	return []string{
		`CREATE TABLE ledger (
			id {int} PRIMARY KEY CHECK (id = 1),
			rev {int} NOT NULL,
			rules TEXT NOT NULL,
			catalog TEXT NOT NULL,
			catalog_changed {int} NOT NULL
		) {table}`,
		`INSERT INTO ledger (id, rev, rules, catalog, catalog_changed) VALUES (1, 0, '', '', 0)`,
	}
}

// sourceTables hold what happened with sources.
func sourceTables() []string {
	return []string{
		`CREATE TABLE sources (
			key {key} PRIMARY KEY,
			name TEXT NOT NULL,
			url TEXT NOT NULL,
			site TEXT NOT NULL,
			republish TEXT NOT NULL,
			spec TEXT NOT NULL,
			active {bool} NOT NULL,
			feed TEXT,
			next_at {int} NOT NULL,
			not_before {int} NOT NULL,
			reason TEXT NOT NULL,
			epoch {int} NOT NULL,
			leased_until {int} NOT NULL,
			e_tag TEXT NOT NULL,
			last_modified TEXT NOT NULL,
			body_hash TEXT NOT NULL,
			failures {int} NOT NULL,
			since {int} NOT NULL,
			last_visit {int} NOT NULL,
			last_ok {int} NOT NULL,
			last_new {int} NOT NULL,
			status {int} NOT NULL,
			class TEXT NOT NULL,
			error TEXT NOT NULL,
			warnings TEXT
		) {table}`,
		`CREATE INDEX sources_due ON sources (next_at, key)`,

		`CREATE TABLE visits (
			id {serial},
			source {key} NOT NULL,
			at {int} NOT NULL,
			duration {int} NOT NULL,
			outcome TEXT NOT NULL,
			status {int} NOT NULL,
			url TEXT NOT NULL,
			bytes {int} NOT NULL,
			items {int} NOT NULL,
			new {int} NOT NULL,
			changed {int} NOT NULL,
			class TEXT NOT NULL,
			error TEXT NOT NULL,
			warnings TEXT
		) {table}`,
		`CREATE INDEX visits_source ON visits (source, id)`,
	}
}

// itemTables hold what they published.
func itemTables() []string {
	return []string{
		`CREATE TABLE items (
			id {key} PRIMARY KEY,
			source {key} NOT NULL,
			story {key} NOT NULL,
			identity {key} NOT NULL,
			address TEXT NOT NULL,
			guid TEXT NOT NULL,
			link TEXT NOT NULL,
			title TEXT NOT NULL,
			summary TEXT NOT NULL,
			content TEXT NOT NULL,
			text TEXT NOT NULL,
			people TEXT,
			categories TEXT,
			media TEXT,
			image TEXT NOT NULL,
			comments TEXT NOT NULL,
			language TEXT NOT NULL,
			rights TEXT NOT NULL,
			credit TEXT NOT NULL,
			published_at {int} NOT NULL,
			published_precision TEXT NOT NULL,
			published_from TEXT NOT NULL,
			published_raw TEXT NOT NULL,
			updated_at {int} NOT NULL,
			updated_precision TEXT NOT NULL,
			updated_from TEXT NOT NULL,
			updated_raw TEXT NOT NULL,
			first_seen {int} NOT NULL,
			hash TEXT NOT NULL,
			digest TEXT NOT NULL,
			warnings TEXT
		) {table}`,
		`CREATE INDEX items_story ON items (story)`,
		`CREATE INDEX items_identity ON items (identity)`,
		`CREATE INDEX items_address ON items (address)`,

		`CREATE TABLE stories (
			seq {int} PRIMARY KEY,
			id {key} NOT NULL UNIQUE,
			rev {int} NOT NULL,
			listed {int} NOT NULL,
			published {int} NOT NULL,
			updated {int} NOT NULL,
			sections TEXT,
			regions TEXT
		) {table}`,
	}
}

// viewTables hold what is listed where. A membership is in the table once for its story, and in an
// index for each order: "the newest 50 of a view" is one range of that index.
func viewTables() []string {
	return []string{
		`CREATE TABLE views (
			id {serial},
			name {key} NOT NULL UNIQUE,
			rev {int} NOT NULL,
			changed {int} NOT NULL
		) {table}`,
		`CREATE INDEX views_rev ON views (rev)`,

		`CREATE TABLE memberships (
			story {key} NOT NULL,
			view {int} NOT NULL,
			listed {int} NOT NULL,
			published {int} NOT NULL,
			PRIMARY KEY (story, view)
		) {clustered}`,
		`CREATE UNIQUE INDEX memberships_listed ON memberships (view, listed DESC, story)`,
		`CREATE UNIQUE INDEX memberships_published ON memberships (view, published DESC, story)`,
	}
}
