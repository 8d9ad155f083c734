package store

import (
	"context"
	"fmt"
)

// Due is a source that may be claimed, and the address at which it is asked.
type Due struct{ Source, Address string }

// Due lists the sources that may be claimed, the longest due first.
func (s *Store) Due(ctx context.Context, w Which) ([]Due, error) {
	db := s.reader.WithContext(ctx)
	now, err := s.now(db)
	if err != nil {
		return nil, err
	}
	var due []Due
	condition, args := w.condition(now)
	err = db.Raw(`SELECT key AS source, CASE address WHEN '' THEN url ELSE address END AS address
		FROM sources WHERE `+condition+` ORDER BY next_at, key`, args...).Scan(&due).Error
	if err != nil {
		return nil, fmt.Errorf("list the sources that are due: %w", err)
	}
	return due, nil
}
