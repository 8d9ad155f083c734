package render

import (
	"fmt"
	"strings"

	"civicfeed/models"
)

func siteTitle(cat *models.Catalog) string {
	if t := line(cat.Site.Title); t != "" {
		return t
	}
	return "civicfeed"
}

// Title names the page: the site alone for everything, else before it what is searched for, place,
// section or source; behind it the number of an archive.
func (p *Page) Title() string {
	site := siteTitle(p.catalog())
	title := site
	if h := p.Heading(); h != "" {
		title = h + " - " + site
	}
	if p.Archive != nil {
		title += fmt.Sprintf(wordsOf(p.catalog().Site.Language).archive, p.Archive.Number)
	}
	return title
}

// Heading is the title without the site; empty for everything. A key that the catalog no longer
// knows stands for its name.
func (p *Page) Heading() string {
	var parts []string
	add := func(key, name string) {
		if name = line(name); name == "" {
			name = key
		}
		if name != "" {
			parts = append(parts, name)
		}
	}
	cat, v := p.catalog(), p.view()
	region, _ := cat.Region(v.Region)
	section, _ := cat.Section(v.Section)
	add("", p.searched())
	add(v.Region, region.Name)
	add(v.Section, section.Title)
	if v.Source != "" {
		add(v.Source, outletOf(origin(cat, p.Sources, v.Source)).name)
	}
	return strings.Join(parts, " · ")
}

// searched tells what is searched for; empty where nothing is, nor could be.
func (p *Page) searched() string {
	text := line(p.Text)
	if text == "" && !p.Search {
		return ""
	}
	words := wordsOf(p.catalog().Site.Language)
	if text == "" {
		return words.Search
	}
	return fmt.Sprintf(words.searched, cut(text, 60))
}

func (p *Page) catalog() *models.Catalog {
	if p.Catalog == nil {
		return &models.Catalog{}
	}
	return p.Catalog
}
