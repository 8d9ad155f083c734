package store

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"civicfeed/models"
)

// Apply makes the catalog the one that deliveries are judged by, and brings the database in line
// with it: its sources, and where that judgement changed the views of every story. Readers keep
// the old views until all of it is done. The same catalog again writes nothing.
//
// A source at a new address starts afresh: due at once, its first visit a backlog. One that was
// taken out or disabled keeps its items and is not visited.
func (s *Store) Apply(ctx context.Context, catalog *models.Catalog) error {
	j := &judge{catalog, rulesOf(catalog)}
	s.applying.Lock()
	defer s.applying.Unlock()
	err := s.change(ctx, func(c *change) error {
		if err := c.applySources(catalog); err != nil {
			return err
		}
		if err := c.unwant(catalog); err != nil {
			return err
		}
		if j.rules != c.ledger.Rules {
			if err := c.judgeAll(j); err != nil {
				return err
			}
			c.ledger.Rules = j.rules
		}
		if err := c.indexAll(); err != nil {
			return err
		}
		if err := c.archiveAll(); err != nil {
			return err
		}
		if print := publishedOf(catalog); print != c.ledger.Catalog {
			c.ledger.Catalog, c.ledger.CatalogChanged = print, max(c.now, c.ledger.CatalogChanged+1)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("apply catalog: %w", err)
	}
	s.judge = j
	return nil
}

// applySources writes the sources that differ from what the catalog says of them. Only those are
// locked: the others may be claimed meanwhile.
func (c *change) applySources(catalog *models.Catalog) error {
	var rows []models.SourceState
	if err := c.tx.Order("key").Find(&rows).Error; err != nil {
		return fmt.Errorf("read sources: %w", err)
	}
	held := make(map[string]models.SourceState, len(rows))
	for _, row := range rows {
		held[row.Key] = row
	}
	var added []models.SourceState
	var differ []string
	defer func() { c.worded = c.worded || len(added)+len(differ) > 0 }()
	for _, src := range catalog.Sources {
		row, ok := held[src.Key]
		switch {
		case !ok:
			c.align(&row, src)
			added = append(added, row)
		case says(row) != wants(src):
			differ = append(differ, src.Key)
		}
		delete(held, src.Key)
	}
	for key, row := range held { // no longer named
		if row.Active {
			differ = append(differ, key)
		}
	}
	if len(added) > 0 {
		if err := c.tx.CreateInBatches(&added, rowsAtOnce).Error; err != nil {
			return fmt.Errorf("write new sources: %w", err)
		}
	}
	return c.alignAll(catalog, differ)
}

// alignAll makes rows say what the catalog says, and stops those it does not name.
func (c *change) alignAll(catalog *models.Catalog, keys []string) error {
	rows, err := c.sources(keys)
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		row := rows[key]
		if src, ok := catalog.Source(key); ok {
			c.align(row, src)
		} else {
			c.stop(row)
		}
		if err := c.tx.Save(row).Error; err != nil {
			return fmt.Errorf("write source %s: %w", key, err)
		}
	}
	return nil
}

// stated is what the catalog says of a source, as its row has it.
type stated struct {
	name, url, site, spec string
	republish             models.Terms
	active                bool
}

func says(row models.SourceState) stated {
	return stated{row.Name, row.URL, row.Site, row.Spec, row.Republish, row.Active}
}

func wants(src models.Source) stated {
	return stated{src.Name, src.URL, src.Site, specOf(src), src.Republish, src.Enabled}
}

// align makes a row say what the catalog says, and draws the consequences.
func (c *change) align(row *models.SourceState, src models.Source) {
	row.Key, row.Name, row.Site, row.Republish = src.Key, src.Name, src.Site, src.Republish
	if row.URL != src.URL {
		restart(row)
		row.URL = src.URL
	}
	if row.Spec != specOf(src) || !row.Active {
		row.Spec = specOf(src)
		c.hasten(row, src)
	}
	if row.Active && !src.Enabled {
		c.stop(row)
	}
	row.Active = src.Enabled
}

// specOf is a schedule and the zone whose clock it follows.
func specOf(src models.Source) string {
	if src.Location == nil {
		return src.Spec
	}
	return src.Spec + " " + src.Location.String()
}

// hasten moves a source's next visit forward where its schedule asks for one earlier: to the first
// of its moments that leaves the source alone for as long as anything else demands; within some
// minutes, so that an edit of many schedules does not send all the visits at once.
func (c *change) hasten(row *models.SourceState, src models.Source) {
	if src.Schedule == nil {
		return
	}
	next, free := src.Schedule.Next(c.now.Time()), max(row.NotBefore, row.LastVisit+least(row.Reason)).Time()
	if next.Before(free) && !next.IsZero() {
		next = src.Schedule.Next(free)
	}
	if at := models.MillisOf(next) + spread(row.Key); at < row.NextAt && !next.IsZero() {
		row.NextAt, row.Reason = at, models.Reason{Why: models.WhySchedule, Spec: src.Spec, Least: row.Reason.Least}
	}
}

// least is how long a source is left alone after a visit. Of a plan whose reason was not kept nobody
// can tell: a month is the longest there is.
func least(r models.Reason) models.Millis {
	if r.Why == "" {
		return 30 * day
	}
	return models.Millis(r.Least.Milliseconds())
}

// spread is a moment of the ten minutes over which a sudden change is stretched, the same for ever.
func spread(key string) models.Millis {
	h := fnv.New32a()
	h.Write([]byte(key))
	return models.Millis(h.Sum32() % uint32(10*time.Minute/time.Millisecond))
}

// restart forgets what was learnt at another address. A visit under way to it is void.
func restart(row *models.SourceState) {
	row.Validators, row.BodyHash, row.Reading, row.Feed = models.Validators{}, "", models.Mark{}, models.Feed{}
	row.Address, row.Moved = "", models.Move{}
	row.NextAt, row.NotBefore, row.Reason, row.Rhythm = 0, 0, models.Reason{}, 0
	row.Haste = 0 // what is withheld is held: the next visit lets it go
	row.Failures, row.Empties, row.Since, row.LastOK, row.Status, row.Class, row.Error, row.Warnings = 0, 0, 0, 0, 0, "", "", nil
	row.Epoch++
	row.LeasedUntil = 0
}

// stop ends the visits of a source. One under way is void.
func (c *change) stop(row *models.SourceState) {
	row.Active = false
	row.Epoch++
	row.LeasedUntil = min(row.LeasedUntil, c.now)
}

// judgeAll places every story anew. A batch at a time is in memory.
func (c *change) judgeAll(j *judge) error {
	for after := int64(0); ; {
		var stories []models.Story
		if err := c.tx.Where("seq > ?", after).Order("seq").Limit(chunk).Find(&stories).Error; err != nil {
			return fmt.Errorf("read stories: %w", err)
		}
		if len(stories) == 0 {
			return nil
		}
		if err := c.replace(j, stories, false); err != nil {
			return err
		}
		after = stories[len(stories)-1].Seq
	}
}
