package models

// Stage is how far a document had come on its way from bytes to stories.
type Stage string

// The stages, in their order.
const (
	StageAnswer     Stage = "answer"     // what came, from where
	StageBytes      Stage = "bytes"      // bytes to text
	StageParsed     Stage = "parsed"     // text to a feed and its entries
	StageNormalized Stage = "normalized" // entries to items
	StagePlaced     Stage = "placed"     // items to sections and regions
)

// Step is one thing that was read, chosen or changed on the way, for a person who wants to know why
// an item looks as it does. It is told by the reading itself, where somebody asked for it. All of
// it is plain text in a line each.
type Step struct {
	Stage Stage  `json:"stage"`
	What  string `json:"what"`           // it is about: encoding, link, published, …
	From  string `json:"from,omitempty"` // as it came; empty where it did not, or came as it is
	To    string `json:"to,omitempty"`   // as it is now; empty: gone
	Why   string `json:"why,omitempty"`  // the rule, or what was done
}
