package store

import (
	"cmp"
	"context"
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
		a, err = s.list(tx, q)
		return err
	})
	if err != nil {
		return models.Answer{}, fmt.Errorf("list %s: %w", q.View.Name(), err)
	}
	return a, nil
}

func (s *Store) list(tx *gorm.DB, q models.Query) (a models.Answer, err error) {
	q.Order = cmp.Or(q.Order, models.ByListed)
	l := &lister{Store: s, tx: tx, q: q}
	clauses, without := conditions(&q)
	plain := len(clauses) == 1 && len(clauses[0]) == 1 && len(without) == 0 && q.Since == 0 && q.Until == 0
	switch c := q.Cursor; {
	case q.Text != "":
		if c != (models.Cursor{Order: c.Order, At: c.At}) || c.Order != "" && c.Order != models.BySeq {
			return a, ErrCursor
		}
		a, err = l.search(clauses, without)
	case c.Order != "" && c.Order != q.Order && !(plain && q.Order == models.ByListed && c.Order == models.BySeq):
		return a, ErrCursor
	case plain:
		return l.plain(clauses[0][0])
	default:
		a, err = l.merge(clauses, without)
	}
	if err == nil {
		a.State, err = s.stateOf(tx)
	}
	return a, err
}

// lister answers one query.
type lister struct {
	*Store
	tx *gorm.DB
	q  models.Query
}

// entry is a membership as its indexes have it.
type entry struct {
	Story     string
	Listed    models.Millis
	Published models.Millis
	Seq       int64
}

// mention is an entry without what its story was when it was found.
func (e entry) mention() models.Mention {
	return models.Mention{ID: e.Story, Listed: e.Listed, Published: e.Published}
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
	view, newest, err := l.head(v, &a)
	if err != nil || view == 0 {
		a.Newer = models.Cursor{Order: models.BySeq, Forward: true, At: max(a.State.Rev, l.q.Cursor.At)}
		return a, err
	}
	entries, err := l.read(view, &a)
	if err != nil {
		return a, err
	}
	more := len(entries) > l.q.Limit
	if more {
		entries, a.Mentions = entries[:l.q.Limit], a.Mentions[:l.q.Limit]
	}
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
	return a, nil
}

const headOfView = `SELECT l.rev, l.judged, l.words, l.catalog_changed, coalesce(v.id, 0), coalesce(v.archives, 0),
	coalesce((SELECT max(seq) FROM memberships m WHERE m.view = v.id), 0) FROM ledger l LEFT JOIN views v ON v.name = ?`

// head reads what is known of a view as a whole, and how far the store is: its number, or 0 if it never
// had a story, and the highest number at which one has entered it.
func (l *lister) head(v models.View, a *models.Answer) (view, newest int64, err error) {
	rows, err := l.ask(l.tx, headOfView, v.Name())
	if err != nil {
		return 0, 0, err
	}
	defer rows.Close()
	if !rows.Next() {
		return 0, 0, cmp.Or(rows.Err(), ErrNotFound)
	}
	st := &a.State
	return view, newest, rows.Scan(&st.Rev, &st.Judged, &st.Words, &st.CatalogChanged, &view, &a.Archives, &newest)
}

// read reads the range that the order and the cursor ask for, and one entry more.
func (l *lister) read(view int64, a *models.Answer) ([]entry, error) {
	query, args := rangeOf(l.q.Order, l.q.Cursor)
	rows, err := l.ask(l.tx, query, append(append([]any{view}, args...), l.q.Limit+1)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	entries := make([]entry, 0, l.q.Limit+1)
	a.Mentions = make([]models.Mention, 0, l.q.Limit+1)
	for rows.Next() {
		var e entry
		var rev int64
		if err := rows.Scan(&e.Story, &e.Listed, &e.Published, &e.Seq, &rev); err != nil {
			return nil, err
		}
		entries = append(entries, e)
		a.Mentions = append(a.Mentions, models.Mention{ID: e.Story, Rev: rev, Listed: e.Listed, Published: e.Published})
	}
	return entries, rows.Err()
}

// rangeOf is one range of one index, read in its order. The story breaks ties, so the moment bounds
// the range and the rest passes over its equals.
func rangeOf(o models.Order, c models.Cursor) (query string, args []any) {
	switch {
	case c.Order == models.BySeq && c.Forward:
		return delivered + "AND m.seq > ? ORDER BY m.seq LIMIT ?", []any{c.At}
	case c.Order == models.BySeq && c.ShownID != "":
		return bySeq + "AND m.seq < ? AND (m.listed < ? OR m.listed = ? AND m.story > ?) ORDER BY m.seq DESC LIMIT ?", []any{c.At, c.Shown, c.Shown, c.ShownID}
	case c.Order == models.BySeq:
		return bySeq + "AND m.seq < ? ORDER BY m.seq DESC LIMIT ?", []any{c.At}
	}
	if c == (models.Cursor{}) {
		c.At = math.MaxInt64
	}
	return byMoment + within(o, ">"), []any{c.At, c.At, c.ID}
}

// What is read of the memberships of a view, with the revisions of the stories or without them. The
// numbers are not in the indexes by moments.
const (
	revision = "coalesce((SELECT s.rev FROM stories s WHERE s.id = m.story), 0)"
	bySeq    = "SELECT m.story, m.listed, m.published, m.seq, " + revision + " FROM memberships m WHERE m.view = ? AND m.shown "
	// What a view has delivered stays so when it leaves the view, as in archives: it might come back after
	// whoever goes by cursor was there, and would never come to them.
	delivered = "SELECT m.story, m.listed, m.published, m.seq, " + revision + " FROM memberships m WHERE m.view = ? AND NOT m.withdrawn "

	byMoment = "SELECT m.story, m.listed, m.published, 0, " + revision + " FROM memberships m WHERE m.view = ? AND m.shown "
	bare     = "SELECT m.story, m.listed, m.published FROM memberships m WHERE m.view = ? AND m.shown "
)

// within is a range of an order by moments that begins at a story, or behind it.
func within(o models.Order, story string) string {
	if o == models.ByPublished {
		return "AND m.published <= ? AND (m.published < ? OR m.story " + story + " ?) ORDER BY m.published DESC, m.story LIMIT ?"
	}
	return "AND m.listed <= ? AND (m.listed < ? OR m.story " + story + " ?) ORDER BY m.listed DESC, m.story LIMIT ?"
}

// behind is the cursor behind an entry. What is listed goes on by Seq, the order in which nothing that
// comes late slips past, without what this page has shown.
func (l *lister) behind(e entry, newest int64) models.Cursor {
	c := l.q.Cursor
	switch {
	case c.Order == models.BySeq:
		c.At = e.Seq
		return c
	case c.Order == models.ByListed:
		return models.Cursor{Order: models.ByListed, At: int64(e.Listed), ID: e.Story}
	}
	return behindFirst(l.q.Order, e.mention(), newest)
}

// behindFirst is the cursor behind the last mention of a first page.
func behindFirst(o models.Order, last models.Mention, newest int64) models.Cursor {
	if o == models.ByPublished {
		return models.Cursor{Order: models.ByPublished, At: int64(last.Published), ID: last.ID}
	}
	return models.Cursor{Order: models.BySeq, At: newest + 1, Shown: last.Listed, ShownID: last.ID}
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
