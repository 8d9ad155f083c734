package render

import (
	"html/template"
	"strings"
	"time"

	"civicfeed/models"
)

// row is a story in a list.
type row struct {
	Href, Title, Summary, Lang string
	Time                       shownTime
	Origin                     link // the source's own page of it
	Places, Sections           []link

	Marked, Snippet template.HTML // of a search: the title with its hits, and the text around the first
}

// shownTime is a time for people and for machines.
type shownTime struct{ Human, Machine string }

const briefRunes = 140 // of a summary in a list

// row shows a story; under a day's heading its time alone is enough, and within a view the view
// need not be named.
func (f *frame) row(s *models.Story, under string, within models.View) row {
	it := &s.Items[0]
	e := row{
		Href: f.root + "stories/" + s.ID, Title: f.title(it), Lang: f.foreign(it.Language),
		Origin: f.origin(it), Places: f.placesOf(s, within.Region), Sections: f.sectionsOf(s, within.Section),
	}
	if f.source(it.Source).Republish != models.Title {
		e.Summary = cut(line(either(it.Summary, it.Text)), briefRunes)
	}
	t, precision := f.published(s)
	e.Time = shownTime{Human: f.T.brief(t, precision, f.year), Machine: machine(t, precision)}
	if under != "" && precision != models.Day {
		e.Time.Human = t.Format("15:04")
	}
	if under != "" && precision == models.Day {
		e.Time.Human = ""
	}
	return e
}

// published tells when a story was published, as a clock on the wall shows it: the site's, but
// the source's own for a time that is precise to the day.
func (f *frame) published(s *models.Story) (time.Time, models.Precision) {
	precision := s.Items[0].Published.Precision
	if precision == models.Day {
		if src, ok := f.p.Catalog.Source(s.Items[0].Source); ok && src.Location != nil {
			return s.Published.Time().In(src.Location), precision
		}
	}
	return f.local(s.Published), precision
}

func machine(t time.Time, precision models.Precision) string {
	if precision == models.Day {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// title is an item's own, or the beginning of its text, or its address: a link needs words.
func (f *frame) title(it *models.Item) string {
	text := ""
	if f.source(it.Source).Republish != models.Title {
		text = cut(line(either(it.Summary, it.Text)), 40)
	}
	return either(line(it.Title), text, line(it.Link), it.ID)
}

// origin leads to the source's own page of an item, by the source's name.
func (f *frame) origin(it *models.Item) link {
	src := f.source(it.Source)
	l := link{Title: line(src.Name), Href: either(address(it.Link), address(src.Home()))}
	if l.Href == "" {
		l.Href = f.view(models.View{Source: it.Source})
	}
	return l
}

func (f *frame) source(key string) models.SourceState {
	return origin(f.p.Catalog, f.p.Sources, key)
}

func (f *frame) placesOf(s *models.Story, within string) []link {
	var all []link
	for _, key := range s.Regions {
		if r, ok := f.p.Catalog.Region(key); ok && key != within {
			all = append(all, link{Title: r.Name, Href: f.view(models.View{Region: key})})
		}
	}
	return all
}

func (f *frame) sectionsOf(s *models.Story, within string) []link {
	var all []link
	for _, key := range s.Sections {
		if c, ok := f.p.Catalog.Section(key); ok && key != within {
			all = append(all, link{Title: c.Title, Href: f.view(models.View{Section: key}), Tint: tint(key)})
		}
	}
	return all
}

// foreign is the language of a text where it is another than the page's.
func (f *frame) foreign(tag string) string {
	if tag = language(tag); strings.EqualFold(tag, f.Lang) {
		return ""
	}
	return tag
}
