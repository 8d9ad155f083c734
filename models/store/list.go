package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"civicfeed/models"

	"gorm.io/gorm"
)

// List answers a query with mentions of stories. A query that is plain is one range of one index;
// others merge ranges and look at so many rows at most: where that is spent, the answer is what was
// found so far, with a cursor.
func (s *Store) List(ctx context.Context, q models.Query) (a models.Answer, err error) {
	if q.Limit <= 0 {
		return a, nil
	}
	err = s.snapshot(ctx, func(tx *gorm.DB) error {
		if a, err = list(tx, s.engine, q); err != nil {
			return err
		}
		a.State, err = stateOf(tx)
		return err
	})
	if err != nil {
		return models.Answer{}, fmt.Errorf("list %s: %w", q.View.Name(), err)
	}
	return a, nil
}

func list(tx *gorm.DB, e engine, q models.Query) (models.Answer, error) {
	q.Order = cmp.Or(q.Order, models.ByListed)
	l := &lister{tx: tx, engine: e, q: q}
	clauses, without := conditions(&q)
	plain := len(clauses) == 1 && len(clauses[0]) == 1 && len(without) == 0 && q.Since == 0 && q.Until == 0
	switch c := q.Cursor; {
	case q.Text != "":
		if c != (models.Cursor{Order: c.Order, At: c.At}) || c.Order != "" && c.Order != models.BySeq {
			return models.Answer{}, ErrCursor
		}
		return l.search(clauses, without)
	case c.Order != "" && c.Order != q.Order && !(plain && q.Order == models.ByListed && c.Order == models.BySeq):
		return models.Answer{}, ErrCursor
	case plain:
		return l.plain(clauses[0][0])
	}
	return l.merge(clauses, without)
}

// lister answers one query.
type lister struct {
	tx     *gorm.DB
	engine engine
	q      models.Query
}

// entry is a membership as its indexes have it.
type entry struct {
	Story     string
	Listed    models.Millis
	Published models.Millis
	Seq       int64
}

// conditions writes what must hold of a story as views: of each clause one at least, and none of the
// others. A place and a section together are a view of their own.
func conditions(q *models.Query) (clauses [][]models.View, without []models.View) {
	regions, sections := some(q.View.Region, q.Regions), some(q.View.Section, q.Sections)
	var main []models.View
	for _, r := range regions {
		for _, s := range sections {
			main = append(main, models.View{Region: r, Section: s})
		}
	}
	sources := some(q.View.Source, q.Sources)
	if everything := (models.View{}); !slices.Equal(main, []models.View{everything}) || sources[0] == "" {
		clauses = append(clauses, main)
	}
	add := func(keys []string, view func(string) models.View) {
		var any []models.View
		for _, k := range keys {
			any = append(any, view(k))
		}
		clauses = append(clauses, any)
	}
	ofSource := func(k string) models.View { return models.View{Source: k} }
	if sources[0] != "" {
		add(sources, ofSource)
	}
	if q.View.Region != "" && len(q.Regions) > 0 {
		add(q.Regions, func(k string) models.View { return models.View{Region: k} })
	}
	if q.View.Section != "" && len(q.Sections) > 0 {
		add(q.Sections, func(k string) models.View { return models.View{Section: k} })
	}
	if q.View.Source != "" && len(q.Sources) > 0 {
		add(q.Sources, ofSource)
	}
	for _, k := range q.Without {
		without = append(without, ofSource(k))
	}
	return clauses, without
}

// some is the key of the path, else those of the parameters, else the empty one.
func some(path string, keys []string) []string {
	if path != "" || len(keys) == 0 {
		return []string{path}
	}
	return keys
}

// plain answers from one range of one view.
func (l *lister) plain(v models.View) (a models.Answer, err error) {
	row, err := viewOf(l.tx, v)
	if errors.Is(err, ErrNotFound) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	newest, err := newestIn(l.tx, row.ID)
	if err != nil {
		return a, err
	}
	entries, err := l.read(row.ID)
	if err != nil {
		return a, err
	}
	more := len(entries) > l.q.Limit
	entries = entries[:min(len(entries), l.q.Limit)]
	a.Archives = row.Archives
	a.Newer = models.Cursor{Order: models.BySeq, Forward: true, At: newest}
	if c := l.q.Cursor; c.Forward {
		if a.Newer.At = c.At; len(entries) > 0 {
			a.Newer.At = entries[len(entries)-1].Seq
		}
		more = false // what is newer is told by Newer
	}
	if more {
		a.Next = l.behind(entries[len(entries)-1], newest)
	}
	a.Mentions, err = mentions(l.tx, entries)
	return a, err
}

// read reads the range that the order and the cursor ask for, and one entry more.
func (l *lister) read(view int64) ([]entry, error) {
	query, args := rangeOf(l.q.Order, l.q.Cursor)
	args = append(append([]any{view}, args...), l.q.Limit+1)
	return scanEntries(l.tx, query, args, l.q.Limit+1)
}

// scanEntries reads entries, without the cost of reflection.
func scanEntries(tx *gorm.DB, query string, args []any, most int) ([]entry, error) {
	rows, err := tx.Raw(query, args...).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	entries := make([]entry, 0, most)
	for rows.Next() {
		var e entry
		if err := rows.Scan(&e.Story, &e.Listed, &e.Published, &e.Seq); err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, rows.Err()
}

// rangeOf is one range of one index, read in its order. The story breaks ties, so the moment bounds
// the range and the rest passes over its equals.
func rangeOf(o models.Order, c models.Cursor) (query string, args []any) {
	const fields = "SELECT story, listed, published, seq FROM memberships WHERE view = ? AND shown "
	switch {
	case c.Order == models.BySeq && c.Forward:
		return fields + "AND seq > ? ORDER BY seq LIMIT ?", []any{c.At}
	case c.Order == models.BySeq && c.ShownID != "":
		return fields + "AND seq < ? AND (listed < ? OR listed = ? AND story > ?) ORDER BY seq DESC LIMIT ?", []any{c.At, c.Shown, c.Shown, c.ShownID}
	case c.Order == models.BySeq:
		return fields + "AND seq < ? ORDER BY seq DESC LIMIT ?", []any{c.At}
	}
	if c == (models.Cursor{}) {
		c.At = math.MaxInt64
	}
	return rangeBy(o, ">"), []any{c.At, c.At, c.ID}
}

// rangeBy is a range of an order by moments that begins at a story, or behind it.
func rangeBy(o models.Order, story string) string {
	const fields = "SELECT story, listed, published, 0 FROM memberships WHERE view = ? AND shown "
	if o == models.ByPublished {
		return fields + "AND published <= ? AND (published < ? OR story " + story + " ?) ORDER BY published DESC, story LIMIT ?"
	}
	return fields + "AND listed <= ? AND (listed < ? OR story " + story + " ?) ORDER BY listed DESC, story LIMIT ?"
}

// behind is the cursor behind an entry. What is listed goes on by Seq, the order in which nothing that
// comes late slips past, without what this page has shown.
func (l *lister) behind(e entry, newest int64) models.Cursor {
	c := l.q.Cursor
	switch {
	case c.Order == models.BySeq:
		c.At = e.Seq
		return c
	case l.q.Order == models.ByPublished:
		return models.Cursor{Order: models.ByPublished, At: int64(e.Published), ID: e.Story}
	case c.Order == models.ByListed:
		return models.Cursor{Order: models.ByListed, At: int64(e.Listed), ID: e.Story}
	}
	return models.Cursor{Order: models.BySeq, At: newest + 1, Shown: e.Listed, ShownID: e.Story}
}

// newestIn is the highest number at which a story has entered a view.
func newestIn(tx *gorm.DB, view int64) (newest int64, err error) {
	return newest, tx.Raw("SELECT coalesce(max(seq), 0) FROM memberships WHERE view = ?", view).Scan(&newest).Error
}

// mentions completes entries with the revisions of their stories.
func mentions(tx *gorm.DB, entries []entry) ([]models.Mention, error) {
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = e.Story
	}
	revs := make(map[string]int64, len(ids))
	for some := range slices.Chunk(ids, chunk) {
		if err := revisions(tx, some, revs); err != nil {
			return nil, err
		}
	}
	all := make([]models.Mention, 0, len(entries))
	for _, e := range entries {
		if rev, ok := revs[e.Story]; ok {
			all = append(all, models.Mention{ID: e.Story, Rev: rev, Listed: e.Listed, Published: e.Published})
		}
	}
	return all, nil
}

func revisions(tx *gorm.DB, ids []string, revs map[string]int64) error {
	rows, err := tx.Raw("SELECT id, rev FROM stories WHERE id IN ?", ids).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var rev int64
		if err := rows.Scan(&id, &rev); err != nil {
			return err
		}
		revs[id] = rev
	}
	return rows.Err()
}

// Stories reads stories with their items, in the order of the ids, but for those that are not there.
func (s *Store) Stories(ctx context.Context, ids []string) (stories []models.Story, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = s.snapshot(ctx, func(tx *gorm.DB) error {
		stories, err = told(tx, ids)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read %d stories: %w", len(ids), err)
	}
	return stories, nil
}
