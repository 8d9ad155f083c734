package aggregator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"

	"civicfeed/aggregator/fetch"
	"civicfeed/models"
)

var update = flag.Bool("update", false, "write what is expected of the corpus anew")

// The corpus: testdata/corpus/CLASS holds documents as sites serve them, each with what must come
// of it beside it, in the same name and .want. To add a case, put the document there, run
//
//	go test ./aggregator -run Corpus -update
//
// and read what was written. What a document came with, where that matters, stands in given,
// which -update keeps. A folder is a source visited once for each document in it, in their order.
const corpusFolder = "testdata/corpus"

// given is what is known of a document beside itself.
type given struct {
	URL             string `json:"url,omitempty"`
	ContentType     string `json:"content_type,omitempty"`
	ContentLocation string `json:"content_location,omitempty"`
	ContentLanguage string `json:"content_language,omitempty"`
	Zone            string `json:"zone,omitempty"`
	Language        string `json:"language,omitempty"`
	Encoding        string `json:"encoding,omitempty"`
	MaxItems        int    `json:"max_items,omitempty"`
}

// outcome is what is expected of a document, and nothing that is the same for all.
type outcome struct {
	Why      string        `json:"why,omitempty"` // the case is there; kept by -update
	Given    *given        `json:"given,omitempty"`
	Refused  string        `json:"refused,omitempty"`
	Encoding string        `json:"encoding,omitempty"`
	Partial  bool          `json:"partial,omitempty"`
	Warnings []string      `json:"warnings,omitempty"`
	Feed     *outcomeFeed  `json:"feed,omitempty"`
	Items    []outcomeItem `json:"items,omitempty"`
}

type outcomeFeed struct {
	models.Feed
	Published string `json:"published,omitempty"`
	Updated   string `json:"updated,omitempty"`
}

type outcomeItem struct {
	GUID       string            `json:"guid,omitempty"`
	Link       string            `json:"link,omitempty"`
	Title      string            `json:"title,omitempty"`
	Published  string            `json:"published,omitempty"`
	Updated    string            `json:"updated,omitempty"`
	Summary    string            `json:"summary,omitempty"`
	Content    string            `json:"content,omitempty"`
	People     []models.Person   `json:"people,omitempty"`
	Categories []models.Category `json:"categories,omitempty"`
	Media      []models.Media    `json:"media,omitempty"`
	Image      string            `json:"image,omitempty"`
	Comments   string            `json:"comments,omitempty"`
	Language   string            `json:"language,omitempty"`
	Rights     string            `json:"rights,omitempty"`
	Credit     string            `json:"credit,omitempty"`
	Warnings   []string          `json:"warnings,omitempty"`
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	classes, seen := map[string]int{}, 0
	err := filepath.WalkDir(corpusFolder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || strings.HasSuffix(name, ".want") || name == corpusFolder {
			return err
		}
		class := filepath.Base(filepath.Dir(name))
		if d.IsDir() && class == filepath.Base(corpusFolder) { // a class itself
			return nil
		}
		seen++
		classes[class]++
		t.Run(class+"/"+d.Name(), func(t *testing.T) {
			t.Parallel()
			if d.IsDir() {
				visits(t, name)
			} else {
				reads(t, name)
			}
		})
		if d.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 100 || len(classes) < 7 {
		t.Errorf("%d cases of %d classes: some are lost", seen, len(classes))
	}
}

// reads holds what is read in one document against what is expected.
func reads(t *testing.T, name string) {
	body, err := os.ReadFile(name)
	must(t, err)
	var want struct {
		Why   string
		Given *given
	}
	expected(t, name, &want)
	got := readAs(t, body, want.Given)
	got.Why, got.Given = want.Why, want.Given
	agree(t, name, got)
	if d := diff.Diff(got.Items, readAs(t, body, want.Given).Items); d != "" {
		t.Errorf("read again it differs:\n%s", d)
	}
}

func readAs(t *testing.T, body []byte, g *given) outcome {
	t.Helper()
	if g == nil {
		g = &given{}
	}
	zone, url := g.Zone, g.URL
	if zone == "" {
		zone = "Asia/Shanghai"
	}
	if url == "" {
		url = "https://www.linhu.example/rss/yw.xml"
	}
	loc, err := time.LoadLocation(zone)
	must(t, err)
	src := models.Source{Key: "linhu", Name: "临湖", URL: url, Location: loc, Language: g.Language, Encoding: g.Encoding, MaxItems: g.MaxItems}
	r, err := Read(&fetch.Response{
		Status: 200, URL: url, Body: body,
		ContentType: g.ContentType, ContentLocation: g.ContentLocation, ContentLanguage: g.ContentLanguage,
	}, src)
	if err != nil {
		return outcome{Refused: string(models.ClassOf(err)) + ": " + err.Error()}
	}
	r.Feed.Warnings = nil // they are among those of the reading
	out := outcome{Encoding: r.Encoding, Partial: r.Partial, Warnings: r.Warnings, Feed: &outcomeFeed{r.Feed, utc(r.Feed.Published), utc(r.Feed.Updated)}}
	for i := range r.Items {
		out.Items = append(out.Items, outcomeOf(&r.Items[i]))
	}
	return out
}

// outcomeOf leaves out what follows from the rest.
func outcomeOf(it *models.Item) outcomeItem {
	o := outcomeItem{
		GUID: it.GUID, Link: it.Link, Title: it.Title, Published: moment(it.Published), Updated: moment(it.Updated),
		Summary: it.Summary, Content: it.Content, People: it.People, Categories: it.Categories, Media: it.Media,
		Image: it.Image, Comments: it.Comments, Language: it.Language, Rights: it.Rights, Credit: it.Credit, Warnings: it.Warnings,
	}
	if o.Updated == o.Published {
		o.Updated = ""
	}
	return o
}

// moment writes a time with its precision, and as the source wrote it.
func moment(m models.Moment) string {
	switch {
	case m.At == 0 && m.Raw == "":
		return ""
	case m.At == 0:
		return "unread: " + m.Raw
	}
	return utc(m.At) + " " + string(m.Precision) + ": " + m.Raw
}

func utc(at models.Millis) string {
	if at == 0 {
		return ""
	}
	return at.Time().Format(time.RFC3339)
}

// polled is what is expected of one visit of several.
type polled struct {
	Outcome models.Outcome    `json:"outcome"`
	Class   models.ErrorClass `json:"class,omitempty"`
	New     int               `json:"new"`
	Changed int               `json:"changed"`
	Stories []string          `json:"stories"` // the number of each, by when it was first seen, and its title
}

// visits polls a source whose documents lie in a folder.
func visits(t *testing.T, folder string) {
	entries, err := os.ReadDir(folder)
	must(t, err)
	var got []polled
	inBubble(t, daily, func(b *bubble) {
		var pages []string
		for _, e := range entries {
			body, err := os.ReadFile(filepath.Join(folder, e.Name()))
			must(t, err)
			pages = append(pages, string(body))
		}
		numbers := map[string]int{}
		for i := range pages {
			if i == 0 {
				b.on("daily.example/rss.xml", turns(answers(pages)...))
			}
			b.more(1)
			got = append(got, polledNow(b, numbers))
		}
	})
	agree(t, folder, got)
}

func answers(pages []string) (all []http.HandlerFunc) {
	for _, p := range pages {
		all = append(all, says(p))
	}
	return all
}

func polledNow(b *bubble, numbers map[string]int) polled {
	b.Helper()
	v := b.last().Visit
	stories, err := b.store.Latest(b.Context(), models.View{}, models.ByListed, 1000)
	must(b, err)
	slices.SortFunc(stories, func(x, y models.Story) int { return cmp.Compare(x.Seq, y.Seq) })
	p := polled{Outcome: v.Outcome, Class: v.Class, New: v.New, Changed: v.Changed, Stories: []string{}}
	for _, s := range stories {
		if numbers[s.ID] == 0 {
			numbers[s.ID] = len(numbers) + 1
		}
		p.Stories = append(p.Stories, fmt.Sprintf("%d %s", numbers[s.ID], s.Items[0].Title))
	}
	return p
}

// expected reads what is expected of a case, as far as it is there.
func expected(t *testing.T, name string, want any) []byte {
	t.Helper()
	text, err := os.ReadFile(name + ".want")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	must(t, err)
	if err := json.Unmarshal(text, want); err != nil {
		t.Fatalf("%s.want: %v", name, err)
	}
	return text
}

// agree holds what came of a case against what is expected, or writes that.
func agree(t *testing.T, name string, got any) {
	t.Helper()
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	must(t, e.Encode(got))
	if *update {
		must(t, os.WriteFile(name+".want", text.Bytes(), 0o644))
		return
	}
	var whatever any
	if d := diff.Diff(string(expected(t, name, &whatever)), text.String()); d != "" {
		t.Errorf("%s: -want +got:\n%s", name, d)
	}
}
