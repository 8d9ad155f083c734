package store

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"civicfeed/models"

	"gorm.io/gorm/clause"
)

// The pages of items are a queue of their own: a visit that brings fifty items ends when they are
// saved, and their pages are read one after another, by whatever daemon comes to them, be it after
// a kill. A page that is done stays in the table for a day, for it counts among those asked.

const (
	pageTries   = 6    // after which a page is left alone
	pageMemory  = day  // for which pages that are done are remembered
	pagesShown  = 1000 // due at once, at most
	pagesBefore = 200  // of what was there before a source was first visited, the newest
)

// pageRow is a page that is to be read, or was.
type pageRow struct {
	Item        string `gorm:"primaryKey"`
	Source      string
	Address     string
	Host        string
	Backlog     bool // it was there before its source was first visited: news go first
	Published   models.Millis
	NextAt      models.Millis
	Epoch       int64
	LeasedUntil models.Millis
	Tries       int
	AskedAt     models.Millis
	QuietUntil  models.Millis // for which its host wants none of its pages read
	Done        bool
	Class       models.ErrorClass
	Error       string
}

// TableName is for GORM.
func (pageRow) TableName() string { return "pages" }

// PageDue is a page that may be read.
type PageDue struct{ Item, Source, Host string }

// holdPaged reads those of the items that their pages have completed.
func (b *batch) holdPaged(ids []string) error {
	b.paged = map[string]models.Item{}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return b.known[id].Page == "" })
	for some := range slices.Chunk(ids, chunk) {
		var items []models.Item
		if err := b.tx.Where("id IN ?", some).Find(&items).Error; err != nil {
			return fmt.Errorf("read completed items: %w", err)
		}
		for _, it := range items {
			b.paged[it.ID] = it
		}
	}
	return nil
}

// ask has the page of an item read, where its source wants that.
func (b *batch) ask(it *models.Item, published models.Millis, backlog bool) {
	src, ok := b.judge.Source(it.Source)
	at, err := url.Parse(it.Link)
	if !ok || !src.Articles || err != nil || at.Host == "" || len(it.Link) > 2000 {
		return
	}
	b.pages = append(b.pages, pageRow{
		Item: it.ID, Source: it.Source, Address: it.Link, Host: strings.ToLower(at.Hostname()),
		Backlog: backlog, Published: published, NextAt: b.now,
	})
}

// enqueue writes the pages that are to be read; one that was read before is read again.
func (b *batch) enqueue() error {
	b.pages = newest(b.pages)
	if len(b.pages) == 0 {
		return nil
	}
	again := clause.OnConflict{
		Columns:   []clause.Column{{Name: "item"}},
		DoUpdates: clause.AssignmentColumns([]string{"address", "host", "next_at", "tries", "done", "class", "error"}),
	}
	if err := b.tx.Clauses(again).CreateInBatches(&b.pages, rowsAtOnce).Error; err != nil {
		return fmt.Errorf("write pages to be read: %w", err)
	}
	err := b.tx.Exec("DELETE FROM pages WHERE done AND asked_at < ?", b.now-pageMemory).Error
	if err != nil {
		return fmt.Errorf("forget pages: %w", err)
	}
	return nil
}

// newest leaves out pages of a backlog, of a sitemap with all that a site ever published, where there
// are more than anybody will read.
func newest(pages []pageRow) []pageRow {
	slices.SortStableFunc(pages, func(x, y pageRow) int { return cmp.Compare(y.Published, x.Published) })
	before := map[string]int{} // of a source
	return slices.DeleteFunc(pages, func(p pageRow) bool {
		if p.Backlog {
			before[p.Source]++
		}
		return p.Backlog && before[p.Source] > pagesBefore
	})
}

// hush leaves the pages of a host unread until a moment.
func (c *change) hush(host string, until models.Millis) error {
	err := c.tx.Exec("UPDATE pages SET quiet_until = ?, next_at = CASE WHEN next_at < ? THEN ? ELSE next_at END WHERE host = ? AND quiet_until < ?",
		until, until, until, host, until).Error
	if err != nil {
		return fmt.Errorf("leave the pages of %s alone: %w", host, err)
	}
	return nil
}

// turnedAway tells of a visit that its host wants no more of us for a while.
func turnedAway(d *models.Delivery) bool {
	switch d.Reason.Why {
	case models.WhyRetry, models.WhyRate, models.WhyRefused:
		return true
	}
	return false
}

func hostOf(address string) string {
	at, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(at.Hostname())
}

// unwant forgets the pages that wait for sources which do not want them read any more.
func (c *change) unwant(catalog *models.Catalog) error {
	var waiting []string
	if err := c.tx.Raw("SELECT DISTINCT source FROM pages WHERE NOT done").Scan(&waiting).Error; err != nil {
		return fmt.Errorf("read which sources have pages to be read: %w", err)
	}
	waiting = slices.DeleteFunc(waiting, func(key string) bool {
		src, ok := catalog.Source(key)
		return ok && src.Articles
	})
	if len(waiting) == 0 {
		return nil
	}
	if err := c.tx.Exec("DELETE FROM pages WHERE NOT done AND source IN ?", waiting).Error; err != nil {
		return fmt.Errorf("forget pages of %s: %w", strings.Join(waiting, ", "), err)
	}
	return nil
}

// PagesDue lists pages of items that may be read, those of news first, and the newest; of a host
// that was asked for hourly of them within the hour, none. Keys, where there are any, are of the only
// sources that count.
func (s *Store) PagesDue(ctx context.Context, hourly int, keys ...string) ([]PageDue, error) {
	db := s.reader.WithContext(ctx)
	now, err := s.now(db)
	if err != nil {
		return nil, err
	}
	condition, args := "", []any{now, now, now, now - hour, hourly}
	if len(keys) > 0 {
		condition, args = "AND source IN ?", append(args, keys)
	}
	var due []PageDue
	err = db.Raw(`SELECT item, source, host FROM (
			SELECT item, source, host, backlog, published, row_number() OVER (PARTITION BY host ORDER BY backlog, published DESC, item) AS turn
			FROM pages WHERE NOT done AND next_at <= ? AND leased_until <= ?
			AND source IN (SELECT key FROM sources WHERE active)
			AND host NOT IN (SELECT host FROM pages WHERE quiet_until > ?)
			AND host NOT IN (SELECT host FROM pages WHERE asked_at > ? GROUP BY host HAVING count(*) >= ?) `+condition+`
		) AS due WHERE turn <= 4 ORDER BY turn, backlog, published DESC, item LIMIT ?`, append(args, pagesShown)...).Scan(&due).Error
	if err != nil {
		return nil, fmt.Errorf("list the pages that are due: %w", err)
	}
	return due, nil
}

// ClaimPages takes a lease on the pages of items, as far as they are still due.
func (s *Store) ClaimPages(ctx context.Context, items []string, lease time.Duration) ([]models.PageClaim, error) {
	if s.writer == nil {
		return nil, ErrReadOnly
	}
	if len(items) == 0 {
		return nil, nil
	}
	db := s.writer.WithContext(ctx)
	now, err := s.now(db)
	if err != nil {
		return nil, err
	}
	var rows []pageRow
	err = db.Raw(`UPDATE pages SET epoch = epoch + 1, tries = tries + 1, asked_at = ?, leased_until = ?
		WHERE item IN ? AND NOT done AND next_at <= ? AND leased_until <= ?
		RETURNING item, source, address, epoch, tries`,
		now, now+models.Millis(max(lease.Milliseconds(), 1)), items, now, now).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("claim pages: %w", err)
	}
	claims := make([]models.PageClaim, len(rows))
	for i, r := range rows {
		claims[i] = models.PageClaim{Item: r.Item, Source: r.Source, URL: r.Address, Epoch: r.Epoch, Tries: r.Tries, At: now}
	}
	return claims, nil
}

// Item reads one item with all its text. There being none is [ErrNotFound].
func (s *Store) Item(ctx context.Context, id string) (models.Item, error) {
	var items []models.Item
	err := s.reader.WithContext(ctx).Where("id = ?", id).Find(&items).Error
	if err == nil && len(items) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return models.Item{}, fmt.Errorf("read item %s: %w", id, err)
	}
	return items[0], nil
}

// SavePages stores what the pages of items told, in one transaction: each item is completed in place.
func (s *Store) SavePages(ctx context.Context, deliveries ...*models.PageDelivery) error {
	s.applying.RLock()
	defer s.applying.RUnlock()
	err := s.change(ctx, func(c *change) error {
		b := batch{change: c, judge: s.judge}
		for _, d := range deliveries {
			if err := b.page(d); err != nil {
				return err
			}
		}
		return b.write()
	})
	if err != nil {
		return fmt.Errorf("save pages: %w", err)
	}
	return nil
}

// page takes one delivery.
func (b *batch) page(d *models.PageDelivery) error {
	var rows []pageRow
	err := b.tx.Raw("SELECT * FROM pages WHERE item = ?"+b.engine.lock, d.Claim.Item).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read the page of %s: %w", d.Claim.Item, err)
	}
	d.Lost = len(rows) == 0 || rows[0].Epoch != d.Claim.Epoch || rows[0].Done
	if d.Lost {
		return nil
	}
	row := &rows[0]
	row.LeasedUntil, row.Class, row.Error = 0, d.Class, d.Error
	switch {
	case d.Item != nil:
		if err := b.complete(d); err != nil {
			return err
		}
		row.Done = !d.Lost
	case d.Free:
		row.Tries = max(row.Tries-1, 0)
	default:
		row.Done = d.Again == 0 || row.Tries >= pageTries
	}
	row.NextAt = b.now + models.Millis(d.Again.Milliseconds())
	scrub(row)
	if err := b.tx.Save(row).Error; err != nil {
		return fmt.Errorf("write the page of %s: %w", row.Item, err)
	}
	if d.Quiet <= 0 {
		return nil
	}
	return b.hush(row.Host, b.now+models.Millis(d.Quiet.Milliseconds()))
}

// complete makes an item held the completed one, unless it is another by now than the one that was
// completed: then its page is read again.
func (b *batch) complete(d *models.PageDelivery) error {
	var held []models.Item
	if err := b.tx.Where("id = ?", d.Claim.Item).Find(&held).Error; err != nil {
		return fmt.Errorf("read item %s: %w", d.Claim.Item, err)
	}
	if d.Lost = len(held) == 0 || held[0].Digest != d.Base; d.Lost {
		return nil
	}
	item := *d.Item
	item.Complete(held[0], b.now)
	scrub(&item)
	item.Digest = item.Sum()
	if item.Digest != held[0].Digest || item.Published != held[0].Published {
		b.revised = append(b.revised, item)
	}
	return nil
}

// Pages tells how the reading of pages stands, for each source that has any.
func (s *Store) Pages(ctx context.Context) (map[string]models.PageState, error) {
	var rows []models.PageState
	err := s.reader.WithContext(ctx).Raw(`SELECT source, waiting, failing, class, error FROM (
			SELECT source, class, error,
				sum(CASE WHEN done THEN 0 ELSE 1 END) OVER (PARTITION BY source) AS waiting,
				sum(CASE WHEN class <> '' THEN 1 ELSE 0 END) OVER (PARTITION BY source) AS failing,
				row_number() OVER (PARTITION BY source ORDER BY CASE WHEN class <> '' THEN 0 ELSE 1 END, asked_at DESC, item) AS turn
			FROM pages
		) AS states WHERE turn = 1`).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the state of pages: %w", err)
	}
	states := make(map[string]models.PageState, len(rows))
	for _, r := range rows {
		states[r.Source] = r
	}
	return states, nil
}
