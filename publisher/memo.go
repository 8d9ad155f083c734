package publisher

import (
	"maps"
	"sync/atomic"
)

// What a memo holds at most. Whoever fills it with rubbish has others' headers read anew each time,
// which they would be without it.
const (
	memoTexts  = 512
	memoLength = 256 // bytes of a text
)

// memo knows what follows from a text alone, so that a header that all readers of a kind send is
// read once. It is read without a lock.
type memo[T any] struct {
	follows func(text string) T
	known   atomic.Pointer[map[string]T]
}

func newMemo[T any](follows func(string) T) *memo[T] {
	m := &memo[T]{follows: follows}
	m.known.Store(&map[string]T{})
	return m
}

func (m *memo[T]) get(text string) T {
	known := m.known.Load()
	if v, ok := (*known)[text]; ok {
		return v
	}
	v := m.follows(text)
	if len(*known) < memoTexts && len(text) <= memoLength {
		more := maps.Clone(*known)
		more[text] = v
		m.known.CompareAndSwap(known, &more) // where another was first, the next to ask adds it
	}
	return v
}
