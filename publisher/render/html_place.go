package render

import (
	"civicfeed/models"
)

// viewTitle names a view in words: its place, its section, its source, or everything.
func (f *frame) viewTitle(v models.View) string {
	p := Page{Catalog: f.p.Catalog, Sources: f.p.Sources, View: v}
	return either(p.Heading(), f.T.More)
}

func (f *frame) viewIntro(v models.View) string {
	if v.Region != "" || v.Source != "" {
		return ""
	}
	s, _ := f.p.Catalog.Section(v.Section)
	return s.Description
}

// crumbs is the way from the front page down to a view, without the view itself.
func (f *frame) crumbs(v models.View) []link {
	all := []link{{Title: f.T.Home, Href: f.Home}}
	regions := f.p.Catalog.RegionPath(v.Region)
	for i := len(regions) - 1; i >= 0; i-- {
		if regions[i] != v.Region || v.Section != "" {
			r, _ := f.p.Catalog.Region(regions[i])
			all = append(all, link{Title: r.Name, Href: f.view(models.View{Region: r.Key})})
		}
	}
	sections := f.p.Catalog.SectionPath(v.Section)
	for i := len(sections) - 1; i >= 0; i-- {
		if sections[i] != v.Section {
			s, _ := f.p.Catalog.Section(sections[i])
			all = append(all, link{Title: s.Title, Href: f.view(models.View{Region: v.Region, Section: s.Key})})
		}
	}
	return all
}

// facets lead from a view to narrower ones: the places within it, and the sections within it.
func (f *frame) facets(v models.View) []facet {
	if v.Source != "" {
		return nil
	}
	var all []facet
	if places := f.placesWithin(v); len(places) > 0 {
		all = append(all, facet{f.T.Regions, places})
	}
	if v.Region == "" && v.Section == "" {
		return all
	}
	if sections := f.sectionsWithin(v); len(sections) > 0 {
		all = append(all, facet{f.T.Sections, sections})
	}
	return all
}

func (f *frame) placesWithin(v models.View) []link {
	var all []link
	for _, r := range f.p.Catalog.Regions {
		if r.Parent == v.Region {
			all = append(all, link{Title: r.Name, Href: f.view(models.View{Region: r.Key, Section: v.Section})})
		}
	}
	return all
}

// sectionsWithin lists, in a place, its sections; elsewhere the sections below this one.
func (f *frame) sectionsWithin(v models.View) []link {
	var all []link
	for _, s := range f.p.Catalog.Sections {
		top := s.Parent == "" && v.Region != ""
		if top || (s.Parent == v.Section && v.Section != "") {
			to := models.View{Region: v.Region, Section: s.Key}
			all = append(all, link{Title: s.Title, Href: f.view(to), Current: to == v})
		}
	}
	return all
}

// places lists all regions, those below others indented.
func (f *frame) places() []link {
	var all []link
	for _, r := range f.p.Catalog.Regions {
		depth := len(f.p.Catalog.RegionPath(r.Key)) - 1
		all = append(all, link{Title: r.Name, Href: f.view(models.View{Region: r.Key}), Depth: min(depth, 3)})
	}
	return all
}
