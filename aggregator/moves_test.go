package aggregator

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"civicfeed/models"
)

const movingCity = "sources: [{key: a, name: 甲, url: \"http://old.example/feed\", schedule: \"0 */6 * * *\"}]\n"

// sends is an origin that answers with a redirect.
func sends(status int, to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	}
}

// askedSince are the hosts asked after so many requests, each once in a row.
func askedSince(b *bubble, n int) string {
	var hosts []string
	for _, a := range b.at("")[n:] {
		host, _, _ := strings.Cut(a.url, ".")
		hosts = append(hosts, host)
	}
	return strings.Join(hosts, " ")
}

func TestF34MovedForGood(t *testing.T) {
	for _, status := range []int{301, 308} {
		inBubble(t, movingCity, func(b *bubble) {
			b.on("old.example/feed", sends(status, "http://new.example/feed"))
			b.on("new.example/feed", says(rss("一"), "ETag", `"1"`))
			b.leap(71 * time.Hour)
			if s := b.state("a"); s.Address != "" || s.Moved.To != "http://new.example/feed" || s.Moved.Seen < 10 {
				t.Fatalf("%d: after less than three days: %q, %+v", status, s.Address, s.Moved)
			}
			if strings.Contains(b.log.String(), "moved") {
				t.Error("logged already")
			}
			b.leap(13 * time.Hour)
			if s := b.state("a"); s.Address != "http://new.example/feed" || s.URL != "http://old.example/feed" {
				t.Fatalf("%d: after more than three days: asked at %q", status, s.Address)
			}
			if got := strings.Count(b.log.String(), `msg="source has moved" source=a url=http://old.example/feed to=http://new.example/feed`); got != 1 {
				t.Errorf("%d: logged %d times:\n%s", status, got, b.log.String())
			}
			before := len(b.at(""))
			b.leap(24 * time.Hour)
			if got := askedSince(b, before); got != "new new new new" {
				t.Errorf("%d: asked %s", status, got)
			}
			if !b.at("")[before].conditional() {
				t.Error("its copy is forgotten")
			}
			b.holds("a", "一")
		})
	}
}

// The validators of a source that answers 304 all the while are those of its new address.
func TestF34MovedWhileUnchanged(t *testing.T) {
	inBubble(t, movingCity, func(b *bubble) {
		b.on("old.example/feed", sends(301, "http://new.example/feed"))
		b.on("new.example/feed", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			says(rss("一"), "Etag", `"1"`)(w, r)
		})
		b.leap(84 * time.Hour)
		if s := b.state("a"); s.Address != "http://new.example/feed" {
			t.Fatalf("asked at %q, %+v", s.Address, s.Moved)
		}
		before := len(b.at(""))
		b.leap(24 * time.Hour)
		if got := askedSince(b, before); got != "new new new new" {
			t.Errorf("asked %s", got)
		}
	})
}

func TestF34OtherAnswersBeginAnew(t *testing.T) {
	inBubble(t, movingCity, func(b *bubble) {
		away := sends(301, "http://new.example/feed")
		b.on("old.example/feed", turns(away, away, away, away, away, away, away, away, away, away, says(rss("一")), away, away, away, away, away))
		b.on("new.example/feed", says(rss("一")))
		b.leap(90 * time.Hour) // the eleventh answer was the feed itself
		if s := b.state("a"); s.Address != "" || s.Moved.Seen > 5 || s.Moved.Seen < 3 {
			t.Errorf("asked at %q, %+v", s.Address, s.Moved)
		}
	})
}

// An answer that leads to no feed is not believed, however often it comes.
func TestF34NothingIsThere(t *testing.T) {
	inBubble(t, movingCity, func(b *bubble) {
		b.on("old.example/feed", sends(301, "http://new.example/login"))
		b.on("new.example/login", says("<html><title>登录</title></html>"))
		b.leap(30 * 24 * time.Hour)
		b.ended(models.Failed, models.ErrNotAFeed)
		if s := b.state("a"); s.Address != "" || s.Moved != (models.Move{}) {
			t.Errorf("asked at %q, %+v", s.Address, s.Moved)
		}
	})
}

func TestF35MovedForNow(t *testing.T) {
	for _, status := range []int{302, 303, 307} {
		inBubble(t, movingCity, func(b *bubble) {
			b.on("old.example/feed", sends(status, "http://new.example/feed"))
			b.on("new.example/feed", says(rss("一")))
			b.leap(10 * 24 * time.Hour)
			if s := b.state("a"); s.Address != "" || s.Moved != (models.Move{}) {
				t.Errorf("%d: asked at %q, %+v", status, s.Address, s.Moved)
			}
			if got := len(b.at("old.example/feed")); got < 35 {
				t.Errorf("%d: its own address was asked %d times", status, got)
			}
			b.holds("a", "一")
		})
	}
}

// moved is a bubble whose source is asked at its new address.
func moved(t *testing.T, old, new http.HandlerFunc, test func(*bubble)) {
	inBubble(t, movingCity, func(b *bubble) {
		away := sends(301, "http://new.example/feed")
		b.on("old.example/feed", func(w http.ResponseWriter, r *http.Request) {
			if b.state("a").Address == "" && len(b.at("new.example/feed")) < 20 {
				away(w, r)
				return
			}
			old(w, r)
		})
		b.on("new.example/feed", func(w http.ResponseWriter, r *http.Request) {
			if b.state("a").Address == "" {
				says(rss("一"))(w, r)
				return
			}
			new(w, r)
		})
		b.leap(84 * time.Hour)
		if b.state("a").Address == "" {
			t.Fatal("not moved")
		}
		test(b)
	})
}

// Where it has moved to fails for a day: the old address is tried again, and taken back if it answers.
func TestF34BackToTheOldAddress(t *testing.T) {
	for name, broken := range map[string]http.HandlerFunc{
		"a fault": fails(500), "missing": fails(404), "gone": fails(410), "a domain seller": says("<html>此域名出售</html>"),
	} {
		moved(t, says(rss("一", "二")), broken, func(b *bubble) {
			before := len(b.at(""))
			b.leap(20 * time.Hour)
			if got := askedSince(b, before); strings.Contains(got, "old") || !strings.Contains(got, "new") {
				t.Errorf("%s: in the first hours %s were asked", name, got)
			}
			b.leap(4 * 24 * time.Hour)
			if s := b.state("a"); s.Address != "" || s.Failures != 0 {
				t.Errorf("%s: asked at %q, %d failures", name, s.Address, s.Failures)
			}
			if !strings.Contains(b.log.String(), `msg="source did not move after all" source=a`) {
				t.Errorf("%s: the log does not tell", name)
			}
			b.holds("a", "一", "二")
		})
	}
}

// Neither answers: both are asked in turn, for ever, and the one that comes back is heard.
func TestF34NeitherAddressIsGivenUp(t *testing.T) {
	begin := time.Time{}
	back := func(w http.ResponseWriter, r *http.Request) {
		if time.Since(begin) < 30*24*time.Hour {
			fails(503)(w, r)
			return
		}
		says(rss("一", "三"))(w, r)
	}
	moved(t, fails(503), back, func(b *bubble) {
		begin = time.Now()
		before := len(b.at(""))
		b.leap(29 * 24 * time.Hour)
		if got := askedSince(b, before); strings.Count(got, "old") < 10 || strings.Count(got, "new") < 10 {
			t.Errorf("asked %s", got)
		}
		b.leap(4 * 24 * time.Hour)
		if s := b.state("a"); s.Address != "http://new.example/feed" || s.Failures != 0 {
			t.Errorf("asked at %q, %d failures", s.Address, s.Failures)
		}
		b.holds("a", "一", "三")
	})
}

// The admin has the last word.
func TestF34AnotherURLInTheFile(t *testing.T) {
	moved(t, fails(500), says(rss("一")), func(b *bubble) {
		b.on("third.example/feed", says(rss("一", "四")))
		b.apply(strings.Replace(movingCity, "old.example", "third.example", 1))
		b.leap(time.Hour)
		if s := b.state("a"); s.Address != "" || s.URL != "http://third.example/feed" {
			t.Errorf("asked at %q, of %s", s.Address, s.URL)
		}
		b.holds("a", "一", "四")
	})
}

func TestF32GoneKeepsTheArchive(t *testing.T) {
	inBubble(t, movingCity, func(b *bubble) {
		b.on("old.example/feed", turns(says(rss("一", "二")), fails(410)))
		b.leap(12 * time.Hour)
		b.ended(models.Failed, models.ErrGone)
		before := len(b.at(""))
		b.leap(29 * 24 * time.Hour)
		if n := len(b.at("")) - before; n != 0 {
			t.Errorf("asked %d times in the month after", n)
		}
		b.leap(2 * 24 * time.Hour)
		if n := len(b.at("")) - before; n != 1 {
			t.Errorf("asked %d times after a month", n)
		}
		b.holds("a", "一", "二")
	})
}
