package models

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Verdict is what one line of a section's match says of an item, and why.
type Verdict struct {
	Section    string      `json:"section"` // key
	Line       int         `json:"line"`    // of feeds.yaml
	Claims     bool        `json:"claims"`
	Conditions []Condition `json:"conditions"` // those that the line sets
}

// Near tells that a line which does not claim an item is in part about it.
func (v Verdict) Near() bool {
	return !v.Claims && slices.ContainsFunc(v.Conditions, func(c Condition) bool { return c.Not == nil && (c.Holds || c.close()) })
}

// Condition is one condition of a line.
type Condition struct {
	Name  string   `json:"name"` // as in feeds.yaml
	Want  []string `json:"want,omitempty"`
	Have  []string `json:"have,omitempty"` // what the item has of it; a text is left out
	Holds bool     `json:"holds"`
	By    string   `json:"by,omitempty"`  // the value that makes it hold, as the item has it
	Not   *Verdict `json:"not,omitempty"` // what must not hold
}

// close tells that a value of the item is much like one that is wanted: the one is part of the other.
func (c Condition) close() bool {
	switch c.Name {
	case "category", "column", "credit", "breadcrumb":
	default:
		return false
	}
	return slices.ContainsFunc(c.Have, func(have string) bool {
		return slices.ContainsFunc(c.Want, func(want string) bool {
			return have != "" && want != "" && (strings.Contains(have, want) || strings.Contains(want, have))
		})
	})
}

// Verdicts asks every line of every section about an item, in the order of the file: those that
// [Catalog.Membership] follows, with their reasons.
func (c *Catalog) Verdicts(it *Item) (all []Verdict) {
	src, _ := c.Source(it.Source)
	places := c.RegionPath(src.Region)
	for _, s := range c.Sections {
		for i := range s.Match {
			v := s.Match[i].verdict(it, places)
			v.Section = s.Key
			all = append(all, v)
		}
	}
	return all
}

func (r *Rule) verdict(it *Item, places []string) Verdict {
	v := Verdict{Line: r.Line, Claims: true}
	for _, name := range conditions {
		want := r.want(name)
		if len(want) == 0 && (name != "not" || r.Not == nil) {
			continue
		}
		told := Condition{Name: name, Want: want, Have: it.have(name, places)}
		if name == "not" {
			inner := r.Not.verdict(it, places)
			told.Not = &inner
		}
		if by, ok := r.holds(name, it, places); ok {
			told.By, told.Holds = by, true
		}
		v.Claims = v.Claims && told.Holds
		v.Conditions = append(v.Conditions, told)
	}
	return v
}

func (r *Rule) claims(it *Item, places []string) bool {
	for _, name := range conditions {
		if _, ok := r.holds(name, it, places); !ok {
			return false
		}
	}
	return true
}

// conditions are what a line may set, the cheapest first.
var conditions = [...]string{"source", "category", "column", "credit", "breadcrumb", "region", "path", "title", "not", "text"}

// holds tells whether a condition holds of an item, and by which value of it. One that is not set holds.
func (r *Rule) holds(name string, it *Item, places []string) (by string, ok bool) {
	switch {
	case name == "category" && len(r.Category) > 0:
		return r.named(it.Categories)
	case name == "path" && len(r.Path) > 0:
		return beginsWith(it.Link, r.Path)
	case name == "credit" && len(r.Credit) > 0:
		return it.Credit, slices.Contains(r.Credit, it.Credit)
	case name == "column" && len(r.Column) > 0:
		return it.Column, slices.Contains(r.Column, it.Column)
	case name == "breadcrumb" && len(r.Breadcrumb) > 0:
		return shared(r.Breadcrumb, it.Breadcrumb)
	case name == "source" && len(r.Source) > 0:
		return it.Source, slices.Contains(r.Source, it.Source)
	case name == "region" && len(r.Region) > 0:
		return shared(r.Region, places)
	case name == "title" && len(r.Title) > 0:
		return matches(it.Title, r.Title)
	case name == "text" && len(r.Text) > 0:
		return matches(it.Text, r.Text)
	case name == "not" && r.Not != nil:
		return "", !r.Not.claims(it, places)
	}
	return "", true
}

// want are the values of a condition, as feeds.yaml has them.
func (r *Rule) want(name string) []string {
	switch name {
	case "category":
		return r.Category
	case "path":
		return r.Path
	case "credit":
		return r.Credit
	case "column":
		return r.Column
	case "breadcrumb":
		return r.Breadcrumb
	case "source":
		return r.Source
	case "region":
		return r.Region
	case "title":
		return spelled(r.Title)
	case "text":
		return spelled(r.Text)
	}
	return nil
}

// have is what an item has of what a condition is about; its text is too long to be told.
func (it *Item) have(name string, places []string) []string {
	switch name {
	case "category":
		return it.terms()
	case "path":
		return present(pathOf(it.Link))
	case "credit":
		return present(it.Credit)
	case "column":
		return present(it.Column)
	case "breadcrumb":
		return it.Breadcrumb
	case "source":
		return present(it.Source)
	case "region":
		return places
	case "title":
		return present(it.Title)
	}
	return nil
}

func present(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func spelled(patterns []*regexp.Regexp) (all []string) {
	for _, re := range patterns {
		all = append(all, re.String())
	}
	return all
}

// terms are an item's categories by all their names.
func (it *Item) terms() (all []string) {
	for _, c := range it.Categories {
		for _, name := range []string{c.Term, c.Label} {
			if name != "" && !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// named finds the category that a rule names.
func (r *Rule) named(categories []Category) (string, bool) {
	for _, c := range categories {
		for _, name := range []string{c.Term, c.Label} {
			if slices.ContainsFunc(r.Category, func(want string) bool { return strings.EqualFold(want, name) }) {
				return name, true
			}
		}
	}
	return "", false
}

// shared finds the first value that is among those wanted.
func shared(want, values []string) (string, bool) {
	for _, v := range values {
		if slices.Contains(want, v) {
			return v, true
		}
	}
	return "", false
}

func pathOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return u.Path
}

func beginsWith(link string, prefixes []string) (string, bool) {
	path := pathOf(link)
	i := slices.IndexFunc(prefixes, func(p string) bool { return strings.HasPrefix(path, p) })
	if i < 0 {
		return "", false
	}
	return prefixes[i], true
}

// matches finds the part of a text that one of the patterns fits.
func matches(s string, patterns []*regexp.Regexp) (string, bool) {
	for _, re := range patterns {
		if at := re.FindStringIndex(s); at != nil {
			return s[at[0]:at[1]], true
		}
	}
	return "", false
}
