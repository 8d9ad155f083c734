package render

import "time"

// TTL is how long a reader may keep an edition without asking again. RSS says it in the document
// (ttl), HTTP in Cache-Control; the two must agree.
const TTL = 15 * time.Minute

// MaxBytes bounds a feed of the usual length, uncompressed: about fifty stories. Where whole texts
// would exceed it, the last in order are given as summaries.
const MaxBytes = 250_000

// Formats is the table of formats, in the order in which pages offer them.
func Formats() []Format {
	return []Format{
		htmlFormat(),
		rssFormat(),
		atomFormat(),
		jsonFormat(),
	}
}

// Lookup finds a format by the suffix of its addresses.
func Lookup(suffix string) (Format, bool) {
	for _, f := range Formats() {
		if f.Suffix == suffix {
			return f, true
		}
	}
	return Format{}, false
}
