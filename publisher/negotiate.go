package publisher

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"civicfeed/publisher/render"
)

// preference is one member of an Accept or Accept-Encoding header.
type preference struct {
	name string
	q    float64
}

// preferences reads such a header (RFC 9110 section 12.4.2). A weight that cannot be read is 0.
func preferences(header string) []preference {
	var all []preference
	for member := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(member, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" {
			continue
		}
		all = append(all, preference{name, weight(params)})
		if len(all) == 32 {
			break
		}
	}
	return all
}

func weight(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if !strings.EqualFold(strings.TrimSpace(key), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return 0
		}
		return q
	}
	return 1
}

// codingFor chooses a coding by Accept-Encoding: the one wanted most, among equals the smaller.
// Where nothing else is wanted it is identity, even if that was refused: an answer beats none.
func codingFor(header string) coding {
	if header == "" {
		return identity
	}
	wanted := preferences(header)
	best, most := identity, 0.0
	for _, c := range []coding{brotlied, gzipped} {
		if q := wants(wanted, c.String()); q > most {
			best, most = c, q
		}
	}
	if q, named := named(wanted, "identity"); named && q > most {
		return identity
	}
	return best
}

func wants(all []preference, name string) float64 {
	if q, ok := named(all, name); ok {
		return q
	}
	if q, ok := named(all, "x-"+name); ok {
		return q
	}
	q, _ := named(all, "*")
	return q
}

func named(all []preference, name string) (float64, bool) {
	for _, p := range all {
		if p.name == name {
			return p.q, true
		}
	}
	return 0, false
}

// offer is a format that an address without suffix can give: its suffix, its media type, and
// further ones by which it may be asked for.
type offer struct {
	suffix string
	types  []string
}

// offers lists what an address without suffix can give, what people read first.
func offers(k kind) []offer {
	var all []offer
	for _, f := range render.Formats() {
		if (k != storyPage || f.Story != nil) && (k != archivePage || f.Archives) {
			all = append(all, offer{f.Suffix, append([]string{f.MediaType}, f.Also...)})
		}
	}
	return all
}

// offerFor chooses by Accept. Among equals, and where nothing fits, the first.
func offerFor(header string, offers []offer) string {
	wanted := preferences(header)
	best, most := offers[0].suffix, 0.0
	for _, o := range offers {
		if q := o.quality(wanted); q > most {
			best, most = o.suffix, q
		}
	}
	return best
}

// quality is the weight of the most specific range that covers an offer (RFC 9110 section 12.5.1).
// Its further types count only where they are named.
func (o offer) quality(wanted []preference) float64 {
	kind, _, _ := strings.Cut(o.types[0], "/")
	for _, name := range slices.Concat(o.types, []string{kind + "/*", "*/*"}) {
		if q, ok := named(wanted, name); ok {
			return q
		}
	}
	return 0
}

// isBrowser tells whether whoever asks for a feed would rather have a page. Browsers show a feed
// through its style sheet only where it is labelled as any other XML.
func isBrowser(accept string, a address) bool {
	f, _ := render.Lookup(a.suffix)
	q, ok := named(preferences(accept), "text/html")
	return ok && q > offer{a.suffix, []string{f.MediaType}}.quality(preferences(accept))
}

// matches tells whether an If-None-Match names the edition in any of its forms, weakly compared
// (RFC 9110 section 13.1.2).
func matches(header, tag string) bool {
	for rest := header; ; {
		rest = strings.TrimLeft(rest, " \t,")
		if strings.HasPrefix(rest, "*") {
			return true
		}
		rest = strings.TrimPrefix(rest, "W/")
		if !strings.HasPrefix(rest, `"`) {
			return false
		}
		one, after, closed := strings.Cut(rest[1:], `"`)
		if !closed {
			return false
		}
		for c := range codings {
			if one == tag+c.suffix() {
				return true
			}
		}
		rest = after
	}
}

// What is known of headers at most. Whoever fills that with rubbish has others' headers read anew each
// time, which they would be without it.
const (
	mostHeaders   = 512
	longestHeader = 256 // bytes
)

// negotiated knows what follows from a header's text, so that one that all readers of a kind send is
// read once. It is read without a lock.
type negotiated[T any] struct {
	follows func(header string) T
	known   atomic.Pointer[map[string]T]
}

func newNegotiated[T any](follows func(string) T) *negotiated[T] {
	n := &negotiated[T]{follows: follows}
	n.known.Store(&map[string]T{})
	return n
}

func (n *negotiated[T]) get(header string) T {
	known := n.known.Load()
	if v, ok := (*known)[header]; ok {
		return v
	}
	v := n.follows(header)
	if len(*known) < mostHeaders && len(header) <= longestHeader {
		more := maps.Clone(*known)
		more[header] = v
		n.known.CompareAndSwap(known, &more) // where another was first, the next to ask adds it
	}
	return v
}
