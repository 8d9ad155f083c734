package parse

import "slices"

func (s *sheet) datesIn(where span) []dated {
	from := lastBefore(len(s.dates), func(i int) bool { return s.dates[i].at < where.from }) + 1
	to := lastBefore(len(s.dates), func(i int) bool { return s.dates[i].at <= where.to }) + 1
	return s.dates[from:max(from, to)]
}

// date finds the entries' dates: in them, else between them.
func (s *sheet) date(b *block) {
	inside := 0
	for i := range b.entries {
		if d, ok := chooseDate(s.datesIn(b.entries[i].span)); ok {
			b.entries[i].date = d
			inside++
		}
	}
	if inside*2 < len(b.entries) {
		s.dateBetween(b)
	}
	for _, e := range b.entries {
		if e.date.raw != "" {
			b.dates++
		}
	}
}

// chooseDate gives the date of an entry among those in it: one that stands for itself, else one
// beside the title, never one in it.
func chooseDate(dates []dated) (dated, bool) {
	for _, fits := range []func(dated) bool{
		func(d dated) bool { return d.whole && !d.inLink },
		func(d dated) bool { return d.whole },
		func(d dated) bool { return d.edge && !d.inLink },
		func(d dated) bool { return !d.inLink },
	} {
		if i := slices.IndexFunc(dates, fits); i >= 0 {
			return dates[i], true
		}
	}
	return dated{}, false
}

// dateBetween finds the dates of entries that stand between them: each after its entry or, where
// one stands before the first, before it, and then it holds until the next one.
func (s *sheet) dateBetween(b *block) {
	all := s.spans[b.within]
	before := b.entries[0].span.from
	first := s.headed(b, all.from)
	for i := range b.entries {
		e := &b.entries[i]
		if e.date.raw != "" {
			continue
		}
		if first {
			gap := s.between(before, e.span.from)
			if i == 0 {
				gap = s.between(all.from, before)
			}
			if d, ok := lastDate(gap); ok {
				e.date = d
			} else if i > 0 {
				e.date = b.entries[i-1].date
			}
			before = e.span.to
			continue
		}
		until := all.to
		if i+1 < len(b.entries) {
			until = b.entries[i+1].span.from
		}
		e.date, _ = chooseDate(s.between(e.span.to, until))
	}
}

// headed tells that dates stand over entries: one before the first, and others between them.
func (s *sheet) headed(b *block, from int) bool {
	over := func(from, to int) bool {
		return slices.ContainsFunc(s.between(from, to), func(d dated) bool { return d.whole })
	}
	if !over(from, b.entries[0].span.from) {
		return false
	}
	for i := 1; i < len(b.entries); i++ {
		if over(b.entries[i-1].span.to, b.entries[i].span.from) {
			return true
		}
	}
	return false
}

func (s *sheet) between(from, to int) []dated {
	return slices.DeleteFunc(slices.Clone(s.datesIn(span{from, to})), func(d dated) bool { return d.inLink })
}

func lastDate(dates []dated) (dated, bool) {
	if len(dates) == 0 {
		return dated{}, false
	}
	return dates[len(dates)-1], true
}
