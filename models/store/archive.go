package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

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
	Upto    int64         // the highest Seq of its memberships
	Rev     int64         // at which it was closed
	Closed  models.Millis // when
	Stories []archived    `gorm:"serializer:json"` // in order of entry
	// Sources are those of its stories, as they were called and what they said of themselves.
	Sources map[string]outlet `gorm:"serializer:json"`
}

// outlet is what readers see of a source.
type outlet struct {
	Name string      `json:"name"`
	URL  string      `json:"url"`
	Site string      `json:"site,omitempty"`
	Feed models.Feed `json:"feed"`
}

// TableName is for GORM.
func (archiveRow) TableName() string { return "archives" }

// archived is a story in an archive: where it belonged when that was closed.
type archived struct {
	ID       string   `json:"id"`
	Sections []string `json:"sections,omitempty"`
	Regions  []string `json:"regions,omitempty"`
}

// closeArchives closes what is to be closed of the views that stories have entered, in views together
// as long as that is not too much.
func (c *change) closeArchives() error {
	var views []viewRow
	for some := range slices.Chunk(slices.Sorted(maps.Keys(c.entries)), chunk) {
		var rows []viewRow
		if err := c.tx.Where("id IN ?", some).Order("id").Find(&rows).Error; err != nil {
			return fmt.Errorf("read views: %w", err)
		}
		views = append(views, slices.DeleteFunc(rows, func(v viewRow) bool {
			return v.Waiting < ArchiveSize && c.entries[v.ID].least > v.ArchivedListed
		})...)
	}
	for len(views) > 0 {
		n, waiting := 0, 0
		for n < len(views) && (n == 0 || waiting+views[n].Waiting <= mostWaiting) {
			waiting += views[n].Waiting
			n++
		}
		left, err := c.closeOf(views[:n])
		if err != nil {
			return fmt.Errorf("close archives: %w", err)
		}
		views = append(left, views[n:]...)
	}
	return nil
}

// archiveAll has closed what waits in views from before there were archives.
func (c *change) archiveAll() error {
	var views []viewRow
	if err := c.tx.Where("waiting >= ?", ArchiveSize).Order("id").Find(&views).Error; err != nil {
		return fmt.Errorf("read views: %w", err)
	}
	for _, v := range views {
		if c.entries[v.ID] == nil {
			c.entries[v.ID] = &entries{least: v.ArchivedListed + 1}
		}
	}
	return nil
}

// mostWaiting is how many memberships are looked at together.
const mostWaiting = 5000

// closeOf closes archives of views until what is left of them is among their newest. It gives back the
// views of which more waits than could be looked at.
func (c *change) closeOf(views []viewRow) (left []viewRow, err error) {
	ids := make([]int64, len(views))
	for i, v := range views {
		ids[i] = v.ID
	}
	var rows []membership
	err = c.tx.Raw(`SELECT m.story, m.view, m.listed, m.seq FROM views v JOIN memberships m ON m.view = v.id AND m.seq > v.archived_seq
		WHERE v.id IN ? ORDER BY m.view, m.seq LIMIT ?`, ids, mostWaiting).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what was delivered: %w", err)
	}
	var closed []archiveRow
	for i := range views {
		v := &views[i]
		n := 0
		for n < len(rows) && rows[n].View == v.ID {
			n++
		}
		waiting := rows[:n]
		rows = rows[n:]
		whole := len(waiting) >= v.Waiting
		v.Waiting = max(v.Waiting, len(waiting))
		for len(waiting) >= ArchiveSize || whole && v.isLate(waiting) {
			n := min(len(waiting), ArchiveSize)
			closed = append(closed, v.closeWith(waiting[:n]))
			waiting = waiting[n:]
		}
		if whole {
			v.Waiting = len(waiting)
		} else {
			left = append(left, *v)
		}
	}
	if err := c.fill(closed); err != nil {
		return nil, err
	}
	return left, c.archive(views, closed)
}

// isLate tells whether something that waits is listed no higher than what is archived.
func (v *viewRow) isLate(waiting []membership) bool {
	return slices.ContainsFunc(waiting, func(m membership) bool { return m.Listed <= v.ArchivedListed })
}

// closeWith makes an archive of these memberships.
func (v *viewRow) closeWith(members []membership) archiveRow {
	v.Archives, v.Waiting, v.ArchivedSeq = v.Archives+1, v.Waiting-len(members), members[len(members)-1].Seq
	row := archiveRow{View: v.ID, Number: v.Archives, Upto: v.ArchivedSeq}
	for _, m := range members {
		row.Stories = append(row.Stories, archived{ID: m.Story})
		v.ArchivedListed = max(v.ArchivedListed, m.Listed)
	}
	return row
}

// fill notes in archives where their stories belong, and when they are closed.
func (c *change) fill(closed []archiveRow) error {
	places := map[string]archived{}
	for _, a := range closed {
		for _, s := range a.Stories {
			places[s.ID] = s
		}
	}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(places)), chunk) {
		var stories []models.Story
		if err := c.tx.Select("id", "sections", "regions").Where("id IN ?", ids).Find(&stories).Error; err != nil {
			return fmt.Errorf("read stories: %w", err)
		}
		for _, s := range stories {
			places[s.ID] = archived{s.ID, s.Sections, s.Regions}
		}
	}
	outlets, err := c.outlets(slices.Sorted(maps.Keys(places)))
	if err != nil {
		return err
	}
	for i := range closed {
		a := &closed[i]
		a.Rev, a.Closed, a.Sources = c.ledger.Rev, c.now, map[string]outlet{}
		for j := range a.Stories {
			a.Stories[j] = places[a.Stories[j].ID]
			maps.Copy(a.Sources, outlets[a.Stories[j].ID])
		}
	}
	return nil
}

// outlets reads the sources of stories.
func (c *change) outlets(stories []string) (map[string]map[string]outlet, error) {
	byStory := make(map[string]map[string]outlet, len(stories))
	sources := map[string]outlet{}
	for ids := range slices.Chunk(stories, chunk) {
		var copies []models.Item
		if err := c.tx.Select("story", "source").Where("story IN ?", ids).Find(&copies).Error; err != nil {
			return nil, fmt.Errorf("read the sources of stories: %w", err)
		}
		for _, it := range copies {
			if byStory[it.Story] == nil {
				byStory[it.Story] = map[string]outlet{}
			}
			byStory[it.Story][it.Source], sources[it.Source] = outlet{}, outlet{}
		}
	}
	for keys := range slices.Chunk(slices.Sorted(maps.Keys(sources)), chunk) {
		var rows []models.SourceState
		if err := c.tx.Select("key", "name", "url", "site", "feed").Where("key IN ?", keys).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("read sources: %w", err)
		}
		for _, s := range rows {
			f := s.Feed
			sources[s.Key] = outlet{s.Name, s.URL, s.Site, models.Feed{ID: f.ID, Title: f.Title, Link: f.Link, Language: f.Language, Rights: f.Rights, People: f.People}}
		}
	}
	for _, of := range byStory {
		for key := range of {
			of[key] = sources[key]
		}
	}
	return byStory, nil
}

// archive writes archives, and what is archived of their views.
func (c *change) archive(views []viewRow, closed []archiveRow) error {
	if len(closed) == 0 {
		return nil
	}
	if err := c.tx.CreateInBatches(&closed, chunk).Error; err != nil {
		return fmt.Errorf("write archives: %w", err)
	}
	for some := range slices.Chunk(views, chunk/5) {
		args := make([]any, 0, 5*len(some))
		for _, v := range some {
			args = append(args, v.ID, v.Archives, v.Waiting, v.ArchivedSeq, int64(v.ArchivedListed))
		}
		row := "(?, ?, ?, ?, ?)"
		err := c.tx.Exec(`WITH now (id, archives, waiting, archived_seq, archived_listed) AS (VALUES
			(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT))`+strings.Repeat(", "+row, len(some)-1)+`)
			UPDATE views SET archives = now.archives, waiting = now.waiting, archived_seq = now.archived_seq, archived_listed = now.archived_listed
			FROM now WHERE views.id = now.id`, args...).Error
		if err != nil {
			return fmt.Errorf("write what is archived of views: %w", err)
		}
	}
	return nil
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
		a.Newest, a.Closed, a.Sources = view.Archives, rows[0].Closed, make(map[string]models.SourceState)
		for key, o := range rows[0].Sources {
			a.Sources[key] = models.SourceState{Key: key, Name: o.Name, URL: o.URL, Site: o.Site, Feed: o.Feed}
		}
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
