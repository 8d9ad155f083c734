package render

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/gorilla/feeds"

	"civicfeed/models"
)

// BenchmarkRender writes fifty stories of about 3 KB each; BenchmarkFloor is the library alone
// with the same titles, links, summaries, bodies and people.
func BenchmarkRender(b *testing.B) {
	p := usual(50)
	for _, f := range feedFormats() {
		b.Run(f.Suffix, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				out, err := joined(f.Render)(p)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(out)))
			}
		})
	}
}

func BenchmarkFloor(b *testing.B) {
	p := usual(50)
	for suffix, write := range map[string]func(*feeds.Feed) (string, error){
		"rss": (*feeds.Feed).ToRss, "atom": (*feeds.Feed).ToAtom, "json": (*feeds.Feed).ToJSON,
	} {
		b.Run(suffix, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				out, err := write(alone(p))
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(out)))
			}
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, f := range feedFormats() {
		out := rendered(b, f, usual(50))
		b.Run(f.Suffix, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(out)))
			for b.Loop() {
				if err := f.Check(out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// alone is a page as the library knows it.
func alone(p *Page) *feeds.Feed {
	f := &feeds.Feed{
		Title: p.Catalog.Site.Title, Description: p.Catalog.Site.Description,
		Link: &feeds.Link{Href: p.Base}, Updated: p.Changed.Time(),
	}
	for i := range p.Stories {
		st, it := &p.Stories[i], &p.Stories[i].Items[0]
		f.Items = append(f.Items, &feeds.Item{
			Id: p.Catalog.Site.Identify(st.ID), IsPermaLink: "false", Title: it.Title, Link: &feeds.Link{Href: it.Link},
			Source: &feeds.Link{Href: p.Sources[it.Source].URL}, Author: &feeds.Author{Name: it.People[0].Name},
			Description: it.Summary, Content: it.Content, Created: st.Published.Time(), Updated: st.Updated.Time(),
			Enclosure: &feeds.Enclosure{Url: it.Media[0].URL, Type: it.Media[0].Type, Length: "20480"},
		})
	}
	return f
}

// BenchmarkChange is what a new word in one of ten thousand stories costs a view of fifty, in every
// format: time and memory beside those of the library, which writes RSS, Atom and JSON whole.
func BenchmarkChange(b *testing.B) {
	c := newChanging(10_000)
	var ours, floor cost
	for i := 0; b.Loop(); i++ {
		ours.add(func() { c.change(b, i) })
		floor.add(func() { wholly(b, c.page) })
	}
	b.ReportMetric(ours.usual(), "ours-ns")
	b.ReportMetric(floor.usual(), "library-ns")
	b.ReportMetric(float64(ours.bytes)/float64(b.N), "ours-B/op")
	b.ReportMetric(float64(floor.bytes)/float64(b.N), "library-B/op")
	b.ReportMetric(ours.usual()/floor.usual(), "time-ratio")
	b.ReportMetric(float64(ours.bytes)/float64(floor.bytes), "bytes-ratio")
}

// TestChangeIsCheap bounds the memory of the same; its time is for the benchmark to tell.
func TestChangeIsCheap(t *testing.T) {
	c := newChanging(200)
	var ours, floor cost
	for i := range 10 {
		ours.add(func() { c.change(t, i) })
		floor.add(func() { wholly(t, c.page) })
	}
	if r := float64(ours.bytes) / float64(floor.bytes); r > 0.3 {
		t.Errorf("one change takes %.2f of the bytes that the library takes for all", r)
	}
}

// changing is a view of the first fifty of many stories, all of which were written before.
type changing struct {
	page     *Page // with all fifty loaded, as who has no memo needs them
	memo     *Memo
	mentions []models.Mention
}

func newChanging(n int) *changing {
	c := &changing{memo: NewMemo(1 << 30)}
	for at := 0; at < n; at += 50 {
		p := usual(50)
		for i := range p.Stories {
			p.Stories[i].ID, p.Stories[i].Rev = fmt.Sprintf("s%05d", at+i), 1
		}
		p.Memo = c.memo
		for _, f := range Formats() {
			if _, err := f.Render(p); err != nil {
				panic(err)
			}
		}
		if c.page == nil {
			c.page, c.mentions = p, mentioned(p.Stories)
		}
	}
	return c
}

func (c *changing) change(t testing.TB, i int) {
	st := &c.page.Stories[i%50]
	st.Rev++
	st.Items[0].Title = fmt.Sprintf("东浦区荷亭街道启用便民服务中心（第%d次更新）", i)
	c.mentions[i%50].Rev = st.Rev
	p := *c.page
	p.Stories, p.Memo, p.Changed = nil, c.memo, p.Changed+models.Millis(1000*i)
	if missing := p.Recall(c.mentions); len(missing) > 0 {
		p.Stories = c.page.Stories[i%50 : i%50+1]
	}
	for _, f := range Formats() {
		if out, err := f.Render(&p); err != nil || len(p.Left) > 0 || out.Len() < 20_000 {
			t.Fatal(err, p.Left, out.Len())
		}
	}
}

func mentioned(stories []models.Story) (all []models.Mention) {
	for _, st := range stories {
		all = append(all, models.Mention{ID: st.ID, Rev: st.Rev, Listed: st.Listed, Published: st.Published})
	}
	return all
}

func wholly(t testing.TB, p *Page) {
	for _, write := range []func(*feeds.Feed) (string, error){(*feeds.Feed).ToRss, (*feeds.Feed).ToAtom, (*feeds.Feed).ToJSON} {
		if _, err := write(alone(p)); err != nil {
			t.Fatal(err)
		}
	}
}

// cost is what something took, of time and of memory.
type cost struct {
	times []time.Duration
	bytes uint64
}

// usual is a time that other work on the machine hardly moves: one of ten is shorter.
func (c *cost) usual() float64 {
	return float64(slices.Sorted(slices.Values(c.times))[len(c.times)/10])
}

func (c *cost) add(do func()) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	do()
	c.times = append(c.times, time.Since(began))
	runtime.ReadMemStats(&after)
	c.bytes += after.TotalAlloc - before.TotalAlloc
}
