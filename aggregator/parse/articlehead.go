package parse

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// schema is what a page says of its article in JSON-LD (schema.org).
type schema struct {
	headline, published, modified, section, publisher, image, description, language string
	authors, crumbs                                                                 []string
}

// maxLinked bounds a block of JSON-LD that is read, in bytes.
const maxLinked = 256 << 10

// readLinked reads JSON-LD.
func readLinked(scripts []string) (l schema) {
	for _, s := range scripts {
		s = strings.TrimSpace(s)
		if len(s) > maxLinked {
			continue
		}
		var v any
		if json.Unmarshal([]byte(s), &v) != nil && json.Unmarshal([]byte(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(s)), &v) != nil {
			continue
		}
		l.add(v, 0)
	}
	return l
}

func (l *schema) add(v any, depth int) {
	if depth > 4 {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v[:min(len(v), 50)] {
			l.add(x, depth+1)
		}
	case map[string]any:
		l.add(v["@graph"], depth+1)
		l.add(v["mainEntity"], depth+1)
		kind := strings.Join(strs(v["@type"], ""), " ")
		switch {
		case strings.Contains(kind, "BreadcrumbList"):
			l.trail(v["itemListElement"])
		case strings.Contains(kind, "Article"), strings.Contains(kind, "BlogPosting"), kind == "Report":
			l.article(v)
		case kind == "" && v["pubDate"] != nil: // told to search engines in their own words
			l.published = or(l.published, first(v["pubDate"], ""))
			l.modified = or(l.modified, first(v["upDate"], ""))
		}
	}
}

func (l *schema) article(v map[string]any) {
	l.headline = or(l.headline, first(v["headline"], ""))
	l.published = or(l.published, first(v["datePublished"], ""))
	l.modified = or(l.modified, first(v["dateModified"], ""))
	l.section = or(l.section, first(v["articleSection"], ""))
	l.publisher = or(l.publisher, first(v["publisher"], "name"))
	l.description = or(l.description, first(v["description"], ""))
	l.language = or(l.language, first(v["inLanguage"], ""))
	l.image = or(l.image, first(v["image"], "url"))
	if people, ok := v["author"]; ok && l.authors == nil {
		l.authors = persons(people)
	}
}

// persons gives the names of those that are said to be no organization.
func persons(v any) (names []string) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, x := range list {
		if m, ok := x.(map[string]any); ok && strings.Contains(first(m["@type"], ""), "Organization") {
			continue
		}
		names = append(names, strs(x, "name")...)
	}
	return names
}

func (l *schema) trail(v any) {
	list, _ := v.([]any)
	if l.crumbs != nil {
		return
	}
	for _, x := range list[:min(len(list), 12)] {
		m, _ := x.(map[string]any)
		name := first(m["name"], "")
		if name == "" {
			name = first(m["item"], "name")
		}
		if name != "" {
			l.crumbs = append(l.crumbs, name)
		}
	}
}

// strs gives the texts of a value that is a text, an object with one, or a list of those.
func strs(v any, key string) (all []string) {
	switch v := v.(type) {
	case string:
		if v = squeeze(v); v != "" {
			all = append(all, v)
		}
	case []any:
		for _, x := range v[:min(len(v), 50)] {
			if _, nested := x.([]any); !nested {
				all = append(all, strs(x, key)...)
			}
		}
	case map[string]any:
		if s, ok := v[key].(string); ok && key != "" {
			all = append(all, strs(s, "")...)
		}
	}
	return all
}

func first(v any, key string) string {
	for _, s := range strs(v, key) {
		return s
	}
	return ""
}

// metaNames are names of meta elements by what they tell, the most certain first.
var (
	metaCredit  = []string{"contentsource", "source", "article:source", "newssource"}
	metaColumn  = []string{"columnname", "article:section", "og:category", "catalogname"}
	metaSite    = []string{"sitename", "og:site_name", "application-name"}
	metaUpdated = []string{"article:modified_time", "og:updated_time", "dcterms.modified", "lastmodifiedtime", "lastmodified", "datemodified"}
	metaSummary = []string{"description", "og:description", "dcterms.description", "dc.description"}
	metaImage   = []string{"og:image", "twitter:image", "og:image:url"}
)

// firstMeta gives the first of the named that says anything, and its name.
func (r *reading) firstMeta(names []string) (value, where string) {
	for _, n := range names {
		if v := r.meta[n]; v != "" {
			return v, "meta " + n
		}
	}
	return "", ""
}

// readHead takes what the head of the page says for certain; what it says of date and people is
// weighed against the page later.
func (r *reading) readHead() {
	p := r.page
	take := func(field string, to *string, names []string) {
		v, where := r.firstMeta(names)
		r.set(field, to, empty(v), where)
	}
	take("Site", &p.Site, metaSite)
	r.set("Site", &p.Site, r.data.publisher, "JSON-LD publisher")
	r.set("Site", &p.Site, r.siteInTitle(), "title")
	take("Column", &p.Column, metaColumn)
	r.set("Column", &p.Column, r.data.section, "JSON-LD articleSection")
	if v, where := r.firstMeta(metaCredit); !ownOrNone(v) && utf8.RuneCountInString(v) <= 40 && v != p.Site+"版权所有" {
		r.set("Credit", &p.Credit, shown(v, 40), where)
	}
	if v, where := r.firstMeta(metaUpdated); !placeholder(v) {
		r.set("Updated", &p.Updated, v, where)
	}
	r.set("Updated", &p.Updated, r.data.modified, "JSON-LD dateModified")
	for _, n := range metaSummary {
		if v := r.meta[n]; r.isSummary(v) {
			r.set("Summary", &p.Summary, v, "meta "+n)
		}
	}
	if r.isSummary(r.data.description) {
		r.set("Summary", &p.Summary, r.data.description, "JSON-LD description")
	}
	for _, l := range [][2]string{
		{r.lang, "html lang"}, {r.meta["content-language"], "meta content-language"}, {r.data.language, "JSON-LD inLanguage"},
		{strings.ReplaceAll(r.meta["og:locale"], "_", "-"), "meta og:locale"},
	} {
		if !hasHan(p.Title) || !strings.HasPrefix(strings.ToLower(l[0]), "en") { // templates made elsewhere
			r.set("Language", &p.Language, l[0], l[1])
		}
	}
	r.set("Canonical", &p.Canonical, r.meta["linkcanonical"], "link canonical")
	r.set("Canonical", &p.Canonical, r.meta["link canonical"], "link canonical")
	r.set("Canonical", &p.Canonical, r.meta["og:url"], "meta og:url")
	for _, n := range metaImage {
		if v := r.meta[n]; isPicture(v) {
			r.set("Image", &p.Image, v, "meta "+n)
		}
	}
	if isPicture(r.data.image) {
		r.set("Image", &p.Image, r.data.image, "JSON-LD image")
	}
	r.page.Base = r.base
}

// empty takes a value for none that only stands for one.
func empty(v string) string {
	switch strings.ToLower(v) {
	case "无", "-", "--", "null", "undefined", "none", "暂无":
		return ""
	}
	return v
}

func ownOrNone(v string) bool { return empty(v) == "" }

// isSummary tells a summary from the words of the site, or the title again.
func (r *reading) isSummary(v string) bool {
	return utf8.RuneCountInString(v) >= 20 && !strings.HasPrefix(v, r.page.Title) && !strings.Contains(r.docTitle, v)
}

// isPicture tells an address of a picture from that of a site.
func isPicture(v string) bool {
	_, rest, ok := strings.Cut(v, "//")
	if !ok {
		return v != "" && !strings.HasPrefix(v, "data:")
	}
	_, path, _ := strings.Cut(rest, "/")
	return path != ""
}

// override takes what the selectors of the rules tell, whatever else was found.
func (r *reading) override() {
	a := r.chosen
	take := func(field string, to *string, s *selector, name string, read func(string) string) {
		if s == nil {
			return
		}
		_, v := s.in(r.root)
		if v = read(v); v == "" {
			r.warn("the selector of article." + name + " matches nothing")
			return
		}
		*to, r.page.Where[field] = v, "selector article."+name
	}
	same := func(v string) string { return v }
	take("Title", &r.page.Title, a.title, "title", same)
	take("Published", &r.page.Published, a.date, "date", func(v string) string {
		if raw, _ := readDate(v); raw != "" {
			return raw
		}
		return v
	})
	take("Credit", &r.page.Credit, a.credit, "credit", func(v string) string {
		if _, facts := labelled(v); len(facts) > 0 && (facts[0].fact == credit || facts[0].fact == agency) {
			v = facts[0].value
		}
		return shown(v, 60)
	})
	if a.byline != nil {
		if _, v := a.byline.in(r.root); v != "" {
			r.page.Byline = []string{v}
			r.page.Where["Byline"] = "selector article.byline"
		} else {
			r.warn("the selector of article.byline matches nothing")
		}
	}
}
