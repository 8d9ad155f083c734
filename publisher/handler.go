package publisher

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"civicfeed/models/store"
	"civicfeed/publisher/render"
)

// pageTTL is how long a browser shows a page without asking again; feeds have [render.TTL].
const pageTTL = time.Minute

// longestAddress is that of a request that is read, path and question together.
const longestAddress = 4 << 10

const contentPolicy = "default-src 'none'; style-src 'self'; img-src http: https: data:; media-src http: https:; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

// policies are values of headers, made once.
type policies struct {
	noSniff, content, referrer, anywhere []string
	vary, varyOpen, xml                  []string
	feed, page, live, still, none        []string // Cache-Control
}

func newPolicies() policies {
	cached := func(ttl time.Duration) []string {
		return []string{fmt.Sprintf("public, max-age=%d, stale-while-revalidate=%d, stale-if-error=%d",
			int(ttl.Seconds()), int(render.TTL.Seconds()), int((24 * time.Hour).Seconds()))}
	}
	return policies{
		noSniff: []string{"nosniff"}, content: []string{contentPolicy}, anywhere: []string{"*"},
		referrer: []string{"strict-origin-when-cross-origin"},
		vary:     []string{"Accept-Encoding"}, varyOpen: []string{"Accept, Accept-Encoding"},
		xml:  []string{"application/xml; charset=utf-8"},
		feed: cached(render.TTL), page: cached(pageTTL), still: cached(24 * time.Hour),
		live: []string{"public, no-cache"}, none: []string{"no-store"},
	}
}

// Handler answers requests for everything that is published.
func (p *Publisher) Handler() http.Handler { return http.HandlerFunc(p.admit) }

func (p *Publisher) serve(w http.ResponseWriter, r *http.Request, now time.Time) {
	st := p.stage.Load()
	defer func() {
		if cause := recover(); cause != nil {
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			p.tell(slog.LevelError, "request not answered", "path", pathOf(r), "panic", cause, "stack", string(debug.Stack()))
			p.notice(w, r, st, http.StatusInternalServerError)
		}
	}()
	if r.ContentLength != 0 {
		w.Header().Set("Connection", "close") // a body is not read, and nothing after it
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		p.notice(w, r, st, http.StatusMethodNotAllowed)
		return
	}
	if len(r.RequestURI) > longestAddress {
		p.notice(w, r, st, http.StatusRequestURITooLong)
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, st.root)
	if !ok {
		path = strings.TrimPrefix(r.URL.Path, "/") // whoever stands before us took the root off
	}
	if p.serveHealth(w, r, path) || p.serveAsset(w, r, st, path, now) {
		return
	}
	p.serveEdition(w, r, st, path, now)
}

func (p *Publisher) serveAsset(w http.ResponseWriter, r *http.Request, st *stage, path string, now time.Time) bool {
	if path == "favicon.ico" {
		p.redirect(w, r, st.base+"assets/icon.svg")
		return true
	}
	a, ok := st.assets[path]
	if !ok {
		return false
	}
	h := w.Header()
	h["Cache-Control"], h["Vary"] = p.policies.still, p.policies.vary
	p.answer(w, r, a.Edition, []string{a.mediaType}, now)
	return true
}

func (p *Publisher) serveEdition(w http.ResponseWriter, r *http.Request, st *stage, path string, now time.Time) {
	n := p.news.Load()
	v, ok := p.standing.get(st, n, path, now)
	if ok && r.URL.RawQuery == "" {
		p.show(w, r, v, now)
		return
	}
	route, ok := st.find(path, p.knows(r.Context(), st))
	if !ok {
		p.notice(w, r, st, n.absent(path))
		return
	}
	if route.open {
		route.suffix = offerFor(strings.Join(r.Header["Accept"], ","), offers(route.kind))
	}
	if err := p.ask(r, st, &route); err != nil {
		p.refuse(w, r, st, route.address, err)
		return
	}
	if route.moved {
		p.redirect(w, r, st.base+route.target())
		return
	}
	e, err := p.edition(askedBy(r), st, route.address)
	if err != nil {
		if route.open {
			w.Header()["Vary"] = p.policies.varyOpen
		}
		p.refuse(w, r, st, route.address, err)
		return
	}
	v = p.newShown(route, e)
	if r.URL.RawQuery == "" && p.stands(st, n, route, e) {
		p.standing.put(st, n, path, v, now)
	}
	p.show(w, r, v, now)
}

// show writes an edition with the headers that go with it.
func (p *Publisher) show(w http.ResponseWriter, r *http.Request, v shown, now time.Time) {
	h, mediaType := w.Header(), v.mediaType
	h["Vary"], h["Cache-Control"] = v.vary, v.cacheControl
	if v.anywhere {
		h["Access-Control-Allow-Origin"] = p.policies.anywhere
	}
	if v.styled && p.browsers.get(strings.Join(r.Header["Accept"], ","))[v.suffix] {
		mediaType = p.policies.xml
	}
	p.answer(w, r, v.edition, mediaType, now)
}

// ask reads into a route what the address of a view asks for besides.
func (p *Publisher) ask(r *http.Request, st *stage, route *route) error {
	if route.kind != viewPage || r.URL.RawQuery == "" && !route.search {
		return nil
	}
	f, _ := render.Lookup(route.suffix)
	a, err := st.ask(route.view, f.Order, r.URL.RawQuery, p.knows(r.Context(), st))
	if err != nil {
		return err
	}
	if route.search && a.Text == "" && f.Feed {
		return wrongParameter{"q", ""}
	}
	route.asked, route.moved = a.at(a.Cursor), route.moved || a.renamed
	return nil
}

// knows tells whether a source is, or was, in the catalog; where the store cannot say, it may be.
func (p *Publisher) knows(ctx context.Context, st *stage) func(string) bool {
	return func(key string) bool {
		if _, ok := st.catalog.Source(key); ok {
			return true
		}
		n, err := p.latest(ctx)
		if err != nil {
			return true
		}
		_, ok := n.sources[key]
		return ok
	}
}

// answer writes an edition, or that what the client has is still good.
func (p *Publisher) answer(w http.ResponseWriter, r *http.Request, e *Edition, mediaType []string, now time.Time) {
	form := e.form(p.codings.get(strings.Join(r.Header["Accept-Encoding"], ",")))
	h := w.Header()
	p.guard(h)
	p.keepPrivate(h, r)
	h["Etag"] = form.etag
	if modified := e.seen(now); modified != nil {
		h["Last-Modified"] = modified
	}
	if e.unchanged(r.Header) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Type"] = mediaType
	h["Content-Length"] = form.length
	if form.encoding != nil {
		h["Content-Encoding"] = form.encoding
	}
	if r.Method != http.MethodHead {
		w.Write(form.body) // a client that went away is no fault
	}
}

// seen is the time of the newest change as it is told: never one to come.
func (e *Edition) seen(now time.Time) []string {
	if e.Modified.After(now) {
		return []string{now.UTC().Format(http.TimeFormat)}
	}
	return e.modified
}

// unchanged tells whether the client holds this edition already. Where it names a tag, only the
// tag counts (RFC 9110 section 13.2.2).
func (e *Edition) unchanged(h http.Header) bool {
	if tags := h["If-None-Match"]; len(tags) > 0 {
		return slices.ContainsFunc(tags, func(t string) bool { return matches(t, e.Tag()) })
	}
	since := h.Get("If-Modified-Since")
	if since == "" || e.Modified.IsZero() {
		return false
	}
	t, err := http.ParseTime(since)
	return err == nil && !e.Modified.After(t)
}

func (p *Publisher) guard(h http.Header) {
	h["X-Content-Type-Options"], h["Content-Security-Policy"], h["Referrer-Policy"] =
		p.policies.noSniff, p.policies.content, p.policies.referrer
}

// keepPrivate has no cache keep what was asked for with credentials, though the answer is the same.
func (p *Publisher) keepPrivate(h http.Header, r *http.Request) {
	if len(r.Header["Authorization"]) > 0 || len(r.Header["Cookie"]) > 0 {
		h["Cache-Control"] = p.policies.none
	}
}

func (p *Publisher) redirect(w http.ResponseWriter, r *http.Request, to string) {
	h := w.Header()
	p.guard(h)
	h["Cache-Control"] = p.policies.page
	p.keepPrivate(h, r)
	h.Set("Location", to)
	w.WriteHeader(http.StatusMovedPermanently)
}

// refuse tells why there is no edition: there is none, or none just now, or the fault is ours.
func (p *Publisher) refuse(w http.ResponseWriter, r *http.Request, st *stage, a address, err error) {
	var wrong wrongParameter
	switch {
	case errors.As(err, &wrong) && p.news.Load().had(wrong):
		p.notice(w, r, st, http.StatusGone)
		return
	case errors.As(err, &wrong):
		p.refusal(w, r, st, wrong)
		return
	case errors.Is(err, store.ErrCursor):
		p.refusal(w, r, st, wrongParameter{"cursor", r.URL.Query().Get("cursor")})
		return
	case errors.Is(err, store.ErrNotFound):
		p.notice(w, r, st, http.StatusNotFound)
		return
	case errors.Is(err, store.ErrWithdrawn):
		p.notice(w, r, st, http.StatusGone)
		return
	}
	if p.turnedAway(w, r, st, err) {
		return
	}
	p.complain("edition not made", a, err)
	w.Header().Set("Retry-After", "30")
	p.notice(w, r, st, http.StatusServiceUnavailable)
}

// refusal says which parameter is wrong.
func (p *Publisher) refusal(w http.ResponseWriter, r *http.Request, st *stage, wrong wrongParameter) {
	body, err := render.Refusal(st.catalog, st.base, wrong.name, wrong.value)
	if err != nil {
		body = []byte(wrong.Error())
	}
	p.page(w, r, http.StatusBadRequest, body)
}

// notice writes a page that says what is the matter.
func (p *Publisher) notice(w http.ResponseWriter, r *http.Request, st *stage, code int) {
	body, err := render.Notice(st.catalog, st.base, code)
	if err != nil {
		body = []byte(http.StatusText(code))
	}
	p.page(w, r, code, body)
}

// page writes a page that is never cached.
func (p *Publisher) page(w http.ResponseWriter, r *http.Request, code int, body []byte) {
	h := w.Header()
	p.guard(h)
	h["Cache-Control"] = p.policies.none
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

func (p *Publisher) complain(msg string, a address, err error) {
	level := slog.LevelError
	if errors.As(err, new(errTooMany)) {
		level = slog.LevelWarn // the client's doing
	}
	p.tell(level, msg, "edition", a.name(), "err", err)
}

// tell logs a request's trouble, each message once in ten seconds at most: an outage must not flood
// the log. Messages are constant, so they are few.
func (p *Publisher) tell(level slog.Level, msg string, args ...any) {
	last, _ := p.told.LoadOrStore(msg, new(atomic.Int64))
	now, before := time.Now().Unix(), last.(*atomic.Int64).Load()
	if now-before >= 10 && last.(*atomic.Int64).CompareAndSwap(before, now) {
		p.log.Log(context.Background(), level, msg, args...)
	}
}

// pathOf is what a log tells of a request's path: its beginning, in plain characters.
func pathOf(r *http.Request) string {
	const most = 160 // bytes, of each of which three may be made
	path := r.URL.Path
	if len(path) > most {
		path = path[:most] + "…"
	}
	return (&url.URL{Path: path}).EscapedPath()
}
