package publisher

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/publisher/render"

	"github.com/gorilla/feeds"
)

// BenchmarkChange is one piece of news in a city of ten thousand stories, 20 sections and 50 places,
// every view of which was asked for in every format: from when it is saved to the last new edition. Beside
// it the library writes the views that it touches in its three formats, from stories in memory. What is
// made of our editions in pieces when somebody first asks for them uncompressed is told for itself.
func BenchmarkChange(b *testing.B) {
	c := newCity(b)
	c.grow()
	c.p.cache.room = 1 << 30 // holds all that is asked for
	names := c.grown(10_000)
	asked := c.askForAll()
	var made int
	var saved, ours, whole, theirs cost
	for n := 0; b.Loop(); n++ {
		at := 1 + n%49 // each source in its turn
		it := c.article(len(names)+n, at)
		before := c.editions()
		saved.add(func() { c.save(it.Source, it) })
		ours.add(func() {
			if err := c.p.catchUp(b.Context(), false); err != nil {
				b.Fatal(err)
			}
		})
		fresh := changed(before, c.editions())
		made += len(fresh)
		whole.add(func() {
			for _, e := range fresh {
				e.form(identity)
			}
		})
		views := c.asLibrary(touches(at))
		theirs.add(func() { library(b, views) })
		c.pass(time.Second)
	}
	n := float64(b.N)
	b.ReportMetric(saved.wall/n, "ms/save")
	b.ReportMetric(ours.wall/n, "ms/change")
	b.ReportMetric(whole.wall/n, "ms/whole")
	b.ReportMetric(theirs.wall/n, "ms/gorilla")
	b.ReportMetric(ours.wall/theirs.wall, "x-time")
	b.ReportMetric(ours.cpu/theirs.cpu, "x-cpu")
	b.ReportMetric(ours.bytes/n, "MB/change")
	b.ReportMetric(theirs.bytes/n, "MB/gorilla")
	b.ReportMetric(ours.bytes/theirs.bytes, "x-bytes")
	b.ReportMetric(whole.bytes/n, "MB/whole")
	b.ReportMetric(float64(made)/n, "editions-made")
	b.ReportMetric(float64(asked), "editions-asked")
	b.ReportMetric(0, "ns/op")
}

// TestChangeMakesWhatItTouches: of all editions that were asked for, a piece of news makes those anew
// that list it, in every format, and no other.
func TestChangeMakesWhatItTouches(t *testing.T) {
	c := newCity(t)
	c.grow()
	c.grown(400)
	c.askForAll()
	c.pass(30 * time.Minute)
	before := c.editions()
	c.deliver("source7", c.article(9999, 7))
	after := c.editions()
	for name, e := range after {
		path, _, _ := strings.Cut(name, ".")
		want := map[string]bool{"feed": true, "index": true, "sections/s7": true, "regions/r7": true, "regions/r0": true, "regions/r7/sections/s7": true, "regions/r0/sections/s7": true, "sources/source7": true}[path]
		if got := before[name] != e; got != want {
			t.Errorf("%s was made anew: %v", name, got)
		}
	}
}

// grow makes the city one of 20 sections and 50 places, r0 around the others.
func (c *city) grow() {
	cat := cityCatalog()
	source := cat.Sources[0]
	cat.Regions, cat.Sections, cat.Sources = nil, nil, nil
	for n := range 50 {
		r := models.Region{Key: fmt.Sprint("r", n), Name: fmt.Sprintf("第%d区", n)}
		if n > 0 {
			r.Parent = "r0"
		}
		source.Key, source.Name, source.Region, source.Sections = fmt.Sprint("source", n), fmt.Sprintf("第%d区新闻网", n), r.Key, []string{fmt.Sprint("s", n%20)}
		cat.Regions, cat.Sources = append(cat.Regions, r), append(cat.Sources, source)
	}
	for n := range 20 {
		cat.Sections = append(cat.Sections, models.Section{Key: fmt.Sprint("s", n), Title: fmt.Sprintf("第%d栏", n)})
	}
	c.catalog = cat
	if err := c.store.Apply(context.Background(), cat); err != nil {
		c.t.Fatal(err)
	}
	c.p.Reload(cat)
}

// article is an item of some 3 KB.
func (c *city) article(n, source int) models.Item {
	it := c.item(fmt.Sprint("source", source), n)
	it.Content = "<p>" + strings.Repeat("东浦大桥全长三公里，双向六车道，今日通车。", 40) + "</p>"
	it.Text, it.People = strings.Repeat("东浦大桥全长三公里，双向六车道，今日通车。", 40), []models.Person{{Role: "记者", Name: "林晓"}}
	it.Categories = []models.Category{{Term: "要闻"}}
	return it
}

// grown delivers so many articles, from all sources in turn.
func (c *city) grown(count int) (ids []string) {
	bySource := make([][]models.Item, 50)
	for n := range count {
		it := c.article(n, n%50)
		bySource[n%50], ids = append(bySource[n%50], it), append(ids, it.ID)
	}
	for n, items := range bySource {
		c.deliver(fmt.Sprint("source", n), items...)
	}
	return ids
}

// askForAll asks for every view that has stories, in every format.
func (c *city) askForAll() (n int) {
	c.read("/")
	for _, r := range c.views() {
		for _, f := range render.Formats() {
			c.read("/" + r.Name() + "." + f.Suffix)
			n++
		}
	}
	return n + 1
}

// views are everything, all sections and places, each source, and for each place one section of it.
func (c *city) views() []models.View {
	views := []models.View{{}}
	for n := range 20 {
		views = append(views, models.View{Section: fmt.Sprint("s", n)}, models.View{Region: "r0", Section: fmt.Sprint("s", n)})
	}
	for n := range 50 {
		key := fmt.Sprint("r", n)
		views = append(views, models.View{Region: key}, models.View{Source: fmt.Sprint("source", n)})
		if n > 0 {
			views = append(views, models.View{Region: key, Section: fmt.Sprint("s", n%20)})
		}
	}
	return views
}

// editions are those held, by name.
func (c *city) editions() map[string]*Edition {
	all := map[string]*Edition{}
	c.p.cache.asked(time.Time{}, func(at address, h held) bool {
		all[at.name()] = h.Edition
		return false
	})
	return all
}

func changed(before, after map[string]*Edition) (fresh []*Edition) {
	for name, e := range after {
		if before[name] != e {
			fresh = append(fresh, e)
		}
	}
	return fresh
}

// touches are the views that list what a source publishes.
func touches(source int) []models.View {
	region, section := fmt.Sprint("r", source), fmt.Sprint("s", source%20)
	return []models.View{{}, {Section: section}, {Region: region}, {Region: region, Section: section},
		{Region: "r0"}, {Region: "r0", Section: section}, {Source: fmt.Sprint("source", source)}}
}

// library has the library write views whole, as it knows them.
func library(t testing.TB, views []*feeds.Feed) {
	for _, f := range views {
		for _, write := range []func(*feeds.Feed) (string, error){(*feeds.Feed).ToRss, (*feeds.Feed).ToAtom, (*feeds.Feed).ToJSON} {
			if _, err := write(f); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// asLibrary are the newest fifty of views as the library knows them, in memory.
func (c *city) asLibrary(views []models.View) (all []*feeds.Feed) {
	for _, v := range views {
		stories, err := c.store.Latest(context.Background(), v, models.ByListed, perView)
		if err != nil {
			c.t.Fatal(err)
		}
		f := &feeds.Feed{Title: c.catalog.Site.Title, Description: c.catalog.Site.Title, Link: &feeds.Link{Href: c.catalog.Site.URL}, Updated: c.clock()}
		for i := range stories {
			it := &stories[i].Items[0]
			f.Items = append(f.Items, &feeds.Item{
				Id: c.catalog.Site.Identify(stories[i].ID), IsPermaLink: "false", Title: it.Title, Link: &feeds.Link{Href: it.Link},
				Source: &feeds.Link{Href: "https://" + it.Source + ".example.org/rss.xml"}, Author: &feeds.Author{Name: it.People[0].Name},
				Description: it.Summary, Content: it.Content, Created: stories[i].Published.Time(), Updated: stories[i].Updated.Time(),
			})
		}
		all = append(all, f)
	}
	return all
}

// cost is of something that is done.
type cost struct{ wall, cpu, bytes float64 } // ms, ms, MB

// add adds what it costs to do something.
func (c *cost) add(do func()) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begun, used := time.Now(), processorTime()
	do()
	c.wall += float64(time.Since(begun)) / 1e6
	c.cpu += float64(processorTime()-used) / 1e6
	runtime.ReadMemStats(&after)
	c.bytes += float64(after.TotalAlloc-before.TotalAlloc) / 1e6
}

// processorTime is what this process has used of the processors.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
