package store

import (
	"fmt"
	"slices"

	"civicfeed/models"

	"gorm.io/gorm"
)

// former is what an item told before it was edited, for the archives that were closed while it did.
type former struct {
	Item  string
	Until int64       // the change that ended it
	Told  models.Item `gorm:"serializer:json"`
}

// TableName is for GORM.
func (former) TableName() string { return "versions" }

// keepVersions keeps what items told that are about to be edited, if an archive has it so. What only
// its page has completed is not told twice.
func (b *batch) keepVersions(edited []models.Item) error {
	until := b.ledger.Rev + 1
	for some := range slices.Chunk(edited, chunk) {
		needed, err := b.archivedTexts(some)
		if err != nil {
			return err
		}
		completed := map[string]bool{}
		for i := range some {
			completed[some[i].ID] = some[i].Page != ""
		}
		var held []models.Item
		if err := b.tx.Where("id IN ?", needed).Find(&held).Error; err != nil {
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

// archivedTexts finds the items of which an archive was closed since they were last edited.
func (b *batch) archivedTexts(edited []models.Item) (needed []string, err error) {
	ids, stories := make([]string, len(edited)), make([]string, len(edited))
	for i := range edited {
		ids[i], stories[i] = edited[i].ID, edited[i].Story
	}
	type number struct {
		Whose string
		At    int64
	}
	var closed, kept []number
	err = b.tx.Raw(`SELECT m.story AS whose, max(a.rev) AS at FROM memberships m
		JOIN archives a ON a.view = m.view AND a.upto = (SELECT min(x.upto) FROM archives x WHERE x.view = m.view AND x.upto >= m.seq)
		WHERE m.story IN ? GROUP BY m.story`, stories).Scan(&closed).Error
	if err != nil {
		return nil, fmt.Errorf("find what is archived of stories: %w", err)
	}
	if len(closed) == 0 {
		return nil, nil
	}
	if err := b.tx.Raw("SELECT item AS whose, max(until) AS at FROM versions WHERE item IN ? GROUP BY item", ids).Scan(&kept).Error; err != nil {
		return nil, fmt.Errorf("find what is kept of items: %w", err)
	}
	archived, last := map[string]int64{}, map[string]int64{}
	for _, n := range closed {
		archived[n.Whose] = n.At
	}
	for _, n := range kept {
		last[n.Whose] = n.At
	}
	for i := range edited {
		if at, ok := archived[stories[i]]; ok && at >= last[ids[i]] {
			needed = append(needed, ids[i])
		}
	}
	return needed, nil
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
