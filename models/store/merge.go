package store

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"civicfeed/models"

	"gorm.io/gorm"
)

// A query of several conditions is answered by runs: sources of entries in one order, that can be
// told to go on from a place further down. Views are runs, and so are their unions, intersections and
// differences; what lies between is jumped over, not read.

const (
	scanBudget = 8_000 // rows that an answer may cost
	scanFee    = 40    // rows that a statement costs besides
	mostSpan   = 2_000 // stories of a span of time that are sorted in memory
)

// spot is a place in an order by moments, the newest first; the id breaks ties.
type spot struct {
	at int64
	id string
}

var top = spot{at: math.MaxInt64}

// before tells whether a place comes before another.
func (s spot) before(o spot) bool { return s.compare(o) < 0 }

func (s spot) compare(o spot) int { return cmp.Or(cmp.Compare(o.at, s.at), cmp.Compare(s.id, o.id)) }

// spotOf is where a mention stands in an order.
func spotOf(o models.Order, m models.Mention) spot {
	if o == models.ByPublished {
		return spot{int64(m.Published), m.ID}
	}
	return spot{int64(m.Listed), m.ID}
}

// next is the place right behind. Ids are of characters above the one added; PostgreSQL takes none below.
func (s spot) next() spot { return spot{s.at, s.id + "\x01"} }

// scan is what the runs of one answer share.
type scan struct {
	*Store
	tx    *gorm.DB
	order models.Order
	left  int   // of the budget
	begun int64 // the moment where it began: the budget never ends it there, so that it comes on
	spent bool  // a run was not read on
	err   error
}

func (s *scan) spot(e entry) spot { return spotOf(s.order, e.mention()) }

// read reads entries of a view, from a place on.
func (s *scan) read(view int64, from spot, most int) ([]entry, error) {
	rows, err := s.ask(s.tx, bare+within(s.order, ">="), view, from.at, from.at, from.id, most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	entries := make([]entry, 0, most)
	for rows.Next() {
		var e entry
		if err := rows.Scan(&e.Story, &e.Listed, &e.Published); err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, rows.Err()
}

// run gives the first entry at a place or behind it. Places only ever go down.
type run interface {
	from(spot) (entry, bool)
}

// rangeRun is a view.
type rangeRun struct {
	*scan
	view int64
	rows []entry
	end  spot // where they were read to
	size int  // of the last batch
	done bool // nothing is behind them
}

const (
	leastBatch = 16
	mostBatch  = 1024
)

func (r *rangeRun) from(p spot) (entry, bool) {
	for {
		for len(r.rows) > 0 && r.spot(r.rows[0]).before(p) {
			r.rows = r.rows[1:]
		}
		if len(r.rows) > 0 {
			return r.rows[0], true
		}
		if r.spent = r.spent || r.left <= 0 && p.at < r.begun; r.done || r.spent || r.err != nil {
			return entry{}, false
		}
		r.fill(p)
	}
}

// fill reads on from a place: the more, the longer nothing was jumped over.
func (r *rangeRun) fill(p spot) {
	if r.size = min(2*r.size, mostBatch); p != r.end {
		r.size = leastBatch
	}
	r.rows, r.err = r.read(r.view, p, r.size)
	r.left -= len(r.rows) + scanFee
	if r.done = len(r.rows) < r.size; len(r.rows) > 0 {
		r.end = r.spot(r.rows[len(r.rows)-1]).next()
	}
}

// unionRun is what any of its runs has.
type unionRun struct {
	*scan
	any []run
}

func (u *unionRun) from(p spot) (first entry, ok bool) {
	for _, r := range u.any {
		e, some := r.from(p)
		if some && (!ok || u.spot(e).before(u.spot(first))) {
			first, ok = e, true
		}
	}
	return first, ok && !u.spent
}

// commonRun is what all of its runs have, and none of the others.
type commonRun struct {
	*scan
	all     []run
	without []run
	reached spot // nothing before it is in common that was not given
}

func (c *commonRun) from(p spot) (entry, bool) {
	for {
		e, ok := c.agreed(p)
		if !ok {
			return entry{}, false
		}
		p = c.spot(e)
		bars := slices.ContainsFunc(c.without, func(r run) bool {
			other, ok := r.from(p)
			return ok && other.Story == e.Story
		})
		if !bars {
			return e, !c.spent
		}
		p = p.next()
	}
}

// agreed finds the first entry that all runs have: each in turn goes on to where the one before is.
func (c *commonRun) agreed(p spot) (e entry, ok bool) {
	for agree, i := 0, 0; agree < len(c.all); i = (i + 1) % len(c.all) {
		c.reached = p
		next, ok := c.all[i].from(p)
		if !ok {
			return entry{}, false
		}
		if agree > 0 && next.Story == e.Story {
			agree++
			continue
		}
		e, p, agree = next, c.spot(next), 1
	}
	return e, true
}

// merge answers a query of several conditions.
func (l *lister) merge(clauses [][]models.View, without []models.View) (a models.Answer, err error) {
	views, err := l.views(clauses, without)
	if err != nil {
		return a, err
	}
	if l.q.Until != 0 && l.q.Order != models.ByPublished {
		entries, whole, err := l.span(views, clauses, without)
		if err != nil {
			return a, err
		}
		if whole {
			return l.answer(entries, top, false)
		}
	}
	s := &scan{Store: l.Store, tx: l.tx, order: l.q.Order, left: scanBudget}
	p := top
	if c := l.q.Cursor; c != (models.Cursor{}) {
		p = spot{c.At, c.ID}.next()
	}
	if l.q.Order == models.ByPublished && l.q.Until != 0 && p.at >= int64(l.q.Until) {
		p = spot{at: int64(l.q.Until) - 1}
	}
	entries, p := l.collect(l.runs(s, views, clauses, without), p, l.q.Limit+1)
	if s.err != nil {
		return a, s.err
	}
	return l.answer(entries, p, s.spent)
}

// answer makes the page of what was found in order, and of where a scan was spent.
func (l *lister) answer(entries []entry, p spot, spent bool) (a models.Answer, err error) {
	order := l.q.Order
	if order != models.ByPublished {
		order = models.ByListed
	}
	s := scan{order: order}
	if len(entries) > l.q.Limit {
		entries = entries[:l.q.Limit]
		last := s.spot(entries[l.q.Limit-1])
		a.Next = models.Cursor{Order: order, At: last.at, ID: last.id}
	} else if spent {
		a.Next = models.Cursor{Order: order, At: p.at, ID: p.id}
	}
	a.Mentions, err = mentions(l.tx, entries)
	return a, err
}

// collect reads entries of a run, as far as they lie in the span of time asked for, and tells where
// the scan stands.
func (l *lister) collect(r *commonRun, p spot, most int) (entries []entry, at spot) {
	r.begun = p.at
	for len(entries) < most {
		e, ok := r.from(p)
		if !ok {
			break
		}
		if e.Published >= l.q.Since && (l.q.Until == 0 || e.Published < l.q.Until) {
			entries = append(entries, e)
		}
		// Nothing is published after it is listed, but for what its page dates better within the day.
		if p = r.spot(e).next(); p.at < int64(l.q.Since-day) {
			return entries, p
		}
	}
	if r.reached.at < p.at { // of its moment all is looked at again: that may be less than was
		return entries, spot{at: r.reached.at}
	}
	return entries, spot{p.at, strings.TrimSuffix(p.id, "\x01")}
}

// span finds what was published in a span of time, and sorts it as listed; unless that is too much.
func (l *lister) span(views map[models.View]int64, clauses [][]models.View, without []models.View) (_ []entry, whole bool, err error) {
	s := &scan{Store: l.Store, tx: l.tx, order: models.ByPublished, left: scanBudget}
	entries, _ := l.collect(l.runs(s, views, clauses, without), spot{at: int64(l.q.Until) - 1}, mostSpan)
	if s.err != nil || s.spent || len(entries) == mostSpan {
		return nil, false, s.err
	}
	listed := scan{order: models.ByListed}
	slices.SortFunc(entries, func(a, b entry) int { return listed.spot(a).compare(listed.spot(b)) })
	if c := l.q.Cursor; c != (models.Cursor{}) {
		behind := spot{c.At, c.ID}.next()
		entries = slices.DeleteFunc(entries, func(e entry) bool { return listed.spot(e).before(behind) })
	}
	return entries, true, nil
}

// runs are the conditions as one run. A view that never had a story has none.
func (l *lister) runs(s *scan, views map[models.View]int64, clauses [][]models.View, without []models.View) *commonRun {
	ranges := func(vs []models.View) (all []run) {
		for _, v := range vs {
			if id, ok := views[v]; ok {
				all = append(all, &rangeRun{scan: s, view: id})
			}
		}
		return all
	}
	common := &commonRun{scan: s, without: ranges(without)}
	for _, c := range clauses {
		common.all = append(common.all, &unionRun{s, ranges(c)})
	}
	return common
}

// views finds the rows of the views that conditions name.
func (l *lister) views(clauses [][]models.View, without []models.View) (map[models.View]int64, error) {
	var names []string
	for _, v := range slices.Concat(slices.Concat(clauses...), without) {
		names = append(names, v.Name())
	}
	var rows []viewRow
	if err := l.tx.Where("name IN ?", names).Find(&rows).Error; err != nil {
		return nil, err
	}
	ids := make(map[models.View]int64, len(rows))
	for _, r := range rows {
		if v, ok := models.ParseView(r.Name); ok {
			ids[v] = r.ID
		}
	}
	return ids, nil
}
