package fetch

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"syscall"
	"time"

	"civicfeed/models"
)

// trip is one Get: from redirect to redirect, each a request like any other whose address is
// judged, and which waits for its turn.
type trip struct {
	*Client
	transport  *http.Transport
	own        *url.URL // the source's address, to whose host alone its credentials go
	pass       pass
	room       func(context.Context) func() error // for a big body
	sent       func()
	validators models.Validators
	left       time.Duration // of the timeout
	retried    bool
}

// plan makes all ready for a trip, and tells where it begins.
func (c *Client) plan(r Request) (*trip, *url.URL, error) {
	t := &trip{Client: c, transport: c.transport, room: r.roomFor, sent: r.Sent, validators: r.Validators, left: cmp.Or(r.Timeout, DefaultTimeout)}
	own, err := address(r.URL)
	if err != nil {
		return t, nil, err
	}
	t.own = own
	if t.pass, err = newPass(r.Access); err != nil {
		return t, nil, err
	}
	if t.transport, err = c.ways.of(r.Access); err != nil {
		return t, nil, err
	}
	if r.MovedTo == "" {
		return t, own, nil
	}
	to, err := address(r.MovedTo)
	return t, to, err
}

// follow makes the requests.
func (t *trip) follow(ctx context.Context, u *url.URL) (*Response, error) {
	var spent time.Duration
	moved, forGood, atHome := "", true, t.atHome(u)
	for trail := []string{u.String()}; ; trail = append(trail, u.String()) {
		began := t.left
		res, location, err := t.turn(ctx, u, atHome)
		spent += began - t.left
		if res != nil {
			res.Duration, res.pass = spent, t.pass
			if len(trail) > 1 {
				res.URL = res.Mask(res.URL)
			}
		}
		if err != nil {
			return res, err
		}
		if location == "" {
			res.MovedTo = moved
			return res, nil
		}
		if u, err = redirect(u, location, trail); err != nil {
			return res, err
		}
		atHome = atHome && t.atHome(u)
		if forGood = forGood && permanent(res.Status); forGood {
			moved = t.told(u)
		}
	}
}

// atHome tells whether a request may carry the source's credentials: while it goes to the source's
// own host, at its own port, and not in the open where the source is asked in secret. A way that
// has left it once is trusted no more.
func (t *trip) atHome(u *url.URL) bool {
	return strings.EqualFold(u.Host, t.own.Host) && (u.Scheme == t.own.Scheme || u.Scheme == "https")
}

// told is an address that may be kept: no part of it is a secret.
func (t *trip) told(u *url.URL) string {
	if s := public(u); t.pass.mask(s) == s {
		return s
	}
	return ""
}

// turn waits until the host may be asked, and asks; a second time where the connection broke
// before an answer, for that happens to the best. The wait is bounded by ctx alone.
func (t *trip) turn(ctx context.Context, u *url.URL, atHome bool) (*Response, string, error) {
	leave, err := t.hosts.enter(ctx, u.Hostname())
	if err != nil {
		return nil, "", models.Fail(models.ErrInternal, "wait for a turn at %s: %w", u.Hostname(), err)
	}
	began, line := time.Now(), lines{guard: t.ways.guard}
	if t.sent != nil {
		t.sent()
	}
	timed, cancel := context.WithTimeout(ctx, t.left)
	res, location, err := t.ask(line.watch(timed), u, atHome)
	cancel()
	t.left -= time.Since(began)
	leave()
	if res != nil {
		res.Inside = line.inside
	}
	if t.retried || line.count > 1 || !broken(err, res) {
		return res, location, err
	}
	t.retried = true
	return t.turn(ctx, u, atHome)
}

// lines are the connections that a request is put on: net/http tries again by itself where one
// that lay idle turns out to be dead.
type lines struct {
	guard  *guard
	count  int
	inside bool // the last leads into a range of network.allow
}

func (l *lines) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(c httptrace.GotConnInfo) {
			l.count++
			to, ok := c.Conn.RemoteAddr().(*net.TCPAddr)
			l.inside = ok && l.guard.allowed(inner(to.AddrPort().Addr()))
		},
	})
}

// broken tells that a connection was reset or closed before an answer came. One that breaks later
// has cost its server enough.
func broken(err error, res *Response) bool {
	return res == nil && (errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) || errors.Is(err, syscall.EPIPE))
}

// ask makes one request and reads its answer; or gives the address it redirects to.
func (t *trip) ask(ctx context.Context, u *url.URL, atHome bool) (*Response, string, error) {
	if t.transport.Proxy != nil {
		if err := t.ways.judge(ctx, u); err != nil {
			return nil, "", err
		}
	}
	reply, err := t.transport.RoundTrip(t.request(ctx, u, atHome))
	if err != nil {
		return nil, "", err
	}
	defer reply.Body.Close()

	res := describe(reply, u, t.validators)
	if location := reply.Header.Get("Location"); location != "" && redirects(reply.StatusCode) {
		return res, location, nil
	}
	if res.Status == http.StatusProxyAuthRequired && t.transport.Proxy != nil {
		return res, "", errProxyAuth()
	}
	if err := verdict(res.Status, t.validators); err != nil || res.NotModified {
		return res, "", err
	}
	res.Body, err = read(reply, t.maxBody, t.room(ctx))
	res.Bytes = int64(len(res.Body))
	return res, "", err
}

// permanent tells the redirects that are meant for good (RFC 9110 sections 15.4.2 and 15.4.9).
func permanent(status int) bool {
	return status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect
}
