package normalize

import (
	"strings"
	"time"

	"civicfeed/models"
)

// doubt is why a date was refused.
type doubt byte

const (
	noDate doubt = iota // it does not have the form of one
	unknownWord
	unknownZone
	noSuchDay
	twoDays
	unset
)

var doubts = map[doubt]string{
	noDate:      "it is no whole date",
	unknownWord: "it holds a word that no date has",
	unknownZone: "what its zone means is not certain",
	noSuchDay:   "there is no such day, or not with that weekday",
	twoDays:     "day and month can be read in two ways: the source's language and timezone tell which",
	unset:       "it is the moment at which clocks begin: a field that nobody filled in",
}

// refusal tells in words why a date was refused.
func (r *reading) refusal() string { return doubts[r.doubt] }

var orders = map[order]string{ymd: "year, month, day", dmy: "day before month", mdy: "month before day"}

// how tells in words by what rule and in which zone a date was read.
func (r *reading) how(loc *time.Location, precision models.Precision) string {
	var why []string
	switch {
	case len(r.words) == 1 && r.hasOffset:
		why = append(why, "seconds since 1970")
	case !r.zoned:
		why = append(why, "it names no zone: "+zoneOf(loc)+", as the source has it")
	case r.hasOffset:
		why = append(why, "its own offset")
	case r.named != nil:
		why = append(why, "the zone it names, "+eastOf(r.east))
	case r.zone != "":
		why = append(why, strings.ToUpper(r.zone)+" is "+eastOf(r.east)+" for a source in "+zoneOf(loc))
	default:
		why = append(why, "it is written in Korean: "+eastOf(r.east))
	}
	if r.ordered != "" {
		why = append(why, orders[r.ordered])
	}
	switch precision {
	case models.Day:
		why = append(why, "a day without a time")
	case models.Minute:
		why = append(why, "to the minute")
	}
	return strings.Join(why, "; ")
}

func zoneOf(loc *time.Location) string {
	if loc == nil {
		return "UTC"
	}
	return loc.String()
}

func eastOf(d time.Duration) string {
	return time.Unix(0, 0).In(time.FixedZone("", int(d.Seconds()))).Format("-07:00")
}
