package render

import (
	"slices"
	"strings"

	"civicfeed/models"
)

// record is a story as every format tells it. All its text is legal, its addresses are absolute;
// what the source's terms keep back is not in it.
type record struct {
	id, page  string
	link      string // the canonical copy; the page where that has no address
	title     string // may be empty
	headline  string // never empty
	guid      string
	language  string
	rights    string
	comments  string
	published models.Millis
	updated   models.Millis
	precision models.Precision
	timeFrom  models.Origin

	source *outlet
	copies []sibling

	authors, contributors []models.Person
	byline                []models.Person
	credit, editor        string

	breadcrumb     []string
	column         string
	previous, next models.Neighbour

	sections, regions []heading
	categories        []models.Category

	summary string // plain
	content string // HTML
	text    string // plain, where there is no content

	attached []models.Media
	inline   []models.Media
	image    string
	warnings []string
}

// heading is one of our own categories.
type heading struct{ key, name, url string }

// sibling is another copy of the story.
type sibling struct {
	source, title, url string
	published          models.Millis
}

// record reads a story that has at least one item.
func (ed *edition) record(st *models.Story) *record {
	it := &st.Items[0]
	src := ed.outlet(it.Source)
	e := &record{
		id:        ed.site.Identify(st.ID),
		page:      ed.base + "stories/" + st.ID,
		title:     line(it.Title),
		guid:      legal(it.GUID),
		language:  either(language(it.Language), src.language),
		rights:    either(line(it.Rights), src.rights),
		comments:  address(it.Comments),
		published: dayOr(it.Published, st.Published), updated: st.Updated,
		precision: it.Published.Precision, timeFrom: it.Published.From,
		source:   src,
		credit:   line(it.Credit),
		warnings: it.Warnings,
	}
	if e.updated == 0 { // else it stays, whatever its page tells of the hour of publication
		e.updated = e.published
	}
	e.link = either(address(it.Link), e.page)
	e.situate(it)
	e.involve(it.People)
	e.classify(ed, st, it)
	e.embody(it, src.terms)
	e.headline = either(e.title, cut(line(either(e.summary, e.text)), 40), src.name, e.page)
	for i := range st.Items[1:] {
		e.join(ed, &st.Items[i+1])
	}
	return e
}

// dayOr is a date of publication that was told by the day only, as it was told; else that of the story,
// whose place within the day is our doing.
func dayOr(told models.Moment, published models.Millis) models.Millis {
	if told.Precision == models.Day && datable(told.At) {
		return told.At
	}
	return published
}

// situate tells where the story stands on its own site.
func (e *record) situate(it *models.Item) {
	for _, part := range it.Breadcrumb {
		if part = line(part); part != "" {
			e.breadcrumb = append(e.breadcrumb, part)
		}
	}
	near := func(n models.Neighbour) models.Neighbour {
		return models.Neighbour{Title: line(n.Title), URL: address(n.URL), Column: line(n.Column)}
	}
	e.column, e.previous, e.next = line(it.Column), near(it.Previous), near(it.Next)
}

// embody takes of the body what the source's terms let others publish.
func (e *record) embody(it *models.Item, terms models.Terms) {
	summary := strings.TrimSpace(legal(it.Summary))
	switch terms {
	case models.Title:
		return
	case models.Excerpt:
		e.summary = cut(either(summary, legal(it.Text)), 300)
	default:
		e.summary, e.content = summary, legal(it.Content)
		e.text = strings.TrimSpace(legal(it.Text))
	}
	e.image = address(it.Image)
	for _, m := range it.Media {
		m.URL = address(m.URL)
		m.Type, m.Title, m.Length = mediaType(m.Type), line(m.Title), max(m.Length, 0)
		switch {
		case m.URL == "":
		case m.Inline:
			e.inline = append(e.inline, m)
		default:
			e.attached = append(e.attached, m)
		}
	}
}

// condensed has a short summary, if a body stands beside it.
func (e *record) condensed() *record {
	if e.content != "" {
		e.summary, e.text = cut(either(e.summary, e.text), 300), ""
	}
	return e
}

// weight is about how many bytes the body takes.
func (e *record) weight() int { return len(e.summary) + len(e.content) + len(e.text) }

// shortened is the story with its body given up for a summary.
func (e *record) shortened() *record {
	short := *e
	short.summary = cut(either(e.summary, e.text), 300)
	short.content, short.text = "", ""
	return &short
}

// involve sorts people by their part. A person without a name goes by mail or home page.
func (e *record) involve(people []models.Person) {
	var editors []string
	e.byline = make([]models.Person, 0, len(people))
	e.authors = make([]models.Person, 0, len(people))
	for _, p := range people {
		p.Role, p.Name, p.Outlet = line(p.Role), line(either(p.Name, p.Email, p.URI)), line(p.Outlet)
		p.Email, p.URI = line(p.Email), address(p.URI)
		if p.Name == "" {
			continue
		}
		e.byline = append(e.byline, p)
		switch part(p.Role) {
		case "editor":
			editors = append(editors, p.Name)
			e.contributors = enlist(e.contributors, p)
		case "contributor":
			e.contributors = enlist(e.contributors, p)
		default:
			e.authors = enlist(e.authors, p)
		}
	}
	e.editor = strings.Join(editors, "、")
}

func enlist(people []models.Person, p models.Person) []models.Person {
	if slices.ContainsFunc(people, func(q models.Person) bool { return q.Name == p.Name }) {
		return people
	}
	return append(people, p)
}

// classify names the story's sections, its places, and the source's own headings.
func (e *record) classify(ed *edition, st *models.Story, it *models.Item) {
	for _, key := range st.Sections {
		s, _ := ed.catalog.Section(key)
		e.sections = place(e.sections, key, s.Title, ed.base+"sections/")
	}
	for _, key := range st.Regions {
		r, _ := ed.catalog.Region(key)
		e.regions = place(e.regions, key, r.Name, ed.base+"regions/")
	}
	for _, c := range it.Categories {
		c.Term, c.Scheme, c.Label = line(c.Term), line(c.Scheme), line(c.Label)
		if c.Term = either(c.Term, c.Label); c.Term != "" && !slices.Contains(e.categories, c) {
			e.categories = append(e.categories, c)
		}
	}
}

func place(headings []heading, key, name, path string) []heading {
	if !nameable(key) {
		return headings
	}
	return append(headings, heading{key, either(line(name), key), path + key})
}

// tags names all categories once, for formats that know no more than a name.
func (e *record) tags() []string {
	var tags []string
	add := func(name string) {
		if !slices.Contains(tags, name) {
			tags = append(tags, name)
		}
	}
	for _, h := range e.sections {
		add(h.name)
	}
	for _, h := range e.regions {
		add(h.name)
	}
	for _, c := range e.categories {
		add(either(c.Label, c.Term))
	}
	return tags
}

// join adds another copy, if it has an address of its own.
func (e *record) join(ed *edition, it *models.Item) {
	c := sibling{
		source: ed.outlet(it.Source).name,
		title:  line(it.Title),
		url:    address(it.Link),
	}
	if datable(it.Published.At) {
		c.published = it.Published.At
	}
	if c.url == "" || c.url == e.link || slices.ContainsFunc(e.copies, func(o sibling) bool { return o.url == c.url }) {
		return
	}
	e.copies = append(e.copies, c)
}
