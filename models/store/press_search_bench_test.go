package store

import (
	"math/rand/v2"
	"testing"
	"time"

	"civicfeed/models"
)

// BenchmarkSearch measures questions that are not plain ones, by kinds: half of them are answered by
// then (p50), and all but one in twenty (p95). Warm are first pages, anywhere are pages further down,
// cold are the first ones asked of a database just opened.
func BenchmarkSearch(b *testing.B) {
	p := newPress(pressSize(b))
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			s, d := printed(b, p, engine == "postgres")
			for _, k := range p.kinds() {
				b.Run(k.name+"/warm", func(b *testing.B) { k.measure(b, s) })
				b.Run(k.name+"/anywhere", func(b *testing.B) { k.anywhere(p).measure(b, s) })
				b.Run(k.name+"/cold", func(b *testing.B) { k.cold(b, d) })
			}
		})
	}
}

// kind are questions alike.
type kind struct {
	name    string
	queries []models.Query
}

// kinds are what people ask.
func (p *press) kinds() []kind {
	words := func(name string, texts ...string) kind {
		k := kind{name: name}
		for _, text := range texts {
			k.queries = append(k.queries, models.Query{Text: text, Limit: 50, Order: models.ByListed})
		}
		return k
	}
	in := func(k kind, name string, narrow func(*models.Query)) kind {
		n := kind{name: k.name + "-" + name}
		for _, q := range k.queries {
			narrow(&q)
			n.queries = append(n.queries, q)
		}
		return n
	}
	commonest := words("commonest", everyWord, p.words[0], p.words[1], p.words[2])
	second, rare, mid := words("every-second", secondWord), words("rare", rareWords...), words("one-in-100", midWords...)
	phrase := words("phrase", phrases...)
	large := func(q *models.Query) { q.View.Section = "s00" }
	little := func(q *models.Query) { q.View.Section = "s19" }
	place := func(q *models.Query) { q.View.Region = "r30" }
	return append([]kind{
		commonest, second, rare, mid, phrase,
		words("phrase-quoted", "\"工作会议\"", "\"改革发展\" 通知", "\"人民生活\" 云溪", "\"社区工作\" \"城市文化\""),
		words("two-words", "工作 发展", "云溪 通知", "通知 垃圾分类", "学校 貔貅"),
		words("vocabulary", p.words[200:400]...),
		words("one-character", "的", "工", "花", "溪", "猫"),
		words("formed-by-nobody", "溪通", "知云", "柏青", "松溪"),
		words("formed-of-common-pairs", neverWord, "\""+neverWord+"\" 通知"),
		in(commonest, "in-large-section", large), in(commonest, "in-small-section", little), in(commonest, "in-region", place),
		in(mid, "in-large-section", large), in(mid, "in-small-section", little),
		in(rare, "in-large-section", large), in(rare, "in-small-section", little),
		in(commonest, "page-20", func(q *models.Query) { q.Cursor = models.Cursor{Order: models.BySeq, At: int64(p.size - 1000)} }),
		in(second, "in-a-span", func(q *models.Query) {
			q.Until = p.article(p.size / 2).published
			q.Since = q.Until - 30*day
		}),
	}, mergedKinds()...)
}

// mergedKinds have no words.
func mergedKinds() (all []kind) {
	for name, q := range map[string]models.Query{
		"merge-two-sections":      {Sections: []string{"s00", "s07"}},
		"merge-region-and-source": {View: models.View{Region: "r00"}, Sources: []string{"source-000", "source-008"}},
		"merge-all-but-a-source":  {Without: []string{"source-000"}},
		"merge-sections-regions":  {Sections: []string{"s01", "s09", "s15"}, Regions: []string{"r01", "r12"}},
		"merge-source-elsewhere":  {View: models.View{Region: "r01"}, Sources: []string{"source-000"}},
	} {
		k := kind{name: name}
		for _, o := range []models.Order{models.ByListed, models.ByPublished} {
			q.Order, q.Limit = o, 50
			k.queries = append(k.queries, q)
		}
		all = append(all, k)
	}
	return all
}

// anywhere are the same questions, asked for a page further down.
func (k kind) anywhere(p *press) kind {
	down := kind{name: k.name}
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 / len(k.queries) {
		for _, q := range k.queries {
			a := p.article(p.size/10 + r.IntN(p.size-p.size/10))
			q.Cursor = models.Cursor{Order: q.Order, At: int64(a.published), ID: a.id}
			if q.Text != "" {
				q.Cursor = models.Cursor{Order: models.BySeq, At: a.seq}
			}
			down.queries = append(down.queries, q)
		}
	}
	return down
}

func (k kind) measure(b *testing.B, s *Store) {
	_, err := s.List(b.Context(), k.queries[0])
	must(b, err)
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		_, err := s.List(b.Context(), k.queries[i%len(k.queries)])
		took = append(took, time.Since(start))
		must(b, err)
	}
	report(b, took)
}

func (k kind) cold(b *testing.B, d database) {
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		s, err := Open(b.Context(), d.dsn, Options{Clock: newClock().now})
		must(b, err)
		_, err = s.Rev(b.Context())
		must(b, err)
		start := time.Now()
		_, err = s.List(b.Context(), k.queries[i%len(k.queries)])
		took = append(took, time.Since(start))
		must(b, err)
		must(b, s.Close())
	}
	report(b, took)
}

func report(b *testing.B, took []time.Duration) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(rank(took, 0.5))/1e6, "p50-ms")
	b.ReportMetric(float64(rank(took, 0.95))/1e6, "p95-ms")
}
