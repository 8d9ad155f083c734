package publisher

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"civicfeed/models"
	"civicfeed/publisher/render"
)

// folder backs the cache with files, one an edition, so that the last good bytes outlive the
// process. An empty name is no folder. Files are named by hashes; nothing from outside is a path.
type folder string

// label is the first line of a file; the edition's bytes follow.
type label struct {
	Name     string        `json:"name"`
	Site     string        `json:"site"` // its ids: two sites may have been given one folder
	Tag      string        `json:"tag"`
	Rev      int64         `json:"rev"`
	Changed  models.Millis `json:"changed"` // with Rev: another database may count to the same number
	Catalog  models.Millis `json:"catalog"`
	Stamp    string        `json:"stamp"`
	Modified time.Time     `json:"modified"`
}

func (f folder) path(name string) string {
	sum := sha256.Sum256([]byte(name))
	return filepath.Join(string(f), hex.EncodeToString(sum[:16])+".edition")
}

// any tells whether an edition is there.
func (f folder) any() bool {
	if f == "" {
		return false
	}
	files, err := filepath.Glob(filepath.Join(string(f), "*.edition"))
	return err == nil && len(files) > 0
}

// sweep takes away what a process that was killed left half written, and the editions that nobody
// wrote for long: most are of views that are no more, and one that is missed is made again.
func (f folder) sweep(now time.Time) error {
	if f == "" {
		return nil
	}
	var errs []error
	for pattern, age := range map[string]time.Duration{"*.tmp": time.Hour, "*.edition": 30 * 24 * time.Hour} {
		files, err := filepath.Glob(filepath.Join(string(f), pattern))
		errs = append(errs, err)
		for _, name := range files {
			if info, err := os.Stat(name); err == nil && now.Sub(info.ModTime()) > age {
				errs = append(errs, os.Remove(name))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("sweep the folder of editions: %w", err)
	}
	return nil
}

// load reads an edition back. A file that is damaged is none.
func (f folder) load(name, site string, grown func(*Edition, int)) (held, error) {
	if f == "" {
		return held{}, os.ErrNotExist
	}
	data, err := os.ReadFile(f.path(name))
	if err != nil {
		return held{}, fmt.Errorf("read the kept edition of %s: %w", name, err)
	}
	head, body, _ := bytes.Cut(data, []byte("\n"))
	var l label
	err = json.Unmarshal(head, &l)
	e := newEdition(render.Body{body}, l.Modified, grown)
	if err != nil || l.Name != name || l.Site != site || l.Tag != e.Tag() {
		return held{}, fmt.Errorf("read the kept edition of %s: the file is damaged", name)
	}
	return held{Edition: e, rev: l.Rev, changed: l.Changed, catalog: l.Catalog, stamp: l.Stamp}, nil
}

// save writes an edition: whole and on the disk before it takes the old one's place.
func (f folder) save(name, site string, h held) (err error) {
	if f == "" {
		return nil
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("keep the edition of %s: %w", name, err)
		}
	}()
	head, err := json.Marshal(label{name, site, h.Tag(), h.rev, h.changed, h.catalog, h.stamp, h.Modified})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(string(f), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(string(f), "*.tmp")
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(file, 64<<10) // it keeps its first error
	w.Write(append(head, '\n'))
	h.Body.WriteTo(w)
	if err = errors.Join(w.Flush(), file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), f.path(name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
