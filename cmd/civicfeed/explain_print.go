package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rivo/uniseg"

	"civicfeed/models"
)

// fact writes a line of what is known; one of which nothing is known is left out.
func fact(out io.Writer, indent, name, value string) {
	if value != "" {
		fmt.Fprintf(out, "%s%s%s  %s\n", indent, name, strings.Repeat(" ", max(0, 11-uniseg.StringWidth(name))), value)
	}
}

func (e *env) printExplanation(out io.Writer, cat *models.Catalog, x explanation, every bool) {
	fmt.Fprintf(out, "story %s  %s\n", x.Story, x.Title)
	fact(out, "  ", "published", "as "+x.Published)
	fact(out, "  ", "page", x.Page)
	if x.Withheld {
		fact(out, "  ", "withheld", "no feed lists it yet: its source seems to tell old entries under other names (see /status)")
	}
	fact(out, "  ", "note", x.Stale)
	for i, c := range x.Copies {
		role := "a copy"
		if c.Canonical {
			role = "the canonical copy"
		}
		fmt.Fprintf(out, "copy %d of %d  %s: %s\n", i+1, len(x.Copies), role, c.Why)
		e.printFacts(out, cat, c)
		if c.Line == 0 {
			fact(out, "  ", "sections", fmt.Sprintf("%s no longer names its source: it stays in those of %s that are still there", e.config, or(strings.Join(x.Sections, ", "), "none")))
			fact(out, "  ", "places", "likewise: "+or(strings.Join(x.Regions, ", "), "none"))
			continue
		}
		e.printPlacing(out, cat, c)
		e.printOthers(out, cat, c, every)
	}
}

func (e *env) printFacts(out io.Writer, cat *models.Catalog, c copyOfStory) {
	at := e.config + " does not name it"
	if c.Line > 0 {
		at = fmt.Sprintf("%s, line %d", e.config, c.Line)
	}
	fact(out, "  ", "item", c.ID)
	fact(out, "  ", "source", strings.TrimSpace(c.Source+" "+c.SourceName)+"  ("+at+")")
	fact(out, "  ", "link", or(c.Link, "none"))
	fact(out, "  ", "first seen", c.FirstSeen.In(cat.Site.Location).Format("2006-01-02 15:04:05"))
	fact(out, "  ", "published", moment(c.Times["published"], cat.Site.Location))
	if c.Times["updated"].At != c.Times["published"].At {
		fact(out, "  ", "updated", moment(c.Times["updated"], cat.Site.Location))
	}
	fact(out, "  ", "categories", or(strings.Join(c.Categories, ", "), "none"))
	none := "none: its page has told none"
	if !c.PageRead {
		none = "not known: its page has not been read"
	}
	fact(out, "  ", "breadcrumb", or(strings.Join(c.Breadcrumb, " > "), none))
	fact(out, "  ", "column", or(c.Column, none))
	fact(out, "  ", "credit", or(c.Credit, "none"))
	fact(out, "  ", "path", c.Path)
	var people []string
	for _, p := range c.People {
		people = append(people, strings.TrimSpace(p.Outlet+" "+p.Role+" "+p.Name))
	}
	fact(out, "  ", "people", strings.Join(people, ", "))
}

// moment tells a time, how exactly it is known and where from.
func moment(w when, loc *time.Location) string {
	from := map[models.Origin]string{
		models.FromFeed: "its feed or list", models.FromPage: "its page", models.FromAddress: "its address", models.FromSeen: "nobody: when it was first seen",
	}[w.From]
	raw := ""
	if w.Raw != "" {
		raw = ", as “" + w.Raw + "”"
	}
	return localTime(models.Moment{At: models.MillisOf(w.At), Precision: w.Precision}, loc) + fmt.Sprintf("  (to the %s; told by %s%s)", w.Precision, or(from, string(w.From)), raw)
}

func (e *env) printPlacing(out io.Writer, cat *models.Catalog, c copyOfStory) {
	if len(c.Sections) == 0 {
		fact(out, "  ", "section", "none: no rule claims it, and its source has none")
	}
	for _, in := range c.Sections {
		fact(out, "  ", "section", fmt.Sprintf("%s  (line %d of %s: %s)", sectionLineage(cat, in.Key), in.Line, e.config, in.Why))
	}
	if len(c.Default) > 0 && !c.Unclaimed {
		fact(out, "  ", "default", strings.Join(c.Default, ", ")+fmt.Sprintf("  (of its source, line %d: not used, for a rule claims it)", c.Line))
	}
	if len(c.Places) == 0 {
		fact(out, "  ", "place", "none: its source has none")
	}
	for _, in := range c.Places {
		fact(out, "  ", "place", fmt.Sprintf("%s  (line %d of %s: %s)", lineage(cat, in.Key), in.Line, e.config, in.Why))
	}
}

// sectionLineage names a section and those it lies in, innermost first.
func sectionLineage(cat *models.Catalog, key string) string {
	var names []string
	for _, k := range cat.SectionPath(key) {
		s, _ := cat.Section(k)
		names = append(names, k+" "+s.Title)
	}
	return strings.Join(names, " < ")
}

// printOthers tells of the lines that do not claim a copy: of those that nearly do, or of all; and in
// the latter case of further lines of the sections that have it.
func (e *env) printOthers(out io.Writer, cat *models.Catalog, c copyOfStory, every bool) {
	in := map[string]int{}
	for _, s := range c.Sections {
		in[s.Key] = s.Line
	}
	left := map[string]bool{}
	for _, v := range c.Verdicts {
		line, claimed := in[v.Section]
		switch {
		case claimed && (v.Line == line || !every):
		case v.Claims:
			fact(out, "  ", "also", fmt.Sprintf("%s  (line %d: %s)", sectionLineage(cat, v.Section), v.Line, reasons(v)))
		case every || v.Near():
			fact(out, "  ", "not", fmt.Sprintf("%s  (line %d: %s)", sectionLineage(cat, v.Section), v.Line, reasons(v)))
		default:
			left[v.Section] = true
		}
	}
	if n := len(left); n > 0 {
		fact(out, "  ", "not", fmt.Sprintf("%d more sections, of which nothing holds; --all tells of every line", n))
	}
}
