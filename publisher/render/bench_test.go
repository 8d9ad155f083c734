package render

import (
	"testing"

	"github.com/gorilla/feeds"
)

// BenchmarkRender writes fifty stories of about 3 KB each; BenchmarkFloor is the library alone
// with the same titles, links, summaries, bodies and people.
func BenchmarkRender(b *testing.B) {
	p := usual(50)
	for _, f := range feedFormats() {
		b.Run(f.Suffix, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				out, err := f.Render(p)
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
