package store

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"gorm.io/gorm/logger"
)

// queries tells slog of statements, at debug: whoever asked hears of the errors. Values stay out
// of the log; they are articles.
type queries struct{ log *slog.Logger }

func (q queries) LogMode(logger.LogLevel) logger.Interface { return q }

func (q queries) Info(ctx context.Context, message string, args ...any) {
	q.log.DebugContext(ctx, "database", "message", fmt.Sprintf(message, args...))
}

func (q queries) Warn(ctx context.Context, message string, args ...any) {
	q.Info(ctx, message, args...)
}

func (q queries) Error(ctx context.Context, message string, args ...any) {
	q.Info(ctx, message, args...)
}

func (q queries) Trace(ctx context.Context, begin time.Time, statement func() (string, int64), err error) {
	if !q.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	text, rows := statement()
	args := []any{"sql", text, "rows", rows, "took", time.Since(begin)}
	if err != nil {
		args = append(args, "err", err)
	}
	q.log.DebugContext(ctx, "database", args...)
}

// ParamsFilter is GORM's way to ask what of a statement's values may be shown.
func (queries) ParamsFilter(_ context.Context, statement string, _ ...any) (string, []any) {
	return statement, nil
}
