package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"civicfeed/models"
)

// TestP53WhatWasEdited: an archive shows a story as it was when it was closed. What was edited again
// and again is kept once for each archive that needs it, and not at all where none does.
func TestP53WhatWasEdited(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		settled(t, s, "plain")
		it := item("plain", "a", c.millisNow())
		edit := func(title string) {
			c.pass(time.Minute)
			it.Title, it.Hash = title, title
			deliver(t, s, "plain", it)
		}
		edit("初稿")
		edit("二稿")
		edit("三稿")
		for n := range ArchiveSize {
			c.pass(time.Minute)
			deliver(t, s, "plain", item("plain", fmt.Sprintf("n%02d", n), c.millisNow()))
		}
		db := d.raw(t)
		if n := count(t, db, "SELECT count(*) FROM versions"); n != 0 {
			t.Errorf("%d texts are kept that no archive has", n)
		}
		for n := range 5 {
			edit(fmt.Sprint("定稿", n))
		}
		if n := count(t, db, "SELECT count(*) FROM versions"); n != 1 {
			t.Errorf("%d texts are kept for one archive", n)
		}
		for _, v := range []models.View{{}, {Source: "plain"}, {Section: "notices"}} {
			a, err := s.Archive(t.Context(), v, 1)
			must(t, err)
			if last := a.Stories[len(a.Stories)-1]; last.Items[0].Title != "三稿" || last.Updated != last.Items[0].Updated.At {
				t.Errorf("archive of %s: %q", v.Name(), last.Items[0].Title)
			}
			if a.Newest != 1 || a.Number != 1 || len(a.Stories) != ArchiveSize || a.Closed == 0 {
				t.Errorf("archive %d of %d with %d stories, closed %d", a.Number, a.Newest, len(a.Stories), a.Closed)
			}
		}
		now, err := s.Story(t.Context(), it.ID)
		must(t, err)
		if now.Items[0].Title != "定稿4" {
			t.Errorf("its page says %q", now.Items[0].Title)
		}
		for _, n := range []int{0, 2, -1} {
			if _, err := s.Archive(t.Context(), models.View{}, n); !errors.Is(err, ErrNotFound) {
				t.Errorf("archive %d: %v", n, err)
			}
		}
	})
}

// TestArchivesOfBefore: what views had delivered before there were archives is archived at the next
// Apply, all but what is among the newest.
func TestArchivesOfBefore(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		for n := range 120 {
			deliver(t, s, "plain", item("plain", fmt.Sprintf("n%03d", n), c.millisNow()))
			c.pass(time.Minute)
		}
		db := d.raw(t)
		for _, statement := range []string{"DELETE FROM archives", "UPDATE views SET archives = 0, archived_seq = 0, archived_listed = 0, waiting = 120"} {
			_, err := db.Exec(statement)
			must(t, err)
		}
		must(t, s.Apply(t.Context(), city()))
		a, err := s.List(t.Context(), models.Query{Limit: ArchiveSize})
		must(t, err)
		if a.Archives != 2 {
			t.Errorf("%d archives", a.Archives)
		}
		for number, oldest := range map[int]string{1: "plain-n000", 2: "plain-n050"} {
			archive, err := s.Archive(t.Context(), models.View{}, number)
			must(t, err)
			if len(archive.Stories) != ArchiveSize || archive.Stories[ArchiveSize-1].ID != oldest {
				t.Errorf("archive %d begins with %s", number, archive.Stories[len(archive.Stories)-1].ID)
			}
		}
	})
}
