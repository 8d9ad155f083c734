package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"civicfeed/models"

	"gorm.io/gorm"
)

// Archives follow one rule: what a view has delivered and is in no archive yet is among its newest by
// Listed, as many as an archive has. So a reader who takes the newest and the archives misses nothing.
// What enters further down (a backlog, or a story that a change of the catalog brings) closes an
// archive at once, however short.

// ArchiveSize is how many stories an archive has at most.
const ArchiveSize = 50

// archiveRow is an archive that is closed.
type archiveRow struct {
	View    int64
	Number  int
	Rev     int64         // at which it was closed
	Closed  models.Millis // when
	Stories []archived    `gorm:"serializer:json"` // in order of entry
}

// TableName is for GORM.
func (archiveRow) TableName() string { return "archives" }

// archived is a story in an archive: where it belonged when that was closed.
type archived struct {
	ID       string   `json:"id"`
	Sections []string `json:"sections,omitempty"`
	Regions  []string `json:"regions,omitempty"`
}

// closeArchives closes what is to be closed of the views that stories have entered.
func (c *change) closeArchives() error {
	for some := range slices.Chunk(slices.Sorted(maps.Keys(c.entries)), chunk) {
		var views []viewRow
		if err := c.tx.Where("id IN ?", some).Order("id").Find(&views).Error; err != nil {
			return fmt.Errorf("read views: %w", err)
		}
		for i := range views {
			if err := c.closeOf(&views[i]); err != nil {
				return fmt.Errorf("archive %s: %w", views[i].Name, err)
			}
		}
	}
	return nil
}

// closeOf closes archives of a view until what is left of it is among its newest.
func (c *change) closeOf(v *viewRow) error {
	late := c.entries[v.ID].least <= v.ArchivedListed
	before := v.Archives
	for v.Waiting >= ArchiveSize || late && v.Waiting > 0 {
		var waiting []membership
		err := c.tx.Where("view = ? AND seq > ?", v.ID, v.ArchivedSeq).Order("seq").Limit(ArchiveSize).Find(&waiting).Error
		if err != nil {
			return fmt.Errorf("read what it delivered: %w", err)
		}
		if len(waiting) == 0 {
			v.Waiting = 0
			break
		}
		if err := c.closeWith(v, waiting); err != nil {
			return err
		}
		if late, err = c.isLate(v); err != nil {
			return err
		}
	}
	if v.Archives == before {
		return nil
	}
	return c.tx.Select("archives", "waiting", "archived_seq", "archived_listed").Updates(v).Error
}

// isLate tells whether something that waits is listed no higher than what is archived.
func (c *change) isLate(v *viewRow) (bool, error) {
	var n int
	err := c.tx.Raw("SELECT count(*) FROM memberships WHERE view = ? AND seq > ? AND listed <= ?", v.ID, v.ArchivedSeq, v.ArchivedListed).Scan(&n).Error
	return n > 0, err
}

// closeWith makes an archive of these memberships.
func (c *change) closeWith(v *viewRow, members []membership) error {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = m.Story
		v.ArchivedListed = max(v.ArchivedListed, m.Listed)
	}
	var stories []models.Story
	if err := c.tx.Select("seq", "id", "sections", "regions").Where("id IN ?", ids).Find(&stories).Error; err != nil {
		return fmt.Errorf("read stories: %w", err)
	}
	byID := make(map[string]*models.Story, len(stories))
	for i := range stories {
		byID[stories[i].ID] = &stories[i]
	}
	v.Archives, v.Waiting, v.ArchivedSeq = v.Archives+1, v.Waiting-len(members), members[len(members)-1].Seq
	row := archiveRow{View: v.ID, Number: v.Archives, Rev: c.ledger.Rev, Closed: c.now}
	for _, id := range ids {
		if s := byID[id]; s != nil {
			row.Stories = append(row.Stories, archived{id, s.Sections, s.Regions})
		}
	}
	return c.tx.Create(&row).Error
}

// Archive reads an archive of a view by its number, from 1 on. There being none is [ErrNotFound].
func (s *Store) Archive(ctx context.Context, v models.View, number int) (models.Archive, error) {
	a := models.Archive{View: v, Number: number}
	err := s.snapshot(ctx, func(tx *gorm.DB) error {
		view, err := viewOf(tx, v)
		if err != nil {
			return err
		}
		var rows []archiveRow
		if err := tx.Where("view = ? AND number = ?", view.ID, number).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return ErrNotFound
		}
		a.Newest, a.Closed = view.Archives, rows[0].Closed
		if a.Stories, err = frozen(tx, &rows[0]); err != nil {
			return err
		}
		for _, s := range a.Stories {
			a.Closed = max(a.Closed, s.Withdrawn)
		}
		a.Stories = slices.DeleteFunc(a.Stories, func(s models.Story) bool { return s.Withdrawn != 0 })
		return nil
	})
	if err != nil {
		return models.Archive{}, fmt.Errorf("read archive %d of %s: %w", number, v.Name(), err)
	}
	return a, nil
}

// viewOf finds the row of a view; one that never had a story has none.
func viewOf(tx *gorm.DB, v models.View) (viewRow, error) {
	var rows []viewRow
	err := tx.Where("name = ?", v.Name()).Find(&rows).Error
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return viewRow{}, err
	}
	return rows[0], nil
}

// frozen reads the stories of an archive as they were, the newest first.
func frozen(tx *gorm.DB, row *archiveRow) ([]models.Story, error) {
	ids := make([]string, len(row.Stories))
	places := make(map[string]archived, len(row.Stories))
	for i, s := range row.Stories {
		ids[len(ids)-1-i], places[s.ID] = s.ID, s
	}
	stories, err := told(tx, ids)
	if err != nil {
		return nil, err
	}
	old, err := versions(tx, ids, row.Rev)
	if err != nil {
		return nil, err
	}
	for i := range stories {
		story := &stories[i]
		story.Rev, story.Sections, story.Regions = row.Rev, places[story.ID].Sections, places[story.ID].Regions
		recast(story, old)
	}
	return stories, nil
}

// recast makes a story what it was while its items had older texts.
func recast(story *models.Story, old map[string]models.Item) {
	changed := false
	for i := range story.Items {
		if it, ok := old[story.Items[i].ID]; ok {
			story.Items[i], changed = it, true
		}
	}
	if !changed {
		return
	}
	story.Updated = 0
	for i := range story.Items {
		it := &story.Items[i]
		story.Updated = max(story.Updated, it.Updated.At)
		if it.ID == story.ID {
			story.Published = it.Place()
		}
	}
}

// former is what an item told before it was edited.
type former struct {
	Item  string
	Until int64       // the change that ended it
	Told  models.Item `gorm:"serializer:json"`
}

// keepVersions keeps what items told that are about to be edited. What only its page has completed is
// not told twice.
func (b *batch) keepVersions(edited []models.Item) error {
	until := b.ledger.Rev + 1
	completed := map[string]bool{}
	for some := range slices.Chunk(edited, chunk) {
		ids := make([]string, len(some))
		for i := range some {
			ids[i], completed[some[i].ID] = some[i].ID, some[i].Page != ""
		}
		var held []models.Item
		if err := b.tx.Where("id IN ?", ids).Find(&held).Error; err != nil {
			return fmt.Errorf("read items before they change: %w", err)
		}
		var rows []former
		for _, it := range held {
			if it.Page == "" && completed[it.ID] {
				continue
			}
			it.Told = ""
			rows = append(rows, former{it.ID, until, it})
		}
		if len(rows) == 0 {
			continue
		}
		if err := b.tx.CreateInBatches(&rows, rowsAtOnce).Error; err != nil {
			return fmt.Errorf("keep what items told: %w", err)
		}
	}
	return nil
}

// versions finds what the items of stories told at a change, where that is not what they tell now.
func versions(tx *gorm.DB, stories []string, at int64) (map[string]models.Item, error) {
	old := map[string]models.Item{}
	for some := range slices.Chunk(stories, chunk) {
		var rows []former
		err := tx.Where("item IN (SELECT id FROM items WHERE story IN ?) AND until > ?", some, at).Order("item, until DESC").Find(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("read what items told before: %w", err)
		}
		for _, v := range rows {
			old[v.Item] = v.Told // the earliest of them comes last
		}
	}
	return old, nil
}

// TableName is for GORM.
func (former) TableName() string { return "versions" }
