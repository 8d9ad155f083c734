package render

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"civicfeed/models"
	"civicfeed/publisher/web"
)

// Story writes the page of p's only story: what it says, as far as the source's terms allow, and
// where it came from.
func Story(p *Page) ([]byte, error) {
	if len(p.Stories) != 1 || len(p.Stories[0].Items) == 0 {
		return nil, fmt.Errorf("story page of %d stories", len(p.Stories))
	}
	f := newFrame(p)
	s := f.story(&p.Stories[0])
	f.Kind, f.Story, f.Title = "one", s, s.Title+" · "+f.Site.Title
	f.Description, f.Canonical = s.Summary, s.Link
	f.Feeds = f.feeds("feed", "", "")
	if sections := p.Stories[0].Sections; len(sections) > 0 && nameable(sections[0]) {
		first := models.View{Section: sections[0]}
		f.Crumbs = append(f.crumbs(first), link{Title: f.viewTitle(first), Href: f.view(first)})
	}
	return f.write("story")
}

// Notice writes a page that says in kind words why there is no other: an HTTP status of 400 or more.
func Notice(c *models.Catalog, base string, code int) ([]byte, error) {
	f := newFrame(&Page{Catalog: c, Base: base})
	f.Kind, f.Code = "notice", code
	f.Heading, f.Intro = f.T.notice(code)
	f.Title = f.Heading + " · " + f.Site.Title
	return f.write("notice")
}

// Sentence says what Notice does, in one plain line.
func Sentence(c *models.Catalog, code int) []byte {
	heading, text := wordsOf(c.Site.Language).notice(code)
	return []byte(heading + ": " + text + "\n")
}

// frame is what the templates see.
type frame struct {
	p    *Page
	root string // path of the base address; links inside the site begin with it
	year int    // of the newest story

	T                             *phrases
	Lang, Kind, Title             string
	Site                          models.Site
	Description, Canonical, Color string
	Home, Style, Icon             string
	OPML, Status, AllHref         string
	AtHome                        bool
	Strap, Heading, Intro, Tint   string
	Nav, Crumbs, Legal, Regions   []link
	Facets                        []facet
	Feeds                         []feedLink
	Shelves                       []shelf
	Find, Text                    string // where the search form leads, and what is in it
	Next, First                   string
	Void                          *void         // instead of stories
	Stories                       template.HTML // the place where they belong
	Filled                        bool          // there are any
	Story                         *storyView
	Groups                        []group
	Code                          int
}

type link struct {
	Title, Href, Text, Tint string
	Current                 bool
	Depth                   int
}

type facet struct {
	Title string
	Links []link
}

type feedLink struct {
	Name, Title, Href string
	Type              template.HTMLAttr // whole, so that its + stands as it is
}

// newFrame has what rows take; the rest comes with [frame.furnish].
func newFrame(p *Page) *frame {
	f := &frame{p: p, root: rootOf(p.Base), Site: p.Catalog.Site}
	f.Home, f.OPML, f.Status = f.root, f.root+"subscriptions.opml", f.root+"status"
	f.Lang = cmp.Or(f.Site.Language, "zh-CN")
	f.T = wordsOf(f.Lang)
	for _, s := range p.Stories {
		f.year = max(f.year, f.local(s.Published).Year())
	}
	return f
}

// furnish adds what stands around every page.
func (f *frame) furnish() {
	f.Site.Footer.Links = slices.DeleteFunc(slices.Clone(f.Site.Footer.Links), func(l models.Link) bool { return address(l.URL) == "" })
	f.Color = f.Site.Color
	f.Style = f.root + "assets/site.css?v=" + styleVersion(f.p.Catalog)
	f.Find = cmp.Or(f.Find, f.root+"search")
	f.Icon = f.root + "assets/icon.svg"
	f.Legal = registrations(f.Site.Footer)
	for _, s := range f.p.Catalog.Sections {
		if s.Parent == "" {
			v := models.View{Section: s.Key}
			f.Nav = append(f.Nav, link{Title: s.Title, Href: f.view(v), Tint: tint(s.Key), Current: f.p.View == v})
		}
	}
}

func (f *frame) write(name string) ([]byte, error) {
	f.furnish()
	var b bytes.Buffer
	b.Grow(8 << 10)
	if err := templates()[name].ExecuteTemplate(&b, "layout.html", f); err != nil {
		return nil, fmt.Errorf("write the %s page: %w", name, err)
	}
	return b.Bytes(), nil
}

// checked writes a page and reads it strictly.
func (f *frame) checked(name string) ([]byte, error) {
	page, err := f.write(name)
	if err != nil {
		return nil, err
	}
	return page, CheckHTML(page)
}

// templates are the pages by name, each inside the frame; read once.
var templates = sync.OnceValue(func() map[string]*template.Template {
	layout := template.Must(template.ParseFS(web.Pages, "pages/layout.html"))
	all := make(map[string]*template.Template)
	for _, name := range []string{"home", "view", "story", "status", "notice"} {
		all[name] = template.Must(template.Must(layout.Clone()).ParseFS(web.Pages, "pages/"+name+".html"))
	}
	return all
})

func (f *frame) view(v models.View) string { return f.root + v.Name() }

func (f *frame) local(m models.Millis) time.Time {
	if f.Site.Location == nil {
		return m.Time()
	}
	return m.Time().In(f.Site.Location)
}

// feeds lists the formats that programs read of a view or a search, with their public addresses.
func (f *frame) feeds(name, heading, query string) []feedLink {
	title := f.Site.Title
	if heading != "" {
		title = heading + " · " + title
	}
	var all []feedLink
	for _, format := range Formats() {
		if !format.Feed {
			continue
		}
		all = append(all, feedLink{
			Name: format.Name, Title: title + " (" + format.Name + ")", Type: template.HTMLAttr(`type="` + format.MediaType + `"`),
			Href: f.p.Base + name + "." + format.Suffix + ask(query),
		})
	}
	return all
}

// registrations are the numbers that Chinese law wants at the foot of a page.
func registrations(f models.Footer) []link {
	var all []link
	if f.ICP != "" {
		all = append(all, link{Title: f.ICP, Href: "https://beian.miit.gov.cn/"})
	}
	if f.Police != "" {
		all = append(all, link{Title: f.Police, Href: "https://beian.mps.gov.cn/"})
	}
	if f.SiteCode != "" {
		all = append(all, link{Title: f.SiteCode})
	}
	return all
}

func rootOf(base string) string {
	u, err := url.Parse(base)
	if err != nil || u.Path == "" {
		return "/"
	}
	return strings.TrimSuffix(u.EscapedPath(), "/") + "/"
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}
