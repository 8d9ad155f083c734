package render

import (
	"bytes"
	"fmt"

	"civicfeed/models"
	"civicfeed/publisher/web"
)

// Stylesheet is the style of all pages: the site's and the sections' colours from the catalog,
// which lets through nothing else, then what is the same for every city.
func Stylesheet(c *models.Catalog) []byte {
	var b bytes.Buffer
	if color := c.Site.Color; color != "" {
		fmt.Fprintf(&b, ":root{--theme:%s}\n", color)
	}
	for _, s := range c.Sections {
		if s.Color != "" {
			fmt.Fprintf(&b, ".%s{--tint:%s}\n", tint(s.Key), s.Color)
		}
	}
	rest, err := web.Assets.ReadFile("site.css")
	if err != nil {
		panic(err) // embedded at build time
	}
	b.Write(rest)
	return b.Bytes()
}

// tint is the class that carries a section's colour.
func tint(section string) string {
	if section == "" {
		return ""
	}
	return "tint-" + section
}
