package models

import (
	"strconv"
	"strings"
)

// Query asks a view for a page of its stories. The view and every condition must hold.
type Query struct {
	View     View
	Text     string   // what is searched for; empty: nothing
	Regions  []string // keys, any of them; likewise the next two
	Sections []string
	Sources  []string
	Without  []string // keys of sources whose stories are left out
	Since    Millis   // published then or later; 0: ever
	Until    Millis   // published before then; 0: ever
	Order    Order
	Limit    int
	Cursor   Cursor // where the page begins; zero: at the newest
}

// Plain tells that it asks for no more than a view: the answer is one range of one index.
func (q *Query) Plain() bool {
	return q.Text == "" && q.Since == 0 && q.Until == 0 &&
		len(q.Regions)+len(q.Sections)+len(q.Sources)+len(q.Without) == 0
}

// Mention is a story in an answer: enough to know whether what is held of it is still so.
type Mention struct {
	ID        string
	Rev       int64
	Listed    Millis
	Published Millis
}

// State is how far a store has come. While it is the same, so is all that is published.
type State struct {
	Rev            int64  // the newest change
	Judged         int64  // the newest change that moved stories from view to view without changing them
	Words          int64  // how often what sources are called and say of themselves has changed
	CatalogChanged Millis // when what readers see of the catalog last became another; 0: never yet
}

// Answer is a page of what a query asked for.
type Answer struct {
	State    State // of the store when it answered
	Mentions []Mention
	Next     Cursor // where it goes on; zero: it ends here
	Newer    Cursor // of a plain query: what enters the view from now on
	Archives int    // of a plain query: how many archives the view has; the newest has this number
}

// Archive is a part of what a view has delivered, closed for ever (RFC 5005 section 4): its stories
// as they were when it was closed, the newest first.
type Archive struct {
	View    View
	Number  int    // from 1 on
	Newest  int    // number of the newest
	Closed  Millis // or when a story of it was taken back, which it does not hold any more
	Stories []Story
	Sources map[string]SourceState // of them, as they were called and what they said of themselves then
}

// Cursor is a place in the answer to a query, from where on it continues. By moments it stands at a
// story; by Seq at the number at which a story entered the view (or of a search, the site).
type Cursor struct {
	Order   Order // of the walk
	Forward bool  // by Seq: to what came later, the oldest first
	At      int64 // moment or number; it stands behind it
	ID      string
	// Shown is what the page before a walk by Seq has shown already, by Listed: that and what is above.
	Shown   Millis
	ShownID string
}

// String writes it for addresses; [ParseCursor] reads it back. The zero cursor is empty.
func (c Cursor) String() string {
	at := strconv.FormatInt(c.At, 10)
	switch {
	case c.Order == ByListed:
		return "l" + at + "." + c.ID
	case c.Order == ByPublished:
		return "p" + at + "." + c.ID
	case c.Order == BySeq && c.Forward:
		return "n" + at
	case c.Order == BySeq && c.ShownID != "":
		return "s" + at + "." + strconv.FormatInt(int64(c.Shown), 10) + "." + c.ShownID
	case c.Order == BySeq:
		return "s" + at
	}
	return ""
}

// ParseCursor reads what [Cursor.String] wrote, and nothing else.
func ParseCursor(s string) (Cursor, bool) {
	if s == "" || len(s) > 160 {
		return Cursor{}, false
	}
	var c Cursor
	parts := strings.SplitN(s[1:], ".", 3)
	at, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return Cursor{}, false
	}
	c.At = at
	switch kind := s[0]; {
	case kind == 'l' && len(parts) == 2:
		c.Order, c.ID = ByListed, parts[1]
	case kind == 'p' && len(parts) == 2:
		c.Order, c.ID = ByPublished, parts[1]
	case kind == 'n' && len(parts) == 1:
		c.Order, c.Forward = BySeq, true
	case kind == 's' && len(parts) == 1:
		c.Order = BySeq
	case kind == 's' && len(parts) == 3:
		shown, err := strconv.ParseInt(parts[1], 10, 64)
		if err != nil {
			return Cursor{}, false
		}
		c.Order, c.Shown, c.ShownID = BySeq, Millis(shown), parts[2]
	}
	return c, c.String() == s
}
