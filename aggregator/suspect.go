package aggregator

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"civicfeed/aggregator/fetch"
	"civicfeed/models"
)

// Most of what could end the process while it reads is refused before it is read, and a panic is
// caught. A stack that overflows and the kernel's answer to too much memory are not. So a body is
// marked in the store before it is read, and the mark goes when its visit is saved.
//
// A mark that is still there when the source is claimed again tells that the process died in
// between: by that body, or by a kill or a power cut that had nothing to do with it. Nobody can
// tell which, so it is tried, where it can do no harm: from then on what comes from the source is
// read in a process of its own, until the marked body was read well, or a day has passed. A body
// that ends that process too is poison: it is not read again before it changes or a day has passed.
// One over which a panic was caught is treated as that. After three such bodies in a row the source
// is in quarantine: nothing of it is read for a day.
//
// So a body ends the daemon once at most, whatever it is changed into and whatever comes in
// between; and kills cost a source no item and no delay beyond the floor, however many there are.

const (
	probation = 24 * time.Hour // for which a source stays suspect, and a poisonous body unread
	breaks    = 3              // bodies in a row, each within a day of the one before, that bring quarantine
)

// way is how a body is read.
type way int

const (
	here  way = iota // in this process
	alone            // in a process of its own
	never
)

// suspect tells that a mark counts at a time.
func suspect(m models.Mark, at models.Millis) bool {
	return m.Body != "" && at-m.At < models.Millis(probation.Milliseconds())
}

// wayOf tells how the body of a hash is read at a time, after what a claim's mark tells. A day does
// not bring poison back here: it may be tried again, alone.
func wayOf(m models.Mark, hash string, at models.Millis) way {
	switch {
	case !m.Poison && !suspect(m, at):
		return here
	case m.Poison && (m.Body == hash || m.Times >= breaks) && suspect(m, at):
		return never
	}
	return alone
}

// remains is what stays of a mark when the body of a hash was read well: suspicion of another.
func remains(m models.Mark, hash string, at models.Millis) models.Mark {
	if m.Body == hash || !suspect(m, at) {
		return models.Mark{}
	}
	m.Times = 0 // it is three in a row that count
	return m
}

// broken is the mark of a body over which reading broke down.
func broken(before models.Mark, hash string, at models.Millis) models.Mark {
	m := models.Mark{Body: hash, At: at, Poison: true, Times: 1}
	if suspect(before, at) {
		m.Times += before.Times
	}
	return m
}

// readMarked marks a body, reads it in the way that its source has deserved, and settles what of
// the mark is to stay. A process of its own cannot end ours, so the mark that sent the body there
// stays as it is: a kill in between says nothing of it.
func (a *Aggregator) readMarked(ctx context.Context, d *models.Delivery, src models.Source, resp *fetch.Response, hash string) (*Reading, error) {
	before, now := d.Claim.Reading, d.Claim.At
	read := a.readAlone
	switch way := wayOf(before, hash, now); {
	case way == never && before.Times >= breaks:
		return nil, fmt.Errorf("read %s: %w", resp.URL, errQuarantine)
	case way == never:
		return nil, fmt.Errorf("read %s: %w", resp.URL, errPoison)
	case way == here:
		if err := a.store.MarkReading(ctx, d.Claim, models.Mark{Body: hash, At: now}); err != nil {
			return nil, err
		}
		read = a.readHere
	}
	r, err := read(ctx, resp, src)
	switch {
	case errors.As(err, new(*panicked)), errors.Is(err, errPoison):
		d.Reading = broken(before, hash, now)
	case errors.Is(err, errNoProcess): // it was not tried
	default:
		d.Reading = remains(before, hash, now)
	}
	return r, err
}

func (a *Aggregator) readHere(_ context.Context, resp *fetch.Response, src models.Source) (*Reading, error) {
	return a.read(resp, src)
}

var (
	errPoison = errors.New("civicfeed itself broke down over this very document: " +
		"it is read again when it has changed, or after a day; please report this feed")
	errQuarantine = fmt.Errorf("civicfeed itself broke down over %d documents of this source in a row: "+
		"none is read before a day has passed; please report this feed", breaks)
	errNoProcess = errors.New("no process of its own to read it in")
)

// document is what a process of its own gets to read: of an answer and its source what [Read] asks
// for, and no secret.
type document struct {
	URL, ContentType, ContentLocation, ContentLanguage string
	Body                                               []byte
	At                                                 time.Time
	Kind                                               models.Kind
	Page                                               models.PageRules
	JSON                                               models.JSONPaths
	Key, Name, Language, Encoding, Zone                string
	MaxItems                                           int
}

func documentOf(resp *fetch.Response, src models.Source) document {
	d := document{
		URL: resp.URL, ContentType: resp.ContentType, ContentLocation: resp.ContentLocation, ContentLanguage: resp.ContentLanguage,
		Body: resp.Body, At: resp.At, Kind: src.Kind, Page: src.Page, JSON: src.JSON,
		Key: src.Key, Name: src.Name, Language: src.Language, Encoding: src.Encoding, MaxItems: src.MaxItems,
	}
	if src.Location != nil {
		d.Zone = src.Location.String()
	}
	return d
}

func (d *document) parts() (*fetch.Response, models.Source, error) {
	zone, err := time.LoadLocation(d.Zone)
	return &fetch.Response{
			URL: d.URL, ContentType: d.ContentType, ContentLocation: d.ContentLocation, ContentLanguage: d.ContentLanguage, Body: d.Body, At: d.At,
		}, models.Source{
			Key: d.Key, Name: d.Name, Language: d.Language, Encoding: d.Encoding, MaxItems: d.MaxItems, Location: zone,
			Kind: d.Kind, Page: d.Page, JSON: d.JSON,
		}, err
}

// reading is what it answers.
type reading struct {
	Reading *Reading
	Class   models.ErrorClass // of a document that cannot be read
	Error   string
}

// aloneFor bounds the time of a process that reads one document.
const aloneFor = time.Minute

// readAlone is [Read] in a process of its own; without one it is done here, and marked as if.
func (a *Aggregator) readAlone(ctx context.Context, resp *fetch.Response, src models.Source) (*Reading, error) {
	if a.opts.Alone == nil {
		return a.read(resp, src)
	}
	a.opts.Log.Info("read in a process of its own", "source", src.Key, "url", resp.URL)
	timed, cancel := context.WithTimeout(ctx, aloneFor)
	defer cancel()
	var in, out bytes.Buffer
	if err := gob.NewEncoder(&in).Encode(documentOf(resp, src)); err != nil {
		return nil, fmt.Errorf("read %s: %w: %w", resp.URL, errNoProcess, err)
	}
	last := &tail{}
	cmd := a.opts.Alone(timed)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, last
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("read %s: %w: %w", resp.URL, errNoProcess, err)
	}
	err := cmd.Wait()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("%w: %w", errNoProcess, ctx.Err()) // we are to stop: nothing is known of the document
	}
	var answer reading
	if err == nil {
		err = gob.NewDecoder(&out).Decode(&answer)
	}
	if err != nil {
		a.opts.Log.Error("a process died of a document", "source", src.Key, "err", err, "said", resp.Mask(last.String()))
		return nil, fmt.Errorf("read %s: %w", resp.URL, errPoison)
	}
	if answer.Error != "" {
		return nil, models.Fail(answer.Class, "%s", answer.Error)
	}
	return answer.Reading, nil
}

// ReadAlone is the whole of a process that reads one document, from in, and writes what it holds to
// out. Where memory runs short it is the one to go.
func ReadAlone(in io.Reader, out io.Writer) error {
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0) // of Linux; elsewhere nobody asks
	return readAloneWith(Read, in, out)
}

func readAloneWith(read func(*fetch.Response, models.Source) (*Reading, error), in io.Reader, out io.Writer) error {
	var d document
	if err := gob.NewDecoder(in).Decode(&d); err != nil {
		return fmt.Errorf("read a document from standard input: %w", err)
	}
	resp, src, err := d.parts()
	if err != nil {
		return err
	}
	r, err := read(resp, src)
	if errors.As(err, new(*panicked)) {
		return err // the process ends, as it does of worse
	}
	answer := reading{Reading: r}
	if err != nil {
		answer.Class, answer.Error = models.ClassOf(err), err.Error()
	}
	return gob.NewEncoder(out).Encode(answer)
}

// tail keeps the first words that a process said when it died, which are what it died of.
type tail struct{ bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	_, _ = t.Buffer.Write(p[:min(len(p), max(0, 400-t.Len()))])
	return len(p), nil
}
