package aggregator

import (
	"bytes"
	"encoding/gob"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"civicfeed/aggregator/fetch"
	"civicfeed/models"
	"civicfeed/models/store"
)

func TestWayOf(t *testing.T) {
	const day, now = models.Millis(24 * 3600 * 1000), models.Millis(1_800_000_000_000)
	died := func(body string, ago models.Millis) models.Mark { return models.Mark{Body: body, At: now - ago} }
	poison := func(body string, ago models.Millis) models.Mark {
		return models.Mark{Body: body, At: now - ago, Poison: true}
	}
	for name, tt := range map[string]struct {
		mark models.Mark
		want way
		left models.Mark // when the body was read well
	}{
		"nothing":            {models.Mark{}, here, models.Mark{}},
		"died of it":         {died("b", 1), alone, models.Mark{}},
		"of another":         {died("x", 1), alone, died("x", 1)},
		"almost a day ago":   {died("x", day-1), alone, died("x", day-1)},
		"a day ago":          {died("b", day), here, models.Mark{}},
		"of another then":    {died("x", day), here, models.Mark{}},
		"poison":             {poison("b", day-1), never, models.Mark{}},
		"other poison":       {poison("x", day-1), alone, poison("x", day-1)},
		"poison, a day ago":  {poison("b", day), alone, models.Mark{}},
		"other, a day ago":   {poison("x", day), alone, models.Mark{}},
		"of a clock gone on": {died("b", -10*day), alone, models.Mark{}},
	} {
		if got := wayOf(tt.mark, "b", now); got != tt.want {
			t.Errorf("%s: way %d, want %d", name, got, tt.want)
		}
		if got := remains(tt.mark, "b", now); got != tt.left {
			t.Errorf("%s: %+v is left, want %+v", name, got, tt.left)
		}
	}
}

// TestReadAloneReadsAlike: what another process reads is what this one would.
func TestReadAloneReadsAlike(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	src := models.Source{Key: "daily", Name: "日报", Location: zone, Language: "zh-CN", MaxItems: 15}
	for _, body := range [][]byte{cityFeed(), []byte("<html>")} {
		resp := &fetch.Response{URL: "http://www.example.gov.cn/rss.xml", Body: body, ContentType: "text/xml", ContentLanguage: "zh"}
		want, wantErr := Read(resp, src)
		var in, out bytes.Buffer
		var got reading
		if err := errors.Join(gob.NewEncoder(&in).Encode(documentOf(resp, src)), readAloneWith(Read, &in, &out), gob.NewDecoder(&out).Decode(&got)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Reading, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(Reading{})); diff != "" {
			t.Errorf("reading (-here +alone):\n%s", diff)
		}
		if wantErr != nil && (got.Error != wantErr.Error() || got.Class != models.ClassOf(wantErr)) {
			t.Errorf("%s: %s, want %v", got.Class, got.Error, wantErr)
		}
	}
}

// TestR38CrashingFeed: a feed over which the process really dies ends the daemon once and never
// again, while others are visited and whatever it is changed into.
func TestR38CrashingFeed(t *testing.T) {
	t.Parallel()
	x := newTroubles(t)
	x.city.says("bad", overflowWord)
	x.visit(true)
	x.wantTried(0)
	x.city.says("good", "甲", "乙")
	x.visit(false)
	x.wantTried(1)
	x.wantHeld("good", "甲", "乙")
	x.wantPoison("tried alone")
	x.visit(false)
	x.wantTried(0)
	x.wantPoison("not tried again")
	x.city.says("bad", overflowWord, "又")
	x.visit(false)
	x.wantTried(1)
	x.wantPoison("changed")
	x.days = 2
	x.visit(false)
	x.wantTried(1)
	x.wantPoison("after a day")
	x.city.says("bad", "好")
	x.visit(false)
	x.wantTried(1)
	x.wantHeld("bad", "好")
	x.city.says("bad", overflowWord, "又")
	x.visit(false)
	x.wantTried(0)
	x.city.says("bad", "好", "更好")
	x.days = 4
	x.visit(false)
	x.wantTried(1)
	if s := x.wantHeld("bad", "好", "更好"); s.Class != "" || s.Reading != (models.Mark{}) {
		t.Errorf("in the end it is %q, mark %+v", s.Class, s.Reading)
	}
	x.wantHeld("good", "甲", "乙")
}

// TestR38KilledIsNoPoison: what was being read when the process was killed is read the next time,
// and with it all that comes from its source that day.
func TestR38KilledIsNoPoison(t *testing.T) {
	t.Parallel()
	x := newTroubles(t)
	x.city.says("bad", killWord)
	x.kill()
	if s := x.wantHeld("bad"); s.Reading.Body == "" || s.Reading.Poison {
		t.Fatalf("the mark is %+v", s.Reading)
	}
	x.visit(false)
	x.wantTried(1)
	if s := x.wantHeld("bad", killWord); s.Reading != (models.Mark{}) {
		t.Errorf("the mark is %+v", s.Reading)
	}
	x.city.says("bad", killWord, "乙")
	x.kill()
	x.city.says("bad", killWord, "丙")
	x.visit(false)
	x.wantTried(1)
	if s := x.wantHeld("bad", killWord, "丙"); s.Reading.Body == "" {
		t.Error("another body took the suspicion away")
	}
	x.days = 2
	x.city.says("bad", killWord, "丁")
	x.visit(false)
	x.wantTried(0)
	if s := x.wantHeld("bad", killWord, "丙", "丁"); s.Reading != (models.Mark{}) {
		t.Errorf("a day later the mark is %+v", s.Reading)
	}
}

// TestR37Quarantine: a panic harms no other source; its body is not read again until it changes.
func TestR37Quarantine(t *testing.T) {
	t.Parallel()
	x := newTroubles(t)
	x.city.says("bad", panicWord)
	visit := func() { visitAll(t, x.db, cityCatalog(x.city.URL, "good", "bad"), 0, nil) }
	visit()
	if s := x.wantHeld("bad"); s.Class != models.ErrInternal || !strings.Contains(s.Error, "civicfeed itself failed (惊慌)") {
		t.Errorf("class %q: %s", s.Class, s.Error)
	}
	x.wantHeld("good", "甲")
	visit()
	x.wantPoison("the same again")
	x.city.says("bad", "好")
	visit()
	x.wantHeld("bad", "好")
}

// TestR38ABusyDatabaseIsNoPoison: that a mark cannot be written says nothing of the body.
func TestR38ABusyDatabaseIsNoPoison(t *testing.T) {
	inBubble(t, daily, func(b *bubble) {
		b.on("daily.example/rss.xml", says(rss("桂花节")))
		b.alter("CREATE TRIGGER busy BEFORE UPDATE OF reading_body ON sources WHEN new.leased_until > 0 BEGIN SELECT RAISE(ABORT, 'busy'); END")
		b.visit(store.Which{})
		b.ended(models.Failed, models.ErrInternal)
		if s := b.state("daily"); s.Reading != (models.Mark{}) || !strings.Contains(s.Error, "busy") {
			b.Errorf("the mark is %+v: %s", s.Reading, s.Error)
		}
		b.alter("DROP TRIGGER busy")
		b.visit(store.Which{Force: true})
		b.holds("daily", "桂花节")
	})
}

// TestR37APanicElsewhereIsPoisonToo: it ends the process in which its body is read alone.
func TestR37APanicElsewhereIsPoisonToo(t *testing.T) {
	t.Parallel()
	x := newTroubles(t)
	x.city.says("bad", overflowWord)
	x.visit(true)
	x.city.says("bad", panicWord)
	x.visit(false)
	x.wantTried(1)
	x.wantPoison("a panic")
	x.visit(false)
	x.wantTried(0)
}
