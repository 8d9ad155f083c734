package models

import "time"

// A source that says it has moved for good is believed when it has said so often and for long:
// servers answer 301 by mistake too, and for an hour.
const (
	movesHeard = 5
	movesOver  = Millis(3 * 24 * time.Hour / time.Millisecond)
	movedFails = Millis(24 * time.Hour / time.Millisecond)
)

// Move is an answer that a source has moved for good (301, 308), given time and again.
type Move struct {
	To    string // empty: it does not say so
	Since Millis // of the first visit that was told so
	Seen  int    // visits that were told so, none of them told anything else
}

// Asked is the address that a claim stands for, or another one: where it has moved.
func (c Claim) Asked() string {
	if c.MovedTo != "" {
		return c.MovedTo
	}
	return c.URL
}

// Elsewhere is the address that a source is to be asked at, where that is not its own: the one it
// moved to. Where that has failed for a day the two are asked in turn, so that neither a move that
// was none nor one that was is the end of a source.
func (s *SourceState) Elsewhere(now Millis) string {
	if s.Since != 0 && now-s.Since >= movedFails && s.Failures%2 == 1 {
		return ""
	}
	return s.Address
}

// Moves takes note of a good answer: at what address it was asked, and to which the server said it
// has moved for good, if any. It tells whether the source is asked at another address from now on.
func (s *SourceState) Moves(asked, to string, now Millis) bool {
	before := s.Address
	if asked == s.URL {
		s.Address = "" // where it had moved to did not answer, or it would not have been asked here
	}
	switch {
	case to == "" || to == asked:
		s.Moved = Move{}
	case to != s.Moved.To:
		s.Moved = Move{To: to, Since: now, Seen: 1}
	default:
		s.Moved.Seen++
	}
	if s.Moved.Seen >= movesHeard && now-s.Moved.Since >= movesOver {
		s.Address, s.Moved = s.Moved.To, Move{}
	}
	if s.Address == s.URL {
		s.Address = ""
	}
	return s.Address != before
}
