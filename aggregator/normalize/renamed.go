package normalize

import (
	"math"
	"slices"
	"time"

	"civicfeed/models"
)

// Content systems are replaced, and then every guid is another, and often every link; some build
// both of the headline, so that a corrected headline is another guid. What is left are the title
// and the date.
const (
	few    = 2              // entries from which on a document of which none is known by identity is strange
	crowd  = 5              // entries from which on its titles alone may tell what they are
	sameAs = 12 * time.Hour // how far dates drift apart when a system is replaced: by a zone, say
	enough = 3              // entries that must be recognized by title and day, for that to be no chance
)

// Strange tells of a document none of whose items is held by its identity: its source has changed
// its guids, or everything in it is new.
func Strange(items, held []models.Item) bool {
	identities := make(map[string]bool, len(held))
	for i := range held {
		identities[held[i].Identity] = true
	}
	return len(items) >= few && !slices.ContainsFunc(items, func(it models.Item) bool { return identities[it.Identity] })
}

// renamed finds items that are held under another identity and at another address.
func (r *recognition) renamed(held []models.Item, strange bool) {
	r.replaced(held)
	if strange {
		r.moved(held)
	}
}

// replaced finds items by a moment that is theirs alone, in the document and among all held, and by
// their title, or one much like it. Where others of the document are known, what seems replaced would
// have to be there still, since older ones are: else it has only left, and this is news.
func (r *recognition) replaced(held []models.Item) {
	news, olds := map[models.Millis]int{}, map[models.Millis]int{}
	known, oldest := false, models.Millis(math.MaxInt64)
	for _, i := range r.kept {
		at := r.items[i].Published.At
		news[at]++
		if r.found[i] != "" {
			known = true
			if at != 0 {
				oldest = min(oldest, at)
			}
		}
	}
	for j := range held {
		olds[held[j].Published.At]++
	}
	r.match(held, func(it, h *models.Item) bool {
		at := it.Published.At
		if !sharp(it.Published) || at != h.Published.At || news[at] > 1 || olds[at] > 1 {
			return false
		}
		return sameTitle(it, h) && !known || at > oldest && (sameTitle(it, h) || alike(it.Title, h.Title))
	})
}

// match takes each item for the held one that it is the same as, where there is one only, and that
// one is like no other item.
func (r *recognition) match(held []models.Item, same func(it, h *models.Item) bool) (taken []int) {
	pairs := map[int][]int{}  // items to held ones
	claims := map[int][]int{} // and back
	free := r.free(held)
	for _, i := range r.kept {
		if r.found[i] != "" {
			continue
		}
		for _, j := range free {
			if same(&r.items[i], &held[j]) {
				pairs[i], claims[j] = append(pairs[i], j), append(claims[j], i)
			}
		}
	}
	for i, js := range pairs {
		if len(js) == 1 && len(claims[js[0]]) == 1 {
			r.take(i, &held[js[0]])
			taken = append(taken, i)
		}
	}
	return taken
}

// free lists the held items that no item has been found to be.
func (r *recognition) free(held []models.Item) []int {
	var free []int
	for j := range held {
		if !r.taken[held[j].ID] {
			free = append(free, j)
		}
	}
	return free
}

// moved finds the items of a source that was moved to another system, by title and day. It must be
// most of those that are not newer than anything held, or all there are; else there is none to be sure
// of.
func (r *recognition) moved(held []models.Item) {
	newest := Newest(held)
	taken := r.match(held, func(it, h *models.Item) bool {
		return it.Published.At <= newest && titleAndDay(it, h) && (len(r.kept) >= crowd || sameDate(it, h) != lacking)
	})
	old, known := 0, 0
	for _, i := range r.kept {
		if it := &r.items[i]; it.Published.At <= newest {
			old++
			if r.found[i] != "" {
				known++
			}
		}
	}
	if known >= enough && known*5 >= old*4 || known >= few && known == len(r.kept) {
		return
	}
	for _, i := range taken {
		delete(r.taken, r.found[i])
		r.found[i] = ""
	}
}

// Newest is the latest date that a source told of what is held.
func Newest(held []models.Item) (newest models.Millis) {
	for i := range held {
		if p := held[i].Published; p.From != models.FromSeen {
			newest = max(newest, p.At)
		}
	}
	return newest
}

func sameTitle(it, h *models.Item) bool {
	return it.Title != "" && squeeze(it.Title) == squeeze(h.Title)
}

func titleAndDay(it, h *models.Item) bool {
	if !sameTitle(it, h) {
		return false
	}
	if sameDate(it, h) != differs {
		return true
	}
	apart := gap(it, h)
	if (it.Published.Precision == models.Day) != (h.Published.Precision == models.Day) {
		apart -= sameAs // one tells the midnight of a day, the other a time of it
	}
	return it.Published.At != 0 && h.Published.From != models.FromSeen && apart <= sameAs
}

// sharp tells a moment to the second: one of a full minute may be no more than that minute.
func sharp(m models.Moment) bool {
	return m.At != 0 && m.Precision == models.Second && m.At%models.Millis(time.Minute.Milliseconds()) != 0
}

// alike tells whether two texts share more than half of their pairs of characters.
func alike(a, b string) bool {
	x, y := bigrams(a), bigrams(b)
	shared := 0
	for pair, n := range x {
		shared += min(n, y[pair])
	}
	return 4*shared > count(x)+count(y) && shared >= 2
}

func bigrams(s string) map[[2]rune]int {
	pairs := map[[2]rune]int{}
	var before rune
	for _, c := range squeeze(s) {
		if before != 0 {
			pairs[[2]rune{before, c}]++
		}
		before = c
	}
	return pairs
}

func count(pairs map[[2]rune]int) (n int) {
	for _, m := range pairs {
		n += m
	}
	return n
}
