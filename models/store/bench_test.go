package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

// BenchmarkSave measures the saving of 20 new items against its floor in the same run: the same
// rows and memberships, inserted one by one by statements prepared once, in one transaction.
func BenchmarkSave(b *testing.B) {
	for _, engine := range []struct {
		name string
		make func(testing.TB) database
	}{{"sqlite", newSQLite}, {"postgres", newPostgres}} {
		b.Run(engine.name, func(b *testing.B) {
			b.Run("save", func(b *testing.B) { benchmarkSave(b, engine.make(b)) })
			b.Run("floor", func(b *testing.B) { benchmarkFloor(b, engine.make(b)) })
		})
	}
}

// twenty items as feeds have them: a few thousand characters each.
func twenty(n int, now models.Millis) []models.Item {
	items := make([]models.Item, 20)
	for i := range items {
		it := item("dong-news", fmt.Sprintf("%08x-%d", uint32(n*20+i)*2654435761, n*20+i), now-models.Millis(i*1000), "要闻")
		it.Content, it.Text = "<p>"+strings.Repeat("云溪东区新闻", 300)+"</p>", strings.Repeat("云溪东区新闻", 300)
		it.People, it.Summary = []models.Person{{Role: "记者", Name: "林晓"}}, strings.Repeat("概要", 60)
		items[i] = it
	}
	return items
}

func benchmarkSave(b *testing.B, d database) {
	s, c := ready(b, d)
	settled(b, s, "dong-news")
	n := 0
	for b.Loop() {
		b.StopTimer()
		del := fetched(b, s, claim(b, s, "dong-news"), twenty(n, c.millisNow())...)
		n++
		b.StartTimer()
		must(b, s.Save(b.Context(), []*models.Delivery{del}))
	}
	if got := listing(b, s, models.View{Section: "focus"}); len(strings.Fields(got)) != min(200, 20*n) {
		b.Fatalf("%d batches made %d stories", n, len(strings.Fields(got)))
	}
}

func benchmarkFloor(b *testing.B, d database) {
	s, c := ready(b, d)
	deliver(b, s, "dong-news", item("dong-news", "views", 1, "要闻")) // makes the views
	views := len(revs(b, s))
	db := d.raw(b)
	db.SetMaxOpenConns(1)
	prepare := func(table string, columns int) *sql.Stmt {
		marks := make([]string, columns)
		for i := range marks {
			if marks[i] = "?"; d.postgres {
				marks[i] = fmt.Sprintf("$%d", i+1)
			}
		}
		stmt, err := db.Prepare("INSERT INTO " + table + " VALUES (" + strings.Join(marks, ", ") + ")")
		must(b, err)
		return stmt
	}
	items, stories, members := prepare("items", 37), prepare("stories", 9), prepare("memberships", 7)
	n := 0
	for b.Loop() {
		b.StopTimer()
		batch := twenty(n, c.millisNow())
		b.StartTimer()
		tx, err := db.BeginTx(b.Context(), nil)
		must(b, err)
		for i, it := range batch {
			it.Admit(c.millisNow())
			seq := int64(n*20 + i + 10)
			insert(b, tx, items, it.ID, it.Source, it.ID, it.Identity, it.Address, it.GUID, it.Link, it.Title, it.Summary, it.Content, it.Text,
				text(b, it.People), text(b, it.Categories), text(b, it.Media), it.Image, it.Comments, it.Language, it.Rights, it.Credit,
				int64(it.Published.At), string(it.Published.Precision), string(it.Published.From), it.Published.Raw,
				int64(it.Updated.At), string(it.Updated.Precision), string(it.Updated.From), it.Updated.Raw,
				int64(it.FirstSeen), it.Hash, it.Digest, nil, it.Told, nil, it.Column, nil, nil, it.Page)
			insert(b, tx, stories, seq, it.ID, seq, int64(c.millisNow()), int64(it.Published.At), int64(it.Updated.At), `["focus"]`, `["dong"]`, 0)
			for v := range views {
				insert(b, tx, members, it.ID, v+1, int64(c.millisNow()), int64(it.Published.At), seq, true, false)
			}
		}
		must(b, tx.Commit())
		n++
	}
}

func insert(tb testing.TB, tx *sql.Tx, stmt *sql.Stmt, args ...any) {
	if _, err := tx.StmtContext(context.Background(), stmt).Exec(args...); err != nil {
		tb.Fatal(err)
	}
}

func text(tb testing.TB, v any) string {
	encoded, err := json.Marshal(v)
	must(tb, err)
	return string(encoded)
}

// BenchmarkLatest reads a page of 50 stories out of ten thousand.
func BenchmarkLatest(b *testing.B) {
	for name, make := range map[string]func(testing.TB) database{"sqlite": newSQLite, "postgres": newPostgres} {
		b.Run(name, func(b *testing.B) {
			s, c := ready(b, make(b))
			for n := range 500 {
				deliver(b, s, "dong-news", twenty(n, c.millisNow())...)
				c.pass(time.Minute)
			}
			for b.Loop() {
				if _, err := s.Latest(b.Context(), models.View{Section: "focus"}, models.ByListed, 50); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
