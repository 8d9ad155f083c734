package render

import (
	"fmt"
	"html/template"
	"path"
	"slices"
	"strings"

	"civicfeed/models"
)

// storyView is a story on its own page.
type storyView struct {
	row
	Credit, TimeWord, Rights string
	People                   []link // Title is the role, Text the names
	Updated                  *shownTime
	Picture                  string
	Body                     template.HTML
	Link, Host               string // the original
	Files, Copies            []link
}

func (f *frame) story(s *models.Story) *storyView {
	it := &s.Items[0]
	v := &storyView{
		row: f.row(s, "", f.p.View), Credit: line(it.Credit), TimeWord: f.T.Published, Rights: line(it.Rights),
		People: f.people(it.People), Copies: f.copies(s.Items[1:]),
	}
	t, precision := f.published(s)
	v.Time = shownTime{f.T.moment(t, precision), machine(t, precision)}
	if it.Published.From == models.FromSeen {
		v.TimeWord = f.T.Seen
	}
	by := precision // which an update is told by; a day says nothing of an update within it
	if s.Updated == it.Updated.At && it.Updated.Precision == models.Day {
		by = models.Day
	}
	if u := f.local(s.Updated); u.After(t) && f.T.moment(u, by) != f.T.moment(t, by) {
		v.Updated = &shownTime{f.T.moment(u, precision), machine(u, precision)}
	}
	v.Link = address(it.Link)
	v.Host = hostOf(v.Link)
	f.fill(v, it)
	return v
}

// fill adds as much of the item's body as the source's terms allow.
func (f *frame) fill(v *storyView, it *models.Item) {
	switch f.source(it.Source).Republish {
	case models.Title:
	case models.Excerpt:
		v.Summary = cut(line(either(it.Summary, it.Text)), 300)
	default:
		v.Summary = line(either(it.Summary, it.Text))
		v.Body = template.HTML(legal(it.Content)) // safe by the promise of models.Item
		v.Files = f.files(it.Media)
		if !strings.Contains(it.Content, "<img") {
			v.Picture = address(it.Image)
		}
	}
}

// people joins the names of each role, in the order in which the roles first come.
func (f *frame) people(all []models.Person) []link {
	var lines []link
	for _, p := range all {
		outlet := line(p.Outlet)
		name := either(line(p.Name), outlet)
		if name == "" {
			continue
		}
		if outlet != "" && outlet != name {
			name += " (" + outlet + ")"
		}
		role := f.T.role(line(p.Role))
		i := slices.IndexFunc(lines, func(l link) bool { return l.Title == role })
		if i < 0 {
			lines = append(lines, link{Title: role, Text: name})
			continue
		}
		lines[i].Text += f.T.comma + name
	}
	return lines
}

func (f *frame) files(media []models.Media) []link {
	var all []link
	for _, m := range media {
		to := address(m.URL)
		if m.Inline || to == "" {
			continue
		}
		l := link{Title: either(line(m.Title), path.Base(line(strings.SplitN(m.URL, "?", 2)[0]))), Href: to, Text: mediaType(m.Type)}
		if m.Length > 0 {
			l.Text = strings.TrimSpace(l.Text + " " + size(m.Length))
		}
		all = append(all, l)
	}
	return all
}

func (f *frame) copies(items []models.Item) []link {
	var all []link
	for i := range items {
		if to := address(items[i].Link); to != "" {
			all = append(all, link{Title: f.origin(&items[i]).Title, Href: to, Text: line(items[i].Title)})
		}
	}
	return all
}

func size(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d KB", (bytes+1023)/1024)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
}
