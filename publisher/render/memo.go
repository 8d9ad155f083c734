package render

import (
	"container/list"
	"slices"
	"sync"

	"civicfeed/models"
)

// Memo remembers stories and how they were written, so that each is written once for all pages: of
// a story as it was at a revision, its entry in each format. It forgets what was not asked for the
// longest. Any number of pages may use it at once.
type Memo struct {
	mu   sync.Mutex
	room int64 // bytes that it may take
	used int64
	byID map[string]*held
	line list.List // of *held, the last used first

	outlets map[string]called // sources as they are called now, so that they are soon compared
}

// NewMemo makes a memo that takes about so many bytes at most.
func NewMemo(bytes int64) *Memo {
	return &Memo{room: bytes, byID: make(map[string]*held), outlets: make(map[string]called)}
}

// held is a story at a revision, with all that follows from it and from what others say of it. Only
// its parts are added to, under the lock of the memo that it is in.
type held struct {
	catalog *models.Catalog // of which it was read: another one may name things otherwise
	base    string
	story   models.Story
	outlets []*outlet // of its items
	record  *record

	parts []written
	size  int64
	place *list.Element // in the memo's line; nil: in none
}

// variant tells apart the ways in which a story is written.
type variant struct {
	suffix string
	short  bool        // the body gave way to a summary
	within models.View // of HTML: the page's own headings, which its rows need not name
}

// written is a story in one of them.
type written struct {
	variant
	text []byte
}

// heldBytes is about what a story takes beside its texts.
const heldBytes = 2 << 10

// Recall makes mentions what the page shows, takes from the memo what it knows of them, and names
// the stories that are to be loaded into Stories. What the memo knows is good while the story is at
// the same revision, and its sources are called and say of themselves what they did.
func (p *Page) Recall(mentions []models.Mention) (missing []string) {
	p.Mentions, p.pinned = mentions, make([]*held, len(mentions))
	ed := begin(p)
	for i, m := range mentions {
		if p.pinned[i] = ed.recall(m.ID, m.Rev); p.pinned[i] != nil {
			continue
		}
		if !slices.Contains(missing, m.ID) {
			missing = append(missing, m.ID)
		}
	}
	return missing
}

// frame is what stands around the stories of a page, which has a key like an id: as the memo has it,
// else as it is written now.
func (ed *edition) frame(key string, write func(*held, variant) ([]byte, error)) ([]byte, error) {
	h := ed.memo.find(key)
	if h == nil || h.catalog != ed.catalog || h.base != ed.base {
		h = &held{catalog: ed.catalog, base: ed.base, size: heldBytes}
		h.story.ID = key
		ed.memo.put(h)
	}
	return ed.part(h, variant{}, write)
}

// recall finds a story in the memo, if it is as it would be read now.
func (ed *edition) recall(id string, rev int64) *held {
	h := ed.memo.find(id)
	if h == nil || h.story.Rev != rev || h.catalog != ed.catalog || h.base != ed.base {
		return nil
	}
	for _, o := range h.outlets {
		if !o.equal(ed.outlet(o.key)) {
			return nil
		}
	}
	return h
}

// hold reads a loaded story, or finds it read already.
func (ed *edition) hold(st *models.Story) *held {
	if h := ed.recall(st.ID, st.Rev); h != nil {
		return h
	}
	h := &held{catalog: ed.catalog, base: ed.base, story: *st, size: heldBytes}
	h.record = ed.record(st).condensed()
	h.story.Items = make([]models.Item, len(st.Items))
	for i := range st.Items {
		it := &st.Items[i]
		h.outlets = append(h.outlets, ed.outlet(it.Source))
		if i == 0 {
			h.story.Items[0] = *it
			h.size += int64(len(it.Title) + len(it.Summary) + len(it.Content) + len(it.Text))
			continue
		}
		h.story.Items[i] = models.Item{ID: it.ID, Source: it.Source, Title: it.Title, Link: it.Link} // all that is told of a copy
		h.size += int64(len(it.Title)+len(it.Link)) + 512
	}
	ed.memo.put(h)
	return h
}

// called is a source with what it was read of.
type called struct {
	*outlet
	catalog *models.Catalog
	words   int64 // see [Page.Words]
}

// outlet is a source as it is known, or else as it is read now: the one that was known before, if that
// has the same words.
func (m *Memo) outlet(key string, catalog *models.Catalog, words int64, read func() *outlet) *outlet {
	if m == nil {
		return read()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.outlets[key]
	if words != 0 && old.words == words && old.catalog == catalog {
		return old.outlet
	}
	o := read()
	if old.outlet != nil && old.equal(o) {
		o = old.outlet
	}
	m.outlets[key] = called{o, catalog, words}
	return o
}

func (m *Memo) find(id string) *held {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	h := m.byID[id]
	if h != nil {
		m.line.MoveToFront(h.place)
	}
	return h
}

// put remembers a story in the place of what was known of it, unless that is newer.
func (m *Memo) put(h *held) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if old := m.byID[h.story.ID]; old != nil {
		if old.story.Rev > h.story.Rev {
			return
		}
		m.forget(old)
	}
	m.byID[h.story.ID], h.place = h, m.line.PushFront(h)
	m.grow(h.size)
}

// part is a story as it was written before.
func (m *Memo) part(h *held, v variant) ([]byte, bool) {
	if m == nil {
		return nil, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return h.part(v)
}

func (h *held) part(v variant) ([]byte, bool) {
	for i := range h.parts {
		if h.parts[i].variant == v {
			return h.parts[i].text, true
		}
	}
	return nil, false
}

// keep remembers how a story was written.
func (m *Memo) keep(h *held, v variant, s []byte) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := h.part(v); ok {
		return
	}
	h.parts = append(h.parts, written{v, s})
	h.size += int64(len(s))
	if h.place != nil {
		m.grow(int64(len(s)))
	}
}

// grow takes bytes, and forgets until there is room for them.
func (m *Memo) grow(bytes int64) {
	m.used += bytes
	for m.used > m.room && m.line.Len() > 0 {
		m.forget(m.line.Back().Value.(*held))
	}
}

// forget lets go of a story. Pages that show it still have it.
func (m *Memo) forget(h *held) {
	m.line.Remove(h.place)
	h.place = nil
	delete(m.byID, h.story.ID)
	m.used -= h.size
}
