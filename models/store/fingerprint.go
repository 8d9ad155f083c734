package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"civicfeed/models"
)

// judgement is the version of how a membership is judged; another judges all anew.
const judgement = 1

// rulesOf is a fingerprint of what decides where stories belong.
func rulesOf(c *models.Catalog) string {
	type node struct {
		Key, Parent string
		Match       []models.Rule
	}
	type source struct {
		Key, Region string
		Sections    []string
	}
	var regions, sections []node
	var sources []source
	for _, r := range c.Regions {
		regions = append(regions, node{Key: r.Key, Parent: r.Parent})
	}
	for _, s := range c.Sections {
		sections = append(sections, node{s.Key, s.Parent, lineless(s.Match)})
	}
	for _, s := range c.Sources {
		sources = append(sources, source{s.Key, s.Region, s.Sections})
	}
	return fingerprint(judgement, regions, sections, sources)
}

// lineless copies rules without the lines they stand on: a comment above them decides nothing.
func lineless(rules []models.Rule) []models.Rule {
	bare := make([]models.Rule, len(rules))
	for i, r := range rules {
		r.Line = 0
		if r.Not != nil {
			not := lineless([]models.Rule{*r.Not})[0]
			r.Not = &not
		}
		bare[i] = r
	}
	return bare
}

// publishedOf is a fingerprint of what readers see of the catalog.
func publishedOf(c *models.Catalog) string {
	type source struct {
		Key, Name, URL, Site, Region string
		Sections                     []string
		Republish                    models.Terms
		Enabled                      bool
	}
	site, zone := c.Site, ""
	if site.Location != nil {
		zone, site.Location = site.Location.String(), nil
	}
	var sources []source
	for _, s := range c.Sources {
		sources = append(sources, source{s.Key, s.Name, s.URL, s.Site, s.Region, s.Sections, s.Republish, s.Enabled})
	}
	sections := make([]models.Section, len(c.Sections))
	for i, s := range c.Sections {
		s.Match = nil
		sections[i] = s
	}
	return fingerprint(site, zone, c.Regions, sections, sources)
}

func fingerprint(parts ...any) string {
	hash := sha256.New()
	if err := json.NewEncoder(hash).Encode(parts); err != nil {
		panic(fmt.Sprintf("plain data did not encode: %v", err))
	}
	return hex.EncodeToString(hash.Sum(nil)[:16])
}
