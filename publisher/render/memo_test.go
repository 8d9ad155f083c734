package render

import (
	"bytes"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"sync"
	"testing"

	"civicfeed/models"
)

// recalled is a page as one shows it who has a memo: only what the memo lacks is loaded.
func recalled(p *Page, memo *Memo) *Page {
	q := *p
	q.Memo, q.Stories = memo, nil
	missing := q.Recall(mentioned(p.Stories))
	for _, st := range p.Stories {
		if slices.Contains(missing, st.ID) {
			q.Stories = append(q.Stories, st)
		}
	}
	return &q
}

// wantSame wants a page from the memo to be the page without, in every format.
func wantSame(t testing.TB, p *Page, memo *Memo) {
	t.Helper()
	for _, f := range Formats() {
		whole := *p
		whole.Memo, whole.Mentions = nil, nil
		want, err := joined(f.Render)(&whole)
		if err != nil {
			t.Fatalf("%s: %v", f.Suffix, err)
		}
		q := recalled(p, memo)
		got, err := joined(f.Render)(q)
		if err != nil {
			t.Fatalf("%s, from the memo: %v", f.Suffix, err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("%s from the memo is another page:\n%s\nwithout:\n%s", f.Suffix, got, want)
		}
		if cap(got) > len(got)+len(got)/8+1024 {
			t.Errorf("%s: a buffer of %d for %d bytes", f.Suffix, cap(got), len(got))
		}
		if len(q.Left) != len(whole.Left) {
			t.Errorf("%s: left %v, without a memo %v", f.Suffix, q.Left, whole.Left)
		}
		if err := f.Check(got); err != nil {
			t.Errorf("%s: %v", f.Suffix, err)
		}
	}
}

// TestMemoIsInvisible changes stories, sources, terms and the catalog at random, and wants every page
// from the memo to be that without one.
func TestMemoIsInvisible(t *testing.T) {
	for seed := range int64(8) {
		random := rand.New(rand.NewSource(seed))
		w := newWorld(random)
		memo := NewMemo([]int64{1 << 30, 200_000, 20_000, 0}[seed%4]) // forgets nothing, some, most, all
		for range 16 {
			w.change()
			wantSame(t, w.page(), memo)
		}
		if memo.used < 0 || memo.used > memo.room || len(memo.byID) != memo.line.Len() {
			t.Errorf("a memo of %d holds %d bytes, %d of %d stories", memo.room, memo.used, len(memo.byID), memo.line.Len())
		}
		var used int64
		for _, h := range memo.byID {
			used += h.size
		}
		if used != memo.used {
			t.Errorf("stories of %d bytes are counted as %d", used, memo.used)
		}
	}
}

// world is a site whose stories, sources and catalog change.
type world struct {
	*rand.Rand
	catalog *models.Catalog
	sources map[string]models.SourceState
	stories []models.Story
	rev     int64
}

func newWorld(random *rand.Rand) *world {
	w := &world{Rand: random, catalog: city(), sources: sources()}
	w.stories = append(newsPage(models.View{}).Stories, usual(20).Stories...)
	for i := range w.stories {
		w.rev++
		w.stories[i].Rev = w.rev
	}
	return w
}

func (w *world) change() {
	w.rev++
	i := w.Intn(len(w.stories))
	st := w.stories[i]
	st.Items = slices.Clone(st.Items)
	st.Rev = w.rev
	switch w.Intn(8) {
	case 0:
		st.Items[0].Title = fmt.Sprintf("改了 %d 次 <&]]>", w.rev)
	case 1:
		st.Items[0].Content = "<p>" + strings.Repeat("正文很长。", w.Intn(6_000)) + "</p>"
	case 2:
		st.Sections, st.Updated = []string{[]string{"focus", "notices", "tenders"}[w.Intn(3)]}, st.Updated+models.Millis(w.Intn(1000))
	case 3:
		st.Items = append(st.Items, models.Item{Source: "radio", Title: "同文", Link: fmt.Sprint("https://radio.yunlan.example/", w.rev)})
	case 4:
		st.Published = models.MillisOf(st.Published.Time().AddDate([]int{0, 0, 9000}[w.Intn(3)], 0, w.Intn(3)))
	case 5: // a source says something else of itself: no story is another for that
		s := w.sources["radio"]
		s.Feed.Rights, s.Republish = fmt.Sprint("© ", w.rev), []models.Terms{models.Full, models.Excerpt, models.Title}[w.Intn(3)]
		w.sources["radio"] = s
		return
	case 6:
		cat := *w.catalog
		cat.Sections = slices.Clone(cat.Sections)
		cat.Sections[0].Title = fmt.Sprint("聚焦 ", w.rev)
		w.catalog = &cat
		return
	case 7:
		w.Shuffle(len(w.stories), func(i, j int) { w.stories[i], w.stories[j] = w.stories[j], w.stories[i] })
		return
	}
	w.stories[i] = st
}

func (w *world) page() *Page {
	p := &Page{Catalog: w.catalog, Base: "https://feeds.yunlan.example/", Sources: w.sources, Changed: stampOf("2026-11-20T03:00:05Z")}
	p.View = []models.View{{}, {Section: "focus"}, {Region: "heting"}, {Region: "heting", Section: "tenders"}, {Source: "daily"}}[w.Intn(5)]
	p.Stories = w.stories[:w.Intn(len(w.stories)+1)]
	if w.Intn(3) == 0 {
		p.Asked, p.Next, p.Newer = "limit=20", "cursor=l1.a&limit=20", "cursor=n7"
	}
	return p
}

// A memo that many use at once is the same for each; run with -race.
func TestMemoAtOnce(t *testing.T) {
	memo := NewMemo(100_000)
	var all sync.WaitGroup
	for seed := range int64(4) {
		all.Go(func() {
			w := newWorld(rand.New(rand.NewSource(1)))
			for i := range w.stories { // each has its own world of the same stories
				w.stories[i].ID = fmt.Sprintf("%d-%s", seed%2, w.stories[i].ID)
			}
			for range 4 {
				for _, f := range Formats() {
					if _, err := joined(f.Render)(recalled(w.page(), memo)); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
}

func TestRecallNamesWhatIsMissing(t *testing.T) {
	p := newsPage(models.View{})
	memo := NewMemo(1 << 20)
	mentions := mentioned(p.Stories)
	mentions = append(mentions, mentions[0])
	q := *p
	q.Memo = memo
	if got := q.Recall(mentions); len(got) != 6 {
		t.Fatalf("an empty memo lacks %v", got)
	}
	rendered(t, rssFormat(), &q)
	q.Stories = nil
	if got := q.Recall(mentions); len(got) != 0 {
		t.Fatalf("a full memo lacks %v", got)
	}
	mentions[1].Rev++
	if got := q.Recall(mentions); !slices.Equal(got, []string{"b2"}) {
		t.Fatalf("of a change the memo lacks %v", got)
	}
	if n := len(published(t, "rss", rendered(t, rssFormat(), &q))); n != 5 {
		t.Errorf("what is mentioned and neither known nor loaded is gone: %d stories", n)
	}
	s := q.Sources["dongpu"]
	s.Name = "another"
	q.Sources["dongpu"] = s
	mentions[1].Rev--
	if got := q.Recall(mentions); !slices.Equal(got, []string{"a1", "b2"}) {
		t.Errorf("when a source has another name the memo lacks %v", got)
	}
	q.Memo = nil
	if got := q.Recall(mentions); len(got) != 6 {
		t.Errorf("without a memo there lacks %v", got)
	}
}

// TestR57OneStoryFails: a story that cannot be written is left out of that format, and told; the page
// goes out, and from the memo as well.
func TestR57OneStoryFails(t *testing.T) {
	for _, name := range []string{"error", "panic", "not well-formed", "not checked"} {
		broken := func(e *record) ([]byte, error) {
			switch {
			case !strings.HasSuffix(e.id, "/b2"):
			case name == "error":
				return nil, fmt.Errorf("no words")
			case name == "panic":
				panic("no words")
			case name == "not well-formed":
				return []byte("\n<item><title>x</item>"), nil
			case name == "not checked":
				return []byte("\n<item><title>x</title></item>"), nil
			}
			return element(e.rss(), 2, 0)
		}
		s := rssScript()
		s.entry = broken
		p := newsPage(models.View{})
		p.Memo = NewMemo(1 << 20)
		for range 2 {
			out, err := joined(s.write)(p)
			if err != nil || CheckRSS(out) != nil {
				t.Fatalf("%s: %v %v", name, err, CheckRSS(out))
			}
			if n := len(published(t, "rss", out)); n != 5 || len(p.Left) != 1 || p.Left[0].ID != "b2" || p.Left[0].Err == nil {
				t.Errorf("%s: %d stories, left %v", name, n, p.Left)
			}
		}
		rendered(t, atomFormat(), p)
		if len(p.Left) != 0 {
			t.Errorf("%s: left of another format: %v", name, p.Left)
		}
	}
	p := newsPage(models.View{})
	p.Base = "nowhere/"
	for _, f := range feedFormats() {
		if _, err := joined(f.Render)(p); err == nil {
			t.Errorf("%s: a head without an address is no error", f.Suffix)
		}
	}
}

func TestMemoForgets(t *testing.T) {
	memo := NewMemo(60_000)
	for i := range 40 {
		p := usual(50)
		p.Stories = p.Stories[i : i+1]
		p.Stories[0].Rev, p.Memo = 1, memo
		rendered(t, rssFormat(), p)
		if memo.used > 60_000 {
			t.Fatalf("%d bytes are held", memo.used)
		}
	}
	last, first := usual(50).Stories[39], usual(50).Stories[0]
	if memo.byID[last.ID] == nil || memo.byID[first.ID] != nil {
		t.Error("what was used last is forgotten first")
	}
	old := usual(50).Stories[39]
	old.Rev = 0
	p := usual(1)
	p.Stories, p.Memo = []models.Story{old}, memo
	rendered(t, rssFormat(), p)
	if memo.byID[old.ID].story.Rev != 1 {
		t.Error("what is older came in the place of what is newer")
	}
}
