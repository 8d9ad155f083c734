package parse

import (
	"slices"
	"strings"

	"civicfeed/models"
)

// categories lists the headings of a feed or an entry, each once.
func (t tree) categories() []models.Category {
	var all []models.Category
	add := func(term, scheme, label string) {
		c := models.Category{Term: strings.TrimSpace(term), Scheme: scheme, Label: label}
		if c.Term != "" && !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	for _, n := range t.nodes(own, "category") {
		add(or(attr(n, "term"), or(n.Value, attr(n, "label"))), or(attr(n, "scheme"), attr(n, "domain")), attr(n, "label"))
	}
	for _, prefix := range []string{"dc", "dcterms"} {
		for _, n := range t.nodes(prefix, "subject") {
			add(n.Value, "", "")
		}
	}
	for _, n := range append(t.nodes("media", "category"), t.inMedia("category")...) {
		add(n.Value, attr(n, "scheme"), attr(n, "label"))
	}
	for _, n := range t.nodes("itunes", "category") {
		add(attr(n, "text"), "http://www.itunes.com/", "")
		for _, c := range n.Children["category"] {
			add(attr(c, "text"), "http://www.itunes.com/", "")
		}
	}
	lists := append(t.nodes("itunes", "keywords"), t.nodes("media", "keywords")...)
	for _, n := range append(lists, t.nodes(own, "tags")...) {
		for _, word := range strings.FieldsFunc(n.Value, isComma) {
			add(word, "", "")
		}
	}
	for _, list := range append(t.nodes(own, "tags"), t.nodes(own, "categories")...) {
		for _, n := range append(list.Children["tag"], list.Children["category"]...) {
			add(n.Value, "", "")
		}
	}
	return all
}

func isComma(r rune) bool { return r == ',' || r == '，' || r == '、' || r == ';' || r == '；' }
