package fetch

import (
	"bytes"
	"context"
	"io"

	"civicfeed/models"
)

// bigBody is from when on a body counts as big, in bytes after decompression.
const bigBody = 1 << 20

// whole reads all of r. Where that is much it asks for room first.
func whole(r io.Reader, room func() error) ([]byte, error) {
	var body bytes.Buffer
	_, err := body.ReadFrom(io.LimitReader(r, bigBody+1))
	if err != nil || body.Len() <= bigBody {
		return body.Bytes(), err
	}
	if err := room(); err != nil {
		return nil, err
	}
	_, err = body.ReadFrom(r)
	return body.Bytes(), err
}

// roomFor asks whoever made the request for room for a big body. Waiting in vain is our own fault.
func (r Request) roomFor(ctx context.Context) func() error {
	return func() error {
		if r.Room == nil {
			return nil
		}
		if err := r.Room(ctx); err != nil {
			return models.Fail(models.ErrInternal, "wait for room for a big body: %w", err)
		}
		return nil
	}
}
