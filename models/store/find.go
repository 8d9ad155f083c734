package store

import (
	"context"
	"fmt"
	"slices"

	"civicfeed/models"

	"gorm.io/gorm"
)

// Find reads the stories that have one of these ids, or a copy that has one of them or of these
// addresses, by their numbers. It finds those that are withheld too.
func (s *Store) Find(ctx context.Context, ids, addresses []string) ([]models.Story, error) {
	var stories []models.Story
	err := s.snapshot(ctx, func(tx *gorm.DB) error {
		var found []string
		for _, by := range []struct {
			query  string
			values []string
		}{
			{"SELECT id FROM stories WHERE id IN ?", ids},
			{"SELECT story FROM items WHERE id IN ?", ids},
			{"SELECT story FROM items WHERE address IN ?", addresses},
		} {
			for some := range slices.Chunk(by.values, chunk) {
				var more []string
				if err := tx.Raw(by.query, some).Scan(&more).Error; err != nil {
					return err
				}
				found = append(found, more...)
			}
		}
		slices.Sort(found)
		var err error
		stories, err = told(tx, slices.Compact(found))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find stories: %w", err)
	}
	slices.SortFunc(stories, func(a, b models.Story) int { return int(a.Seq - b.Seq) })
	return stories, nil
}

// factBatch is how many items Facts reads at once.
const factBatch = 1000

// Facts goes through what is held of a source, or with an empty key of all, in batches by id, with
// all that says where an item belongs. The long texts are left out, but the plain one where texts asks
// for it. What is saved meanwhile may be seen or not.
func (s *Store) Facts(ctx context.Context, source string, texts bool, visit func([]models.Item) error) error {
	columns := "id, source, story, link, title, credit, categories, breadcrumb, site_column, page, first_seen"
	if texts {
		columns += ", text"
	}
	for after := ""; ; {
		db := s.reader.WithContext(ctx).Select(columns).Where("id > ?", after).Order("id").Limit(factBatch)
		if source != "" {
			db = db.Where("source = ?", source)
		}
		var items []models.Item
		if err := db.Find(&items).Error; err != nil {
			return fmt.Errorf("read the facts of items: %w", err)
		}
		if len(items) == 0 {
			return nil
		}
		if err := visit(items); err != nil {
			return err
		}
		after = items[len(items)-1].ID
	}
}
