// Package catalog reads feeds.yaml: bytes in, an immutable [models.Catalog] out, or every problem
// of the file at once, each with its line and column and with what to write instead.
//
// One table, grammar.go, describes the whole file. The loader reads by it, finds the name that was
// probably meant in it, and the JSON Schema is written from it, so that they cannot disagree.
//
// It never guesses on: a file with a problem gives no catalog. It never fetches what the file names,
// never writes the file, and its YAML and cron types never leave it.
package catalog
