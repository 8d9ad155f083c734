package publisher

import (
	"testing"

	"civicfeed/models"
)

// FuzzParameters: whatever stands behind the question mark of an address, it is read or refused; and
// what was read is spelled in a way that reads the same.
func FuzzParameters(f *testing.F) {
	for _, s := range []string{
		"", "q=停水&limit=3", "since=2026-11-20&until=2026-11-20T08:00:00%2B08:00", "region=oldcity&region=dongpu&section=focus",
		"cursor=s5.6.abc&order=published", "limit=200&source=daily&exclude_source=daily", "q=%E5%8F%B0%22&q=%ff%00;x", "&&=&%zz&limit=+7",
	} {
		f.Add(s)
	}
	st := newStage(cityCatalog(), "https://news.example.org/")
	known := func(key string) bool { return key == "daily" }
	f.Fuzz(func(t *testing.T, raw string) {
		a, err := st.ask(models.View{Region: "yunlan"}, models.ByListed, raw, known)
		if err != nil {
			return
		}
		if a.Limit < 1 || a.Limit > mostStories || a.Order != models.ByListed && a.Order != models.ByPublished {
			t.Errorf("%q asks for %d by %q", raw, a.Limit, a.Order)
		}
		again, err := st.ask(models.View{Region: "yunlan"}, models.ByListed, a.at(a.Cursor), known)
		if err != nil || again.at(again.Cursor) != a.at(a.Cursor) || again.Text != a.Text || again.Since != a.Since || again.Until != a.Until || again.renamed {
			t.Errorf("%q is spelled %q, which reads as %+v, %v", raw, a.at(a.Cursor), again, err)
		}
	})
}
