package store

import (
	"errors"
	"testing"
	"time"

	"civicfeed/models"
)

// TestR38MarkOfWhatIsRead: a mark lives until its claim is saved or released, and where neither
// comes, the next claim finds it.
func TestR38MarkOfWhatIsRead(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		s, c := ready(t, d)
		wantMark := func(when string, want models.Mark) {
			t.Helper()
			if got := state(t, s, "daily").Reading; got != want {
				t.Errorf("%s: the mark is %+v, want %+v", when, got, want)
			}
		}
		first := claim(t, s, "daily")
		mark := models.Mark{Body: "b", At: first.At, Poison: true}
		must(t, s.MarkReading(t.Context(), first, mark))
		wantMark("while it is read", mark)
		must(t, s.Save(t.Context(), []*models.Delivery{fetched(t, s, first)}))
		wantMark("saved", models.Mark{})

		died := claim(t, s, "daily")
		must(t, s.MarkReading(t.Context(), died, mark))
		c.pass(time.Hour) // its lease has ended
		next := claim(t, s, "daily")
		if next.Reading != mark {
			t.Errorf("the next claim finds %+v, want %+v", next.Reading, mark)
		}
		must(t, s.MarkReading(t.Context(), died, models.Mark{Body: "late"}))
		wantMark("marked under an old claim", mark)

		must(t, s.MarkReading(t.Context(), next, models.Mark{Body: "other", At: next.At}))
		must(t, s.Release(t.Context(), []models.Claim{next}, 0))
		wantMark("released", mark)

		last := fetched(t, s, claim(t, s, "daily"))
		last.Reading = models.Mark{Body: "b", At: last.Claim.At, Poison: true}
		must(t, s.Save(t.Context(), []*models.Delivery{last}))
		wantMark("saved as poison", last.Reading)

		moved := city()
		source(moved, "daily").URL = "https://daily.example/new"
		must(t, s.Apply(t.Context(), moved))
		wantMark("at a new address", models.Mark{})

		if err := d.open(t, Options{ReadOnly: true}).MarkReading(t.Context(), next, mark); !errors.Is(err, ErrReadOnly) {
			t.Errorf("read-only: %v", err)
		}
	})
}
