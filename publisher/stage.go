package publisher

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"civicfeed/models"
	"civicfeed/publisher/render"
	"civicfeed/publisher/web"
)

// stage is a catalog with all that follows from it alone. It never changes; a reload makes another.
type stage struct {
	catalog  *models.Catalog
	base     string            // public address, ending in "/"
	root     string            // its path
	stamp    string            // another stamp may write other bytes
	regions  map[string]string // every key, present or former, to the present one; empty to empty
	sections map[string]string
	assets   map[string]asset
	tooMany  []byte // what is said to a client that asks for too much
}

// asset is a file that follows from the catalog or the program alone.
type asset struct {
	*Edition
	mediaType string
}

func newStage(c *models.Catalog, base string) *stage {
	if c.Site.URL != "" {
		base = c.Site.URL
	}
	base = strings.TrimSuffix(base, "/") + "/"
	s := &stage{catalog: c, base: base, root: "/", stamp: stampOf(c, base)}
	if u, err := url.Parse(base); err == nil && u.Path != "" {
		s.root = u.Path
	}
	s.regions, s.sections = map[string]string{"": ""}, map[string]string{"": ""}
	for _, r := range c.Regions {
		rename(s.regions, r.Key, r.Was)
	}
	for _, x := range c.Sections {
		rename(s.sections, x.Key, x.Was)
	}
	s.tooMany = render.Sentence(c, http.StatusTooManyRequests)
	s.assets = map[string]asset{
		"robots.txt":      {newEdition(render.Body{[]byte("User-agent: *\nDisallow:\n")}, time.Time{}, nil), "text/plain; charset=utf-8"},
		"assets/site.css": {newEdition(render.Body{render.Stylesheet(c)}, time.Time{}, nil), "text/css; charset=utf-8"},
		"assets/feed.css": {embedded("feed.css"), "text/css; charset=utf-8"},
		"assets/icon.svg": {embedded("icon.svg"), "image/svg+xml"},
	}
	return s
}

// rename leads former keys to the present one; a present key is never led away.
func rename(keys map[string]string, key string, was []string) {
	keys[key] = key
	for _, old := range was {
		if _, taken := keys[old]; !taken {
			keys[old] = key
		}
	}
}

func embedded(name string) *Edition {
	data, err := web.Assets.ReadFile(name)
	if err != nil {
		panic(err) // embedded at build time
	}
	return newEdition(render.Body{data}, time.Time{}, nil)
}

// stampOf tells apart what may write other bytes of the same stories: catalog, base, program.
func stampOf(c *models.Catalog, base string) string {
	h := sha256.New()
	fmt.Fprintln(h, base, build(), c.Site.Location)
	for _, s := range c.Sources {
		fmt.Fprintln(h, s.Key, s.Location)
	}
	if err := json.NewEncoder(h).Encode(c); err != nil {
		fmt.Fprintln(h, time.Now().UnixNano()) // what cannot be told is new
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// build tells one built program from another.
func build() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano())
}
