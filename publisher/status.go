package publisher

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"
)

// serveHealth answers whether the process lives, and whether it is ready for readers: a catalog
// was applied and the store answers. A store that is away does not end its life.
func (p *Publisher) serveHealth(w http.ResponseWriter, r *http.Request, path string) bool {
	switch path {
	case "healthz":
		p.plain(w, http.StatusOK, "ok\n")
	case "readyz":
		if err := p.clients.admitPage(askedBy(r), p.opts.Clock()); p.turnedAway(w, r, p.stage.Load(), err) {
			return true // each time the store is asked
		}
		if err := p.ready(r.Context()); err != nil {
			p.tell(slog.LevelWarn, "not ready", "err", err)
			p.plain(w, http.StatusServiceUnavailable, "not ready: the database does not answer, or no catalog was applied yet\n")
			return true
		}
		p.plain(w, http.StatusOK, "ready\n")
	default:
		return false
	}
	return true
}

func (p *Publisher) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	st, err := p.db()
	if err != nil {
		return err
	}
	state, err := st.State(ctx)
	if err == nil && state.CatalogChanged == 0 {
		err = errors.New("no catalog was applied yet")
	}
	return err
}

func (p *Publisher) plain(w http.ResponseWriter, code int, text string) {
	h := w.Header()
	p.guard(h)
	h["Cache-Control"] = p.policies.none
	h.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	w.Write([]byte(text)) // to nobody, for HEAD
}
