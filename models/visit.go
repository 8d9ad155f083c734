package models

import (
	"errors"
	"fmt"
	"time"
)

// Outcome is how a visit ended.
type Outcome string

// A visit ends in exactly one of these.
const (
	Fetched   Outcome = "fetched"   // a document was read; it may have brought nothing new
	Unchanged Outcome = "unchanged" // 304, or the same bytes as before
	Failed    Outcome = "failed"    // see the error class
)

// ErrorClass is the kind of a failure, in words that an admin can act on.
type ErrorClass string

// The error classes.
const (
	ErrDNS         ErrorClass = "dns"
	ErrConnect     ErrorClass = "connect"
	ErrTLS         ErrorClass = "tls"
	ErrTimeout     ErrorClass = "timeout"
	ErrTooLarge    ErrorClass = "too_large"
	ErrBlocked     ErrorClass = "blocked_address"   // our guard refused the address
	ErrNotAFeed    ErrorClass = "not_a_feed"        // an HTML page, a login page, an error in JSON
	ErrPageChanged ErrorClass = "page_changed"      // a page on which nothing is where it was, a login page, an error told with 200
	ErrEmpty       ErrorClass = "empty_feed"        // not a failure: a feed that holds nothing, visit after visit
	ErrUnknown     ErrorClass = "unrecognized"      // not a failure: entries that look like old ones under other names
	ErrOrigin      ErrorClass = "blocked_by_origin" // 401, 403, 412, 451, 521
	ErrRateLimited ErrorClass = "rate_limited"      // 429
	ErrGone        ErrorClass = "gone"              // 410
	ErrHTTP4xx     ErrorClass = "http_4xx"
	ErrHTTP5xx     ErrorClass = "http_5xx"
	ErrParse       ErrorClass = "parse"
	ErrInternal    ErrorClass = "internal" // our own fault, not the source's
)

// Failure is an error with its class.
type Failure struct {
	Class ErrorClass
	Err   error
}

func (f *Failure) Error() string { return f.Err.Error() }
func (f *Failure) Unwrap() error { return f.Err }

// Fail makes a Failure of a class; the rest is as for [fmt.Errorf].
func Fail(class ErrorClass, format string, args ...any) error {
	return &Failure{Class: class, Err: fmt.Errorf(format, args...)}
}

// ClassOf tells the class of an error: its Failure's, else internal; empty for nil.
func ClassOf(err error) ErrorClass {
	var f *Failure
	switch {
	case err == nil:
		return ""
	case errors.As(err, &f):
		return f.Class
	}
	return ErrInternal
}

// Visit is one attempt to fetch a source, and its single outcome.
type Visit struct {
	ID       int64 `gorm:"primaryKey"`
	Source   string
	At       Millis // when it began
	Duration int64  // of the exchange, without waiting for a turn at the host; milliseconds
	Outcome  Outcome
	Status   int    // HTTP; 0: none came
	URL      string // that answered, after redirects
	Bytes    int64  // of the body, decompressed
	Items    int    // in the document
	New      int    // of them never seen before; counted by the store
	Changed  int    // of them seen with another text; counted by the store
	Class    ErrorClass
	Error    string   // a sentence, for the admin
	Warnings []string `gorm:"serializer:json"`
}

// Validators are what a source gave to ask it conditionally (RFC 9110 section 8.8), byte for byte.
type Validators struct{ ETag, LastModified string }

// Claim is a lease on a source: the right to visit it and to save what came, while Epoch holds.
type Claim struct {
	Source     string
	URL        string // of the source, as the store has it
	MovedTo    string // the address to ask instead, where it moved to; empty: URL
	Epoch      int64
	Due        Millis // when the source was due
	At         Millis // when it was made, by the store's clock: the time that schedules reckon from
	Validators Validators
	BodyHash   string        // of the newest body whose items were saved
	Reading    Mark          // what a process died over; see there
	Failures   int           // in a row
	Hints      Hints         // of the newest document
	Rhythm     time.Duration // learnt from it; 0: none
	LastNew    Millis        // the last visit that brought an item
	Haste      int           // see [SourceState]
	Withheld   Withheld
	Calm       bool // for the store: nothing is wrong with the source, nothing in suspense
}

// Mark says what is being read of a source. It is written before a body is read and goes when the
// visit is saved: one that a claim still finds tells that a process died in between. At is zero
// where there is none.
type Mark struct {
	Body   string // its hash
	At     Millis // when the claim was made under which it was read
	Poison bool   // it ended a process of its own, or was caught in a panic
	Times  int    // that this happened, within a day of each other, to this body or others of the source
}

// Withheld tells of entries that are held, but not listed before a person says so, or some days have
// passed: by their dates they were there before, and by nothing else can they be told to be what is
// held. Zero: there are none.
type Withheld struct {
	Since Millis // of the first visit that withheld any
	Upto  Millis // what is dated up to then; what came later is news
	Items int    // that wait
}

// Delivery is what a visit brings to the store, saved in one transaction or not at all.
type Delivery struct {
	Claim      Claim
	Visit      Visit
	Moved      string        // where the server says it has moved for good; empty: it does not
	Feed       *Feed         // nil unless a document was read
	Items      []Item        // in the order of the document
	Validators Validators    // for the next request; a failure keeps those of the claim
	BodyHash   string        // likewise
	Reading    Mark          // what stays suspect; zero: nothing
	NextAt     time.Time     // when the source is due again
	NotBefore  time.Time     // even on demand: a floor, or the source's own Retry-After
	Reason     Reason        // why then
	Ended      time.Time     // by the claim's clock: what NextAt and NotBefore are reckoned from
	Hold       bool          // our own connection is down: it failed by no fault of the source
	Rhythm     time.Duration // learnt from the document, else that of the claim
	Haste      int           // what it is now; see [SourceState]
	Withheld   Withheld      // likewise; new items dated up to then wait with those that do
	Backlog    Millis        // what was withheld is let go, listed by its dates like new items dated up to then: it floods nothing
	Reread     bool          // it is read in another way than what the store holds: what differs is our doing, and no update
	Turned     bool          // set by the store: it is asked at another address from now on, see Address
	Address    string        // set by the store: the address to ask instead from now on; empty: its own
	Lost       bool          // set by the store: the lease was gone, nothing was saved
}

// SourceState is what happened with a source, and what it said of itself, beside what feeds.yaml says.
type SourceState struct {
	Key         string `gorm:"primaryKey"`
	Name        string // as in feeds.yaml, kept for the items of a source taken out of it
	URL         string
	Site        string
	Republish   Terms
	Spec        string // the schedule that NextAt was computed from, and its zone
	Active      bool   // in feeds.yaml and enabled
	Feed        Feed   `gorm:"serializer:json"`
	NextAt      Millis
	NotBefore   Millis
	Reason      Reason        `gorm:"serializer:json"`
	Rhythm      time.Duration // learnt from its items; 0: none
	Haste       int           // how many times its interval is halved, because visits missed items
	Withheld    Withheld      `gorm:"embedded;embeddedPrefix:withheld_"`
	Epoch       int64
	LeasedUntil Millis
	Address     string     // asked instead of URL: where the source has moved to; see [SourceState.Moves]
	Moved       Move       `gorm:"embedded;embeddedPrefix:moved_"` // and where it may have
	Validators  Validators `gorm:"embedded"`
	BodyHash    string
	Reading     Mark   `gorm:"embedded;embeddedPrefix:reading_"`
	Failures    int    // in a row
	Empties     int    // visits in a row that found a feed without items
	Since       Millis // of the first of them
	LastVisit   Millis
	LastOK      Millis
	LastNew     Millis // the last visit that brought an item
	Status      int    // HTTP, of the last visit
	Class       ErrorClass
	Error       string
	Warnings    []string `gorm:"serializer:json"`
}

// TableName is where GORM keeps it.
func (SourceState) TableName() string { return "sources" }

// Home is the page to send people to: what feeds.yaml says, else what the feed says, else the feed.
func (s SourceState) Home() string {
	for _, u := range []string{s.Site, s.Feed.Link, s.URL} {
		if u != "" {
			return u
		}
	}
	return ""
}
