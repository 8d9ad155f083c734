package models

import "testing"

func TestCursorsComeBack(t *testing.T) {
	for _, c := range []Cursor{
		{Order: ByListed, At: 1732850000123, ID: "0f3a"}, {Order: ByPublished, At: -5, ID: "x-1"},
		{Order: ByListed, At: 7}, {Order: BySeq, At: 812}, {Order: BySeq, Forward: true}, {Order: BySeq, At: 812, Shown: 1732850000123, ShownID: "0f3a"},
	} {
		if back, ok := ParseCursor(c.String()); !ok || back != c {
			t.Errorf("%+v is %q and comes back as %+v, %v", c, c, back, ok)
		}
	}
	for _, s := range []string{"", "l", "l5", "lx.a", "n", "n5.a", "s5.6", "s5.x.a", "s5.6.", "q5", "l05.a", "+5", "s 5", "s9223372036854775808"} {
		if c, ok := ParseCursor(s); ok {
			t.Errorf("%q was read as %+v", s, c)
		}
	}
}
