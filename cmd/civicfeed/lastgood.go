package main

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"civicfeed/models"
	"civicfeed/models/catalog"
)

// lastGood is a copy of feeds.yaml as a daemon last took it, beside its finished pages. A daemon that
// is started while the file is broken goes on with that: readers must not suffer from a typing error
// that waited for a restart.
type lastGood string

func (s *serving) lastGood(db, config string) lastGood {
	dir := cacheDir(s.cacheDir, db, config)
	if dir == "" {
		return ""
	}
	return lastGood(filepath.Join(dir, "feeds.yaml"))
}

// loadOrLast reads feeds.yaml, or where it is broken what was good last.
func (e *env) loadOrLast(s *serving, log *slog.Logger) (*models.Catalog, error) {
	last := s.lastGood(e.db, e.config)
	cat, err := e.load()
	if !errors.Is(err, errTold) {
		return cat, err
	}
	old, when, lastErr := last.load(e.config)
	if lastErr != nil {
		return nil, err
	}
	log.Error("feeds.yaml is broken: until it is mended, what it said when it was last good holds",
		"file", e.config, "good", when.Format(time.RFC3339))
	return old, nil
}

// load reads the copy; its paths are relative to where the file stands.
func (l lastGood) load(config string) (*models.Catalog, time.Time, error) {
	info, err := os.Stat(string(l))
	if err != nil {
		return nil, time.Time{}, err
	}
	data, err := os.ReadFile(string(l))
	if err != nil {
		return nil, time.Time{}, err
	}
	cat, err := catalog.Parse(config, data)
	return cat, info.ModTime(), err
}

// keep copies the file as it is now, if that is good.
func (l lastGood) keep(config string) error {
	if l == "" {
		return nil
	}
	data, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	if _, err := catalog.Parse(config, data); err != nil {
		return nil // broken again meanwhile
	}
	if err := os.MkdirAll(filepath.Dir(string(l)), 0o755); err != nil {
		return err
	}
	half := string(l) + ".tmp"
	if err := os.WriteFile(half, data, 0o600); err != nil {
		return err
	}
	return os.Rename(half, string(l))
}
