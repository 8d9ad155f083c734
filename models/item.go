package models

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Millis is a moment in UTC as milliseconds since 1970, the only form in which time is stored.
type Millis int64

// MillisOf converts a time; the zero time becomes 0.
func MillisOf(t time.Time) Millis {
	if t.IsZero() {
		return 0
	}
	return Millis(t.UnixMilli())
}

// Time converts back, in UTC; 0 becomes the zero time.
func (m Millis) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(m)).UTC()
}

// Precision is how exactly a source told a time.
type Precision string

// Precisions, finest first.
const (
	Second Precision = "second"
	Minute Precision = "minute"
	Day    Precision = "day"
)

// Origin is where a time was learnt.
type Origin string

// Origins, most trusted first.
const (
	FromFeed    Origin = "feed"
	FromPage    Origin = "page"
	FromAddress Origin = "address"
	FromSeen    Origin = "seen" // nobody told: the moment of the first visit that brought it
)

// Moment is a time as a source told it. At is 0 when none was told or none could be read.
type Moment struct {
	At        Millis
	Precision Precision
	From      Origin
	Raw       string // as written

	// Reckoned tells that it was read from the moment of the visit (3小时前, 昨天, 10-04), so that it is
	// another at the next one: what was reckoned at first sight stays.
	Reckoned bool `gorm:"-" json:"-"`
}

// Person had a part in an item.
type Person struct {
	Role   string `json:"role"` // author, contributor, editor, 记者, …
	Name   string `json:"name,omitempty"`
	Outlet string `json:"outlet,omitempty"`
	Email  string `json:"email,omitempty"`
	URI    string `json:"uri,omitempty"`
}

// Category is a source's own heading for an item.
type Category struct {
	Term   string `json:"term"`
	Scheme string `json:"scheme,omitempty"`
	Label  string `json:"label,omitempty"`
}

// Media is a file that comes with an item.
type Media struct {
	URL    string `json:"url"`
	Type   string `json:"type,omitempty"`   // media type
	Length int64  `json:"length,omitempty"` // bytes; 0: unknown
	Title  string `json:"title,omitempty"`
	Inline bool   `json:"inline,omitempty"` // shown with the text (media:content), not attached to it (enclosure)
}

// Item is one entry of one source, normalized. What it holds are facts: what the source said,
// cleaned. Text from outside is safe to publish: HTML fields hold a balanced safe subset, all
// others plain text without control characters.
type Item struct {
	ID     string `gorm:"primaryKey"` // for ever; from the source's key and the identity
	Source string // key
	Story  string // id of the story it is a copy of

	Identity   string // what tells it from others of its source; many may share one: see normalize
	Address    string // its link, as far as links are compared
	GUID       string // the source's own id, verbatim
	Link       string // absolute http(s) address, or empty
	Title      string
	Summary    string     // plain text
	Content    string     // safe HTML
	Text       string     // plain text of Content, or of Summary where there is none
	People     []Person   `gorm:"serializer:json"`
	Categories []Category `gorm:"serializer:json"`
	Media      []Media    `gorm:"serializer:json"`
	Image      string     // address of the picture that stands for it
	Comments   string     // address of its discussion
	Language   string     // BCP 47
	Rights     string
	Credit     string // 来源: whom the source names as its origin

	Breadcrumb []string  `gorm:"serializer:json" json:",omitempty"`    // of its page, the outermost first
	Column     string    `gorm:"column:site_column" json:",omitempty"` // the site's own heading that it stands under
	Previous   Neighbour `gorm:"serializer:json" json:",omitzero"`     // on its site
	Next       Neighbour `gorm:"serializer:json" json:",omitzero"`     // likewise
	Page       string    `json:",omitempty"`                           // digest of what its page told, once that was read

	Published Moment   `gorm:"embedded;embeddedPrefix:published_"`
	Updated   Moment   `gorm:"embedded;embeddedPrefix:updated_"`
	FirstSeen Millis   // the visit that brought it
	Hash      string   // of what people read: another hash is an update
	Digest    string   // of all that is kept: another digest is written, update or not; see Sum
	Told      string   `json:"-"`               // digest of the entry as it came: while it is the same, so is the item
	Warnings  []string `gorm:"serializer:json"` // repairs and doubts, for the admin
	Places    []string `gorm:"-" json:"-"`      // names of places in title and text, where that was asked for; never kept
	Steps     []Step   `gorm:"-" json:"-"`      // how it was read, where that was asked for; never kept
}

// Sum is the digest of what is kept of an item, but for its dates, the doubts about it (which come
// and go with its dates), and what the store adds.
func (it *Item) Sum() string {
	kept := *it
	kept.Story, kept.Digest, kept.FirstSeen = "", "", 0
	kept.Published, kept.Updated, kept.Warnings = Moment{}, Moment{}, nil
	h := sha256.New()
	// Encoding strings, numbers and lists of them does not fail, and nor does a hash.
	_ = json.NewEncoder(h).Encode(kept)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Admit gives a new item the moment it was first seen. A time that nobody told becomes that
// moment, and so does one still to come: feeds never date an item in the future. What is told by the
// day is up to date as of its place within it, so that a finer time learnt later is none after that.
func (it *Item) Admit(seen Millis) {
	it.FirstSeen = seen
	if it.Published.At == 0 && it.Updated.At != 0 {
		it.Published = it.Updated
	}
	if it.Published.At == 0 || it.Published.At > seen {
		it.Published = Moment{At: seen, Precision: Second, From: FromSeen, Raw: it.Published.Raw}
	}
	if it.Updated.At == 0 || it.Updated.At > seen || it.Updated.At < it.Published.At {
		raw := it.Updated.Raw
		it.Updated = it.Published
		it.Updated.At, it.Updated.Raw = it.Place(), raw
	}
}

// Revise makes it the new text of an item already held: what was settled when that one was
// admitted stays. Where people read something else than before it is an update, dated by the
// source where it plausibly tells, else by seen.
func (it *Item) Revise(held Item, seen Millis) {
	if !it.Redates(held) || it.Published.At > seen {
		it.Published = held.Published
	}
	it.FirstSeen, it.Story = held.FirstSeen, held.Story
	if it.Hash == held.Hash {
		it.Updated = held.Updated
		return
	}
	if it.Updated.At <= held.Updated.At || it.Updated.At > seen {
		it.Updated = Moment{At: max(seen, held.Updated.At), Precision: Second, From: FromSeen, Raw: it.Updated.Raw}
	}
}

// Redates tells whether it dates the item held better: its source told no date before, or a later
// one. Nothing that is newly dated moves up, so that feeds which date all their items by the
// moment stir up nothing.
func (it *Item) Redates(held Item) bool {
	told := it.Published.At
	if it.Published.Reckoned && held.Published.At != 0 && held.Published.Raw != "" {
		return false
	}
	if it.Published.Precision == Day && held.Published.From != FromSeen && told <= held.Published.At && held.Published.At-told < 24*60*60*1000 {
		return false // a day says nothing against a time within it
	}
	return told != 0 && (held.Published.From == FromSeen && held.Published.Raw == "" || told < held.Published.At)
}

// Place is where it stands in the order of publication: of what is told by the day only, within that
// day by the moment it was first seen, for ever.
func (it *Item) Place() Millis {
	p := it.Published
	if p.Precision != Day || it.FirstSeen == 0 {
		return p.At
	}
	return min(max(it.FirstSeen, p.At), p.At+24*60*60*1000-1)
}

// Blank tells that there is nothing to show.
func (it *Item) Blank() bool {
	return it.Title == "" && it.Text == "" && it.Link == "" && len(it.Media) == 0
}

// Feed is what a source's document says of itself.
type Feed struct {
	Version     string     `json:"version,omitempty"` // rss20, rss10, atom10, jsonfeed11, …
	ID          string     `json:"id,omitempty"`
	Title       string     `json:"title,omitempty"`
	Description string     `json:"description,omitempty"`
	Link        string     `json:"link,omitempty"` // home page
	Self        string     `json:"self,omitempty"`
	Next        string     `json:"next,omitempty"`         // its next page, of older items
	PrevArchive string     `json:"prev_archive,omitempty"` // the archive before it (RFC 5005)
	Language    string     `json:"language,omitempty"`
	Rights      string     `json:"rights,omitempty"`
	Generator   string     `json:"generator,omitempty"`
	Image       string     `json:"image,omitempty"`
	People      []Person   `json:"people,omitempty"`
	Categories  []Category `json:"categories,omitempty"`
	Published   Millis     `json:"published,omitempty"`
	Updated     Millis     `json:"updated,omitempty"`
	Hints       Hints      `json:"hints,omitzero"`
	Warnings    []string   `json:"warnings,omitempty"` // repairs and doubts, for the admin
	Steps       []Step     `json:"-"`                  // how it was read, where that was asked for; never kept
}
