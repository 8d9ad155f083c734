package fetch

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"civicfeed/models"
)

// ways are the transports of a client: the network's own, and one more for each proxy and each
// file of certificates that sources name.
type ways struct {
	network way
	guard   *guard
	agent   string
	perHost int
	dial    dialer // instead of the guarded ones, in tests
	lookup  func(ctx context.Context, network, host string) ([]netip.Addr, error)

	mu   sync.Mutex
	made map[way]*http.Transport
}

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// way is what tells transports apart.
type way struct{ proxy, caFile string }

// of is the transport that a source wants.
func (w *ways) of(a models.Access) (*http.Transport, error) {
	want := way{cmp.Or(a.Proxy, w.network.proxy), cmp.Or(a.CAFile, w.network.caFile)}
	if want.proxy == models.Direct {
		want.proxy = ""
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if t := w.made[want]; t != nil {
		return t, nil
	}
	t, err := w.transport(want)
	if err != nil {
		return nil, err
	}
	w.made[want] = t
	return t, nil
}

func (w *ways) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.made {
		t.CloseIdleConnections()
	}
}

// transport leaves compression to us, so that the limit on a body holds after decompression. It
// knows no proxy but that of feeds.yaml; one of the environment would make the guard blind.
func (w *ways) transport(want way) (*http.Transport, error) {
	t := &http.Transport{
		Proxy:                  nil,
		DialContext:            w.dialer(w.guard.control),
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
		TLSHandshakeTimeout:    connectTimeout,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    w.perHost,
	}
	if want.caFile != "" {
		trusted, err := trust(w.network.caFile, want.caFile)
		if err != nil {
			return nil, models.Fail(models.ErrInternal, "ca_file: %w", err)
		}
		t.TLSClientConfig = &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}
	}
	if want.proxy == "" {
		return t, nil
	}
	proxy, err := proxyAddress(want.proxy)
	if err != nil {
		return nil, models.Fail(models.ErrInternal, "proxy: %w", err)
	}
	t.Proxy = http.ProxyURL(proxy)
	t.DialContext = w.dialer(w.guard.controlProxy)
	t.ProxyConnectHeader = http.Header{"User-Agent": {w.agent}}
	t.OnProxyConnectResponse = admitted
	return t, nil
}

func (w *ways) dialer(control controller) dialer {
	if w.dial != nil {
		return w.dial
	}
	return (&net.Dialer{Timeout: connectTimeout, Control: control}).DialContext
}

// trust adds certificates to those that the system trusts.
func trust(files ...string) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // of a system that has none
	}
	for _, file := range files {
		if file == "" {
			continue
		}
		pem, err := slurp(file, 1<<20)
		if err != nil {
			return nil, fmt.Errorf("read the certificates: %w", err)
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----", file)
		}
	}
	return pool, nil
}

// proxyAddress reads the address of a proxy, its password from the environment.
func proxyAddress(text string) (*url.URL, error) {
	var secrets pass
	value, err := secrets.expand(text)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%s is no address: write it like http://proxy.example.org:3128; "+
			"in a password, characters such as @ and / are written %%40 and %%2F", text)
	}
	return u, nil
}

// admitted judges what a proxy says to our wish to be led to a host.
func admitted(_ context.Context, _ *url.URL, _ *http.Request, reply *http.Response) error {
	switch reply.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusProxyAuthRequired:
		return errProxyAuth()
	}
	return models.Fail(models.ErrConnect, "the proxy does not lead there: it answered %s", statusText(reply.StatusCode))
}

func errProxyAuth() error {
	return models.Fail(models.ErrConnect, "the proxy wants to know who asks (407): "+
		"write proxy: http://NAME:${PASSWORD}@… in feeds.yaml, and set that variable")
}

// judge looks at where a proxy would be sent, for it is not we who dial there. What cannot be seen
// from here, a name that only the proxy knows, is left to the proxy.
func (w *ways) judge(ctx context.Context, u *url.URL) error {
	host, port := plainHost(u.Hostname()), portOf(u)
	if looksNumeric(host) {
		return models.Fail(models.ErrBlocked, "refused: %q is an obscure way to write an address", clip(u.Hostname()))
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return w.guard.judge(netip.AddrPortFrom(ip, port), false)
	}
	ips, err := w.lookup(ctx, "ip", host)
	var unknown *net.DNSError
	switch {
	case errors.As(err, &unknown) && inward(host):
		return models.Fail(models.ErrBlocked, "refused: %s is a name of a private network; name its address in the url, and in network.allow", clip(host))
	case errors.As(err, &unknown):
		return ctx.Err()
	case err != nil:
		return err
	}
	for _, ip := range ips {
		if err := w.guard.judge(netip.AddrPortFrom(ip, port), false); err != nil {
			return err
		}
	}
	return nil
}

// plainHost is a host as a resolver sees it: ①②⑦。0.0.1 is 127.0.0.1.
func plainHost(host string) string {
	return strings.TrimSuffix(strings.ReplaceAll(norm.NFKC.String(strings.ToLower(host)), "。", "."), ".")
}

// inward tells names that mean something in a private network only (RFC 6761, RFC 6762, RFC 8375).
func inward(host string) bool {
	_, zone, dotted := strings.Cut(host, ".")
	if !dotted {
		return true
	}
	zone = zone[strings.LastIndexByte(zone, '.')+1:]
	switch zone {
	case "internal", "local", "localhost", "localdomain", "lan", "intranet", "corp", "home", "arpa":
		return true
	}
	return false
}

func portOf(u *url.URL) uint16 {
	if u.Port() == "" && u.Scheme == "https" {
		return 443
	}
	p, err := netip.ParseAddrPort("0.0.0.0:" + cmp.Or(u.Port(), "80"))
	if err != nil {
		return 0 // no port that may be asked
	}
	return p.Port()
}
