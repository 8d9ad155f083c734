package demo

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"html"
	"slices"
	"strings"
	"time"
)

// window is how many articles a source lists.
const window = 20

// entry is an article as one source publishes it, at one time.
type entry struct {
	Serial     int
	Source     source
	Title      string
	Category   string
	Authors    []string
	Paragraphs []string
	Credit     string // the name of the source it was taken from; empty: its own
	Published  time.Time
	Page       string // its page here, from the root of the origin
	Link       string // where the source's feed sends its readers
	Original   string // the page of the source that wrote it
	Picture    string // from the root of the origin; empty: none
	Length     int    // of the picture, in bytes
	Attached   string // name of the file that comes with it; empty: none
}

// backlog is the number of articles that are there when the simulation begins.
func (c *City) backlog() int { return (len(c.articles) + 1) / 2 }

// newest is the serial number of the latest article at a moment. Numbers go on for ever: when
// all articles were told, they are told again under new numbers.
func (c *City) newest(now time.Time) int {
	return c.backlog() - 1 + int(max(0, now.Sub(c.start))/c.every)
}

// published is when the nth source of an article puts it out: the backlog over the three days
// before the start and by daylight, the rest one by one.
func (c *City) published(serial, nth int) time.Time {
	if n := serial - c.backlog() + 1; n > 0 {
		return c.start.Add(time.Duration(n+nth) * c.every)
	}
	step := (72 * time.Hour / time.Duration(c.backlog())).Truncate(time.Second)
	at := c.start.Add(-step * time.Duration(c.backlog()-serial)).Add(jitter(serial))
	if at.Hour() < 7 {
		at = at.Add(-8 * time.Hour)
	}
	return at.Add(time.Duration(nth) * 7 * time.Minute)
}

// jitter makes the times of the backlog look like nobody planned them: up to 50 minutes.
func jitter(serial int) time.Duration {
	h := fnv.New32a()
	fmt.Fprint(h, serial)
	return time.Duration(h.Sum32()%3000) * time.Second
}

// latest lists what a source's feed holds at a moment, newest first.
func (c *City) latest(s source, now time.Time) []entry {
	var list []entry
	for serial := c.newest(now); serial >= 0 && len(list) < window; serial-- {
		if e, ok := c.entry(s, serial); ok && !e.Published.After(now) {
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(a, b entry) int {
		return cmp.Or(b.Published.Compare(a.Published), cmp.Compare(b.Serial, a.Serial))
	})
	return list
}

// entry is what a source makes of the article with a serial number, if it publishes it at all.
func (c *City) entry(s source, serial int) (entry, bool) {
	a := c.articles[serial%len(c.articles)]
	nth := slices.IndexFunc(a.places, func(p place) bool { return p.source == s.Key })
	if nth < 0 {
		return entry{}, false
	}
	e := entry{
		Serial:    serial,
		Source:    s,
		Title:     dates(a.title, c.published(serial, 0)),
		Category:  a.places[nth].category,
		Authors:   a.authors,
		Attached:  a.attached,
		Published: c.published(serial, nth),
	}
	if round := serial/len(c.articles) + 1; round > 1 {
		e.Title += fmt.Sprintf("（第%d期）", round)
	}
	for _, p := range a.paragraphs {
		e.Paragraphs = append(e.Paragraphs, dates(p, c.published(serial, 0)))
	}
	if n := serial % len(c.pictures); a.pictured {
		e.Picture, e.Length = fmt.Sprintf("/images/%d.png", n), len(c.pictures[n])
	}
	c.address(&e, a, nth)
	return e, true
}

// address gives an entry its pages. What is taken from elsewhere differs as it does in life: the
// portal sends its readers to the original with tracking parameters, others to a copy of their own.
func (c *City) address(e *entry, a article, nth int) {
	e.Page = pageOf(e.Source, e.Serial, e.Published)
	e.Link, e.Original = e.Page, e.Page
	if nth == 0 {
		return
	}
	author, _ := c.source(a.places[0].source)
	e.Credit = author.Name
	e.Original = pageOf(author, e.Serial, c.published(e.Serial, 0))
	if e.Source.Portal {
		e.Link = e.Original + "?utm_source=" + e.Source.Key + "&utm_medium=rss"
	}
}

func pageOf(s source, serial int, at time.Time) string {
	return fmt.Sprintf("%st%s_%d.html", s.Home, at.Format("20060102"), firstNumber+serial)
}

// firstNumber is that of the first article: the city published before we came to look.
const firstNumber = 4100

// Summary is the first paragraph, cut to what lists show.
func (e entry) Summary() string {
	r := []rune(e.Paragraphs[0])
	if len(r) <= 80 {
		return string(r)
	}
	return string(r[:79]) + "…"
}

// HTML is the text as balanced markup, also well-formed XML, its picture under base first.
func (e entry) HTML(base string) string {
	var b strings.Builder
	if e.Picture != "" {
		fmt.Fprintf(&b, `<p><img src="%s" alt="%s" width="640" height="360" /></p>`, html.EscapeString(base+e.Picture), html.EscapeString(e.Title))
	}
	for _, p := range e.Paragraphs {
		fmt.Fprintf(&b, "<p>　　%s</p>", html.EscapeString(p))
	}
	return b.String()
}
