package normalize

import (
	"slices"
	"time"

	"civicfeed/models"
)

// newsAfter is how far apart the dates of two entries with one guid and link and other titles are,
// that they are two pieces of news and not one that was retitled.
const newsAfter = 20 * time.Hour

// Identify gives each item of a document its id: that of the held item which it is, else a new
// one. Held are the items of the same source with one of the same identities or addresses, and
// such as were published about when the items were of which nobody knows either. What repeats
// another item of the document in all that is kept of it is left out.
//
// An identity that one item of a document has, and one that is held, means one item, unless both
// title and link are others, or the title and, by a day, the date: then the source gives its guid
// again. Where many have one identity, two of title, link and date must agree, or the link alone
// where no other has it. What is not found so is the held item of its address, where title or date
// agree too: its source has changed its guids, or numbers its entries; or one of its moment whose
// title is its own or much like it; or, where no item's identity is held, one of its title and day:
// see renamed. What is still new has the identity as its id, or where that is not its alone, one made
// of identity, address, title and date.
func Identify(items []models.Item, held []models.Item) []models.Item {
	return identify(items, held, Strange(items, held))
}

// Reidentify is Identify for a document that is read in another way than those before it: what has
// another identity may have it from us.
func Reidentify(items []models.Item, held []models.Item) []models.Item {
	return identify(items, held, true)
}

func identify(items []models.Item, held []models.Item, strange bool) []models.Item {
	r := &recognition{ids: map[string]bool{}, taken: map[string]bool{}}
	groups, doors := map[string]*group{}, map[string]int{}
	for i := range items {
		if sameHouse(items, i, doors) {
			continue
		}
		g := grouped(groups, items[i].Identity)
		if !g.repeats(items, i) {
			g.news = append(g.news, i)
			r.kept = append(r.kept, i)
		}
	}
	held = replaced(held)
	for i := range held {
		r.ids[held[i].ID] = true
		if g := groups[held[i].Identity]; g != nil {
			g.held = append(g.held, &held[i])
		}
	}
	r.items, r.found = items, make([]string, len(items))
	for _, g := range groups {
		r.pair(g, func(it, h *models.Item) bool { return agreement(it, h) == 3 })
		r.pair(g, func(it, h *models.Item) bool { return agreement(it, h) == 2 })
	}
	r.readdressed(held, strange)
	for _, g := range groups {
		r.recognize(g)
	}
	r.renamed(held, strange)
	once := make([]models.Item, 0, len(r.kept))
	for _, i := range r.kept {
		it := items[i]
		if it.ID = r.found[i]; it.ID == "" {
			it.ID = r.name(&it, groups[it.Identity])
		}
		once = append(once, it)
	}
	return once
}

// sameHouse tells whether an item is listed before by another door to one article; first are the
// items by address.
func sameHouse(items []models.Item, i int, first map[string]int) bool {
	it := &items[i]
	j, twice := first[it.Address]
	if !twice {
		first[it.Address] = i
		return false
	}
	other := &items[j]
	return it.Address != "" && sameTitle(it, other) && sameDate(it, other) != differs &&
		(it.Identity == other.Identity && it.Link != other.Link || it.Identity != other.Identity && addressKey(nil, it.Link) != addressKey(nil, other.Link))
}

// replaced are held items with their addresses in the form in which they are compared today.
func replaced(held []models.Item) []models.Item {
	var all []models.Item
	for i := range held {
		place := Place(held[i].Address)
		if place == held[i].Address || place == "" {
			continue
		}
		if all == nil {
			all = slices.Clone(held)
		}
		all[i].Address = place
	}
	if all == nil {
		return held
	}
	return all
}

// group is what has one identity: the items of the document, by index, and those held.
type group struct {
	news []int
	held []*models.Item
}

func grouped(groups map[string]*group, identity string) *group {
	g := groups[identity]
	if g == nil {
		g = &group{}
		groups[identity] = g
	}
	return g
}

// repeats tells whether the group has an item that is in nothing different.
func (g *group) repeats(items []models.Item, i int) bool {
	return slices.ContainsFunc(g.news, func(j int) bool {
		return sameDate(&items[i], &items[j]) != differs && items[i].Sum() == items[j].Sum()
	})
}

// recognition is a document at the work of finding its items among those held.
type recognition struct {
	items []models.Item
	kept  []int           // indexes of items that repeat no other
	found []string        // ids by index; empty where none is found
	taken map[string]bool // held ids that an item has been found to be
	ids   map[string]bool // all that are in use
}

func (r *recognition) take(i int, h *models.Item) {
	r.found[i], r.taken[h.ID] = h.ID, true
}

// recognize finds the items of a group among its held ones, where little more than the identity
// agrees.
func (r *recognition) recognize(g *group) {
	if len(g.news) == 1 && len(g.held) == 1 {
		r.pair(g, sameAlone)
		return
	}
	r.pair(g, func(it, h *models.Item) bool { return r.linkIsIts(g, it, h) })
}

// pair takes every item for the first held one that it is the same as.
func (r *recognition) pair(g *group, same func(it, h *models.Item) bool) {
	for _, i := range g.news {
		for _, h := range g.held {
			if r.found[i] == "" && !r.taken[h.ID] && same(&r.items[i], h) {
				r.take(i, h)
			}
		}
	}
}

// sameAlone tells whether the only item and the only held one of an identity are the same.
func sameAlone(it, h *models.Item) bool {
	if squeeze(it.Title) == squeeze(h.Title) {
		return true
	}
	if it.Address == h.Address {
		return sameDate(it, h) != differs || gap(it, h) < newsAfter
	}
	return sameDate(it, h) == agrees && (it.Published.Precision != models.Day || alike(it.Title, h.Title))
}

// linkIsIts tells whether an item and a held one share a link that no other of the group has.
func (r *recognition) linkIsIts(g *group, it, h *models.Item) bool {
	if it.Address == "" || it.Address != h.Address {
		return false
	}
	has := 0
	for _, i := range g.news {
		if r.items[i].Address == it.Address {
			has++
		}
	}
	for _, other := range g.held {
		if other.Address == it.Address {
			has++
		}
	}
	return has == 2
}

// readdressed finds items by their address, whatever their identity: with title and date, or where
// it is theirs alone, with one of them.
func (r *recognition) readdressed(held []models.Item, strange bool) {
	at := map[string]*residents{}
	for _, i := range r.kept {
		reside(at, &r.items[i]).items++
	}
	for j := range held {
		reside(at, &held[j]).titles[squeeze(held[j].Title)] = true
	}
	for _, exactly := range []bool{true, false} {
		for _, j := range r.free(held) {
			h := &held[j]
			if here := at[h.Address]; h.Address == "" || here.items == 0 || !exactly && (here.items > 1 || len(here.titles) > 1) {
				continue
			}
			for _, i := range r.kept {
				it := &r.items[i]
				if r.found[i] == "" && !r.taken[h.ID] && it.Address == h.Address &&
					(sameTitle(it, h) && sameDate(it, h) != differs || !exactly && sameThere(it, h, strange)) {
					r.take(i, h)
				}
			}
		}
	}
}

// residents are what has one address: items of the document, and the titles of held ones.
type residents struct {
	items  int
	titles map[string]bool
}

func reside(at map[string]*residents, it *models.Item) *residents {
	if at[it.Address] == nil {
		at[it.Address] = &residents{titles: map[string]bool{}}
	}
	return at[it.Address]
}

// sameThere tells whether the only item and the only held one of an address are the same. In a
// strange document guids tell nothing, and neither do dates where the title is the same. In any
// other a page that is written anew each day, and has another guid each time, is news each time.
func sameThere(it, h *models.Item, strange bool) bool {
	date := sameDate(it, h)
	apart := date == differs && gap(it, h) >= newsAfter
	switch {
	case sameTitle(it, h):
		return strange || !apart
	case alike(it.Title, h.Title):
		return !apart && (strange || date != lacking)
	}
	return date == agrees && (strange || sharp(it.Published))
}

// name makes the id of a new item.
func (r *recognition) name(it *models.Item, g *group) string {
	id := it.Identity
	if len(g.news) > 1 || len(g.held) > 0 || r.ids[id] {
		id = digest(it.Identity, addressKey(nil, it.Link), squeeze(it.Title), squeeze(it.Published.Raw))
	}
	for r.ids[id] { // the same in all these, but not in the text
		id = digest(id, it.Hash)
	}
	r.ids[id] = true
	return id
}

// agreement counts in how many of title, link and date two agree; what one lacks does not count.
func agreement(it, h *models.Item) int {
	n := 0
	if it.Title != "" && squeeze(it.Title) == squeeze(h.Title) {
		n++
	}
	if it.Address != "" && it.Address == h.Address {
		n++
	}
	if sameDate(it, h) == agrees {
		n++
	}
	return n
}

// likeness of something that one of two may lack.
type likeness int

const (
	lacking likeness = iota
	agrees
	differs
)

// sameDate compares dates of publication as the source told them. Where it tells updates only,
// another one is nothing by which to tell items apart.
func sameDate(it, h *models.Item) likeness {
	switch {
	case it.Published.Raw == "" || h.Published.Raw == "":
		return lacking
	case it.Published.Raw == h.Published.Raw || it.Published.At != 0 && it.Published.At == h.Published.At:
		return agrees
	case it.Published.Raw == it.Updated.Raw && h.Published.Raw == h.Updated.Raw:
		return lacking
	}
	return differs
}

func gap(it, h *models.Item) time.Duration {
	return it.Published.At.Time().Sub(h.Published.At.Time()).Abs()
}
