package store

import (
	"fmt"
	"slices"

	"civicfeed/models"
)

// rowsAtOnce is how many rows of many columns one INSERT has: more of them gain nothing.
const rowsAtOnce = 20

// holdings reads what is held of these items, without their text.
func (b *batch) holdings(ids []string) (map[string]models.Item, error) {
	known := make(map[string]models.Item, len(ids))
	for some := range slices.Chunk(ids, chunk) {
		var items []models.Item
		err := b.tx.Select(knownColumns).Where("id IN ?", some).Find(&items).Error
		if err != nil {
			return nil, fmt.Errorf("read known items: %w", err)
		}
		for _, it := range items {
			known[it.ID] = it
		}
	}
	return known, nil
}

// write stores what the deliveries of the batch brought.
func (b *batch) write() error {
	if err := b.admit(); err != nil {
		return err
	}
	if err := b.revise(); err != nil {
		return err
	}
	if err := b.enqueue(); err != nil {
		return err
	}
	if len(b.fresh)+len(b.revised) > 0 && b.ledger.Rules != b.judge.rules {
		// A daemon beside us has reloaded and we not yet: the next Apply judges all stories again.
		b.ledger.Rules = ""
	}
	if len(b.visits) == 0 {
		return nil
	}
	if err := b.tx.Create(&b.visits).Error; err != nil {
		return fmt.Errorf("write visits: %w", err)
	}
	return nil
}

// admit writes new items and their stories.
func (b *batch) admit() error {
	if len(b.fresh) == 0 {
		return nil
	}
	places := make([]placement, len(b.stories))
	for i := range b.stories {
		places[i] = b.judge.place(&b.stories[i], b.fresh[i:i+1])
	}
	if err := b.tx.CreateInBatches(&b.fresh, rowsAtOnce).Error; err != nil {
		return fmt.Errorf("write new items: %w", err)
	}
	if err := b.tx.CreateInBatches(&b.stories, chunk).Error; err != nil {
		return fmt.Errorf("write new stories: %w", err)
	}
	copies := make(map[string][]models.Item, len(b.fresh))
	for i := range b.fresh {
		copies[b.fresh[i].Story] = b.fresh[i : i+1]
	}
	views, err := b.enter(places)
	if err != nil {
		return err
	}
	return b.index(b.stories, copies, views, true)
}

// revise writes the new text of items, and what follows for their stories: everything but the
// numbers and moments that order them.
func (b *batch) revise() error {
	if len(b.revised) == 0 {
		return nil
	}
	if err := b.keepVersions(b.revised); err != nil {
		return err
	}
	var ids []string
	updated, redated := map[string]models.Millis{}, map[string]models.Millis{}
	for i := range b.revised {
		item := &b.revised[i]
		if err := b.tx.Select("*").Omit("id").Updates(item).Error; err != nil {
			return fmt.Errorf("write changed item %s: %w", item.ID, err)
		}
		ids = append(ids, item.Story)
		updated[item.Story] = max(updated[item.Story], item.Updated.At)
		if item.ID == item.Story {
			redated[item.Story] = item.Place()
		}
	}
	slices.Sort(ids)
	for some := range slices.Chunk(slices.Compact(ids), chunk) {
		var stories []models.Story
		if err := b.tx.Where("id IN ?", some).Order("seq").Find(&stories).Error; err != nil {
			return fmt.Errorf("read changed stories: %w", err)
		}
		for i := range stories {
			stories[i].Updated = max(stories[i].Updated, updated[stories[i].ID])
			if at, ok := redated[stories[i].ID]; ok {
				stories[i].Published = at
				if err := b.redate(&stories[i]); err != nil {
					return err
				}
			}
		}
		if err := b.replace(b.judge, stories, true); err != nil {
			return err
		}
	}
	return nil
}

// redate moves a story to its place in the order of publication, where its source dated it better.
func (b *batch) redate(story *models.Story) error {
	err := b.tx.Exec("UPDATE memberships SET published = ? WHERE story = ? AND published <> ?",
		story.Published, story.ID, story.Published).Error
	if err != nil {
		return fmt.Errorf("date story %s: %w", story.ID, err)
	}
	return nil
}

// reword takes note when a source speaks of itself in other words. Its stories carry them, so
// every view that shows one of these changes.
func (b *batch) reword(src *models.SourceState, feed *models.Feed) error {
	if feed == nil || sameWords(src.Feed, *feed) {
		return nil
	}
	b.worded = true
	var views []int64
	err := b.tx.Raw(`SELECT DISTINCT m.view FROM views v JOIN memberships s ON s.view = v.id
		JOIN memberships m ON m.story = s.story WHERE v.name = ?`, models.View{Source: src.Key}.Name()).Scan(&views).Error
	if err != nil {
		return fmt.Errorf("read the views of %s: %w", src.Key, err)
	}
	b.touch(views...)
	return nil
}

// sameWords compares what readers see of a feed; its dates and its software they do not.
func sameWords(a, b models.Feed) bool {
	return a.ID == b.ID && a.Title == b.Title && a.Description == b.Description && a.Link == b.Link &&
		a.Language == b.Language && a.Rights == b.Rights && a.Image == b.Image && slices.Equal(a.People, b.People)
}
