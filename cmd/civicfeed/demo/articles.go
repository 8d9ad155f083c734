package demo

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

// article is one news text, as written in news/*.txt:
//
//	# the title
//	在：daily/要闻 news/新闻聚焦      who publishes it under which heading; the first wrote it
//	作者：林知远、周小棠               optional
//	图：有                           optional: comes with a picture
//	附：报名表.csv                    optional: comes with a file
//
//	The paragraphs, one blank line apart. {今天}, {昨天}, {明天} and {下周} become dates.
type article struct {
	title      string
	places     []place
	authors    []string
	pictured   bool
	attached   string // name of its file; empty: none
	paragraphs []string
}

// place is where an article stands: a source and the source's own heading.
type place struct{ source, category string }

// readNews reads all files and shuffles them together like a pack of cards, one of each in turn,
// so that no hour of the city knows one subject only.
func readNews(fsys fs.FS) []article {
	names, err := fs.Glob(fsys, "news/*.txt")
	if err != nil {
		panic(err)
	}
	var piles [][]article
	for _, name := range names {
		piles = append(piles, readPile(fsys, name))
	}
	var all []article
	for i := 0; len(piles) > 0; i++ {
		rest := piles[:0]
		for _, p := range piles {
			if i < len(p) {
				all, rest = append(all, p[i]), append(rest, p)
			}
		}
		piles = rest
	}
	return all
}

func readPile(fsys fs.FS, name string) []article {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		panic(err)
	}
	var pile []article
	for i, text := range strings.Split("\n"+string(data), "\n# ")[1:] {
		a, err := readArticle(text)
		if err != nil {
			panic(fmt.Errorf("%s: article %d: %w", path.Base(name), i+1, err))
		}
		pile = append(pile, a)
	}
	return pile
}

func readArticle(text string) (article, error) {
	head, body, _ := strings.Cut(strings.TrimSpace(text), "\n\n")
	lines := strings.Split(head, "\n")
	a := article{title: strings.TrimSpace(lines[0])}
	for _, line := range lines[1:] {
		if err := a.readHead(line); err != nil {
			return a, err
		}
	}
	for p := range strings.SplitSeq(body, "\n\n") {
		a.paragraphs = append(a.paragraphs, strings.ReplaceAll(strings.TrimSpace(p), "\n", ""))
	}
	if a.title == "" || len(a.places) == 0 || a.paragraphs[0] == "" {
		return a, fmt.Errorf("%q needs a title, 在： and a paragraph", a.title)
	}
	return a, nil
}

func (a *article) readHead(line string) error {
	key, value, _ := strings.Cut(line, "：")
	switch key {
	case "在":
		for word := range strings.FieldsSeq(value) {
			source, category, ok := strings.Cut(word, "/")
			if !ok {
				return fmt.Errorf("%q: write source/heading", word)
			}
			a.places = append(a.places, place{source, category})
		}
	case "作者":
		a.authors = strings.Split(value, "、")
	case "附":
		a.attached = value
	case "图":
		a.pictured = true
	default:
		return fmt.Errorf("%q: unknown line", line)
	}
	return nil
}

// dates fills the days into a text written for any day.
func dates(text string, today time.Time) string {
	day := func(n int) string { return today.AddDate(0, 0, n).Format("1月2日") }
	return strings.NewReplacer("{今天}", day(0), "{昨天}", day(-1), "{明天}", day(1), "{下周}", day(7)).Replace(text)
}
