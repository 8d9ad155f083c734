// Package fetch asks other people's servers for documents, and is the only place of the program
// that does. It takes an address and the validators of the last answer, and gives the bytes of a
// complete answer, or one [models.Failure] that tells an admin what happened and what to do.
//
// It has manners: a plain GET that names us, conditional where validators are known, one request
// at a time and a pause towards each host. It is wary: every address is judged when it is dialled,
// every redirect anew; size and time are bounded whatever the other side does. It must never read
// a proxy from the environment, send a cookie, a referrer or credentials to another host, give a
// part of a body for the whole, or interpret what it fetched.
package fetch

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/url"
	"time"

	"civicfeed/models"
)

// What holds where feeds.yaml does not say otherwise, and what it cannot change.
const (
	DefaultTimeout = 30 * time.Second

	maxRedirects   = 5
	maxHeader      = 64 << 10
	connectTimeout = 15 * time.Second
	idleTimeout    = 30 * time.Second
)

// Options says who is asking.
type Options struct {
	Version string // of the program
	Contact string // an address where publishers learn more: the site's URL, or a mail address
	// Before is the client that this one replaces, whose turns and pauses at hosts go on; or nil.
	Before *Client
}

// Client fetches documents. It is safe for concurrent use; all requests of the program to one
// host should go through one Client, for it is what keeps the pauses between them.
type Client struct {
	transport *http.Transport
	hosts     *hosts
	agent     string
	maxBody   int64
}

// Request is one document to ask for.
type Request struct {
	URL        string
	Validators models.Validators // of the newest saved answer; empty ones ask unconditionally
	// Timeout bounds the requests and their bodies, redirects included, but not the wait for
	// their turn at the host. 0: [DefaultTimeout].
	Timeout time.Duration
}

// Response is a complete answer. Beside an error it tells what is known of the answer, and has
// no Body.
type Response struct {
	Status          int
	NotModified     bool   // 304: the copy that the validators stand for is still good
	URL             string // that answered, after redirects, without credentials
	Body            []byte // decompressed
	ContentType     string
	ContentLocation string // as sent: it may be relative
	ContentLanguage string
	// Validators are for the next request, byte for byte as received. After a 304 they are those
	// of the request, freshened by what it brought (RFC 9111 section 4.3.4).
	Validators models.Validators
	RetryAfter time.Duration // that the server asked for; 0: none (RFC 9110 section 10.2.3)
	MaxAge     time.Duration // for which the answer stays fresh; 0: not said (RFC 9111 section 4.2)
	Bytes      int64         // length of Body
	Duration   time.Duration // of the requests, without the wait for their turn
}

// New makes a client with the network settings of a catalog; a reload makes a new one.
// Zero settings mean the defaults of feeds.yaml, except that a zero gap is no gap.
func New(n models.Network, o Options) (*Client, error) {
	guard, err := newGuard(n)
	if err != nil {
		return nil, err
	}
	agent, err := userAgent(n.UserAgent, o)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: connectTimeout, Control: guard.control}
	atOnce := max(n.Concurrency, 1)
	return &Client{
		transport: newTransport(dialer, atOnce),
		hosts:     newHosts(atOnce, n.Gap, o.Before),
		agent:     agent,
		maxBody:   cmp.Or(n.MaxBody, models.DefaultNetwork().MaxBody),
	}, nil
}

// newTransport leaves compression to us, so that the limit on a body holds after decompression,
// and knows no proxy: the guard must see the address that is really dialled.
func newTransport(dialer *net.Dialer, perHost int) *http.Transport {
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
		TLSHandshakeTimeout:    connectTimeout,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    perHost,
	}
}

// Close drops idle connections. Requests under way go on.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Get fetches a document, following redirects. Its errors are [models.Failure]s. Where an answer
// came, though not the one that was hoped for (an HTTP status, a body over the limit), the
// Response is there beside the error.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	res, err := c.follow(ctx, r)
	if err != nil {
		return res, explain(r.URL, err)
	}
	return res, nil
}

// follow goes from redirect to redirect. Each is a request like any other: its address is judged,
// and it waits for its turn.
func (c *Client) follow(ctx context.Context, r Request) (*Response, error) {
	u, err := address(r.URL)
	if err != nil {
		return nil, err
	}
	timeout := cmp.Or(r.Timeout, DefaultTimeout)
	var spent time.Duration
	for trail := []string{u.String()}; ; trail = append(trail, u.String()) {
		res, location, err := c.turn(ctx, u, r.Validators, timeout-spent)
		if res != nil {
			spent += res.Duration
			res.Duration = spent
		}
		if err != nil || location == "" {
			return res, err
		}
		if u, err = redirect(u, location, trail); err != nil {
			return res, err
		}
	}
}

// turn waits until the host may be asked, and asks. The wait is bounded by ctx alone.
func (c *Client) turn(ctx context.Context, u *url.URL, v models.Validators, timeout time.Duration) (*Response, string, error) {
	leave, err := c.hosts.enter(ctx, u.Hostname())
	if err != nil {
		return nil, "", models.Fail(models.ErrInternal, "wait for a turn at %s: %w", u.Hostname(), err)
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return c.ask(ctx, u, v)
}

// ask makes one request and reads its answer; or gives the address it redirects to.
func (c *Client) ask(ctx context.Context, u *url.URL, v models.Validators) (*Response, string, error) {
	began := time.Now()
	reply, err := c.transport.RoundTrip(c.request(ctx, u, v))
	if err != nil {
		return nil, "", err
	}
	defer reply.Body.Close()

	res := describe(reply, u, v)
	defer func() { res.Duration = time.Since(began) }()
	if location := reply.Header.Get("Location"); location != "" && redirects(reply.StatusCode) {
		return res, location, nil
	}
	if err := verdict(res.Status, v); err != nil || res.NotModified {
		return res, "", err
	}
	res.Body, err = read(reply, c.maxBody)
	res.Bytes = int64(len(res.Body))
	return res, "", err
}
