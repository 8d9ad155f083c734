package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"

	"civicfeed/models"
)

// explain makes the sentence that an admin reads: what was being done, what went wrong, and what
// can be done about it.
func explain(address string, err error, mask func(string) string) error {
	class := classify(err)
	if seen := err.Error(); mask(seen) != seen {
		err = models.Fail(class, "%s", mask(seen)) // the other side has repeated a secret of ours
	}
	var known *models.Failure
	advice := advices(class)
	if byProxy(err) {
		advice = "check proxy in feeds.yaml"
	}
	if advice != "" && !errors.As(err, &known) {
		return models.Fail(class, "fetch %s: %w; %s", clip(redact(address)), err, advice)
	}
	return models.Fail(class, "fetch %s: %w", clip(redact(address)), err)
}

func classify(err error) models.ErrorClass {
	var (
		known  *models.Failure
		lookup *net.DNSError
		timed  net.Error
	)
	switch {
	case errors.As(err, &known):
		return known.Class
	case byProxy(err):
		return models.ErrConnect
	case errors.Is(err, context.Canceled), errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return models.ErrInternal
	case errors.As(err, &lookup):
		return models.ErrDNS
	case isTLS(err):
		return models.ErrTLS
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timed) && timed.Timeout():
		return models.ErrTimeout
	case strings.Contains(err.Error(), "response header"): // net/http has no name for it
		return models.ErrTooLarge
	}
	return models.ErrConnect
}

// byProxy tells that it was the proxy that could not be reached, or did not do as it was told.
func byProxy(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "proxyconnect" || strings.HasPrefix(op.Op, "socks"))
}

func isTLS(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
	)
	return errors.As(err, &certificate) || errors.As(err, &record) || errors.As(err, &alert) ||
		errors.Is(err, http.ErrSchemeMismatch) || strings.Contains(err.Error(), "tls: ")
}

// advices says what an admin can do about errors that are not our own words.
func advices(class models.ErrorClass) string {
	switch class {
	case models.ErrDNS:
		return "check the spelling of its url, and this machine's DNS"
	case models.ErrTLS:
		return "its https is broken or its certificate not to be trusted: tell the publisher"
	case models.ErrTimeout:
		return "if it is always slow, give the source a longer timeout in feeds.yaml"
	case models.ErrConnect:
		return "the server or the way to it is broken; it will be asked again"
	}
	return ""
}

// verdict judges a status: nil for a document, and for a 304 that was asked for.
func verdict(status int, sent models.Validators) error {
	class, advice := models.ErrNotAFeed, "not a document"
	switch {
	case status == http.StatusOK || status == http.StatusNonAuthoritativeInfo:
		return nil
	case status == http.StatusNotModified && sent != models.Validators{}:
		return nil
	case status == http.StatusNotModified:
		class, advice = models.ErrHTTP5xx, "though no earlier copy was mentioned: its cache is broken"
	case redirects(status):
		class, advice = models.ErrHTTP5xx, "without saying where to"
	case status == http.StatusTooManyRequests:
		class, advice = models.ErrRateLimited, "it wants to be asked less often: give it a slower schedule in feeds.yaml"
	case status == http.StatusGone:
		class, advice = models.ErrGone, "it will not come back: find its new address, or take it out of feeds.yaml"
	case refuses(status):
		class, advice = models.ErrOrigin, "it refuses us: ask the publisher to let this program in"
	case status == http.StatusNotFound:
		class, advice = models.ErrHTTP4xx, "check its url: it may have moved"
	case status >= 500:
		class, advice = models.ErrHTTP5xx, "it has a fault, and will be asked again"
	case status >= 400:
		class, advice = models.ErrHTTP4xx, "check its url"
	}
	return models.Fail(class, "the server answered %s: %s", statusText(status), advice)
}

// refuses tells the statuses by which publishers and their firewalls keep programs out.
func refuses(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusPreconditionFailed,
		http.StatusUnavailableForLegalReasons, 521:
		return true
	}
	return false
}

func statusText(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}
