package store

import (
	"errors"
	"math"
	"slices"

	"civicfeed/models"
	"civicfeed/models/search"
)

const (
	lookBudget = 500 // stories that a search looks at
	mostLooked = 250 // at once
	mostMonths = 16  // that the index is asked for
)

// search answers a query with words: the newest first, by Seq. What the index gives is looked at: its
// texts, and where it is.
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
	terms := s.terms()
	below := int64(math.MaxInt64)
	if c := l.q.Cursor; c.Order == models.BySeq {
		below = c.At
	}
	var found []hit
	for looked, n := 0, l.q.Limit+1+l.q.Limit/8; len(found) <= l.q.Limit && looked < lookBudget; n = s.missing(len(found), looked) {
		seqs, err := l.engine.index.find(l.tx, terms, below, n)
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
		below, looked = seqs[len(seqs)-1], looked+n
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

// missing is how many more to look at, as it has gone so far, for a page and one story more.
func (l *lister) missing(found, looked int) int {
	return min((l.q.Limit+1-found)*looked/(found+1)+l.q.Limit/8+1, mostLooked)
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

// terms are what the index is asked for: those of the words, the views, and the months of a span of
// time that is not too long.
func (s *sieve) terms() (all [][]string) {
	for _, term := range s.words.Terms() {
		all = append(all, []string{term})
	}
	for _, views := range s.must {
		var any []string
		for _, view := range views {
			any = append(any, viewTerm(view))
		}
		all = append(all, any)
	}
	if first, last := monthOf(s.q.Since), monthOf(s.q.Until); last-first < mostMonths && s.q.Until != 0 {
		var any []string
		for month := first; month <= last; month++ {
			any = append(any, monthTerm(month))
		}
		all = append(all, any)
	}
	return all
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
	var rows []struct{ Story, Title, Summary, Text, Credit string }
	err := s.tx.Raw("SELECT story, title, summary, text, credit FROM items WHERE story IN ?", idsOf(hits)).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	texts := make(map[string][]string, len(hits))
	for _, r := range rows {
		texts[r.Story] = append(texts[r.Story], searched(&models.Item{Title: r.Title, Summary: r.Summary, Text: r.Text, Credit: r.Credit})...)
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
