// Package search is the home of what a text is searched by: what goes into an index, what a person
// typed, and where in a text it was hit. In go a text as it was published and a query as it was
// typed; out come the terms of both, a yes or no, and ranges of bytes.
//
// Both sides are folded alike: compatibility forms (full-width letters, ligatures), case, the
// diacritics of Latin and Greek letters, simplified, traditional and regional forms of Chinese
// characters are one; what is invisible is gone. Words of scripts without spaces are found by their
// characters and pairs of neighbours, for no dictionary knows the names of a town's villages; all
// other words are found whole.
//
// The index is only a filter: whatever [Query.Matches] finds has all of [Query.Terms] among its
// [Terms]. The package is pure: no clock, no files, no network, no database.
package search
