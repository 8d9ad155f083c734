package parse

import (
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"civicfeed/models"
)

// articleSelectors are the rules of an article's page, ready for use; nil: not told.
type articleSelectors struct {
	title, body, date, credit, byline *selector
	remove                            []*selector
}

func compileArticle(rules models.ArticleRules) (*articleSelectors, error) {
	a := &articleSelectors{}
	for _, r := range []struct {
		name, text string
		to         **selector
	}{
		{"title", rules.Title, &a.title}, {"body", rules.Body, &a.body}, {"date", rules.Date, &a.date},
		{"credit", rules.Credit, &a.credit}, {"byline", rules.Byline, &a.byline},
	} {
		s, err := compileSelector("article."+r.name, r.text)
		if err != nil {
			return nil, err
		}
		*r.to = s
	}
	for _, text := range rules.Remove {
		s, err := compileSelector("article.remove", text)
		if err != nil {
			return nil, err
		}
		if s != nil {
			a.remove = append(a.remove, s)
		}
	}
	return a, nil
}

// compileSelector reads one selector; nil for an empty one.
func compileSelector(name, text string) (*selector, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	s := &selector{text: text}
	css := text
	if m := attributeOf.FindStringSubmatch(text); m != nil {
		css, s.key = m[1], strings.ToLower(m[2])
	}
	if css == "" {
		css = "*"
	}
	group, err := cascadia.ParseGroup(css)
	if err != nil {
		return nil, models.Fail(models.ErrParse, "page.%s: %q is no CSS selector: %w", name, text, err)
	}
	s.SelectorGroup = group
	return s, nil
}

// chosenBody gives the elements that the rules say are the body.
func (r *reading) chosenBody() []*html.Node {
	if r.chosen.body == nil {
		return nil
	}
	return cascadia.QueryAll(r.root, r.chosen.body.SelectorGroup)
}
