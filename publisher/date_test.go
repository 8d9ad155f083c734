package publisher

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

// since asks by date alone, as clients do that know no tags.
func (c *city) since(path, date string) *http.Response {
	c.t.Helper()
	return c.get(path, "If-Modified-Since", date)
}

// An edition that shows more than the publisher knows of is dated by what it shows.
func TestP02NoDateIsOlderThanTheBytes(t *testing.T) {
	for _, path := range []string{"/feed.html", "/feed.rss", "/"} {
		t.Run(path, func(t *testing.T) {
			c := newCity(t)
			c.populate(1)
			old := c.get(path).Header.Get("Last-Modified")
			c.publish("") // beside it, where nothing is held yet
			c.look()
			c.pass(10 * time.Second)
			c.save("daily", c.item("daily", 7))
			now := c.clock().Format(http.TimeFormat)
			for _, when := range []string{"made before the look", "after it"} {
				res := c.since(path, old)
				if got := res.Header.Get("Last-Modified"); res.StatusCode != 200 || got != now {
					t.Errorf("%s: %s, Last-Modified %s, want %s", when, res.Status, got, now)
				}
				if res := c.since(path, now); when == "after it" && res.StatusCode != 304 {
					t.Errorf("%s, with its own date: %s", when, res.Status)
				}
				c.look()
			}
		})
	}
}

// Dates tell seconds only; other bytes within the same second must not pass for those before.
func TestP04TwoChangesInOneSecond(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	for i := range 3 {
		date := c.get("/feed.rss").Header.Get("Last-Modified")
		c.pass(100 * time.Millisecond)
		c.deliver("daily", c.item("daily", 10+i))
		if res := c.since("/feed.rss", date); res.StatusCode != 200 {
			t.Errorf("change %d: %s for bytes that the client does not have", i, res.Status)
		}
	}
	c.pass(10 * time.Second)
	if res := c.since("/feed.rss", c.get("/feed.rss").Header.Get("Last-Modified")); res.StatusCode != 304 {
		t.Errorf("ten seconds later, nothing new: %s", res.Status)
	}
}

// Other bytes of the same stories: the words around them came from another catalog.
func TestP04ACatalogChangesTheBytesOfADate(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	date := c.get("/feed.rss").Header.Get("Last-Modified")
	c.reload(func(next *models.Catalog) { next.Site.Title = "云澜新闻" })
	if res := c.since("/feed.rss", date); res.StatusCode != 200 {
		t.Errorf("%s for bytes that the client does not have", res.Status)
	}
}

// A story has no date: what changes of it besides its text, nobody dates. Its tag is enough.
func TestStoriesFollowTheirSourceAlone(t *testing.T) {
	c := newCity(t)
	c.populate(2)
	path := c.story("daily", 0) + ".json"
	res := c.get(path)
	if date := res.Header.Get("Last-Modified"); date != "" {
		t.Errorf("Last-Modified %s", date)
	}
	before, _ := c.p.cache.peek(path[1:])
	c.pass(time.Hour)
	c.deliver("dongpu-gov", c.item("dongpu-gov", 9))
	c.read(path)
	if now, _ := c.p.cache.peek(path[1:]); now.made != before.made {
		t.Error("made anew after a change elsewhere")
	}
	told := c.item("daily", 0)
	told.Title, told.Hash = "东浦大桥明日通车", "v2"
	c.deliver("daily", told)
	if res := c.get(path, "If-None-Match", res.Header.Get("ETag")); res.StatusCode != 200 {
		t.Errorf("after its own change: %s", res.Status)
	}
	c.reword("daily", models.Feed{Title: "daily", Rights: "© 云澜报业"})
	if !strings.Contains(c.read(path), "© 云澜报业") {
		t.Error("what its source says of itself has changed, the story not")
	}
}
