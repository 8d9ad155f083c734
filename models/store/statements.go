package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"civicfeed/models"

	"gorm.io/gorm"
)

// questions are those that are put again and again: parsed once for each connection, not each time. To
// parse one takes SQLite longer than to answer it.
func questions() []string {
	all := []string{headOfView, stateOfAll, changedViews, movesSince}
	for _, o := range []models.Order{models.ByListed, models.ByPublished} {
		whole, _ := rangeOf(o, models.Cursor{})
		all = append(all, whole, bare+within(o, ">="))
	}
	return all
}

// prepare has the questions parsed, before anybody asks: who asks holds a connection, and must not have
// to wait for another.
func (s *Store) prepare(ctx context.Context) error {
	pool, err := s.reader.DB()
	if err != nil {
		return err
	}
	s.prepared = make(map[string]*sql.Stmt)
	for _, q := range questions() {
		if s.prepared[q], err = pool.PrepareContext(ctx, s.engine.marked(q)); err != nil {
			return fmt.Errorf("prepare a question: %w", err)
		}
	}
	return nil
}

// ask puts a question, with ? for its values, to the reader or in a transaction of it.
func (s *Store) ask(tx *gorm.DB, question string, args ...any) (*sql.Rows, error) {
	ctx, stmt := tx.Statement.Context, s.prepared[question]
	if stmt == nil {
		return tx.Raw(question, args...).Rows()
	}
	if conn, ok := tx.Statement.ConnPool.(*sql.Tx); ok {
		stmt = conn.StmtContext(ctx, stmt)
	}
	return stmt.QueryContext(ctx, args...)
}

// marked writes the marks of values as the engine wants them.
func (e engine) marked(question string) string {
	if e.file != "" {
		return question
	}
	var b strings.Builder
	for n, part := range strings.Split(question, "?") {
		if n > 0 {
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteString(part)
	}
	return b.String()
}
