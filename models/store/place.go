package store

import (
	"fmt"
	"maps"
	"slices"

	"civicfeed/models"
)

// membership says that a view lists a story, or did, and where in its orders.
type membership struct {
	Story     string
	View      int64
	Listed    models.Millis
	Published models.Millis
	Seq       int64 // the number at which it entered, for ever
	Shown     bool  // false: it has left
	Withdrawn bool  // it was shown when its story was taken back
}

// viewRow is a view that has or had stories.
type viewRow struct {
	ID      int64 `gorm:"primaryKey"`
	Name    string
	Rev     int64
	Changed models.Millis

	Archives       int           // that are closed
	Waiting        int           // memberships in none of them
	ArchivedSeq    int64         // the highest in them
	ArchivedListed models.Millis // likewise
	Withdrawn      int64         // the newest change that took a story of it back
}

// TableName is for GORM.
func (viewRow) TableName() string { return "views" }

// placement is where a story belongs.
type placement struct {
	story *models.Story
	views []string
}

// judge places stories by a catalog.
type judge struct {
	*models.Catalog
	rules string // their fingerprint
}

// place judges where a story belongs by all its copies, and writes sections and regions into it.
// Where the catalog no longer names the source of a copy, the story keeps what it had of those
// sections and regions that are still there. No view has one that is not listed yet.
func (j *judge) place(story *models.Story, copies []models.Item) placement {
	var m models.Membership
	var sources []string
	for i := range copies {
		sources = include(sources, copies[i].Source)
		if _, ok := j.Source(copies[i].Source); ok {
			judged := j.Membership(&copies[i])
			m.Sections, m.Regions = include(m.Sections, judged.Sections...), include(m.Regions, judged.Regions...)
			continue
		}
		m.Sections = include(m.Sections, slices.DeleteFunc(slices.Clone(story.Sections), func(k string) bool {
			_, ok := j.Section(k)
			return !ok
		})...)
		m.Regions = include(m.Regions, slices.DeleteFunc(slices.Clone(story.Regions), func(k string) bool {
			_, ok := j.Region(k)
			return !ok
		})...)
	}
	story.Sections, story.Regions = m.Sections, m.Regions
	p := placement{story: story}
	if story.Listed == 0 || story.Withdrawn != 0 {
		return p // it waits, or is gone
	}
	for _, v := range j.Views(m, sources...) {
		p.views = append(p.views, v.Name())
	}
	return p
}

func include(keys []string, more ...string) []string {
	for _, k := range more {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// replace judges stories anew by the items now held, and writes what became different. Those that
// changed for another reason are written, and their views touched, in any case.
func (c *change) replace(j *judge, stories []models.Story, changed bool) error {
	copies, err := c.copies(stories)
	if err != nil {
		return err
	}
	places := make([]placement, len(stories))
	var moved []placement
	for i := range stories {
		story := &stories[i]
		sections, regions := story.Sections, story.Regions
		places[i] = j.place(story, copies[story.ID])
		if !changed && slices.Equal(sections, story.Sections) && slices.Equal(regions, story.Regions) {
			continue
		}
		story.Rev = c.next()
		moved = append(moved, places[i])
		if err := c.tx.Select("rev", "published", "updated", "sections", "regions").Updates(story).Error; err != nil {
			return fmt.Errorf("write story %s: %w", story.ID, err)
		}
	}
	grown, err := c.move(places, moved)
	if err != nil {
		return err
	}
	var found []models.Story // by something else than before
	for _, s := range stories {
		if changed || grown[s.ID] {
			found = append(found, s)
		}
	}
	views, err := c.shownIn(found)
	if err != nil {
		return err
	}
	return c.index(found, copies, views, false)
}

// shownIn reads the views that list stories.
func (c *change) shownIn(stories []models.Story) (map[string][]int64, error) {
	views := make(map[string][]int64, len(stories))
	for some := range slices.Chunk(stories, chunk) {
		ids := make([]string, len(some))
		for i := range some {
			ids[i] = some[i].ID
		}
		var rows []membership
		if err := c.tx.Raw("SELECT story, view FROM memberships WHERE story IN ? AND shown", ids).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("read the views of stories: %w", err)
		}
		for _, m := range rows {
			views[m.Story] = append(views[m.Story], m.View)
		}
	}
	return views, nil
}

// copies reads the items of stories, without the bulk of their text.
func (c *change) copies(stories []models.Story) (map[string][]models.Item, error) {
	ids := make([]string, len(stories))
	for i := range stories {
		ids[i] = stories[i].ID
	}
	var items []models.Item
	if err := c.tx.Omit("content", "people", "media").Where("story IN ?", ids).Order("id").Find(&items).Error; err != nil {
		return nil, fmt.Errorf("read the items of stories: %w", err)
	}
	copies := make(map[string][]models.Item, len(stories))
	for _, it := range items {
		copies[it.Story] = append(copies[it.Story], it)
	}
	return copies, nil
}

// enter puts new stories into their views, and tells those.
func (c *change) enter(places []placement) (map[string][]int64, error) {
	ids, err := c.viewIDs(places)
	if err != nil {
		return nil, err
	}
	var joined []membership
	views := make(map[string][]int64, len(places))
	for _, p := range places {
		joined, _ = c.join(joined, p, ids, nil, p.story.Seq)
		for _, name := range p.views {
			views[p.story.ID] = append(views[p.story.ID], ids[name])
		}
	}
	return views, c.insert(joined)
}

// move makes the views of stories those of their placements. The views of moved stories change
// though the story stays in them. It tells the stories that came into a view.
func (c *change) move(places, moved []placement) (grown map[string]bool, err error) {
	ids, err := c.viewIDs(places)
	if err != nil {
		return nil, err
	}
	held, err := c.memberships(places)
	if err != nil {
		return nil, err
	}
	grown = map[string]bool{}
	for _, p := range moved {
		for _, name := range p.views {
			c.touch(ids[name])
		}
	}
	var joined []membership
	left, back := map[int64][]string{}, map[int64][]string{}
	for _, p := range places {
		had := held[p.story.ID]
		var returned []int64
		before := len(joined)
		joined, returned = c.join(joined, p, ids, had, 0)
		grown[p.story.ID] = len(joined) > before || len(returned) > 0
		for _, view := range returned {
			back[view] = append(back[view], p.story.ID)
		}
		for view, shown := range had {
			if shown && !slices.ContainsFunc(p.views, func(name string) bool { return ids[name] == view }) {
				left[view] = append(left[view], p.story.ID)
			}
		}
	}
	c.judged = c.judged || len(moved) < len(places) && len(left)+len(back)+len(joined) > 0
	if err := c.show(left, false); err != nil {
		return nil, err
	}
	if err := c.show(back, true); err != nil {
		return nil, err
	}
	return grown, c.insert(joined)
}

// join adds the memberships that a placement asks for and the story has not, and tells into which
// views it returns. They enter at a number, or where that is 0 at the next.
func (c *change) join(joined []membership, p placement, ids map[string]int64, had map[int64]bool, seq int64) (_ []membership, returned []int64) {
	for _, name := range p.views {
		view := ids[name]
		switch shown, delivered := had[view]; {
		case shown:
		case delivered:
			returned = append(returned, view)
		default:
			if seq == 0 {
				seq = c.next()
			}
			joined = append(joined, membership{Story: p.story.ID, View: view, Listed: p.story.Listed, Published: p.story.Published, Seq: seq, Shown: true})
			c.entered(view, p.story.Listed)
		}
	}
	return joined, returned
}

// entered notes that a story comes into a view.
func (c *change) entered(view int64, listed models.Millis) {
	c.touch(view)
	e := c.entries[view]
	if e == nil {
		e = &entries{least: listed}
		c.entries[view] = e
	}
	e.count++
	e.least = min(e.least, listed)
}

func (c *change) insert(joined []membership) error {
	if len(joined) == 0 {
		return nil
	}
	if err := c.tx.CreateInBatches(&joined, chunk).Error; err != nil {
		return fmt.Errorf("write memberships: %w", err)
	}
	return nil
}

// show ends memberships, or takes them up again.
func (c *change) show(stories map[int64][]string, shown bool) error {
	for _, view := range slices.Sorted(maps.Keys(stories)) {
		c.touch(view)
		for some := range slices.Chunk(stories[view], chunk) {
			if err := c.tx.Exec("UPDATE memberships SET shown = ? WHERE story IN ? AND view = ?", shown, some, view).Error; err != nil {
				return fmt.Errorf("change memberships: %w", err)
			}
		}
	}
	return nil
}

func (c *change) memberships(places []placement) (map[string]map[int64]bool, error) {
	stories := make([]string, len(places))
	held := make(map[string]map[int64]bool, len(places))
	for i, p := range places {
		stories[i], held[p.story.ID] = p.story.ID, map[int64]bool{}
	}
	var rows []membership
	if err := c.tx.Where("story IN ?", stories).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read memberships: %w", err)
	}
	for _, m := range rows {
		held[m.Story][m.View] = m.Shown
	}
	return held, nil
}

// viewIDs finds the views that placements name, and makes those that are not there yet.
func (c *change) viewIDs(places []placement) (map[string]int64, error) {
	wanted := map[string]bool{}
	for _, p := range places {
		for _, name := range p.views {
			wanted[name] = true
		}
	}
	ids := make(map[string]int64, len(wanted))
	for some := range slices.Chunk(slices.Sorted(maps.Keys(wanted)), chunk) {
		var rows []viewRow
		if err := c.tx.Where("name IN ?", some).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("read views: %w", err)
		}
		for _, v := range rows {
			ids[v.Name] = v.ID
		}
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if _, ok := ids[name]; ok {
			continue
		}
		v := viewRow{Name: name}
		if err := c.tx.Create(&v).Error; err != nil {
			return nil, fmt.Errorf("make view %s: %w", name, err)
		}
		ids[name] = v.ID
	}
	return ids, nil
}

func (c *change) touch(views ...int64) {
	for _, v := range views {
		c.touched[v] = true
	}
}
