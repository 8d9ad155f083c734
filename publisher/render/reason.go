package render

import (
	"strconv"
	"strings"
	"time"

	"civicfeed/models"
)

// reasons are the sentences, in one language, that tell why a source is visited next when it is.
// In them stand {wait}, {asked}, {count} and {spec}; see [models.Reason].
type reasons struct {
	sentences map[models.Why]string
	bare      string // of a schedule whose spec is not known
	once      string // of a first failure
	kept      string // added where less is kept than was asked
	units     [len(stretches)]unit
	moment    string // less than a second
}

// unit is a stretch of time: how one of it is said, and the word for many.
type unit struct{ one, many string }

// stretches are the lengths of units.
var stretches = [...]time.Duration{365 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second}

// reason words a reason; empty where there is none.
func (w *phrases) reason(r models.Reason) string {
	sentence := w.reasons.sentences[r.Why]
	switch {
	case r.Why == models.WhySchedule && r.Spec == "":
		sentence = w.reasons.bare
	case r.Why == models.WhyFailures && r.Count <= 1:
		sentence = w.reasons.once
	case r.Asked > r.Wait:
		sentence += w.reasons.kept
	}
	return strings.NewReplacer(
		"{wait}", w.reasons.duration(r.Wait), "{asked}", w.reasons.duration(r.Asked),
		"{count}", strconv.Itoa(r.Count), "{spec}", line(r.Spec),
	).Replace(sentence)
}

// duration writes a duration as people say it, in its two largest units: "1 hour 30 minutes".
func (w reasons) duration(d time.Duration) string {
	var parts []string
	for i, length := range stretches {
		n := d / length
		if d -= n * length; n == 0 && len(parts) == 0 {
			continue
		}
		if n > 0 {
			parts = append(parts, w.units[i].say(int64(n)))
		}
		if n == 0 || len(parts) == 2 {
			break
		}
	}
	if len(parts) == 0 {
		return w.moment
	}
	return strings.Join(parts, " ")
}

func (u unit) say(n int64) string {
	if n == 1 {
		return u.one
	}
	return strconv.FormatInt(n, 10) + " " + u.many
}
