package fetch

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"civicfeed/models"
)

// describe reads the head of an answer.
func describe(reply *http.Response, u *url.URL, sent models.Validators) *Response {
	h, now := reply.Header, time.Now()
	res := &Response{
		At:              now,
		Status:          reply.StatusCode,
		NotModified:     reply.StatusCode == http.StatusNotModified,
		URL:             public(u),
		ContentType:     h.Get("Content-Type"),
		ContentLocation: h.Get("Content-Location"),
		ContentLanguage: h.Get("Content-Language"),
		Validators:      received(h),
		RetryAfter:      retryAfter(h, now),
		MaxAge:          freshness(h, now),
	}
	if res.NotModified {
		res.Validators = freshen(sent, res.Validators)
	}
	return res
}

// received are the validators of an answer, unread. One that could not be sent back is none.
func received(h http.Header) models.Validators {
	v := models.Validators{ETag: h.Get("ETag"), LastModified: h.Get("Last-Modified")}
	if !sendable(v.ETag) {
		v.ETag = ""
	}
	if !sendable(v.LastModified) {
		v.LastModified = ""
	}
	return v
}

func freshen(held, brought models.Validators) models.Validators {
	if brought.ETag != "" {
		held.ETag = brought.ETag
	}
	if brought.LastModified != "" {
		held.LastModified = brought.LastModified
	}
	return held
}

// read gives the whole body, decompressed, or an error: never a part of it. A big one asks for room.
func read(reply *http.Response, limit int64, room func() error) ([]byte, error) {
	if reply.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	// Packed bytes are bounded too: compression can also make nothing out of very much.
	raw := &wire{r: reply.Body, left: limit + 64<<10}
	body, err := unpack(raw, reply.Header.Get("Content-Encoding"), limit+1, room)
	switch {
	case int64(len(body)) > limit || errors.Is(raw.err, errFlood):
		return nil, tooLarge(limit)
	case raw.err != nil:
		return nil, fmt.Errorf("read the body: %w", raw.err)
	case models.ClassOf(err) == models.ErrInternal && errors.As(err, new(*models.Failure)):
		return nil, err // there was no room
	case err != nil:
		return nil, models.Fail(models.ErrParse, "decompress the body: %w", err)
	}
	return body, nil
}

func tooLarge(limit int64) error {
	return models.Fail(models.ErrTooLarge, "the body is larger than %d bytes; "+
		"if the source is to be trusted, raise network.max_body in feeds.yaml", limit)
}

// unpack reads at most so many decompressed bytes. Only what was asked for is understood.
func unpack(raw io.Reader, encoding string, most int64, room func() error) ([]byte, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return whole(io.LimitReader(raw, most), room)
	case "gzip", "x-gzip":
		packed, err := gzip.NewReader(raw)
		if err != nil {
			return nil, err
		}
		return whole(io.LimitReader(packed, most), room)
	}
	return nil, fmt.Errorf("it came in %q, though only gzip was asked for", clip(encoding))
}

// wire is a body as it arrives. It remembers what went wrong on the way, apart from what goes
// wrong in understanding it.
type wire struct {
	r    io.Reader
	left int64
	err  error
}

var errFlood = errors.New("too many bytes")

func (w *wire) Read(p []byte) (int, error) {
	if w.left <= 0 {
		w.err = errFlood
		return 0, w.err
	}
	n, err := w.r.Read(p[:min(int64(len(p)), w.left)])
	w.left -= int64(n)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}
