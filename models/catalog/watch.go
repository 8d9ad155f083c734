package catalog

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"civicfeed/models"
)

// pace is how a watch reckons with time.
type pace struct {
	settle time.Duration // of quiet, before a change is read: editors write in several steps
	poll   time.Duration // between looks without being told, for file systems that tell nothing
}

// Watch tells of every change of a file until ctx ends: the new catalog, or why there is none;
// the caller goes on with the old one then. Start it right after [Load]: what the file holds at
// its beginning is taken as known. The same content is not told twice in a row, but good content
// always is after bad. Told is called by this goroutine, one change at a time.
func Watch(ctx context.Context, path string, told func(*models.Catalog, error)) error {
	w := newWatcher(path, told)
	defer w.close()
	return w.run(ctx, pace{settle: 500 * time.Millisecond, poll: 15 * time.Second})
}

// watcher holds what is known of a watched file.
type watcher struct {
	path   string
	target string // what path leads to
	known  string // a digest of what was told last, or the error of reading it
	told   func(*models.Catalog, error)
	notify *fsnotify.Watcher // nil where the system has none to give; then polling must do
	events <-chan fsnotify.Event
	lost   <-chan error
}

// newWatcher listens from now on. Directories are watched, as editors and deployments put a new
// file into the place of the old one, which a watch on the file itself would not see.
func newWatcher(path string, told func(*models.Catalog, error)) *watcher {
	w := &watcher{path: path, told: told}
	if n, err := fsnotify.NewWatcher(); err == nil {
		w.notify, w.events, w.lost = n, n.Events, n.Errors
	}
	w.follow()
	w.known, _, _ = w.look()
	return w
}

func (w *watcher) close() {
	if w.notify != nil {
		w.notify.Close()
	}
}

func (w *watcher) run(ctx context.Context, p pace) error {
	settle, poll := time.NewTimer(p.settle), time.NewTicker(p.poll)
	settle.Stop()
	defer settle.Stop()
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case e := <-w.events:
			if w.concerns(e) {
				settle.Reset(p.settle)
			}
		case <-w.lost:
			settle.Reset(p.settle)
		case <-settle.C:
			w.check()
		case <-poll.C:
			w.check()
		}
	}
}

// follow watches the directories of the path and of what it leads to, and tells whether that changed.
func (w *watcher) follow() (moved bool) {
	target, err := filepath.EvalSymlinks(w.path)
	if err != nil {
		target = w.path // gone, for the moment
	}
	if w.notify != nil { // one that cannot be watched is polled
		_ = w.notify.Add(filepath.Dir(w.path))
		_ = w.notify.Add(filepath.Dir(target))
	}
	moved, w.target = target != w.target, target
	return moved
}

// concerns tells whether an event may have changed the file. The database writes into the same
// directory all the time.
func (w *watcher) concerns(e fsnotify.Event) bool {
	if name := filepath.Clean(e.Name); name == filepath.Clean(w.path) || name == filepath.Clean(w.target) {
		return true
	}
	return e.Op&^(fsnotify.Write|fsnotify.Chmod) != 0 && w.follow()
}

// check tells of the file if it is not as it was.
func (w *watcher) check() {
	w.follow()
	state, data, err := w.look()
	if state == w.known {
		return
	}
	w.known = state
	if err != nil {
		w.told(nil, err)
		return
	}
	w.told(Parse(w.path, data))
}

// look reads the file and its state.
func (w *watcher) look() (state string, data []byte, err error) {
	data, err = slurp(w.path)
	if err != nil {
		return err.Error(), nil, err
	}
	return fmt.Sprintf("%x", sha256.Sum256(data)), data, nil
}
