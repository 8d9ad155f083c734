package render

import (
	"testing"

	"civicfeed/models"
)

// FuzzStory: whatever a story says, every format passes its own check and a strict one, and what it
// keeps of the story is read by others as it was written. From a memo it is the same.
func FuzzStory(f *testing.F) {
	f.Add("标题", "摘要", "<p>正文</p>", "https://a.example/b", "林知微", "类", int64(1_790_000_000_000), "full")
	f.Add("]]>\x00\xff\ufffe", "<![CDATA[", "]]]]>>\x1b&amp;", "javascript:x", "&\"'<>", "\r\n\t", int64(253402300800000), "summary")
	f.Add("", "", "", "http://\xff/", "", "", int64(-1), "title")
	f.Add("\u0085\u2028", "😀", "𠮷", "http://a.example/%zz?\"<>", "a@b.c", "x:y z", int64(0), "")
	f.Fuzz(func(t *testing.T, title, summary, content, link, name, category string, when int64, terms string) {
		it := models.Item{
			Source: name, GUID: link, Link: link, Title: title, Summary: summary, Content: content, Text: summary,
			People:     []models.Person{{Role: category, Name: name, Email: summary, URI: link}},
			Categories: []models.Category{{Term: category, Scheme: link, Label: name}},
			Media:      []models.Media{{URL: link, Type: category, Length: when, Title: title}, {URL: link, Inline: true}},
			Image:      link, Comments: link, Language: category, Rights: name, Credit: name,
		}
		st := models.Story{
			ID: "x", Published: models.Millis(when), Updated: models.Millis(when), Sections: []string{category}, Regions: []string{"heting"},
			Items: []models.Item{it, {Source: category, Title: name, Link: link, Published: models.Moment{At: models.Millis(when)}}},
		}
		p := &Page{Catalog: city(), Base: "https://feeds.yunlan.example/", Stories: []models.Story{st}, Sources: map[string]models.SourceState{
			name: {Key: name, Name: category, URL: link, Republish: models.Terms(terms), Feed: models.Feed{
				ID: link, Title: title, Link: link, Rights: name, People: it.People, Language: category,
			}},
		}}
		wantRead(t, p)
		memo := NewMemo(1 << 20)
		for range 2 { // as it comes in, and as it is known
			wantSame(t, p, memo)
		}
		if _, err := Preview(p, p.Sources[name].Feed, []string{title}); err != nil {
			t.Error(err)
		}
	})
}
