package store

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"civicfeed/models"
)

// BenchmarkPages measures pages of plain queries, first ones and ones deep in the past, as they are
// read: the list alone, and with its stories. Beside each is the same on ten thousand stories in the
// same run, and the ratio of the two.
func BenchmarkPages(b *testing.B) {
	size := pressSize(b)
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			small, large := newPress(min(size, 10_000)), newPress(size)
			few, _ := printed(b, small, engine == "postgres")
			many, _ := printed(b, large, engine == "postgres")
			for _, shape := range plainShapes() {
				for _, deep := range []bool{false, true} {
					b.Run(shape.name(deep), func(b *testing.B) {
						shape.measure(b, pageOf{few, small}, pageOf{many, large}, deep)
					})
				}
			}
		})
	}
}

// plainShape is a view in an order.
type plainShape struct {
	view  models.View
	order models.Order
}

// plainShapes are of views that have a full page deep in the past among ten thousand stories too.
func plainShapes() (all []plainShape) {
	for _, o := range []models.Order{models.ByListed, models.ByPublished} {
		for _, v := range []models.View{{}, {Section: "s00"}, {Section: "s07"}, {Region: "r00"}, {Region: "r11"}, {Region: "r00", Section: "s01"}, {Source: "source-003"}} {
			all = append(all, plainShape{v, o})
		}
	}
	return all
}

func (p plainShape) name(deep bool) string {
	name := p.view.Name() + "/by-" + string(p.order)
	if deep {
		return name + "/deep"
	}
	return name + "/first"
}

// pageOf is a store with what it holds.
type pageOf struct {
	*Store
	press *press
}

// durations are of a page: of its list, and of all.
type durations struct{ list, all []time.Duration }

func (p plainShape) measure(b *testing.B, few, many pageOf, deep bool) {
	var small, large durations
	r := rand.New(rand.NewPCG(1, 2))
	p.page(b, few, deep, r, &durations{})
	p.page(b, many, deep, r, &durations{})
	for i := 0; b.Loop(); i++ {
		if i%2 == 0 { // what comes second finds the processor warm, or cold
			p.page(b, few, deep, r, &small)
			p.page(b, many, deep, r, &large)
			continue
		}
		p.page(b, many, deep, r, &large)
		p.page(b, few, deep, r, &small)
	}
	b.ReportMetric(0, "ns/op")
	ms := func(all []time.Duration) float64 { return float64(rank(all, 0.5)) / 1e6 }
	b.ReportMetric(ms(small.list), "list-small-ms")
	b.ReportMetric(ms(large.list), "list-ms")
	b.ReportMetric(ms(large.list)/ms(small.list), "list-ratio")
	b.ReportMetric(ms(small.all), "page-small-ms")
	b.ReportMetric(ms(large.all), "page-ms")
	b.ReportMetric(ms(large.all)/ms(small.all), "page-ratio")
}

// page reads one. Deep ones lie about where half of the stories are older.
func (p plainShape) page(b *testing.B, s pageOf, deep bool, r *rand.Rand, took *durations) {
	q := models.Query{View: p.view, Order: p.order, Limit: 50}
	if deep {
		a := s.press.article(s.press.size/2 + r.IntN(s.press.size/20))
		q.Cursor = models.Cursor{Order: models.ByPublished, At: s.press.at(int(a.seq)), ID: a.id}
		if p.order == models.ByListed {
			top := s.press.article(s.press.size - 50)
			q.Cursor = models.Cursor{Order: models.BySeq, At: a.seq, Shown: top.listed, ShownID: top.id}
		}
	}
	start := time.Now()
	answer, err := s.List(b.Context(), q)
	took.list = append(took.list, time.Since(start))
	must(b, err)
	stories, err := s.Stories(b.Context(), mentioned(answer))
	took.all = append(took.all, time.Since(start))
	must(b, err)
	if len(stories) != 50 && s.press.size >= 10_000 {
		b.Fatalf("a page of %d", len(stories))
	}
}

func mentioned(a models.Answer) []string {
	ids := make([]string, len(a.Mentions))
	for i, m := range a.Mentions {
		ids[i] = m.ID
	}
	return ids
}

// rank is the duration that a share of them do not exceed.
func rank(all []time.Duration, share float64) time.Duration {
	slices.Sort(all)
	return all[int(share*float64(len(all)-1)+0.5)]
}
