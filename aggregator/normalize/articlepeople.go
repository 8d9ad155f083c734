package normalize

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"civicfeed/models"
)

// people takes who had a part in the article, in the order of the page.
func (m *merging) people() {
	var found []models.Person
	for _, phrase := range m.page.Byline {
		found = append(found, named(phrase, "author")...)
	}
	if strings.TrimSpace(m.page.Editor) != "" {
		found = append(found, named(m.page.Editor, editorRole(m.page.Editor))...)
	}
	for _, line := range m.page.Reviewers {
		found = append(found, named(line, "")...)
	}
	found = people(m.ours(found), m.base)
	if len(found) == 0 {
		return
	}
	m.it.People = together(m.it.People, found)
	m.note("editor", "Editor", m.page.Editor, strings.TrimSpace(m.page.Editor))
	m.note("people", "Byline", strings.Join(slices.Concat(m.page.Byline, []string{m.page.Editor}, m.page.Reviewers), " "), names(m.it.People))
}

// named reads a phrase; one that gives names and no role tells of those in the role.
func named(phrase, role string) []models.Person {
	if found, _, _ := Byline(phrase); len(found) > 0 {
		return found
	}
	phrase = strings.TrimSpace(phrase)
	if role == "" || phrase == "" || len(phrase) > 100 {
		return nil
	}
	label := role
	if role == "author" || role == "editor" {
		label = "作者"
	}
	found, _, ok := readByline(string(plainMarks(label+"："+fold(phrase))), false)
	if !ok {
		return nil
	}
	for i := range found {
		if found[i].Role == label {
			found[i].Role = role
		}
	}
	return found
}

// editorRole is what an editor is called whom the page gives no title: it depends on the writing.
func editorRole(editor string) string {
	latinOnly := !strings.ContainsFunc(editor, func(c rune) bool { return asian(c) })
	if latinOnly && strings.ContainsFunc(editor, unicode.IsSpace) {
		return "editor"
	}
	return "编辑"
}

// ours gives those of 本报 the site's name, and leaves out who is no more than the credit.
func (m *merging) ours(all []models.Person) []models.Person {
	var kept []models.Person
	for _, p := range all {
		if ownName(p.Outlet) {
			p.Outlet = cmp.Or(m.site, p.Outlet)
		}
		if ownName(p.Name) {
			p.Name = cmp.Or(m.site, p.Name)
		}
		if p.Name != m.it.Credit {
			kept = append(kept, p)
		}
	}
	return kept
}

// together adds to the people of a feed those of the page. An author is who the page says he is:
// reporter, editor; authors told in one string are their own.
func together(held, found []models.Person) []models.Person {
	names := map[string]bool{}
	for _, p := range found {
		names[p.Name] = true
	}
	kept := slices.DeleteFunc(slices.Clone(held), func(p models.Person) bool {
		if p.Role != "author" || p.Email != "" || p.URI != "" {
			return slices.ContainsFunc(found, func(f models.Person) bool { return f.Role == p.Role && f.Name == p.Name })
		}
		for _, one := range named(p.Name, "author") {
			if !names[one.Name] {
				return false
			}
		}
		return true
	})
	return append(kept, found...)
}
