package models

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Membership is where an item belongs: a judgement, a pure function of the catalog and the
// item's facts, made again when the catalog changes.
type Membership struct {
	Sections []string // keys, in the order of the catalog
	Regions  []string
	// Because tells, for each of Sections, the line of feeds.yaml that put the item there.
	Because []int
}

// Membership places an item of a source that the catalog names: in every section that claims it,
// else in its source's sections; in its source's region.
func (c *Catalog) Membership(it *Item) Membership {
	var m Membership
	src, _ := c.Source(it.Source)
	if src.Region != "" {
		m.Regions = []string{src.Region}
	}
	places := c.RegionPath(src.Region)
	for _, s := range c.Sections {
		for i := range s.Match {
			if s.Match[i].claims(it, places) {
				m.Sections, m.Because = append(m.Sections, s.Key), append(m.Because, s.Match[i].Line)
				break
			}
		}
	}
	if len(m.Sections) == 0 {
		for _, key := range src.Sections {
			m.Sections, m.Because = append(m.Sections, key), append(m.Because, src.Line)
		}
	}
	return m
}

// Views lists every view that shows a story with this membership and these sources.
func (c *Catalog) Views(m Membership, sources ...string) []View {
	views := []View{{}}
	sections := closure(m.Sections, c.SectionPath)
	for _, s := range sections {
		views = append(views, View{Section: s})
	}
	for _, r := range closure(m.Regions, c.RegionPath) {
		views = append(views, View{Region: r})
		for _, s := range sections {
			views = append(views, View{Region: r, Section: s})
		}
	}
	for _, s := range sources {
		views = append(views, View{Source: s})
	}
	return views
}

func closure(keys []string, path func(string) []string) []string {
	var all []string
	for _, k := range keys {
		for _, p := range path(k) {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

func (r *Rule) claims(it *Item, places []string) bool {
	conditions := []struct {
		set  bool
		hold func() bool
	}{
		{len(r.Category) > 0, func() bool { return slices.ContainsFunc(it.Categories, r.names) }},
		{len(r.Path) > 0, func() bool { return beginsWith(it.Link, r.Path) }},
		{len(r.Credit) > 0, func() bool { return slices.Contains(r.Credit, it.Credit) }},
		{len(r.Source) > 0, func() bool { return slices.Contains(r.Source, it.Source) }},
		{len(r.Region) > 0, func() bool {
			return slices.ContainsFunc(places, func(p string) bool { return slices.Contains(r.Region, p) })
		}},
		{len(r.Title) > 0, func() bool { return matches(it.Title, r.Title) }},
		{len(r.Text) > 0, func() bool { return matches(it.Text, r.Text) }},
		{r.Not != nil, func() bool { return !r.Not.claims(it, places) }},
	}
	for _, c := range conditions {
		if c.set && !c.hold() {
			return false
		}
	}
	return true
}

func (r *Rule) names(c Category) bool {
	return slices.ContainsFunc(r.Category, func(want string) bool {
		return strings.EqualFold(want, c.Term) || strings.EqualFold(want, c.Label)
	})
}

func beginsWith(link string, prefixes []string) bool {
	u, err := url.Parse(link)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(u.Path, p) })
}

func matches(s string, patterns []*regexp.Regexp) bool {
	return slices.ContainsFunc(patterns, func(re *regexp.Regexp) bool { return re.MatchString(s) })
}
