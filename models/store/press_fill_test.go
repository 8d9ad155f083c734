package store

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"civicfeed/models"
	"civicfeed/models/search"

	"gorm.io/gorm"
)

// A database of a million stories is filled table by table, in the order of its keys and without its
// indexes, which are made when all is there.

const (
	sizeVariable = "CIVICFEED_TEST_ITEMS" // stories; 0: few
	keepVariable = "CIVICFEED_TEST_KEEP"  // a folder in which filled databases stay, those of PostgreSQL by name
)

// pressSize is how many stories are asked for.
func pressSize(tb testing.TB) int {
	tb.Helper()
	text := os.Getenv(sizeVariable)
	if text == "" {
		return 6_000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1000 {
		tb.Fatalf("%s=%s: write how many stories, 1000 or more", sizeVariable, text)
	}
	return n
}

// printed opens a database that holds what a press has written, and fills it unless it was kept.
func printed(tb testing.TB, p *press, onPostgres bool) (*Store, database) {
	tb.Helper()
	d, filled := pressDatabase(tb, p, onPostgres)
	s := d.open(tb, Options{Clock: newClock().now})
	if !filled {
		printAll(tb, s, p)
		keep(tb, d)
	}
	return s, d
}

// pressDatabase is one of its own, or the one that was kept.
func pressDatabase(tb testing.TB, p *press, onPostgres bool) (d database, filled bool) {
	tb.Helper()
	dir := os.Getenv(keepVariable)
	switch {
	case dir == "" && onPostgres:
		return newPostgres(tb), false
	case dir == "":
		return newSQLite(tb), false
	}
	name := fmt.Sprintf("press_%d_%s_%d", pressVersion, strconv.Itoa(search.Version), p.size)
	if d = (database{dsn: filepath.Join(dir, name+".db")}); onPostgres {
		dsn := os.Getenv(postgresVariable)
		if dsn == "" {
			tb.Skip("no PostgreSQL to test on")
		}
		db := database{dsn: dsn, postgres: true}.raw(tb)
		_, err := db.Exec("CREATE SCHEMA IF NOT EXISTS " + name)
		must(tb, err)
		d = database{dsn: withSetting(dsn, "search_path="+name), postgres: true}
	}
	return d, d.isKept(tb)
}

// isKept tells whether a filling came to its end. What did not is begun anew.
func (d database) isKept(tb testing.TB) bool {
	tb.Helper()
	db := d.raw(tb)
	if _, err := db.Exec("SELECT done FROM filled"); err == nil {
		return true
	}
	if d.postgres {
		_, err := db.Exec("DO $$ BEGIN EXECUTE 'DROP SCHEMA ' || current_schema() || ' CASCADE; CREATE SCHEMA ' || current_schema(); END $$")
		must(tb, err)
		return false
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(d.dsn + end)
	}
	return false
}

func keep(tb testing.TB, d database) {
	tb.Helper()
	_, err := d.raw(tb).Exec("CREATE TABLE filled (done INTEGER)")
	must(tb, err)
}

// filling is one under way.
type filling struct {
	testing.TB
	*press
	s     *Store
	views map[string]int64
	order []int // of the ids
}

func printAll(tb testing.TB, s *Store, p *press) {
	tb.Helper()
	f := &filling{TB: tb, press: p, s: s, views: map[string]int64{}}
	settings := []string{"SET synchronous_commit = off", "SET maintenance_work_mem = '1GB'"}
	if s.engine.file != "" {
		settings = []string{"PRAGMA synchronous = OFF", "PRAGMA cache_size = -600000", "PRAGMA wal_autocheckpoint = 20000"}
	}
	must(tb, s.writer.Connection(func(tx *gorm.DB) error {
		for _, set := range settings {
			must(tb, tx.Exec(set).Error)
		}
		indexes := f.indexes(tx)
		for name := range indexes {
			must(tb, tx.Exec("DROP INDEX "+name).Error)
		}
		f.stories(tx)
		f.memberships(tx)
		f.texts(tx)
		for _, definition := range indexes {
			must(tb, tx.Exec(definition).Error)
		}
		f.finish(tx)
		return nil
	}))
}

// indexes are those that can be left for later, with their definitions.
func (f *filling) indexes(tx *gorm.DB) map[string]string {
	query := "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname AND connamespace = current_schema()::regnamespace)"
	if f.s.engine.file != "" {
		query = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
	}
	rows, err := tx.Raw(query).Rows()
	must(f, err)
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var name, definition string
		must(f, rows.Scan(&name, &definition))
		all[name] = definition
	}
	return all
}

// batches goes through what is to be written, a transaction for each batch, which is made ready while
// the one before is written.
func batches[T any](f *filling, tx *gorm.DB, size int, ready func(n int) T, write func(tx *gorm.DB, batch []T) error) {
	made := make(chan []T, 4)
	go func() {
		defer close(made)
		for from := 0; from < f.size; from += size {
			batch := make([]T, 0, size)
			for n := from; n < min(from+size, f.size); n++ {
				batch = append(batch, ready(n))
			}
			made <- batch
		}
	}()
	for batch := range made {
		must(f, tx.Transaction(func(tx *gorm.DB) error { return write(tx, batch) }))
	}
}

// texts fills what stories are found by, as saving does: from the oldest on.
func (f *filling) texts(tx *gorm.DB) {
	counts := map[string]int{}
	batches(f, tx, 5000, func(n int) indexed {
		a := f.article(n)
		terms := append(search.Terms(a.title, "", a.text, ""), monthTerm(monthOf(a.published)))
		for _, id := range f.viewsOf(&a, counts) {
			terms = append(terms, viewTerm(id))
		}
		return indexed{a.seq, terms}
	}, func(tx *gorm.DB, batch []indexed) error {
		for some := range slices.Chunk(batch, rowsAtOnce) {
			if err := f.s.engine.index.put(tx, some); err != nil {
				return err
			}
		}
		return nil
	})
}

// stories fills stories and items.
func (f *filling) stories(tx *gorm.DB) {
	items := []string{"id", "source", "story", "identity", "address", "guid", "link", "title", "text", "content", "published_at", "updated_at", "first_seen", "hash", "digest", "told"}
	constant := ", summary, people, categories, media, image, comments, language, rights, credit, published_precision, published_from, published_raw, updated_precision, updated_from, updated_raw, warnings"
	values := ", '', '[]', '[]', 'null', '', '', 'zh', '', '', 'minute', 'feed', '2026-03-01 08:00', 'minute', 'feed', '', 'null'"
	batches(f, tx, 10_000, f.article, func(tx *gorm.DB, batch []article) error {
		var of, about []any
		for i := range batch {
			a := &batch[i]
			address := fmt.Sprintf("%s.example/news/%d.html", a.source, a.seq)
			of = append(of, a.id, a.source, a.id, a.source+" "+address, address, address, "https://"+address, a.title, a.text, "<p>"+a.text+"</p>",
				a.published, a.published, a.listed, a.id, a.id, a.id)
			about = append(about, a.seq, a.id, a.seq, a.listed, a.published, a.published, text(f, a.sections), text(f, []string{a.region}))
		}
		if err := f.insert(tx, "items", items, constant, values, of); err != nil {
			return err
		}
		return f.insert(tx, "stories", []string{"seq", "id", "rev", "listed", "published", "updated", "sections", "regions"}, "", "", about)
	})
}

// memberships fills them in the order of their key, and makes views.
func (f *filling) memberships(tx *gorm.DB) {
	ids := make([]string, f.size)
	f.order = make([]int, f.size)
	for n := range f.order {
		ids[n], f.order[n] = f.article(n).id, n
	}
	slices.SortFunc(f.order, func(a, b int) int { return strings.Compare(ids[a], ids[b]) })
	counts := map[string]int{}
	batches(f, tx, 10_000, func(n int) article { return f.article(f.order[n]) }, func(tx *gorm.DB, batch []article) error {
		var of []any
		for i := range batch {
			a := &batch[i]
			for _, id := range f.viewsOf(a, counts) {
				of = append(of, a.id, id, a.listed, a.published, a.seq)
			}
		}
		return f.insert(tx, "memberships", []string{"story", "view", "listed", "published", "seq"}, "", "", of)
	})
	for name, id := range f.views {
		must(f, tx.Exec("INSERT INTO views (id, name, rev, changed, waiting) VALUES (?, ?, ?, 1, ?)", id, name, f.size, counts[name]).Error)
	}
}

// viewsOf numbers views as they come, in order.
func (f *filling) viewsOf(a *article, counts map[string]int) (ids []int64) {
	m := models.Membership{Sections: a.sections, Regions: []string{a.region}}
	for _, v := range f.catalog.Views(m, a.source) {
		name := v.Name()
		if f.views[name] == 0 {
			f.views[name] = int64(len(f.views) + 1)
		}
		counts[name]++
		ids = append(ids, f.views[name])
	}
	slices.Sort(ids)
	return ids
}

// insert writes rows, many at once.
func (f *filling) insert(tx *gorm.DB, table string, columns []string, constant, values string, args []any) error {
	row := "(" + strings.Repeat("?, ", len(columns)-1) + "?" + values + ")"
	into := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + constant + ") VALUES "
	for some := range slices.Chunk(args, 100*len(columns)) {
		n := len(some) / len(columns)
		if _, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, f.marked(into+row+strings.Repeat(", "+row, n-1)), some...); err != nil {
			return err
		}
	}
	return nil
}

// marked writes the marks of values as the engine wants them.
func (f *filling) marked(query string) string {
	if f.s.engine.file != "" {
		return query
	}
	parts := strings.Split(query, "?")
	var b strings.Builder
	for i, part := range parts[:len(parts)-1] {
		b.WriteString(part)
		b.WriteString("$" + strconv.Itoa(i+1))
	}
	return b.String() + parts[len(parts)-1]
}

// finish does what the background does of itself in time, and writes the ledger.
func (f *filling) finish(tx *gorm.DB) {
	must(f, tx.Exec("UPDATE ledger SET rev = ?, terms = ?, listed = ?", f.size, strconv.Itoa(search.Version), f.article(f.size-1).listed).Error)
	statements := []string{"VACUUM ANALYZE items, stories, memberships, views, search"}
	if f.s.engine.file != "" {
		statements = []string{"ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA synchronous = NORMAL"}
	}
	for _, statement := range statements {
		must(f, tx.Exec(statement).Error)
	}
}
