package normalize

import (
	"regexp"
	"strings"
	"time"
)

var zoneName = regexp.MustCompile(`\b(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Za-z_]{2,30}(?:/[A-Za-z_]{2,30})?`)

// namedZone takes a zone of the tz database out of a date: loc itself, for which it gives none, or
// one of zones. It is not ok when it is neither.
func namedZone(raw string, loc *time.Location) (rest string, named *zone, ok bool) {
	if !strings.Contains(raw, "/") {
		return raw, nil, true
	}
	at := zoneName.FindStringIndex(raw)
	if at == nil {
		return raw, nil, true
	}
	name, rest := raw[at[0]:at[1]], raw[:at[0]]+" "+raw[at[1]:]
	if name == loc.String() {
		return rest, nil, true
	}
	z, ok := zones[name]
	return rest, &z, ok
}

// offsetOf is what an abbreviation means at a local time: what it means where the source is, else
// what it means in RFC 5322 section 4.3 and in common use. An abbreviation in use in several
// countries, of which the source's is none, is not ok.
func offsetOf(zone string, loc *time.Location, at func(*time.Location) time.Time) (time.Duration, bool) {
	local := at(loc)
	january := time.Date(local.Year(), time.January, 1, 0, 0, 0, 0, loc)
	for _, t := range []time.Time{local, january, january.AddDate(0, 6, 0)} {
		if name, seconds := t.Zone(); strings.EqualFold(name, zone) {
			return time.Duration(seconds) * time.Second, true
		}
	}
	if city, ok := generalZones[zone]; ok {
		return zones[city].offset(at(time.UTC))
	}
	if len(zone) == 1 { // "-0000", says RFC 5322 of the military letters
		return 0, true
	}
	hours, ok := zoneHours[zone]
	return time.Duration(hours * float64(time.Hour)), ok
}

// The abbreviations that leave summer time open.
var generalZones = map[string]string{
	"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles", "at": "America/Halifax",
}

// zoneHours tells the hours east of abbreviations that mean one thing, or nearly so.
var zoneHours = map[string]float64{
	"ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1,
	"cet": 1, "met": 1, "mez": 1, "cest": 2, "mest": 2, "mesz": 2, "eet": 2, "eest": 3, "sast": 2, "msk": 3,
	"pkt": 5, "npt": 5.75, "wib": 7, "ict": 7, "hkt": 8, "sgt": 8, "myt": 8, "pht": 8, "awst": 8, "jst": 9, "kst": 9,
	"acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
	"nst": -3.5, "ndt": -2.5, "ast": -4, "adt": -3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
	"pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "brt": -3, "art": -3, "clt": -4, "cot": -5,
}
