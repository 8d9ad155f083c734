package models

import (
	"regexp"
	"slices"
	"time"
)

// Catalog is what feeds.yaml says: the site, its regions and sections, and the sources it reads.
// It is immutable once loaded; a reload makes a new one.
type Catalog struct {
	Site    Site
	Network Network

	// Regions and Sections are trees laid flat in the order of the file, a parent before its children.
	Regions  []Region
	Sections []Section
	Sources  []Source
}

// Site is how the city presents itself: what every published page and feed says of its publisher.
type Site struct {
	Title       string
	URL         string // public base address, ending in "/"; empty when the file names none
	ID          string // prefix of every published id; see [Site.Identify]
	Description string
	Language    string         // BCP 47
	Location    *time.Location // for dates without a zone, and for the days that pages show
	Contact     string
	Footer      Footer
	Color       string // CSS colour of the theme
}

// Footer is what the law or habit wants at the foot of a page.
type Footer struct {
	ICP      string // 备案号
	Police   string // 公安备案号
	SiteCode string // 网站标识码
	Text     string
	Links    []Link
}

// Link is a titled address.
type Link struct{ Title, URL string }

// Identify makes the published id of a story: the site's prefix, a slash, the story's own id.
// It names no host, port or path, so that it survives their change (RFC 4287 section 4.2.6).
func (s Site) Identify(story string) string {
	prefix := s.ID
	if prefix == "" {
		prefix = "tag:localhost,2026:civicfeed"
	}
	return prefix + "/" + story
}

// Network says how the fetcher behaves towards all hosts.
type Network struct {
	Concurrency int           // requests at once to one host
	Gap         time.Duration // between the starts of two requests to one host
	Floor       time.Duration // no source is visited more often
	MaxBody     int64         // bytes after decompression
	UserAgent   string        // empty: civicfeed's own
	Allow       []string      // CIDR ranges that would otherwise be refused
	Ports       []int         // ports that may be dialled
	Proxy       string        // as in [Access]; empty: none
	CAFile      string        // likewise; empty: the system's certificates alone
}

// DefaultZone is the zone of a site that names none.
const DefaultZone = "Asia/Shanghai"

// DefaultNetwork is how the fetcher behaves where feeds.yaml does not say.
func DefaultNetwork() Network {
	return Network{
		Concurrency: 1, Gap: time.Second, Floor: 5 * time.Minute,
		MaxBody: 10 << 20, Ports: []int{80, 443, 8080},
	}
}

// Region is a place in the administrative tree.
type Region struct {
	Key     string
	Name    string
	Level   string // municipality, district, subdistrict, …
	Code    string // the state's own number for it
	Aliases []string
	Was     []string // keys it had before; they redirect
	Parent  string   // key; empty at the top
}

// Section is a subject heading under which stories are republished.
type Section struct {
	Key         string
	Title       string
	Description string
	Color       string
	Was         []string // keys it had before; they redirect
	Parent      string   // key; empty at the top
	Match       []Rule   // an item that any of them claims belongs here
}

// Rule is one line of a section's match: every condition that is set must hold;
// of a condition's values, any.
type Rule struct {
	Category []string
	Path     []string // the path of the item's link begins with
	Credit   []string // 来源
	Column   []string // the site's own heading for the item
	// Breadcrumb is what any part of the item's breadcrumb is called.
	Breadcrumb []string
	Source     []string // keys
	Region     []string // keys; the item's places include it
	Title      []*regexp.Regexp
	Text       []*regexp.Regexp
	Not        *Rule
	Line       int // of feeds.yaml
}

// Terms says how much of an item a source lets others publish.
type Terms string

// The terms that feeds.yaml knows.
const (
	Full    Terms = "full"
	Excerpt Terms = "summary"
	Title   Terms = "title"
)

// Schedule tells when a source is due after a moment. The zero time means never.
type Schedule interface {
	Next(after time.Time) time.Time
}

// Source is one place that publishes.
type Source struct {
	Key       string
	Name      string
	URL       string
	Kind      Kind      // of what stands there; empty: a feed
	Page      PageRules // how its pages are read
	JSON      JSONPaths // how its list is read, of KindJSON
	Articles  bool      // the page of each new item is read for what the list or feed lacks
	Site      string    // the home page; empty: what the feed itself says
	Region    string    // key, or empty
	Sections  []string
	Spec      string // the schedule as written
	Schedule  Schedule
	Auto      bool           // its own rhythm decides, within floor and a day; Schedule is where none is learnt
	Location  *time.Location // for dates that name no zone
	Language  string         // BCP 47, for items that name none
	Encoding  string         // of its bytes, where they tell wrongly
	Timeout   time.Duration  // of a whole visit
	MaxItems  int            // newest of a visit that are read; 0: all
	Enabled   bool
	Republish Terms
	Access        // how it is asked that needs more
	Line      int // of feeds.yaml
}

// Source finds a source by its key.
func (c *Catalog) Source(key string) (Source, bool) {
	i := slices.IndexFunc(c.Sources, func(s Source) bool { return s.Key == key })
	if i < 0 {
		return Source{}, false
	}
	return c.Sources[i], true
}

// Region finds a region by its key.
func (c *Catalog) Region(key string) (Region, bool) {
	i := slices.IndexFunc(c.Regions, func(r Region) bool { return r.Key == key })
	if i < 0 {
		return Region{}, false
	}
	return c.Regions[i], true
}

// Section finds a section by its key.
func (c *Catalog) Section(key string) (Section, bool) {
	i := slices.IndexFunc(c.Sections, func(s Section) bool { return s.Key == key })
	if i < 0 {
		return Section{}, false
	}
	return c.Sections[i], true
}

// RegionPath lists a region's key and those above it, innermost first.
func (c *Catalog) RegionPath(key string) []string {
	return climb(key, func(k string) (string, bool) {
		r, ok := c.Region(k)
		return r.Parent, ok
	})
}

// SectionPath lists a section's key and those above it, innermost first.
func (c *Catalog) SectionPath(key string) []string {
	return climb(key, func(k string) (string, bool) {
		s, ok := c.Section(k)
		return s.Parent, ok
	})
}

func climb(key string, parent func(string) (string, bool)) []string {
	var path []string
	for key != "" {
		up, ok := parent(key)
		if !ok {
			break
		}
		path = append(path, key)
		key = up
	}
	return path
}
