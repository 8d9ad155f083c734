package store

import (
	"context"
	"fmt"
	"slices"

	"civicfeed/models"

	"gorm.io/gorm"
)

// Moves are where those stories stand now that changed after a number, in all views that they were
// ever in. With them an answer that was given at that number is brought up to date without asking for
// it again, unless stories moved that did not change: where they stand is not told.
type Moves struct {
	State models.State // of the store when they were read
	since int64
	views map[models.View]*moves
}

// moves are those in one view.
type moves struct {
	archives int
	newest   int64 // the highest number at which one of them entered
	stories  map[string]move
}

// move is a story that changed.
type move struct {
	models.Mention
	seq   int64 // at which it entered the view
	shown bool
}

// mostMoves is of how many memberships they are told. Where more changed, whoever wants to know asks.
const mostMoves = 2000

const movesSince = `SELECT v.name, v.archives, s.id, s.rev, m.listed, m.published, m.seq, m.shown FROM stories s
	JOIN memberships m ON m.story = s.id JOIN views v ON v.id = m.view WHERE s.rev > ? ORDER BY s.rev LIMIT ?`

// Moves reads what moved after a number. Where that is too much, there are none in it.
func (s *Store) Moves(ctx context.Context, since int64) (m *Moves, err error) {
	m = &Moves{since: since, views: make(map[models.View]*moves)}
	err = s.snapshot(ctx, func(tx *gorm.DB) error {
		if m.State, err = s.stateOf(tx); err != nil {
			return err
		}
		return s.movesOf(tx, m)
	})
	if err != nil {
		return nil, fmt.Errorf("read what moved: %w", err)
	}
	return m, nil
}

func (s *Store) movesOf(tx *gorm.DB, m *Moves) error {
	rows, err := s.ask(tx, movesSince, m.since, mostMoves+1)
	if err != nil {
		return err
	}
	defer rows.Close()
	count := 0
	for rows.Next() {
		var name string
		var archives int
		var one move
		if err := rows.Scan(&name, &archives, &one.ID, &one.Rev, &one.Listed, &one.Published, &one.seq, &one.shown); err != nil {
			return err
		}
		if count++; count > mostMoves {
			clear(m.views)
			break
		}
		if v, ok := models.ParseView(name); ok {
			m.add(v, archives, one)
		}
	}
	return rows.Err()
}

func (m *Moves) add(v models.View, archives int, one move) {
	of := m.views[v]
	if of == nil {
		of = &moves{archives: archives, stories: make(map[string]move)}
		m.views[v] = of
	}
	of.newest, of.stories[one.ID] = max(of.newest, one.seq), one
}

// Follow brings an answer up to date: what a plain query, of which it is, would be answered now. It
// fails where that takes to know more than the answer says and what moved.
func (m *Moves) Follow(a models.Answer, q models.Query) (models.Answer, bool) {
	of := m.views[q.View]
	if of == nil || a.State.Rev != m.since || m.State.Judged > m.since || a.State.CatalogChanged != m.State.CatalogChanged || len(a.Mentions) == 0 {
		return a, false
	}
	mentions, known := of.among(a, q.Order)
	if !known {
		return a, false
	}
	more := a.Next != models.Cursor{}
	if len(mentions) > q.Limit {
		mentions, more = mentions[:q.Limit], true
	}
	if more && len(mentions) < q.Limit || len(mentions) == 0 {
		return a, false
	}
	a.State, a.Archives, a.Mentions = m.State, of.archives, mentions
	a.Newer.At = max(a.Newer.At, of.newest)
	if a.Next = (models.Cursor{}); more {
		a.Next = behindFirst(q.Order, mentions[len(mentions)-1], a.Newer.At)
	}
	return a, true
}

// among puts what moved among the mentions of an answer. Where the answer goes on, what lies behind it
// is not known, nor whether it still goes on when something of that moved.
func (of *moves) among(a models.Answer, o models.Order) (mentions []models.Mention, known bool) {
	last, open := a.Mentions[len(a.Mentions)-1], a.Next != models.Cursor{}
	mentions = make([]models.Mention, 0, len(a.Mentions)+len(of.stories))
	stood := make(map[string]bool, len(of.stories))
	for _, at := range a.Mentions {
		if _, moved := of.stories[at.ID]; moved {
			stood[at.ID] = true
			continue
		}
		mentions = append(mentions, at)
	}
	for id, one := range of.stories {
		behind := spotOf(o, last).before(spotOf(o, one.Mention))
		switch {
		case !open:
		case stood[id] && behind, // it goes where nothing is known
			!stood[id] && one.seq <= a.Newer.At && !(one.shown && behind): // it may have left there, the last of all
			return nil, false
		}
		if one.shown && !(open && behind) {
			mentions = append(mentions, one.Mention)
		}
	}
	slices.SortFunc(mentions, func(x, y models.Mention) int { return spotOf(o, x).compare(spotOf(o, y)) })
	return mentions, true
}
