package publisher

import (
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

// reload applies a catalog and lets the publisher take it, which has not looked at the store since.
func (c *city) reload(change func(*models.Catalog)) {
	c.t.Helper()
	c.catalog = cityCatalog()
	change(c.catalog)
	if err := c.store.Apply(c.t.Context(), c.catalog); err != nil {
		c.t.Fatal(err)
	}
	c.p.Reload(c.catalog)
}

// lookAgain does what Run does after a reload.
func (c *city) lookAgain() {
	c.t.Helper()
	if err := c.p.catchUp(c.t.Context(), true); err != nil {
		c.t.Fatal(err)
	}
}

func TestReloadChangesPages(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	before := c.get("/sections/focus.rss").Header.Get("ETag")
	c.reload(func(next *models.Catalog) { next.Sections[0].Title = "今日要闻" })
	res := c.get("/sections/focus.rss")
	if res.Header.Get("ETag") == before || !strings.Contains(body(t, res), "今日要闻") {
		t.Error("the feed has the old title")
	}
	if !strings.Contains(c.read("/"), "今日要闻") {
		t.Error("the front page has the old title")
	}
}

// Terms and names hold from the reload on: in what is made before the next look at the store, and
// in what that look leaves as it is.
func TestReloadTakesTermsAndNamesAtOnce(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	paths := []string{"/sections/focus.rss", "/feed.json", "/feed.html", "/sources/daily.atom", c.story("daily", 0) + ".html", c.story("daily", 0) + ".json"}
	for _, path := range paths {
		if text := c.read(path); !strings.Contains(text, "云澜日报") || !strings.Contains(text, "双向六车道") {
			t.Fatalf("GET %s: no name or no text to begin with", path)
		}
	}
	c.pass(time.Minute)
	c.reload(func(next *models.Catalog) {
		next.Sources[0].Name, next.Sources[0].Republish = "云澜晚报", models.Title
	})
	check := func(when string) {
		t.Helper()
		for _, path := range paths {
			text := c.read(path)
			if strings.Contains(text, "云澜日报") || !strings.Contains(text, "云澜晚报") {
				t.Errorf("%s: GET %s has the old name", when, path)
			}
			if text = strings.ReplaceAll(text, c.item("dongpu-gov", 0).Text, ""); strings.Contains(text, "双向六车道") {
				t.Errorf("%s: GET %s has text that may not be published any more", when, path)
			}
		}
	}
	check("at once")
	c.lookAgain()
	check("after the look")
}

// What was made between a reload and the next look, from what the store had said before, is made again.
func TestReloadRenewsWhatWasMadeMeanwhile(t *testing.T) {
	c := newCity(t)
	c.deliver("daily", c.item("daily", 0))
	c.reword("daily", models.Feed{Title: "daily", Rights: "© 云澜报业"})
	if !strings.Contains(c.read("/sources/daily.rss"), "© 云澜报业") {
		t.Fatal("the source's own words are not told")
	}
	c.pass(time.Minute)
	c.reload(func(next *models.Catalog) { next.Sources[0].URL = "https://moved.example.org/rss.xml" })
	c.read("/sources/daily.rss")
	c.read("/subscriptions.opml")
	c.lookAgain()
	if text := c.read("/subscriptions.opml"); !strings.Contains(text, "03:01:00") {
		t.Error("the list of subscriptions is dated before the change of the catalog")
	}
	held := c.read("/sources/daily.rss")
	c.publish("") // knows nothing of before
	if c.read("/sources/daily.rss") != held {
		t.Error("what the source said at its old address is still told")
	}
}

// A catalog that a daemon beside us applied is seen without a story changing.
func TestAnotherDaemonsCatalogIsSeen(t *testing.T) {
	c := newCity(t)
	c.populate(1)
	c.read("/subscriptions.opml")
	c.pass(time.Minute)
	next := cityCatalog()
	next.Sections[0].Title = "今日要闻"
	if err := c.store.Apply(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	c.look()
	if text := c.read("/subscriptions.opml"); !strings.Contains(text, "03:01:00") {
		t.Error("its date is not told")
	}
}
