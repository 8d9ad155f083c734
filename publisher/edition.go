package publisher

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"civicfeed/publisher/render"

	"github.com/andybalholm/brotli"
	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/gzip"
)

// Edition is the finished bytes of one page in one format, with its validators and compressed
// forms. It never changes.
type Edition struct {
	Body     render.Body
	Modified time.Time // newest change of what it shows, in whole seconds; zero: unknown
	modified []string  // as a header tells it; nil: unknown
	size     int       // bytes of the body
	tag      func() string
	forms    [codings]func() *form
}

// Tag is of the body's content alone: the same on every machine and after a restart.
func (e *Edition) Tag() string { return e.tag() }

// coding is a form in which the bytes travel.
type coding int

const (
	identity coding = iota
	gzipped
	brotlied
	codings
)

func (c coding) String() string { return [...]string{"", "gzip", "br"}[c] }

// suffix tells the forms of one edition apart (RFC 9110 section 8.8.3.3).
func (c coding) suffix() string { return [...]string{"", "-gz", "-br"}[c] }

// form is a body in a coding, with the values of the headers that go with it.
type form struct {
	body                   []byte
	etag, length, encoding []string
}

const leastCompressed = 512 // bytes; below it compression gains nothing

// newEdition finishes a body. Whatever else is made of it is made on first demand, once. Grown, when not
// nil, is told of the bytes that a form takes then.
func newEdition(body render.Body, modified time.Time, grown func(*Edition, int)) *Edition {
	e := &Edition{Body: body, Modified: modified.UTC().Truncate(time.Second), size: body.Len()}
	e.tag = sync.OnceValue(func() string { return tagOf(body) })
	if !e.Modified.IsZero() {
		e.modified = []string{e.Modified.Format(http.TimeFormat)}
	}
	for c := range codings {
		e.forms[c] = sync.OnceValue(func() *form {
			f := e.newForm(c)
			if grown != nil && (c != identity || len(body) > 1) {
				grown(e, len(f.body))
			}
			return f
		})
	}
	return e
}

// form gives the edition in a coding; a small one always as it is.
func (e *Edition) form(c coding) *form {
	if e.size < leastCompressed {
		c = identity
	}
	return e.forms[c]()
}

func (e *Edition) newForm(c coding) *form {
	f := &form{body: compress(e.Body, c), etag: []string{`"` + e.Tag() + c.suffix() + `"`}}
	f.length = []string{strconv.Itoa(len(f.body))}
	if c != identity {
		f.encoding = []string{c.String()}
	}
	return f
}

// tagOf is a checksum and not a seal: it tells what changed, and costs next to nothing where nothing did.
func tagOf(body render.Body) string {
	sum := xxhash.New()
	n, _ := body.WriteTo(sum) // which takes whatever comes
	return fmt.Sprintf("%016x-%d", sum.Sum64(), n)
}

// compress cannot fail: it writes to memory, at levels that exist.
func compress(body render.Body, c coding) []byte {
	var b bytes.Buffer
	switch c {
	case gzipped:
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			panic(err)
		}
		body.WriteTo(w)
		w.Close()
	case brotlied:
		w := brotli.NewWriterLevel(&b, 6)
		body.WriteTo(w)
		w.Close()
	default:
		return body.Bytes()
	}
	return b.Bytes()
}
