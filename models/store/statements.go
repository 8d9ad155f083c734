package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"sync"

	"gorm.io/gorm"
)

// statements are questions that are put again and again: parsed once for each connection, not each
// time. To parse one takes SQLite longer than to answer it.
type statements struct {
	mu    sync.Mutex
	known map[string]*sql.Stmt
}

// ask puts a question, with ? for its values, in a transaction of the reader.
func (s *Store) ask(tx *gorm.DB, question string, args ...any) (*sql.Rows, error) {
	conn, ok := tx.Statement.ConnPool.(*sql.Tx)
	if !ok {
		return tx.Raw(question, args...).Rows()
	}
	ctx := tx.Statement.Context
	prepared, err := s.prepared(ctx, question)
	if err != nil {
		return nil, err
	}
	return conn.StmtContext(ctx, prepared).QueryContext(ctx, args...)
}

func (s *Store) prepared(ctx context.Context, question string) (*sql.Stmt, error) {
	s.statements.mu.Lock()
	defer s.statements.mu.Unlock()
	if stmt, ok := s.statements.known[question]; ok {
		return stmt, nil
	}
	pool, err := s.reader.DB()
	if err != nil {
		return nil, err
	}
	stmt, err := pool.PrepareContext(context.WithoutCancel(ctx), s.engine.marked(question))
	if err != nil {
		return nil, err
	}
	if s.statements.known == nil {
		s.statements.known = make(map[string]*sql.Stmt)
	}
	s.statements.known[question] = stmt
	return stmt, nil
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
