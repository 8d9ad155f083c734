package render

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"

	"civicfeed/models"
	"civicfeed/publisher/web"
)

// Stylesheet is the style of all pages: the site's and the sections' colours from the catalog,
// which lets through nothing else, then what is the same for every city.
func Stylesheet(c *models.Catalog) []byte {
	return append(colours(c), stylesheet().text...)
}

func colours(c *models.Catalog) []byte {
	var b bytes.Buffer
	if color := c.Site.Color; color != "" {
		fmt.Fprintf(&b, ":root{--theme:%s}\n", color)
	}
	for _, s := range c.Sections {
		if s.Color != "" {
			fmt.Fprintf(&b, ".%s{--tint:%s}\n", tint(s.Key), s.Color)
		}
	}
	return b.Bytes()
}

// styleVersion is another for another style sheet.
func styleVersion(c *models.Catalog) string {
	return version(append(colours(c), stylesheet().version...))
}

// stylesheet is what is the same for every city; read once.
var stylesheet = sync.OnceValue(func() (s struct {
	text    []byte
	version string
}) {
	text, err := web.Assets.ReadFile("site.css")
	if err != nil {
		panic(err) // embedded at build time
	}
	s.text, s.version = text, version(text)
	return s
})

func version(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:5])
}

// tint is the class that carries a section's colour.
func tint(section string) string {
	if section == "" {
		return ""
	}
	return "tint-" + section
}
