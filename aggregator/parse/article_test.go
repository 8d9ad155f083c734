package parse_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"civicfeed/aggregator/decode"
	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// wanted is what is to come of an article's page: what is empty must not come. Texts of the body are
// compared without tags, white space folded. testdata/pages holds a page NAME.html as its site serves
// it, and beside it NAME.want.
type wanted struct {
	Kind        string    `json:"kind"` // empty: article
	Title       string    `json:"title"`
	Site        string    `json:"site"`
	Column      string    `json:"column"`
	Credit      string    `json:"credit"`
	Published   string    `json:"published"`
	Updated     string    `json:"updated"`
	Editor      string    `json:"editor"`
	Breadcrumb  []string  `json:"breadcrumb"`
	Byline      []string  `json:"byline"`
	Reviewers   []string  `json:"reviewers"`
	Previous    [2]string `json:"previous"`
	Next        [2]string `json:"next"`
	Summary     string    `json:"summary"`
	Language    string    `json:"language"`
	Canonical   string    `json:"canonical"`
	Image       string    `json:"image"` // empty: the first of images
	Images      []string  `json:"images"`
	Attachments [][4]any  `json:"attachments"`
	First       string    `json:"first,omitempty"` // the body begins with
	Last        string    `json:"last,omitempty"`  // it ends with
	Hold        []string  `json:"hold,omitempty"`  // it has
	Lack        []string  `json:"lack,omitempty"`  // it has not
}

func readArticle(t testing.TB, body []byte, rules parse.Rules) *parse.Page {
	t.Helper()
	text, err := decode.Page(body, "", "")
	if err != nil {
		t.Fatal(err)
	}
	page, err := parse.Article(text.Bytes, rules)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// TestArticles reads pages of many layouts without rules.
func TestArticles(t *testing.T) {
	files, err := filepath.Glob("testdata/pages/*.html")
	if err != nil || len(files) < 14 {
		t.Fatalf("%d pages, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".html"), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			said, err := os.ReadFile(strings.TrimSuffix(file, ".html") + ".want")
			if err != nil {
				t.Fatal(err)
			}
			var want wanted
			if err := json.Unmarshal(said, &want); err != nil {
				t.Fatal(err)
			}
			compare(t, readArticle(t, body, parse.Rules{}), want)
		})
	}
}

func compare(t *testing.T, p *parse.Page, want wanted) {
	t.Helper()
	if want.Kind == "" {
		want.Kind = "article"
	}
	if want.Image == "" && len(want.Images) > 0 {
		want.Image = want.Images[0]
	}
	got := wanted{
		Kind: string(p.Kind), Title: p.Title, Site: p.Site, Column: p.Column, Credit: p.Credit, Published: p.Published, Updated: p.Updated,
		Editor: p.Editor, Breadcrumb: p.Breadcrumb, Byline: p.Byline, Reviewers: p.Reviewers, Summary: p.Summary, Language: p.Language,
		Canonical: p.Canonical, Image: p.Image, Previous: [2]string{p.Previous.Title, p.Previous.Link}, Next: [2]string{p.Next.Title, p.Next.Link},
		First: want.First, Last: want.Last, Hold: want.Hold, Lack: want.Lack,
	}
	for _, m := range p.Images {
		got.Images = append(got.Images, m.URL)
	}
	for _, m := range p.Attachments {
		got.Attachments = append(got.Attachments, [4]any{m.URL, m.Type, float64(m.Length), m.Title})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%s", p.Reason, diff)
	}
	if want.Kind == "article" {
		compareBody(t, plainText(p.Body.Value), want)
	}
	for field, v := range map[string]string{"Title": p.Title, "Credit": p.Credit, "Published": p.Published, "Editor": p.Editor, "Column": p.Column} {
		if (v != "") != (p.Where[field] != "") {
			t.Errorf("%s is %q, told by %q", field, v, p.Where[field])
		}
	}
}

func compareBody(t *testing.T, text string, want wanted) {
	t.Helper()
	if !strings.HasPrefix(text, want.First) || !strings.HasSuffix(text, want.Last) {
		t.Errorf("the body begins or ends wrongly: %s", text)
	}
	for _, s := range want.Hold {
		if !strings.Contains(text, s) {
			t.Errorf("the body lacks %q: %s", s, text)
		}
	}
	for _, s := range want.Lack {
		if strings.Contains(text, s) {
			t.Errorf("the body has %q: %s", s, text)
		}
	}
}

// plainText is the text of markup, white space folded.
func plainText(markup string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(markup))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(b.String()), " ")
		case html.TextToken:
			b.Write(z.Text())
		default:
			if name, _ := z.TagName(); !slices.Contains([]string{"a", "b", "em", "strong", "span", "font"}, string(name)) {
				b.WriteByte(' ')
			}
		}
	}
}

// TestArticleRules: selectors are believed, and one that matches nothing is told of and passed over.
func TestArticleRules(t *testing.T) {
	body, err := os.ReadFile("testdata/pages/media.html")
	if err != nil {
		t.Fatal(err)
	}
	rules := parse.Rules{Article: models.ArticleRules{
		Title: ".msg .source", Body: "#js_content", Date: ".rd", Credit: "h1", Byline: "section:nth-of-type(5) p", Remove: []string{"section:nth-of-type(1)"},
	}}
	p := readArticle(t, body, rules)
	if p.Title != "云溪融媒" || p.Published != "阅读 1.2万" || p.Credit != "“村口食堂” 暖了老人胃" || len(p.Byline) != 1 || p.Where["Title"] != "selector article.title" {
		t.Errorf("got %q %q %q %q", p.Title, p.Published, p.Credit, p.Byline)
	}
	if text := plainText(p.Body.Value); strings.Contains(text, "4月4日上午") || !strings.Contains(text, "陈阿婆") {
		t.Errorf("the body is %s", text)
	}
	p = readArticle(t, body, parse.Rules{Article: models.ArticleRules{Body: ".gone", Title: ".gone"}})
	if len(p.Warnings) != 2 || p.Title != "“村口食堂”暖了老人胃" || !strings.Contains(plainText(p.Body.Value), "陈阿婆") {
		t.Errorf("warnings %q, title %q", p.Warnings, p.Title)
	}
	if _, err := parse.Article(body, parse.Rules{Article: models.ArticleRules{Body: "p["}}); err == nil || !strings.Contains(err.Error(), "page.article.body") {
		t.Errorf("a broken selector: %v", err)
	}
}
