package render

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"civicfeed/models"
)

// StatusPage is what is known of every source: what feeds.yaml names and what happened with it.
type StatusPage struct {
	Catalog *models.Catalog
	Base    string
	Sources []models.SourceState
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
		sentence, _, _ := strings.Cut(strings.TrimSpace(all[i].Error), "\n")
		all[i].Error = cut(line(sentence), 300)
	}
	return all
}

// group is the sources that are doing alike.
type group struct {
	State   health
	Title   string
	Sources []sourceRow
}

type sourceRow struct {
	Key, Name, Href, Home, Host string
	Trouble, Error              string
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
		f.Groups[i].Sources = append(f.Groups[i].Sources, f.sourceRow(s, h))
	}
	f.Groups = slices.DeleteFunc(f.Groups, func(g group) bool { return len(g.Sources) == 0 })
	f.Intro = fmt.Sprintf(f.T.summary, total, count[well], count[failing])
	return f.write("status")
}

func (f *frame) sourceRow(s models.SourceState, h health) sourceRow {
	r := sourceRow{
		Key: s.Key, Name: s.Name, Href: f.view(models.View{Source: s.Key}),
		Home: cmp.Or(address(s.Home()), f.view(models.View{Source: s.Key})), Host: hostOf(s.URL), Warnings: s.Warnings,
	}
	if h == failing {
		r.Trouble, r.Error = f.T.trouble(s.Class, s.Status), s.Error
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
	HTTPStatus  int               `json:"http_status,omitempty"`
	Failures    int               `json:"failures"`
	LastVisit   string            `json:"last_visit,omitempty"`
	LastOK      string            `json:"last_ok,omitempty"`
	LastNew     string            `json:"last_new,omitempty"`
	NextVisit   string            `json:"next_visit,omitempty"`
	Reason      string            `json:"reason,omitempty"` // of the next visit, in English
	Warnings    []string          `json:"warnings,omitempty"`
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
			line.Explanation = words.trouble(s.Class, s.Status)
		}
		r.Sources = append(r.Sources, line)
	}
	out, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the status as JSON: %w", err)
	}
	return append(out, '\n'), nil
}
