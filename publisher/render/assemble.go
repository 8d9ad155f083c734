package render

import (
	"bytes"
	"fmt"
	"runtime/debug"
	"slices"
)

// script is how a feed is written: its head, which is the whole document without any story, and
// an entry for each story, which stands in every feed of the format as it is.
type script struct {
	Format
	head  func(*edition) ([]byte, error)
	seam  func(head []byte) int // where in the head the entries stand
	entry func(*record) ([]byte, error)
	joint string // between two entries
	least string // the smallest head there can be
}

// write puts a page together. Every byte of it is read strictly once: an entry when it comes into
// being, the head each time.
func (s *script) write(p *Page) (Body, error) {
	ed := compose(p)
	head, err := s.head(ed)
	if err == nil {
		err = s.Check(head)
	}
	if err != nil {
		return nil, fmt.Errorf("write %s as %s: %w", ed.name, s.Name, err)
	}
	sh := s.shell(head)
	texts := ed.texts(p, variant{suffix: s.Suffix}, s.text)
	if p.Archive == nil {
		s.fit(ed, sh, texts)
	}
	return sh.with(texts, s.joint), nil
}

// text writes a story in a variant, and takes it only if the smallest document that has it stands
// a strict reading.
func (s *script) text(h *held, v variant) ([]byte, error) {
	r := h.record
	if v.short {
		r = r.shortened()
	}
	text, err := s.entry(r)
	if err != nil {
		return nil, err
	}
	return text, s.Check(s.shell([]byte(s.least)).with([][]byte{text}, "").Bytes())
}

func (s *script) shell(head []byte) shell {
	i := s.seam(head)
	return shell{head[:i], head[i:]}
}

// fit keeps a page within MaxBytes: bodies give way to summaries, stories never do. The first in
// order keep theirs, and short bodies find room behind long ones that did not.
func (s *script) fit(ed *edition, sh shell, texts [][]byte) {
	size := sh.sizeWith(texts, s.joint)
	if size <= MaxBytes {
		return
	}
	short := make([][]byte, len(texts))
	for i, h := range ed.held {
		text, err := ed.part(h, variant{suffix: s.Suffix, short: true}, s.text)
		if err != nil { // the whole of it was good
			text = texts[i]
		}
		short[i] = text
		size += len(text) - len(texts[i])
	}
	for i, whole := range texts {
		if more := len(whole) - len(short[i]); size+more <= MaxBytes {
			size += more
		} else {
			texts[i] = short[i]
		}
	}
}

// texts writes the stories of a page. One that cannot be written is told, and is no more on it.
func (ed *edition) texts(p *Page, v variant, write func(*held, variant) ([]byte, error)) [][]byte {
	all, kept := make([][]byte, 0, len(ed.held)), ed.held[:0]
	for _, h := range ed.held {
		text, err := ed.part(h, h.own(v), write)
		if err != nil {
			p.Left = append(p.Left, Left{h.story.ID, err})
			continue
		}
		all, kept = append(all, text), append(kept, h)
	}
	ed.held = kept
	return all
}

// own is a variant as far as it matters to a story: headings that are not its own do not.
func (h *held) own(v variant) variant {
	if !slices.Contains(h.story.Regions, v.within.Region) {
		v.within.Region = ""
	}
	if !slices.Contains(h.story.Sections, v.within.Section) {
		v.within.Section = ""
	}
	v.within.Source = ""
	return v
}

// part is a story as it stands in a document: as the memo has it, else written now.
func (ed *edition) part(h *held, v variant, write func(*held, variant) ([]byte, error)) ([]byte, error) {
	if text, ok := ed.memo.part(h, v); ok {
		return text, nil
	}
	text, err := guard(func() ([]byte, error) { return write(h, v) })
	if err != nil {
		return nil, err
	}
	text = bytes.Clone(text) // what is kept takes no more room than it needs
	ed.memo.keep(h, v, text)
	return text, nil
}

// guard makes a panic in writing an error like others.
func guard(write func() ([]byte, error)) (text []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return write()
}

// shell is what a document has before its stories and behind them.
type shell struct{ before, after []byte }

func (s shell) sizeWith(texts [][]byte, joint string) int {
	n := len(s.before) + len(s.after) + len(joint)*max(0, len(texts)-1)
	for _, text := range texts {
		n += len(text)
	}
	return n
}

// with puts stories where they belong.
func (s shell) with(texts [][]byte, joint string) Body {
	b, between := make(Body, 0, 2*len(texts)+2), []byte(joint)
	b = append(b, s.before)
	for i, text := range texts {
		if i > 0 && joint != "" {
			b = append(b, between)
		}
		b = append(b, text)
	}
	return append(b, s.after)
}
