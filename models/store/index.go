package store

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"civicfeed/models"
	"civicfeed/models/search"

	"gorm.io/gorm"
)

// Stories are found by the terms of their texts, by their views and by the month in which they were
// published, which are terms too, under their Seq, so that the newest come first without sorting. An
// index may give a story too many, never one too few: whoever asks it looks at the text, and where the
// story is.

// textIndex finds stories by terms.
type textIndex interface {
	put(tx *gorm.DB, texts []indexed) error
	// find lists the newest stories below a number that have one at least of each list of terms, n of
	// them at most.
	find(tx *gorm.DB, terms [][]string, below int64, n int) ([]int64, error)
}

// indexed is a story with the terms of its texts.
type indexed struct {
	seq   int64
	terms []string
}

// searched are the texts by which an item is found.
func searched(it *models.Item) []string { return []string{it.Title, it.Summary, it.Text, it.Credit} }

// viewTerm is what a story in a view is found by. No text has such a term: its first character is none
// of a word.
func viewTerm(view int64) string { return "\ue000" + strconv.FormatInt(view, 36) }

// monthTerm is what a story is found by that was published in one of the spaces of thirty days, which
// are called months here.
func monthTerm(number int64) string { return "\ue001" + strconv.FormatInt(number, 36) }

func monthOf(at models.Millis) int64 { return int64(at) / int64(30*day) }

// index writes what stories are found by, when they are in their views. Those that are withheld or
// taken back are not found.
func (c *change) index(stories []models.Story, copies map[string][]models.Item, views map[string][]int64, fresh bool) error {
	var seqs []int64
	var texts []indexed
	for i := range stories {
		s := &stories[i]
		if seqs = append(seqs, s.Seq); s.Listed == 0 || s.Withdrawn != 0 {
			continue
		}
		var fields []string
		for j := range copies[s.ID] {
			fields = append(fields, searched(&copies[s.ID][j])...)
		}
		terms := append(search.Terms(fields...), monthTerm(monthOf(s.Published)))
		for _, view := range views[s.ID] {
			terms = append(terms, viewTerm(view))
		}
		texts = append(texts, indexed{s.Seq, terms})
	}
	if !fresh {
		if err := c.unindex(seqs); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(texts, rowsAtOnce) {
		if err := c.engine.index.put(c.tx, some); err != nil {
			return fmt.Errorf("write what stories are found by: %w", err)
		}
	}
	return nil
}

// reindex writes again what stories are found by.
func (c *change) reindex(stories []models.Story, fresh bool) error {
	copies, err := c.copies(stories)
	if err != nil {
		return err
	}
	views, err := c.shownIn(stories)
	if err != nil {
		return err
	}
	return c.index(stories, copies, views, fresh)
}

func (c *change) unindex(seqs []int64) error {
	for some := range slices.Chunk(seqs, chunk) {
		if err := c.tx.Exec("DELETE FROM search WHERE "+c.engine.row+" IN ?", some).Error; err != nil {
			return fmt.Errorf("forget what stories are found by: %w", err)
		}
	}
	return nil
}

// indexAll makes the index anew where it is of another version.
func (c *change) indexAll() error {
	version := strconv.Itoa(search.Version)
	if c.ledger.Terms == version {
		return nil
	}
	if err := c.tx.Exec("DELETE FROM search").Error; err != nil {
		return fmt.Errorf("empty the index of texts: %w", err)
	}
	for after := int64(0); ; {
		var stories []models.Story
		if err := c.tx.Where("seq > ?", after).Order("seq").Limit(chunk).Find(&stories).Error; err != nil {
			return fmt.Errorf("read stories: %w", err)
		}
		if len(stories) == 0 {
			break
		}
		if err := c.reindex(stories, true); err != nil {
			return err
		}
		after = stories[len(stories)-1].Seq
	}
	c.ledger.Terms = version
	return nil
}

// fts5 is SQLite's index of texts. A text is given as its terms, and no positions are kept: they are
// for who looks at the text. Read from its end, a range of it comes newest first, as it is asked for.
type fts5 struct{}

func (fts5) put(tx *gorm.DB, texts []indexed) error {
	args := make([]any, 0, 2*len(texts))
	for _, t := range texts {
		args = append(args, t.seq, strings.Join(t.terms, " "))
	}
	return tx.Exec("INSERT INTO search (rowid, terms) VALUES (?, ?)"+strings.Repeat(", (?, ?)", len(texts)-1), args...).Error
}

func (fts5) find(tx *gorm.DB, terms [][]string, below int64, n int) (seqs []int64, err error) {
	each := make([]string, len(terms))
	for i, any := range terms {
		each[i] = `("` + strings.Join(any, `" OR "`) + `")`
	}
	match := strings.Join(each, " AND ")
	err = tx.Raw("SELECT rowid FROM search WHERE search MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?", match, below, n).Scan(&seqs).Error
	return seqs, err
}

// gin is PostgreSQL's. Its lists have no order, so a term is kept as one of a block of stories: the
// newest block is asked first, then more and more of the older ones. Terms are kept as hashes, for
// which nothing needs to be unpacked.
type gin struct{}

const (
	blockBits  = 12
	keptBlock  = 10  // bits of a block's number in a hash
	mostBlocks = 256 // asked at once
)

func (gin) put(tx *gorm.DB, texts []indexed) error {
	args := make([]any, 0, 2*len(texts))
	for _, t := range texts {
		hashes := make([]int32, len(t.terms))
		for i, term := range t.terms {
			hashes[i] = hashOf(term, t.seq>>blockBits)
		}
		args = append(args, t.seq, array(hashes))
	}
	return tx.Exec("INSERT INTO search (seq, terms) VALUES (?, ?)"+strings.Repeat(", (?, ?)", len(texts)-1), args...).Error
}

func (g gin) find(tx *gorm.DB, terms [][]string, below int64, n int) (seqs []int64, err error) {
	var newest int64
	if err := tx.Raw("SELECT coalesce(max(seq), 0) FROM search WHERE seq < ?", below).Scan(&newest).Error; err != nil {
		return nil, err
	}
	for block, width := newest>>blockBits, int64(1); block >= 0 && len(seqs) < n; width = min(4*width, mostBlocks) {
		low := max(block-width+1, 0)
		var more []int64
		if more, err = g.within(tx, terms, low, block, below, n-len(seqs)); err != nil {
			return nil, err
		}
		seqs = append(seqs, more...)
		block = low - 1
	}
	return seqs, nil
}

// within asks the blocks from one to another.
func (gin) within(tx *gorm.DB, terms [][]string, low, high, below int64, n int) (seqs []int64, err error) {
	conditions := make([]string, len(terms))
	args := make([]any, 0, len(terms)+2)
	for i, any := range terms {
		var hashes []int32
		for block := low; block <= high; block++ {
			for _, term := range any {
				hashes = append(hashes, hashOf(term, block))
			}
		}
		conditions[i] = "terms && CAST(? AS INT[])"
		args = append(args, array(hashes))
	}
	err = tx.Raw("WITH hits AS MATERIALIZED (SELECT seq FROM search WHERE "+strings.Join(conditions, " AND ")+
		") SELECT seq FROM hits WHERE seq < ? AND seq >= ? ORDER BY seq DESC LIMIT ?",
		append(args, min(below, (high+1)<<blockBits), low<<blockBits, n)...).Scan(&seqs).Error
	return seqs, err
}

// hashOf stands for a term within a block. Those of a term are neighbours in the index, so that many
// blocks are asked in one place of it.
func hashOf(term string, block int64) int32 {
	h := fnv.New32a()
	h.Write([]byte(term))
	return int32(h.Sum32()&^(1<<keptBlock-1) | uint32(block)&(1<<keptBlock-1))
}

// array writes numbers as PostgreSQL does.
func array(numbers []int32) string {
	b := append(make([]byte, 0, 12*len(numbers)+2), '{')
	for i, n := range numbers {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return string(append(b, '}'))
}
