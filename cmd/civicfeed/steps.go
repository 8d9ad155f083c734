package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"

	"civicfeed/aggregator"
	"civicfeed/aggregator/normalize"
	"civicfeed/models"
)

// place adds to the steps of each item where it belongs, and by which line of the catalog. What
// concerns all items it gives back.
func (e *env) place(cat *models.Catalog, src models.Source, items []models.Item) []models.Step {
	if _, ok := cat.Source(src.Key); !ok {
		return []models.Step{placing("sections", "", "none, and no regions: only the items of a source of feeds.yaml have them")}
	}
	for i := range items {
		it := &items[i]
		it.Steps = append(it.Steps, e.placed(cat, src, cat.Membership(it))...)
	}
	return nil
}

// name tells which places the items name: regions of the catalog, and others by how they are written.
func (e *env) name(cat *models.Catalog, r *aggregator.Reading) {
	if r == nil {
		return
	}
	for i := range r.Items {
		it := &r.Items[i]
		if it.Places = normalize.PlaceNames(it, cat.Regions); len(it.Places) > 0 {
			it.Steps = append(it.Steps, placing("places", strings.Join(it.Places, ", "), "named in its title and text"))
		}
	}
}

func (e *env) placed(cat *models.Catalog, src models.Source, m models.Membership) (steps []models.Step) {
	for i, key := range m.Sections {
		why := fmt.Sprintf("claimed by line %d of %s", m.Because[i], e.config)
		if m.Because[i] == src.Line {
			why = fmt.Sprintf("no rule claims it: its source's, line %d of %s", src.Line, e.config)
		}
		section, _ := cat.Section(key)
		steps = append(steps, placing("section", key+" "+section.Title, why))
	}
	if len(m.Sections) == 0 {
		steps = append(steps, placing("section", "", "none: no rule claims it, and its source has none"))
	}
	for _, key := range m.Regions {
		steps = append(steps, placing("region", lineage(cat, key), fmt.Sprintf("its source's, line %d of %s", src.Line, e.config)))
	}
	if len(m.Regions) == 0 {
		steps = append(steps, placing("region", "", "none: its source has none"))
	}
	return steps
}

func placing(what, to, why string) models.Step {
	return models.Step{Stage: models.StagePlaced, What: what, To: to, Why: why}
}

// lineage names a region and those it lies in, innermost first.
func lineage(cat *models.Catalog, key string) string {
	var names []string
	for _, k := range cat.RegionPath(key) {
		r, _ := cat.Region(k)
		names = append(names, k+" "+r.Name)
	}
	return strings.Join(names, " < ")
}

// printSteps writes how a document was read: what concerns all of it, then each item; r is nil
// where it could not be read.
func printSteps(out io.Writer, steps []models.Step, r *aggregator.Reading) {
	stage := models.Stage("")
	for _, s := range steps {
		if s.Stage != stage {
			stage = s.Stage
			fmt.Fprintln(out, stage)
		}
		printStep(out, s)
	}
	if r == nil {
		return
	}
	for i := range r.Items {
		it := &r.Items[i]
		fmt.Fprintf(out, "item %d of %d  %s\n", i+1, len(r.Items), clip(it.Title, 60))
		for _, s := range it.Steps {
			printStep(out, s)
		}
		for _, w := range it.Warnings {
			printStep(out, models.Step{What: "warning", Why: w})
		}
	}
}

func printStep(out io.Writer, s models.Step) {
	what := s.What + strings.Repeat(" ", max(0, 12-uniseg.StringWidth(s.What)))
	line := s.To
	switch {
	case s.From != "" && s.To != "":
		line = s.From + " → " + s.To
	case s.From != "":
		line = s.From + " → nothing"
	}
	if line != "" && s.Why != "" {
		line += "  (" + s.Why + ")"
	} else if line == "" {
		line = s.Why
	}
	fmt.Fprintf(out, "  %s  %s\n", what, line)
}
