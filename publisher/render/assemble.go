package render

import (
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
}

// write puts a page together. Every byte of it is read strictly once: an entry when it comes into
// being, the head each time.
func (s *script) write(p *Page) ([]byte, error) {
	ed := compose(p)
	head, err := s.head(ed)
	if err == nil {
		err = s.Check(head)
	}
	if err != nil {
		return nil, fmt.Errorf("write %s as %s: %w", ed.name, s.Name, err)
	}
	sh := shell{head, s.seam(head), s.Check}
	texts := ed.texts(p, sh, variant{suffix: s.Suffix}, s.text)
	if p.Archive == nil {
		s.fit(ed, sh, texts)
	}
	return sh.with(texts, s.joint), nil
}

// text writes a story in a variant.
func (s *script) text(h *held, v variant) ([]byte, error) {
	if v.short {
		return s.entry(h.record.shortened())
	}
	return s.entry(h.record)
}

// fit keeps a page within MaxBytes: bodies give way to summaries, stories never do. The first in
// order keep theirs, and short bodies find room behind long ones that did not.
func (s *script) fit(ed *edition, sh shell, texts []string) {
	size := sh.sizeWith(texts, s.joint)
	if size <= MaxBytes {
		return
	}
	short := make([]string, len(texts))
	for i, h := range ed.held {
		text, err := ed.part(h, variant{suffix: s.Suffix, short: true}, sh, s.text)
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
func (ed *edition) texts(p *Page, sh shell, v variant, write func(*held, variant) ([]byte, error)) []string {
	all, kept := make([]string, 0, len(ed.held)), ed.held[:0]
	for _, h := range ed.held {
		text, err := ed.part(h, h.own(v), sh, write)
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
func (ed *edition) part(h *held, v variant, sh shell, write func(*held, variant) ([]byte, error)) (string, error) {
	if text, ok := ed.memo.part(h, v); ok {
		return text, nil
	}
	text, err := sh.guard(func() ([]byte, error) { return write(h, v) })
	if err != nil {
		return "", err
	}
	ed.memo.keep(h, v, text)
	return text, nil
}

// guard takes a text only if the smallest document that has it stands a strict reading. A panic in
// writing it is an error like others.
func (s shell) guard(write func() ([]byte, error)) (text string, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	b, err := write()
	if err != nil {
		return "", err
	}
	text = string(b)
	return text, s.check(s.with([]string{text}, ""))
}

// shell is a document without stories.
type shell struct {
	head  []byte
	seam  int
	check func([]byte) error
}

func (s shell) sizeWith(texts []string, joint string) int {
	n := len(s.head) + len(joint)*max(0, len(texts)-1)
	for _, text := range texts {
		n += len(text)
	}
	return n
}

// with puts stories where they belong, into a buffer of just the size.
func (s shell) with(texts []string, joint string) []byte {
	out := make([]byte, 0, s.sizeWith(texts, joint))
	out = append(out, s.head[:s.seam]...)
	for i, text := range texts {
		if i > 0 {
			out = append(out, joint...)
		}
		out = append(out, text...)
	}
	return append(out, s.head[s.seam:]...)
}
