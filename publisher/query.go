package publisher

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"civicfeed/models"
	"civicfeed/models/search"
)

const (
	mostStories = 200 // of a page
	mostKeys    = 20  // of one parameter
)

// wrongParameter is a parameter that cannot be read: 400.
type wrongParameter struct{ name, value string }

func (w wrongParameter) Error() string {
	return fmt.Sprintf("parameter %s=%.100q cannot be read", w.name, w.value)
}

// asking is a query as an address has it.
type asking struct {
	models.Query
	filter  string // the parameters but cursor, in one order and spelling, without those that say nothing
	renamed bool   // a key has another name today: that of filter
}

// at is the canonical query string of the page that begins at a cursor.
func (a asking) at(c models.Cursor) string {
	switch {
	case c == models.Cursor{}:
		return a.filter
	case a.filter == "":
		return "cursor=" + c.String()
	}
	return a.filter + "&cursor=" + c.String()
}

// ask reads the parameters of a view's address, in a format of a usual order. What is no parameter of
// ours is passed over.
func (s *stage) ask(v models.View, usual models.Order, raw string, known func(source string) bool) (asking, error) {
	a := asking{Query: models.Query{View: v, Order: usual, Limit: perView}}
	if raw == "" {
		return a, nil
	}
	values, _ := url.ParseQuery(raw) // what is spelled wrongly is no parameter of ours
	r := parameters{values: values, zone: cmp.Or(s.catalog.Site.Location, time.UTC)}
	a.Text = r.words()
	a.Regions = r.keys("region", today(s.regions))
	a.Sections = r.keys("section", today(s.sections))
	of := func(key string) (string, bool) { return key, known(key) }
	a.Sources, a.Without = r.keys("source", of), r.keys("exclude_source", of)
	a.Since, a.Until = r.moment("since", 0), r.moment("until", 1)
	a.Order = r.order(usual)
	a.Limit = r.limit()
	a.filter, a.renamed = strings.Join(r.spelled, "&"), r.renamed
	a.Cursor = r.cursor()
	if r.wrong != nil {
		return asking{}, *r.wrong
	}
	return a, nil
}

// today leads keys to those of today; the empty one is none.
func today(keys map[string]string) func(string) (string, bool) {
	return func(key string) (string, bool) {
		now, ok := keys[key]
		return now, ok && now != ""
	}
}

// parameters reads the values of a query one by one, spells each in one way, and keeps the first that
// is wrong.
type parameters struct {
	values  url.Values
	zone    *time.Location
	spelled []string
	renamed bool
	wrong   *wrongParameter
}

func (r *parameters) one(name string) string { return strings.TrimSpace(r.values.Get(name)) }

func (r *parameters) spell(name, value string) {
	r.spelled = append(r.spelled, name+"="+url.QueryEscape(value))
}

func (r *parameters) refuse(name, value string) {
	if r.wrong == nil {
		r.wrong = &wrongParameter{name, value}
	}
}

func (r *parameters) words() string {
	text := search.Parse(r.one("q")).String()
	switch {
	case text != "":
		r.spell("q", text)
	case r.one("q") != "":
		r.refuse("q", r.one("q")) // nothing but punctuation
	}
	return text
}

// keys reads a repeated parameter, by the names that the keys have today.
func (r *parameters) keys(name string, today func(string) (string, bool)) []string {
	var keys []string
	for _, key := range r.values[name] {
		if key == "" {
			continue
		}
		now, ok := today(key)
		if !ok || len(keys) == mostKeys {
			r.refuse(name, key)
			return nil
		}
		r.renamed = r.renamed || now != key
		keys = append(keys, now)
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	for _, key := range keys {
		r.spell(name, key)
	}
	return keys
}

// moment reads a time (RFC 3339) or a day. It is the first moment that lies behind it where after is 1:
// the next day, the next millisecond.
func (r *parameters) moment(name string, after int) models.Millis {
	text := strings.ReplaceAll(r.one(name), " ", "+") // a plus sign that nobody escaped
	if text == "" {
		return 0
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, r.zone); err == nil && t.Year() > 0 {
		r.spell(name, text)
		return told(t.AddDate(0, 0, after))
	}
	t, err := time.Parse(time.RFC3339, strings.ToUpper(text))
	if err != nil || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
		r.refuse(name, text)
		return 0
	}
	r.spell(name, t.UTC().Format(time.RFC3339Nano))
	return told(t.Add(time.Duration(after) * time.Millisecond))
}

// told is a moment that is asked for, and never 0, which asks for none.
func told(t time.Time) models.Millis {
	if m := models.Millis(t.UnixMilli()); m != 0 {
		return m
	}
	return -1
}

func (r *parameters) order(usual models.Order) models.Order {
	o := models.Order(r.one("order"))
	switch o {
	case "", usual:
		return usual
	case models.ByListed, models.ByPublished:
		r.spell("order", string(o))
	default:
		r.refuse("order", string(o))
	}
	return o
}

func (r *parameters) limit() int {
	text := r.one("limit")
	if text == "" {
		return perView
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > mostStories {
		r.refuse("limit", text)
	}
	if n != perView {
		r.spell("limit", strconv.Itoa(n))
	}
	return n
}

func (r *parameters) cursor() models.Cursor {
	text := r.one("cursor")
	if text == "" {
		return models.Cursor{}
	}
	c, ok := models.ParseCursor(text)
	if !ok || c.ID != "" && !isID(c.ID) || c.ShownID != "" && !isID(c.ShownID) {
		r.refuse("cursor", text)
	}
	return c
}
