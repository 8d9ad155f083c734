package publisher

import (
	"container/list"
	"sync"
	"time"

	"civicfeed/models"
)

// held is an edition in the cache, with what it was made from.
type held struct {
	*Edition
	follows models.View   // whose changes change it
	rev     int64         // of that view, when it was made
	catalog models.Millis // when that had last changed, as the store said; -1: it is not known to be good any more
	stamp   string        // of the stage it was made on
	changed models.Millis // when what it shows had last changed, as the store said
	made    time.Time     // by the clock
	saved   bool          // in the folder, as it is
}

// cache holds the editions asked for last, within a bound of bytes.
type cache struct {
	mu    sync.Mutex
	room  int64 // bytes left; below zero the oldest go
	order *list.List
	slots map[string]*list.Element
}

type slot struct {
	at    address
	held  held
	size  int64
	asked time.Time
}

func newCache(bytes int64) *cache {
	return &cache{room: bytes, order: list.New(), slots: make(map[string]*list.Element)}
}

// get finds an edition and notes that it was asked for.
func (c *cache) get(name string, now time.Time) (held, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.slots[name]
	if !ok {
		return held{}, false
	}
	c.order.MoveToFront(e)
	s := e.Value.(*slot)
	s.asked = now
	return s.held, true
}

// peek finds an edition without asking for it.
func (c *cache) peek(name string) (held, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.slots[name]
	if !ok {
		return held{}, false
	}
	return e.Value.(*slot).held, true
}

// put keeps an edition in place of the one before; when it was asked for stays, or is now.
func (c *cache) put(at address, h held, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name := at.name()
	s := &slot{at: at, held: h, size: int64(h.Body.Len()), asked: now}
	if e, ok := c.slots[name]; ok {
		old := e.Value.(*slot)
		s.asked = old.asked
		if old.held.Edition == h.Edition {
			s.size = old.size
		}
		c.room += old.size - s.size
		e.Value = s
	} else {
		c.slots[name] = c.order.PushFront(s)
		c.room -= s.size
	}
	c.shrink()
}

// grow counts the bytes of a compressed form to the edition it belongs to.
func (c *cache) grow(name string, of *Edition, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.slots[name]; ok {
		if s := e.Value.(*slot); s.held.Edition == of {
			s.size += int64(bytes)
			c.room -= int64(bytes)
			c.shrink()
		}
	}
}

// shrink gives up the editions asked for longest ago; one always stays.
func (c *cache) shrink() {
	for c.room < 0 && c.order.Len() > 1 {
		e := c.order.Back()
		s := c.order.Remove(e).(*slot)
		delete(c.slots, s.at.name())
		c.room += s.size
	}
}

// drop forgets an edition.
func (c *cache) drop(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.slots[name]; ok {
		c.room += c.order.Remove(e).(*slot).size
		delete(c.slots, name)
	}
}

// unsaved lists what is not in the folder yet, and takes it that it will be.
func (c *cache) unsaved() map[address]held {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make(map[address]held)
	for e := c.order.Front(); e != nil; e = e.Next() {
		if s := e.Value.(*slot); s.at.kept() && !s.held.saved {
			all[s.at] = s.held
			s.held.saved = true
		}
	}
	return all
}

// asked lists of what was asked for since a moment that which is wanted, the latest first.
func (c *cache) asked(since time.Time, wanted func(address, held) bool) (all []address) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.order.Front(); e != nil; e = e.Next() {
		if s := e.Value.(*slot); s.asked.After(since) && wanted(s.at, s.held) {
			all = append(all, s.at)
		}
	}
	return all
}
