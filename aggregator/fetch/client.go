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
	"errors"
	"fmt"
	"net"
	"net/http"
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
	// Dial stands in for the network in tests that run in a time of their own, and for the guard
	// that judges its addresses; nil everywhere else.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Client fetches documents. It is safe for concurrent use; all requests of the program to one
// host should go through one Client, for it is what keeps the pauses between them.
type Client struct {
	transport *http.Transport // the network's own way
	ways      *ways
	hosts     *hosts
	agent     string
	maxBody   int64
}

// Request is one document to ask for.
type Request struct {
	URL        string            // of the source
	MovedTo    string            // the address to ask instead, where it has moved to; or empty
	Access     models.Access     // what the source's own host wants
	Validators models.Validators // of the newest saved answer; empty ones ask unconditionally
	// Room is asked before a body grows beyond a megabyte, and may have it wait until others have been
	// read; nil: there is always room. It may be asked twice, where a connection broke.
	Room func(context.Context) error
	// Sent is told that a request goes out: the wait for the first turn is over. nil: nobody asks.
	Sent func()
	// Timeout bounds the requests and their bodies, redirects included, but not the wait for
	// their turn at the host. 0: [DefaultTimeout].
	Timeout time.Duration
}

func (r Request) asked() string { return cmp.Or(r.MovedTo, r.URL) }

// Response is a complete answer. Beside an error it tells what is known of the answer, and has
// no Body.
type Response struct {
	At              time.Time // when it came
	Status          int
	NotModified     bool   // 304: the copy that the validators stand for is still good
	URL             string // that answered, after redirects, without credentials and what redirects repeat of our secrets
	Inside          bool   // it answered from a range of network.allow
	MovedTo         string // where redirects meant for good (301, 308) led from the address asked; empty: nowhere
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

	pass pass
}

// Mask takes out of a sentence what the answer repeats of our secrets. Without an answer it repeats
// nothing.
func (r *Response) Mask(sentence string) string {
	if r == nil {
		return sentence
	}
	return r.pass.mask(sentence)
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
	atOnce := max(n.Concurrency, 1)
	ways := &ways{
		network: way{n.Proxy, n.CAFile}, guard: guard, agent: agent, perHost: atOnce, dial: o.Dial,
		lookup: net.DefaultResolver.LookupNetIP, made: map[way]*http.Transport{},
	}
	transport, err := ways.of(models.Access{})
	if err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	return &Client{
		transport: transport, ways: ways,
		hosts:   newHosts(atOnce, n.Gap, o.Before),
		agent:   agent,
		maxBody: cmp.Or(n.MaxBody, models.DefaultNetwork().MaxBody),
	}, nil
}

// Close drops idle connections. Requests under way go on.
func (c *Client) Close() { c.ways.close() }

// Ready tells what is missing to ask a source as its access says: a secret, a file.
func (c *Client) Ready(a models.Access) error {
	_, secrets := newPass(a)
	_, way := c.ways.of(a)
	return errors.Join(secrets, way)
}

// Get fetches a document, following redirects. Its errors are [models.Failure]s. Where an answer
// came, though not the one that was hoped for (an HTTP status, a body over the limit), the
// Response is there beside the error.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	var res *Response
	t, u, err := c.plan(r)
	if err == nil {
		res, err = t.follow(ctx, u)
	}
	if ctx.Err() != nil && err != nil {
		err = models.Fail(models.ErrInternal, "our own time for it is over: %w", err) // be it at fault or not
	}
	if err != nil {
		return res, explain(r.asked(), err, t.pass.mask)
	}
	return res, nil
}
