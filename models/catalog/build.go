package catalog

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"civicfeed/models"
)

// build makes the catalog of what was read, and finds what only shows when the parts are seen together.
func (r *reader) build(root *record) *models.Catalog {
	c := &models.Catalog{Site: r.site(root.sub("site")), Network: r.network(root.sub("network"))}
	for _, rec := range all[*record]("regions", root) {
		c.Regions = r.region(c.Regions, rec, "")
	}
	for _, rec := range all[*record]("sections", root) {
		c.Sections = r.section(c.Sections, rec, "")
	}
	r.pace(root.sub("defaults"), c.Network)
	first := map[string]models.Source{}
	for _, rec := range all[*record]("sources", root) {
		s := r.source(rec, root.sub("defaults"), root.sub("site"))
		r.pace(rec, c.Network)
		r.ports(rec, c.Network)
		r.twice(rec, s, first)
		r.kinds(rec, s)
		c.Sources = append(c.Sources, s)
	}
	r.resolve()
	return c
}

func (r *reader) site(rec *record) models.Site {
	s := models.Site{
		Title:       find[string]("title", rec),
		URL:         find[string]("url", rec),
		ID:          find[string]("id", rec),
		Description: find[string]("description", rec),
		Language:    find[string]("language", rec),
		Location:    find[*time.Location]("timezone", rec),
		Contact:     find[string]("contact", rec),
		Footer:      footerOf(rec.sub("footer")),
		Color:       find[string]("color", rec.sub("theme")),
	}
	if u, err := url.Parse(s.URL); err == nil && s.URL != "" && !rec.has("id") {
		r.say(rec.at("url"), "url: with a public address the site needs an id, the beginning of all published ids, that stays when the address changes: add id: tag:%s,2026:news", u.Hostname())
	}
	return s
}

func footerOf(rec *record) models.Footer {
	f := models.Footer{
		ICP:      find[string]("icp", rec),
		Police:   find[string]("police", rec),
		SiteCode: find[string]("site_code", rec),
		Text:     find[string]("text", rec),
	}
	for _, l := range all[*record]("links", rec) {
		f.Links = append(f.Links, models.Link{Title: find[string]("title", l), URL: find[string]("url", l)})
	}
	return f
}

func (r *reader) network(rec *record) models.Network {
	return models.Network{
		Concurrency: find[int]("concurrency", rec.sub("per_host")),
		Gap:         find[time.Duration]("gap", rec.sub("per_host")),
		Floor:       find[time.Duration]("floor", rec),
		MaxBody:     find[int64]("max_body", rec),
		UserAgent:   find[string]("user_agent", rec),
		Allow:       all[string]("allow", rec),
		Ports:       all[int]("ports", rec),
		Proxy:       find[string]("proxy", rec),
		CAFile:      r.beside(find[string]("ca_file", rec)),
	}
}

// region lays a region and those below it behind the others.
func (r *reader) region(flat []models.Region, rec *record, parent string) []models.Region {
	g := models.Region{
		Key:     find[string]("key", rec),
		Name:    find[string]("name", rec),
		Level:   find[string]("level", rec),
		Code:    find[string]("code", rec),
		Aliases: all[string]("aliases", rec),
		Was:     all[string]("was", rec),
		Parent:  parent,
	}
	r.called(aRegion, g.Key, slices.Concat(g.Aliases, g.Was, []string{g.Name})...)
	flat = append(flat, g)
	for _, below := range all[*record]("regions", rec) {
		flat = r.region(flat, below, g.Key)
	}
	return flat
}

// section lays a section and those below it behind the others.
func (r *reader) section(flat []models.Section, rec *record, parent string) []models.Section {
	s := models.Section{
		Key:         find[string]("key", rec),
		Title:       find[string]("title", rec),
		Description: find[string]("description", rec),
		Color:       find[string]("color", rec),
		Was:         all[string]("was", rec),
		Parent:      parent,
	}
	for _, line := range all[*record]("match", rec) {
		s.Match = append(s.Match, ruleOf(line))
	}
	r.called(aSection, s.Key, slices.Concat(s.Was, []string{s.Title})...)
	flat = append(flat, s)
	for _, below := range all[*record]("sections", rec) {
		flat = r.section(flat, below, s.Key)
	}
	return flat
}

func ruleOf(rec *record) models.Rule {
	rule := models.Rule{
		Category: all[string]("category", rec),
		Path:     all[string]("path", rec),
		Credit:   all[string]("credit", rec),
		Source:   all[string]("source", rec),
		Region:   all[string]("region", rec),

		Breadcrumb: all[string]("breadcrumb", rec),
		Column:     all[string]("column", rec),

		Title: all[*regexp.Regexp]("title", rec),
		Text:  all[*regexp.Regexp]("text", rec),
		Line:  rec.node.Line,
	}
	if not := find[*record]("not", rec); not != nil {
		inner := ruleOf(not)
		rule.Not = &inner
	}
	return rule
}

// source makes a source of what it says itself, else of the defaults, else of the site.
func (r *reader) source(rec, defaults, site *record) models.Source {
	when := find[spec]("schedule", rec, defaults)
	zone := find[*time.Location]("timezone", rec, defaults, site)
	s := models.Source{
		Key:       find[string]("key", rec),
		Name:      find[string]("name", rec),
		URL:       find[string]("url", rec),
		Kind:      models.Kind(find[string]("kind", rec, defaults)),
		Page:      pageOf(find[*record]("page", rec, defaults)),
		JSON:      jsonOf(find[*record]("json", rec, defaults)),
		Articles:  find[bool]("articles", rec, defaults),
		Site:      find[string]("site", rec, defaults),
		Region:    find[string]("region", rec, defaults),
		Sections:  all[string]("section", rec, defaults),
		Spec:      when.text,
		Schedule:  when.in(zone),
		Auto:      when.text == auto,
		Location:  zone,
		Language:  find[string]("language", rec, defaults, site),
		Encoding:  find[string]("encoding", rec, defaults),
		Timeout:   find[time.Duration]("timeout", rec, defaults),
		MaxItems:  find[int]("max_items", rec, defaults),
		Enabled:   find[bool]("enabled", rec, defaults),
		Republish: models.Terms(find[string]("republish", rec, defaults)),
		Access:    r.access(rec, defaults),
		Line:      rec.node.Line,
	}
	r.called(aSource, s.Key, s.Name)
	return s
}

// pace tells of a schedule that asks more often than the floor allows.
func (r *reader) pace(rec *record, n models.Network) {
	when, ok := rec.values["schedule"].(spec)
	if !ok || when.text == auto { // keeps to the floor by itself
		return
	}
	gap, tried := r.gaps[when.text]
	if !tried {
		gap = when.shortest(n.Floor)
		r.gaps[when.text] = gap
	}
	if gap < n.Floor {
		r.say(rec.at("schedule"), "schedule: %q asks again after %s, but network.floor is %s: write %q, or lower the floor: network: {floor: %s}",
			when.text, short(gap), short(n.Floor), "@every "+short(n.Floor), short(gap))
	}
}

// ports tells of an address at a port that may not be asked. In the ranges of network.allow any
// may: what a host name stands for there is seen only when it is dialled.
func (r *reader) ports(rec *record, n models.Network) {
	u, err := url.Parse(find[string]("url", rec))
	if err != nil || u.Host == "" || len(n.Ports) == 0 || slices.Contains(n.Ports, port(u)) || mayBeAllowed(u.Hostname(), n.Allow) {
		return
	}
	more := strings.Trim(strings.ReplaceAll(fmt.Sprint(append(slices.Clone(n.Ports), port(u))), " ", ", "), "[]")
	r.say(rec.at("url"), "url: port %d is not one that may be asked: if it is meant, write network: {ports: [%s]}", port(u), more)
}

func mayBeAllowed(host string, allow []string) bool {
	ip, err := netip.ParseAddr(host)
	return slices.ContainsFunc(allow, func(cidr string) bool {
		p, bad := netip.ParsePrefix(cidr)
		return bad == nil && (err != nil || p.Contains(ip.Unmap()))
	})
}

// twice tells of an address that an earlier source has already.
func (r *reader) twice(rec *record, s models.Source, first map[string]models.Source) {
	if s.URL == "" {
		return
	}
	same := sameAddress(s.URL)
	if other, ok := first[same]; ok {
		r.say(rec.at("url"), "url: the source %q in line %d has the same address: keep one of the two; it may name several sections", other.Key, other.Line)
		return
	}
	first[same] = s
}

// short writes a duration without the zeros behind.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
