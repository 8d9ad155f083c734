package main

import (
	"net"
	"sync"
	"time"
)

// steady is a connection whose deadlines can be put off for next to nothing. The server of net/http
// moves them five times a request, which costs more than all else it does for an answer that says
// that nothing is new.
type steady struct {
	net.Conn
	reading, writing deadline
}

func newSteady(c net.Conn) *steady {
	now := time.Now()
	return &steady{Conn: c, reading: deadline{tell: c.SetReadDeadline, began: now}, writing: deadline{tell: c.SetWriteDeadline, began: now}}
}

func (s *steady) SetReadDeadline(t time.Time) error  { return s.reading.move(t) }
func (s *steady) SetWriteDeadline(t time.Time) error { return s.writing.move(t) }

func (s *steady) SetDeadline(t time.Time) error {
	if err := s.reading.move(t); err != nil {
		return err
	}
	return s.writing.move(t)
}

func (s *steady) Close() error {
	s.reading.end()
	s.writing.end()
	return s.Conn.Close()
}

// deadline is told to its connection only when it has passed. Until then it is a time and an alarm,
// and the alarm is moved only where it would ring too late: when it rings too soon, it looks again.
type deadline struct {
	tell  func(time.Time) error
	began time.Time // whatever is earlier has passed, and needs no clock

	mu     sync.Mutex
	at     time.Time // none is zero
	passed bool      // so the connection was told
	alarm  *time.Timer
	rings  time.Time // zero where it does not
}

func (d *deadline) move(to time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = to
	if d.passed && (to.IsZero() || d.left() > 0) {
		d.passed = false
		if err := d.tell(time.Time{}); err != nil {
			return err
		}
	}
	if to.IsZero() || !d.rings.IsZero() && !to.Before(d.rings) {
		return nil
	}
	return d.watch()
}

// watch has the alarm ring at the deadline, or tells the connection that this has passed.
func (d *deadline) watch() error {
	left := d.left()
	switch {
	case left <= 0:
		d.passed = true
		return d.tell(d.at)
	case d.alarm == nil:
		d.rings, d.alarm = d.at, time.AfterFunc(left, d.ring)
	default:
		d.rings = d.at
		d.alarm.Reset(left)
	}
	return nil
}

func (d *deadline) left() time.Duration {
	if d.at.Before(d.began) {
		return 0
	}
	return time.Until(d.at)
}

func (d *deadline) ring() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rings = time.Time{}
	if !d.at.IsZero() && !d.passed {
		d.watch() // a connection that cannot be told is closed
	}
}

func (d *deadline) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.alarm != nil {
		d.alarm.Stop()
	}
}
