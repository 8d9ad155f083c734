package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"civicfeed/models"
)

// explanation is why a story stands where it stands.
type explanation struct {
	Story     string        `json:"story"`
	Published string        `json:"published_id"`
	Page      string        `json:"page,omitempty"` // here
	Title     string        `json:"title"`
	Withheld  bool          `json:"withheld,omitempty"`
	Sections  []string      `json:"sections"` // as the database has them
	Regions   []string      `json:"regions"`
	Stale     string        `json:"stale,omitempty"` // a sentence, where feeds.yaml says otherwise
	Copies    []copyOfStory `json:"copies"`
}

// copyOfStory is one item of a story: what is known of it, and what follows.
type copyOfStory struct {
	ID         string           `json:"id"`
	Canonical  bool             `json:"canonical"`
	Why        string           `json:"why"` // it is canonical, or is not
	Source     string           `json:"source"`
	SourceName string           `json:"source_name,omitempty"`
	Line       int              `json:"source_line,omitempty"` // of feeds.yaml; 0: it does not name the source
	Link       string           `json:"link"`
	Path       string           `json:"path,omitempty"`
	FirstSeen  time.Time        `json:"first_seen"`
	Times      map[string]when  `json:"times"`
	Categories []string         `json:"categories,omitempty"`
	Breadcrumb []string         `json:"breadcrumb,omitempty"`
	Column     string           `json:"column,omitempty"`
	Credit     string           `json:"credit,omitempty"`
	People     []models.Person  `json:"people,omitempty"`
	PageRead   bool             `json:"page_read"`
	Sections   []inSection      `json:"sections"`
	Default    []string         `json:"default,omitempty"` // sections of its source
	Unclaimed  bool             `json:"unclaimed"`         // no rule claims it
	Verdicts   []models.Verdict `json:"verdicts"`          // of every line of every section
	Places     []inPlace        `json:"places"`
}

// when is a moment and where it was learnt.
type when struct {
	At        time.Time        `json:"at"`
	Precision models.Precision `json:"precision"`
	From      models.Origin    `json:"from"`
	Raw       string           `json:"raw,omitempty"`
}

type inSection struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Line  int    `json:"line"`
	Why   string `json:"why"`
}

type inPlace struct {
	Key    string   `json:"key"`
	Name   string   `json:"name"`
	Within []string `json:"within,omitempty"` // keys, innermost first
	Line   int      `json:"line"`
	Why    string   `json:"why"`
}

func (e *env) explained(cat *models.Catalog, s *models.Story) explanation {
	x := explanation{
		Story: s.ID, Published: cat.Site.Identify(s.ID), Title: s.Items[0].Title, Withheld: s.Listed == 0,
		Sections: s.Sections, Regions: s.Regions,
	}
	if cat.Site.URL != "" {
		x.Page = cat.Site.URL + "stories/" + s.ID
	}
	var sections []string
	known := true
	for i := range s.Items {
		c := e.copied(cat, &s.Items[i], i == 0, len(s.Items))
		for _, in := range c.Sections {
			sections = append(sections, in.Key)
		}
		known = known && c.Line > 0
		x.Copies = append(x.Copies, c)
	}
	if have, want := sorted(s.Sections), sorted(sections); known && !slices.Equal(have, want) {
		x.Stale = fmt.Sprintf("the database has it in %s, by another state of %s: the daemon takes up what that says now when it reloads, or at \"civicfeed fetch\"",
			or(strings.Join(have, ", "), "no section"), e.config)
	}
	return x
}

func sorted(keys []string) []string { return slices.Compact(slices.Sorted(slices.Values(keys))) }

func or(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

// copied tells of one copy of n.
func (e *env) copied(cat *models.Catalog, it *models.Item, first bool, n int) copyOfStory {
	src, named := cat.Source(it.Source)
	c := copyOfStory{
		ID: it.ID, Canonical: first, Why: "another copy founded the story",
		Source: it.Source, SourceName: src.Name, Line: src.Line, Link: it.Link, FirstSeen: it.FirstSeen.Time(),
		Times:      map[string]when{"published": whenOf(it.Published), "updated": whenOf(it.Updated)},
		Breadcrumb: it.Breadcrumb, Column: it.Column, Credit: it.Credit, People: it.People, PageRead: it.Page != "",
	}
	switch {
	case n == 1:
		c.Why = "it is the only one"
	case first:
		c.Why = "it was the first, and founded the story"
	}
	if u, err := url.Parse(it.Link); err == nil {
		c.Path = u.Path
	}
	for _, category := range it.Categories {
		c.Categories = append(c.Categories, strings.TrimSpace(or(category.Label, category.Term)))
	}
	if !named {
		c.Verdicts, c.Sections, c.Places = []models.Verdict{}, []inSection{}, []inPlace{}
		return c
	}
	c.Verdicts, c.Default = cat.Verdicts(it), src.Sections
	e.placedBy(cat, src, it, &c)
	return c
}

func whenOf(m models.Moment) when { return when{m.At.Time(), m.Precision, m.From, m.Raw} }

// placedBy tells which line of feeds.yaml puts a copy into which section and place.
func (e *env) placedBy(cat *models.Catalog, src models.Source, it *models.Item, c *copyOfStory) {
	m := cat.Membership(it)
	c.Unclaimed = m.Unclaimed
	c.Sections, c.Places = []inSection{}, []inPlace{}
	for i, key := range m.Sections {
		section, _ := cat.Section(key)
		why := "no rule claims it, and this is the section of its source"
		if !m.Unclaimed {
			at := slices.IndexFunc(c.Verdicts, func(v models.Verdict) bool { return v.Section == key && v.Claims })
			why = reasons(c.Verdicts[at])
		}
		c.Sections = append(c.Sections, inSection{key, section.Title, m.Because[i], why})
	}
	for _, key := range m.Regions {
		region, _ := cat.Region(key)
		c.Places = append(c.Places, inPlace{key, region.Name, cat.RegionPath(key)[1:], src.Line, "it is the place of its source"})
	}
}

// reasons tells of a line's conditions which hold by what, and which do not.
func reasons(v models.Verdict) string {
	var parts []string
	for _, c := range v.Conditions {
		parts = append(parts, condition(c))
	}
	return strings.Join(parts, "; ")
}

// condition tells in words whether a condition holds, and why.
func condition(c models.Condition) string {
	verb := map[string]string{"path": "begins with", "title": "fits", "text": "fits"}[c.Name]
	verb = or(verb, "is")
	switch {
	case c.Not != nil && c.Holds:
		return "not barred (" + reasons(*c.Not) + ")"
	case c.Not != nil:
		return "barred by its “not”: " + reasons(*c.Not)
	case c.Holds && (c.Name == "title" || c.Name == "text"):
		return fmt.Sprintf("%s fits %s in “%s”", c.Name, strings.Join(c.Want, " or "), clip(c.By, 40))
	case c.Holds:
		return fmt.Sprintf("%s %s “%s”", c.Name, verb, c.By)
	}
	have := "it has none"
	if c.Name == "text" {
		have = "its text does not"
	} else if len(c.Have) > 0 {
		have = "it has “" + clip(strings.Join(c.Have, "”, “"), 80) + "”"
	}
	return fmt.Sprintf("%s would have to be “%s”, and %s", c.Name, strings.Join(c.Want, "” or “"), have)
}
