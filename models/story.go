package models

// Story is one or more items that are copies of the same news; it is what feeds list.
type Story struct {
	Seq       int64  `gorm:"primaryKey;autoIncrement:false"` // the change at which it first entered
	ID        string // for ever, from the first save on: the id of the item that founded it
	Rev       int64  // the newest change
	Listed    Millis // when feeds announce it: the moment of saving, for a backlog the published time; 0: not yet, no view has it
	Published Millis
	Updated   Millis
	Sections  []string `gorm:"serializer:json"` // keys, without those above them
	Regions   []string `gorm:"serializer:json"` // keys, without those above them
	Withdrawn Millis   // when it was taken back: no view has it since; 0: it was not

	Items []Item `gorm:"-"` // the canonical copy first
}

// Order is one of the orders in which stories are listed, newest first, ties by id.
type Order string

// Orders of a view. Feeds are listed, pages are ordered by publication; cursors and archives follow
// the numbers at which stories entered.
const (
	ByListed    Order = "listed"
	ByPublished Order = "published"
	BySeq       Order = "seq"
)

// Revision is the state of one view: another Rev means another content. What it showed before the
// change Withdrawn must not be shown any more.
type Revision struct {
	View      View
	Rev       int64
	Changed   Millis
	Withdrawn int64
}
