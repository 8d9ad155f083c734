package models

import "strings"

// View is a question whose answer is a list of stories. The zero View is everything; a region
// or section includes what lies below it; a source stands alone.
type View struct{ Region, Section, Source string }

// Name is the view's address without slash and suffix: feed, sections/KEY, regions/KEY,
// regions/KEY/sections/KEY or sources/KEY. It is also its name in the store.
func (v View) Name() string {
	switch {
	case v.Source != "":
		return "sources/" + v.Source
	case v.Region != "" && v.Section != "":
		return "regions/" + v.Region + "/sections/" + v.Section
	case v.Region != "":
		return "regions/" + v.Region
	case v.Section != "":
		return "sections/" + v.Section
	}
	return "feed"
}

// ParseView reads a name back. It does not know which keys exist.
func ParseView(name string) (View, bool) {
	p := strings.Split(name, "/")
	for _, s := range p {
		if s == "" {
			return View{}, false
		}
	}
	switch {
	case name == "feed":
		return View{}, true
	case len(p) == 2 && p[0] == "sources":
		return View{Source: p[1]}, true
	case len(p) == 2 && p[0] == "sections":
		return View{Section: p[1]}, true
	case len(p) == 2 && p[0] == "regions":
		return View{Region: p[1]}, true
	case len(p) == 4 && p[0] == "regions" && p[2] == "sections":
		return View{Region: p[1], Section: p[3]}, true
	}
	return View{}, false
}
