package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pageItem is what preview --format json tells of an article's page.
type pageItem struct {
	Title     string `json:"title"`
	URL       string `json:"url"`
	Content   string `json:"content_html"`
	Published string `json:"date_published"`
	Authors   []struct {
		Name string `json:"name"`
	} `json:"authors"`
	Own struct {
		Byline []struct {
			Role, Name, Outlet string
		} `json:"byline"`
		Credit     string   `json:"credit"`
		Editor     string   `json:"editor"`
		Breadcrumb []string `json:"breadcrumb"`
		Column     string   `json:"column"`
		Previous   neighbour
		Next       neighbour
		Places     []string `json:"places"`
		Steps      []struct{ What, From, To, Why string }
	} `json:"_civicfeed"`
}

type neighbour struct{ Title, URL, Column string }

// showPage runs preview on a page.
func showPage(t *testing.T, args ...string) []pageItem {
	t.Helper()
	var out, errs bytes.Buffer
	args = append([]string{"preview", "--format", "json", "--config", filepath.Join(t.TempDir(), "none.yaml")}, args...)
	if status := run(t.Context(), args, strings.NewReader(""), &out, &errs); status != done {
		t.Fatalf("civicfeed %s: exit status %d: %s", strings.Join(args, " "), status, errs.String())
	}
	var doc struct{ Items []pageItem }
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Items
}

// founding is what a person reads off the page by which this project was founded.
type founding struct {
	URL, Title, Section, Credit, Published, Editor, Outlet string

	Breadcrumb []string
	Byline     []struct{ Role, Name string }
	BodyFirst  string `json:"body_first"`
	BodyLast   string `json:"body_last"`
	Paragraphs int    `json:"paragraphs_without_byline"`
	Subheads   []string
	NotInBody  []string `json:"not_in_body"`
	Previous   string
	NextTitle  string   `json:"next_title"`
	NextColumn string   `json:"next_column"`
	Places     []string `json:"regions_mentioned"`
}

// seed finds the founding page, kept beside the repository.
func seed(t *testing.T) (page string, want founding) {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "shared", "seed")
	text, err := os.ReadFile(filepath.Join(folder, "expected.json"))
	if err != nil {
		t.Skipf("the founding page is not here: %v", err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(filepath.Join(folder, "*.shtml"))
	if err != nil || len(pages) != 1 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	return pages[0], want
}

// TestFoundingPage: every value that a person reads off the page comes out of it.
func TestFoundingPage(t *testing.T) {
	page, want := seed(t)
	items := showPage(t, page, "--base", want.URL, "--steps")
	if len(items) != 1 {
		t.Fatalf("%d items", len(items))
	}
	it := items[0]
	same := func(what string, want, got any) {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	same("title", want.Title, it.Title)
	same("column", want.Section, it.Own.Column)
	same("breadcrumb", want.Breadcrumb, it.Own.Breadcrumb)
	same("credit", want.Credit, it.Own.Credit)
	same("published", want.Published, it.Published)
	same("editor", want.Editor, it.Own.Editor)
	same("previous", want.Previous, it.Own.Previous.Title)
	same("next", neighbour{want.NextTitle, it.Own.Next.URL, want.NextColumn}, it.Own.Next)
	var byline []struct{ Role, Name string }
	var names, authors []string
	for _, p := range it.Own.Byline {
		if p.Name != want.Editor {
			byline, names = append(byline, struct{ Role, Name string }{p.Role, p.Name}), append(names, p.Name)
		}
	}
	for _, a := range it.Authors {
		authors = append(authors, a.Name)
	}
	same("byline", want.Byline, byline)
	same("authors", names, authors)
	if len(it.Own.Byline) > 0 {
		same("outlet", want.Outlet, it.Own.Byline[0].Outlet)
	}
	for _, place := range want.Places {
		if !slices.Contains(it.Own.Places, place) {
			t.Errorf("places: %s is not among %s", place, it.Own.Places)
		}
	}
	if n := len(it.Own.Places); n > len(want.Places)+3 {
		t.Errorf("places: %d of %d are not expected: %s", n-len(want.Places), n, it.Own.Places)
	}
	wantFoundingBody(t, &it, &want)
	wantFoundingSteps(t, &it)
}

func wantFoundingBody(t *testing.T, it *pageItem, want *founding) {
	t.Helper()
	paragraphs := paragraphsOf(it.Content)
	if len(paragraphs) != want.Paragraphs+len(want.Subheads) && len(paragraphs) != want.Paragraphs {
		t.Errorf("%d paragraphs, want %d, and %d headings", len(paragraphs), want.Paragraphs, len(want.Subheads))
	}
	if len(paragraphs) == 0 {
		return
	}
	if first, last := paragraphs[0], paragraphs[len(paragraphs)-1]; first != want.BodyFirst || last != want.BodyLast {
		t.Errorf("the body begins with %q and ends with %q", first, last)
	}
	for _, head := range want.Subheads {
		if !slices.Contains(paragraphs, head) {
			t.Errorf("the heading %s is not in the body", head)
		}
	}
	for _, word := range want.NotInBody {
		if strings.Contains(it.Content, word) {
			t.Errorf("%s is in the body", word)
		}
	}
}

// paragraphsOf are the texts of paragraphs and headings.
func paragraphsOf(content string) (all []string) {
	for _, part := range strings.Split(content, "</") {
		i := max(strings.LastIndex(part, "<p"), strings.LastIndex(part, "<h"))
		if i < 0 {
			continue
		}
		if _, text, ok := strings.Cut(part[i:], ">"); ok && strings.TrimSpace(text) != "" {
			all = append(all, strings.Join(strings.Fields(text), " "))
		}
	}
	return all
}

// wantFoundingSteps: it is told where each value came from.
func wantFoundingSteps(t *testing.T, it *pageItem) {
	t.Helper()
	told := map[string]bool{}
	for _, s := range it.Own.Steps {
		told[s.What] = told[s.What] || s.To != "" && s.Why != ""
	}
	for _, what := range strings.Fields("title published credit breadcrumb column previous next people editor body places") {
		if !told[what] {
			t.Errorf("it is not told where %s came from", what)
		}
	}
}
