// Package models is the ground that every other package stands on: the nouns of civicfeed as
// plain structs, and the judgements that need nothing else (where an item belongs, when it is
// dated). It imports the standard library only; its GORM tags are words, not a dependency.
// It never reads a clock, a file or the network.
package models
