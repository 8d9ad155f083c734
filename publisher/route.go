package publisher

import (
	"fmt"
	"strconv"
	"strings"

	"civicfeed/models"
	"civicfeed/publisher/render"
)

// kind is what sort of page an address names.
type kind int

const (
	viewPage kind = iota
	homePage
	storyPage
	archivePage
	subscriptions
	statusPage
)

// address names one edition.
type address struct {
	kind   kind
	view   models.View
	search bool // of everything, under its own name
	story  string
	number int // of an archive
	suffix string
	asked  string // canonical query; empty: none
}

// name is the address as a path without the leading slash, and the key of its edition.
func (a address) name() string {
	switch a.kind {
	case homePage:
		return "index.html"
	case storyPage:
		return "stories/" + a.story + "." + a.suffix
	case subscriptions:
		return "subscriptions.opml"
	case statusPage:
		return "status." + a.suffix
	}
	return a.path() + "." + a.suffix + queryString(a.asked)
}

// path is that of a view or an archive, without suffix.
func (a address) path() string {
	switch {
	case a.search:
		return "search"
	case a.kind == archivePage:
		return fmt.Sprintf("archive/%s/%d", a.view.Name(), a.number)
	}
	return a.view.Name()
}

func queryString(asked string) string {
	if asked == "" {
		return ""
	}
	return "?" + asked
}

// mediaType is that of the edition's bytes.
func (a address) mediaType() string {
	f, _ := render.Lookup(a.suffix)
	switch {
	case a.kind == subscriptions:
		return "text/x-opml; charset=utf-8"
	case a.kind == statusPage && a.suffix == "json":
		return "application/json; charset=utf-8"
	}
	return f.MediaType + "; charset=utf-8"
}

// route is what a path asks for.
type route struct {
	address
	open  bool // without suffix: the format is for Accept to choose
	moved bool // the path has another name now: that of address
}

// find reads a path, relative to the base. Only what the catalog or the store knows is found, so
// that nothing from outside becomes a name.
func (s *stage) find(path string, known func(source string) bool) (route, bool) {
	path, slash := strings.CutSuffix(path, "/")
	switch path {
	case "":
		return route{address: address{kind: homePage, suffix: "html"}}, !slash
	case "subscriptions.opml":
		return route{address: address{kind: subscriptions, suffix: "opml"}, moved: slash}, true
	case "status", "status.json":
		suffix := "html"
		if path != "status" {
			suffix = "json"
		}
		return route{address: address{kind: statusPage, suffix: suffix}}, !slash
	}
	name, suffix := path, ""
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		name, suffix = path[:i], path[i+1:]
		if _, ok := render.Lookup(suffix); !ok {
			return route{}, false
		}
	}
	r := route{address: address{suffix: suffix}, open: suffix == "", moved: slash}
	if id, ok := strings.CutPrefix(name, "stories/"); ok {
		r.kind, r.story = storyPage, id
		f, _ := render.Lookup(suffix)
		return r, isID(id) && (r.open || f.Story != nil)
	}
	if name == "search" {
		r.search = true
		return r, true
	}
	if rest, ok := strings.CutPrefix(name, "archive/"); ok {
		name, r.number, ok = numbered(rest)
		f, written := render.Lookup(suffix)
		if r.kind = archivePage; !ok || written && !f.Archives {
			return route{}, false
		}
	}
	v, ok := models.ParseView(name)
	if !ok {
		return route{}, false
	}
	was := v
	if v, ok = s.current(v, known); !ok {
		return route{}, false
	}
	r.view, r.moved = v, r.moved || v != was
	return r, true
}

// numbered parts the name of an archive into that of its view and its number.
func numbered(name string) (view string, number int, ok bool) {
	i := strings.LastIndexByte(name, '/')
	if i < 0 {
		return "", 0, false
	}
	n, err := strconv.Atoi(name[i+1:])
	return name[:i], n, err == nil && n > 0 && strconv.Itoa(n) == name[i+1:]
}

// current gives a view the keys it has today.
func (s *stage) current(v models.View, known func(source string) bool) (models.View, bool) {
	region, ok := s.regions[v.Region]
	if !ok {
		return v, false
	}
	section, ok := s.sections[v.Section]
	if !ok {
		return v, false
	}
	if v.Source != "" && !known(v.Source) {
		return v, false
	}
	return models.View{Region: region, Section: section, Source: v.Source}, true
}

// isID tells whether a text has the form of a story's id.
func isID(s string) bool {
	if s == "" || len(s) > 80 {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}) < 0
}

// target is where a moved route leads, relative to the base.
func (r route) target() string {
	switch {
	case r.open && r.kind == storyPage:
		return "stories/" + r.story
	case r.open:
		return r.path() + queryString(r.asked)
	}
	return r.name()
}
