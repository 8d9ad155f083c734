// Package demo is a small invented city on loopback: the municipality of 汐州 with its districts
// and sub-districts, and eleven sources that publish about it in the formats, encodings and habits,
// good and bad, of real ones. Input: the moment it began and a clock. Output: an [http.Handler]
// that is the origin of them all, and the feeds.yaml that reads them. All it serves is a function
// of the two, so it holds no state, grows by nothing and tells the same after a restart.
// It never opens a connection and names no real place or person.
package demo

import (
	"embed"
	htmltemplate "html/template"
	"slices"
	"text/template"
	"time"
)

//go:embed news templates charsets
var files embed.FS

// Options tell when the city lives.
type Options struct {
	Start time.Time        // when the simulation began; zero: now
	Clock func() time.Time // nil: the system's
	Every time.Duration    // a new article appears about so often; 0: 20 s
}

// City is the simulated city. It is immutable and safe for concurrent use.
type City struct {
	start    time.Time
	clock    func() time.Time
	every    time.Duration
	articles []article
	sources  []source
	feeds    *template.Template
	pages    *htmltemplate.Template
	pictures [][]byte
	encoders map[string]encoder
}

// New builds the city from its embedded texts. A mistake in those panics: they are part of the
// program, and its tests read every one.
func New(o Options) *City {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Start.IsZero() {
		o.Start = o.Clock()
	}
	if o.Every <= 0 {
		o.Every = 20 * time.Second
	}
	return &City{
		start:    o.Start.In(zone()).Truncate(time.Second),
		clock:    o.Clock,
		every:    o.Every,
		articles: readNews(files),
		sources:  sources(),
		feeds:    template.Must(template.New("").Funcs(feedFuncs()).ParseFS(files, "templates/*.xml")),
		pages:    htmltemplate.Must(htmltemplate.ParseFS(files, "templates/*.html")),
		pictures: drawPictures(),
		encoders: map[string]encoder{"gbk": readCharset(files, "gbk"), "big5": readCharset(files, "big5")},
	}
}

func (c *City) source(key string) (source, bool) {
	i := slices.IndexFunc(c.sources, func(s source) bool { return s.Key == key })
	if i < 0 {
		return source{}, false
	}
	return c.sources[i], true
}

// zone is where the city lies.
func zone() *time.Location { return time.FixedZone("CST", 8*60*60) }
