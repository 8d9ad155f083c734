package normalize

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"civicfeed/models"
)

// maxPlaces bounds the places told of an item.
const maxPlaces = 40

// PlaceNames are the names of places in an item's title and text, in the order in which they come: those
// of regions, found by name or alias, and those that the grammar of Chinese place names tells: two to
// five characters before 市, 区, 街道, 社区 and the like. 我市 is the city of the paper, where the item
// names it elsewhere. A word that only may be a place (社区, 该区, 推进社区) is none.
func PlaceNames(it *models.Item, regions []models.Region) []string {
	text := it.Title + "\n" + cut(it.Text, 512<<10)
	at := map[string]int{}
	tell := func(name string, where int) {
		if held, ok := at[name]; where >= 0 && (!ok || where < held) {
			at[name] = where
		}
	}
	for i := range regions {
		for _, form := range append([]string{regions[i].Name}, regions[i].Aliases...) {
			if utf8.RuneCountInString(form) >= 2 {
				tell(regions[i].Name, strings.Index(text, form))
			}
		}
	}
	for name, where := range gazette(text) {
		tell(name, where)
	}
	for _, unit := range []string{"市", "县", "区", "镇"} {
		if where := strings.Index(text, "我"+unit); where >= 0 {
			tell(homeOf(it, unit), where)
		}
	}
	delete(at, "")
	names := make([]string, 0, len(at))
	for name := range at {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(at[a]-at[b], strings.Compare(a, b)) })
	return names[:min(len(names), maxPlaces)]
}

// homeOf is the city that a paper calls ours: its own name begins with it, and the item names it.
func homeOf(it *models.Item, unit string) string {
	media := []string{it.Credit}
	for i := range it.People {
		media = append(media, it.People[i].Outlet)
	}
	near := strings.Join(slices.Concat(media, it.Breadcrumb, []string{it.Column, it.Previous.Title, it.Next.Title}), "\n")
	for _, paper := range media {
		for n := 2; n <= 4 && n < utf8.RuneCountInString(paper); n++ {
			if name := prefix(paper, n) + unit; strings.Contains(near, name) {
				return name
			}
		}
	}
	return ""
}

// sighting is what was seen of a name in a text.
type sighting struct {
	at    int // first, in bytes
	firm  int // times that no word around it speaks against it
	begun bool
	chain bool // it stands next to another place: 云溪区白石街道
	unit  string
}

// gazette reads the names of places in a text in one pass, and gives those that are certain, with
// where each came first.
func gazette(text string) map[string]int {
	seen := map[string]*sighting{}
	from, open, last := 0, true, -1 // where a name may begin; after a mark or a preposition; end of the last place
	joined, lastName := -1, ""      // where one begins that is told along with the last
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.Is(unicode.Han, c) {
			i += size
			from, open = i, true
			continue
		}
		n, opens := stopAt(text[i:])
		if n == 0 && (isAnd(c) && last == i || datePart(c) && numbered(text[:i])) {
			n, opens = size, true
			if isAnd(c) {
				joined = i + size
			}
		}
		if n > 0 {
			i += n
			from, open = i, opens
			continue
		}
		unit := unitAt(text[i:])
		if unit == "" || unit == "村" && unitAt(text[i+size:]) != "" {
			i += size
			continue
		}
		stem, end := text[from:i], i+len(unit)
		n = utf8.RuneCountInString(stem)
		if n == 1 && (unit == "市" || unit == "区" || unit == "村" || unit == "镇" || unit == "乡" || unit == "县") && last != from {
			i += size // a part of a name, as in 沙市区
			if slices.Contains(pronouns, stem) || genericStem(stem, unit) {
				from, open = i, false
			}
			continue
		}
		if n >= 1 && n <= 5 && !genericStem(stem, unit) && !otherWord(unit, text[end:]) {
			name := text[from:end]
			s := seen[name]
			if s == nil {
				s = &sighting{at: from, unit: unit}
				seen[name] = s
			}
			if !weakAfter(text[end:]) {
				s.firm++
				s.begun = s.begun || open
			}
			if n <= 4 && (last == from || joined == from) && seen[lastName] != nil {
				s.chain, seen[lastName].chain = true, true
			}
			last, lastName = end, name
		}
		i = end
		from, open = i, false
	}
	return certain(seen)
}

// certain leaves out names that were seen but once amid a sentence, and takes off what verbs have left
// before a name that is known.
func certain(seen map[string]*sighting) map[string]int {
	found := map[string]int{}
	for name, s := range seen {
		stem := []rune(strings.TrimSuffix(name, s.unit))
		common := s.unit == "社区" || s.unit == "村" || s.unit == "街道" || s.unit == "办事处"
		sure := s.chain || s.firm >= 2 || s.begun && !common
		for cut := 1; cut <= len(stem)-2; cut++ {
			if inner := seen[string(stem[cut:])+s.unit]; inner != nil && (inner.firm > 0 || inner.chain) {
				sure = false // 协调柳桥村, where 柳桥村 is a name
			}
		}
		if sure {
			found[name] = s.at
		}
	}
	return found
}
