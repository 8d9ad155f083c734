package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"civicfeed/models"

	"gorm.io/gorm"
)

// Latest lists the newest stories of a view in an order, newest first, ties by id, with their
// items. A view without stories, or one that never was, has none.
func (s *Store) Latest(ctx context.Context, v models.View, o models.Order, limit int) (stories []models.Story, err error) {
	if o != models.ByListed && o != models.ByPublished {
		return nil, fmt.Errorf("no order is called %q", o)
	}
	if limit <= 0 {
		return nil, nil
	}
	err = s.snapshot(ctx, func(tx *gorm.DB) error {
		answer, err := s.list(tx, models.Query{View: v, Order: o, Limit: limit})
		if err != nil {
			return err
		}
		ids := make([]string, len(answer.Mentions))
		for i, m := range answer.Mentions {
			ids[i] = m.ID
		}
		stories, err = told(tx, ids)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the latest of %s: %w", v.Name(), err)
	}
	return stories, nil
}

// told reads stories with their items, in the order of the ids.
func told(tx *gorm.DB, ids []string) ([]models.Story, error) {
	stories := make([]models.Story, 0, len(ids))
	for some := range slices.Chunk(ids, chunk) {
		var found []models.Story
		if err := tx.Where("id IN ?", some).Find(&found).Error; err != nil {
			return nil, err
		}
		var items []models.Item
		if err := tx.Where("story IN ?", some).Find(&items).Error; err != nil {
			return nil, err
		}
		stories = append(stories, assemble(some, found, items)...)
	}
	return stories, nil
}

// assemble gives stories their items, the founding one first, then those that came later.
func assemble(ids []string, stories []models.Story, items []models.Item) []models.Story {
	slices.SortFunc(items, func(a, b models.Item) int {
		switch {
		case a.ID == a.Story && b.ID != b.Story:
			return -1
		case b.ID == b.Story && a.ID != a.Story:
			return 1
		}
		return cmp.Or(cmp.Compare(a.FirstSeen, b.FirstSeen), cmp.Compare(a.ID, b.ID))
	})
	byID := make(map[string]*models.Story, len(stories))
	for i := range stories {
		byID[stories[i].ID] = &stories[i]
	}
	for _, it := range items {
		if story := byID[it.Story]; story != nil {
			story.Items = append(story.Items, it)
		}
	}
	ordered := make([]models.Story, 0, len(ids))
	for _, id := range ids {
		if story := byID[id]; story != nil && len(story.Items) > 0 {
			ordered = append(ordered, *story)
		}
	}
	return ordered
}

// Story reads one story with its items. There being none, or none that is listed, is [ErrNotFound];
// one that was taken back is [ErrWithdrawn].
func (s *Store) Story(ctx context.Context, id string) (models.Story, error) {
	var stories []models.Story
	err := s.snapshot(ctx, func(tx *gorm.DB) (err error) {
		stories, err = told(tx, []string{id})
		return err
	})
	if err == nil && (len(stories) == 0 || stories[0].Listed == 0) {
		err = ErrNotFound
	}
	if err == nil && stories[0].Withdrawn != 0 {
		err = ErrWithdrawn
	}
	if err != nil {
		return models.Story{}, fmt.Errorf("read story %s: %w", id, err)
	}
	return stories[0], nil
}

// Rev is the number of the newest change. Read it before what it is to stand for.
func (s *Store) Rev(ctx context.Context) (int64, error) {
	l, err := s.ledger(ctx)
	return l.Rev, err
}

// State is how far the store has come. Read it before what it is to stand for.
func (s *Store) State(ctx context.Context) (models.State, error) {
	return s.stateOf(s.reader.WithContext(ctx))
}

const (
	stateOfAll   = "SELECT rev, judged, words, catalog_changed FROM ledger"
	changedViews = "SELECT name, rev, changed, withdrawn FROM views WHERE rev > ? ORDER BY rev, name"
)

func (s *Store) stateOf(tx *gorm.DB) (st models.State, err error) {
	rows, err := s.ask(tx, stateOfAll)
	if err != nil {
		return st, fmt.Errorf("read the ledger: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return st, fmt.Errorf("read the ledger: %w", cmp.Or(rows.Err(), ErrNotFound))
	}
	if err := rows.Scan(&st.Rev, &st.Judged, &st.Words, &st.CatalogChanged); err != nil {
		return st, fmt.Errorf("read the ledger: %w", err)
	}
	return st, nil
}

func (s *Store) ledger(ctx context.Context) (ledger, error) {
	var l ledger
	err := s.reader.WithContext(ctx).Take(&l).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = ErrNotFound
	}
	if err != nil {
		return ledger{}, fmt.Errorf("read the ledger: %w", err)
	}
	return l, nil
}

// Revisions lists the views that changed after a number, the longest ago first. A view that never
// had a story has no revision. Changed never goes back.
func (s *Store) Revisions(ctx context.Context, since int64) ([]models.Revision, error) {
	rows, err := s.ask(s.reader.WithContext(ctx), changedViews, since)
	if err != nil {
		return nil, fmt.Errorf("read revisions: %w", err)
	}
	defer rows.Close()
	var revisions []models.Revision
	for rows.Next() {
		var name string
		var r models.Revision
		if err := rows.Scan(&name, &r.Rev, &r.Changed, &r.Withdrawn); err != nil {
			return nil, fmt.Errorf("read revisions: %w", err)
		}
		var ok bool
		if r.View, ok = models.ParseView(name); ok {
			revisions = append(revisions, r)
		}
	}
	return revisions, rows.Err()
}

// Sources lists all sources ever applied, by key; those no longer visited are not active.
func (s *Store) Sources(ctx context.Context) ([]models.SourceState, error) {
	var rows []models.SourceState
	if err := s.reader.WithContext(ctx).Order("key").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	return rows, nil
}

// Known reads what is held of a source by these identities and addresses, and what has one of these
// identities as its id, though it is now known by another: what is needed to tell whether an item is
// held, and whether it is held as it is. Texts are left out.
func (s *Store) Known(ctx context.Context, source string, identities, addresses []string) ([]models.Item, error) {
	known := map[string]models.Item{}
	for _, by := range []struct {
		column string
		values []string
	}{{"identity", identities}, {"id", identities}, {"address", addresses}} {
		for some := range slices.Chunk(by.values, chunk) {
			var items []models.Item
			err := s.reader.WithContext(ctx).Select(knownColumns+", identity, address, title").
				Where(by.column+" IN ? AND source = ?", some, source).Find(&items).Error
			if err != nil {
				return nil, fmt.Errorf("read known items of %s: %w", source, err)
			}
			for _, it := range items {
				known[it.ID] = it
			}
		}
	}
	return slices.SortedFunc(maps.Values(known), func(a, b models.Item) int {
		return cmp.Or(cmp.Compare(a.FirstSeen, b.FirstSeen), cmp.Compare(a.ID, b.ID))
	}), nil
}

// Near reads what is held of a source that was published in a time, both ends included, the newest
// 500 of it: what items may be that nobody knows by identity or address. Texts are left out.
func (s *Store) Near(ctx context.Context, source string, from, to models.Millis) ([]models.Item, error) {
	var items []models.Item
	err := s.reader.WithContext(ctx).Select(knownColumns+", identity, address, title").
		Where("source = ? AND published_at BETWEEN ? AND ?", source, from, to).
		Order("published_at DESC, id").Limit(chunk).Find(&items).Error
	if err != nil {
		return nil, fmt.Errorf("read items of %s: %w", source, err)
	}
	return items, nil
}

// Texts reads the title, summary and text of items held, by id.
func (s *Store) Texts(ctx context.Context, ids []string) (map[string]models.Item, error) {
	held := make(map[string]models.Item, len(ids))
	for some := range slices.Chunk(ids, chunk) {
		var items []models.Item
		if err := s.reader.WithContext(ctx).Select("id, title, summary, text").Where("id IN ?", some).Find(&items).Error; err != nil {
			return nil, fmt.Errorf("read the texts of items: %w", err)
		}
		for _, it := range items {
			held[it.ID] = it
		}
	}
	return held, nil
}

// knownColumns are what decides whether an item is new, changed or as it was.
const knownColumns = "id, source, story, hash, digest, told, page, first_seen, " +
	"published_at, published_precision, published_from, published_raw, " +
	"updated_at, updated_precision, updated_from, updated_raw"
