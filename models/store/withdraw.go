package store

import (
	"context"
	"fmt"

	"civicfeed/models"
)

// Withdraw takes stories back, or with undo the taking back: no view, archive or search shows them any
// more, whatever their sources go on publishing. It tells how many it changed.
func (s *Store) Withdraw(ctx context.Context, undo bool, ids ...string) (changed int, err error) {
	err = s.change(ctx, func(c *change) error {
		var stories []models.Story
		if err := c.tx.Where("id IN ? AND (withdrawn <> 0) = ?", ids, undo).Order("seq").Find(&stories).Error; err != nil {
			return err
		}
		changed = len(stories)
		for i := range stories {
			if err := c.withdraw(&stories[i], undo); err != nil {
				return err
			}
		}
		if undo && changed > 0 {
			c.ledger.Rules = "" // what it was taken out of meanwhile is judged at the next Apply
		}
		return c.reindex(stories, false)
	})
	if err != nil {
		return 0, fmt.Errorf("withdraw stories: %w", err)
	}
	return changed, nil
}

func (c *change) withdraw(story *models.Story, undo bool) error {
	story.Rev = c.next()
	if story.Withdrawn = c.now; undo {
		story.Withdrawn = 0
	}
	if err := c.tx.Select("rev", "withdrawn").Updates(story).Error; err != nil {
		return err
	}
	var views []int64
	if err := c.tx.Raw("SELECT view FROM memberships WHERE story = ?", story.ID).Scan(&views).Error; err != nil {
		return err
	}
	c.touch(views...)
	if undo {
		return c.tx.Exec("UPDATE memberships SET shown = withdrawn, withdrawn = ? WHERE story = ?", false, story.ID).Error
	}
	if err := c.tx.Exec("UPDATE views SET withdrawn = ? WHERE id IN ?", story.Rev, views).Error; err != nil {
		return err
	}
	return c.tx.Exec("UPDATE memberships SET withdrawn = shown, shown = ? WHERE story = ?", false, story.ID).Error
}
