package aggregator

import (
	"bytes"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mmcdole/gofeed"

	"civicfeed/aggregator/fetch"
	"civicfeed/models"
)

// citySketch reads the city's feed as a visit does: texts are put off.
func citySketch(t testing.TB, src models.Source, body []byte) *Reading {
	t.Helper()
	r, err := sketch(&fetch.Response{URL: "http://www.example.gov.cn/rss.xml", Body: body}, src)
	if err != nil || len(r.Items) != 20 {
		t.Fatal(err, r)
	}
	return r
}

func citySource() models.Source {
	return models.Source{Key: "daily", Location: time.FixedZone("CST", 8*3600), Language: "zh-CN"}
}

// held is what the store tells of the items of a reading, once they are saved.
func held(r *Reading) map[string]models.Item {
	all := map[string]models.Item{}
	for _, it := range r.Items {
		it.Digest = it.Sum()
		all[it.ID] = it
	}
	return all
}

// What is put off and finished is what would have been read at once; and nothing is finished that
// is held as it is.
func TestOnlyNewTextsAreRead(t *testing.T) {
	whole, err := Read(&fetch.Response{URL: "http://www.example.gov.cn/rss.xml", Body: cityFeed()}, citySource())
	if err != nil {
		t.Fatal(err)
	}
	r := citySketch(t, citySource(), cityFeed())
	news, err := (&recognition{items: r.Items}).news(r)
	if d := diff.Diff(whole.Items, news); d != "" || err != nil {
		t.Errorf("put off and finished it is another: %v %s", err, d)
	}

	was := held(whole)
	r = citySketch(t, citySource(), cityFeed())
	finished := 0
	rest := r.rest
	r.rest = func(it *models.Item) { finished++; rest(it) }
	if news, err = (&recognition{items: r.Items, held: was}).news(r); err != nil || len(news) != 0 || finished != 0 {
		t.Errorf("%d of the items held are news, %d were finished: %v", len(news), finished, err)
	}

	changed := bytes.Replace(cityFeed(), []byte("昨日，柳巷街道"), []byte("今日，柳巷街道"), 1)
	r = citySketch(t, citySource(), changed)
	if news, err = (&recognition{items: r.Items, held: was}).news(r); err != nil || len(news) != 1 || news[0].Hash == was[news[0].ID].Hash {
		t.Errorf("of one changed item %d are news: %v", len(news), err)
	}

	other := citySource() // the same bytes, read in another way
	other.Language = "zh-TW"
	r = citySketch(t, other, cityFeed())
	if news, err = (&recognition{items: r.Items, held: was}).news(r); err != nil || len(news) != 20 {
		t.Errorf("read in another way %d are news: %v", len(news), err)
	}
	if d := diff.Diff(whole.Items, news, cmpopts.IgnoreFields(models.Item{}, "Told", "Language")); d != "" {
		t.Error(d)
	}
}

// BenchmarkSeen reads a document whose items are all held as they are, beside gofeed alone.
func BenchmarkSeen(b *testing.B) {
	body := cityFeed()
	whole, err := Read(&fetch.Response{URL: "http://www.example.gov.cn/rss.xml", Body: body}, citySource())
	if err != nil {
		b.Fatal(err)
	}
	was := held(whole)
	b.Run("civicfeed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r := citySketch(b, citySource(), body)
			if news, err := (&recognition{items: r.Items, held: was}).news(r); err != nil || len(news) != 0 {
				b.Fatal(len(news), err)
			}
		}
	})
	b.Run("floor: gofeed alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := gofeed.NewParser().Parse(bytes.NewReader(body)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
