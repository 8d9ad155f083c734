// Package parse reads a feed, given as clean UTF-8, into a [Document]: what its publisher wrote,
// whatever the format, with nothing judged and nothing lost. It is pure, and never reads a
// clock, a file or the network; it never resolves an address or reads a date.
//
// The parser is gofeed. It keeps every element of an extension whole, with all its attributes,
// children and repetitions, but of RSS's and Atom's own elements only what fits its structs:
// not rdf:about, the types of texts, xml:base and xml:lang, repeated elements, misplaced ones
// or those in odd namespaces; and it takes ids and addresses apart and puts them together
// again in another spelling. So before gofeed reads a document it is spelled anew, by a scanner
// that builds nothing: feed and entries stay as they are, what is in them becomes an extension
// under one prefix for each vocabulary. The same pass closes what was left open.
package parse
