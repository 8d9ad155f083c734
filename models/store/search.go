package store

import (
	"errors"
	"math"
	"slices"

	"civicfeed/models"
	"civicfeed/models/search"
)

const (
	lookBudget = 20_000 // stories that a search looks at
	mostLooked = 1_000  // at once
	smallView  = 2_000  // stories in views that are looked at one by one
)

// search answers a query with words: the newest first, by Seq. What an index gives is looked at, and
// so are the views it must be in. Where those are small, their stories are looked at instead.
func (l *lister) search(clauses [][]models.View, without []models.View) (a models.Answer, err error) {
	words := search.Parse(l.q.Text)
	if words.Empty() {
		return a, nil
	}
	s := &sieve{lister: l, words: words}
	if s.must, s.never, err = l.conditionIDs(clauses, without); errors.Is(err, ErrNotFound) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	candidates, err := s.candidates()
	if err != nil {
		return a, err
	}
	below := int64(math.MaxInt64)
	if c := l.q.Cursor; c.Order == models.BySeq {
		below = c.At
	}
	var found []hit
	for left, n := lookBudget, l.q.Limit+1; len(found) <= l.q.Limit && left > 0; n = min(4*n, mostLooked) {
		seqs, err := candidates(below, n)
		if err != nil {
			return a, err
		}
		kept, err := s.sift(seqs)
		if err != nil {
			return a, err
		}
		found = append(found, kept...)
		if len(seqs) < n {
			below = 0
			break
		}
		below, left = seqs[len(seqs)-1], left-n
	}
	if len(found) > l.q.Limit {
		found, below = found[:l.q.Limit], found[l.q.Limit-1].Seq
	}
	if below > 0 {
		a.Next = models.Cursor{Order: models.BySeq, At: below}
	}
	for _, h := range found {
		a.Mentions = append(a.Mentions, models.Mention{ID: h.ID, Rev: h.Rev, Listed: h.Listed, Published: h.Published})
	}
	return a, nil
}

// hit is a story that was found.
type hit struct {
	Seq       int64
	ID        string
	Rev       int64
	Listed    models.Millis
	Published models.Millis
}

// sieve looks at candidates.
type sieve struct {
	*lister
	words search.Query
	must  [][]int64 // views: of each list one at least
	never []int64
}

// conditionIDs are conditions by the numbers of views. One that no story can meet is [ErrNotFound].
func (l *lister) conditionIDs(clauses [][]models.View, without []models.View) (must [][]int64, never []int64, err error) {
	ids, err := l.views(clauses, without)
	if err != nil {
		return nil, nil, err
	}
	numbers := func(views []models.View) (all []int64) {
		for _, v := range views {
			if id, ok := ids[v]; ok {
				all = append(all, id)
			}
		}
		return all
	}
	for _, c := range clauses {
		some := numbers(c)
		if len(some) == 0 {
			return nil, nil, ErrNotFound
		}
		if !slices.Equal(c, []models.View{{}}) {
			must = append(must, some)
		}
	}
	return must, numbers(without), nil
}

// candidates gives the numbers of stories that may fit, the newest first.
func (s *sieve) candidates() (func(below int64, n int) ([]int64, error), error) {
	for _, views := range s.must {
		var size int
		err := s.tx.Raw("SELECT count(*) FROM (SELECT 1 FROM memberships WHERE view IN ? AND shown LIMIT ?) AS few", views, smallView+1).Scan(&size).Error
		if err != nil {
			return nil, err
		}
		if size > smallView {
			continue
		}
		return func(below int64, n int) (seqs []int64, err error) {
			return seqs, s.tx.Raw(`SELECT DISTINCT s.seq FROM memberships m JOIN stories s ON s.id = m.story
				WHERE m.view IN ? AND m.shown AND s.seq < ? ORDER BY s.seq DESC LIMIT ?`, views, below, n).Scan(&seqs).Error
		}, nil
	}
	terms := s.words.Terms()
	return func(below int64, n int) ([]int64, error) {
		return s.engine.index.find(s.tx, terms, below, n)
	}, nil
}

// sift keeps the stories that fit, in the order given.
func (s *sieve) sift(seqs []int64) (hits []hit, err error) {
	if len(seqs) == 0 {
		return nil, nil
	}
	err = s.tx.Raw("SELECT seq, id, rev, listed, published FROM stories WHERE seq IN ? AND listed <> 0 AND withdrawn = 0 ORDER BY seq DESC", seqs).Scan(&hits).Error
	if err != nil {
		return nil, err
	}
	hits = slices.DeleteFunc(hits, func(h hit) bool {
		return h.Published < s.q.Since || s.q.Until != 0 && h.Published >= s.q.Until
	})
	if hits, err = s.placed(hits); err != nil {
		return nil, err
	}
	return s.worded(hits)
}

// placed keeps the stories that are in the right views.
func (s *sieve) placed(hits []hit) ([]hit, error) {
	views := slices.Concat(append(slices.Clone(s.must), s.never)...)
	if len(views) == 0 || len(hits) == 0 {
		return hits, nil
	}
	var rows []membership
	if err := s.tx.Where("story IN ? AND view IN ? AND shown", idsOf(hits), views).Find(&rows).Error; err != nil {
		return nil, err
	}
	in := make(map[string][]int64, len(hits))
	for _, m := range rows {
		in[m.Story] = append(in[m.Story], m.View)
	}
	return slices.DeleteFunc(hits, func(h hit) bool {
		has := func(view int64) bool { return slices.Contains(in[h.ID], view) }
		return slices.ContainsFunc(s.never, has) ||
			slices.ContainsFunc(s.must, func(any []int64) bool { return !slices.ContainsFunc(any, has) })
	}), nil
}

// worded keeps the stories whose texts have the words.
func (s *sieve) worded(hits []hit) ([]hit, error) {
	if len(hits) == 0 {
		return hits, nil
	}
	var items []models.Item
	err := s.tx.Select("story", "title", "summary", "text", "credit").Where("story IN ?", idsOf(hits)).Find(&items).Error
	if err != nil {
		return nil, err
	}
	texts := make(map[string][]string, len(hits))
	for i := range items {
		texts[items[i].Story] = append(texts[items[i].Story], searched(&items[i])...)
	}
	return slices.DeleteFunc(hits, func(h hit) bool { return !s.words.Matches(texts[h.ID]...) }), nil
}

func idsOf(hits []hit) []string {
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	return ids
}
