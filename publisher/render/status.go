package render

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"civicfeed/models"
)

// StatusPage is what is known of every source: what feeds.yaml names and what happened with it.
type StatusPage struct {
	Catalog *models.Catalog
	Base    string
	Sources []models.SourceState
	Pages   map[string]models.PageState // of the items of sources, by key
}

// remedy is the command that looks for how to read a source now; empty where that is no help.
func (p *StatusPage) remedy(s models.SourceState) string {
	c, _ := p.Catalog.Source(s.Key)
	switch s.Class {
	case models.ErrPageChanged, models.ErrNotAFeed:
	case models.ErrGone, models.ErrHTTP4xx:
		if c.Kind == models.KindPage {
			return "" // there is nothing to look at
		}
	case models.ErrEmpty, models.ErrUnknown:
		if c.Kind != models.KindPage {
			return ""
		}
	default:
		return ""
	}
	return "civicfeed discover " + shellWord(either(s.Address, s.URL))
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:%=,+@~-]+$`)

// shellWord writes a word so that a shell takes it as it is.
func shellWord(s string) string {
	if s = line(s); plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// health is how a source is doing.
type health string

const (
	failing health = "failing"
	waiting health = "waiting"
	well    health = "well"
	off     health = "off"
)

// healthOf judges by what happened last.
func healthOf(s models.SourceState) health {
	switch {
	case !s.Active:
		return off
	case s.Failures > 0 || s.Class != "":
		return failing
	case s.LastVisit == 0:
		return waiting
	}
	return well
}

// states lists the sources in the order of feeds.yaml, then those taken out of it; one that was
// never visited is among them. Of an error it is the sentence that goes out: what comes after it
// (a trace, what a server answered) is for the log.
func (p *StatusPage) states() []models.SourceState {
	known := make(map[string]models.SourceState, len(p.Sources))
	for _, s := range p.Sources {
		known[s.Key] = s
	}
	var all []models.SourceState
	for _, c := range p.Catalog.Sources {
		s := known[c.Key]
		delete(known, c.Key)
		s.Key, s.Name, s.URL, s.Site, s.Active = c.Key, either(c.Name, c.Key), c.URL, c.Site, c.Enabled
		all = append(all, s)
	}
	for _, s := range p.Sources {
		if _, gone := known[s.Key]; gone {
			s.Active = false
			all = append(all, s)
		}
	}
	for i := range all {
		all[i].Error = sentence(all[i].Error)
	}
	return all
}

// sentence is what of an error goes out.
func sentence(err string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(err), "\n")
	return cut(line(first), 300)
}

// group is the sources that are doing alike.
type group struct {
	State   health
	Title   string
	Sources []sourceRow
}

type sourceRow struct {
	Key, Name, Href, Home, Host string
	Trouble, Error, Remedy      string
	Facts                       []fact
	Warnings                    []string
}

type fact struct {
	Title, Text string
	Time        shownTime
}

// Status writes the page that tells which source is well, which is not, since when and why.
func Status(p *StatusPage) ([]byte, error) {
	f := newFrame(&Page{Catalog: p.Catalog, Base: p.Base})
	f.Kind, f.Canonical = "sources", p.Base+"status"
	f.Title = f.T.Status + " · " + f.Site.Title
	f.Groups = []group{{State: failing, Title: f.T.Failing}, {State: waiting, Title: f.T.Waiting}, {State: well, Title: f.T.Well}, {State: off, Title: f.T.Off}}
	total, count := 0, make(map[health]int)
	for _, s := range p.states() {
		h := healthOf(s)
		total, count[h] = total+1, count[h]+1
		i := slices.IndexFunc(f.Groups, func(g group) bool { return g.State == h })
		f.Groups[i].Sources = append(f.Groups[i].Sources, f.sourceRow(p, s, h))
	}
	f.Groups = slices.DeleteFunc(f.Groups, func(g group) bool { return len(g.Sources) == 0 })
	f.Intro = fmt.Sprintf(f.T.summary, total, count[well], count[failing])
	return f.write("status")
}

func (f *frame) sourceRow(p *StatusPage, s models.SourceState, h health) sourceRow {
	r := sourceRow{
		Key: s.Key, Name: s.Name, Href: f.view(models.View{Source: s.Key}),
		Home: cmp.Or(address(s.Home()), f.view(models.View{Source: s.Key})), Host: hostOf(s.URL), Warnings: s.Warnings,
	}
	if h == failing {
		c, _ := p.Catalog.Source(s.Key)
		r.Trouble, r.Error, r.Remedy = f.T.trouble(c.Kind, s.Class, s.Status), s.Error, p.remedy(s)
	}
	if h == failing && s.Failures > 0 {
		r.Facts = append(r.Facts, fact{f.T.Since, fmt.Sprintf(f.T.failures, s.Failures), f.when(s.Since)})
	}
	if s.LastVisit != 0 {
		r.Facts = append(r.Facts, fact{f.T.LastVisit, "", f.when(s.LastVisit)})
	}
	if s.LastOK != s.LastVisit {
		r.Facts = append(r.Facts, f.orNever(f.T.LastOK, s.LastOK))
	}
	if s.LastVisit != 0 {
		r.Facts = append(r.Facts, f.orNever(f.T.LastNew, s.LastNew))
	}
	if h != off {
		r.Facts = append(r.Facts, f.moves(s)...)
	}
	if pages := f.T.articles(p.Pages[s.Key]); pages != "" {
		r.Facts = append(r.Facts, fact{f.T.Articles, pages, shownTime{}})
	}
	if h != off && s.NextAt != 0 {
		r.Facts = append(r.Facts, fact{f.T.NextVisit, f.T.reason(s.Reason), f.when(s.NextAt)})
	}
	return r
}

// moves tells where a source is asked instead of its own address, and where it says it is.
func (f *frame) moves(s models.SourceState) []fact {
	var facts []fact
	if s.Address != "" {
		facts = append(facts, fact{f.T.Asked, fmt.Sprintf(f.T.askedAt, line(s.Address)), shownTime{}})
	}
	if s.Moved.To != "" {
		facts = append(facts, fact{f.T.Moving, fmt.Sprintf(f.T.moving, line(s.Moved.To), s.Moved.Seen), f.when(s.Moved.Since)})
	}
	return facts
}

func (f *frame) orNever(title string, m models.Millis) fact {
	if m == 0 {
		return fact{title, f.T.Never, shownTime{}}
	}
	return fact{title, "", f.when(m)}
}

func (f *frame) when(m models.Millis) shownTime {
	if m == 0 {
		return shownTime{}
	}
	t := f.local(m)
	return shownTime{t.Format("2006-01-02 15:04"), machine(t, models.Second)}
}

// report is /status.json.
type report struct {
	Title   string         `json:"title"`
	Counts  map[health]int `json:"counts"`
	Sources []sourceReport `json:"sources"`
}

type sourceReport struct {
	Key         string            `json:"key"`
	Name        string            `json:"name"`
	URL         string            `json:"url"`
	AskedAt     string            `json:"asked_at,omitempty"` // instead of url, for it has moved there
	MovedTo     string            `json:"moved_to,omitempty"` // where it says it has moved, before that is believed
	State       health            `json:"state"`
	Since       string            `json:"since,omitempty"` // RFC 3339, like all times here
	Class       models.ErrorClass `json:"class,omitempty"`
	Error       string            `json:"error,omitempty"`
	Explanation string            `json:"explanation,omitempty"` // in the site's language
	Remedy      string            `json:"remedy,omitempty"`      // a command that looks for how to read it now
	HTTPStatus  int               `json:"http_status,omitempty"`
	Failures    int               `json:"failures"`
	LastVisit   string            `json:"last_visit,omitempty"`
	LastOK      string            `json:"last_ok,omitempty"`
	LastNew     string            `json:"last_new,omitempty"`
	NextVisit   string            `json:"next_visit,omitempty"`
	Reason      string            `json:"reason,omitempty"` // of the next visit, in English
	Warnings    []string          `json:"warnings,omitempty"`
	Articles    *articlesReport   `json:"articles,omitempty"` // pages of its items
}

type articlesReport struct {
	Waiting int               `json:"waiting"`         // to be read
	Failing int               `json:"failing"`         // of them, or of those given up within a day
	Class   models.ErrorClass `json:"class,omitempty"` // of one that fails
	Error   string            `json:"error,omitempty"`
}

// StatusJSON writes the same for programs.
func StatusJSON(p *StatusPage) ([]byte, error) {
	words, reasons := wordsOf(p.Catalog.Site.Language), english()
	r := report{Title: p.Catalog.Site.Title, Sources: []sourceReport{}, Counts: map[health]int{well: 0, failing: 0, waiting: 0, off: 0}}
	for _, s := range p.states() {
		h := healthOf(s)
		r.Counts[h]++
		line := sourceReport{
			Key: s.Key, Name: s.Name, URL: s.URL, State: h, Class: s.Class, Error: s.Error,
			HTTPStatus: s.Status, Failures: s.Failures, Reason: reasons.reason(s.Reason), Warnings: s.Warnings,
			AskedAt: s.Address, MovedTo: s.Moved.To,
			Since: rfc3339(s.Since), LastVisit: rfc3339(s.LastVisit), LastOK: rfc3339(s.LastOK), LastNew: rfc3339(s.LastNew),
		}
		if h != off {
			line.NextVisit = rfc3339(s.NextAt)
		}
		if h == failing {
			c, _ := p.Catalog.Source(s.Key)
			line.Explanation, line.Remedy = words.trouble(c.Kind, s.Class, s.Status), p.remedy(s)
		}
		if a := p.Pages[s.Key]; a.Waiting+a.Failing > 0 {
			line.Articles = &articlesReport{a.Waiting, a.Failing, a.Class, sentence(a.Error)}
		}
		r.Sources = append(r.Sources, line)
	}
	out, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the status as JSON: %w", err)
	}
	return append(out, '\n'), nil
}
