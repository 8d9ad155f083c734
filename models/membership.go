package models

import "slices"

// Membership is where an item belongs: a judgement, a pure function of the catalog and the
// item's facts, made again when the catalog changes.
type Membership struct {
	Sections []string // keys, in the order of the catalog
	Regions  []string
	// Because tells, for each of Sections, the line of feeds.yaml that put the item there.
	Because []int
	// Unclaimed tells that no rule claims the item: Sections are its source's, if it has any.
	Unclaimed bool
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
	if m.Unclaimed = len(m.Sections) == 0; m.Unclaimed {
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
